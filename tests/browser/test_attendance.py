"""The attendance sheet in Chromium: by keyboard alone, under an input method, with two clerks and with a bad line."""

import datetime
import random
import re
import statistics
import time

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from activities.checkin import check_in
from activities.models import Attendance, Sitting
from activities.services import change_activity, record_attendance
from desk.demo.people import people
from members.models import Role
from members.signals import gathered
from tests.cast import DAY, PASSWORD, make_account, make_activity, make_committee, make_seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
EVERYBODY, EXCEPTIONS = 300, 5


def make_sheet(people_count, halves=("am", "pm")):
    """A committee, two clerks of its first office, and that many seats invited to these half-days of DAY."""
    place = make_committee(name="示例县政协")
    make_account(place, "clerk", Role.CLERK, office=place.offices[0])
    make_account(place, "second", Role.CLERK, office=place.offices[0])
    named = people(people_count, seed=3)
    seats = [make_seat(place, one.name, number=f"{number:04d}") for number, one in enumerate(named, 1)]
    return make_activity(place, seats, name="全体会议", kind="plenary", halves=[(DAY, half) for half in halves])


@pytest.fixture
def site(live_server, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    return live_server.url


@pytest.fixture
def big(transactional_db):
    with transaction.atomic(), gathered(make_sheet):
        return make_sheet(EVERYBODY, ["am"])


@pytest.fixture
def small(transactional_db):
    with transaction.atomic(), gathered(make_sheet):
        return make_sheet(6)


def sign_in(page, site, username="clerk"):
    page.goto(f"{site}/login/")
    page.get_by_label("用户名或手机号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def open_sheet(page, site, sitting, username="clerk"):
    sign_in(page, site, username)
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/")
    expect(page.locator("#box")).to_be_focused()


def seats_of(activity):
    rows = activity.invitations.select_related("seat__member").order_by("seat__number")
    return [row.seat for row in rows]


def expect_saved(page):
    expect(page.locator("#saved")).to_contain_text("已保存")


def outcomes(sitting):
    return dict(sitting.attendances.values_list("seat__number", "outcome"))


class Keys:
    """Presses keys on a page and counts them."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, key):
        self.page.keyboard.press(key)
        self.count += 1

    def mark(self, seat):
        """Type the initials, go down to the seat, Enter."""
        self.page.keyboard.type(seat.member.initials)
        self.count += len(seat.member.initials)
        offered = self.page.locator("#candidates li").all_inner_texts()
        here = next(index for index, text in enumerate(offered) if f"编号 {seat.number}" in text)
        for _ in range(here):
            self.press("ArrowDown")
        self.press("Enter")


def attended(sitting):
    """(how many are present, the numbers of those on leave) as stored."""
    marks = outcomes(sitting)
    on_leave = {number for number, outcome in marks.items() if outcome == "leave"}
    return list(marks.values()).count("present"), on_leave


def let_members_check_in(sitting):
    """Today and all day: the sheet then asks for arrivals by itself."""
    Sitting.objects.filter(pk=sitting.pk).update(
        held_on=timezone.localdate(), check_in_from=datetime.time(0), check_in_to=datetime.time(23, 59, 59)
    )


def empty_again(page, sitting):
    """As before anybody marked anything, without a trace; the waiting sheet sees it: it serves the next draw."""
    sitting.attendances.all()._raw_delete("default")
    Sitting.objects.filter(pk=sitting.pk).update(is_complete=False)
    page.clock.fast_forward(11_000)
    expect(page.locator("[data-count=unknown]")).to_have_text(str(EVERYBODY))


# ---------------------------------------------------------------- 300 people
@pytest.mark.parametrize("draws", [8, pytest.param(20, marks=pytest.mark.full)])
def test_five_exceptions_of_three_hundred_by_keyboard(page, site, big, draws):
    """So many draws: ≤ 25 key presses in the median with the finishing one and ≤ 32 at worst, no mouse, and each time the
    database holds 295 present and these five."""
    sitting = big.sittings.first()
    seats = seats_of(big)
    let_members_check_in(sitting)
    page.set_viewport_size(DESK)
    page.clock.install()
    open_sheet(page, site, sitting)
    counts = []
    for seed in range(draws):
        chosen = random.Random(seed).sample(seats, EXCEPTIONS)
        keys = Keys(page)
        for seat in chosen:
            keys.mark(seat)
        keys.press("F9")
        expect_saved(page)
        expect(page.locator("[data-count=present]")).to_have_text("295")
        assert attended(sitting) == (295, {seat.number for seat in chosen})
        counts.append(keys.count)
        empty_again(page, sitting)
    assert (statistics.median(counts) <= 25, max(counts) <= 32) == (True, True), counts


@pytest.mark.timed
def test_sheet_of_three_hundred_is_light_and_quick(page, site, big):
    """At most 100 KB compressed in six requests to this host alone; each letter is answered within 100 ms on a processor
    four times as slow."""
    asked = []
    sign_in(page, site)
    page.on("request", lambda request: asked.append(request.url))
    url = f"{site}/activities/sittings/{big.sittings.first().public_id}/"
    page.goto(url)
    assert (len(asked) <= 6, {one.split("/")[2] for one in asked}) == (True, {site.removeprefix("http://")})
    compressed = page.evaluate(
        """async url => {
            const body = (await fetch(url)).body.pipeThrough(new CompressionStream('gzip'));
            return (await new Response(body).arrayBuffer()).byteLength;
        }""",
        url,
    )
    assert compressed <= 100_000, compressed
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    slowest = page.evaluate(
        """() => {
            const box = document.getElementById('box');
            return Math.max(...['w', 'wa', 'z', 'zh', 'zhang', '1', '张', '王', 'l', 'x'].map(text => {
                box.value = text;
                const start = performance.now();
                box.dispatchEvent(new InputEvent('input', {bubbles: true}));
                document.body.offsetHeight;
                return performance.now() - start;
            }));
        }"""
    )
    assert slowest <= 100, slowest


@pytest.mark.full
def test_plenary_of_eight_half_days_is_logged_by_keyboard(page, site, big):
    """Each half-day takes over the exceptions of the one before (F8) and adds five: at most 28 keys each, by themselves
    63 s of typing at 0.28 s a key for all eight; the goal is four minutes."""
    halves = [(DAY + datetime.timedelta(days=day), half) for day in range(4) for half in ("am", "pm")]
    change_activity(user=None, activity=big, ends_on=halves[-1][0], halves=halves)
    sittings = list(big.sittings.all())
    absent = random.Random(8).sample(seats_of(big), EXCEPTIONS * len(sittings))
    open_sheet(page, site, sittings[0])
    keys, known = Keys(page), set()
    for at, sitting in enumerate(sittings):
        if at:
            keys.press("Alt+ArrowRight")
            page.wait_for_url(f"**/{sitting.public_id}/")
            expect(page.locator("#box")).to_be_focused()
            keys.press("F8")
        for seat in absent[at * EXCEPTIONS : (at + 1) * EXCEPTIONS]:
            keys.mark(seat)
            known.add(seat.number)
        keys.press("F9")
        expect_saved(page)
        assert attended(sitting) == (EVERYBODY - len(known), known)
    assert keys.count <= 8 * 28, keys.count


# ---------------------------------------------------------------- the box
def test_input_method_is_searched_before_it_commits_and_keeps_its_enter(page, site, small):
    """Chromium's own composition: the letters before commitment, ' between syllables, Enter that belongs to it."""
    sitting = small.sittings.first()
    seat = seats_of(small)[2]
    open_sheet(page, site, sitting)
    letters = "'".join(seat.member.initials)
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)}
    )
    expect(page.locator("#candidates li").first).to_contain_text(seat.number)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    session.send("Input.insertText", {"text": seat.member.name})
    expect(page.locator("#candidates li").first).to_contain_text(seat.number)
    assert outcomes(sitting) == {}
    page.keyboard.press("Enter")
    expect_saved(page)
    assert outcomes(sitting) == {seat.number: "leave"}


def test_outcome_is_switched_and_every_mark_is_taken_back(page, site, small):
    sitting = small.sittings.first()
    first, second, *_ = seats_of(small)
    open_sheet(page, site, sitting)
    page.keyboard.type(first.number)
    page.keyboard.press("Enter")
    page.keyboard.press("F2")
    page.keyboard.type(second.number)
    page.keyboard.press("Enter")
    page.keyboard.press("F9")
    expect_saved(page)
    assert outcomes(sitting) == {f"{n:04d}": "present" for n in range(3, 7)} | {"0001": "leave", "0002": "absent"}
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("[data-count=unknown]")).to_have_text("6")
    expect_saved(page)
    sitting.refresh_from_db()
    assert (outcomes(sitting), sitting.is_complete) == ({}, False)
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()


def test_late_and_the_part_played_are_chosen_in_the_row(page, site, small):
    sitting = small.sittings.first()
    seat = seats_of(small)[0]
    open_sheet(page, site, sitting)
    page.get_by_label(f"{seat.member}的角色").select_option("speaker")
    page.get_by_label(f"{seat.member}的出席情况").select_option("late")
    expect(page.locator("[data-count=late]")).to_have_text("1")
    expect_saved(page)
    row = Attendance.objects.get()
    assert (row.seat, row.outcome, row.part) == (seat, "late", "speaker")


def test_mark_is_sent_again_until_it_is_saved(page, site, small):
    sitting = small.sittings.first()
    open_sheet(page, site, sitting)
    page.route("**/marks/", lambda route: route.abort(), times=2)
    page.keyboard.type("0001")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_have_text("未保存，正在重试（第 2 次）")
    expect_saved(page)
    assert outcomes(sitting) == {"0001": "leave"}


def test_signed_out_clerk_is_told_that_nothing_is_saved(page, site, small):
    sitting = small.sittings.first()
    open_sheet(page, site, sitting)
    page.context.clear_cookies()
    page.keyboard.type("0001")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("未保存：登录已失效")
    expect(page.locator("tr.unsaved th")).to_have_text(seats_of(small)[0].member.name)
    assert outcomes(sitting) == {}


def test_list_is_one_stop_of_the_tabulator_with_arrows_and_figures_inside(page, site, small):
    """↓ to the third, 3 absent; 4 4 left early in the next; Enter opens the choice and Esc leaves it."""
    sitting = small.sittings.first()
    open_sheet(page, site, sitting)
    page.locator("#roll-table tbody th").first.focus()
    for key in ("ArrowDown", "ArrowDown", "3", "ArrowDown", "4", "4", "End", "ArrowLeft", "Enter", "Escape", "Home"):
        page.keyboard.press(key)
    expect(page.locator("[data-count=late]")).to_have_text("1")
    expect_saved(page)
    order = page.locator("#roll-table tbody td:nth-child(2)").all_inner_texts()
    assert outcomes(sitting) == {order[2]: "absent", order[3]: "left_early"}
    assert page.evaluate("document.querySelectorAll('#roll-table :is(th, td, select)[tabindex=\"0\"]').length") == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#roll-table')") is None


def test_marks_are_taken_back_after_another_half_day_was_opened(page, site, small):
    first, second = small.sittings.all()
    open_sheet(page, site, first)
    for key in (*"0001", "Enter", *"0002", "Enter"):
        page.keyboard.press(key)
    expect_saved(page)
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_url(f"**/{second.public_id}/")
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_url(f"**/{first.public_id}/")
    for count in ("5", "6"):
        page.keyboard.press("Control+z")
        expect(page.locator("[data-count=unknown]")).to_have_text(count)
    expect_saved(page)
    assert outcomes(first) == {}


def test_list_of_keys_opens_with_a_question_mark(page, site, small):
    open_sheet(page, site, small.sittings.first())
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#box")).to_be_focused()


@pytest.mark.timed
def test_cell_of_the_overview_is_put_right_and_back_with_keys(page, site, small):
    """The first cell has the focus: two arrows, one figure, saved within four seconds; the sums follow."""
    first, second = small.sittings.all()
    sign_in(page, site)
    page.goto(f"{site}/activities/{small.public_id}/overview/")
    started = time.monotonic()
    for key in ("ArrowDown", "ArrowRight", "3"):
        page.keyboard.press(key)
    said = page.locator("#said")
    expect(said).to_contain_text("已保存")
    assert time.monotonic() - started <= 4
    seat = page.locator("#matrix tbody tr").nth(1)
    number = seat.locator("th .muted").inner_text().strip()
    assert outcomes(second) == {number: "absent"}
    expect(seat.locator("td").nth(3)).to_have_text("✗ 不足")
    for key in ("1", "ArrowLeft", "1"):
        page.keyboard.press(key)
    expect(seat.locator("td").nth(3)).to_have_text("✓ 达到")
    expect(page.locator("#matrix tfoot tr").first).to_contain_text("共 2 人次")
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("#matrix tfoot tr").first).to_contain_text("共 0 人次")
    expect(said).to_contain_text("已保存")
    page.wait_for_load_state("networkidle")
    assert (outcomes(first), outcomes(second)) == ({}, {})


# ---------------------------------------------------------------- two clerks
def test_second_clerk_sees_both_values_and_decides(page, browser, site, small):
    sitting = small.sittings.first()
    open_sheet(page, site, sitting)
    context = browser.new_context(locale="zh-CN")
    other = context.new_page()
    open_sheet(other, site, sitting, "second")
    page.keyboard.type("0001")
    page.keyboard.press("Enter")
    expect_saved(page)
    for key in ("F2", *"0001", "Enter"):
        other.keyboard.press(key)
    conflict = other.locator("#conflicts")
    expect(conflict).to_contain_text("clerk已记为“△ 请假（事假）”，您记的是“× 缺席”，没有保存")
    assert outcomes(sitting) == {"0001": "leave"}
    conflict.get_by_role("button", name="改为“× 缺席”").click()
    expect_saved(other)
    assert outcomes(sitting) == {"0001": "absent"}
    context.close()


def test_mark_of_the_other_clerk_appears_with_the_next_answer(page, site, small):
    sitting = small.sittings.first()
    first, second, *_ = seats_of(small)
    open_sheet(page, site, sitting)
    record_attendance(user=None, sitting=sitting, marks={second.pk: "absent"})
    page.keyboard.type(first.number)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text(f"别人刚记了 {second.member.name} × 缺席")
    expect(page.get_by_label(f"{second.member}的出席情况")).to_have_value("absent")


def test_mark_that_waits_to_be_sent_goes_over_nobody_unasked(page, site, small):
    """While the first mark is under way the second is chosen here and made by somebody else."""
    sitting = small.sittings.first()
    second = seats_of(small)[1]
    open_sheet(page, site, sitting)
    held = []
    page.route("**/marks/", lambda route: held.append(route), times=1)
    for key in (*"0001", "Enter", *"0002", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-count=leave]")).to_have_text("2")
    record_attendance(user=None, sitting=sitting, marks={second.pk: "absent"})
    held[0].continue_()
    expect(page.locator("#conflicts")).to_contain_text("别人已记为“× 缺席”，您记的是“△ 请假（事假）”，没有保存")
    expect_saved(page)
    assert outcomes(sitting) == {"0001": "leave", "0002": "absent"}


def test_arrival_at_the_door_appears_while_the_sheet_waits(page, site, small):
    sitting = small.sittings.first()
    seat = seats_of(small)[0]
    let_members_check_in(sitting)
    sign_in(page, site)
    page.clock.install()
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/")
    check_in(user=None, sitting=sitting, seat=seat, now=timezone.localtime())
    page.clock.fast_forward(11_000)
    expect(page.locator("#said")).to_have_text(f"别人刚记了 {seat.member.name} ○ 出席")
    expect(page.locator("[data-count=present]")).to_have_text("1")


def test_page_on_the_wall_follows_without_being_loaded_again(page, site, small):
    sitting = small.sittings.first()
    let_members_check_in(sitting)
    sign_in(page, site)
    page.clock.install()
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/check-in/")
    page.evaluate("document.body.dataset.isSame = 'yes'")
    check_in(user=None, sitting=sitting, seat=seats_of(small)[0], now=timezone.localtime())
    page.clock.fast_forward(11_000)
    expect(page.locator("#board .big")).to_contain_text("1 / 6 人已到")
    expect(page.get_by_role("img", name="签到二维码")).to_be_visible()
    assert page.evaluate("document.body.dataset.isSame") == "yes"


def test_list_to_sign_has_25_rows_to_a_page_of_a4(page, site, big):
    sign_in(page, site)
    page.goto(f"{site}/activities/sittings/{big.sittings.first().public_id}/sign-in-sheet/")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == EVERYBODY / 25


# ---------------------------------------------------------------- without a script, on a phone
def test_form_does_the_same_without_script(browser, site, small):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sitting = small.sittings.first()
    sign_in(page, site)
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/")
    page.get_by_label("姓名（选填）").fill("0001、0002")
    page.get_by_label("其余未登记的人").select_option("present")
    page.get_by_label("登记完毕").check()
    page.get_by_role("button", name="保存", exact=True).first.click()
    expect(page.get_by_text("已保存，6 人有变动。")).to_be_visible()
    assert sorted(outcomes(sitting).values()) == ["leave"] * 2 + ["present"] * 4
    context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_attendance_are_accessible_and_fit(page, site, small, axe, viewport):
    page.set_viewport_size(viewport)
    sign_in(page, site)
    sitting = small.sittings.first()
    found = {}

    def look(name):
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[name] = (axe(page), width)

    page.goto(f"{site}/activities/sittings/{sitting.public_id}/")
    page.locator("#box").fill("0")
    look("sheet")
    page.goto(f"{site}/activities/{small.public_id}/overview/")
    look("overview")
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/check-in/")
    look("board")
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/sign-in-sheet/")
    look("to sign")
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/gate/")
    look("gate")
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/paste/")
    page.get_by_label("名单", exact=True).fill("请假：0001，0002（下午） 某某某")
    look("list")
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("认出 2 人，认不出 1 处")
    look("check")
    assert found == dict.fromkeys(found, ([], 0))


def test_pasted_list_is_saved_without_script(browser, site, small):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sitting = small.sittings.first()
    sign_in(page, site)
    page.goto(f"{site}/activities/sittings/{sitting.public_id}/")
    page.get_by_role("link", name="粘贴名单").click()
    page.get_by_label("名单", exact=True).fill("请假：0001，0002（下午）、某某某\n缺席：0003")
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存，2 人有变动。")).to_be_visible()
    assert outcomes(sitting) == {"0001": "leave", "0003": "absent"}
    context.close()


def test_exceptions_of_the_half_day_before_are_taken_over_and_back(page, site, small):
    first, second = small.sittings.all()
    seats = seats_of(small)
    record_attendance(user=None, sitting=first, marks={seats[0].pk: ("leave", "sick", ""), seats[1].pk: "late"})
    open_sheet(page, site, second)
    page.get_by_role("button", name="沿用上一半天的例外（1 人）").click()
    expect_saved(page)
    assert outcomes(second) == {"0001": "leave"}
    page.keyboard.press("Control+z")
    expect(page.locator("[data-count=unknown]")).to_have_text("6")
    expect_saved(page)
    assert outcomes(second) == {}
