"""The first pages in Chromium: sign in, read one's card on a phone, find a member; with and without script."""

import pytest
from playwright.sync_api import expect

from scoring.services.assessments import rescore
from scoring.services.runs import drive
from tests.cast import PASSWORD, make_account, make_contribution, make_proposal, make_report
from tests.scoring.year import fresh, make_year

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}
DESK = {"width": 1280, "height": 800}


@pytest.fixture
def year():
    """A scored year with an account of each kind."""
    year = make_year(8)
    first, second, *_ = year.seats
    for title in ("社区义诊", "送法下乡", "关爱未成年人"):
        make_contribution(year.place, first, title=title)
    make_proposal(year.place, [first, second], title="关于完善农村养老互助点的提案")
    make_report(year.place, [first], adopted=["county"])
    make_account(year.place, "member", "member", seat=first)
    make_account(year.place, "clerk", "clerk")
    make_account(year.place, "chair", "chair_office")
    drive(rescore(user=None, assessment=fresh(year.assessment)))
    return year


@pytest.fixture
def site(live_server, settings):
    """The server's address. Signing in by typing is one test; the others take a session."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    return live_server.url


@pytest.fixture
def complaints(page):
    """What the browser's console says: refused styles and scripts, missing files, errors."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def sign_in(page, site, username):
    page.goto(f"{site}/login/")
    page.get_by_label("用户名或手机号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def overflow(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def small_targets(page):
    """Buttons, fields and stand-alone links under 48 × 48 CSS pixels; a box by its label, links in a sentence exempt."""
    return page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
            .filter(one => {
                const isBox = ['checkbox', 'radio'].includes(one.type);
                const box = (isBox && one.labels[0] || one).getBoundingClientRect();
                const isInSentence = one.tagName === 'A' && one.closest('p') && !one.closest('.buttons, .crumbs');
                return box.width && !isInSentence && !one.matches('.skip') && (box.width < 48 || box.height < 48);
            })
            .map(one => one.outerHTML.slice(0, 80))"""
    )


def open_everything(page):
    """Also what lies inside something closed, which cannot be clicked yet."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


# ---------------------------------------------------------------- the member
def test_member_signs_in_and_reads_the_card_on_a_phone(page, site, year, complaints):
    page.set_viewport_size(PHONE)
    sign_in(page, site, "member")
    expect(page).to_have_title("我的履职成绩单 2026 年度 - 委员履职考核")
    for text in ("当前得分", "距", "还可以做什么"):
        box = page.get_by_text(text).first.bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], f"{text} is below the first screen"
    page.get_by_text("规则和记录（3 条）").click()
    expect(page.get_by_role("link", name="送法下乡", exact=True)).to_be_visible()
    assert complaints == []


def test_member_opens_a_record_from_its_line(page, site, year, complaints):
    sign_in(page, site, "member")
    page.get_by_text("规则和记录（3 条）").click()
    page.get_by_role("link", name="社区义诊", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("社区义诊")
    assert complaints == []


def test_card_fits_a_phone_at_every_size_of_type(page, site, year):
    sign_in(page, site, "member")
    found = {}
    for viewport in (PHONE, SMALL_PHONE):
        page.set_viewport_size(viewport)
        for size in ("n", "xl", "xxl"):
            page.goto(f"{site}/me/?size={size}")
            open_everything(page)
            found[viewport["width"], size] = (overflow(page), small_targets(page))
    assert found == dict.fromkeys(found, (0, []))


def test_card_is_whole_without_script(browser, site, year):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    sign_in(page, site, "member")
    page.get_by_text("规则和记录（3 条）").click()
    expect(page.get_by_role("link", name="送法下乡", exact=True)).to_be_visible()
    page.get_by_text("菜单").click()
    page.get_by_role("link", name="大字").click()
    expect(page.locator("html")).to_have_attribute("data-size", "xl")
    page.get_by_text("菜单").click()
    page.get_by_role("link", name="会议", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-size", "xl")
    page.get_by_text("菜单").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("已退出登录。")).to_be_visible()
    context.close()


def test_keyboard_reaches_the_content_first(page, site, year):
    sign_in(page, site, "member")
    page.goto(f"{site}/me/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


# ---------------------------------------------------------------- the office
def test_clerk_finds_a_member_and_opens_the_card(page, site, year, complaints):
    page.set_viewport_size(DESK)
    sign_in(page, site, "clerk")
    page.get_by_role("link", name="委员", exact=True).click()
    page.get_by_label("姓名、拼音首字母或编号").fill("0001")
    page.get_by_role("button", name="查找").click()
    page.locator("td a[href*=report-cards]").click()
    expect(page.get_by_text("以委员身份查看")).to_be_visible()
    assert complaints == []


def test_chair_office_asks_for_a_run_and_sees_that_nobody_works(page, site, year, complaints):
    sign_in(page, site, "chair")
    page.get_by_role("link", name="计算").click()
    page.get_by_role("button", name="重新计算：2026 年度委员").click()
    expect(page.get_by_text("没有正在运行的计算进程。")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("计算进度")
    assert complaints == []


# ---------------------------------------------------------------- everybody
FIRST_PAGES = [
    ("member", "/me/"),
    ("member", "/rulesets/"),
    ("member", "/password/"),
    ("clerk", "/"),
    ("clerk", "/seats/"),
    ("clerk", "/activities/"),
    ("clerk", "/activities/new/"),
    ("clerk", "/proposals/"),
    ("clerk", "/proposals/new/"),
    ("clerk", "/opinions/"),
    ("clerk", "/opinions/new/"),
    ("clerk", "/contributions/"),
    ("clerk", "/contributions/new/"),
    ("clerk", "/adjustments/"),
    ("clerk", "/adjustments/new/"),
    ("chair", "/reports/2026/ranking/?bands=1"),
    ("chair", "/runs/"),
    ("chair", "/nowhere/"),
]


@pytest.mark.full
@pytest.mark.parametrize("username", ["member", "clerk", "chair"])
def test_first_pages_are_accessible_and_fit(page, site, year, axe, username):
    """No axe violation at 320, 390 and 1280 pixels, nothing wider than the window."""
    sign_in(page, site, username)
    ruleset = f"/rulesets/{year.ruleset.public_id}/"
    found = {}
    for path in [path for name, path in FIRST_PAGES if name == username] + [ruleset]:
        for viewport in (SMALL_PHONE, PHONE, DESK):
            page.set_viewport_size(viewport)
            page.goto(site + path)
            open_everything(page)
            key = path, viewport["width"]
            found[key] = (axe(page), overflow(page), small_targets(page))
    assert found == dict.fromkeys(found, ([], 0, []))


def test_sign_in_page_is_accessible_and_names_the_error(page, site, year, axe):
    page.set_viewport_size(SMALL_PHONE)
    page.goto(f"{site}/login/")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写密码。")
    expect(page).to_have_title("有错误：登录 - 委员履职考核")
    assert (axe(page), overflow(page), small_targets(page)) == ([], 0, [])


def test_pages_are_light_and_ask_nobody_else(page, site, year):
    requests = []
    sign_in(page, site, "member")
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(f"{site}/me/", wait_until="networkidle")
    assert {request.url.split("/")[2] for request in requests} == {site.removeprefix("http://")}
    assert len({request.url for request in requests}) <= 3
    assert sum(request.sizes()["responseBodySize"] for request in requests if "/me/" in request.url) < 60_000
