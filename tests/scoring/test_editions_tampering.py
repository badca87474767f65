"""A changed byte of what was published is found, and named by the column it stands in.

The targets are the models' own columns: a new one fails here until it is either covered or said to be nothing's business.
"""

import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from scoring.editions import verify_committee
from scoring.models import Assessment, Edition, EditionCard, ReportCard
from tests.cast import make_committee
from tests.scoring.closing import CLOSED, close, correct, make_closing_year
from tests.scoring.year import add_fact

# Columns that say nothing about what was published. Primary keys are no part of any document; who else has one, the rows
# that refer to it show.
NOTHING = {
    Edition: {"id"},
    EditionCard: {"id"},
    ReportCard: {"id", "public_id", "assessment", "computed_at"},
    Assessment: {"id", "public_id", "committee", "state", "placed_at", "member_check_until"},
}
# How the column of a live row is reported when not by its own name.
REPORTED_AS = {
    (Assessment, "ruleset"): "考核办法",
    (Assessment, "year"): "assessment",
    (Assessment, "subject_kind"): "assessment",
    (ReportCard, "subject"): "成绩单",
}
TARGETS = [
    (model, field.name)
    for model, exempt in NOTHING.items()
    for field in model._meta.concrete_fields
    if field.name not in exempt
]

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """A year with a first edition and a correction, and another committee's year; undone at the end."""
    with django_db_blocker.unblock(), time_machine.travel(CLOSED, tick=True):
        outer = transaction.atomic()
        outer.__enter__()
        try:
            year = make_closing_year()
            close(year)
            add_fact(year.subjects[0])
            correct(year)
            other = make_closing_year(place=make_committee("shaping"))
            close(other)
            yield year, other
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


def other_value(row, field, other):
    """A value of the column that the database admits and that is not the row's."""
    value = getattr(row, field.attname)
    if field.name == "previous_digest" or field.name == "digest":
        return "0" * 64
    if isinstance(field, models.ForeignKey):
        related = field.related_model.objects.exclude(pk=value)
        if field.name == "assessment":
            return other.assessment.pk
        if field.name == "edition":
            return Edition.objects.exclude(pk=value).exclude(assessment=row.edition.assessment).get().pk
        if field.name == "subject":
            return other.subjects[0].pk
        return related.first().pk
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField | models.DateField):
        return value + timedelta(days=1)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.IntegerField):
        return (value or 0) + 7
    if isinstance(field, models.JSONField):
        return {"x": 1}
    choices = [code for code, _ in field.choices or [] if code != value]
    return choices[0] if choices else f"{value[:-1]}x" if value else "x"


@pytest.mark.parametrize(("model", "name"), TARGETS, ids=[f"{model.__name__}.{name}" for model, name in TARGETS])
def test_changed_column_is_reported_by_name(stage, django_db_blocker, model, name):
    year, other = stage
    with django_db_blocker.unblock(), transaction.atomic():
        rows = model.objects.order_by("pk")
        if model is not Assessment:
            path = {Edition: "assessment", EditionCard: "edition__assessment", ReportCard: "assessment"}[model]
            rows = rows.filter(**{path: year.assessment})
        row = rows.filter(number=1).get() if model is Edition else rows.first()
        field = model._meta.get_field(name)
        value = other_value(row, field, other)
        with_it = {"place": None} if name == "is_ranked" else {}  # the database asks for both
        model.objects.filter(pk=row.pk).update(**{field.attname: value}, **with_it)
        found = [one for owner in (year, other) for one in verify_committee(owner.place.committee)]
        transaction.set_rollback(True)
    assert REPORTED_AS.get((model, name), name) in " ".join(found)


def test_untouched_database_verifies(stage, django_db_blocker):
    year, other = stage
    with django_db_blocker.unblock():
        assert [list(verify_committee(one.place.committee)) for one in (year, other)] == [[], []]


def test_removed_edition_breaks_the_chain(stage, django_db_blocker):
    year, _ = stage
    with django_db_blocker.unblock(), transaction.atomic():
        first = Edition.objects.get(assessment=year.assessment, number=0)
        EditionCard.objects.filter(edition=first).delete()
        first.delete()
        found = list(verify_committee(year.place.committee))
        transaction.set_rollback(True)
    assert [one.partition("：")[2][:15] for one in found] == ["previous_digest", "number 是 1，按顺序应是"[:15]]


def test_removed_card_is_named(stage, django_db_blocker):
    year, _ = stage
    with django_db_blocker.unblock(), transaction.atomic():
        EditionCard.objects.filter(edition__assessment=year.assessment, edition__number=1).first().delete()
        found = list(verify_committee(year.place.committee))
        transaction.set_rollback(True)
    assert [one.partition("：")[2].endswith("的成绩单不见了（edition）。") for one in found] == [True]


def test_command_says_what_it_found(stage, django_db_blocker):
    year, _ = stage
    out = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("verify_edition", year.place.committee.code, "2026", stdout=out)
        assert "2 个定版，与数据库一致" in out.getvalue()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE scoring_editioncard SET check_code = 'AAAA-AAAA-AAAA' WHERE id = (SELECT MIN(id) FROM scoring_editioncard)"
            )
        with pytest.raises(CommandError, match="有 1 处不符"):
            call_command("verify_edition", everything=True, stdout=out)
        transaction.set_rollback(True)
    assert "check_code 与定版文本不符" in out.getvalue()


def test_command_verifies_a_file_without_the_database(tmp_path):
    released = Path(__file__).with_name("editions") / "example-2025.json"
    out = StringIO()
    call_command("verify_edition", file=str(released), stdout=out)
    assert "重新计算一致" in out.getvalue()
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text(released.read_text(encoding="utf-8").replace('"total":4500', '"total":9500'), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("verify_edition", file=str(spoilt), stdout=out)
    assert "total 写的是 9500，重新计算为 4500" in out.getvalue()
