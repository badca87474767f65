"""Spelling, 姓氏笔画 order and pinyin of names."""

import hashlib
import random
from itertools import combinations
from pathlib import Path

import pytest

from members.names import (
    LAST,
    STROKE_KEY_LENGTH,
    display_name,
    full_pinyin,
    initials,
    normalise_name,
    stroke_key,
    unknown_characters,
)
from members.names.derive_strokes import TABLE, ordered_characters, table_text
from members.names.strokes import ordinals

ORACLE = Path(__file__).with_name("name_order.txt")


def official_order() -> list[str]:
    return [line for line in ORACLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


# ---------------------------------------------------------------- 姓氏笔画


def test_stroke_key_orders_every_pair_of_the_official_list():
    names = official_order()
    wrong = [(first, second) for first, second in combinations(names, 2) if stroke_key(first) >= stroke_key(second)]
    assert (len(names), wrong) == (100, [])


def test_stroke_key_sorts_a_shuffled_list_back():
    shuffled = official_order()
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=stroke_key) == official_order()


def test_stroke_key_puts_the_two_character_name_first():
    assert sorted(["王一丁", "王一", "李宁安", "李安宁", "李安"], key=stroke_key) == [
        "王一",
        "王一丁",
        "李安",
        "李宁安",
        "李安宁",
    ]


def test_stroke_key_places_a_compound_surname_by_its_first_character():
    assert sorted(["罗喆", "欧阳天宇", "林琪", "欧阳宁"], key=stroke_key) == ["林琪", "欧阳天宇", "欧阳宁", "罗喆"]


def test_stroke_key_gives_the_middle_dot_no_place():
    assert stroke_key("阿·示例") == stroke_key("阿示例")


def test_stroke_key_is_made_of_digits_of_fixed_width():
    assert stroke_key("王一") == "001550000000001"


def test_stroke_key_puts_a_surname_outside_the_table_after_all_others():
    assert sorted(["䶮一", "龚芳", "Mary Smith", "丁一"], key=stroke_key) == ["丁一", "龚芳", "Mary Smith", "䶮一"]


def test_stroke_key_follows_a_position_set_by_hand():
    names = {"刘一": "", "刘䶮": "刘昊", "刘昊": "", "刘昊天": "", "刘喆": ""}
    assert sorted(names, key=lambda name: stroke_key(name, names[name])) == ["刘一", "刘昊", "刘䶮", "刘喆", "刘昊天"]


def test_stroke_key_stays_directly_behind_a_three_character_position():
    names = {"欧阳宁": "", "㛃安": "欧阳宁", "欧阳宁一": ""}
    assert sorted(names, key=lambda name: stroke_key(name, names[name])) == ["欧阳宁", "㛃安", "欧阳宁一"]


def test_stroke_key_set_last_follows_every_other_name():
    names = {"阿·示例": LAST, "䶮一": "", "魏丽": "", "丁一": ""}
    assert sorted(names, key=lambda name: stroke_key(name, names[name]))[-2:] == ["䶮一", "阿·示例"]


def test_stroke_key_refuses_a_position_outside_the_table():
    with pytest.raises(ValueError, match="手工位置“刘䶮”中的“䶮”不在笔画表内"):
        stroke_key("刘㛃", "刘䶮")


def test_stroke_key_of_the_longest_names_fits_its_column():
    assert len(stroke_key("𠮷" * 60, "M" * 60)) <= STROKE_KEY_LENGTH


@pytest.mark.parametrize(
    ("name", "unknown"),
    [("刘䶮", ["䶮"]), ("㛃𠮷㛃", ["㛃", "𠮷"]), ("陈喆", []), ("何珺玥", []), ("阿·示例", []), ("Mary Smith", [])],
)
def test_unknown_characters_are_those_outside_the_table(name, unknown):
    assert unknown_characters(name) == unknown


def test_stroke_table_holds_each_character_of_the_source_once():
    characters = list(ordinals())
    assert (len(characters), characters[0], characters[-1]) == (20897, "一", "龘")


def test_stroke_table_is_what_the_deriving_script_writes():
    assert TABLE.read_text(encoding="utf-8") == table_text(list(ordinals()))


