"""From an account to the first sign-in in Chromium: made by keyboard, read from the slip, opened on a phone, changed."""

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from members.models import User
from tests.browser.test_first_pages import DESK, PHONE, complaints, overflow, site, small_targets
from tests.cast import make_cast
from tests.test_access_matrix import sign_in

__all__ = ["complaints", "site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_slip_leads_to_a_first_sign_in(browser, page, site, complaints):
    cast = make_cast()
    cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": sign_in(cast.system_admin), "url": site}
    page.context.add_cookies([cookie])
    page.set_viewport_size(DESK)
    page.goto(f"{site}/accounts/members/")
    page.get_by_role("checkbox", name="选何珺").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("密码条（1 张）")
    assert (overflow(page), small_targets(page)) == (0, [])
    username, password = page.locator(".paper-slips code").all_inner_texts()

    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(site)
    phone.get_by_label("用户名或手机号").fill(username)
    phone.get_by_label("密码").fill(password)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("修改密码")
    for label, text in (("原密码", password), ("新密码", "Another-horse-8"), ("再填一次新密码", "Another-horse-8")):
        phone.get_by_label(label, exact=True).fill(text)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("密码已修改")
    account = User.objects.get(username=username)
    assert (account.member, account.check_password("Another-horse-8")) == (cast.cosigner.member, True)
    assert complaints == []
