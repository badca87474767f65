"""Handing a proposal to its units, urging and the reply in Chromium, by keyboard alone."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from proposals.models import Undertaking, Urging
from tests.cast import make_cast, make_proposal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_proposal_is_assigned_urged_and_answered_by_keyboard_alone(page, live_server, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    cast = make_cast()
    today = timezone.localdate()
    proposal = make_proposal(cast.place, [cast.ordinary], filed_on=today, day=today)
    client = Client()
    client.force_login(cast.other_clerk)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.set_viewport_size({"width": 1366, "height": 768})

    def keys(*pressed):
        for one in pressed:
            if one in {"Tab", "Enter", "Space", "ArrowDown"}:
                page.keyboard.press(one)
            else:
                page.keyboard.type(one)

    page.goto(f"{live_server.url}/proposals/{proposal.public_id}/")
    page.get_by_role("link", name="交办", exact=True).focus()
    keys("Enter")
    page.get_by_label("主办单位", exact=True).focus()
    keys("示例县住建局", "Tab", "Tab", "示例县水利局", "Enter")
    expect(page.get_by_text("◆ 等待示例县住建局（主办）答复")).to_be_visible()

    page.goto(f"{live_server.url}/proposals/due/")
    page.get_by_role("row", name="示例县住建局").get_by_role("link", name="催办").focus()
    keys("Enter")
    page.get_by_label("催办情况").focus()
    keys("电话催办", "Enter")
    page.get_by_role("link", name=re.compile("登记答复.*住建局")).focus()
    keys("Enter")
    page.get_by_label("答复日期").focus()
    keys("今天", "Tab", "Space", "ArrowDown", "Tab", "列入明年计划", "Tab", "Enter")
    expect(page.get_by_role("heading", name="示例县住建局")).to_contain_text("✓ 已答复")
    rows = Undertaking.objects.order_by("pk").values_list("unit", "role", "reply_class", "replied_on")
    assert list(rows) == [("示例县住建局", "main", "B", today), ("示例县水利局", "joint", "", None)]
    assert list(Urging.objects.values_list("note", flat=True)) == ["电话催办"]
