"""A whole year in Chromium, roles changing hands: from draft rules to a published edition and its first correction."""

import datetime
import io
import re

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from playwright.sync_api import expect

from scoring.models import Assessment
from scoring.services.runs import drive, rescore
from tests.browser.test_first_pages import DESK, site
from tests.cast import PASSWORD, make_account, make_cast
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


class Desks:
    """A window for each account, opened when it is first asked for. All go on in the sight of the others."""

    def __init__(self, browser, site):
        self.browser, self.site, self.windows = browser, site, {}

    def at(self, account, address):
        """The account's window, opened at the address."""
        if account.pk not in self.windows:
            context = self.browser.new_context(viewport=DESK, locale="zh-CN")
            cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": sign_in(account), "url": self.site}
            context.add_cookies([cookie])
            context.set_default_timeout(5000)
            self.windows[account.pk] = context.new_page()
        page = self.windows[account.pk]
        page.goto(self.site + address)
        return page

    def close(self):
        for page in self.windows.values():
            page.context.close()


@pytest.fixture
def desks(browser, site):
    opened = Desks(browser, site)
    with time_machine.travel(NOON, tick=True):
        yield opened
    opened.close()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def told(page, words):
    expect(page.locator("main").get_by_role("status")).to_contain_text(words)


def compute():
    """What the workers do a few seconds after any change."""
    return drive(rescore(user=None, assessment=Assessment.objects.select_related("ruleset", "committee").get()))


# ---------------------------------------------------------------- who does what
def draft_rules(page):
    page.get_by_role("link", name="起草考核办法").click()
    page.get_by_label("从哪里开始").select_option("sample")
    page.get_by_label("年度").fill("2026")
    press(page, "存为草稿")
    told(page, "已存为草稿")


def approve_rules_and_open_the_year(page):
    page.get_by_role("link", name="修改").click()
    page.get_by_role("link", name="去审定").click()
    page.get_by_label("填写年度，确认审定").fill("2026")
    press(page, "审定")
    told(page, "已审定")
    press(page, "开始 2026 年度考核")
    told(page, "已开始")


def log_meeting(page):
    page.get_by_label("名称").fill("第五次全体会议")
    page.get_by_label("开始日期").fill("2026-03-10")
    page.get_by_label("开始日期").press("Enter")
    page.wait_for_url("**/activities/sittings/**")
    for is_last in (False, True):
        expect(page.locator("#box")).to_be_focused()
        page.keyboard.press("F9")
        expect(page.locator("#saved")).to_contain_text("已保存")
        if not is_last:
            with page.expect_navigation():
                page.keyboard.press("Alt+ArrowRight")


def log_proposal(page):
    page.get_by_label("案号").fill("1")
    page.get_by_label("案由").fill("关于修缮古桥的提案")
    page.get_by_label("第一提案人").fill("单志松")
    page.get_by_label("提交日期").fill("2026-03-11")
    page.get_by_label("审查结果").select_option("filed")
    page.get_by_label("审查日期").fill("2026-04-01")
    page.locator("main").get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("古桥")


def log_honour(page):
    page.get_by_label("类型").select_option(label="表彰")
    page.get_by_label("事项").fill("优秀志愿者")
    page.get_by_label("日期", exact=True).fill("2026-05-04")
    page.locator("[name=names]").fill("单志松")
    page.locator("main").get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("status").first).to_contain_text("优秀志愿者")


def sign_off_gaps(page):
    """Both offices have nothing of this month: a reason for each."""
    for left in (1, 0):
        page.get_by_text("不用补，写明理由").first.click()
        page.get_by_label("理由").first.fill("本月没有活动")
        page.get_by_role("button", name="保存理由").first.click()
        expect(page.get_by_text("不用补，写明理由")).to_have_count(left)


def step(page, label, *, typed=False, reason=""):
    if reason:
        page.get_by_label("理由").fill(reason)
    if typed:
        page.get_by_label("输入年度以确认").fill("2026")
    if label in ("公布", "重新开放"):
        page.get_by_label("您的登录密码").fill(PASSWORD)
    press(page, label)


