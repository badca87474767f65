"""闸机记录: who passed a gate by face, card or code, read from its file; what that says about one sitting."""

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from activities.models import Attendance, Sitting
from activities.rollcall import RollRow
from activities.services import mark_in_words, record_attendance
from audit.actions import act
from desk.imports import reason_for
from desk.sheets.limits import Limits, admit
from desk.sheets.parse import parse
from desk.sheets.reader import read
from members.columns import (
    EPOCH_1900,
    CellError,
    Column,
    Context,
    Number,
    Plan,
    Row,
    RowError,
    Sheet,
    code_text,
    date,
    text,
    tidy,
)
from members.matching import SUGGESTED, Matcher
from members.models import Grant, Seat, User

VERB = "导入闸机记录"
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$")
EXPECTED = "请写成 2026-11-21 08:30:00 或 08:30 这样的时间。"
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the file: whom the gate names, and the local time; ``day`` None where the file does not say."""

    row: int
    number: str
    name: str
    day: datetime.date | None
    at: datetime.time

    @property
    def called(self) -> str:
        return " ".join(filter(None, (self.name, self.number)))


@dataclass(slots=True)
class Arrivals:
    """What a file says about one sitting. Times are the first of each person within the hours asked for."""

    seats: dict[int, datetime.time] = field(default_factory=dict)  # invited, by primary key
    strangers: dict[str, datetime.time] = field(default_factory=dict)  # members who were not invited
    unknown: list[tuple[Passage, list[Seat]]] = field(default_factory=list)  # nobody by this name, and who comes near
    outside: int = 0  # lines of other days or hours
    errors: list[RowError] = field(default_factory=list)


def moment(cell: str, context: Context) -> tuple[datetime.date | None, datetime.time]:
    """The day, if one is written, and the time of a cell; a number is the day and the part of it of a sheet program."""
    value = tidy(cell)
    if isinstance(cell, Number) and re.fullmatch(r"\d+\.\d+", value):
        days, part = divmod(float(value), 1)
        seconds = min(round(part * DAY_SECONDS), DAY_SECONDS - 1)
        day = EPOCH_1900 + datetime.timedelta(days=int(days)) if days else None
        return day, (datetime.datetime.min + datetime.timedelta(seconds=seconds)).time()
    found = CLOCK.search(value)
    if not found:
        raise CellError(EXPECTED)
    before = value[: found.start()].strip(" T,")
    try:
        return date(before, context) if before else None, datetime.time(*(int(part or 0) for part in found.groups()))
    except ValueError as error:
        raise CellError(EXPECTED) from error


SHEET = Sheet(
    kind="gate",
    label="闸机记录",
    unit="条记录",
    columns=(
        Column("number", "委员编号", code_text(40), ("编号", "工号", "人员编号", "证号", "委员证号", "学号", "卡号")),
        Column("name", "姓名", text(60), ("人员姓名", "委员姓名", "名字", "人员", "持卡人")),
        Column("day", "日期", date, ("打卡日期", "签到日期", "通行日期", "刷卡日期")),
        Column(
            "moment",
            "时间",
            moment,
            (
                "签到时间",
                "打卡时间",
                "通行时间",
                "识别时间",
                "进入时间",
                "刷卡时间",
                "抓拍时间",
                "考勤时间",
                "到达时间",
            ),
            is_required=True,
        ),
    ),
    lookups=lambda context: {},
    plan=lambda context, rows: Plan(),
    one_of=(("number", "name"),),
)


def read_passages(name: str, stream: BinaryIO, sitting: Sitting) -> tuple[list[Passage], list[RowError], str]:
    """(lines, those that cannot be read, what the act keeps of the file). SheetRefused: nothing can be read."""
    limits = Limits.from_settings()
    extension, data = admit(name, stream, limits)
    book = parse(extension, data, limits)
    context = Context(committee=sitting.committee, year=sitting.held_on.year)
    reading = read(book, SHEET, context)
    return [_passage(row) for row in reading.rows], reading.errors, reason_for(name, data, book.encoding)


def _passage(row: Row) -> Passage:
    day, at = row.values["moment"]
    return Passage(row.number, row.values.get("number", ""), row.values.get("name", ""), row.values.get("day", day), at)


def arrivals(
    passages: Sequence[Passage],
    sitting: Sitting,
    invited: Sequence[Seat],
    others: Sequence[Seat],
    hours: tuple[datetime.time, datetime.time],
) -> Arrivals:
    """Who came, by number first and then by name. ``others``: members who serve and may not have been invited."""
    found = Arrivals()
    near = Matcher(invited)
    known = [_Index(invited), _Index(others)]
    unknown: dict[str, tuple[Passage, list[Seat]]] = {}
    for one in sorted(passages, key=lambda one: one.at):
        if one.day not in {None, sitting.held_on} or not hours[0] <= one.at <= hours[1]:
            found.outside += 1
            continue
        seat, is_invited = next(
            ((seat, at == 0) for at, index in enumerate(known) if (seat := index.find(one))), (None, False)
        )
        if seat and is_invited:
            found.seats.setdefault(seat.pk, one.at)
        elif seat:
            found.strangers.setdefault(str(seat), one.at)
        else:
            unknown.setdefault(one.called, (one, _near(one.name, near)))
    found.unknown = list(unknown.values())
    return found


class _Index:
    """Seats by number and by name; a name that several have means none of them."""

    def __init__(self, seats: Sequence[Seat]):
        names = Counter(seat.member.name for seat in seats)
        self.numbers = {_plain(seat.number): seat for seat in seats}
        self.names = {seat.member.name: seat for seat in seats if names[seat.member.name] == 1}

    def find(self, one: Passage) -> Seat | None:
        """A number with somebody else's name beside it is the gate's own number, not a member's."""
        by_number = self.numbers.get(_plain(one.number)) if one.number else None
        if by_number and one.name in {"", by_number.member.name}:
            return by_number
        return self.names.get(one.name.replace(" ", "")) if one.name else None


