"""A ranking as files: PDF, Word, Excel and CSV of the same cells."""

import csv
import io
from datetime import datetime
from decimal import Decimal

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from members.names.spelling import display_name
from members.spreadsheets import harmless
from reports.paper import pdf
from reports.rankings import Column, Ranking, Section

PORTRAIT, LANDSCAPE = 156, 225  # millimetres of text across a page of GB/T 9704
TEXTS = {"名次": 12, "界别": 28, "等次": 18, "说明": 14}
NAME, BODY = 21, 45  # of a person, of a special committee or group
CHARACTER, PADDING = 4.25, 3  # a figure's column is as wide as its heading, three to four characters
THIN = Side(style="thin")


def needed(columns: list[Column]) -> list[float]:
    """Millimetres that each column needs."""
    has_people = any(one.name == "界别" for one in columns)
    named = {"name": NAME if has_people else BODY}
    return [
        named.get(one.kind) or TEXTS.get(one.name) or CHARACTER * min(4, max(3, len(one.name))) + PADDING
        for one in columns
    ]


def is_wide(columns: list[Column]) -> bool:
    return sum(needed(columns)) > PORTRAIT


def widths(columns: list[Column]) -> list[float]:
    """They fill the page: the remark, which is last, takes what is left; too many columns are narrowed alike."""
    found = needed(columns)
    whole = LANDSCAPE if is_wide(columns) else PORTRAIT
    left = whole - sum(found)
    return [*found[:-1], found[-1] + left] if left >= 0 else [one * whole / sum(found) for one in found]


# ---------------------------------------------------------------- PDF
def ranking_pdf(ranking: Ranking) -> bytes:
    data = {
        "title": ranking.title,
        "is_wide": is_wide(ranking.columns),
        "widths": widths(ranking.columns),
        "columns": [{"name": one.name, "kind": one.kind} for one in ranking.columns],
        "sections": [
            {"heading": one.heading, "note": one.note, "rows": [_named(row) for row in one.rows]}
            for one in ranking.sections
        ],
        "foot": ranking.foot,
    }
    return pdf("ranking", data, names=ranking.names, at=ranking.at)


def _named(row: list[str]) -> list[str]:
    """Names as official lists print them."""
    return [row[0], display_name(row[1]), *row[2:]]


# ---------------------------------------------------------------- CSV
def ranking_csv(ranking: Ranking) -> bytes:
    """One table for machines, the section in its first column; with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["范围", *(column.name for column in ranking.columns)])
    for section in ranking.sections:
        out.writerows([harmless(section.heading), *map(harmless, row)] for row in section.rows)
    return text.getvalue().encode("utf-8-sig")


# ---------------------------------------------------------------- Excel
def ranking_xlsx(ranking: Ranking) -> bytes:
    """One sheet: figures are numbers, heads repeat on each printed page."""
    book = Workbook()
    sheet = book.active
    sheet.title = "得分情况"
    wide = len(ranking.columns)
    sheet.append([ranking.title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=wide)
    sheet["A1"].font, sheet["A1"].alignment = Font(size=16, bold=True), Alignment(horizontal="center")
    sheet.append([column.name for column in ranking.columns])
    for section in ranking.sections:
        _append_section(sheet, section, ranking.columns)
    sheet.append([ranking.foot])
    last = sheet.max_row
    sheet.merge_cells(start_row=last, start_column=1, end_row=last, end_column=wide)
    sheet.cell(last, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[last].height = 48
    for cell in sheet[2]:
        cell.font, cell.alignment = Font(bold=True), Alignment(horizontal="center")
        cell.border = Border(THIN, THIN, THIN, THIN)
    for number, width in enumerate(widths(ranking.columns), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width / 2
    sheet.freeze_panes = "C3"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if is_wide(ranking.columns) else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    _date(book.properties, ranking.at)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _append_section(sheet, section: Section, columns: list[Column]) -> None:
    sheet.append([section.heading + (f"　{section.note}" if section.note else "")])
    sheet.cell(sheet.max_row, 1).font = Font(bold=True)
    for row in section.rows:
        sheet.append([None] * len(row))
        for number, (cell, column) in enumerate(zip(row, columns, strict=True), start=1):
            target = sheet.cell(sheet.max_row, number)
            if column.kind in {"figure", "place"} and cell:
                target.value = Decimal(cell)
            elif cell:
                # Text stays text, whatever it begins with.
                target.value = cell
                target.data_type = "s"
            target.border = Border(THIN, THIN, THIN, THIN)


# ---------------------------------------------------------------- Word
def ranking_docx(ranking: Ranking) -> bytes:
    """Names the official fonts and embeds none: the office's computer has them."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.right_margin, page.bottom_margin, page.left_margin = Mm(37), Mm(26), Mm(35), Mm(28)
    if is_wide(ranking.columns):
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Mm(297), Mm(210)
        page.top_margin, page.right_margin, page.bottom_margin, page.left_margin = Mm(28), Mm(37), Mm(26), Mm(35)
    _paragraph(document, ranking.title, "方正小标宋简体", 22, WD_ALIGN_PARAGRAPH.CENTER)
    for section in ranking.sections:
        heading = section.heading + (f"　{section.note}" if section.note else "")
        _paragraph(document, heading, "黑体", 14, WD_ALIGN_PARAGRAPH.LEFT)
        _table(document, section, ranking.columns)
    _paragraph(document, ranking.foot, "仿宋_GB2312", 10.5, WD_ALIGN_PARAGRAPH.LEFT)
    _date(document.core_properties, ranking.at)
    document.core_properties.title = ranking.title
    document.core_properties.author = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document, section: Section, columns: list[Column]) -> None:
    table = document.add_table(rows=0, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    found = widths(columns)
    _fill(table.add_row(), [column.name for column in columns], columns, found, "黑体")
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))
    for row in section.rows:
        _fill(table.add_row(), row, columns, found, "仿宋_GB2312")


def _fill(row, cells: list[str], columns: list[Column], found: list[float], font: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    row.height = Mm(7.5)
    for cell, text, column, width in zip(row.cells, cells, columns, found, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        is_figure = column.kind == "figure" and font != "黑体"
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_figure else WD_ALIGN_PARAGRAPH.CENTER
        _font(paragraph.add_run(display_name(text) if column.kind == "name" else text), font, 12)


def _paragraph(document, text: str, font: str, size: float, alignment) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    _font(paragraph.add_run(text), font, size)


def _font(run, name: str, size: float) -> None:
    run.font.name, run.font.size = name, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), name)


def _date(properties, at: datetime) -> None:
    """The file's own times are the ranking's, so that the same ranking says the same."""
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