def object_to_the_honour(page):
    page.get_by_role("link", name=re.compile("加分：\\s*规则和记录")).click()
    page.get_by_role("link", name=re.compile("有出入.*优秀志愿者")).click()
    page.get_by_label("哪里有出入").fill("是市级的表彰")
    press(page, "提交")
    told(page, "已收到")


def correct_the_honour(page, level, reason):
    page.get_by_label("级别").select_option(label=level)
    page.get_by_label("修改理由").fill(reason)
    page.locator("main").get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("优秀志愿者")


def points(page):
    """The total that a card opens with: 20 to begin with, 5 for the meeting, 8 for the proposal, and for the honour 3 of
    the county, 5 of the city, 8 of the province."""
    return page.locator("p.big").inner_text().removesuffix("分").strip()


# ---------------------------------------------------------------- the year
def test_year_from_draft_rules_to_its_first_correction(desks):
    cast = make_cast()
    chair, second = cast.chair_office, make_account(cast.place, "second", "chair_office")

    draft_rules(desks.at(cast.whole_clerk, "/rulesets/"))
    approve_rules_and_open_the_year(desks.at(chair, "/rulesets/"))
    log_meeting(desks.at(cast.clerk, "/activities/new/"))
    log_proposal(desks.at(cast.other_clerk, "/proposals/new/"))
    log_honour(desks.at(cast.clerk, "/contributions/new/"))
    compute()
    year = f"/assessments/{Assessment.objects.get().public_id}/"

    step(desks.at(chair, year), "进入数据核对")
    sign_off_gaps(desks.at(cast.whole_clerk, "/gaps/?year=2026"))
    step(desks.at(chair, year), "进入委员核对")

    page = desks.at(cast.ordinary_user, "/me/")
    provisional = points(page)
    page.get_by_role("link", name="核对无误，去确认").click()
    press(page, "我已核对")
    told(page, "已确认")
    object_to_the_honour(desks.at(cast.ordinary_user, "/me/"))

    page = desks.at(cast.clerk, "/objections/?state=open")
    page.get_by_role("link", name="单志松").click()
    page.get_by_label("建议更正：经核实，记录有误").check()
    press(page, "提交答复")
    page = desks.at(chair, "/objections/")
    page.get_by_role("link", name="单志松").click()
    press(page, "同意更正（按处室意见）")
    told(page, "已同意更正")
    page = desks.at(cast.clerk, "/objections/?state=to_correct")
    page.get_by_role("link", name="单志松").click()
    page.get_by_role("link", name="修改这条记录").first.click()
    correct_the_honour(page, "市级", "级别登记错了")
    compute()

    step(desks.at(chair, year), "审定", typed=True)
    page = desks.at(second, year)
    step(page, "公布", typed=True)
    told(page, "已公布：首次公布")

    page = desks.at(cast.ordinary_user, "/me/")
    published = points(page)
    code = page.locator("#main .code").inner_text()
    page = desks.at(cast.nobody, f"/verify/?code={code}")
    page.get_by_label("姓名").fill("单志松")
    press(page, "核验")
    expect(page.get_by_role("status")).to_contain_text("属实")
    expect(page.get_by_role("status")).to_contain_text(f"{published} 分")

    step(desks.at(chair, year), "重新开放", reason="表彰应为省级")
    page = desks.at(cast.clerk, "/contributions/?q=优秀志愿者")
    page.get_by_role("link", name="优秀志愿者").first.click()
    page.get_by_role("link", name="修改", exact=True).first.click()
    correct_the_honour(page, "省级", "核对了证书")
    compute()
    step(desks.at(chair, year), "审定", typed=True)
    page = desks.at(second, year)
    step(page, "公布", typed=True)
    told(page, "已公布：更正第 1 号")
    page.get_by_role("link", name="更正第 1 号").click()
    changed = page.locator("main").inner_text()
    page = desks.at(cast.ordinary_user, "/me/")
    expect(page.locator("main")).to_contain_text("更正第 1 号")
    corrected = points(page)

    out = io.StringIO()
    call_command("verify_edition", cast.place.committee.code, stdout=out)
    assert "2 个定版，与数据库一致" in out.getvalue()
    assert (provisional, published, corrected) == ("36", "38", "41")
    assert f"{published} → {corrected}" in changed
