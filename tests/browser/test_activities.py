"""A meeting made by keyboard, leave decided by one key each, and a member's meetings without script."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import Activity, Leave
from activities.services import record_leave
from tests.browser.test_first_pages import PHONE, overflow, sign_in, site, small_targets
from tests.cast import make_activity, make_cast

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


class Keys:
    """A keyboard that counts."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)
        self.pressed += times

    def type(self, text):
        self.page.keyboard.type(text)
        self.pressed += len(text)


def test_meeting_is_made_by_keyboard_from_what_is_usual(page, site):
    """Kind, name and day are typed; half-days and people follow from the kind."""
    make_cast()
    sign_in(page, site, "clerk")
    page.goto(f"{site}/activities/new/")
    keys = Keys(page)
    page.get_by_label("类型").focus()
    keys.press("ArrowDown")
    expect(page.get_by_label("常委会组成人员")).to_be_checked()
    expect(page.get_by_label("全体委员")).not_to_be_checked()
    expect(page.get_by_text("每天上午、下午两场；常委会组成人员应到。")).to_be_visible()
    keys.press("Tab")
    keys.type("十五次")
    keys.press("Tab")
    keys.type("3.10")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("出席登记")
    activity = Activity.objects.get()
    found = [row.half for row in activity.sittings.all()], [str(row.seat.member) for row in activity.invitations.all()]
    assert (found, keys.pressed <= 12) == ((["am", "pm"], ["欧阳文松"]), True)


def test_leave_is_approved_with_one_key_each(page, site):
    cast = make_cast()
    meeting = make_activity(cast.place, [cast.ordinary, cast.standing, cast.cosigner])
    for seat in (cast.ordinary, cast.standing, cast.cosigner):
        record_leave(user=None, activity=meeting, seat=seat, kind="official", reason="出差")
    sign_in(page, site, "clerk")
    page.goto(f"{site}/leaves/")
    for left in (2, 1, 0):
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="同意")).to_have_count(left)
    assert list(Leave.objects.values_list("state", flat=True)) == ["approved"] * 3


def test_member_signs_up_and_asks_for_leave_without_script(browser, site):
    cast = make_cast()
    day = timezone.localdate() + datetime.timedelta(days=5)
    trip = make_activity(cast.place, [cast.ordinary], kind="inspection", name="水利视察", day=day, signup_until=day)
    make_activity(cast.place, [cast.ordinary], name="专题协商会", day=day)
    page = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN").new_page()
    sign_in(page, site, "ordinary")
    page.goto(f"{site}/me/activities/")
    assert (overflow(page), small_targets(page)) == (0, [])
    page.get_by_role("button", name="报名").click()
    expect(page.get_by_text("✓ 已报名")).to_be_visible()
    page.get_by_role("region", name="专题协商会").get_by_role("link", name="请假").click()
    page.get_by_label("病假").check()
    page.get_by_label("事由").fill("住院")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("待审批")).to_be_visible()
    row = Leave.objects.get()
    assert (row.kind, row.reason, trip.invitations.count()) == ("sick", "住院", 1)
    page.context.close()
