"""A ranking on paper, in Word, Excel and CSV: the same cells, and the page as it is to be."""

import csv
import datetime
import io

import pytest
from docx import Document
from openpyxl import load_workbook

from reports.rankings import Column, Ranking, Section, ranking
from reports.tables import ranking_csv, ranking_pdf, ranking_xlsx, widths
from scoring.services.runs import drive, rescore
from tests.cast import make_account
from tests.reports.pdfs import MM, info_of, lines_of, pages_of, text_of
from tests.scoring.year import fill, make_year

AT = datetime.datetime(2026, 12, 31, 10, tzinfo=datetime.UTC)
COLUMNS = [
    Column("名次", "place"),
    Column("姓名", "name"),
    Column("界别", "text"),
    Column("履职分", "figure"),
    Column("总分", "figure"),
    Column("等次", "text"),
    Column("说明", "text"),
]


def table(rows):
    cells = [[str(n), f"欧阳示{n}", "农业", "12.5", "12.5", "合格", ""] for n in range(1, rows + 1)]
    return Ranking("示例县政协2026年度委员履职得分情况表", COLUMNS, [Section("委员", "", cells)], "按办法计算。", AT)


def test_print_of_three_pages_repeats_heads_and_numbers_pages(tmp_path):
    made = ranking_pdf(table(70))
    pages = pages_of(made, tmp_path)
    said = [text_of(page) for page in pages]
    assert [one.count("名次姓名界别") for one in said] == [1, 1, 1]
    numbers = [[word for word in page if word.top > 297 - 35 + 5] for page in pages]
    assert [text_of(one) for one in numbers] == ["—1—", "—2—", "—3—"]
    # 7 mm below the text, one character of 14 pt from the outer edge: right on odd pages, left on even ones.
    ends = [abs(max(word.right for word in one) - (210 - 26 - 14 / MM)) for one in (numbers[0], numbers[2])]
    begins = abs(min(word.left for word in numbers[1]) - (28 + 14 / MM))
    assert [off < 1 for off in (*ends, begins)] == [True] * 3
    assert all(abs(min(word.top for word in one) - (297 - 35 + 7)) < 1.5 for one in numbers)
    rows = [[word for word in page if word.text.startswith("欧阳示")] for page in pages]
    inside = [word.left >= 28 and word.right <= 210 - 26 and word.bottom <= 297 - 35 for page in rows for word in page]
    assert (sum(inside), len(rows[1])) == (70, 29)


def test_same_ranking_gives_the_same_bytes_of_pdf_and_csv():
    assert (ranking_pdf(table(5)), ranking_csv(table(5))) == (ranking_pdf(table(5)), ranking_csv(table(5)))


def test_columns_fill_the_page_upright_and_turned(tmp_path):
    many = [*COLUMNS[:3], *(Column(f"第{n}项得分", "figure") for n in range(8)), *COLUMNS[3:]]
    assert (round(sum(widths(COLUMNS)), 6), round(sum(widths(many)), 6)) == (156, 225)


def test_text_that_looks_like_a_formula_stays_text():
    found = table(1)
    found.sections[0].rows[0][1] = "=1+1"
    sheet = load_workbook(io.BytesIO(ranking_xlsx(found))).active
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=1+1", "s")
    assert "'=1+1" in ranking_csv(found).decode("utf-8-sig")


@pytest.fixture
def ranked():
    year = make_year(9)
    fill(year)
    drive(rescore(user=None, assessment=year.assessment))
    year.assessment.refresh_from_db()
    account = make_account(year.place, "chair", "chair_office")
    return account, ranking(account, year.assessment)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_every_format_has_the_same_cells(ranked, client, tmp_path):
    account, found = ranked
    rows = [row for section in found.sections for row in section.rows]
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=int)
    client.force_login(account)
    files = {name: client.get(f"/reports/2026/ranking.{name}").content for name in ("pdf", "docx", "xlsx", "csv")}
    text = csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")))
    assert [row[1:] for row in text][1:] == rows
    tables = Document(io.BytesIO(files["docx"])).tables
    words = [[cell.text for cell in row.cells] for one in tables for row in one.rows[1:]]
    assert words == rows
    sheet = load_workbook(io.BytesIO(files["xlsx"])).active
    cells = [
        ["" if value is None else f"{value:g}" if isinstance(value, int | float) else value for value in row]
        for row in sheet.values
    ]
    assert [row for row in cells if row in rows] == rows
    printed = [line for page in pages_of(files["pdf"], tmp_path) for line in lines_of(page)]
    assert [row for row in rows if "".join(row) not in printed] == []
    assert info_of(files["pdf"], tmp_path)["Title"] == found.title


@pytest.mark.django_db
@pytest.mark.sqlite
def test_reports_lead_to_each_print(ranked, client):
    client.force_login(ranked[0])
    page = client.get("/reports/").content.decode()
    assert [f"/reports/2026/ranking.{name}?of=member" in page for name in ("pdf", "docx", "xlsx", "csv")] == [True] * 4
