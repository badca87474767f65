"""Attendance against invitations, by the half-day: each of those invited at each half-day is one of 人次.

Not recorded is not absent: it is counted by itself, and the rate leaves it out as it leaves out who was exempt.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from activities.models import Activity, Attendance, Invitation, Sitting
from activities.overview import ATTENDED, TOTALS, UNKNOWN
from members.access import visible
from members.narrowing import BodyFilter, DayFilter, entries
from reports import charts
from reports.statistics.nouns import days_of, month_of
from reports.statistics.tables import Cell, Table, figure, link, names, share, values
from reports.statistics.years import Year

Outcome = Attendance.Outcome
# Code of a filter → (heading, outcomes that it counts).
GROUPS = {
    "attended": ("出席", set(ATTENDED)),
    "leave": ("请假", {Outcome.LEAVE}),
    "absent": ("缺席", {Outcome.ABSENT}),
    "exempt": ("免于出席", {Outcome.EXEMPT}),
    "unknown": ("未登记", {UNKNOWN}),
}
RECORDED = ("recorded", "已登记的全部")
WORDS = {outcome: name for name, outcomes in TOTALS for outcome in outcomes}
NOTES = [
    "应到：半天（全天算一场）在本年的各场次，应到名单上的人每场算一人次；报名参加的活动，报了名的才算应到。",
    "出席：登记为出席、迟到、早退或部分参加的人次。未登记不算缺席，单列。",
    "出席率：出席 ÷（应到 − 免于出席 − 未登记），即已登记的人次中出席的比例。",
]
# From an invitation to a sitting, and from an attendance.
PATHS = {
    "kind": ("activity__kind", "sitting__activity__kind"),
    "month": ("activity__sittings__held_on", "sitting__held_on"),
    "sector": ("seat__sector__name", "seat__sector__name"),
    "special": ("seat__special_committee__name", "seat__special_committee__name"),
}
HEADINGS = ["应到", *(name for name, _ in GROUPS.values()), "出席率"]


@dataclass(frozen=True, slots=True)
class Turnout:
    """``counts``: {code of GROUPS: 人次}."""

    expected: int
    counts: dict[str, int]

    @property
    def recorded(self) -> int:
        return self.expected - self.counts["exempt"] - self.counts["unknown"]

    @property
    def rate(self) -> Cell:
        return share(self.counts["attended"], self.recorded)

    def cells(self, year: Year, **query: object) -> list[Cell]:
        """Under HEADINGS."""
        found = [figure(self.expected, url(year, **query))]
        found += [figure(count, url(year, outcome=code, **query)) for code, count in self.counts.items()]
        return [*found, self.rate]


def url(year: Year, **query: object) -> str:
    return link("statistics_attendance_records", year.number, **query)


def turnouts(year: Year, by: str, until: datetime.date | None = None) -> dict[Any, Turnout]:
    """{kind, month, sector or special: its turnout}, of the year or up to a day of it. Two queries."""
    between = {"gte": year.first, "lte": until or year.last}
    invited = visible(year.user, Invitation).filter(
        **{f"activity__sittings__held_on__{lookup}": day for lookup, day in between.items()}
    )
    marked = visible(year.user, Attendance).filter(
        **{f"sitting__held_on__{lookup}": day for lookup, day in between.items()}
    )
    one, other = (month_of(path, year.number) if by == "month" else F(path) for path in PATHS[by])
    expected = dict(invited.order_by().annotate(of=one).values_list("of").annotate(Count("pk")))
    outcomes: dict[Any, Counter] = {name: Counter() for name in expected}
    for name, outcome, count in marked.order_by().annotate(of=other).values_list("of", "outcome").annotate(Count("pk")):
        outcomes.setdefault(name, Counter())[outcome] += count
    return {name: _turnout(expected.get(name, 0), counted) for name, counted in outcomes.items()}


def _turnout(expected: int, outcomes: Counter) -> Turnout:
    outcomes[UNKNOWN] = expected - outcomes.total()
    return Turnout(expected, {code: sum(outcomes[one] for one in group) for code, (_, group) in GROUPS.items()})


def total(found: dict[Any, Turnout]) -> Turnout:
    counts = {code: sum(one.counts[code] for one in found.values()) for code in GROUPS}
    return Turnout(sum(one.expected for one in found.values()), counts)


NOBODY = Turnout(0, dict.fromkeys(GROUPS, 0))


# ---------------------------------------------------------------- the page
def tables(year: Year) -> list[Table]:
    """By kind of meeting and by month; four queries."""
    kinds, months = turnouts(year, "kind"), turnouts(year, "month")
    by_kind = [
        [Cell(label), *kinds[kind].cells(year, kind=kind)] for kind, label in Activity.Kind.choices if kind in kinds
    ]
    by_month = [
        [Cell(f"{month}月"), *months.get(month, NOBODY).cells(year, **days_of(year, month))] for month in range(1, 13)
    ]
    foot = [Cell("合计"), *total(kinds).cells(year)]
    return [
        _table("kinds", "按会议活动类型", "类型", by_kind, foot),
        _table("months", "按月份", "月份", by_month, foot),
    ]


def _table(code: str, heading: str, of: str, rows: list[list[Cell]], foot: list[Cell]) -> Table:
    drawn = [
        charts.lying(
            f"{heading}：应到与出席（人次）",
            names(rows),
            [charts.Series("应到", values(rows, 1)), charts.Series("出席", values(rows, 2))],
        )
    ]
    return Table(code, heading, [of, *HEADINGS], rows, NOTES, foot, drawn if rows else [])


# ---------------------------------------------------------------- the records behind the figures
def pairs(year: Year) -> QuerySet:
    """Everybody invited × every half-day of the year, the latest first, each with what is recorded.

    ``held_on``, ``half``, ``title`` and ``activity_id`` of the half-day; ``outcome`` None for 未登记; ``mark`` the primary
    key of the attendance or None.
    """
    marks = Attendance.objects.filter(sitting=OuterRef("sitting_id"), seat=OuterRef("seat"))
    rows = visible(year.user, Invitation).filter(
        activity__sittings__held_on__gte=year.first, activity__sittings__held_on__lte=year.last
    )
    return (
        rows.annotate(
            sitting_id=F("activity__sittings__pk"),
            sitting_public_id=F("activity__sittings__public_id"),
            held_on=F("activity__sittings__held_on"),
            half=F("activity__sittings__half"),
            lead_sector=F("seat__sector__name"),
            lead_special=F("seat__special_committee__name"),
        )
        .annotate(outcome=Subquery(marks.values("outcome")[:1]), mark=Subquery(marks.values("pk")[:1]))
        .select_related("activity", "seat__member", "seat__sector", "seat__special_committee")
        .order_by("-held_on", "half", "activity_id", "seat__member__stroke_key", "seat_id")
    )


class PairFilter(BodyFilter, DayFilter):
    day = "held_on"

    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *Activity.Kind.choices])
    outcome = forms.ChoiceField(
        label="出席情况",
        required=False,
        choices=[("", "全部"), RECORDED, *((code, name) for code, (name, _) in GROUPS.items())],
    )

    field_order = ["kind", "outcome", "sector", "special"]
    more = DayFilter.days

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        if self.chosen("kind"):
            rows = rows.filter(activity__kind=self.chosen("kind"))
        if self.chosen("outcome"):
            rows = rows.filter(**_recorded(self.chosen("outcome")))
        return rows

    def entered(self, rows: Any, first: datetime.date | None, last: datetime.date | None) -> Any:
        return rows.filter(mark__in=entries(Attendance, first, last).values("id"))

    def with_bodies(self, rows: Any) -> Any:
        return rows  # ``pairs`` has them already


def _recorded(code: str) -> dict[str, Any]:
    if code == RECORDED[0]:
        return {"mark__isnull": False}
    return {"outcome__isnull": True} if code == "unknown" else {"outcome__in": [str(one) for one in GROUPS[code][1]]}


def half_name(code: str) -> str:
    return str(Sitting.Half(code).label)
