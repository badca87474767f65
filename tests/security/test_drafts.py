"""Of a year that is still a draft members are told nothing, on no page and in no answer of the API."""

import pytest

from audit.actions import act
from members.models import Role
from members.services import grant_role
from scoring.models import Ruleset
from scoring.services.runs import drive, rescore
from tests.cast import TERM_START, make_cast
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """The cast with a scored year, still a draft, and its ruleset a draft as well."""
    cast = make_cast()
    year = make_year(1, place=cast.place)
    drive(rescore(user=None, assessment=year.assessment))
    with act(user=None, verb="草稿"):
        year.assessment.state = "draft"
        year.assessment.save()
        year.assessment.ruleset.state = Ruleset.State.DRAFT
        year.assessment.ruleset.save()
    return cast


def seen(client, account):
    """[API's cards, status of the own card, of the ruleset, rulesets listed]"""
    client.force_login(account)
    ruleset = Ruleset.objects.get()
    return [
        client.get("/api/v1/cards/").json()["count"],
        client.get("/me/2026/").status_code,
        client.get(f"/rulesets/{ruleset.public_id}/").status_code,
        len(client.get("/rulesets/").context["rulesets"]),
    ]


def test_member_sees_nothing_of_a_draft(client, cast):
    assert seen(client, cast.ordinary_user) == [0, 404, 404, 0]


def test_clerk_of_another_committee_sees_as_a_member_only_what_members_see(client, cast):
    make = {"user": None, "account": cast.ordinary_user, "from_on": TERM_START}
    grant_role(**make, role=Role.CLERK, committee=cast.sibling.committee)
    assert seen(client, cast.ordinary_user) == [0, 404, 404, 0]


def test_clerk_sees_the_draft(client, cast):
    found = seen(client, cast.clerk)
    assert (found[0] > 0, found[2:]) == (True, [200, 1])
