"""The public page of a published year: what its committee chose, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from members.models import Subject
from reports.models import Openness
from reports.openness import SECTIONS, ShownNames, names_of
from reports.slides import (
    Bar,
    Number,
    adopted_bars,
    grade_bars,
    month_bars,
    opinion_numbers,
    people_numbers,
    proposal_numbers,
    sector_bars,
    year_numbers,
)
from reports.year_figures import Figures, figures
from scoring import editions
from scoring.models import Assessment, Edition


@dataclass(frozen=True, slots=True)
class Block:
    """One section: figures in a sentence, then a table. ``rows`` have as many cells as ``heads``."""

    code: str
    title: str
    numbers: list[Number]
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Public:
    assessment: Assessment
    edition: Edition
    blocks: list[Block]
    names: ShownNames


Maker = Callable[[Figures], tuple[list[Number], tuple[str, ...], list[Bar]]]

# Code of SECTIONS → its numbers, the heads of its table, and the table's rows as bars.
MADE: dict[str, Maker] = {
    "overall": lambda found: (people_numbers(found), ("等次", "人数", "占比"), grade_bars(found)),
    "sectors": lambda found: ([], ("界别", "平均得分", "人数"), sector_bars(found.sectors)),
    "proposals": lambda found: (proposal_numbers(found), (), []),
    "opinions": lambda found: (opinion_numbers(found), ("采用级别", "条数"), adopted_bars(found)),
    "year": lambda found: (year_numbers(found), ("月份", "会议活动（次）"), month_bars(found)),
}


def public_of(code: str, year: int) -> Public | None:
    """None for what is not public: an unknown committee, another year, one not published or taken back, a page off."""
    row = (
        Openness.objects.filter(
            is_public=True,
            assessment__committee__code=code,
            assessment__year=year,
            assessment__subject_kind=Subject.Kind.MEMBER,
        )
        .select_related("assessment__committee")
        .first()
    )
    edition = editions.current(row.assessment) if row else None
    if row is None or edition is None:
        return None
    found = figures(edition)
    blocks = [_block(code, found) for code in SECTIONS if code in row.sections]
    return Public(row.assessment, edition, [one for one in blocks if one.numbers or one.rows], names_of(row, found))


def _block(code: str, figures: Figures) -> Block:
    numbers, heads, bars = MADE[code](figures)
    rows = [(bar.label, bar.value, bar.more)[: len(heads)] for bar in bars]
    return Block(code, SECTIONS[code], [one for one in numbers if one.value != "0"], heads, rows)
