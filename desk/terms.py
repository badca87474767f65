"""A new 届 from the old: its sectors, the seats of those who stay, their posts and groups; all in one act."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q

from audit.actions import act
from audit.history import create_all, delete_all, update_all
from audit.models import Action
from desk.undo import take_back
from members.bulk import SeatEntry, add_seats
from members.models import Committee, Grant, GroupMembership, Post, PostCode, Seat, Sector, Term, User
from members.parts import add_sector, add_term
from members.signals import announce, gathered

SUCCESSION = "换届"
ONE_DAY = datetime.timedelta(days=1)
NAMED = 5


@dataclass(frozen=True, slots=True)
class Succession:
    """What is to happen: who of the old term's seats goes on in the new one."""

    old: Term
    number: int
    starts_on: datetime.date
    staying: Sequence[Seat]
    leaving: Sequence[Seat]

    @property
    def last_day(self) -> datetime.date:
        """Of the old term and its seats."""
        return self.starts_on - ONE_DAY

    @property
    def posts(self) -> int:
        """How many of those who stay hold a post above that of an ordinary member."""
        held = Post.objects.filter(seat__in=[seat.pk for seat in self.staying]).exclude(code=PostCode.MEMBER)
        return held.filter(Q(to_on__isnull=True) | Q(to_on__gte=self.last_day)).count()

    @property
    def memberships(self) -> int:
        return len(_memberships(self))

    @property
    def sectors(self) -> int:
        return self.old.sectors.count()


def last_term(committees: Collection[int]) -> Term | None:
    """The newest term of the first of these committees."""
    terms = Term.objects.filter(committee__in=committees).select_related("committee")
    return terms.order_by("committee", "-number").first()


def seats_of(term: Term) -> list[Seat]:
    """Who serves in a term and has not left, by sector."""
    seats = Seat.objects.filter(term=term, left_on__isnull=True)
    seats |= Seat.objects.filter(term=term, left_on=term.ends_on)
    return list(
        seats.select_related("member", "sector").order_by(
            "sector__position", "sector__name", "member__stroke_key", "number"
        )
    )


def check_succession(committee: Committee, old: Term, number: int, starts_on: datetime.date) -> None:
    """ValidationError: {field: sentence} for a number in use or a day at which the old term cannot end."""
    taken = Term.objects.filter(committee=committee, number=number).first()
    if taken:
        raise ValidationError({"number": f"{taken}已经有了，请填新一届的届次。"})
    if number <= old.number:
        raise ValidationError({"number": f"新一届的届次应大于{old}，请改正。"})
    if starts_on <= old.starts_on + ONE_DAY:
        raise ValidationError({"starts_on": f"新一届的开始日期应晚于{old}的开始日期 {old.starts_on}，请改正。"})
    late = Seat.objects.filter(term=old, joined_on__gte=starts_on).select_related("member")
    if late:
        names = "、".join(str(seat) for seat in late[:NAMED])
        raise ValidationError(
            {
                "starts_on": f"{old}有 {len(late)} 名委员的任职开始日期不早于 {starts_on}：{names}。请先改正他们的任职日期。"
            }
        )


def start_term(*, user: User | None, succession: Succession, grant: Grant | None = None) -> Term:
    """Everything or nothing. Those who leave keep the old seat alone; who stays has a seat in each term.

    ValidationError as check_succession, or of the rows themselves.
    """
    old, committee = succession.old, succession.old.committee
    check_succession(committee, old, succession.number, succession.starts_on)
    with act(user=user, verb=SUCCESSION, grant=grant, committee=committee), gathered(start_term):
        new = add_term(
            user=user, committee=committee, number=succession.number, starts_on=succession.starts_on, grant=grant
        )
        sectors = _copy_sectors(user, old, new)
        posts = _last_posts(succession)
        memberships = _memberships(succession)
        entries = [_entry(seat, sectors, posts, succession.starts_on) for seat in succession.staying]
        seats = add_seats(user=user, committee=committee, term=new, entries=entries, grant=grant) if entries else []
        by_member = {seat.member_id: seat for seat in seats}
        joined = [
            GroupMembership(
                committee=committee,
                seat=by_member[row.seat.member_id],
                group_id=row.group_id,
                from_on=succession.starts_on,
            )
            for row in memberships
        ]
        create_all(GroupMembership, joined)
        _end(old, succession.last_day)
    return new


