"""Every page of the project that answers with 200, as one who may open it: axe, width, targets, weight, requests.

The routes, objects and accounts are those of the access tables, so a new page is looked at without being named here.
"""

import re

import pytest
from django.conf import settings as django_settings

from tests.browser.test_first_pages import (
    DESK,
    PHONE,
    SMALL_PHONE,
    open_everything,
    overflow,
    site,
    small_targets,
)
from tests.test_access_matrix import ROUTES, ROWS, address, set_up, sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STAFF = ("whole_clerk", "clerk", "chair", "system", "security", "audit")
HEAVIEST = {"staff": 100_000, "member": 60_000}  # bytes of everything a page loads, uncompressed
MOST_REQUESTS = 6
DOWNLOAD = re.compile(r"\.\w+$|^/evidence/|/marks/$|/document/$")
GRID = [  # one of each kind of page: list, form, record, sheet, workbench, card
    ("whole_clerk", "proposals/"),
    ("whole_clerk", "activities/new/"),
    ("whole_clerk", "proposals/<uuid:public_id>/"),
    ("whole_clerk", "activities/sittings/<uuid:public_id>/"),
    ("whole_clerk", ""),
    ("member", "me/"),
    ("member", "me/<int:year>/<int:part>/"),
]


def visits():
    """[(user, route)] – each page as the first of the staff who may open it, and as a member where members may."""
    found = []
    for route in ROUTES:
        statuses = ROWS.get((route, "GET", "own")) or ROWS.get((route, "GET", "-")) or {}
        found += [(user, route) for user in STAFF if statuses.get(user) == 200][:1]
        found += [("member", route) for _ in [0] if statuses.get("member") == 200]
    return [visit for visit in found if not visit[1].startswith(("api/", "healthz", "readyz"))]


@pytest.fixture
def stage(site, evidence_dir):
    accounts, objects = set_up()
    return {name: sign_in(account) for name, account in accounts.items()}, objects


class Visitor:
    """A browser window whose cache is off; counts what a page loads."""

    def __init__(self, page, site, sessions):
        self.page, self.site, self.sessions = page, site, sessions
        self.loaded, self.complaints = [], []
        page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.on("requestfinished", lambda request: self.loaded.append(request))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, user, path):
        """Whether it is a page at all."""
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": self.sessions[user], "url": self.site}
        self.page.context.add_cookies([cookie])
        self.loaded.clear()
        self.complaints.clear()
        if DOWNLOAD.search(path):
            return False
        response = self.page.goto(self.site + path, wait_until="load")
        return "text/html" in response.headers["content-type"]

    def hosts(self):
        return {request.url.split("/")[2] for request in self.loaded if not request.url.startswith("data:")}

    def weight(self):
        return sum(request.sizes()["responseBodySize"] for request in self.loaded)


@pytest.mark.parametrize("part", ["staff", "member"])
def test_every_page_is_accessible_light_and_asks_nobody_else(page, site, stage, axe, part):
    sessions, objects = stage
    visitor = Visitor(page, site, sessions)
    page.set_viewport_size(DESK)
    problems, looked_at = {}, 0
    asked = [(user, route) for user, route in visits() if (user == "member") == (part == "member")]
    for user, route in asked:
        if not visitor.open(user, address(route, "own", objects)):
            continue
        looked_at += 1
        heaviest = HEAVIEST["member" if user == "member" else "staff"]
        found = {
            "weight": size if (size := visitor.weight()) > heaviest else None,
            "requests": len(visitor.loaded) if len(visitor.loaded) > MOST_REQUESTS else None,
            "hosts": visitor.hosts() - {site.removeprefix("http://")},
            "console": list(visitor.complaints),
        }
        open_everything(page)
        found |= {"axe": axe(page), "overflow": overflow(page), "targets": small_targets(page)}
        if any(found.values()):
            problems |= {f"{user} {route} {what}": value for what, value in found.items() if value}
    assert (problems, looked_at > len(asked) // 2) == ({}, True)


@pytest.mark.full
@pytest.mark.parametrize(("user", "route"), GRID, ids=[route or "workbench" for _, route in GRID])
def test_page_is_accessible_at_every_width_and_size_of_type(page, site, stage, axe, user, route):
    sessions, objects = stage
    visitor = Visitor(page, site, sessions)
    problems = {}
    for viewport in (SMALL_PHONE, PHONE, DESK):
        page.set_viewport_size(viewport)
        for size in ("n", "xl", "xxl"):
            visitor.open(user, f"{address(route, 'own', objects)}?size={size}")
            open_everything(page)
            found = {"axe": axe(page), "overflow": overflow(page), "targets": small_targets(page)}
            if any(found.values()):
                problems[viewport["width"], size] = {what: value for what, value in found.items() if value}
    assert problems == {}
