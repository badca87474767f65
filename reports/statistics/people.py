"""Members with nothing yet, and those who have only co-signed: for the chair's office alone."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from activities.models import Attendance, Contribution
from activities.overview import ATTENDED
from members.access import visible
from members.models import Seat
from opinions.models import Reporter
from proposals.models import Proposer
from reports import charts
from reports.statistics.tables import Cell, Table, figure, link, names, values
from reports.statistics.years import Year
from scoring.subjects import subjects

NONE = {"proposals": False, "opinions": False, "contributions": False, "attendance": False}
# Code of the filter → (heading, condition on rows of ``seats``).
WANTED: dict[str, tuple[str, Q]] = {
    "anything": ("各项都还没有记录", Q(**{f"has_{name}": has for name, has in NONE.items()})),
    "proposals": ("没有提案", Q(has_proposals=False)),
    "opinions": ("没有社情民意", Q(has_opinions=False)),
    "contributions": ("没有其他履职记录", Q(has_contributions=False)),
    "attendance": ("没有出席记录", Q(has_attendance=False)),
    "cosigned": ("提案都是联名", Q(has_proposals=True, has_led=False)),
}
EVERYBODY = "nobody"  # without nothing: the whole list
NOTES = [
    "委员：本年度考核名单上的委员；还没有年度考核的，为本年内任职的委员。一人只算一次。",
    "提案、社情民意：本年度的，署名（本人已确认）即算，草稿和退回的不计；其他履职：日期在本年、已核实的；"
    "出席：本年各场次登记为出席、迟到、早退或部分参加的。未登记的场次不说明没有出席，请先补登。",
    "提案都是联名：本年度有提案，但没有一件是第一提案人或集体提案主要执笔人。只供了解情况，不作评价。",
]


def seats(year: Year) -> QuerySet[Seat]:
    """The year's members by strokes, each with ``has_…`` of what the person did in the committee."""
    rows = visible(year.user, Seat).filter(committee=year.committee)
    if year.assessment:
        rows = rows.filter(subject__in=subjects(year.assessment))
    else:
        rows = rows.serving_between(year.first, year.last)
    mine = {"seat__member": OuterRef("member"), "committee": OuterRef("committee")}
    signed = visible(year.user, Proposer).filter(**mine, is_confirmed=True, proposal__year=year.number)
    signed = signed.exclude(proposal__state__in=["draft", "returned"])
    written = visible(year.user, Reporter).filter(**mine, is_confirmed=True, report__year=year.number)
    written = written.exclude(report__state="draft")
    done = (
        visible(year.user, Contribution)
        .verified()
        .filter(
            subject__seat__member=OuterRef("member"),
            committee=OuterRef("committee"),
            happened_on__gte=year.first,
            happened_on__lte=year.last,
        )
    )
    there = visible(year.user, Attendance).filter(
        **mine, outcome__in=ATTENDED, sitting__held_on__gte=year.first, sitting__held_on__lte=year.last
    )
    return rows.annotate(
        has_proposals=Exists(signed),
        has_led=Exists(signed.exclude(role=Proposer.Role.COSIGNER)),
        has_opinions=Exists(written),
        has_contributions=Exists(done),
        has_attendance=Exists(there),
    ).in_stroke_order()


def wanted(year: Year, code: str) -> QuerySet[Seat]:
    """Those to whom a code of WANTED applies, or EVERYBODY."""
    condition = Q() if code == EVERYBODY else WANTED[code][1]
    return seats(year).filter(condition).select_related("member", "sector", "special_committee", "term")


def tables(year: Year) -> list[Table]:
    """One query."""
    tallies = {code: Count("pk", filter=condition) for code, (_, condition) in WANTED.items()}
    counts = seats(year).order_by().aggregate(everybody=Count("pk"), **tallies)
    rows = [[Cell(name), figure(counts[code], url(year, code))] for code, (name, _) in WANTED.items()]
    drawn = charts.lying("人数", names(rows), [charts.Series("人数", values(rows, 1))])
    foot = [Cell("全体委员"), figure(counts["everybody"], url(year, EVERYBODY))]
    return [Table("people", f"{year.number}年还没有记录的委员", ["情况", "人数"], rows, NOTES, foot, [drawn])]


def url(year: Year, code: str) -> str:
    return link("statistics_people", year.number, without=code) + "#who"


def cosigned(year: Year, found: list[Seat]) -> dict[Any, int]:
    """{seat's primary key: proposals of the year it signed}. One query."""
    rows = visible(year.user, Proposer).filter(seat__in=found, is_confirmed=True, proposal__year=year.number)
    rows = rows.exclude(proposal__state__in=["draft", "returned"])
    return dict(rows.order_by().values_list("seat").annotate(Count("pk")))
