"""Year over year. A running year is compared with the same days of the last one."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from reports import charts
from reports.statistics import attendance
from reports.statistics.nouns import ACTIVITIES, CONTRIBUTIONS, OPINIONS, PAPERS, PROPOSALS, Noun
from reports.statistics.opinions import ADOPTED, adopted, adopted_url
from reports.statistics.tables import Cell, Table, change, figure, names, values
from reports.statistics.years import Year


@dataclass(frozen=True, slots=True)
class Measure:
    """``cell`` of a year (its number) up to a day: the count, and the list of it."""

    name: str
    cell: Callable[[Year, int, datetime.date], Cell]


def _of(noun: Noun, name: str) -> Measure:
    def cell(year: Year, number: int, until: datetime.date) -> Cell:
        rows = noun.rows(year, number).filter(**{f"{noun.day}__lte": until})
        return figure(rows.count(), noun.url(year, number, to_on=until))

    return Measure(name, cell)


def _handled(name: str, word: str) -> Measure:
    """Proposals handed in up to the day to which a word of HANDLING applies by now."""

    def cell(year: Year, number: int, until: datetime.date) -> Cell:
        rows = PROPOSALS.rows(year, number).filter(submitted_on__lte=until).handled(word, year.today)
        return figure(rows.count(), PROPOSALS.url(year, number, to_on=until, handling=word))

    return Measure(name, cell)


def _adopted(year: Year, number: int, until: datetime.date) -> Cell:
    days = (datetime.date(number, 1, 1), until)
    return figure(adopted(year, *days).count(), adopted_url(*days))


def _attended(name: str, at: int) -> Measure:
    """``at``: the column of attendance.HEADINGS."""

    def cell(year: Year, number: int, until: datetime.date) -> Cell:
        of = replace(year, number=number)
        return attendance.total(attendance.turnouts(of, "kind", until)).cells(of, to_on=until)[at]

    return Measure(name, cell)


RECORDS = [
    _of(PROPOSALS, "提案提交（件）"),
    _handled("其中已立案（件）", "filed"),
    _handled("其中已答复（件）", "replied"),
    _handled("其中评议满意（件）", "satisfied"),
    _of(OPINIONS, "社情民意收集量（篇）"),
    Measure("社情民意采用量（篇）", _adopted),
    _of(CONTRIBUTIONS, "其他履职（条）"),
    _of(ACTIVITIES, "会议活动（项）"),
]
TURNOUT = [
    _attended("应到（人次）", 0),
    _attended("出席（人次）", 1),
]


def tables(year: Year) -> list[Table]:
    """Two queries a measure, three while the year runs; what is counted in 人次 is drawn by itself."""
    heading = f"{year.number}年与{year.number - 1}年相比"
    said = ["同比：增减 ÷ 上年同期。上年同期没有记录的无法相除，写“上年同期为 0”。", *_of_unrecorded(year)]
    papers = [
        year.period_in_words,
        *said,
        "其中已立案、已答复、满意：期内提交、到现在已立案、主办单位已答复、评议满意的提案。",
        *(noun.note for noun in [*PAPERS, ACTIVITIES]),
        ADOPTED,
    ]
    return [
        _table(year, "compared", heading, RECORDS, papers),
        _table(year, "turnout", f"出席：{heading}", TURNOUT, [year.period_in_words, *said, *attendance.NOTES[:2]]),
    ]


def _of_unrecorded(year: Year) -> list[str]:
    """A warning when the year before was not assessed here: that little is recorded of it is not that little was done."""
    before = replace(year, number=year.number - 1)
    if before.assessment:
        return []
    return [f"{before.number}年没有在本系统考核，当年的记录可能没有录入，增减和同比不能说明履职多少。"]


def _table(year: Year, code: str, heading: str, measures: list[Measure], notes: list[str]) -> Table:
    rows = [_row(year, measure) for measure in measures]
    series = [charts.Series("本年", values(rows, 1)), charts.Series("上年同期", values(rows, 2))]
    columns = ["指标", "本年", "上年同期", "增减", "同比", *(["上年全年"] if year.is_running else [])]
    return Table(code, heading, columns, rows, notes, [], [charts.lying("本年与上年同期", names(rows), series)])


def _row(year: Year, measure: Measure) -> list[Cell]:
    now, then = measure.cell(year, year.number, year.until), measure.cell(year, year.number - 1, year.until_before)
    more = (now.value or 0) - (then.value or 0)
    row = [Cell(measure.name), now, then, Cell(f"{more:+d}" if more else "0")]
    row.append(Cell(change(now.value or 0, then.value or 0)))
    if year.is_running:
        row.append(measure.cell(year, year.number - 1, datetime.date(year.number - 1, 12, 31)))
    return row
