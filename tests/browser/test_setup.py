"""The first installation with Chromium: from an empty database to the clerk's workbench."""

import pytest

from desk.setup import installation_code
from members.models import Committee, Sector
from tests.browser.test_first_pages import DESK, PHONE, overflow, site, small_targets

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHOSEN = "shan-yang-2026"


def test_from_an_empty_database_to_the_workbench_with_its_four_steps(page, site, axe):
    seen = {}

    def look(name):
        page.set_viewport_size(PHONE)
        wide = overflow(page)
        page.set_viewport_size(DESK)
        seen[name] = (wide, small_targets(page), axe(page))

    page.goto(site)
    look("code")
    page.get_by_role("textbox", name="安装码").fill(installation_code())
    page.get_by_role("button", name="下一步").click()
    look("choice")
    page.get_by_role("link", name="建立本会").click()
    page.get_by_label("全称").fill("中国人民政治协商会议山阳县委员会")
    page.get_by_label("简称").fill("山阳县政协")
    page.get_by_label("现在是第几届").fill("10")
    page.get_by_label("本届开始日期").fill("2022-01-10")
    page.get_by_role("textbox", name="录入员").fill("孙会")
    look("form")
    page.get_by_role("button", name="建立，显示账号").click()
    look("slips")
    username, password = page.locator("li", has_text="孙会").locator("code").all_inner_texts()
    page.get_by_role("button", name="已打印或抄好，去登录").click()

    page.get_by_label("用户名或手机号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("原密码").fill(password)
    page.get_by_label("新密码", exact=True).fill(CHOSEN)
    page.get_by_label("再填一次新密码").fill(CHOSEN)
    page.get_by_role("button", name="保存新密码").click()
    steps = page.get_by_role("region", name="四步开始使用").get_by_role("listitem")
    assert [step.get_attribute("class") for step in steps.all()] == ["met", "open", "open", "open"]
    look("workbench")
    page.get_by_role("link", name="导入委员名单").click()
    assert page.get_by_role("heading", level=1).inner_text() == "导入表格"

    assert (Committee.objects.get().short_name, Sector.objects.count()) == ("山阳县政协", 34)
    assert page.goto(f"{site}/setup/").status == 404
    assert seen == dict.fromkeys(seen, (0, [], []))
