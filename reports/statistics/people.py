"""Members with nothing yet, and those who have only co-signed: for the chair's office alone."""

from typing import Any

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When

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

# Code of the filter → heading.
WANTED = {
    "anything": "各项都还没有记录",
    "proposals": "没有提案",
    "opinions": "没有社情民意",
    "contributions": "没有其他履职记录",
    "attendance": "没有出席记录",
    "cosigned": "提案都是联名",
}
EVERYBODY = "nobody"  # without nothing: the whole list
NOTES = [
    "委员：本年度考核名单上的委员；还没有年度考核的，为本年内任职的委员。一人只算一次。",
    "提案、社情民意：本年度的，署名（本人已确认）即算，草稿和退回的不计；其他履职：日期在本年、已核实的；"
    "出席：本年各场次登记为出席、迟到、早退或部分参加的。未登记的场次不说明没有出席，请先补登。",
    "提案都是联名：本年度有提案，但没有一件是第一提案人或集体提案主要执笔人。只供了解情况，不作评价。",
]


def seats(year: Year) -> QuerySet[Seat]:
    """The year's members by strokes."""
    rows = visible(year.user, Seat).filter(committee=year.committee)
    if year.assessment:
        return rows.filter(subject__in=subjects(year.assessment)).in_stroke_order()
    return rows.serving_between(year.first, year.last).in_stroke_order()


def wanted(year: Year, code: str) -> QuerySet[Seat]:
    """Those to whom a code of WANTED applies, or EVERYBODY."""
    condition = Q() if code == EVERYBODY else _conditions(year)[code]
    return seats(year).filter(condition).select_related("member", "sector", "special_committee", "term")


def _conditions(year: Year) -> dict[str, Q]:
    """{code of WANTED: condition on seats}. By the person: who changed seats in the year did it all."""
    signed = _signed(year)
    written = visible(year.user, Reporter).filter(committee=year.committee, is_confirmed=True)
    done = visible(year.user, Contribution).verified().filter(committee=year.committee, subject__seat__isnull=False)
    there = visible(year.user, Attendance).filter(committee=year.committee, outcome__in=ATTENDED)
    have = {
        "proposals": _by(signed, "seat__member"),
        "opinions": _by(written.filter(report__year=year.number).exclude(report__state="draft"), "seat__member"),
        "contributions": _by(
            done.filter(happened_on__gte=year.first, happened_on__lte=year.last), "subject__seat__member"
        ),
        "attendance": _by(
            there.filter(sitting__held_on__gte=year.first, sitting__held_on__lte=year.last), "seat__member"
        ),
    }
    led = _by(signed.exclude(role=Proposer.Role.COSIGNER), "seat__member")
    lacking = {code: ~condition for code, condition in have.items()}
    return {
        "anything": lacking["proposals"] & lacking["opinions"] & lacking["contributions"] & lacking["attendance"],
        **lacking,
        "cosigned": have["proposals"] & ~led,
    }


def _signed(year: Year) -> QuerySet[Proposer]:
    rows = visible(year.user, Proposer).filter(committee=year.committee, is_confirmed=True, proposal__year=year.number)
    return rows.exclude(proposal__state__in=["draft", "returned"])


def _by(rows: QuerySet, member: str) -> Q:
    """Seats of the people that ``rows`` are about: a list made once, not asked for each seat."""
    return Q(member__in=rows.order_by().values(member))


def tables(year: Year) -> list[Table]:
    """One query."""
    tallies = {code: Count("pk", filter=condition) for code, condition in _conditions(year).items()}
    counts = seats(year).order_by().aggregate(everybody=Count("pk"), **tallies)
    rows = [[Cell(name), figure(counts[code], url(year, code))] for code, name in WANTED.items()]
    drawn = charts.lying("人数", names(rows), [charts.Series("人数", values(rows, 1))])
    foot = [Cell("全体委员"), figure(counts["everybody"], url(year, EVERYBODY))]
    return [Table("people", f"{year.number}年还没有记录的委员", ["情况", "人数"], rows, NOTES, foot, [drawn])]


def names_table(year: Year) -> Table:
    """Whom the figures are about, for the files: by strokes, a mark for each that applies. One query."""
    marks = {
        f"is_{code}": Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for code, condition in _conditions(year).items()
    }
    found = seats(year).annotate(**marks).select_related("member", "sector", "special_committee")
    rows = [
        [Cell(seat.member.name), Cell(seat.number), Cell(seat.sector.name), Cell(str(seat.special_committee or ""))]
        + [Cell("✓" if getattr(seat, mark) else "") for mark in marks]
        for seat in found
        if any(getattr(seat, mark) for mark in marks)
    ]
    columns = ["姓名", "委员编号", "界别", "专门委员会", *WANTED.values()]
    return Table("names", f"{year.number}年名单", columns, rows, NOTES)


def url(year: Year, code: str) -> str:
    return link("statistics_people", year.number, without=code) + "#who"


def cosigned(year: Year, found: list[Seat]) -> dict[Any, int]:
    """{seat's primary key: proposals of the year it signed}. One query."""
    return dict(_signed(year).filter(seat__in=found).order_by().values_list("seat").annotate(Count("pk")))
