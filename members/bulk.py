"""Verbs on many seats at once, for sheets: the same rules as members/services.py, a constant number of queries."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all
from members.checks import check_fields, check_order, check_same_committee
from members.models import Committee, Grant, Member, Post, PostCode, Seat, Sector, SpecialCommittee, Subject, Term, User
from members.services import Span, seat_ids, set_name, set_telephone
from members.signals import announce


@dataclass(frozen=True, slots=True)
class SeatEntry:
    """One new seat; ``member`` is the person when already known from an earlier term, with ``name`` for a new one."""

    number: str
    name: str
    sector: Sector
    joined_on: datetime.date
    posts: tuple[Span, ...] = ()  # empty: an ordinary member all the time
    member: Member | None = None
    sex: str = ""
    ethnicity: str = ""
    party: str = ""
    birth_on: datetime.date | None = None
    telephone: str = ""
    unit: str = ""
    duty: str = ""
    place: str = ""
    special_committee: SpecialCommittee | None = None
    second_special_committee: SpecialCommittee | None = None
    left_on: datetime.date | None = None


def add_seats(
    *, user: User | None, committee: Committee, term: Term, entries: Sequence[SeatEntry], grant: Grant | None = None
) -> list[Seat]:
    """Seats with their people, posts and subjects; all ids follow from term and number. All or none are stored.

    ValidationError: {field: sentence}, without saying of which entry: callers check rows before they come here.
    """
    for name in ("sector", "special_committee", "second_special_committee"):
        check_same_committee(committee, **{name: [getattr(entry, name) for entry in entries]})
    ids = [seat_ids(committee, term, entry.number) for entry in entries]
    people = [entry.member or _person(committee, entry, keys) for entry, keys in zip(entries, ids, strict=True)]
    seats = [
        _seat(committee, term, entry, keys, person) for entry, keys, person in zip(entries, ids, people, strict=True)
    ]
    _check_numbers(term, seats)
    with act(user=user, verb="新增委员", grant=grant, committee=committee):
        create_all(Member, [person for entry, person in zip(entries, people, strict=True) if entry.member is None])
        for seat, person in zip(seats, people, strict=True):
            seat.member = person
        create_all(Seat, seats)
        subjects = [
            Subject(committee=committee, kind=Subject.Kind.MEMBER, seat=seat, public_id=keys["subject"])
            for seat, keys in zip(seats, ids, strict=True)
        ]
        create_all(Subject, subjects)
        create_all(Post, [post for parts in zip(seats, entries, ids, strict=True) for post in _posts(*parts)])
        announce(Seat, [("subject", subject.pk) for subject in subjects])
    return seats


def _person(committee: Committee, entry: SeatEntry, ids: Mapping[str, uuid.UUID]) -> Member:
    person = Member(
        public_id=ids["member"],
        committee=committee,
        sex=entry.sex,
        ethnicity=entry.ethnicity,
        party=entry.party,
        birth_on=entry.birth_on,
    )
    set_name(person, entry.name)
    set_telephone(person, entry.telephone)
    check_fields(person)
    return person


def _seat(committee: Committee, term: Term, entry: SeatEntry, ids: Mapping[str, uuid.UUID], person: Member) -> Seat:
    seat = Seat(
        public_id=ids["seat"],
        committee=committee,
        term=term,
        member=person,
        number=entry.number,
        place=entry.place,
        unit=entry.unit,
        duty=entry.duty,
        sector=entry.sector,
        special_committee=entry.special_committee,
        second_special_committee=entry.second_special_committee,
        joined_on=entry.joined_on,
        left_on=entry.left_on,
    )
    check_fields(seat)
    check_order("left_on", seat.joined_on, seat.left_on, ("任职开始", "任职结束"))
    if seat.sector.term_id != term.pk:
        raise ValidationError({"sector": f"界别“{seat.sector}”不是{term}的界别，请改选{term}的界别。"})
    if seat.special_committee_id and seat.special_committee_id == seat.second_special_committee_id:
        raise ValidationError(
            {"second_special_committee": f"两个专门委员会都是“{seat.special_committee}”，第二个请改选或留空。"}
        )
    return seat


def _check_numbers(term: Term, seats: Sequence[Seat]) -> None:
    met = set(Seat.objects.filter(term=term).values_list("number", flat=True))
    for seat in seats:
        if seat.number in met:
            raise ValidationError({"number": f"委员编号“{seat.number}”已有人使用，请改用别的编号。"})
        met.add(seat.number)


def _posts(seat: Seat, entry: SeatEntry, ids: Mapping[str, uuid.UUID]) -> list[Post]:
    spans = entry.posts or ((PostCode.MEMBER, entry.joined_on, entry.left_on),)
    rows = [
        Post(committee=seat.committee, seat=seat, code=code, from_on=first, to_on=last) for code, first, last in spans
    ]
    rows[0].public_id = ids["post"]
    for row in rows:
        check_fields(row)
        check_order("to_on", row.from_on, row.to_on, ("职务开始日期", "职务结束日期"))
    return rows
