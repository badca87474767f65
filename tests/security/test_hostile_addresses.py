"""Addresses that nobody types by accident: every list answers with a page, never with an error of the server."""

import pytest
from django.http import QueryDict

from scoring.roster import Asked
from tests.cast import make_activity, make_cast, make_contribution, make_proposal, make_report

pytestmark = pytest.mark.django_db

LISTS = ["activities", "contributions", "proposals", "opinions", "adjustments", "seats", "runs", "rulesets"]
QUERIES = [
    "year=99999",
    "year=0",
    "year=-1",
    "year=" + "9" * 5000,
    "year=二〇二六",
    "kind=no-such-kind",
    "kind=%00",
    "state=no-such-state",
    "q=%00",
    "q=" + "x" * 60_000,
    "q=%ff%fe",
    "q=%25%5F%5C'%22%3B--",
    "page=" + "9" * 5000,
    "page=-1",
    "page=x",
    "sector=%00&order=%00",
    "of=%00",
    "size=%00",
]
RECORDS = ["activities", "attendances", "contributions", "proposals", "opinions", "seats", "cards"]
FILTERS = [
    *("year=99999", "year=0", "year=-1", "year=1e50", "year=NaN", "year=2026.5", "year=x", "term=1e50", "term=NaN"),
    *("committee=%00", "subject=x", "seat=x", "page=0", "page=" + "9" * 5000, "page_size=" + "9" * 5000, "number=%00"),
]


@pytest.fixture
def clerk(client):
    cast = make_cast()
    make_activity(cast.place, [cast.ordinary])
    make_contribution(cast.place, cast.ordinary)
    make_proposal(cast.place, [cast.ordinary])
    make_report(cast.place, [cast.ordinary])
    client.force_login(cast.whole_clerk)
    return client


@pytest.mark.parametrize("name", LISTS)
def test_lists_answer_hostile_addresses(clerk, name):
    statuses = {query[:40]: clerk.get(f"/{name}/?{query}").status_code for query in QUERIES}
    assert {query: status for query, status in statuses.items() if status not in {200, 404}} == {}


@pytest.mark.parametrize("name", RECORDS)
def test_api_answers_hostile_addresses(clerk, name):
    statuses = {query[:40]: clerk.get(f"/api/v1/{name}/?{query}").status_code for query in FILTERS}
    assert {query: status for query, status in statuses.items() if status not in {200, 400, 404}} == {}


def test_list_of_members_passes_over_null_characters():
    """PostgreSQL refuses them in a text with an error."""
    asked = Asked.read(QueryDict("q=%00zs%00&sector=sci%00ence"))
    assert (asked.text, asked.sector) == ("zs", "science")
