"""自评 in Chromium without scripts and by keyboard alone: on the phone, then a second person, then the line on the card."""

import re

import pytest
import time_machine
from django.conf import settings as django_settings
from playwright.sync_api import expect

from scoring.services.runs import drive, rescore
from tests.browser.test_first_pages import DESK, site
from tests.scoring.appraised import NOW, build
from tests.scoring.year import fresh
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


def test_own_figure_from_the_phone_to_the_line_on_the_card(browser, site):
    with time_machine.travel(NOW, tick=True):
        assert walk(browser, site, build()) == "本人自评"


def walk(browser, site, cast):
    """What the line on the card is called in the end."""

    def window(account, size):
        context = browser.new_context(viewport=size, java_script_enabled=False)
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": sign_in(account), "url": site}
        context.add_cookies([cookie])
        context.set_default_timeout(5000)
        return context.new_page()

    drive(rescore(user=None, assessment=fresh(cast.assessment)))
    phone = window(cast.ordinary_user, PHONE)
    phone.goto(f"{site}/me/")
    phone.get_by_role("link", name="去自评").press("Enter")
    phone.get_by_label("履职自评（0 至 100 分）").fill("90")
    phone.get_by_label("自评说明").fill("完成全部任务")
    phone.get_by_role("button", name="提交自评").press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("自评已提交")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    desk = window(cast.whole_clerk, DESK)
    desk.goto(f"{site}/")
    desk.get_by_role("link", name="项评价待复核").press("Enter")
    desk.get_by_role("link", name="单志松").press("Enter")
    expect(desk.get_by_text("完成全部任务").first).to_be_visible()
    desk.get_by_role("button", name="同意", exact=True).press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("已同意 1 项评价")

    phone.goto(f"{site}/me/")
    phone.get_by_role("link", name=re.compile("自评.*规则和记录")).press("Enter")
    expect(phone.get_by_text("自评 90 分，按第五条。")).to_be_visible()
    line = phone.get_by_role("link", name="本人自评", exact=True)
    given_by = line.inner_text()
    line.press("Enter")
    expect(phone.get_by_text("本人提交", exact=True)).to_be_visible()
    for page in (phone, desk):
        page.context.close()
    return given_by
