"""Opinion reports: what was collected and issued, and what was adopted at which level."""

import datetime

from django.db.models import QuerySet

from members.access import visible
from opinions.models import Level, OpinionReport
from reports import charts
from reports.statistics.nouns import OPINIONS
from reports.statistics.tables import Cell, Table, figure, link, names, values
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
    """A query for each level and for each stage."""
    days = (year.first, year.last)
    collected, issued = OPINIONS.rows(year), OPINIONS.rows(year).filter(state=OpinionReport.State.ISSUED)
    at_all = figure(adopted(year, *days).count(), adopted_url(*days))
    stages = [
        [Cell("收集（报送）"), figure(collected.count(), OPINIONS.url(year))],
        [
            Cell("其中编发"),
            figure(issued.count(), link("opinions", year=year.number, kind="single", state=OpinionReport.State.ISSUED)),
        ],
        [Cell("采用"), at_all],
    ]
    levels = [
        [Cell(label), figure(adopted(year, *days, level).count(), adopted_url(*days, level))]
        for level, label in Level.choices
    ]
    return [
        Table(
            "stages",
            f"{year.number}年社情民意信息",
            ["环节", "篇数"],
            stages,
            [OPINIONS.note, "其中编发：上述信息中本会单篇编发的。", ADOPTED],
            [],
            [_chart("收集、编发与采用（篇）", stages)],
        ),
        Table(
            "levels",
            "按采用级别",
            ["采用级别", "篇数"],
            levels,
            [ADOPTED],
            [Cell("合计（不重复）"), at_all],
            [_chart("各级采用（篇）", levels)],
        ),
    ]


def _chart(title: str, rows: list[list[Cell]]) -> charts.Chart:
    return charts.lying(title, names(rows), [charts.Series("篇数", values(rows, 1))])