def succession_of(term: Term) -> Action | None:
    """The act that made this term out of another, if one did."""
    first = term.history.order_by("history_id").select_related("action").first()
    return first.action if first is not None and first.action.verb == SUCCESSION else None


def undo_succession(*, user: User | None, term: Term, grant: Grant | None = None) -> None:
    """The old term goes on as if nothing had been. desk.undo.UndoRefused when the new one is already used."""
    action = succession_of(term)
    if action is None:
        raise ValidationError(f"{term}不是由换届建立的，没有可以撤销的内容。")
    with act(user=user, verb="撤销换届", grant=grant, committee=term.committee):
        take_back(action)


# ---------------------------------------------------------------- parts of the above
def _copy_sectors(user: User | None, old: Term, new: Term) -> dict[int, Sector]:
    """{primary key of the old sector: the new one}"""
    return {
        sector.pk: add_sector(
            user=user,
            committee=new.committee,
            term=new,
            code=sector.code,
            name=sector.name,
            position=sector.position,
        )
        for sector in old.sectors.order_by("position", "name")
    }


def _last_posts(succession: Succession) -> dict[int, str]:
    """{seat: code} of the post that each seat holds when the old term ends."""
    posts = Post.objects.filter(seat__term=succession.old).order_by("from_on")
    return {post.seat_id: post.code for post in posts if post.from_on <= succession.last_day}


def _memberships(succession: Succession) -> list[GroupMembership]:
    """The groups that those who stay belong to when the old term ends."""
    lasting = Q(to_on__isnull=True) | Q(to_on__gte=succession.last_day)
    staying = {seat.pk for seat in succession.staying}
    rows = GroupMembership.objects.filter(lasting, seat__term=succession.old, group__closed_on__isnull=True)
    met: dict[tuple[int, int], GroupMembership] = {}
    for row in rows.select_related("seat"):
        if row.seat_id in staying:
            met[row.seat_id, row.group_id] = row
    return list(met.values())


def _entry(seat: Seat, sectors: dict[int, Sector], posts: dict[int, str], day: datetime.date) -> SeatEntry:
    code = posts.get(seat.pk, PostCode.MEMBER)
    return SeatEntry(
        number=seat.number,
        name=seat.member.name,
        member=seat.member,
        sector=sectors[seat.sector_id],
        joined_on=day,
        posts=((code, day, None),),
        unit=seat.unit,
        duty=seat.duty,
        place=seat.place,
        special_committee=seat.special_committee,
        second_special_committee=seat.second_special_committee,
    )


def _end(old: Term, last_day: datetime.date) -> None:
    """The old term, its seats, posts and group memberships end; what would have begun later goes."""
    if old.ends_on is None or old.ends_on > last_day:
        old.ends_on = last_day
        old.save()
    seats = list(
        Seat.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=last_day), term=old).select_related("subject")
    )
    for seat in seats:
        seat.left_on = last_day
    update_all(Seat, seats, ["left_on"])
    for model in (Post, GroupMembership):
        lasting = Q(to_on__isnull=True) | Q(to_on__gt=last_day)
        rows = list(model.objects.filter(lasting, seat__term=old))
        delete_all(model, [row for row in rows if row.from_on > last_day])
        ending = [row for row in rows if row.from_on <= last_day]
        for row in ending:
            row.to_on = last_day
        update_all(model, ending, ["to_on"])
    announce(Seat, [("subject", seat.subject.pk) for seat in seats])
