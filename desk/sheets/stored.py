"""A parsed file as JSON, with cells that were mended; and the sheet of its bad rows to download."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH

from desk.sheets.headings import ERRORS_HEADING, Layout
from desk.sheets.limits import SheetRefused
from desk.sheets.parse import Cells, RawBook, RawSheet
from members.columns import Number, Sheet

KEPT_BYTES = 12 * 1024 * 1024
WRONG = PatternFill("solid", fgColor="FDE2B8")


def to_json(book: RawBook) -> dict[str, Any]:
    """`book` as plain JSON; SheetRefused when it is too much to keep.

    A cell is null, a text, or [text] for what the sheet held as a number.
    """
    stored = {
        "encoding": book.encoding,
        "is_1904": book.is_1904,
        "hidden_sheets": book.hidden_sheets,
        "sheets": [
            {
                "name": sheet.name,
                "rows": [[number, [_plain(cell) for cell in cells]] for number, cells in sheet.rows],
                "merged": sheet.merged,
                "hidden_rows": sheet.hidden_rows,
                "broken": [[row, column, text] for (row, column), text in sheet.broken.items()],
            }
            for sheet in book.sheets
        ],
    }
    if len(json.dumps(stored, ensure_ascii=False).encode()) > KEPT_BYTES:
        raise SheetRefused("表格的内容太多，网页上放不下。请删去与导入无关的列和工作表，或分成几个文件导入。")
    return stored


def _plain(cell: str | None) -> Any:
    """Without what no database keeps in a text: NUL and halves of surrogate pairs."""
    if cell is None:
        return None
    text = cell.replace("\0", "").encode("utf-8", "replace").decode()
    return [text] if isinstance(cell, Number) else text


def from_json(stored: Mapping[str, Any], mends: Iterable[Sequence[Any]] = ()) -> RawBook:
    """The book kept by `to_json`. `mends`: (sheet name, row, column number, text) put in place of what was read."""
    sheets = [
        RawSheet(
            name=one["name"],
            rows=[(number, [_cell(cell) for cell in cells]) for number, cells in one["rows"]],
            merged=one["merged"],
            hidden_rows=one["hidden_rows"],
            broken={(row, column): text for row, column, text in one["broken"]},
        )
        for one in stored["sheets"]
    ]
    by_name = {sheet.name: (sheet, dict(sheet.rows)) for sheet in sheets}
    for name, row, place, text in mends:
        sheet, rows = by_name[name]
        _mend(sheet, rows.setdefault(row, []), row, place, text)
    for sheet, rows in by_name.values():
        sheet.rows = sorted(rows.items())
    return RawBook(sheets, stored["hidden_sheets"], stored["encoding"], stored["is_1904"])


def _cell(cell: Any) -> str | None:
    return Number(cell[0]) if isinstance(cell, list) else cell


def _mend(sheet: RawSheet, cells: Cells, row: int, place: int, text: str) -> None:
    cells.extend([None] * (place - len(cells)))
    cells[place - 1] = text or None
    sheet.broken.pop((row, place), None)
    sheet.mended.add((row, place))


def only_rows(stored: Mapping[str, Any], layout: Layout, rows: set[int]) -> dict[str, Any]:
    """`stored` with the headings and these rows of the sheet that was read, and nothing else."""
    sheet = next(one for one in stored["sheets"] if one["name"] == layout.sheet.name)
    kept = [one for one in sheet["rows"] if one[0] < layout.first_row or one[0] in rows]
    return {**stored, "sheets": [{**sheet, "rows": kept}], "hidden_sheets": []}


def bad_rows(layout: Layout, kind: Sheet, errors: Sequence[Mapping[str, Any]], *, is_1904: bool) -> bytes:
    """An .xlsx with the bad rows as they are, their wrong cells coloured, and 错误说明 behind; it imports again.

    Each column stays where it was, so that a remembered matching of columns fits this sheet too.
    """
    book = Workbook()
    if is_1904:
        book.epoch = MAC_EPOCH
    page = book.active
    page.title = layout.sheet.name[:31] or "错误行"
    labels = {column.field: column.label for column in kind.columns}
    for row, (name, text) in enumerate(layout.constants.items(), start=1):
        _write(page, row, 1, labels[name])
        _write(page, row, 2, text)
    line = len(layout.constants) + 1
    last = max(layout.headings)
    for place, text in layout.headings.items():
        _write(page, line, place, text).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = 16
    _write(page, line, last + 1, ERRORS_HEADING).font = Font(bold=True)
    page.column_dimensions[get_column_letter(last + 1)].width = 70
    page.freeze_panes = page.cell(line + 1, 1)
    by_row = defaultdict(list)
    for error in errors:
        by_row[error["row"]].append(error)
    contents = dict(layout.sheet.rows)
    for number, found in sorted(by_row.items()):
        line += 1
        for place in layout.headings:
            cells = contents.get(number, [])
            _write(page, line, place, cells[place - 1] if place <= len(cells) else None)
        for error in found:
            if error["place"]:
                page.cell(line, error["place"]).fill = WRONG
        cell = _write(page, line, last + 1, "\n".join(f"“{one['column']}”{_problem(one)}" for one in found))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _problem(error: Mapping[str, Any]) -> str:
    return (f"是“{error['found']}”，" if error["found"] else "") + error["problem"]


def _write(page: Any, row: int, place: int, text: str | None) -> Any:
    """A number as the number it was (11.2 may have been 11.20, and must be asked about again), all else as text."""
    cell = page.cell(row, place)
    if isinstance(text, Number):
        cell.value = int(text) if text.lstrip("-").isdigit() else float(text)
    elif text is not None:
        # Control characters, which a .csv may hold, have no place in an .xlsx.
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"
        cell.number_format = "@"
    return cell
