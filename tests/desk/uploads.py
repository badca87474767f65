"""Going through the pages of an import, for the tests of its steps."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from desk.models import ImportBatch
from tests.desk.sheets import xlsx

HEADER = ("委员编号", "姓名", "类型", "事项", "日期", "级别")
GOOD = ("011", "张晓云", "public_service", "义诊", "2026-03-05", "县级")


def contributions(place, *rows, header=HEADER):
    """An .xlsx of contributions; the kind's code in a row stands for its name."""
    names = {code: kind.name for code, kind in place.kinds.items()}
    return xlsx(header, *[[names.get(cell, cell) for cell in row] for row in rows])


def upload(client, place, data, *, kind="contributions", name="履职.xlsx", year="2026", office=0):
    """The answer to the form of the first page."""
    fields = {"kind": kind, "office": place.offices[office].public_id, "year": year}
    return client.post(reverse("import_new"), {**fields, "file": SimpleUploadedFile(name, data)})


def uploaded(client, place, data, **options):
    """The batch of an accepted upload."""
    response = upload(client, place, data, **options)
    assert response.status_code == 302, errors_of(response)
    return ImportBatch.objects.get(public_id=response.url.strip("/").rpartition("/")[2])


def checked(client, place, data, **options):
    """The batch after 下一步 on the page of columns, as that page proposes them."""
    batch = uploaded(client, place, data, **options)
    client.post(reverse("import_columns", args=[batch.public_id]), proposed(client, batch))
    batch.refresh_from_db()
    return batch


def proposed(client, batch):
    """What a browser would send from the page of columns."""
    page = client.get(reverse("import_columns", args=[batch.public_id])).content.decode()
    selects = re.findall(r'<select name="(c\d+)".*?</select>', page, re.DOTALL)
    chosen = {}
    for name in selects:
        body = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]
        chosen[name] = re.search(r'value="([^"]*)" selected', body)[1]
    return chosen


def press(client, batch, what, **fields):
    """Send one of the forms of the page of a batch, from the present page; the batch as it is then."""
    batch.refresh_from_db()
    response = client.post(
        reverse(f"import_{what}", args=[batch.public_id]), {"revision": batch.revision, **fields}, follow=True
    )
    batch.refresh_from_db()
    return response


def errors_of(response):
    return dict(response.context["form"].errors) if response.context and "form" in response.context else {}


def counts_of(batch):
    return (batch.state, batch.new, batch.changed, batch.same, batch.errors)
