"""Tables of statistics as files: the cells of the page, figures as numbers."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from members.spreadsheets import harmless
from reports.statistics.tables import Cell, Table

FIRST, OTHERS = 30, 13  # widths of columns, in characters
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
        sheet.append([note])
        sheet.cell(sheet.max_row, 1).alignment = Alignment(wrap_text=False)
    for cell in sheet[HEAD]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="center", wrap_text=True)
    for number in range(1, len(table.columns) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = FIRST if number == 1 else OTHERS
    sheet.freeze_panes = "B3"


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
