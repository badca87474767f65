"""When records were entered, against when things happened: for the chair's office alone, and said as facts."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import ExtractMonth, ExtractYear

from activities.models import Attendance
from members.access import visible
from members.narrowing import entries
from reports import charts
from reports.statistics import attendance
from reports.statistics.nouns import AFTER, BEFORE, PAPERS, Noun, days_of, month_names
from reports.statistics.tables import Cell, Table, figure, names, share, values
from reports.statistics.years import Year

NOTE = (
    "发生：按记录的日期所在的月份；录入：按第一次录入系统的日期所在的月份（导入也算录入）。"
    "其中以前月份的：录入的当月以前发生的。年底集中录入可能只是补登，请对照处室的情况，不作评价。"
)


@dataclass(frozen=True, slots=True)
class Spread:
    """``happened`` and ``entered``: {month from BEFORE to AFTER: number}; ``late``: entered after their own month."""

    happened: dict[int, int]
    entered: dict[int, int]
    late: dict[int, int]


def tables(year: Year) -> list[Table]:
    """Two queries for each noun and for attendance."""
    return [*(_papers(year, noun) for noun in PAPERS), _attendance(year)]


def _papers(year: Year, noun: Noun) -> Table:
    rows = noun.rows(year)
    happened = F(noun.day)
    found = spread(year, noun.by_month(year), rows, noun.model, happened)
    return _table(year, noun.code, noun.heading, found, lambda **days: noun.url(year, **days))


def _attendance(year: Year) -> Table:
    rows = visible(year.user, Attendance).filter(sitting__held_on__gte=year.first, sitting__held_on__lte=year.last)
    months = dict(
        rows.order_by().annotate(month=ExtractMonth("sitting__held_on")).values_list("month").annotate(Count("pk"))
    )
    happened = dict.fromkeys(range(BEFORE, AFTER + 1), 0) | months
    found = spread(year, happened, rows, Attendance, F("sitting__held_on"))
    return _table(
        year, "attendance", "出席登记（人次）", found, lambda **days: attendance.url(year, outcome="recorded", **days)
    )


def spread(year: Year, happened: dict[int, int], rows: QuerySet, model: type, day: F) -> Spread:
    """One query: the entries of ``rows`` by their own month and by the month in which ``day`` lies."""
    own = model.objects.filter(pk=OuterRef("id"))
    found = entries(model).filter(id__in=rows.order_by().values("pk"))
    found = found.annotate(
        in_year=ExtractYear("history_date"),
        in_month=ExtractMonth("history_date"),
        of_year=Subquery(own.annotate(one=ExtractYear(day)).values("one")[:1], output_field=IntegerField()),
        of_month=Subquery(own.annotate(one=ExtractMonth(day)).values("one")[:1], output_field=IntegerField()),
    )
    entered = dict.fromkeys(range(BEFORE, AFTER + 1), 0)
    late = dict(entered)
    counted = found.order_by().values_list("in_year", "in_month", "of_year", "of_month").annotate(Count("pk"))
    for in_year, in_month, of_year, of_month, count in counted:
        month = BEFORE if in_year < year.number else AFTER if in_year > year.number else in_month
        entered[month] += count
        begins = (year.number + 1, 1) if month == AFTER else (in_year, in_month)
        if month != BEFORE and (of_year, of_month) < begins:
            late[month] += count
    return Spread(happened, entered, late)


def _table(year: Year, code: str, heading: str, found: Spread, url) -> Table:
    rows = []
    for month, name in month_names(year).items():
        if month in (BEFORE, AFTER) and not (found.happened[month] or found.entered[month]):
            continue
        own = days_of(year, month)
        when = {f"entered_{key}": day for key, day in own.items()}
        rows.append(
            [
                Cell(name),
                figure(found.happened[month], url(**own)),
                figure(found.entered[month], url(**when)),
                figure(found.late[month], url(**when, to_on=_before(year, month))),
            ]
        )
    whole = sum(values(rows, 2))
    december = found.entered[12] + found.entered[AFTER]
    # What was entered late has no list of its own but those of the months.
    foot = [Cell("合计"), figure(sum(values(rows, 1)), url()), figure(whole, url()), Cell("")]
    said = (
        f"12月及以后录入 {december}，占 {share(december, whole).text}，其中以前月份的 "
        f"{found.late[12] + found.late[AFTER]}。"
    )
    drawn = charts.lying(
        f"{heading}：发生与录入",
        names(rows),
        [charts.Series("发生", values(rows, 1)), charts.Series("录入", values(rows, 2))],
    )
    return Table(code, heading, ["月份", "发生", "录入", "其中以前月份的"], rows, [said, NOTE], foot, [drawn])


def _before(year: Year, month: int) -> datetime.date | None:
    """The last day before the month; what was entered in later years is late in any case."""
    if month == AFTER:
        return year.last
    return days_of(year, month)["from_on"] - datetime.timedelta(days=1) if month != BEFORE else None
