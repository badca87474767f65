"""What seems to be there twice: one matter under two headings, one trip entered by two offices, two people of one name."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count
from django.urls import reverse

from activities.models import Attendance, Contribution
from desk.gaps import Finder, Gap, Mend
from members.access import Verb, may, visible
from members.models import Member, Seat, User
from members.titles import likeness
from opinions.models import OpinionReport
from proposals.models import Proposal

ALIKE = 0.75  # of titles; see tests/desk/test_gaps.py for the pairs it was chosen on
COUNTED_PROPOSALS = ("submitted", "filed", "not_filed", "merged")
AT_PLACE = ("present", "late", "left_early", "partial")
NAMED = 5


@dataclass(frozen=True, slots=True)
class _Work:
    """Something that carries a title and a signer."""

    heading: str
    page: str
    public_id: str
    title: str
    matter: str  # what it is already known to be the same as: "proposal/<public id>", or ""
    committee_id: int
    office_id: int

    @property
    def key(self) -> str:
        return f"{self.page}/{self.public_id}"


# ---------------------------------------------------------------- one matter, two headings
def matters_under_two_headings(user: User, year: int) -> Iterator[Gap]:
    """Works of one person, of different kinds and with nearly the same title, that are not linked to one another."""
    of_seat = defaultdict(list)
    for seat, name, work in [*_proposals(user, year), *_reports(user, year), *_contributions(user, year)]:
        of_seat[seat, name].append(work)
    found: dict[str, tuple[_Work, _Work, list[str]]] = {}
    for (_, name), works in of_seat.items():
        for one, other in combinations(works, 2):
            if one.heading == other.heading or one.key == other.matter or other.key == one.matter:
                continue
            if likeness(one.title, other.title) >= ALIKE:
                first, second = sorted((one, other), key=lambda work: work.key)
                found.setdefault(f"matter/{first.key}/{second.key}", (first, second, []))[2].append(name)
    for key, (one, other, names) in sorted(found.items(), key=lambda pair: pair[1][0].title):
        yield Gap(
            key=key,
            title=f"{one.heading}“{one.title}”与{other.heading}“{other.title}”",
            detail=f"都记在{'、'.join(names[:NAMED])}名下，题目相近。如是同一件事，请撤销或删除其中一条，或在信息里填写来源提案。",
            mends=(
                Mend(f"打开{one.heading}", reverse(one.page, args=[one.public_id])),
                Mend(f"打开{other.heading}", reverse(other.page, args=[other.public_id])),
            ),
            committee_id=one.committee_id,
            office_id=one.office_id,
        )


def _proposals(user: User, year: int) -> Iterator[tuple[int, str, _Work]]:
    rows = visible(user, Proposal).filter(year=year, state__in=COUNTED_PROPOSALS, proposers__is_confirmed=True)
    columns = ("public_id", "title", "committee", "office", "proposers__seat", "proposers__seat__member__name")
    for public_id, title, committee, office, seat, name in rows.values_list(*columns):
        yield seat, name, _Work("提案", "proposal", str(public_id), title, "", committee, office)


def _reports(user: User, year: int) -> Iterator[tuple[int, str, _Work]]:
    rows = visible(user, OpinionReport).filter(year=year, reporters__is_confirmed=True).exclude(state="draft")
    columns = (
        "public_id",
        "title",
        "matter",
        "committee",
        "office",
        "reporters__seat",
        "reporters__seat__member__name",
    )
    for public_id, title, matter, committee, office, seat, name in rows.values_list(*columns):
        yield seat, name, _Work("社情民意", "opinion", str(public_id), title, matter, committee, office)


def _contributions(user: User, year: int) -> Iterator[tuple[int, str, _Work]]:
    rows = visible(user, Contribution).filter(happened_on__year=year).exclude(state="returned")
    columns = (
        "public_id",
        "title",
        "kind__name",
        "committee",
        "office",
        "subject__seat",
        "subject__seat__member__name",
    )
    for public_id, title, kind, committee, office, seat, name in rows.values_list(*columns):
        if seat is not None:
            yield seat, name, _Work(kind, "contribution", str(public_id), title, "", committee, office)


# ---------------------------------------------------------------- one trip, two offices
def trips_of_two_offices(user: User, year: int) -> Iterator[Gap]:
    """Two activities of different offices on one half-day with the same people at both: nobody is at two places."""
    columns = (
        "seat__member__name sitting__held_on sitting__half sitting__activity__public_id sitting__activity__name "
        "sitting__activity__office sitting__activity__office__name committee seat"
    ).split()
    rows = visible(user, Attendance).filter(sitting__held_on__year=year, outcome__in=AT_PLACE).values_list(*columns)
    at: dict[tuple[int, datetime.date], list[tuple]] = defaultdict(list)
    for name, day, half, activity, title, office, office_name, committee, seat in rows:
        at[seat, day].append((half, str(activity), title, office, office_name, committee, name))
    found: dict[tuple, list[str]] = defaultdict(list)
    for (_, day), places in at.items():
        for one, other in combinations(sorted(places), 2):
            overlap = one[0] == other[0] or "day" in (one[0], other[0])
            if overlap and one[1] != other[1] and one[3] != other[3]:
                found[day, *sorted((one[1:6], other[1:6]))].append(one[6])
    for (day, one, other), names in sorted(found.items()):
        more = f"等 {len(names)} 人" if len(names) > NAMED else ""
        yield Gap(
            key=f"trip/{one[0]}/{other[0]}/{day.isoformat()}",
            title=f"“{one[1]}”（{one[3]}）与“{other[1]}”（{other[3]}）",
            detail=f"{day:%Y-%m-%d}同一时段，{'、'.join(names[:NAMED])}{more}在两处都记为出席。如是同一次活动，请删去其中一条。",
            mends=tuple(Mend(f"打开“{a[1]}”", reverse("activity", args=[a[0]])) for a in (one, other)),
            committee_id=one[4],
            office_id=one[2],
        )


# ---------------------------------------------------------------- namesakes
def namesakes(user: User, year: int) -> Iterator[Gap]:
    """Members of one committee with the same name: one person entered twice, or two who must be told apart."""
    if not may(user, Verb.VIEW, Member):
        return
    people = visible(user, Member)
    twice = people.order_by().values("committee", "name").annotate(count=Count("pk")).filter(count__gt=1)
    names = {(one["committee"], one["name"]) for one in twice}
    seats = visible(user, Seat).filter(member__name__in=[name for _, name in names]).select_related("member", "sector")
    of_name = defaultdict(list)
    for seat in seats.order_by("member", "-joined_on"):
        if (seat.committee_id, seat.member.name) in names:
            of_name[seat.committee_id, seat.member.name].append(seat)
    for (committee, name), some in sorted(of_name.items()):
        if len({seat.member_id for seat in some}) < 2:
            continue
        who = "；".join(f"{seat.number} {seat.sector}" + (f" {seat.unit}" if seat.unit else "") for seat in some)
        ids = "/".join(sorted({str(seat.member.public_id) for seat in some}))
        key = uuid.uuid5(uuid.NAMESPACE_OID, ids)  # short enough for any number of them
        yield Gap(
            key=f"namesakes/{key}",
            title=name,
            detail=f"同名委员：{who}。登记时请按编号区分；如是同一个人重复建档，请合并。",
            mends=tuple(Mend(f"打开 {seat.number}", reverse("seat", args=[seat.public_id])) for seat in some),
            committee_id=committee,
        )


DOUBLES: list[tuple[str, str, str, Finder]] = [
    (
        "matters",
        "一件事记在两处",
        "同一位委员名下，不同类型、题目相近的记录，可能重复计分。",
        matters_under_two_headings,
    ),
    ("trips", "一次活动两个处室都登记", "同一半天，同一批人在两个处室登记的活动上都出席。", trips_of_two_offices),
    ("namesakes", "同名的委员", "登记和导入时容易记错人；也可能是同一个人建了两次档。", namesakes),
]
