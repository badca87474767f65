"""通报 in Chromium: from the workbench to paper in three clicks, a figure put in by its button, the same without script."""

import time

import pytest
import time_machine
from django.conf import settings as django_settings
from playwright.sync_api import expect

from reports.models import Circular
from tests.browser.test_first_pages import DESK, site
from tests.reports.pdfs import pages_of, text_of
from tests.reports.published import make_published_year
from tests.scoring.closing import CLOSED
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

FIRST_DRAFT = 60  # seconds until the first draft is on paper


def test_circular_is_on_paper_after_three_clicks_and_written_with_and_without_script(browser, site, tmp_path):
    with time_machine.travel(CLOSED, tick=True):
        year = make_published_year()

        def desk(**options):
            context = browser.new_context(viewport=DESK, **options)
            value = sign_in(year.approver)
            context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
            context.set_default_timeout(5000)
            return context.new_page()

        page = desk()
        page.goto(f"{site}/")
        began = time.monotonic()
        page.get_by_role("link", name="报表", exact=True).first.click()
        page.get_by_role("link", name="通报 起草、修改").click()
        address = page.get_by_role("link", name="打印稿 PDF").get_attribute("href")
        made = page.request.get(f"{site}{address}").body()
        assert time.monotonic() - began < FIRST_DRAFT
        assert "关于2026年度委员履职情况的通报" in text_of(pages_of(made, tmp_path)[0])
        body = page.get_by_label("正文")
        body.fill("平均")
        body.press("End")
        page.get_by_role("button", name="{{平均分}}").press("Enter")
        assert body.input_value() == "平均{{平均分}}"
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("status")).to_contain_text("已保存为第 1 版")
        expect(page.get_by_text("平均10", exact=True)).to_be_visible()

        plain = desk(java_script_enabled=False)
        plain.goto(f"{site}/reports/2026/circular/")
        plain.get_by_label("正文").fill("应评价{{应评价人数}}名")
        plain.get_by_role("button", name="保存").press("Enter")
        expect(plain.get_by_role("status")).to_contain_text("已保存为第 2 版")
        body.fill("没有看到第二版")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("heading", name="两边的不同")).to_be_visible()
        assert body.input_value() == "没有看到第二版"
        assert Circular.objects.get().body == "应评价{{应评价人数}}名"
