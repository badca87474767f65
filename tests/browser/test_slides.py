"""全会展示 in Chromium: read from the back row, by keyboard, without a network, without script, on paper."""

import subprocess

import pytest
import time_machine
from django.conf import settings as django_settings
from playwright.sync_api import expect

from reports.openness import SECTIONS, set_openness
from tests.browser.test_first_pages import PHONE, overflow, site, small_targets
from tests.reports.shown import make_shown_year
from tests.scoring.closing import CLOSED
from tests.scoring.year import YEAR
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HALL = ({"width": 1920, "height": 1080}, {"width": 1280, "height": 720})
SMALLEST = 32  # pixels at 1920 × 1080
SLIDES = 10
TYPICAL = (0, 2, 5, 8)  # a title, bars, a table of names, columns
# Of the slide shown: texts that are too small, parts that are larger than their box, whatever lies outside of the frame.
PROBLEMS = """(smallest) => {
    const frame = document.querySelector('.here .frame'), edge = frame.getBoundingClientRect(), found = [];
    for (const one of [frame, ...frame.querySelectorAll('*')]) {
        if (one.closest('.unseen') || one.closest('svg')) continue;
        const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const size = parseFloat(getComputedStyle(one).fontSize), box = one.getBoundingClientRect();
        if (own && size < smallest - 0.01) found.push(`${one.className || one.tagName} ${size}px`);
        if (box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.top < edge.top - 1)
            found.push(`${one.className || one.tagName} outside`);
        if (one.matches('.frame, .body, footer, footer span') && (one.scrollWidth > one.clientWidth + 1 && one.clientWidth
            || one.scrollHeight > one.clientHeight + 1 && one.clientHeight)) found.push(`${one.className} overflows`);
    }
    return found;
}"""


@pytest.fixture
def year():
    with time_machine.travel(CLOSED, tick=True):
        year = make_shown_year()
        set_openness(
            user=None, assessment=year.assessment, step=4, is_public=True, sections=list(SECTIONS), basis="主席会议"
        )
    return year


@pytest.fixture
def hall(site, year):
    """opened(context) → the deck, opened by the chair's office."""

    def opened(context):
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": sign_in(year.publisher), "url": site}])
        page = context.new_page()
        page.goto(f"{site}/show/{YEAR}/", wait_until="load")
        return page

    return opened


def here(page):
    return page.locator(".slide.here h1, .slide.here h2").inner_text()


def at(page):
    return page.locator(".slide.here .corner").inner_text().split()[-3]


def test_every_slide_is_read_from_the_back_row_and_walked_without_a_network(context, hall, axe):
    page = hall(context)
    asked = []
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(request.url))
    context.set_offline(True)
    problems, titles = {}, []
    for viewport in HALL:
        page.set_viewport_size(viewport)
        page.keyboard.press("Home")
        for n in range(SLIDES):
            if found := page.evaluate(PROBLEMS, SMALLEST * viewport["width"] / 1920):
                problems[viewport["width"], n + 1] = found
            if viewport is HALL[0]:
                titles.append(here(page))
                if n in TYPICAL and (found := axe(page)):
                    problems[n + 1] = found
            page.keyboard.press("ArrowRight")
    assert (problems, asked, overflow(page)) == ({}, [], 0)
    assert titles == [
        f"{YEAR} 年度委员履职情况",
        *("总体情况", "各界别平均得分", "优秀委员", "各专委会前五", "委员得分", "提案", "社情民意信息", "我们的一年"),
        "感谢各位委员",
    ]


def test_keys_mouse_and_fingers_turn_the_slides(context, hall):
    page = hall(context)
    seen = []
    for key in (
        "ArrowRight",
        "Space",
        "PageDown",
        "Shift+Space",
        "ArrowLeft",
        "PageUp",
        "ArrowLeft",
        "End",
        "ArrowRight",
        "Home",
    ):
        page.keyboard.press(key)
        seen.append(int(at(page)))
    assert seen == [2, 3, 4, 3, 2, 1, 1, SLIDES, SLIDES, 1]
    page.mouse.click(1000, 400)
    page.mouse.click(1000, 400)
    page.mouse.click(100, 400)
    assert at(page) == "2"
    page.reload()
    assert at(page) == "2"
    page.mouse.move(400, 400)
    assert small_targets(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".slide").nth(7)).to_be_visible()
    page.get_by_role("button", name="开始放映").press("Enter")
    assert at(page) == "2"


def test_slides_scroll_without_script_and_print_one_a_page(browser, hall, tmp_path):
    context = browser.new_context(java_script_enabled=False, viewport=HALL[1], locale="zh-CN", reduced_motion="reduce")
    page = hall(context)
    assert (page.locator(".slide:visible").count(), page.get_by_role("button").count()) == (SLIDES, 0)
    page.pdf(path=tmp_path / "deck.pdf", prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", tmp_path / "deck.pdf"], capture_output=True, text=True, check=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    assert (facts["Pages"].strip(), facts["Page size"].split("(")[0].strip()) == (str(SLIDES), "960 x 540 pts")
    context.close()


def test_public_page_and_slides_on_a_phone(page, site, year, hall, axe):
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/public/yunhe/{YEAR}/")
    assert (overflow(page), axe(page), small_targets(page)) == (0, [], [])
    deck = hall(page.context)
    deck.set_viewport_size(PHONE)
    deck.reload()
    assert (deck.locator(".slide:visible").count(), overflow(deck), axe(deck)) == (SLIDES, 0, [])
    boxes = "found => found.filter(one => one.scrollHeight > one.clientHeight + 1).map(one => one.innerText)"
    assert deck.locator(".frame, .body").evaluate_all(boxes) == []
