"""From a parsed file to rows of values, with every cell's fault named."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desk.sheets.child import letters
from desk.sheets.headings import Layout, field_columns, find_layout
from desk.sheets.limits import SheetRefused
from desk.sheets.parse import Cells, RawBook
from members.columns import CellError, Context, Row, RowError, Sheet, clean, listed

RANGE = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")
EMPTY = "没有填。请填写。"


@dataclass
class Reading:
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    encoding: str = ""


def read(book: RawBook, kind: Sheet, context: Context, chosen: Mapping[int, str] | None = None) -> Reading:
    """Rows of `kind` in a parsed file. A row with a fault is among the errors only. SheetRefused: nothing can be read."""
    context.is_1904 = book.is_1904
    layout = find_layout(book, kind, context, chosen)
    reading = Reading(encoding=book.encoding, notices=list(layout.notices))
    constants = _read_constants(layout, kind, context)
    merged = _merged_cells(layout)
    samples = []
    for number, cells in _data_rows(layout):
        if _is_sample(cells, layout):
            samples.append(number)
            continue
        rows, errors = _RowReader(layout, kind, context, constants, merged).read(number, cells)
        reading.errors += errors
        if not errors:
            reading.rows += rows
    reading.notices += _notices(layout, samples)
    if not reading.rows and not reading.errors:
        raise SheetRefused("表头下面没有数据。请填写后再导入。")
    return reading


def _data_rows(layout: Layout) -> Iterator[tuple[int, Cells]]:
    """The rows below the headings that hold anything in a known column, or a formula that gave nothing there."""
    columns = field_columns(layout)
    broken_rows = {row for row, column in layout.sheet.broken if column in columns}
    for number, cells in layout.sheet.rows:
        if number < layout.first_row:
            continue
        if number in broken_rows or any(column <= len(cells) and cells[column - 1] for column in columns):
            yield number, cells
    listed_rows = {number for number, _ in layout.sheet.rows}
    yield from ((number, []) for number in sorted(broken_rows - listed_rows) if number >= layout.first_row)


def _is_sample(cells: Cells, layout: Layout) -> bool:
    """Whether a row is the template's grey example, unchanged."""
    filled = {
        column: clean(cells[number - 1] or "")
        for number, column in layout.fields.items()
        if number <= len(cells) and cells[number - 1]
    }
    # What comes from the committee's own lists is another text in every committee.
    own = {column: text for column, text in filled.items() if not isinstance(column.options, str)}
    return len(own) > 1 and all(column.example == text for column, text in own.items())


def _notices(layout: Layout, samples: list[int]) -> list[str]:
    notices = []
    if samples:
        notices.append(f"第 {'、'.join(map(str, samples))} 行是模板的示例，没有导入。")
    hidden = [number for number in layout.sheet.hidden_rows if number >= layout.first_row]
    if hidden:
        notices.append(f"第 {listed([str(number) for number in hidden])} 行在表格里是隐藏的，也一起读取了。")
    return notices


def _read_constants(layout: Layout, kind: Sheet, context: Context) -> dict[str, Any]:
    by_field = {column.field: column for column in kind.columns}
    values = {}
    for name, text in layout.constants.items():
        try:
            values[name] = by_field[name].read(text, context)
        except CellError as error:
            raise SheetRefused(f"表头上方的“{by_field[name].label}”是“{clean(text)}”，{error}") from None
    return values


def _merged_cells(layout: Layout) -> dict[tuple[int, int], tuple[str, str]]:
    """(row, column) of every merged data cell of a known column → (its range, its heading); the top-left one too."""
    columns = field_columns(layout)
    merged = {}
    for text in layout.sheet.merged:
        match = RANGE.fullmatch(text or "")
        if not match:
            continue
        first, last = _column_number(match[1]), _column_number(match[3])
        rows = range(max(int(match[2]), layout.first_row), min(int(match[4]), layout.sheet.rows[-1][0]) + 1)
        for column in columns:
            if first <= column <= last:
                merged |= {(row, column): (text, layout.headings[column]) for row in rows}
    return merged


