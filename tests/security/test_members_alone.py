"""A member who changes an address finds nobody else's page, file, line or API row, on any route there is.

Taken from the list of routes and the tables in tests/access/, whose statuses the grid of test_access_matrix.py asks for
one by one: a route without rows for other people's objects fails there and here.
"""

import re

import pytest

from tests.test_access_matrix import ROUTES, ROWS, takes_object

pytestmark = pytest.mark.sqlite

# What an address may hold. An object is only ever named by its public id; the others choose a year, a part of a card or a list,
# and the committee whose public page is asked for.
KNOWN = {"<uuid:public_id>", "<int:year>", "<int:part>", "<slug:kind>", "<part:kind>", "<slug:code>"}
COMMON = re.compile(
    r"^(api/)?rulesets/<uuid:public_id>(/|\.toml|/changes/)$"
)  # a committee's rules are for all its members
REFUSED = {404, 405}
OTHERS = {"member": ("office", "committee"), "stranger_member": ("own", "office")}
OBJECT_ROUTES = [route for route in ROUTES if takes_object(route)]


def test_addresses_name_objects_by_nothing_but_public_ids():
    assert {one for route in ROUTES for one in re.findall(r"<[^>]+>", route)} <= KNOWN


@pytest.mark.parametrize("route", OBJECT_ROUTES)
def test_member_gets_nothing_of_others(route):
    asked = {key: found for key, found in ROWS.items() if key[0] == route}
    found = {
        (method, whose, user): statuses[user]
        for (_, method, whose), statuses in asked.items()
        for user, others in OTHERS.items()
        if whose in others or whose == "any"
    }
    assert {method for method, _, _ in found} == {"GET", "POST"}
    assert {user for _, _, user in found} == set(OTHERS)
    assert set(found.values()) <= REFUSED


@pytest.mark.parametrize("route", [route for route in OBJECT_ROUTES if not COMMON.match(route)])
def test_what_no_office_owns_is_not_for_members_unless_it_is_common(route):
    """Runs, accounts, grants …: there is no other member's, so the committee's own must not be found either."""
    is_of_offices = any(key[0] == route and key[2] == "office" for key in ROWS)
    own = [] if is_of_offices else [found["member"] for key, found in ROWS.items() if key[0] == route]
    assert set(own) <= REFUSED
