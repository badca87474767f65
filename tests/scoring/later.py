"""What comes after a committee's first year: further assessments, and the seat a person holds in the next term."""

import datetime

from audit.actions import act
from members.models import Seat, Subject
from scoring import engine
from scoring.models import Stale
from scoring.services.assessments import open_assessment
from scoring.services.rulesets import approve_ruleset, store_ruleset
from tests.scoring.year import YEAR

GROUP_RULES = """
code = "groups"
title = "活动组测试办法"
year = 2026
subjects = "group"
first_day = 2026-01-01
last_day = 2026-12-31

[total]
name = "总分"
floor = 0

[[category]]
code = "members"
name = "组员"
floor = 0

[[rule]]
code = "sum"
name = "组员得分合计"
category = "members"
clause = "第一条"
members = { figure = "total", by = "sum" }
"""


def open_with(place, text, year=YEAR):
    """An open assessment under a ruleset of this text, kept and approved through the services."""
    ruleset = engine.loads(text)
    row = store_ruleset(user=None, committee=place.committee, year=year, ruleset=ruleset)
    approve_ruleset(user=None, ruleset=row)
    content = engine.loads(row.toml)
    made = open_assessment(
        user=None,
        committee=place.committee,
        year=row.year,
        subject_kind=row.subject_kind,
        ruleset=row,
        from_on=content.first_day,
        to_on=content.last_day,
    )
    Stale.objects.all().delete()
    return made


def second_seat(year, seat, joined_on):
    """The same person once more, in the next term."""
    with act(user=None, verb="test"):
        seat.left_on = joined_on - datetime.timedelta(days=1)
        seat.save()
        term = year.place.committee.terms.create(number=16, starts_on=joined_on)
        sector = term.sectors.create(committee=year.place.committee, code="science", name="科学技术")
        again = Seat.objects.create(
            committee=seat.committee,
            term=term,
            member=seat.member,
            number="0001",
            sector=sector,
            joined_on=joined_on,
        )
        Subject.objects.create(committee=seat.committee, kind="member", seat=again)
    return again
