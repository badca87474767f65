"""An adoption logged late reaches the card of the year it belongs to by itself, by the ruleset's word `credit`."""

import datetime

import pytest

from scoring.models import ReportCard
from scoring.services import runs
from scoring.services.assessments import open_assessment, rescore
from tests.cast import make_cast, make_report
from tests.scoring.year import make_ruleset

pytestmark = pytest.mark.django_db

RULES = """
code = "short"
title = "测试用办法"
year = {year}
first_day = {year}-01-01
last_day = {year}-12-31

[total]
name = "总分"
floor = 0

[switches]
credit = "{credit}"

[[category]]
code = "opinions"
name = "社情民意"
floor = "none"

[[rule]]
code = "adopted"
name = "社情民意被采用"
category = "opinions"
clause = "第一条"
of = {{ kind = "opinion", stage = "adopted" }}
times = [{{ form = "composite", factor = "1/2", name = "综合减半" }}]
rows = [{{ points = 6 }}]

[[grade]]
name = "合格"
"""
NOVEMBER = datetime.date(2025, 11, 20)


def open_years(cast, credit):
    """The assessments of 2025 and 2026, both scored once and still open."""
    for year in (2025, 2026):
        text = RULES.format(year=year, credit=credit)
        assessment = open_assessment(
            user=None,
            committee=cast.place.committee,
            year=year,
            subject_kind="member",
            ruleset=make_ruleset(cast.place.committee, text, year=year),
            from_on=datetime.date(year, 1, 1),
            to_on=datetime.date(year, 12, 31),
        )
        runs.drive(rescore(user=None, assessment=assessment))


def sweep():
    """What beat does every few seconds; nobody asks for anything."""
    for assessment_id in runs.due().assessment_ids:
        runs.refresh_stale(assessment_id=assessment_id)


def totals(seat):
    """{year: hundredths of a point} on the cards as stored."""
    rows = ReportCard.objects.filter(subject=seat.subject).values_list("assessment__year", "total")
    return dict(rows)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("credit", "adopted_on", "expected"),
    [
        ("stage", "2025-12-20", {2025: 600, 2026: 0}),  # logged a year late, while 2025 is open
        ("stage", "2026-01-15", {2025: 0, 2026: 600}),  # after 2025's last day: by its own day
        ("event", "2026-01-15", {2025: 600, 2026: 0}),  # after 2025's last day: by the day the report was handed in
    ],
)
def test_late_adoption_changes_the_card_by_itself(client, credit, adopted_on, expected):
    cast = make_cast()
    report = make_report(cast.place, [cast.ordinary], day=NOVEMBER)
    open_years(cast, credit)
    assert totals(cast.ordinary) == {2025: 0, 2026: 0}
    client.force_login(cast.clerk)
    data = {"level": "city", "organ": "市政协", "form": "single", "adopted_on": adopted_on}
    assert client.post(f"/opinions/{report.public_id}/adoption/", data).status_code == 302
    sweep()
    assert totals(cast.ordinary) == expected
    client.post(f"/outcomes/{report.adoptions.get().public_id}/withdraw/", {"reason": "登记错了"})
    sweep()
    assert totals(cast.ordinary) == {2025: 0, 2026: 0}


def test_adopted_composite_changes_the_cards_of_its_sources(client):
    cast = make_cast()
    first, second = (make_report(cast.place, [seat], day=NOVEMBER) for seat in (cast.ordinary, cast.standing))
    open_years(cast, "stage")
    client.force_login(cast.clerk)
    data = {
        "office": cast.place.offices[0].public_id,
        "year": "2025",
        "title_of_report": "综合反映",
        "submitted_on": "2025-12-01",
        "state": "submitted",
        "sources": [first.public_id, second.public_id],
    }
    made = client.post("/opinions/composite/", data).url
    client.post(f"{made}adoption/", {"level": "city", "organ": "市政协", "adopted_on": "2025-12-20"})
    sweep()
    assert [totals(seat) for seat in (cast.ordinary, cast.standing, cast.cosigner)] == [
        {2025: 300, 2026: 0},
        {2025: 300, 2026: 0},
        {2025: 0, 2026: 0},
    ]
