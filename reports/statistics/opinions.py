"""Opinion reports: what was collected and issued, and what was adopted at which level."""

import datetime
from collections.abc import Callable

from django.db.models import QuerySet

from members.access import visible
from opinions.models import Level, OpinionReport
from reports import charts
from reports.statistics.nouns import OPINIONS
from reports.statistics.tables import Cell, Table, change, figure, link, names, values
from reports.statistics.years import Year

ADOPTED = (
    "采用：采用日期在本年的信息，单篇采用或编入的综合信息被采用都算，不论哪年报送；同一篇被同一级几家单位采用只计一篇，"
    "被几级采用的各级各计一篇，合计只计一篇。综合信息本身不计。"
)


def adopted(year: Year, first: datetime.date, last: datetime.date, level: str = "") -> QuerySet[OpinionReport]:
    return visible(year.user, OpinionReport).filter(is_composite=False).adopted(level, first, last)


def adopted_url(first: datetime.date, last: datetime.date, level: str = "") -> str:
    return link("opinions", kind="single", level=level, adopted_from_on=first, adopted_to_on=last)


def tables(year: Year) -> list[Table]:
    """Two queries for each level and for each stage."""
    levels = [_line(year, label, _adopted(level)) for level, label in Level.choices]
    at_all = _adopted()
    stages = [
        _line(year, "收集（报送）", _handed_in(OPINIONS.query)),
        _line(year, "其中编发", _handed_in({"state": OpinionReport.State.ISSUED.value, "kind": "single"})),
        _line(year, "采用", at_all),
    ]
    columns = ["篇数", "上年同期", "同比"]
    period = year.period_in_words
    return [
        Table(
            "stages",
            f"{year.number}年社情民意信息",
            ["环节", *columns],
            stages,
            [period, OPINIONS.note, "其中编发：上述信息中本会单篇编发的。", ADOPTED],
            [],
            [_chart("收集、编发与采用（篇）", stages)],
        ),
        Table(
            "levels",
            "按采用级别",
            ["采用级别", *columns],
            levels,
            [period, ADOPTED],
            _line(year, "合计（不重复）", at_all),
            [_chart("各级采用（篇）", levels)],
        ),
    ]


Counted = Callable[[Year, int, datetime.date], Cell]  # of a year (its number) up to a day


def _adopted(level: str = "") -> Counted:
    def cell(year: Year, number: int, until: datetime.date) -> Cell:
        days = (datetime.date(number, 1, 1), until)
        return figure(adopted(year, *days, level).count(), adopted_url(*days, level))

    return cell


def _handed_in(query: dict[str, str]) -> Counted:
    def cell(year: Year, number: int, until: datetime.date) -> Cell:
        rows = OPINIONS.rows(year, number).filter(submitted_on__lte=until)
        if query["state"] == OpinionReport.State.ISSUED:
            rows = rows.filter(state=OpinionReport.State.ISSUED)
        return figure(rows.count(), OPINIONS.url(year, number, to_on=until, **query))

    return cell


def _line(year: Year, name: str, counted: Counted) -> list[Cell]:
    now, then = counted(year, year.number, year.until), counted(year, year.number - 1, year.until_before)
    return [Cell(name), now, then, Cell(change(now.value or 0, then.value or 0))]


def _chart(title: str, rows: list[list[Cell]]) -> charts.Chart:
    series = [charts.Series("本年", values(rows, 1)), charts.Series("上年同期", values(rows, 2))]
    return charts.lying(title, names(rows), series)
