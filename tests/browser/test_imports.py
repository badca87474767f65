"""Bringing a sheet in with Chromium: clicks counted, with script switched off, on a desk and on a phone."""

import pytest

from members.models import Seat
from tests.browser.test_first_pages import (
    DESK,
    PHONE,
    SMALL_PHONE,
    open_everything,
    overflow,
    sign_in,
    site,
    small_targets,
)
from tests.cast import make_account, make_committee
from tests.desk.sheets import xlsx

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADER = ("委员编号", "姓名", "界别")


@pytest.fixture
def place():
    place = make_committee("yunhe", name="示例县政协")
    make_account(place, "clerk", "clerk")
    return place


def roster(*sectors):
    """One member with each sector."""
    rows = [(f"{number:03d}", "张示例", sector) for number, sector in enumerate(sectors, start=1)]
    return {"name": "名册.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx(HEADER, *rows)}


@pytest.fixture
def phone_without_script(browser):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_clean_sheet_of_300_rows_takes_four_clicks(page, site, place):
    sign_in(page, site, "clerk")
    page.goto(f"{site}/imports/")
    clicks = []

    def click(name, role="button"):
        clicks.append(name)
        page.get_by_role(role, name=name).first.click()

    click("导入表格", role="link")
    page.get_by_label("文件").set_input_files(roster(*["科学技术", "农业"] * 150))
    click("上传并查看")
    click("下一步：核对")
    click("确认导入：新增 300 名委员，更新 0")
    assert page.get_by_role("heading", level=2).first.inner_text() == "已导入：新增 300 名委员，更新 0，相同 0"
    assert (len(clicks), Seat.objects.count()) == (4, 300)


def test_a_dirty_sheet_is_mended_confirmed_and_undone_on_a_phone_without_script(phone_without_script, site, place):
    page = phone_without_script
    wide = []

    def look():  # the driver may still ask a page that itself runs nothing
        wide.append(overflow(page))

    sign_in(page, site, "clerk")
    page.goto(f"{site}/imports/new/")
    look()
    page.get_by_label("文件").set_input_files(roster("科技界", "农业", "科技界"))
    page.get_by_role("button", name="上传并查看").click()
    look()
    page.get_by_role("button", name="下一步：核对").click()
    look()
    page.get_by_label("改为，应用到 2 行").select_option("科学技术")
    page.get_by_role("button", name="改正并重新核对").click()
    page.get_by_role("button", name="确认导入：新增 3 名委员，更新 0").click()
    look()
    number = page.get_by_text("批次 ").first.inner_text().split()[1]
    page.get_by_label("撤销的理由").fill("传错了文件")
    page.get_by_label("批次号的后四位").fill(number[-4:])
    page.get_by_role("button", name="撤销本批").click()
    assert page.get_by_role("heading", level=2).first.inner_text() == "已撤销：新增的 3 名委员已删除"
    assert (Seat.objects.count(), wide) == (0, [0] * 4)


def test_pages_of_an_import_are_accessible_and_fit(page, site, place, axe):
    """No axe violation at 320, 390 and 1280 pixels, nothing wider than the window, nothing too small to hit."""
    sign_in(page, site, "clerk")
    found = {}

    def look(name):
        for viewport in (SMALL_PHONE, PHONE, DESK):
            page.set_viewport_size(viewport)
            found[name, viewport["width"]] = (axe(page), overflow(page), small_targets(page))

    page.goto(f"{site}/imports/new/")
    look("new")
    page.get_by_label("文件").set_input_files(roster("科技界", "农业", "科技界"))
    page.get_by_role("button", name="上传并查看").click()
    look("columns")
    page.get_by_role("button", name="下一步：核对").click()
    open_everything(page)
    look("check")
    page.get_by_role("button", name="确认导入：新增 1 名委员").click()
    look("done")
    page.get_by_role("button", name="撤销本批").click()
    look("refused")
    page.goto(f"{site}/imports/")
    look("list")
    assert found == dict.fromkeys(found, ([], 0, []))
