"""An objection by keyboard alone in Chromium, with four people at it: member, office, chair's office, member again."""

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from scoring.services.runs import drive, rescore
from tests.browser.test_first_pages import DESK, site
from tests.cast import make_cast, make_contribution
from tests.scoring.year import fresh, make_year
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


def test_objection_from_the_phone_to_the_answer(browser, site):
    cast = make_cast()
    year = make_year(0, place=cast.place)
    make_contribution(cast.place, cast.ordinary, title="义诊")
    drive(rescore(user=None, assessment=fresh(year.assessment)))
    windows = []

    def window(account, size):
        """Without scripts: nothing of this may need one."""
        context = browser.new_context(viewport=size, java_script_enabled=False)
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": sign_in(account), "url": site}
        context.add_cookies([cookie])
        windows.append(context)
        context.set_default_timeout(5000)
        return context.new_page()

    page = window(cast.ordinary_user, PHONE)
    page.goto(f"{site}/me/")
    page.get_by_role("link", name="规则和记录").first.press("Enter")
    page.get_by_role("link", name="有出入？").first.press("Enter")
    page.get_by_label("哪里有出入").fill("我去了两次")
    page.get_by_role("button", name="提交").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已收到")

    page = window(cast.clerk, DESK)
    page.goto(f"{site}/objections/?state=open")
    page.get_by_role("link", name="单志松").press("Enter")
    page.get_by_label("建议更正：经核实，记录有误").press("Space")
    page.get_by_role("button", name="提交答复").press("Enter")

    page = window(cast.chair_office, DESK)
    page.goto(f"{site}/")
    page.get_by_role("link", name="条更正申请待决定").press("Enter")
    page.get_by_role("link", name="单志松").press("Enter")
    page.get_by_role("button", name="同意更正（按处室意见）").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已同意更正")

    page = window(cast.ordinary_user, PHONE)
    page.goto(f"{site}/me/objections/")
    expect(page.get_by_text("经核实，记录有误，建议更正。")).to_be_visible()
    expect(page.get_by_text("同意更正，正在改")).to_be_visible()
    for context in windows:
        context.close()
