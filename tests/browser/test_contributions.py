"""Contributions by keyboard alone in Chromium: one key for each report, Enter for the next record, a list of thirty."""

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from activities.models import Contribution
from tests.browser.test_first_pages import DESK, site
from tests.cast import make_cast, make_contribution, make_seat
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk(page, site):
    """The clerk's window, and the cast."""
    cast = make_cast()
    cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": sign_in(cast.clerk), "url": site}
    page.context.add_cookies([cookie])
    page.set_viewport_size(DESK)
    return page, cast


def press(page, *keys):
    """Keys by name; what is no key's name is typed."""
    for key in keys:
        if key in {"Tab", "Enter", "ArrowDown"}:
            page.keyboard.press(key)
        else:
            page.keyboard.insert_text(key)


def test_three_reports_take_three_keys(clerk, site):
    page, cast = clerk
    for title in ("义诊", "植树", "捐书"):
        make_contribution(cast.place, cast.ordinary, title=title, is_verified=False)
    page.goto(f"{site}/contributions/?state=reported")
    for left in (2, 1, 0):
        expect(page.get_by_role("button", name="核实").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="核实")).to_have_count(left)
    assert set(Contribution.objects.values_list("state", flat=True)) == {"verified"}


@pytest.mark.parametrize("address", ["/contributions/?state=reported", "/contributions/{}/"])
def test_enter_behind_a_reason_returns_and_never_confirms(clerk, site, address):
    page, cast = clerk
    row = make_contribution(cast.place, cast.ordinary, is_verified=False)
    page.goto(site + address.format(row.public_id))
    if "state" in address:
        page.get_by_text("退回", exact=True).first.press("Enter")
    page.get_by_label("退回理由").fill("请写明地点")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已退回")


def test_quick_row_logs_one_after_the_other_by_keyboard(clerk, site):
    page, cast = clerk
    page.goto(f"{site}/contributions/")
    page.get_by_label("委员", exact=True).focus()
    press(page, "szs", "Tab", *["ArrowDown"] * 3, "Tab", "义诊", "Tab", "3.10", "Enter")
    expect(page.get_by_role("status")).to_contain_text("已登记“义诊”")
    expect(page.get_by_label("委员", exact=True)).to_be_focused()
    press(page, "何珺", "Enter")
    expect(page.get_by_role("status")).to_contain_text("何珺")
    rows = Contribution.objects.order_by("id")
    assert [(row.subject.seat, row.title, row.kind.code) for row in rows] == [
        (cast.ordinary, "义诊", "public_service"),
        (cast.cosigner, "义诊", "public_service"),
    ]


def test_thirty_members_of_one_event_take_a_paste_and_two_buttons(clerk, site):
    page, cast = clerk
    names = [make_seat(cast.place, f"甲乙{chr(0x4E00 + n)}").member.name for n in range(30)]
    page.goto(f"{site}/contributions/paste/")
    page.get_by_label("类型").focus()
    press(page, *["ArrowDown"] * 2, "Tab", "赴东湖调研", "Tab", "3.10", "Tab", "、".join(names))
    page.get_by_role("button", name="核对名单").press("Enter")
    expect(page.get_by_role("heading", name="认出 30 人")).to_be_visible()
    page.get_by_role("button", name="保存").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("30 人")
    assert Contribution.objects.filter(title="赴东湖调研").count() == 30
