"""A ranking as Excel: figures are numbers, the head stays in sight and on each printed page."""

import io
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from reports.columns import layout_of
from reports.rankings import Column, Ranking, Row, Section
from reports.tables import BANDS

THIN = Side(style="thin")
BOX = Border(THIN, THIN, THIN, THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
FILLS = [PatternFill("solid", fgColor=colour) for colour in BANDS]
NUMBERS = {"figure", "total", "place"}
MILLIMETRES = 2  # of a column for one unit of its width


def ranking_xlsx(ranking: Ranking) -> bytes:
    """One sheet with the columns of all sections."""
    book = Workbook()
    sheet = book.active
    sheet.title = "得分情况"
    _wide(sheet, ranking.title, len(ranking.columns), Font(size=16, bold=True), Alignment(horizontal="center"))
    _wide(sheet, ranking.subtitle, len(ranking.columns), Font(), Alignment(horizontal="center"))
    sheet.append([column.name for column in ranking.columns])
    for cell in sheet[3]:
        cell.font, cell.alignment, cell.border, cell.data_type = Font(bold=True), CENTRE, BOX, "s"
    sheet.row_dimensions[3].height = 32
    for section in ranking.sections:
        _section(sheet, section, ranking.columns)
    _wide(sheet, ranking.foot, len(ranking.columns), Font(), Alignment(wrap_text=True, vertical="top"))
    sheet.row_dimensions[sheet.max_row].height = 60
    _page(sheet, ranking)
    book.properties.created = book.properties.modified = ranking.at.replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _wide(sheet: Any, text: str, columns: int, font: Font, alignment: Alignment) -> None:
    """A row of one cell across the table."""
    sheet.append([""])
    row = sheet.max_row
    _write(sheet.cell(row, 1), text)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    sheet.cell(row, 1).font, sheet.cell(row, 1).alignment = font, alignment


def _section(sheet: Any, section: Section, columns: list[Column]) -> None:
    heading = section.heading + (f"　{section.note}" if section.note else "")
    _wide(sheet, heading, len(columns), Font(bold=True), Alignment())
    for row in section.rows:
        sheet.append(_cells(sheet, row, columns))


def _cells(sheet: Any, row: Row, columns: list[Column]) -> list[WriteOnlyCell]:
    found = []
    for text, column in zip(row.cells, columns, strict=True):
        is_number = column.kind in NUMBERS and text
        cell = WriteOnlyCell(sheet, Decimal(text) if is_number else None)
        if text and not is_number:
            _write(cell, text)
        cell.border = BOX
        if column.kind == "band" and row.band:
            cell.fill = FILLS[min(row.band, len(FILLS)) - 1]
        found.append(cell)
    return found


def _write(cell: Any, text: str) -> None:
    """Text stays text, whatever it begins with."""
    cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"


def _page(sheet: Any, ranking: Ranking) -> None:
    layout = layout_of(ranking)
    widths = dict(zip(ranking.printed(ranking.sections[0]), layout.widths[0], strict=True)) if layout.widths else {}
    for n, column in enumerate(ranking.columns):
        width = 40 if column.kind == "reason" else widths.get(n, 20)
        sheet.column_dimensions[get_column_letter(n + 1)].width = width / MILLIMETRES
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if layout.is_wide else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "— &P —"
    sheet.oddFooter.left.text = ranking.edge
