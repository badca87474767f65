"""Charts as plain SVG: geometry here, drawn by templates/reports/chart.html, coloured by static/css/charts.css.

No script and no style of its own, so that the page's policy lets it pass and paper takes it as it is. Every value stands
beside its bar as text, and a chart never stands without the table it was made from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 400  # units of the drawing; the page stretches it
SERIES = 3  # as many colours as the style sheet has
HIGH = 150  # of the columns
ABOVE, BELOW = 18, 22  # room for the value above a column and for its label
BAR, GAP = 15, 9
CHARACTER, DIGIT = 13, 8  # widths of what is written
CHARACTERS = 9  # that are shown of a label


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label of the chart; a negative one is drawn as nothing. ``texts``: how the values are written."""

    name: str
    values: Sequence[int]
    texts: Sequence[str] = ()

    def text(self, at: int) -> str:
        return self.texts[at] if self.texts else str(self.values[at])


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle and its value, written. ``series`` counts from 1; x, y of the text are ``at`` and ``line``."""

    series: int
    x: float
    y: float
    width: float
    height: float
    text: str
    at: float
    line: float


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """``kind`` is columns or bars; ``title`` says what it shows, ``legend`` names the series if there are several."""

    kind: str
    title: str
    width: int
    height: float
    axis: tuple[float, float, float, float]
    bars: list[Bar]
    labels: list[Label]
    legend: list[tuple[int, str]]


def columns(title: str, labels: Sequence[str], values: Sequence[int]) -> Chart:
    """Upright columns, one for each label, as for the months of a year: up to some sixteen, labels short."""
    step = WIDE / max(1, len(labels))
    most = max([*values, 1])
    bars, texts = [], []
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        height = round(HIGH * value / most, 1)
        top = round(ABOVE + HIGH - height, 1)
        middle = round(step * (n + 0.5), 1)
        bars.append(
            Bar(
                1, round(step * (n + 0.15), 1), top, round(step * 0.7, 1), height, str(value), middle, round(top - 5, 1)
            )
        )
        texts.append(Label(label, middle, ABOVE + HIGH + 17))
    floor = ABOVE + HIGH
    return Chart("columns", title, WIDE, floor + BELOW, (0, floor, WIDE, floor), bars, texts, [])


def lying(title: str, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """Lying bars, for names of any length and up to SERIES values each."""
    if len(series) > SERIES:
        raise ValueError(f"A chart shows at most {SERIES} series.")
    most = max([1, *(value for one in series for value in one.values)])
    shown = [shortened(label) for label in labels]
    left = CHARACTER * max([1, *map(len, shown)]) + 10
    behind = DIGIT * max([1, *(len(one.text(n)) for one in series for n in range(len(labels)))]) + 6
    room = WIDE - left - behind
    bars, texts, y = [], [], 0.0
    for n, label in enumerate(shown):
        high = BAR * len(series)
        texts.append(Label(label, left - 6, round(y + high / 2 + 4.5, 1)))
        for number, one in enumerate(series, start=1):
            width = round(room * max(0, one.values[n]) / most, 1)
            bars.append(Bar(number, left, y, width, BAR - 2, one.text(n), round(left + width + 4, 1), y + BAR - 3.5))
            y += BAR
        y += GAP
    height = max(y - GAP, BAR)
    legend = [(number, one.name) for number, one in enumerate(series, start=1)] if len(series) > 1 else []
    return Chart("bars", title, WIDE, height, (left, 0, left, height), bars, texts, legend)


def shortened(label: str) -> str:
    """What there is room for before a bar, without the unit if need be; the table has it whole."""
    label = label if len(label) <= CHARACTERS else label.partition("（")[0]
    return label if len(label) <= CHARACTERS else label[: CHARACTERS - 1] + "…"
