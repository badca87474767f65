"""Tables of statistics as files: the cells of the page, figures as numbers."""

import csv
import io
import math
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from members.spreadsheets import harmless
from reports.statistics.tables import Cell, Table

FIRST, OTHERS = 30, 13  # widths of columns, in characters
PORTRAIT = 95  # that an upright page holds
LINE = 15  # points
HEAD = 2  # the row of the headings
FIGURE = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def statistics_csv(tables: Iterable[Table]) -> bytes:
    """One line a figure: table, row, column, value. With the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["表", "行", "列", "数值"])
    for table in tables:
        for line in table.lines:
            for column, cell in zip(table.columns[1:], line[1:], strict=True):
                out.writerow([harmless(one) for one in (table.heading, line[0].text, column, cell.text)])
    return text.getvalue().encode("utf-8-sig")


def statistics_xlsx(tables: Iterable[Table], at: datetime) -> bytes:
    """A sheet for each table: heading, columns, rows, totals, and below them what is counted. ``at``: as of when."""
    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables, start=1):
        _append(book.create_sheet(f"{number} {table.heading}"[:31].replace("：", " ").replace("/", " ")), table)
    if not book.worksheets:
        book.create_sheet("统计").append(["没有可以统计的内容。"])
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _append(sheet, table: Table) -> None:
    sheet.append([table.heading])
    sheet["A1"].font = Font(size=14, bold=True)
    sheet.append(table.columns)
    for line in table.lines:
        sheet.append([None] * len(line))
        for number, cell in enumerate(line, start=1):
            _fill(sheet.cell(sheet.max_row, number), cell)
    for note in table.notes:
        _add_note(sheet, note, len(table.columns))
    for cell in sheet[HEAD]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="center", wrap_text=True)
    for number in range(1, len(table.columns) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = FIRST if number == 1 else OTHERS
    sheet.freeze_panes = "B3"
    _page(sheet, FIRST + OTHERS * (len(table.columns) - 1))


def _add_note(sheet, note: str, columns: int) -> None:
    """Across the table, in as many lines as it needs: a long one would make the page as wide as itself."""
    sheet.append([note])
    row = sheet.max_row
    sheet.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    across = FIRST + OTHERS * (columns - 1)
    sheet.row_dimensions[row].height = LINE * math.ceil(2.2 * len(note) / across)


def _page(sheet, width: int) -> None:
    """A4 as wide as the table, turned if that is wide; the headings again on each page."""
    sheet.print_title_rows = f"{HEAD}:{HEAD}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if width > PORTRAIT else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.oddFooter.center.text = "— &P —"


def _fill(target, cell: Cell) -> None:
    if cell.value is not None:
        target.value = cell.value
    elif _is_decimal(cell.text):
        target.value = Decimal(cell.text)
    elif cell.text:
        # Text stays text, whatever it begins with.
        target.value, target.data_type = cell.text, "s"


def _is_decimal(text: str) -> bool:
    """Not of a number that is a name: 0012."""
    return FIGURE.fullmatch(text) is not None
