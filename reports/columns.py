"""How wide the columns of a ranking are on paper: portrait as long as they fit, if need be with heads of two
lines, then landscape in the same way, and at last smaller type."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from reports.official import TITLE_CHARACTERS, title_lines
from reports.rankings import Column, Ranking, Section

PORTRAIT, LANDSCAPE = 156, 225  # millimetres of text across a page of GB/T 9704
PLACE, PERSON, BODY, SECTOR, REASON = 12, 21, 45, 28, 40
POINT = 25.4 / 72
LARGE, SMALL = 12, 10.5  # points
FIGURE = 0.58  # of a character's width
PADDING = {"figure": 2.6, "total": 2.6, "grade": 2, "band": 2}
LEAST = 11
WIDE_TITLE = 28  # characters of 2号 across a turned page


@dataclass(frozen=True, slots=True)
class Layout:
    """``size`` of the type in points. ``widths``: of the columns that paper gives each section, in millimetres; each list
    fills the page."""

    is_wide: bool
    size: float
    widths: list[list[float]]


def layout_of(ranking: Ranking) -> Layout:
    ways = (
        (PORTRAIT, LARGE, 1),
        (PORTRAIT, LARGE, 2),
        (LANDSCAPE, LARGE, 1),
        (LANDSCAPE, LARGE, 2),
        (LANDSCAPE, SMALL, 2),
    )
    sections = [section for section in ranking.sections if section.is_ranked] or ranking.sections
    for whole, size, lines in ways:
        need = [_need(ranking, n, size * POINT, lines) for n in range(len(ranking.columns))]
        if all(sum(need[n] for n in ranking.printed(section)) <= whole for section in sections):
            break
    widths = [_filled(ranking, section, need, whole) for section in ranking.sections]
    return Layout(whole == LANDSCAPE, size, widths)


def title_of(ranking: Ranking, layout: Layout) -> list[str]:
    """The lines of the title."""
    return title_lines(ranking.title, WIDE_TITLE if layout.is_wide else TITLE_CHARACTERS)


def measure(text: str) -> float:
    """In characters of full width."""
    return sum(1 if east_asian_width(one) in "WFA" else FIGURE for one in text)


def is_long(text: str, width: float, size: float) -> bool:
    """Whether a text of ``size`` points needs more than one line of a column of ``width`` millimetres."""
    return measure(text) * size * POINT > width - 1


def head_of(name: str, width: float, size: float) -> str:
    """A head that is longer than its column is wide, in lines of like length."""
    lines = ceil(measure(name) * size * POINT / (width - 1))
    long = ceil(len(name) / lines)
    return "\n".join(name[start : start + long] for start in range(0, len(name), long))


def _need(ranking: Ranking, n: int, character: float, lines: int) -> float:
    """Millimetres that a column needs; ``character``: the width of one. Its head may take so many lines."""
    column = ranking.columns[n]
    if column.kind in ("place", "name", "text", "reason"):
        has_people = any(one.kind == "text" for one in ranking.columns)
        found = {"place": PLACE, "name": PERSON if has_people else BODY, "text": SECTOR, "reason": REASON}
        return found[column.kind] * character / (LARGE * POINT)
    texts = [row.cells[n] for section in ranking.sections for row in section.rows]
    widest = max(map(measure, texts), default=0) * character
    head = -(-len(column.name) // lines) * character + 1.4
    return max(LEAST, widest + PADDING[column.kind], head)


def _filled(ranking: Ranking, section: Section, need: Sequence[float], whole: float) -> list[float]:
    """What is left goes to the reason, else to figures and grades alike; what is too much is taken from all alike."""
    places = ranking.printed(section)
    columns: list[Column] = [ranking.columns[n] for n in places]
    found = [need[n] for n in places]
    left = whole - sum(found)
    if left < 0:
        return [one * whole / sum(found) for one in found]
    kinds = {"reason"} if any(one.kind == "reason" for one in columns) else {"figure", "total", "grade", "band"}
    takers = [one.kind in kinds for one in columns]
    return [width + (left / sum(takers) if takes else 0) for width, takes in zip(found, takers, strict=True)]
