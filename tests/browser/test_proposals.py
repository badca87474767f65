"""The quick row of proposals in Chromium, by keyboard alone."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import expect

from proposals.models import Proposal
from tests.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_three_proposals_go_in_by_keyboard_alone(page, live_server, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    client = Client()
    client.force_login(make_cast().other_clerk)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{live_server.url}/proposals/")
    title = page.locator("#quick").get_by_label("案由")
    page.locator("#quick").get_by_label("案号", exact=True).focus()
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    for matter, people, is_asked in (
        ("关于修缮古桥的提案", ("szs", "何珺 oyws"), False),
        ("关于增设公交站的提案", ("hj", ""), False),
        ("关于增加公交站的建议", ("oyws", ""), True),
    ):
        page.keyboard.type(matter)
        for names in people:
            page.keyboard.press("Tab")
            page.keyboard.type(names)
        page.keyboard.press("Enter")
        if is_asked:
            expect(page.get_by_role("button", name="不是同一件，仍然保存")).to_be_focused()
            page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(matter)
        expect(title).to_be_focused()
    rows = Proposal.objects.order_by("pk").values_list("number", "title", "way")
    assert list(rows) == [
        ("12", "关于修缮古桥的提案", "joint"),
        ("13", "关于增设公交站的提案", "individual"),
        ("14", "关于增加公交站的建议", "individual"),
    ]
