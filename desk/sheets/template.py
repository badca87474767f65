"""The sheet to download and fill in: headings, a grey example that an import passes over, lists to choose from."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from desk.sheets.headings import NOTES_SHEET, OPTIONS_SHEET
from desk.sheets.kinds import KINDS
from members.columns import Column, Context, Sheet

LAST_ROW = 20_000  # down to which the lists are offered
HEADING = PatternFill("solid", fgColor="DCE6F1")
GREY = Font(color="808080", italic=True)
EDGE = Border(*[Side(style="thin", color="B0B0B0")] * 4)
WIDE = "meetings_wide"
WIDE_FIELDS = ("number", "name", "sector")
WIDE_HALVES = ("2026-01-12上午", "2026-01-12下午", "2026-01-13上午", "2026-01-13下午")
WIDE_EXAMPLE = ("出席", "迟到", "病假", "缺席")
TEMPLATES = {**{kind: sheet.label for kind, sheet in KINDS.items()}, WIDE: "会议出席（每半天一列）"}


def template(name: str, context: Context) -> bytes:
    """The .xlsx of one of TEMPLATES, with the lists of the committee in `context`."""
    sheet = KINDS["meetings" if name == WIDE else name]
    context.lookups = sheet.lookups(context)
    book = Workbook()
    page = book.active
    page.title = sheet.label
    options = book.create_sheet(OPTIONS_SHEET)
    options.sheet_state = "hidden"
    if name == WIDE:
        _fill_wide(page, options, sheet)
    else:
        _fill(page, options, sheet, context)
    _add_notes(book.create_sheet(NOTES_SHEET), sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(page: Worksheet, options: Worksheet, sheet: Sheet, context: Context) -> None:
    for place, column in enumerate(sheet.columns, start=1):
        _head(page, 1, place, column)
        example = column.example or _first_option(column, context)
        if example:
            _write(page, 2, place, example).font = GREY
        _offer(page, options, place, _options(column, context), first_row=2)
    page.freeze_panes = "A2"


def _fill_wide(page: Worksheet, options: Worksheet, sheet: Sheet) -> None:
    """Facts of the meeting above, one line for each member, one column for each half-day."""
    by_field = {column.field: column for column in sheet.columns}
    for row, field in enumerate(("meeting", "kind"), start=1):
        _write(page, row, 1, by_field[field].label).font = Font(bold=True)
    kinds = DataValidation(type="list", formula1='"' + ",".join(by_field["kind"].options) + '"', allow_blank=True)
    kinds.add("B2")
    page.add_data_validation(kinds)
    for place, field in enumerate(WIDE_FIELDS, start=1):
        _head(page, 3, place, by_field[field])
        if by_field[field].example:
            _write(page, 4, place, by_field[field].example).font = GREY
    for place, (half, mark) in enumerate(zip(WIDE_HALVES, WIDE_EXAMPLE, strict=True), start=len(WIDE_FIELDS) + 1):
        _head(page, 3, place, Column("mark", half, by_field["mark"].read, note="改成会议的日期；可增减列"))
        _write(page, 4, place, mark).font = GREY
        _offer(page, options, place, by_field["mark"].options, first_row=4)
    page.freeze_panes = "D4"


def _head(page: Worksheet, row: int, place: int, column: Column) -> None:
    cell = _write(page, row, place, column.label + ("*" if column.is_required else ""))
    cell.font = Font(bold=True)
    cell.fill = HEADING
    cell.border = EDGE
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    if column.note:
        cell.comment = Comment(column.note, "填写说明", height=80, width=220)
    letter = get_column_letter(place)
    page.column_dimensions[letter].width = max(12, 2.4 * len(column.label) + 2)
    # As text, so that Excel leaves 012 and 2026-11-21 as they are typed.
    page.column_dimensions[letter].number_format = "@"


def _write(page: Worksheet, row: int, place: int, text: str) -> Any:
    """A cell with a text, also where it begins with = and Excel would take it for a formula."""
    cell = page.cell(row, place)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _options(column: Column, context: Context) -> Sequence[str]:
    if isinstance(column.options, str):
        return [str(row) for row in context.lookups[column.options].values()]
    return column.options


def _first_option(column: Column, context: Context) -> str:
    return next(iter(_options(column, context)), "") if column.is_required else ""


def _offer(page: Worksheet, options: Worksheet, place: int, texts: Sequence[str], *, first_row: int) -> None:
    """A drop-down list; other texts are accepted too, since the import knows more spellings than the list."""
    if not texts:
        return
    letter = get_column_letter(place)
    for row, text in enumerate(texts, start=1):
        _write(options, row, place, text)
    validation = DataValidation(
        type="list", formula1=f"={OPTIONS_SHEET}!${letter}$1:${letter}${len(texts)}", allow_blank=True
    )
    validation.showErrorMessage = False
    validation.add(f"{letter}{first_row}:{letter}{LAST_ROW}")
    page.add_data_validation(validation)


def _add_notes(page: Worksheet, sheet: Sheet) -> None:
    page.column_dimensions["A"].width = 18
    page.column_dimensions["B"].width = 10
    page.column_dimensions["C"].width = 40
    page.column_dimensions["D"].width = 60
    lines = [
        (f"{sheet.label}表填写说明",),
        *((f"{number}. {note}",) for number, note in enumerate(sheet.notes, start=1)),
        ("灰色的示例行可以删去，也可以留着：没有改动的示例行不会导入。",),
        (),
        ("列名", "必填", "说明", "也可写作"),
        *(
            (column.label, "是" if column.is_required else "", column.note, "、".join(column.aliases))
            for column in sheet.columns
        ),
    ]
    for row, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            _write(page, row, place, text)
    page["A1"].font = Font(bold=True, size=14)
