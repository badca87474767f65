"""Year over year. A running year is compared with the same days of the last one."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from proposals.models import Proposal
from reports import charts
from reports.statistics.nouns import ACTIVITIES, CONTRIBUTIONS, OPINIONS, PAPERS, PROPOSALS, Noun
from reports.statistics.opinions import ADOPTED, adopted, adopted_url
from reports.statistics.tables import NOTHING, Cell, Table, figure, names, values
from reports.statistics.years import Year


@dataclass(frozen=True, slots=True)
class Measure:
    """``count`` and ``url`` of a year (its number) up to a day."""

    name: str
    count: Callable[[Year, int, datetime.date], int]
    url: Callable[[Year, int, datetime.date], str]


def _of(noun: Noun, name: str, **query: str) -> Measure:
    """Records of a noun dated up to the day; ``query``: more filters of the list, which are columns too."""

    def count(year: Year, number: int, until: datetime.date) -> int:
        return noun.rows(year, number).filter(**{f"{noun.day}__lte": until}, **query).count()

    def url(year: Year, number: int, until: datetime.date) -> str:
        return noun.url(year, number, to_on=until, **query)

    return Measure(name, count, url)


def _adopted() -> Measure:
    def first(number: int) -> datetime.date:
        return datetime.date(number, 1, 1)

    return Measure(
        "社情民意采用量（篇）",
        lambda year, number, until: adopted(year, first(number), until).count(),
        lambda year, number, until: adopted_url(first(number), until),
    )


MEASURES = [
    _of(PROPOSALS, "提案提交（件）"),
    _of(PROPOSALS, "其中已立案（件）", state=Proposal.State.FILED.value),
    _of(OPINIONS, "社情民意收集量（篇）"),
    _adopted(),
    _of(CONTRIBUTIONS, "其他履职（条）"),
    _of(ACTIVITIES, "会议活动（项）"),
]


def tables(year: Year) -> list[Table]:
    """Two queries a measure, three while the year runs."""
    until = year.today if year.is_running else year.last
    before = same_day(until, year.number - 1)
    columns = ["指标", "本年", "上年同期", "增减", "同比"]
    rows = []
    for measure in MEASURES:
        now, then = (measure.count(year, number, day) for number, day in _periods(year, until, before))
        row = [
            Cell(measure.name),
            figure(now, measure.url(year, year.number, until)),
            figure(then, measure.url(year, year.number - 1, before)),
            Cell(f"{now - then:+d}" if now != then else "0"),
            Cell(change(now, then)),
        ]
        if year.is_running:
            last = datetime.date(year.number - 1, 12, 31)
            whole = measure.count(year, year.number - 1, last)
            row.append(figure(whole, measure.url(year, year.number - 1, last)))
        rows.append(row)
    if year.is_running:
        columns.append("上年全年")
    said = f"本年算到{until.month}月{until.day}日，上年同期算到{before.year}年{before.month}月{before.day}日。"
    notes = [
        said,
        "同比：增减 ÷ 上年同期。上年同期没有记录的无法相除，写“上年同期为 0”。",
        "其中已立案：期内提交、现在已立案的提案。",
        *(noun.note for noun in [*PAPERS, ACTIVITIES]),
        ADOPTED,
    ]
    drawn = charts.lying(
        "本年与上年同期",
        names(rows),
        [charts.Series("本年", values(rows, 1)), charts.Series("上年同期", values(rows, 2))],
    )
    return [Table("compared", f"{year.number}年与{year.number - 1}年相比", columns, rows, notes, [], [drawn])]


def _periods(year: Year, until: datetime.date, before: datetime.date) -> list[tuple[int, datetime.date]]:
    return [(year.number, until), (year.number - 1, before)]


def same_day(day: datetime.date, number: int) -> datetime.date:
    """Of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=number)
    except ValueError:
        return day.replace(year=number, day=28)


def change(now: int, then: int) -> str:
    """ "+12.5%", "-3.0%", 持平, "上年同期为 0"; "—" when there was nothing in either. Rounded half away from zero."""
    if now == then:
        return "持平" if now else NOTHING
    if not then:
        return "上年同期为 0"
    tenths = (abs(now - then) * 2000 + then) // (2 * then)
    return f"{'+' if now > then else '-'}{tenths // 10}.{tenths % 10}%"
