"""What a sheet of one kind looks like: its columns, how each cell is read, and what goes wrong.

Shared by the `sheet.py` of every app; `desk.sheets` reads files and does not know any noun.
"""

import datetime
import decimal
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from members.names import normalise_name

SHOWN = 40  # characters of a cell that a message repeats
LISTED = 12  # choices that a message lists
FIRST_YEAR, LAST_YEAR = 1900, 2100
EPOCH_1900 = datetime.date(1899, 12, 30)
EPOCH_1904 = datetime.date(1904, 1, 1)
SERIALS = range(1, 80_000)  # days since the epoch, to the year 2119

INVISIBLE = {"Cf", "Cc"}
FULL_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
SHORT_DATE = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
MIDNIGHT_OR_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
EXPECTED_DATE = "请写成 2026-11-21 这样的日期。"


class Number(str):
    """A cell that held a number, as text: what was typed 11.20 arrives as 11.2, and what was 012 as 12."""


class CellError(ValueError):
    """What is wrong with a cell and what to do, the second half of a RowError's sentence."""


class SheetProblem(ValueError):
    """What is wrong with a sheet or the setting it is read in as a whole; its text is the sentence for the user."""


@dataclass(frozen=True)
class RowError:
    row: int  # as the sheet program numbers it, from 1
    column: str  # heading
    found: str
    problem: str  # "系统里没有。请改为 …。"

    def __str__(self) -> str:
        found = self.found if len(self.found) <= SHOWN else self.found[:SHOWN] + "……"
        return f"第 {self.row} 行“{self.column}”" + (f"是“{found}”，" if found else "") + self.problem


@dataclass(frozen=True)
class Row:
    """One row: the values of its filled cells by field, and for messages what stood there under which heading."""

    number: int
    values: Mapping[str, Any]
    found: Mapping[str, str]
    headings: Mapping[str, str]

    def error(self, field_name: str, problem: str) -> RowError:
        return RowError(self.number, self.headings.get(field_name, ""), self.found.get(field_name, ""), problem)


@dataclass
class Context:
    """Whose sheet it is and what cells may refer to."""

    committee: Any
    user: Any = None
    office: Any = None
    year: int | None = None  # of dates written without one
    is_1904: bool = False
    reason: str = ""  # of the Action: the file's name, encoding and digest
    lookups: dict[str, dict[str, Any]] = field(default_factory=dict)  # list name → text → row


@dataclass(frozen=True)
class Step:
    """One object to store: `write` calls services; what they refuse (ValidationError) is the fault of `row`."""

    row: Row
    write: Callable[[], Any]
    new: int = 0  # things of the sheet's unit
    changed: int = 0


