"""The matrix of one activity: everybody invited × every half-day, with totals both ways."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from activities.models import Attendance, Sitting
from activities.services import mark_in_words
from members.models import Seat

Outcome = Attendance.Outcome
UNKNOWN = "unknown"
SYMBOLS = {
    Outcome.PRESENT.value: "○",
    Outcome.LEAVE.value: "△",
    Outcome.ABSENT.value: "×",
    Outcome.LATE.value: "◇",
    Outcome.LEFT_EARLY.value: "◇",
    Outcome.PARTIAL.value: "◇",
    Outcome.EXEMPT.value: "－",
    UNKNOWN: "？",
}
# What is counted, in the order of the columns: (name, outcomes).
TOTALS = [
    ("○ 出席", {Outcome.PRESENT}),
    ("△ 请假", {Outcome.LEAVE}),
    ("× 缺席", {Outcome.ABSENT}),
    ("◇ 迟到早退", {Outcome.LATE, Outcome.LEFT_EARLY, Outcome.PARTIAL}),
    ("－ 免于出席", {Outcome.EXEMPT}),
    ("？ 未登记", {UNKNOWN}),
]


@dataclass(frozen=True, slots=True)
class Cell:
    """One seat at one sitting; ``words`` say what the symbol means."""

    outcome: str
    words: str

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.outcome]


@dataclass(frozen=True, slots=True)
class Line:
    seat: Seat
    cells: list[Cell]
    totals: list[int]


@dataclass(frozen=True, slots=True)
class Overview:
    """``foot``: for each total its name and how many there are at each sitting, and in all."""

    sittings: list[Sitting]
    lines: list[Line]
    foot: list[tuple[str, list[int], int]]
    names: list[str]


def overview(sittings: Sequence[Sitting], seats: Sequence[Seat], attendances: Iterable[Attendance]) -> Overview:
    """Lines in the order of ``seats``, columns in that of ``sittings``; without a row one is 未登记."""
    known = {(row.seat_id, row.sitting_id): row for row in attendances}
    lines = [_line(seat, [_cell(known.get((seat.pk, sitting.pk))) for sitting in sittings]) for seat in seats]
    foot = []
    for name, outcomes in TOTALS:
        counts = [sum(line.cells[at].outcome in outcomes for line in lines) for at in range(len(sittings))]
        foot.append((name, counts, sum(counts)))
    return Overview(list(sittings), lines, foot, [name for name, _ in TOTALS])


def _line(seat: Seat, cells: list[Cell]) -> Line:
    counts = Counter(cell.outcome for cell in cells)
    return Line(seat, cells, [sum(counts[outcome] for outcome in outcomes) for _, outcomes in TOTALS])


def _cell(row: Attendance | None) -> Cell:
    if row is None:
        return Cell(UNKNOWN, mark_in_words(None))
    return Cell(row.outcome, mark_in_words((row.outcome, row.leave_kind, row.part)))