def _column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


class _RowReader:
    """Reads one line of the sheet: one Row, or with half-day columns one Row for each of them."""

    def __init__(self, layout: Layout, kind: Sheet, context: Context, constants: dict, merged: dict):
        self.layout, self.kind, self.context, self.merged = layout, kind, context, merged
        self.constants = constants
        self.headings = {column.field: layout.headings[number] for number, column in layout.fields.items()}
        self.labels = {column.field: column.label for column in kind.columns}

    def read(self, number: int, cells: Cells) -> tuple[list[Row], list[RowError]]:
        values, found, errors = dict(self.constants), dict(self.layout.constants), []
        for place, column in self.layout.fields.items():
            text = cells[place - 1] if place <= len(cells) else None
            fault = self._fault(number, place, column.label)
            if fault:
                errors.append(fault)
            elif text:
                found[column.field] = clean(text)
                try:
                    values[column.field] = column.read(text, self.context)
                except CellError as error:
                    errors.append(RowError(number, self.layout.headings[place], clean(text), str(error)))
        row = Row(number, values, found, {**self.labels, **self.headings})
        if errors or not self.layout.spread:
            return [row], errors or self._missing(row)
        return self._spread(row, cells)

    def _spread(self, row: Row, cells: Cells) -> tuple[list[Row], list[RowError]]:
        """A Row for each half-day, also where nothing is marked: the member was on the list."""
        column = next(column for column in self.kind.columns if column.field == self.kind.spread_field)
        rows, errors = [], self._missing(row)
        for place, given in self.layout.spread.items():
            text = cells[place - 1] if place <= len(cells) else None
            heading = self.layout.headings[place]
            fault = self._fault(row.number, place, heading)
            if fault:
                errors.append(fault)
                continue
            one = replace(
                row,
                values={**row.values, **given},
                found={**row.found, column.field: clean(text or "")},
                headings={**row.headings, column.field: heading},
            )
            if text:
                try:
                    one.values[column.field] = column.read(text, self.context)
                except CellError as error:
                    errors.append(RowError(row.number, heading, clean(text), str(error)))
            rows.append(one)
        return rows, errors

    def _fault(self, number: int, place: int, label: str) -> RowError | None:
        """A formula without a result, an error value or a merged cell."""
        if (number, place) in self.layout.sheet.mended:
            return None
        cell = f"{letters(place)}{number}"
        heading = self.layout.headings.get(place, label)
        broken = self.layout.sheet.broken.get((number, place))
        if broken == "":
            return RowError(
                number,
                heading,
                "",
                f"（单元格 {cell}）是公式，文件里没有算好的结果。请用 Excel 或 WPS 打开并保存一次，或把公式粘贴为数值。",
            )
        if broken:
            return RowError(number, heading, broken, f"是公式出错的结果（单元格 {cell}）。请改正公式，或直接填写内容。")
        if (number, place) in self.merged:
            merged, _ = self.merged[number, place]
            return RowError(number, heading, "", f"是合并单元格 {merged} 的一部分。请取消合并，在每一格里填写内容。")
        return None

    def _missing(self, row: Row) -> list[RowError]:
        """Required cells that are blank."""
        spread = set(self.kind.spread_fields) if self.layout.spread else set()
        errors = [
            self._blank(row, column.field)
            for column in self.kind.columns
            if column.is_required and column.field not in row.values and column.field not in spread
        ]
        for group in self.kind.one_of:
            if not any(name in row.values for name in group):
                present = [name for name in group if name in self.headings] or list(group)
                errors.append(self._blank(row, present[-1]))
        return errors

    def _blank(self, row: Row, name: str) -> RowError:
        return RowError(row.number, row.headings[name], "", EMPTY)
