"""When records were entered, against when things happened: for the chair's office alone, and said as facts."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery

from activities.models import Attendance
from members.access import visible
from members.narrowing import entries
from reports import charts
from reports.statistics import attendance
from reports.statistics.nouns import AFTER, BEFORE, PAPERS, Noun, days_of, month_names, month_of
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
    """One query for each noun and for attendance."""
    return [*(_papers(year, noun) for noun in PAPERS), _attendance(year)]


def _papers(year: Year, noun: Noun) -> Table:
    found = spread(year, noun.rows(year), noun.day)
    return _table(year, noun.code, noun.heading, found, lambda **days: noun.url(year, **days))


def _attendance(year: Year) -> Table:
    rows = visible(year.user, Attendance).filter(sitting__held_on__gte=year.first, sitting__held_on__lte=year.last)
    found = spread(year, rows, "sitting__held_on")
    return _table(
        year, "attendance", "出席登记（人次）", found, lambda **days: attendance.url(year, outcome="recorded", **days)
    )


def spread(year: Year, rows: QuerySet, day: str) -> Spread:
    """One query: the entries of ``rows`` by the month in which ``day`` lies, and by that of the entry itself."""
    own = rows.model.objects.filter(pk=OuterRef("id")).annotate(of_month=month_of(day, year.number))
    found = entries(rows.model).filter(id__in=rows.order_by().values("pk")).order_by()
    counted = found.annotate(
        in_month=month_of("history_date", year.number, has_time=True),
        of_month=Subquery(own.values("of_month")[:1], output_field=IntegerField()),
    ).values_list("in_month", "of_month")
    nothing = dict.fromkeys(range(BEFORE, AFTER + 1), 0)
    happened, entered, late = dict(nothing), dict(nothing), dict(nothing)
    for in_month, of_month, count in counted.annotate(Count("pk")):
        happened[of_month] += count
        entered[in_month] += count
        if of_month < in_month:
            late[in_month] += count
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
