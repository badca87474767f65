"""What a page of statistics is made of: tables whose figures lead to their records, charts made from the same cells."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.encoding import uri_to_iri

from proposals.rates import percent
from reports.charts import Chart

NOTHING = "—"
NARROW = 8  # columns


@dataclass(frozen=True, slots=True)
class Cell:
    """``value``: the count of a figure, None of names and shares. ``url``: the list that is exactly this long, or ""."""

    text: str
    url: str = ""
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``columns``: the first heads the names of the rows. ``notes``: what is counted, and which day decides.

    ``foot``: the row of totals, or []. ``code`` is its anchor. ``beside``: (label, address) of a page that has more.
    """

    code: str
    heading: str
    columns: list[str]
    rows: list[list[Cell]]
    notes: list[str]
    foot: list[Cell] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    beside: tuple[str, str] | None = None

    @property
    def lines(self) -> list[list[Cell]]:
        """The rows, with the totals last."""
        return [*self.rows, self.foot] if self.foot else self.rows

    @property
    def is_narrow(self) -> bool:
        """Whether its one chart has room beside it."""
        return len(self.columns) <= NARROW and len(self.charts) == 1

    @property
    def labelled_rows(self) -> list[list[tuple[str, Cell]]]:
        """Each cell with the heading of its column, which a phone shows beside it."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def labelled_foot(self) -> list[tuple[str, Cell]]:
        return list(zip(self.columns, self.foot, strict=True))


def figure(count: int, url: str = "") -> Cell:
    """Nothing has no list."""
    return Cell(str(count), url if count else "", count)


def share(part: int, whole: int) -> Cell:
    """ "86.7%", or "—" when there is nothing to divide by."""
    return Cell(percent(part, whole) if part >= 0 else NOTHING)


def link(url_name: str, *args: object, **query: object) -> str:
    """An address with names as they are read, which takes a third of the bytes; what is empty is left out."""
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    address = reverse(url_name, args=args)
    return uri_to_iri(f"{address}?{urlencode(asked)}") if asked else address


def values(rows: list[list[Cell]], column: int) -> list[int]:
    return [row[column].value or 0 for row in rows]


def names(rows: list[list[Cell]]) -> list[str]:
    return [row[0].text for row in rows]


def change(now: int, then: int) -> str:
    """ "+12.5%", "-3.0%", 持平, "上年同期为 0"; "—" when there was nothing in either. Rounded half away from zero."""
    if now == then:
        return "持平" if now else NOTHING
    if not then:
        return "上年同期为 0"
    tenths = (abs(now - then) * 2000 + then) // (2 * then)
    return f"{'+' if now > then else '-'}{tenths // 10}.{tenths % 10}%"
