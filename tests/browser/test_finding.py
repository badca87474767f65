"""Finding and the line that takes reports, in Chromium by keyboard alone."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import expect

from opinions.models import OpinionReport
from tests.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def desk(page, live_server, settings, cast):
    """A page signed in as the first office's clerk, at the list of reports."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    client = Client()
    client.force_login(cast.clerk)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{live_server.url}/opinions/")
    return page


def test_slash_three_keys_and_enter_open_a_person(desk, cast):
    desk.keyboard.press("/")
    expect(desk.locator("#find")).to_be_focused()
    desk.keyboard.type("szs")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/seats/{cast.ordinary.public_id}/")
    desk.keyboard.press("/")
    desk.keyboard.type("1/2")  # in the box the key writes what it shows
    expect(desk.locator("#find")).to_have_value("1/2")


def test_two_reports_go_in_by_keyboard_alone(desk, cast):
    desk.get_by_label("题目", exact=True).focus()
    for title, names in (("校门口拥堵", "szs"), ("古桥漏水", "hj")):
        desk.keyboard.type(title)
        desk.keyboard.press("Tab")
        desk.keyboard.type(names)
        desk.keyboard.press("Enter")
        expect(desk.get_by_text(f"已登记“{title}”，请接着录下一篇。")).to_be_visible()
        expect(desk.get_by_label("题目", exact=True)).to_be_focused()
    rows = OpinionReport.objects.order_by("pk").values_list("title", "reporters__seat__member__name")
    assert list(rows) == [("校门口拥堵", "单志松"), ("古桥漏水", "何珺")]
