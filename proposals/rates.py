"""Rates of proposals, counted when they are asked for; each figure is the length of a list.

What the words mean is said once, in ``proposals.handling``; here is what is divided by what:

- 立案率: filed ÷ examined. Examined are those filed, merged, passed on or not filed; returned ones come back and count
  then, drafts and proposals still to be examined do not count.
- 办复率: replied ÷ filed. Replied: the main unit has replied (the first time).
- 按期办复率: replied by the due day ÷ replied or past the due day. Proposals whose main unit has no due day do not count,
  and neither does a later day asked for when urging.
- 评议率: evaluated ÷ replied. 满意率: satisfied ÷ evaluated. 满意和基本满意率: satisfied or acceptable ÷ evaluated. A
  proposal counts once, by the signer who stands first among those who evaluated the latest round.
"""

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.encoding import uri_to_iri

from proposals.handling import HandlingQuerySet
from proposals.handling_forms import COLLECTIVE


@dataclass(frozen=True, slots=True)
class Rate:
    """What is counted out of what; both are words of HANDLING."""

    name: str
    part: str
    whole: str
    meaning: str


RATES = [
    Rate("立案率", "filed", "examined", "立案件数 ÷ 已审查件数（立案、并案、转社情民意、不予立案）；退回修改的不计"),
    Rate("办复率", "replied", "filed", "主办单位已答复的件数 ÷ 立案件数；再次办理的按第一次答复算"),
    Rate(
        "按期办复率",
        "on_time",
        "due",
        "在办理期限内答复的件数 ÷ 已答复或已过期限的件数；没有定期限的不计，催办时另定的日期不延长期限",
    ),
    Rate("评议率", "evaluated", "replied", "已有提案人评议的件数 ÷ 已答复件数"),
    Rate("满意率", "satisfied", "evaluated", "评议“满意”的件数 ÷ 已评议件数；每件只算一次，以署名最前的评议为准"),
    Rate("满意和基本满意率", "content", "evaluated", "评议“满意”或“基本满意”的件数 ÷ 已评议件数"),
]
WORDS = list(dict.fromkeys(word for rate in RATES for word in (rate.part, rate.whole)))


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: ``part`` of ``whole``, "86.7%" ("—" when there is nothing to divide by), and where the part is listed."""

    rate: Rate
    part: int
    whole: int
    percent: str
    part_url: str
    whole_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One unit or one sector."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Rates:
    total: list[Cell]
    units: list[Line]
    sectors: list[Line]


def rates(rows: HandlingQuerySet, day: datetime.date, period: dict[str, int]) -> Rates:
    """Overall, by main unit, by sector of the first signer, as of ``day``. Three queries.

    ``period`` is what narrowed the rows, as the list's filter takes it: {"year": 2026} or {"term": 15}.
    """
    units = [(row["undertakings__unit"], row) for row in rows.counts_by_unit(WORDS, day)]
    sectors = [(row["lead_sector"] or COLLECTIVE, row) for row in rows.counts_by_sector(WORDS, day)]
    return Rates(
        total=_cells(rows.counts(WORDS, day), RATES, period),
        # Only what is filed has a unit: there is no rate of filing by unit.
        units=_lines(units, RATES[1:], period, "unit"),
        sectors=_lines(sectors, RATES, period, "sector"),
    )


def percent(part: int, whole: int) -> str:
    """Per cent with one decimal, rounded half up; "—" of nothing."""
    if whole == 0:
        return "—"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def _lines(found: list[tuple[str, dict]], chosen: list[Rate], period: dict, name: str) -> list[Line]:
    """Most proposals first; who has none that was examined is left out."""
    found = sorted((one for one in found if one[1]["examined"]), key=lambda one: (-one[1]["examined"], one[0]))
    return [Line(group, _cells(counts, chosen, {**period, name: group})) for group, counts in found]


def _cells(counts: dict, chosen: list[Rate], query: dict) -> list[Cell]:
    return [
        Cell(
            rate=rate,
            part=counts[rate.part],
            whole=counts[rate.whole],
            percent=percent(counts[rate.part], counts[rate.whole]),
            part_url=_list_of(rate.part, query),
            whole_url=_list_of(rate.whole, query),
        )
        for rate in chosen
    ]


def _list_of(word: str, query: dict) -> str:
    # Names as they are read, which takes a third of the bytes: the page has hundreds of these.
    return uri_to_iri(f"{reverse('proposals')}?{urlencode({**query, 'handling': word})}")
