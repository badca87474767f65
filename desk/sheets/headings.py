"""Which row holds the headings, and which column is which field."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.sheets.child import letters
from desk.sheets.limits import SheetRefused
from desk.sheets.parse import RawBook, RawSheet
from members.columns import CellError, Column, Context, Sheet, clean, heading_key, listed

SEARCHED_ROWS = 20  # a title, notes and facts about the meeting may stand above the headings
HALF_WORDS = {"上午", "下午", "全天", "晚上"}
NOTES_SHEET, OPTIONS_SHEET = "填写说明", "选项"
OWN_SHEETS = {NOTES_SHEET, OPTIONS_SHEET}  # of our template
ERRORS_HEADING = "错误说明"  # of the sheet of bad rows to mend and import again
HALF_DAY = "@half"  # in place of a field: this column is the half-day that its heading says
PERSONAL_NUMBERS = {"身份证", "身份证号", "身份证号码", "公民身份号码", "身份证件号码", "证件号码"}


@dataclass
class Layout:
    """Where things are on one sheet. Columns are numbered from 1."""

    sheet: RawSheet
    fields: dict[int, Column]  # column number → what it holds
    spread: dict[int, dict[str, Any]]  # column number → the fields its heading gives (a half-day)
    headings: dict[int, str]  # column number → heading as written
    first_row: int  # of the data
    constants: dict[str, str] = field(default_factory=dict)  # field → text found above the headings
    notices: list[str] = field(default_factory=list)


def find_layout(book: RawBook, kind: Sheet, context: Context, chosen: Mapping[int, str] | None = None) -> Layout:
    """The one visible sheet with this kind's headings; SheetRefused says what is missing or doubled.

    `chosen`: column number → field, HALF_DAY or "" for none, as somebody decided instead of the headings' names.
    """
    layout = proposed_layout(book, kind, context, is_sure=chosen is None)
    if chosen is not None:
        _choose(layout, kind, chosen)
    _refuse_doubled(layout)
    _refuse_missing(layout, kind)
    layout.notices += _unknown_notices(layout)
    return layout


def proposed_layout(book: RawBook, kind: Sheet, context: Context, *, is_sure: bool = False) -> Layout:
    """What the headings say, with columns that may be missing or doubled. SheetRefused when there are no headings.

    Unless `is_sure`, a first line of which hardly a name is known will do too.
    """
    candidates = [(_score(found), found) for sheet in book.sheets if (found := _best_heading(sheet, kind, context))]
    if not any(sheet.rows for sheet in book.sheets):
        hidden = f"（隐藏的工作表“{'”“'.join(book.hidden_sheets)}”不读取）" if book.hidden_sheets else ""
        raise SheetRefused(f"文件里没有内容{hidden}。请检查是否选错了文件。")
    if not candidates and not is_sure:
        candidates = [(0, found) for sheet in book.sheets if (found := _first_line(sheet, kind, context))]
    if not candidates:
        raise SheetRefused(
            f"没有找到表头。{kind.label}表要有这些列：{listed([c.label for c in kind.columns if c.is_required])}"
            f"{_one_of_sentence(kind)}。请在第一行写上列名，或下载模板填写。"
        )
    best = max(score for score, _ in candidates)
    chosen = next(found for score, found in candidates if score == best)
    layout = _layout(chosen, kind)
    others = [s.name for s in book.sheets if s is not layout.sheet and s.rows and s.name not in OWN_SHEETS]
    if others:
        layout.notices.append(f"只读取了工作表“{layout.sheet.name}”，没有读取：{listed(others)}。")
    if hidden := [name for name in book.hidden_sheets if name not in OWN_SHEETS]:
        layout.notices.append(f"没有读取隐藏的工作表：{listed(hidden)}。")
    return layout


def _choose(layout: Layout, kind: Sheet, chosen: Mapping[int, str]) -> None:
    by_field = {column.field: column for column in kind.columns}
    layout.fields = {place: by_field[name] for place, name in chosen.items() if name in by_field}
    kept = {place for place, name in chosen.items() if name == HALF_DAY}
    layout.spread = {place: given for place, given in layout.spread.items() if place in kept}


@dataclass
class _Heading:
    sheet: RawSheet
    place: int  # index into sheet.rows
    fields: dict[int, Column]
    spread: dict[int, dict[str, Any]]
    texts: dict[int, str]
    data_from: int  # index into sheet.rows


def _score(heading: _Heading) -> int:
    return len({column.field for column in heading.fields.values()})


def _best_heading(sheet: RawSheet, kind: Sheet, context: Context) -> _Heading | None:
    """The row among the first ones that names most of the fields, at least two."""
    best = None
    for place in range(min(len(sheet.rows), SEARCHED_ROWS)):
        found = _heading_at(sheet, place, kind, context)
        if _score(found) >= 2 and (best is None or _score(found) > _score(best)):
            best = found
    return best


def _first_line(sheet: RawSheet, kind: Sheet, context: Context) -> _Heading | None:
    """The first of the first rows with at least two texts."""
    for place, (_, cells) in enumerate(sheet.rows[:SEARCHED_ROWS]):
        if sum(bool(cell) for cell in cells) >= 2:
            return _heading_at(sheet, place, kind, context)
    return None


def _heading_at(sheet: RawSheet, place: int, kind: Sheet, context: Context) -> _Heading:
    names = aliases(kind)
    _number, cells = sheet.rows[place]
    texts = {column: clean(cell) for column, cell in enumerate(cells, start=1) if cell and clean(cell)}
    fields = {column: names[heading_key(cell)] for column, cell in texts.items() if heading_key(cell) in names}
    data_from = place + 1
    spread = {}
    if kind.spread and len(fields) >= 2:
        below = _halves_below(sheet, place)
        if below:
            texts = _with_halves(texts, below)
            data_from += 1
        rest = {column: cell for column, cell in texts.items() if column not in fields}
        spread = _spread(rest, kind, context)
    return _Heading(sheet, place, fields, spread, texts, data_from)


def _spread(texts: Mapping[int, str], kind: Sheet, context: Context) -> dict[int, dict[str, Any]]:
    """The columns that are a half-day each; SheetRefused for one whose day is unclear."""
    spread = {}
    for column, cell in texts.items():
        try:
            given = kind.spread(cell, context)
        except CellError as error:
            raise SheetRefused(f"{letters(column)} 列的列名“{cell}”{error}") from None
        if given:
            spread[column] = given
    return spread


def _halves_below(sheet: RawSheet, place: int) -> dict[int, str]:
    """The second row of a two-row heading: days above, 上午 and 下午 below; {} when the next row is not one."""
    if place + 1 >= len(sheet.rows) or sheet.rows[place + 1][0] != sheet.rows[place][0] + 1:
        return {}
    below = {column: clean(cell) for column, cell in enumerate(sheet.rows[place + 1][1], start=1) if cell}
    return below if below and set(below.values()) <= HALF_WORDS else {}


def _with_halves(texts: Mapping[int, str], below: Mapping[int, str]) -> dict[int, str]:
    """Headings with the half-day added; a day stands above its first half-day only, in a merged cell."""
    combined, day = dict(texts), ""
    for column in sorted(below):
        day = texts.get(column, day)
        combined[column] = day + below[column]
    return combined


def aliases(kind: Sheet) -> dict[str, Column]:
    """Every accepted spelling of a heading → its column."""
    return {heading_key(name): column for column in kind.columns for name in (column.label, *column.aliases)}


def _layout(heading: _Heading, kind: Sheet) -> Layout:
    sheet, fields = heading.sheet, heading.fields
    return Layout(
        sheet=sheet,
        fields=fields,
        spread=heading.spread,
        headings=heading.texts,
        first_row=sheet.rows[heading.data_from][0] if heading.data_from < len(sheet.rows) else 1 << 30,
        constants=_constants(sheet, heading.place, kind),
    )


def _constants(sheet: RawSheet, place: int, kind: Sheet) -> dict[str, str]:
    """Facts above the headings: “会议名称：……” in one cell, or a name and its value side by side."""
    names, found = aliases(kind), {}
    for _, cells in sheet.rows[:place]:
        for index, cell in enumerate(cells):
            if not cell:
                continue
            name, _, value = clean(cell).replace(":", "：").partition("：")
            column = names.get(heading_key(name))
            if column is None:
                continue
            if not value.strip() and index + 1 < len(cells):
                value = cells[index + 1] or ""
            if value.strip():
                found[column.field] = value
    return found


def _refuse_doubled(layout: Layout) -> None:
    columns = defaultdict(list)
    for number, column in layout.fields.items():
        columns[column.label].append(number)
    for label, numbers in columns.items():
        if len(numbers) > 1:
            places = "和".join(f"{letters(number)} 列“{layout.headings[number]}”" for number in numbers)
            raise SheetRefused(f"{places}都是“{label}”，不知道该用哪一列。请只留一列，或改掉另一列的列名。")
    seen: dict[tuple, int] = {}
    for number, given in layout.spread.items():
        first = seen.setdefault(tuple(sorted(given.items())), number)
        if first != number:
            raise SheetRefused(
                f"{letters(first)} 列“{layout.headings[first]}”和{letters(number)} 列“{layout.headings[number]}”"
                "是同一个半天。请只留一列，或改正列名。"
            )


def _refuse_missing(layout: Layout, kind: Sheet) -> None:
    present = {column.field for column in layout.fields.values()} | set(layout.constants)
    if layout.spread:
        present |= set(kind.spread_fields)
    missing = [column.label for column in kind.columns if column.is_required and column.field not in present]
    labels = {column.field: column.label for column in kind.columns}
    missing += ["或".join(labels[name] for name in group) for group in kind.one_of if not set(group) & present]
    if missing:
        there = listed(list(layout.headings.values()))
        raise SheetRefused(f"缺少列：{'、'.join(missing)}。表里的列是：{there}。请补上所缺的列，或改正列名。")


def _one_of_sentence(kind: Sheet) -> str:
    labels = {column.field: column.label for column in kind.columns}
    return "".join(f"、{'或'.join(labels[name] for name in group)}" for group in kind.one_of)


def _unknown_notices(layout: Layout) -> list[str]:
    known = set(layout.fields) | set(layout.spread)
    headings = sorted(layout.headings.items())
    unknown = [text for number, text in headings if number not in known and text != ERRORS_HEADING]
    personal = [text for text in unknown if heading_key(text) in PERSONAL_NUMBERS]
    rest = [text for text in unknown if text not in personal]
    notices = []
    if rest:
        notices.append(f"没有导入这些列（系统不认识列名）：{listed(rest)}。")
    if personal:
        notices.append(f"没有导入“{personal[0]}”列：本系统不收集身份证号，请从表格里删去这一列。")
    return notices


def field_columns(layout: Layout) -> Sequence[int]:
    return sorted({*layout.fields, *layout.spread})