def _near(name: str, invited: Matcher) -> list[Seat]:
    """Whom a name may have been meant for: namesakes, part of a name, or all but one character of it."""
    if not name:
        return []
    alike = [
        seat
        for seat in invited.seats
        if len(seat.member.name) == len(name) > 1
        and sum(one != other for one, other in zip(seat.member.name, name, strict=True)) == 1
    ]
    found = invited.candidates(name) or invited.near(name) or alike
    return found[:SUGGESTED]


def _plain(number: str) -> str:
    return number.lower().lstrip("0")


# ---------------------------------------------------------------- what it means for the sheet
@dataclass(frozen=True, slots=True)
class Effect:
    """One invited seat that came: its mark now in words (未登记 when there is none) and the outcome to write."""

    row: RollRow
    at: datetime.time
    outcome: str
    is_new: bool

    @property
    def now(self) -> str:
        return self.row.mark_name

    @property
    def becomes(self) -> str:
        return mark_in_words(self.outcome)


def effects(
    seats: Mapping[int, datetime.time], rows: Sequence[RollRow], late_after: datetime.time | None
) -> list[Effect]:
    """In the order of ``rows``. Who has a mark keeps it: staff know better than a gate."""
    outcome = Attendance.Outcome
    return [
        Effect(
            row,
            seats[row.seat.pk],
            (outcome.LATE if late_after is not None and seats[row.seat.pk] > late_after else outcome.PRESENT).value,
            not row.mark,
        )
        for row in rows
        if row.seat.pk in seats
    ]


def save_arrivals(
    *, user: User, sitting: Sitting, found: Sequence[Effect], reason: str, grant: Grant | None = None
) -> int:
    """Mark those of whom nothing is known, in one act that is taken back as one; returns how many.

    ChangedSinceError, with nothing written, when somebody was marked meanwhile.
    """
    marks = {one.row.seat.pk: one.outcome for one in found if one.is_new}
    if not marks:
        return 0
    with act(user=user, verb=VERB, reason=reason, grant=grant, committee=sitting.committee):
        return record_attendance(user=user, sitting=sitting, marks=marks, seen=dict.fromkeys(marks), grant=grant)
