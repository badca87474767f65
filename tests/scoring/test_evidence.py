"""Titles of records for the lines of a card."""

import uuid

import pytest

from audit.actions import act
from scoring.evidence import titles
from scoring.models import Fact
from tests.cast import make_activity, make_committee, make_contribution, make_proposal, make_report, make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def records():
    place = make_committee()
    seats = [make_seat(place)]
    return {
        "proposal": make_proposal(place, seats, title="提案"),
        "opinion": make_report(place, seats, title="信息"),
        "activity": make_activity(place, seats, name="常委会"),
        "contribution": make_contribution(place, seats[0], title="义诊"),
    }


def test_titles_of_every_kind_of_fact(records):
    found = titles(Fact.objects.values_list("key", flat=True))
    ids = {name: str(row.public_id) for name, row in records.items()}
    assert found == {
        f"proposal/{ids['proposal']}": ("提案", ("proposal", ids["proposal"])),
        f"opinion/{ids['opinion']}": ("信息", ("opinion", ids["opinion"])),
        f"standing_meeting/{ids['activity']}": ("常委会", ("activity", ids["activity"])),
        f"public_service/{ids['contribution']}": ("义诊", ("contribution", ids["contribution"])),
    }


def test_title_is_the_one_of_today(records):
    with act(user=None, verb="test"):
        records["proposal"].title = "改过的提案"
        records["proposal"].save()
    key = f"proposal/{records['proposal'].public_id}"
    assert titles([f"{key}/filed"])[key][0] == "改过的提案"


@pytest.mark.parametrize("key", ["", "base", f"proposal/{uuid.UUID(int=7)}/filed", "proposal/not-an-id", "member/x/y"])
def test_key_without_a_record_has_no_title(key):
    assert titles([key]) == {}


def test_two_kinds_of_one_record_both_have_its_title(records):
    public_id = records["contribution"].public_id
    names = {f"public_service/{public_id}", f"contribution/{public_id}"}
    assert set(titles(names)) == names
