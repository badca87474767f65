"""The newcomer's four steps tick themselves and go away."""

import pytest

from desk.checklist import steps
from scoring.services.assessments import open_assessment
from scoring.services.runs import drive, rescore
from tests.cast import make_account, make_activity, make_attendance, make_cast, make_committee, make_seat
from tests.scoring.year import FIRST, LAST, make_ruleset

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def done(user):
    return [step.is_done for step in steps(user)]


def test_steps_tick_themselves_and_are_gone_when_all_are_done():
    place = make_committee()
    clerk = make_account(place, "clerk", "clerk")
    found = [done(clerk)]
    assessment = open_assessment(
        user=None,
        committee=place.committee,
        year=2026,
        subject_kind="member",
        ruleset=make_ruleset(place.committee),
        from_on=FIRST,
        to_on=LAST,
    )
    found.append(done(clerk))
    seat = make_seat(place)
    found.append(done(clerk))
    make_attendance(make_activity(place, [seat]), {seat: "present"}, is_complete=True)
    found.append(done(clerk))
    drive(rescore(user=None, assessment=assessment))
    found.append(done(clerk))
    assert found == [
        [False, False, False, False],
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [],
    ]


def test_only_who_keeps_a_whole_committee_sees_the_steps(client):
    cast = make_cast()
    seen = {}
    for name in ("clerk", "whole_clerk", "chair_office", "system_admin"):
        client.force_login(getattr(cast, name))
        seen[name] = "四步开始使用" in client.get("/").content.decode()
    assert seen == {"clerk": False, "whole_clerk": True, "chair_office": False, "system_admin": False}
