"""What the pages of an import show: columns to match, and errors grouped by what causes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.batches import book_of, context_of, remembered_columns
from desk.models import ImportBatch
from desk.sheets.child import letters
from desk.sheets.headings import ERRORS_HEADING, HALF_DAY, Layout, proposed_layout
from desk.sheets.kinds import KINDS
from members.columns import Column, Sheet, clean

SAMPLES = 3
GROUPS = 20  # that one page offers to mend; the others come when these are mended, and are in the sheet to download
LONGEST_TEXT = 1000
ROWS = 10  # of one group that are offered one by one
UNSURE = "?"


@dataclass(frozen=True, slots=True)
class Match:
    """One column of the file: what was found, and which field it is taken for (UNSURE: somebody must say)."""

    place: int
    letter: str
    heading: str
    samples: list[str]
    field: str
    state: str
    options: list[tuple[str, str]]

    @property
    def name(self) -> str:
        return f"c{self.place}"


def matches(batch: ImportBatch, asked: Mapping[int, str] | None = None) -> list[Match]:
    """The columns of the batch's file; `asked` is what was chosen on a page that had an error."""
    kind = KINDS[batch.kind]
    layout = proposed_layout(book_of(batch), kind, context_of(batch))
    remembered = batch.chosen() or remembered_columns(batch)
    found = []
    for place, heading in sorted(layout.headings.items()):
        if heading == ERRORS_HEADING:
            continue
        chosen, state = _proposal(place, layout, remembered)
        if asked is not None:
            chosen = asked.get(place, UNSURE)
        options = _fields(kind)
        if place in layout.spread:
            options = [(HALF_DAY, "这半天的出席情况"), *options]
        if chosen == UNSURE:
            options = [(UNSURE, "请选择"), *options]
        found.append(Match(place, letters(place), heading, _samples(layout, place), chosen, state, options))
    return found


def _proposal(place: int, layout: Layout, remembered: Mapping[int, str]) -> tuple[str, str]:
    """(field, word for how sure that is)"""
    if place in remembered and (remembered[place] != HALF_DAY or place in layout.spread):
        return remembered[place], "按上次的选择"
    if place in layout.spread:
        return HALF_DAY, "已对应"
    column = layout.fields.get(place)
    if column is None:
        return "", "不认识，不导入"
    doubled = [other for other in layout.fields.values() if other.field == column.field]
    return (UNSURE, "请确认") if len(doubled) > 1 else (column.field, "已对应")


def _fields(kind: Sheet) -> list[tuple[str, str]]:
    return [("", "不导入"), *((column.field, column.label) for column in kind.columns)]


def _samples(layout: Layout, place: int) -> list[str]:
    found: list[str] = []
    for number, cells in layout.sheet.rows:
        if number >= layout.first_row and place <= len(cells) and cells[place - 1]:
            text = clean(cells[place - 1])[:30]
            if text not in found:
                found.append(text)
        if len(found) == SAMPLES:
            break
    return found


@dataclass(slots=True)
class Group:
    """Errors of one cause: same column, same text found there, same message but for its numbers."""

    index: int
    place: int
    column: str
    found: str
    problem: str
    rows: list[int] = field(default_factory=list)
    options: Sequence[str] = ()

    @property
    def can_be_mended(self) -> bool:
        return self.place > 0

    @property
    def shown_rows(self) -> list[int]:
        return self.rows[:ROWS]

    @property
    def list_id(self) -> str:
        """Of the texts to choose from, which the inputs of single rows share."""
        return f"list-{self.place}" if self.options else ""

    @property
    def name(self) -> str:
        return f"all-{self.index}"

    def name_of(self, row: int) -> str:
        return f"one-{self.index}-{row}"

    def cells(self) -> list[tuple[int, str]]:
        """[(row, name of its input)] to mend one by one."""
        return [(row, self.name_of(row)) for row in self.shown_rows] if len(self.rows) > 1 else []


def error_groups(batch: ImportBatch) -> list[Group]:
    """Groups in the order of their first rows. The texts of drop-down lists cost as many queries as the kind has lists."""
    groups: dict[tuple, Group] = {}
    for error in batch.outcome.get("errors", []):
        key = (error["place"], error["column"], error["found"], re.sub(r"\d+", "#", error["problem"]))
        if key not in groups:
            groups[key] = Group(len(groups), error["place"], error["column"], error["found"], error["problem"])
        group = groups[key]
        if error["row"] not in group.rows[-1:]:
            group.rows.append(error["row"])
    found = list(groups.values())
    if any(group.can_be_mended for group in found) and batch.is_open:
        _add_options(batch, found)
    return found


def _add_options(batch: ImportBatch, groups: list[Group]) -> None:
    kind = KINDS[batch.kind]
    by_field = {column.field: column for column in kind.columns}
    chosen = batch.chosen() or {}
    lookups = kind.lookups(context_of(batch))
    for group in groups:
        name = chosen.get(group.place, "")
        column = by_field.get(kind.spread_field if name == HALF_DAY else name)
        if column is not None:
            group.options = _options(column, lookups)


def _options(column: Column, lookups: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    if isinstance(column.options, str):
        return [str(row) for row in lookups[column.options].values()]
    return column.options


def asked_mends(groups: Sequence[Group], given: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """[(row, column number, text)] from the form of the page: one text for all rows of a group, or for one of them."""
    mends = []
    for group in groups[:GROUPS]:
        if not group.can_be_mended:
            continue
        everywhere = _typed(given, group.name)
        for row in group.rows:
            text = _typed(given, group.name_of(row)) or everywhere
            if text:
                mends.append((row, group.place, text))
    return mends


def _typed(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").replace("\0", "").strip()[:LONGEST_TEXT]
