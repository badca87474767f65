"""Two clerks in two browsers at one sheet, on PostgreSQL: history holds every mark, nothing is lost, conflicts are shown.

Needs Chromium as well as the servers, so it runs where the servers are.
"""

import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from activities.models import Attendance
from desk.demo.people import people
from members.models import Role
from members.signals import gathered
from tests.cast import PASSWORD, make_account, make_activity, make_committee, make_seat

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

EACH, SHARED = 50, 10
MARKS = """numbers => numbers.forEach((number) => {
    const box = document.getElementById("box");
    box.value = number;
    box.dispatchEvent(new InputEvent("input", {bubbles: true}));
    box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
})"""


def make_sheet():
    place = make_committee(name="示例县政协")
    for username in ("first", "second"):
        make_account(place, username, Role.CLERK, office=place.offices[0])
    named = people(EACH * 2 - SHARED, seed=5)
    seats = [make_seat(place, one.name, number=f"{number:04d}") for number, one in enumerate(named, 1)]
    return make_activity(place, seats, name="全体会议", kind="plenary").sittings.get()


def open_sheet(browser, site, sitting, username, mark):
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{site}/login/")
    page.get_by_label("用户名或手机号").or_(page.locator("#id_username")).first.fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/")
    page.get_by_label("标为（F2 换）").select_option(mark)
    return page


def settled(*pages):
    """Every mark of these sheets is answered."""
    for page in pages:
        expect(page.locator("#saved")).to_contain_text("已保存", timeout=30_000)


def marks(sitting):
    return dict(sitting.attendances.values_list("seat__number", "outcome"))


def conflicts_of(page):
    """[(name, (what is stored, what was wanted)), …] as the sheet asks."""
    said = page.locator("#conflicts .message p").all_inner_texts()
    found = [re.fullmatch(r"(.+?)：.+?已记为“(.+?)”，您记的是“(.+?)”，没有保存。请选一个。", one) for one in said]
    return [(one[1], (one[2], one[3])) for one in found]


def test_two_clerks_mark_one_sheet(browser, live_server, settings, transactional_db):
    """50 marks each in turn, ten at a time. The first ten of both are the same rows, marked before either can know:
    who comes second is shown both values for each, and nothing is written over until he says so."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    with transaction.atomic(), gathered(make_sheet):
        sitting = make_sheet()
    numbers = [f"{number:04d}" for number in range(1, EACH * 2 - SHARED + 1)]
    shared, mine, theirs = numbers[:SHARED], numbers[:EACH], [*numbers[:SHARED], *numbers[EACH:]]
    first = open_sheet(browser, live_server.url, sitting, "first", "absent")
    second = open_sheet(browser, live_server.url, sitting, "second", "leave:sick")
    for at in range(0, EACH, 10):
        first.evaluate(MARKS, mine[at : at + 10])
        second.evaluate(MARKS, theirs[at : at + 10])
    own = dict.fromkeys(mine[SHARED:], "absent") | dict.fromkeys(theirs[SHARED:], "leave")
    settled(first, second)
    stored = marks(sitting)
    asked = [*conflicts_of(first), *conflicts_of(second)]
    assert {number: outcome for number, outcome in stored.items() if number not in shared} == own
    assert sorted(name for name, _ in asked) == sorted(
        sitting.attendances.filter(seat__number__in=shared).values_list("seat__member__name", flat=True)
    )
    assert {words for _, words in asked} <= {("△ 请假（病假）", "× 缺席"), ("× 缺席", "△ 请假（病假）")}
    # Each is decided knowingly, and only then written over.
    for page in (first, second):
        while page.locator("#conflicts .message").count():
            page.locator("#conflicts .message").first.get_by_role("button", name="改为").click()
    settled(first, second)
    assert {number: marks(sitting)[number] for number in shared} == {
        number: {"absent": "leave", "leave": "absent"}[stored[number]] for number in shared
    }
    written = Attendance.history.filter(sitting=sitting).values_list(
        "seat__number", "outcome", "action__user__username"
    )
    once = {(number, "absent", "first") for number in mine} | {(number, "leave", "second") for number in theirs}
    assert sorted(written) == sorted(once)
    for page in (first, second):
        page.context.close()
