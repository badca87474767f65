"""Lists of names as staff type and paste them; no database is asked."""

import pytest

from members.matching import Matcher
from members.models import Member, Seat, Sector


def seat(number, name, initials, sector="科学技术", place="", pinyin=""):
    member = Member(name=name, initials=initials, full_pinyin=pinyin)
    return Seat(pk=int(number), number=number, place=place, member=member, sector=Sector(name=sector))


ZHANG = seat("001", "张建国", "zjg", place="3-12", pinyin="zhangjianguo")
ZHAO = seat("002", "赵继光", "zjg", sector="农业", place="7-04", pinyin="zhaojiguang")
LI = seat("003", "李宁", "ln", place="3-13", pinyin="lining")
NAMESAKE = seat("004", "李宁", "ln", sector="农业", place="3-14", pinyin="lining")
WANG = seat("005", "王珺", "wj", place="3-15", pinyin="wangjun")
AYI = seat("006", "阿依·示例", "aysl", place="3-16", pinyin="ayishili")
MATCHER = Matcher([ZHANG, ZHAO, LI, NAMESAKE, WANG, AYI])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张建国、赵继光", [ZHANG, ZHAO]),
        ("张建国,王珺；赵继光\n003", [ZHANG, WANG, ZHAO, LI]),
        ("王　珺", [WANG]),
        ("王 珺 张建国", [WANG, ZHANG]),
        ("wj", [WANG]),
        ("WJ", [WANG]),
        ("wangjun", [WANG]),
        ("3-14", [NAMESAKE]),
        ("阿依•示例", [AYI]),
        ("００４", [NAMESAKE]),
        ("王珺 王珺", [WANG]),
        ("", []),
        (" 、，", []),
    ],
)
def test_list_of_names_finds_seats_in_the_order_typed(text, found):
    result = MATCHER.match(text)
    assert (result.seats, result.problems) == (found, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("李宁", "“李宁”有 2 位：李宁（科学技术，编号 003）；李宁（农业，编号 004）。请改填委员编号。"),
        ("zjg", "“zjg”有 2 位：张建国（科学技术，编号 001）；赵继光（农业，编号 002）。请改填委员编号。"),
        ("张建", "“张建”没有找到。是不是：张建国（科学技术，编号 001）？请照此改写。"),
        ("赵继光（上午）", "“赵继光(上午)”没有找到。是不是：赵继光（农业，编号 002）？请照此改写。"),
        ("钱某", "“钱某”没有找到。请核对姓名，或改填委员编号、拼音首字母。"),
    ],
)
def test_name_that_is_not_one_seat_is_asked_about_never_guessed(text, problem):
    result = MATCHER.match(text)
    assert (result.seats, result.problems) == ([], [problem])
