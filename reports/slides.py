"""全会展示: a published year as slides. Every figure is the edition's, every name comes through reports/openness.py.

How proposals were answered goes on after the year, so that slide alone also says how things stand today, and says so.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from proposals.models import Proposal
from reports.openness import Honours, Leading, ShownNames
from reports.year_figures import Figures, Sector, total_text
from scoring.models import Assessment
from scoring.positions import FEWEST

SECTORS, COMMITTEES, TITLES = 18, 4, 5  # that a slide holds
HANDLED = {"replied": "已答复", "evaluated": "提案人已评议", "content": "满意或基本满意"}


class Grid(NamedTuple):
    """Names in rows; one longer than ``longest`` characters takes two places."""

    columns: int
    rows: int
    longest: int


FEW, MANY, SCORED = Grid(3, 4, 7), Grid(5, 9, 7), Grid(4, 11, 5)


@dataclass(frozen=True, slots=True)
class Number:
    """A large figure and what it counts."""

    value: str
    unit: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """``length``: of a hundred, as text such as "63.4"; ``value`` and ``more`` are written beside it."""

    label: str
    length: str
    value: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Slide:
    """``kind`` names its template, slide_<kind>.html; ``part`` tells slides of one title apart, "1/3"."""

    kind: str
    title: str
    part: str = ""
    numbers: Sequence[Number] = ()
    bars: Sequence[Bar] = ()
    rows: Sequence[Any] = ()
    note: str = ""

    @property
    def template(self) -> str:
        return f"reports/slide_{self.kind}.html"


def slides(assessment: Assessment, figures: Figures, names: ShownNames, day: datetime.date) -> list[Slide]:
    """In the order in which they are shown; what a year has nothing of has no slide. At most one query."""
    year = assessment.year
    found = [
        Slide("cover", f"{year} 年度委员履职情况"),
        _overall(figures),
        *_sectors(figures.sectors, figures.small),
        *(one for honours in names.honours for one in _honours(honours)),
        *_leading(names.leading),
        *_scores(names.scores),
        _proposals(assessment, figures, day),
        _opinions(figures),
        _year(figures),
        Slide("closing", "感谢各位委员"),
    ]
    return [one for one in found if one is not None]


# ---------------------------------------------------------------- figures
def _overall(figures: Figures) -> Slide:
    note = "" if figures.grades else f"评定等次的不足 {FEWEST} 人，不列等次分布。"
    return Slide("overall", "总体情况", numbers=people_numbers(figures), bars=grade_bars(figures), note=note)


def people_numbers(figures: Figures) -> list[Number]:
    found = [Number(str(figures.assessed), "名", "应评价委员"), Number(str(figures.ranked), "名", "参加排名")]
    if figures.median is not None:
        found.append(Number(total_text(figures.median), "分", "得分中位数"))
    return found


def grade_bars(figures: Figures) -> list[Bar]:
    graded = sum(count for _, count in figures.grades)
    most = max((count for _, count in figures.grades), default=0)
    return [
        Bar(name, _length(count, most), f"{count} 名", f"{share(count, graded)}%") for name, count in figures.grades
    ]


def share(part: int, whole: int) -> Decimal:
    """Of a hundred, to one place, rounded half up."""
    exact = Decimal(100 * part) / Decimal(whole) if whole > 0 else Decimal(0)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _length(value: int, most: int) -> str:
    return str(share(max(value, 0), most))


def _sectors(sectors: Sequence[Sector], small: Sequence[str]) -> list[Slide]:
    note = f"不足 {FEWEST} 人的不作比较：{'、'.join(small)}。" if small else ""
    pages = _pages(sector_bars(sectors), SECTORS)
    return [Slide("sectors", "各界别平均得分", part, bars=bars, note=note) for part, bars in pages]


def sector_bars(sectors: Sequence[Sector]) -> list[Bar]:
    most = max((one.average for one in sectors), default=0)
    return [
        Bar(one.name, _length(one.average, most), f"{Decimal(one.average) / 100:.2f}", f"{one.people} 名")
        for one in sectors
    ]


def _proposals(assessment: Assessment, figures: Figures, day: datetime.date) -> Slide | None:
    if not figures.submitted and not figures.filed_ids:
        return None
    whole = figures.key_titles
    titles = whole if len(whole) <= TITLES else whole[: TITLES - 1]
    more = len(whole) - len(titles)
    return Slide(
        "proposals",
        "提案",
        numbers=proposal_numbers(figures),
        bars=_handled(assessment, figures, day),
        rows=[*titles, *([f"……另有 {more} 件"] if more else [])],
        note=f"办理情况按台账，截至{day.year}年{day.month}月{day.day}日，不属定版。",
    )


def proposal_numbers(figures: Figures) -> list[Number]:
    found = [
        Number(str(figures.submitted), "件", "提交"),
        Number(str(len(figures.filed_ids)), "件", "立案"),
        Number(str(figures.merged), "件", "并案"),
        Number(str(figures.key_proposals), "件", "重点提案"),
        Number(str(figures.outstanding), "件", "优秀提案"),
    ]
    return found[:2] + [one for one in found[2:] if one.value != "0"]


def _handled(assessment: Assessment, figures: Figures, day: datetime.date) -> list[Bar]:
    """Of the edition's filed proposals. Sums only: whoever shows the slides need not be who may open each proposal."""
    filed = len(figures.filed_ids)
    if not filed:
        return []
    rows = Proposal.objects.filter(committee=assessment.committee_id, public_id__in=figures.filed_ids)
    counts = rows.counts(list(HANDLED), day)
    return [
        Bar(label, _length(counts[word], filed), f"{counts[word]} 件", f"{share(counts[word], filed)}%")
        for word, label in HANDLED.items()
    ]


