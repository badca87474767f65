"""Verbs on reports: writers in order, each organ adopts once, each change with its action."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from opinions.models import OpinionReport
from opinions.services import (
    change_report,
    confirm_reporter,
    record_adoption,
    record_instruction,
    report_id,
    withdraw_adoption,
)
from tests.cast import DAY, make_cast, make_report

pytestmark = pytest.mark.django_db

BEFORE = DAY - datetime.timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


def errors_of(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**{"user": None, **arguments})
    return caught.value.message_dict


def test_report_with_writers_is_one_action(cast):
    report = make_report(cast.place, [cast.ordinary, cast.cosigner])
    rows = [report, *report.reporters.all()]
    assert [(row.role, row.position) for row in rows[1:]] == [("lead", 1), ("cosigner", 2)]
    assert len({row.history.get().action_id for row in rows}) == 1


def test_report_id_follows_from_year_and_number(cast):
    key = report_id(cast.place.committee, 2026, "7")
    assert make_report(cast.place, [cast.ordinary], number="7", public_id=key).public_id == key


@pytest.mark.parametrize(
    "reporters",
    [[], [("cosigner",)], [("lead",), ("lead",)], [("cosigner",), ("lead",)]],
    ids=["none", "no", "two", "last"],
)
def test_report_needs_one_lead_first(cast, reporters):
    seats = [cast.ordinary, cast.cosigner]
    writers = [(seat, *role) for seat, role in zip(seats, reporters, strict=False)]
    assert errors_of(lambda user: make_report(cast.place, writers)) == {
        "reporters": ["信息要有一位第一撰稿人，排在最前。请补填第一撰稿人。"]
    }
    assert OpinionReport.objects.count() == 0


def test_writer_named_twice_is_refused(cast):
    assert errors_of(lambda user: make_report(cast.place, [cast.ordinary, cast.ordinary])) == {
        "reporters": [f"“{cast.ordinary}”在报送人中出现了两次，请只留一次。"]
    }


def test_unconfirmed_writer_is_confirmed_later(cast, sent):
    report = make_report(cast.place, [(cast.ordinary, "lead"), (cast.cosigner, "cosigner", False)])
    row = report.reporters.get(seat=cast.cosigner)
    assert row.is_confirmed is False
    confirm_reporter(user=None, reporter=row)
    assert (report.reporters.get(seat=cast.cosigner).is_confirmed, sent[-1]) == (True, [("opinion", report.pk)])


def test_two_organs_of_one_level_adopt_each(cast, sent):
    report = make_report(cast.place, [cast.ordinary])
    for organ in ("市政协", "市委办公室"):
        record_adoption(user=None, report=report, level="city", organ=organ, adopted_on=DAY)
    assert (report.adoptions.count(), sent[-1]) == (2, [("opinion", report.pk)])


@pytest.mark.parametrize(
    ("call", "given", "expected"),
    [
        (
            record_adoption,
            {"level": "city", "organ": "市政协", "adopted_on": BEFORE},
            {
                "adopted_on": [
                    "“采用日期”是 2026-03-09，早于“报送日期”2026-03-10。采用日期不能早于报送日期，请改正其中一个日期。"
                ]
            },
        ),
        (
            record_adoption,
            {"level": "village", "organ": "", "adopted_on": DAY},
            {
                "level": ["“采用级别”填的是“village”，应为县级、市级、省级、全国之一，请改选。"],
                "organ": ["“采用单位”没有填，请填写。"],
            },
        ),
        (
            record_instruction,
            {"level": "county", "given_by": "县长", "instructed_on": BEFORE},
            {
                "instructed_on": [
                    "“批示日期”是 2026-03-09，早于“报送日期”2026-03-10。批示日期不能早于报送日期，请改正其中一个日期。"
                ]
            },
        ),
    ],
)
def test_wrong_outcome_is_refused(cast, call, given, expected):
    assert errors_of(call, report=make_report(cast.place, [cast.ordinary]), **given) == expected


def test_withdrawn_adoption_keeps_its_reason(cast, sent):
    report = make_report(cast.place, [cast.ordinary], adopted=["city"])
    row = report.adoptions.get()
    assert errors_of(withdraw_adoption, adoption=row, reason=" ") == {"reason": ["撤销采用没有写理由，请写明理由。"]}
    withdraw_adoption(user=None, adoption=row, reason="登记错了一条")
    history = row.__class__.history.latest("history_id")
    assert (report.adoptions.count(), history.history_type, history.action.reason) == (0, "-", "登记错了一条")
    assert sent[-1] == [("opinion", report.pk)]


def test_change_keeps_the_writers_unless_they_are_given(cast):
    report = make_report(cast.place, [cast.ordinary, cast.cosigner])
    change_report(user=None, report=report, title="关于水的信息", state="issued", issued_on=DAY)
    report.refresh_from_db()
    assert (report.title, report.state, report.reporters.count()) == ("关于水的信息", "issued", 2)
