"""The one way to PDF: measures, repeated bytes, page numbers, and characters that no font has."""

import datetime
import itertools
import logging

import pylopdf_fonts_zh_cn
import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

from reports.paper import MissingCharacters, pdf
from reports.paper.fonts import fonts
from tests.reports.pdfs import info_of, pages_of, text_of

AT = datetime.datetime(2026, 12, 31, 10, tzinfo=datetime.UTC)


def year(records, *, year=2026, title="参加专题调研"):
    part = {
        "name": "出席会议",
        "rules": "全体会议、常委会议（第一条）",
        "cap": "40",
        "figure": "36",
        "note": "8 条记录",
    }
    person = [["姓名", "张　三", 1], ["性别", "女", 1], ["民族", "回族", 1], ["界别", "农业", 1], ["党派", "—", 1]]
    person += [["专委会", "提案委员会", 1], ["职务", "委员", 3], ["编号", "0001", 1]]
    return {
        "heading": "示例县政协委员履职成绩单",
        "name": f"（{year} 年度）",
        "person": person,
        "parts": [part] * 6,
        "grade": "等次：合格",
        "total": "72",
        "last": "去年 64 分",
        "records": [{"on": "1月12日", "title": f"{title}{number}", "points": "2.5"} for number in range(records)],
        "foot": "本成绩单按《示例县政协委员履职考核办法》第 1 版计算。" * 2,
        "error": "",
    }


def record(*years, name="张三"):
    return pdf("record", {"title": "履职档案", "years": years}, names=[name], at=AT)


def test_twelve_records_fit_one_page_without_a_number(tmp_path):
    made = record(year(12))
    info = info_of(made, tmp_path)
    assert (info["Pages"], info["Page size"]) == ("1", "595.276 x 841.89 pts (A4)")
    assert "页" not in text_of(pages_of(made, tmp_path)[0])


def test_margins_and_columns_are_within_a_millimetre(tmp_path):
    (page,) = pages_of(record(year(12)), tmp_path)
    on = [word for word in page if word.text == "1月12日"]
    points = [word for word in page if word.text == "2.5"]
    rows = [after.top - before.top for before, after in itertools.pairwise(on)]
    titles = [word for word in page if word.text.startswith("示例县政协委员履职")]
    assert len(on) == len(points) == 12
    # Columns of 30, 112 and 24 mm from a margin of 22 mm; figures end 2 mm before the right margin.
    assert {round((word.left + word.right) / 2) for word in on} == {22 + 15}
    assert {round(word.right) for word in points} == {210 - 22 - 2}
    assert {round(row, 1) for row in rows} == {7.5}
    assert abs(titles[0].top - 25) < 1.5
    assert abs((titles[0].left + titles[0].right) / 2 - 105) < 1
    assert all(word.left > 22 - 1 and word.right < 210 - 22 + 1 for word in page)


def test_further_records_go_to_a_second_page_with_the_head_again(tmp_path):
    pages = pages_of(record(year(40)), tmp_path)
    said = [text_of(page) for page in pages]
    assert [one.count("履职记录") for one in said] == [1, 1]
    assert sum(one.count("参加专题调研") for one in said) == 40
    below = [text_of([word for word in page if word.bottom > 297 - 20 + 1]) for page in pages]
    assert below == ["第1页共2页", "第2页共2页"]


def test_page_numbers_are_those_of_each_year(tmp_path):
    pages = pages_of(record(year(3), year(40, year=2025), year(2, year=2024)), tmp_path)
    said = [text_of(page) for page in pages]
    assert [one[one.rindex("第") :] if "页共" in one else "" for one in said] == ["", "第1页共2页", "第2页共2页", ""]


def test_same_data_give_the_same_bytes():
    assert record(year(20)) == record(year(20))


def test_data_are_never_markup(tmp_path):
    (page,) = pages_of(record(year(1, title='#panic("x") $ *a* @b ')), tmp_path)
    assert '#panic("x")$*a*@b0' in text_of(page)


def test_name_with_a_character_of_no_font_stops_the_export():
    with pytest.raises(MissingCharacters) as stopped:
        record(year(1), name="张𠮷")
    assert str(stopped.value).startswith("“张𠮷”中的“𠮷”（U+20BB7），打印字体里没有这个字，没有生成文件。")
    assert "PRINT_FONT_DIR" in str(stopped.value)


def test_other_text_prints_a_stand_in_and_says_so_in_the_log(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        (page,) = pages_of(record(year(1, title="访问𠮷村")), tmp_path)
    assert "访问〓村0" in text_of(page)
    assert [one.message for one in caplog.records] == ["No font has 𠮷 U+20BB7: 〓 is printed instead."]


def office_font(folder, characters):
    """A FangSong that has these characters alone."""
    font = TTFont(pylopdf_fonts_zh_cn.serif_path(), lazy=True)
    cut = Subsetter()
    cut.populate(text=characters)
    cut.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = "FangSong"
    font.save(folder / "fangsong.otf")


def test_office_font_goes_first_and_what_it_lacks_is_logged(tmp_path, settings, caplog):
    settings.PRINT_FONT_DIR = tmp_path
    office_font(tmp_path, "〔〕")
    with caplog.at_level(logging.WARNING):
        made = pdf("record", {"title": "〔档〕", "years": []}, names=[], at=AT)
    assert fonts().of_role["body"] == ["FangSong", "Noto Serif SC", "Noto Sans SC"]
    told = [one.message for one in caplog.records if one.name == "reports.paper.fonts"]
    assert (made[:5], told) == (b"%PDF-", ["FangSong does not have 档 U+6863: printed in another font."])
