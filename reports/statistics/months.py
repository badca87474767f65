"""Month by month: what was held, handed in and attended."""

from reports import charts
from reports.statistics import attendance
from reports.statistics.nouns import ACTIVITIES, AFTER, BEFORE, PAPERS, days_of, month_names
from reports.statistics.tables import Cell, Table, figure, names, values
from reports.statistics.years import Year

NOUNS = [ACTIVITIES, *PAPERS]


def tables(year: Year) -> list[Table]:
    """Six queries for any number of records."""
    counts = {noun.code: noun.by_month(year) for noun in NOUNS}
    turnouts = attendance.turnouts(year, "month")
    rows = []
    for month, name in month_names(year).items():
        if month in (BEFORE, AFTER) and not any(one[month] for one in counts.values()):
            continue
        days = days_of(year, month)
        found = [figure(counts[noun.code][month], noun.url(year, **days)) for noun in NOUNS]
        turnout = turnouts.get(month, attendance.NOBODY)
        rows.append([Cell(name), *found, *_turnout(year, turnout, **days)])
    foot = [figure(sum(counts[noun.code].values()), noun.url(year)) for noun in NOUNS]
    whole = attendance.total(turnouts)
    return [
        Table(
            "months",
            f"{year.number}年逐月",
            ["月份", *(noun.heading for noun in NOUNS), "应到（人次）", "出席（人次）", "出席率"],
            rows,
            [*(noun.note for noun in NOUNS), *attendance.NOTES],
            [Cell("合计"), *foot, *_turnout(year, whole)],
            [
                charts.columns(noun.heading, [_short(name) for name in names(rows)], values(rows, at))
                for at, noun in enumerate(NOUNS, start=1)
            ],
        )
    ]


def _turnout(year: Year, turnout: attendance.Turnout, **days: object) -> list[Cell]:
    expected, attended, *_, rate = turnout.cells(year, **days)
    return [expected, attended, rate]


def _short(name: str) -> str:
    """What stands below a column: the months are numbered, the other years said."""
    return name.removesuffix("月") if name.endswith("月") else "此前" if name.endswith("以前") else "此后"