def _opinions(figures: Figures) -> Slide | None:
    if not figures.reported and not figures.adopted:
        return None
    return Slide(
        "opinions",
        "社情民意信息",
        numbers=opinion_numbers(figures),
        bars=adopted_bars(figures),
        note="同一条信息被多级采用的，只计最高一级。" if figures.adopted else "",
    )


def opinion_numbers(figures: Figures) -> list[Number]:
    found = [
        Number(str(figures.reported), "条", "报送"),
        Number(str(figures.issued), "条", "编发"),
        Number(str(sum(count for _, count in figures.adopted)), "条", "被采用"),
        Number(str(figures.instructed), "条", "获领导批示"),
    ]
    return found[:1] + [one for one in found[1:] if one.value != "0"]


def adopted_bars(figures: Figures) -> list[Bar]:
    most = max((count for _, count in figures.adopted), default=0)
    return [Bar(f"{level}采用", _length(count, most), f"{count} 条") for level, count in figures.adopted if count]


def _year(figures: Figures) -> Slide | None:
    if not figures.activities and not figures.contributions:
        return None
    return Slide("year", "我们的一年", numbers=year_numbers(figures), bars=month_bars(figures))


def year_numbers(figures: Figures) -> list[Number]:
    found = [
        Number(str(figures.activities), "次", "会议活动"),
        Number(str(figures.halves), "个", "半天场次"),
        Number(str(figures.attendances), "人次", "出席"),
        Number(str(figures.contributions), "项", "其他履职"),
    ]
    return [one for one in found if one.value != "0"]


def month_bars(figures: Figures) -> list[Bar]:
    most = max((one.activities for one in figures.months), default=0)
    return [
        Bar(f"{one.number}月", _length(one.activities, most), str(one.activities), str(one.number))
        for one in figures.months
    ]


# ---------------------------------------------------------------- names
def _honours(honours: Honours) -> list[Slide]:
    told = f"共 {len(honours.names)} 名，按姓氏笔画为序"
    rows = [(name, "") for name in honours.names]
    kind, grid = ("few", FEW) if len(placed(rows, FEW)) <= FEW.rows else ("names", MANY)
    return [Slide(kind, honours.title, part, rows=page, note=told) for part, page in _named(rows, grid)]


def _leading(leading: Sequence[Leading]) -> list[Slide]:
    told = f"各专委会的常委、委员分列，按姓氏笔画为序；人数少的只列前一半，不足 {FEWEST} 人的不列。"
    pages = _pages(leading, COMMITTEES)
    return [Slide("leading", "各专委会前五", part, rows=rows, note=told) for part, rows in pages]


def _scores(scores: Sequence[tuple[str, str]]) -> list[Slide]:
    told = f"参加排名的委员，按姓氏笔画为序，共 {len(scores)} 名"
    return [Slide("scores", "委员得分", part, rows=page, note=told) for part, page in _named(scores, SCORED)]


def _named(people: Sequence[tuple[str, str]], grid: Grid) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """[(part, [(name, points or "", whether it takes two places)])]."""
    pages = _pages(placed(people, grid), grid.rows)
    return [(part, [one for row in page for one in row]) for part, page in pages]


def placed(people: Sequence[tuple[str, str]], grid: Grid) -> list[list[tuple[str, str, bool]]]:
    """Rows as the page lays them out: what does not fit into a row begins the next."""
    rows: list[list[tuple[str, str, bool]]] = []
    left = 0
    for name, told in people:
        is_long = len(name) > grid.longest
        if left < 1 + is_long:
            rows.append([])
            left = grid.columns
        rows[-1].append((name, told, is_long))
        left -= 1 + is_long
    return rows


def _pages(rows: Sequence[Any], room: int) -> list[tuple[str, Sequence[Any]]]:
    """[(part, rows)], as even as can be: no page is left with two names."""
    if not rows:
        return []
    count = -(-len(rows) // room)
    size = -(-len(rows) // count)
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    return [(f"{n}/{len(pages)}" if len(pages) > 1 else "", page) for n, page in enumerate(pages, start=1)]
