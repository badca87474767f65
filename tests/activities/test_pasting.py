"""A list pasted from a chat: what it says about one half-day, checked before it is saved."""

import html
import re

import pytest

from activities.pasted import parse
from members.matching import Matcher
from members.models import Seat
from tests.cast import DAY, make_activity, make_attendance, make_cast, make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = make_cast()
    for number, name in enumerate(["张三", "李四", "王五", "赵六", "张建国", "张建国"], 1):
        make_seat(cast.place, name, number=f"{number:04d}")
    return cast


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


@pytest.fixture
def seats(cast):
    return Seat.objects.filter(number__lt="0100", committee=cast.place.committee).select_related("member", "sector")


def read(text, seats):
    """[(name as read, mark, halves)] of the entries."""
    entries = parse(text, Matcher(seats), "absent")
    return [(entry.text, entry.mark, "".join(sorted(entry.halves))) for entry in entries]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (
            "请假：张三、李四 王五，赵六（上午）",
            [
                ("张三", "leave:personal", ""),
                ("李四", "leave:personal", ""),
                ("王五", "leave:personal", ""),
                ("赵六", "leave:personal", "am"),
            ],
        ),
        ("张三、0002", [("张三", "absent", ""), ("0002", "absent", "")]),
        ("1. 张三（病假）\n2、李四（出差，下午）", [("张三", "leave:sick", ""), ("李四", "leave:official", "pm")]),
        ("病假2人：张　三；缺席：李 四", [("张三", "leave:sick", ""), ("李四", "absent", "")]),
        ("张三迟到 李四早退", [("张三", "late", ""), ("李四", "left_early", "")]),
        ("张三 李四 病假", [("张三", "leave:sick", ""), ("李四", "leave:sick", "")]),
        ("迟到人员:\n张三委员\nzl", [("张三", "late", ""), ("zl", "late", "")]),
        ("张三、张三", [("张三", "absent", "")]),
        ("（）：、,;\n", []),
    ],
)
def test_list_is_read_with_its_headings_and_notes(seats, text, entries):
    assert read(text, seats) == entries


def test_namesakes_and_misspellings_come_with_candidates(seats):
    namesakes, near, nobody = parse("张建国 张建 沈某某", Matcher(seats), "absent")
    assert (namesakes.is_sure, [seat.number for seat in namesakes.candidates]) == (False, ["0005", "0006"])
    assert (near.is_sure, [seat.number for seat in near.candidates]) == (False, ["0005", "0006"])
    assert (nobody.is_sure, nobody.candidates) == (False, [])


# ---------------------------------------------------------------- the page
@pytest.fixture
def sitting(cast, seats):
    return make_activity(cast.place, list(seats), halves=[(DAY, "am"), (DAY, "pm")]).sittings.first()


def check(client, sitting, text, **fields):
    data = {"text": text, "mark": "leave:personal", **fields}
    return client.post(f"/activities/sittings/{sitting.public_id}/paste/", data)


def confirm(client, sitting, page, **chosen):
    """Send the second form as the page shows it."""
    shown = html.unescape(re.search(r'name="shown" value="([^"]*)"', page.content.decode())[1])
    fields = {"shown": shown, "save": "1"}
    for number, one in enumerate(page.context["entries"]):
        fields |= {f"who-{number}": one["who"], f"mark-{number}": one["mark"]}
    text = page.context["form"].cleaned_data["text"]
    return check(client, sitting, text, **fields | {name.replace("_", "-"): value for name, value in chosen.items()})


def stored(sitting):
    return {row.seat.number: (row.outcome, row.leave_kind) for row in sitting.attendances.select_related("seat")}


def test_nothing_is_saved_before_the_list_is_confirmed(clerk, sitting):
    page = check(clerk, sitting, "请假：张三、沈某某、张建国")
    assert "认出 1 人，认不出 2 处" in page.content.decode()
    assert stored(sitting) == {}


def test_list_is_saved_as_confirmed(clerk, seats, sitting):
    page = check(clerk, sitting, "请假：张三、张建国，李四（下午） 缺席：王五")
    second = next(seat for seat in seats if seat.number == "0006")
    confirm(clerk, sitting, page, who_1=str(second.public_id), mark_1="leave:sick")
    assert stored(sitting) == {"0001": ("leave", "personal"), "0006": ("leave", "sick"), "0003": ("absent", "")}


def test_row_changed_since_the_check_is_refused_then_saved_knowingly(clerk, seats, sitting):
    page = check(clerk, sitting, "请假：张三、李四")
    make_attendance(sitting.activity, {seats[0]: "late"})
    refused = confirm(clerk, sitting, page)
    assert "别人已改为“迟到”，您填的是“请假（事假）”，没有保存" in refused.content.decode()
    assert stored(sitting) == {"0001": ("late", "")}
    assert confirm(clerk, sitting, refused).status_code == 302
    assert stored(sitting) == {"0001": ("leave", "personal"), "0002": ("leave", "personal")}


@pytest.mark.parametrize(
    ("text", "fields", "sentence"),
    [
        ("", {}, "“名单”没有填，请把名单粘贴进来。"),
        ("、、", {}, "名单里没有姓名，请粘贴带姓名的文字。"),
        ("张三", {"mark": "super"}, "“没有写明的记为”选的不在可选范围内，请重新选择。"),
        ("张三", {"save": "1", "mark-0": "super"}, "“张三”选的不在可选范围内，请重新选择。"),
        ("张三", {"save": "1", "who-0": "somebody"}, "“张三”选的不在可选范围内，请重新选择。"),
        ("沈某某", {"save": "1"}, "名单里没有选定任何人，没有保存。请在“是谁”里选人，或改名单后重新核对。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(clerk, sitting, text, fields, sentence):
    page = check(clerk, sitting, text, **fields)
    assert (page.status_code, sentence in html.unescape(page.content.decode())) == (200, True)
    assert stored(sitting) == {}


def test_list_can_be_mended(clerk, sitting):
    page = check(clerk, sitting, "张三", again="1")
    assert (page.context["entries"], page.context["form"]["text"].value()) == ([], "张三")