@dataclass
class Plan:
    """What an import would do: errors found without writing, and the steps to take in this order."""

    same: int = 0
    errors: list[RowError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    field: str
    label: str  # its heading in the template
    read: Callable[[str, Context], Any]
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    note: str = ""
    options: tuple[str, ...] | str = ()  # for the template's drop-down: texts, or the name of a lookup
    example: str = ""


@dataclass(frozen=True)
class Sheet:
    kind: str
    label: str
    unit: str  # what is counted: 名委员, 件提案 …
    columns: tuple[Column, ...]
    lookups: Callable[[Context], dict[str, dict[str, Any]]]
    plan: Callable[[Context, Sequence[Row]], Plan]  # raises SheetProblem for what no single row is to blame for
    one_of: tuple[tuple[str, ...], ...] = ()  # of each group of fields at least one column, and one filled cell a row
    notes: tuple[str, ...] = ()
    needs_office: bool = True
    # A sheet may also have one column for each half-day: turns such a heading into fields, or None.
    spread: Callable[[str, Context], dict[str, Any] | None] | None = None
    spread_field: str = ""  # the field that a cell under such a heading holds
    spread_fields: tuple[str, ...] = ()  # the fields that such headings give, not needed as columns then


# ---------------------------------------------------------------- texts
def tidy(text: str) -> str:
    """`text` half-width, without invisible characters, with single spaces."""
    plain = unicodedata.normalize("NFKC", text.replace("\t", " ").replace("\n", " ").replace("\r", " "))
    plain = "".join(character for character in plain if unicodedata.category(character) not in INVISIBLE)
    return re.sub(r"\s+", " ", plain).strip()


def heading_key(text: str) -> str:
    """The spelling under which headings are compared: no spaces, no remarks in brackets, no asterisk or colon."""
    return re.sub(r"[\s*:：]|\(.*?\)", "", tidy(text)).lower()


def clean(text: str) -> str:
    """A text to store: its own punctuation kept (NFKC would turn ： into :), invisible characters and edges gone."""
    plain = "".join(
        character if character not in "\t\n\r\u00a0" else " "
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    return re.sub(r" +", " ", plain).strip(" \u3000")


def text(length: int) -> Callable[[str, Context], str]:
    def read(cell: str, context: Context) -> str:
        value = clean(cell)
        if len(value) > length:
            raise CellError(f"有 {len(value)} 个字，超过了 {length} 个字的上限。请缩短。")
        return value

    return read


def code_text(length: int) -> Callable[[str, Context], str]:
    """A number of something (委员编号, 案号): half-width and without spaces."""

    def read(cell: str, context: Context) -> str:
        value = tidy(cell).replace(" ", "")
        if len(value) > length:
            raise CellError(f"有 {len(value)} 个字符，超过了 {length} 个字符的上限。请核对。")
        return value

    return read


def person_name(cell: str, context: Context) -> str:
    value = normalise_name(cell)
    if not value or len(value) > 60 or any(character.isdigit() for character in value):
        raise CellError("不像姓名。请填写一个人的姓名，例如“张三”。")
    if re.search(r"[、，,;；/]", value):
        raise CellError("不止一个姓名。请一行只写一个人。")
    return value


# ---------------------------------------------------------------- choices
def listed(names: Sequence[str]) -> str:
    shown = "、".join(list(names)[:LISTED])
    return shown + (f"等 {len(names)} 个" if len(names) > LISTED else "")


def choice(options: Mapping[str, Any], *, shown: Sequence[str] = ()) -> Callable[[str, Context], Any]:
    """One of a fixed list; `options` maps every accepted spelling, `shown` are those a message lists."""
    accepted = {heading_key(name): value for name, value in options.items()}
    names = tuple(shown) or tuple(options)

    def read(cell: str, context: Context) -> Any:
        key = heading_key(cell)
        if key not in accepted:
            raise CellError(f"不在可填的内容里。请改为以下之一：{listed(names)}。")
        return accepted[key]

    return read


def lookup(name: str, called: str) -> Callable[[str, Context], Any]:
    """A row of the committee's own lists (界别, 专门委员会 …) by its name."""

    def read(cell: str, context: Context) -> Any:
        rows = context.lookups[name]
        key = tidy(cell).replace(" ", "")
        if key not in rows:
            names = listed(list(rows))
            known = f"请改为已有{called}之一（{names}），或请管理员新增。" if rows else f"请先请管理员新增{called}。"
            raise CellError(f"系统里没有。{known}")
        return rows[key]

    return read


def lookup_table(rows: Sequence[Any]) -> dict[str, Any]:
    return {tidy(row.name).replace(" ", ""): row for row in rows}


# ---------------------------------------------------------------- numbers
def whole(low: int, high: int) -> Callable[[str, Context], int]:
    def read(cell: str, context: Context) -> int:
        value = tidy(cell)
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            raise CellError(f"应为 {low} 到 {high} 的整数。请改正。")
        return int(value)

    return read


def quantity(cell: str, context: Context) -> decimal.Decimal:
    """A positive number with at most two decimals, below 100,000."""
    value = tidy(cell).replace(",", "")
    if not re.fullmatch(r"\d{1,5}(\.\d{1,2})?", value) or decimal.Decimal(value) <= 0:
        raise CellError("应为大于 0 的数，最多两位小数，例如 1 或 0.5。请改正。")
    return decimal.Decimal(value)


# ---------------------------------------------------------------- dates
def date(cell: str, context: Context) -> datetime.date:
    """A day in any of the usual shapes; docs/sheets.md lists them. Two-digit years are refused, never guessed."""
    value = MIDNIGHT_OR_CLOCK.sub("", tidy(cell))
    if match := FULL_DATE.fullmatch(value) or EIGHT_DIGITS.fullmatch(value):
        return _day(*map(int, match.groups()))
    if re.fullmatch(r"\d{5}", value) and int(value) in SERIALS:
        return (EPOCH_1904 if context.is_1904 else EPOCH_1900) + datetime.timedelta(days=int(value))
    if match := SHORT_DATE.fullmatch(value):
        return _short_day(cell, value, match, context)
    raise CellError(f"不是日期。{EXPECTED_DATE}")


def month_or_date(cell: str, context: Context) -> datetime.date:
    """As `date`, and a month alone (出生年月 1975.03) stands for its first day."""
    value = tidy(cell)
    match = MONTH.fullmatch(value)
    if not match:
        return date(cell, context)
    if isinstance(cell, Number) and len(value.partition(".")[2]) == 1 and value.endswith(".1"):
        raise CellError(f"可能是 1 月，也可能是 10 月（数字末尾的 0 会丢失）。请写成 {match[1]}-01 或 {match[1]}-10。")
    return _day(int(match[1]), int(match[2]), 1)


def _short_day(cell: str, value: str, match: re.Match, context: Context) -> datetime.date:
    if context.year is None:
        raise CellError(f"没有年份。{EXPECTED_DATE}也可在导入时指明年度。")
    month, day = map(int, match.groups())
    if isinstance(cell, Number) and re.fullmatch(r"\d+\.[123]", value):
        raise CellError(
            f"可能是 {month} 月 {day} 日，也可能是 {month} 月 {day}0 日（数字末尾的 0 会丢失）。{EXPECTED_DATE}"
        )
    return _day(context.year, month, day)


def _day(year: int, month: int, day: int) -> datetime.date:
    try:
        value = datetime.date(year, month, day)
    except ValueError:
        raise CellError(f"日历上没有这一天。{EXPECTED_DATE}") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"不在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间。{EXPECTED_DATE}")
    return value
