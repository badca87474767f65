"""The pages of a printed ranking, measured: margins, rows, heads and numbers, upright and turned."""

import itertools
import time
from dataclasses import replace

import pytest

from reports.columns import head_of, layout_of
from reports.tables import ranking_csv, ranking_pdf
from tests.reports.pdfs import assert_foot, dashes_of, info_of, pages_of, text_of
from tests.reports.tables import LANDSCAPE, PORTRAIT, table


def names_of(page):
    return [word for word in page if word.text.startswith("欧阳示")]


def figures_of(page):
    return [word for word in page if word.text == "12.5"]


def test_upright_print_of_three_pages_keeps_its_measures_on_each(tmp_path):
    made = ranking_pdf(table(70, label="附件1"))
    pages = pages_of(made, tmp_path)
    assert [text_of(page).count("名次姓名界别") for page in pages] == [1, 1, 1]
    assert [len(names_of(page)) for page in pages] == [23, 29, 18]
    assert [text_of([word for word in page if word.top > 264]) for page in pages] == [
        "首次公布，定版摘要0123—1—",
        "—2—首次公布，定版摘要0123",
        "首次公布，定版摘要0123—3—",
    ]
    for number, page in enumerate(pages, start=1):
        # Columns of 12, 21 and 28 mm from the left margin; 2 mm between a figure and its line; rows of 7.5 mm.
        names = names_of(page)
        assert {round((word.left + word.right) / 2 - 28 - 12 - 10.5) for word in names} == {0}
        assert {round(after.top - before.top, 1) for before, after in itertools.pairwise(names)} == {7.5}
        body = [word for word in page if word.top < 264]
        assert max(word.right for word in body) < 210 - 26 + 1
        assert (min(word.left for word in body) > 28 - 1, min(word.top for word in body) > 37 - 1) == (True, True)
        assert max(word.bottom for word in names) < 297 - 35 + 1
        # One character of 14 pt from the outer edge, 7 mm below the text.
        assert_foot(dashes_of(made, tmp_path, number), number, below=297 - 35 + 7, outer=210 - 26, inner=28)


def test_turned_print_of_three_pages_has_its_numbers_where_the_sheet_has_them(tmp_path):
    made = ranking_pdf(table(50, LANDSCAPE))
    pages = pages_of(made, tmp_path)
    assert info_of(made, tmp_path)["Page size"] == "841.89 x 595.276 pts (A4)"
    assert [text_of(page).count("名次姓名界别") for page in pages] == [1, 1, 1]
    assert [len(names_of(page)) for page in pages][1] == 19
    for number, page in enumerate(pages, start=1):
        body = [word for word in page if word.left > 35 - 1]
        assert {round(word.right) for word in figures_of(page)} <= set(range(50, 297 - 37))
        assert (max(word.right for word in body) < 297 - 37 + 1, max(word.bottom for word in body) < 210 - 26 + 1) == (
            True,
            True,
        )
        assert min(word.top for word in body) > 28 - 1
        # The foot of the page turned clockwise: left of the table, odd numbers at the lower end, even ones at the upper.
        foot = [word for word in page if word.left < 35 - 1]
        drawn = dashes_of(made, tmp_path, number, is_turned=True)
        assert_foot(drawn, number, below=35 - 7, outer=210 - 26, inner=28)
        assert "定版摘要0123" in text_of(foot)


def test_columns_fill_the_page_upright_and_turned():
    found = [layout_of(table(3, columns)) for columns in (PORTRAIT, LANDSCAPE)]
    assert [(one.is_wide, round(sum(one.widths[0]), 6)) for one in found] == [(False, 156), (True, 225)]


def test_heads_and_titles_that_are_too_long_break_evenly(tmp_path):
    assert [head_of(name, 12, 12) for name in ("提案", "服务群众", "视察调研与学习")] == [
        "提案",
        "服务\n群众",
        "视察调\n研与学\n习",
    ]
    made = ranking_pdf(replace(table(1), title="示例县政协2026年度专门委员会履职得分情况表"))
    assert [word.text for word in pages_of(made, tmp_path)[0][:2]] == ["示例县政协", "2026年度专门委员会履职得分情况表"]


def test_same_ranking_gives_the_same_bytes_of_pdf_and_csv():
    assert (ranking_pdf(table(5)), ranking_csv(table(5))) == (ranking_pdf(table(5)), ranking_csv(table(5)))


def test_long_names_take_two_small_lines_of_the_same_row(tmp_path):
    found = table(2)
    found.sections[0].rows[0].cells[1] = "阿不都热依木·示例买买提"
    (page,) = pages_of(ranking_pdf(found), tmp_path)
    places = [word.top for word in page if word.text in ("1", "2") and word.left < 40]
    assert round(places[1] - places[0], 1) == 7.5


@pytest.mark.browser  # the clock wants nothing beside it
@pytest.mark.timed
def test_five_hundred_rows_are_printed_in_a_second_and_a_half():
    ranking_pdf(table(3, LANDSCAPE))  # fonts are read once
    found, started = table(500, LANDSCAPE), time.perf_counter()
    ranking_pdf(found)
    took = time.perf_counter() - started
    assert took < 2 * 1.5, took


def test_no_page_holds_the_foot_alone(tmp_path):
    pages = pages_of(ranking_pdf(table(25)), tmp_path)
    found = [len(names_of(page)) for page in pages]
    assert found == [22, 3]
    assert "按办法计算。" in text_of(pages[1])
