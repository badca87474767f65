"""The matrix of one activity: everybody invited × every half-day, with totals both ways."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from activities.models import Attendance, Sitting
from activities.rollcall import pair_of
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


ATTENDED = {Outcome.PRESENT, Outcome.LATE, Outcome.LEFT_EARLY, Outcome.PARTIAL}
ENOUGH = Fraction(2, 3)  # of the half-days to which one was convened; most charters say so, the ruleset decides


@dataclass(frozen=True, slots=True)
class Cell:
    """One seat at one sitting; ``words`` say what the symbol means, ``code`` and ``part`` are the page's for the mark."""

    outcome: str
    words: str
    code: str = ""
    part: str = ""

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.outcome]


@dataclass(frozen=True, slots=True)
class Line:
    seat: Seat
    cells: list[Cell]
    totals: list[int]

    @property
    def half_days(self) -> str:
        """6/8: attended of those that count; exempt ones do not."""
        return f"{self._attended}/{self._counted}"

    @property
    def verdict(self) -> str:
        """Whether the half-days attended are ENOUGH, as far as those not recorded leave no doubt."""
        unknown = sum(cell.outcome == UNKNOWN for cell in self.cells)
        if not self._counted:
            return "—"
        if self._attended >= ENOUGH * self._counted:
            return "✓ 达到"
        return "？待定" if self._attended + unknown >= ENOUGH * self._counted else "✗ 不足"

    @property
    def _attended(self) -> int:
        return sum(cell.outcome in ATTENDED for cell in self.cells)

    @property
    def _counted(self) -> int:
        return sum(cell.outcome != Outcome.EXEMPT for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Overview:
    """``foot``: for each total its name and how many there are at each sitting, and in all.

    ``names``: of each total its name and the outcomes it counts, with spaces between them.
    """

    sittings: list[Sitting]
    lines: list[Line]
    foot: list[tuple[str, list[int], int]]
    names: list[tuple[str, str]]


def overview(sittings: Sequence[Sitting], seats: Sequence[Seat], attendances: Iterable[Attendance]) -> Overview:
    """Lines in the order of ``seats``, columns in that of ``sittings``; without a row one is 未登记."""
    known = {(row.seat_id, row.sitting_id): row for row in attendances}
    lines = [_line(seat, [_cell(known.get((seat.pk, sitting.pk))) for sitting in sittings]) for seat in seats]
    foot = []
    for name, outcomes in TOTALS:
        counts = [sum(line.cells[at].outcome in outcomes for line in lines) for at in range(len(sittings))]
        foot.append((name, counts, sum(counts)))
    return Overview(list(sittings), lines, foot, [(name, " ".join(sorted(outcomes))) for name, outcomes in TOTALS])


def _line(seat: Seat, cells: list[Cell]) -> Line:
    counts = Counter(cell.outcome for cell in cells)
    return Line(seat, cells, [sum(counts[outcome] for outcome in outcomes) for _, outcomes in TOTALS])


def _cell(row: Attendance | None) -> Cell:
    if row is None:
        return Cell(UNKNOWN, mark_in_words(None))
    mark = (row.outcome, row.leave_kind, row.part)
    return Cell(row.outcome, mark_in_words(mark), *pair_of(mark))