def test_stroke_table_order_is_the_derived_one():
    joined = "".join(ordinals())
    assert (
        hashlib.sha256(joined.encode()).hexdigest()
        == "46064471f349c1ab83e1964ec5639c6f68d82e31d2b3404c89c62e24e76d5794"
    )


def test_ordered_characters_refuses_two_in_one_place():
    entries = [{"chinese": "丁", "stroke_increment_level": 3}, {"chinese": "七", "stroke_increment_level": 3}]
    with pytest.raises(ValueError, match="share one place"):
        ordered_characters(entries)


# ---------------------------------------------------------------- pinyin


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单宁", "shanning"),
        ("解乐天", "xieletian"),
        ("仇安", "qiuan"),
        ("区文", "ouwen"),
        ("曾敏", "zengmin"),
        ("任昊正", "renhaozheng"),
        ("查英", "zhaying"),
        ("盖青", "geqing"),
        ("朴一", "piaoyi"),
        ("缪玲", "miaoling"),
        ("覃芳", "qinfang"),
        ("员林", "yunlin"),
        ("乐山", "yueshan"),
        ("翟宏", "zhaihong"),
        ("华清", "huaqing"),
        ("纪楚", "jichu"),
        ("折雪", "shexue"),
        ("种玲", "chongling"),
        ("召英", "shaoying"),
        ("繁星", "poxing"),
        ("秘书", "bishu"),
        ("黑文", "hewen"),
        ("都正", "duzheng"),
        ("长安", "zhangan"),
        ("尉迟安", "yuchian"),
        ("万俟宁", "moqining"),
        ("长孙雪", "zhangsunxue"),
        ("欧阳天宇", "ouyangtianyu"),
        ("吕宁敏", "lvningmin"),
        ("阿·示例", "ashili"),
        ("刘䶮", "liuyan"),
        ("Mary Smith", "marysmith"),
        ("", ""),
    ],
)
def test_full_pinyin_reads_surnames_as_people_do(name, pinyin):
    assert full_pinyin(name) == pinyin


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("单宁", "sn"),
        ("曾敏", "zm"),
        ("张建国", "zjg"),
        ("欧阳天宇", "oyty"),
        ("尉迟安", "yca"),
        ("尉安", "wa"),
        ("长孙", "zs"),
        ("阿·示例", "asl"),
        ("李𠮷", "l"),
        ("Mary Smith", "ms"),
        ("", ""),
    ],
)
def test_initials_take_one_letter_of_each_syllable(name, letters):
    assert initials(name) == letters


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize(
    "text",
    [
        "张三",
        " 张三 ",
        "张 三",
        "张\u3000三",
        "张\u00a0三",
        "张\u200b三",
        "\ufeff张三",
        "张\t三\n",
        "张  三",
        "张\U000e0100三",
    ],
)
def test_normalise_name_removes_what_cannot_be_seen(text):
    assert normalise_name(text) == "张三"


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", ".", "．", "･", "。", " · ", "\u22c5"])
def test_normalise_name_writes_every_dot_alike(dot):
    assert normalise_name(f"阿{dot}示例") == "阿·示例"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ｍａｒｙ　Ｓｍｉｔｈ", "Mary Smith"),
        ("Mary   Smith", "Mary Smith"),
        ("J. Smith", "J. Smith"),
        ("张三Ａ", "张三A"),
        ("张三 A", "张三A"),
        ("\uf9d1", "六"),
        ("𠮷 一", "𠮷一"),
        ("", ""),
        ("\u3000", ""),
    ],
)
def test_normalise_name_keeps_what_matters(text, name):
    assert normalise_name(text) == name


def test_normalise_name_changes_nothing_twice():
    names = [*official_order(), "阿·示例", "Mary Smith"]
    assert [normalise_name(name) for name in names] == names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张\u3000三"),
        ("张三四", "张三四"),
        ("欧阳天宇", "欧阳天宇"),
        ("Al", "Al"),
        ("阿·示例", "阿·示例"),
        ("王", "王"),
    ],
)
def test_display_name_is_three_characters_wide(name, shown):
    assert display_name(name) == shown
