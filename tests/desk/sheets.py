"""Sheets made in memory, and what a database holds, for the tests of imports."""

import csv
import datetime
import hashlib
import io
import json
import zipfile

from django.apps import apps
from openpyxl import Workbook

from desk.imports import import_sheet
from tests.cast import make_committee, make_seat

# The names stand in no order: 012 and 013 are namesakes of different sectors.
PEOPLE = (
    ("011", "张晓云"),
    ("012", "王宁"),
    ("013", "王宁"),
    ("014", "欧阳文松"),
    ("015", "沈䶮"),
    ("016", "阿依·示例"),
)


def make_hall(code="yunhe"):
    """A committee with PEOPLE in it: the namespace of make_committee, and `seats` by number."""
    place = make_committee(code, name=f"{code}政协")
    place.seats = {
        number: make_seat(place, name, number=number, sector=place.sectors[place_of % 2])
        for place_of, (number, name) in enumerate(PEOPLE)
    }
    return place


def xlsx(*rows, change=None, title="Sheet1"):
    """The bytes of a workbook with one sheet of `rows`; `change(workbook, sheet)` may do more to it."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change:
        change(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def comma(*rows, encoding="utf-8"):
    """The bytes of a .csv file."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def with_part(data, name, content=b"x"):
    """The workbook with one more (or another) part in its zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry.filename, source.read(entry))
        target.writestr(name, content)
    return stream.getvalue()


def part_of(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return source.read(name).decode()


def bring_in(place, kind, data, *, name="表.xlsx", office=0, **options):
    """The Result of importing `data` into the committee `place`."""
    return import_sheet(
        user=None,
        kind=kind,
        name=name,
        stream=io.BytesIO(data),
        committee=place.committee,
        office=place.offices[office] if office is not None else None,
        **options,
    )


def database_digest():
    """SHA-256 over every row of every table, in the order of the primary keys."""
    digest = hashlib.sha256()
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
        for row in model._base_manager.order_by("pk").values_list():
            digest.update(json.dumps([model._meta.db_table, *map(str, row)], ensure_ascii=False).encode())

    return digest.hexdigest()


def counts(result):
    return (result.new, result.changed, result.same)


def day(text):
    return datetime.date.fromisoformat(text)
