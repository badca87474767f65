"""Verbs on committees and their people. Each runs in one act; those on accounts and on a committee's parts have files of their own."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audit.actions import act
from members.accounts import create_account
from members.checks import check_fields, check_order, check_same_committee
from members.grants import end_grant, grant_role
from members.ids import natural_id
from members.models import (
    Committee,
    Grant,
    Member,
    PostCode,
    Seat,
    Sector,
    SpecialCommittee,
    Subject,
    Term,
    User,
)
from members.names import LAST, full_pinyin, initials, normalise_name, stroke_key
from members.parts import (
    add_committee,
    add_group,
    add_office,
    add_sector,
    add_special_committee,
    add_subject_for,
    add_term,
)
from members.signals import announce
from members.spans import (
    Span,
    add_group_membership,
    end_group_membership,
    end_posts,
    set_groups,
    set_post,
    set_posts,
    write_posts,
)
from members.telephone import encrypt, lookup_hash, normalise_telephone

__all__ = [
    "add_committee",
    "add_group",
    "add_group_membership",
    "add_office",
    "add_seat",
    "add_sector",
    "add_special_committee",
    "add_subject_for",
    "add_term",
    "change_seat",
    "create_account",
    "end_grant",
    "end_group_membership",
    "grant_role",
    "place_by_hand",
    "seat_ids",
    "set_groups",
    "set_post",
    "set_posts",
]

SEAT_FIELDS = (
    "number",
    "place",
    "unit",
    "duty",
    "sector",
    "special_committee",
    "second_special_committee",
    "joined_on",
    "left_on",
    "not_scored_reason",
    "not_scored_from_on",
    "not_scored_to_on",
)
MEMBER_FIELDS = ("name", "sex", "ethnicity", "party", "birth_on", "telephone", "initials", "full_pinyin")
SCORED_FIELDS = {
    "sector",
    "special_committee",
    "second_special_committee",
    "joined_on",
    "left_on",
    "not_scored_reason",
    "not_scored_from_on",
    "not_scored_to_on",
    "party",
}


# ---------------------------------------------------------------- seats
def seat_ids(committee: Committee, term: Term, number: str) -> dict[str, uuid.UUID]:
    """Public ids of a seat's rows that follow from term and number, for sheets and the demonstration."""
    return {
        kind: natural_id(committee.code, kind, str(term.number), number)
        for kind in ("member", "seat", "subject", "post")
    }


def add_seat(
    *,
    user: User | None,
    committee: Committee,
    term: Term,
    number: str,
    name: str,
    sector: Sector,
    joined_on: datetime.date,
    post: str = PostCode.MEMBER,
    sex: str = "",
    ethnicity: str = "",
    party: str = "",
    birth_on: datetime.date | None = None,
    telephone: str = "",
    unit: str = "",
    duty: str = "",
    place: str = "",
    special_committee: SpecialCommittee | None = None,
    second_special_committee: SpecialCommittee | None = None,
    left_on: datetime.date | None = None,
    not_scored_reason: str = "",
    not_scored_from_on: datetime.date | None = None,
    not_scored_to_on: datetime.date | None = None,
    posts: Sequence[Span] | None = None,
    public_ids: Mapping[str, uuid.UUID] | None = None,
    grant: Grant | None = None,
) -> Seat:
    """A new person with a seat, the post(s) and the subject.

    ``post`` is held from ``joined_on`` to ``left_on``; ``posts`` replaces it where the post changed. ``public_ids`` may
    hold ids for member, seat, subject and post (see ``seat_ids``). ValidationError: {field: sentence}.
    """
    ids = public_ids or {}
    check_same_committee(
        committee,
        term=term,
        sector=sector,
        special_committee=special_committee,
        second_special_committee=second_special_committee,
    )
    member = Member(
        committee=committee,
        name=name,
        sex=sex,
        ethnicity=ethnicity,
        party=party,
        birth_on=birth_on,
        public_id=ids.get("member") or uuid.uuid4(),
    )
    set_name(member, name)
    set_telephone(member, telephone)
    seat = Seat(
        committee=committee,
        term=term,
        member=member,
        number=number.strip(),
        place=place,
        unit=unit,
        duty=duty,
        sector=sector,
        special_committee=special_committee,
        second_special_committee=second_special_committee,
        joined_on=joined_on,
        left_on=left_on,
        not_scored_reason=not_scored_reason,
        not_scored_from_on=not_scored_from_on,
        not_scored_to_on=not_scored_to_on,
        public_id=ids.get("seat") or uuid.uuid4(),
    )
    check_fields(member)
    _check_seat(seat)
    with act(user=user, verb="新增委员", grant=grant, committee=committee):
        member.save()
        seat.member = member
        seat.save()
        subject = Subject(
            committee=committee, kind=Subject.Kind.MEMBER, seat=seat, public_id=ids.get("subject") or uuid.uuid4()
        )
        subject.save()
        write_posts(seat, posts or [(post, joined_on, left_on)], ids.get("post"))
        announce(Seat, [("subject", subject.pk)])
    return seat


def change_seat(*, user: User | None, seat: Seat, reason: str = "", grant: Grant | None = None, **changes: Any) -> bool:
    """Change a seat and its person; ``changes`` may name SEAT_FIELDS and MEMBER_FIELDS. Returns whether anything did.

    A post ends with the seat: ``left_on`` also closes the posts that would outlast it.
    """
    unknown = set(changes) - set(SEAT_FIELDS) - set(MEMBER_FIELDS)
    if unknown:
        raise TypeError(f"a seat has no {', '.join(sorted(unknown))}")
    parts = {name: changes.get(name) for name in ("sector", "special_committee", "second_special_committee")}
    check_same_committee(seat.committee, **parts)
    member = seat.member
    before = _state(seat, SEAT_FIELDS) | _state(member, MEMBER_FIELDS)
    for name in SEAT_FIELDS:
        if name in changes:
            setattr(seat, name, changes[name])
    if "name" in changes and normalise_name(changes["name"]) != member.name:
        set_name(member, changes["name"])
    if "telephone" in changes and _digits(changes["telephone"]) != member.telephone_hash:
        set_telephone(member, changes["telephone"])
    for name in set(changes) & set(MEMBER_FIELDS) - {"name", "telephone"}:
        setattr(member, name, changes[name])
    after = _state(seat, SEAT_FIELDS) | _state(member, MEMBER_FIELDS)
    changed = {name for name in after if after[name] != before[name]}
    if not changed:
        return False
    check_fields(member)
    _check_seat(seat)
    with act(user=user, verb="修改委员", reason=reason, grant=grant, committee=seat.committee):
        if changed & set(MEMBER_FIELDS):
            member.save()
        if changed & set(SEAT_FIELDS):
            seat.save()
        if "left_on" in changed and seat.left_on:
            end_posts(seat, seat.left_on)
        if changed & SCORED_FIELDS:
            announce(Seat, [("subject", seat.subject.pk)])
    return True


def place_by_hand(*, user: User | None, member: Member, position: str, reason: str, grant: Grant | None = None) -> None:
    """Set a person's place in the stroke order by hand: after the name ``position``, at the end (LAST), or "" for none."""
    if position and not reason.strip():
        raise ValidationError(
            {"hand_position_reason": f"{member}改了手工排位，没有写理由。请写明理由，例如“‘䶮’字不在笔画表内”。"}
        )
    try:
        key = stroke_key(member.name, position if position == LAST else normalise_name(position))
    except ValueError as error:
        raise ValidationError({"hand_position": str(error)}) from error
    member.hand_position, member.hand_position_reason = position, reason.strip() if position else ""
    member.stroke_key = key
    check_fields(member)
    with act(user=user, verb="手工排位", reason=reason, grant=grant, committee=member.committee):
        member.save()


# ---------------------------------------------------------------- parts of the above
def set_name(member: Member, name: str) -> None:
    """The name in its one spelling, and the keys that follow from it (a hand-set place is kept)."""
    member.name = normalise_name(name)
    member.initials = initials(member.name)
    member.full_pinyin = full_pinyin(member.name)
    member.stroke_key = stroke_key(member.name, member.hand_position)


def set_telephone(member: Member, telephone: str) -> None:
    member.telephone_hash = _digits(telephone)
    member.telephone_cipher = encrypt(normalise_telephone(telephone)) if telephone.strip() else ""


def _digits(telephone: str) -> str:
    """The lookup hash; ValidationError in place of the ValueError of members.telephone."""
    try:
        return lookup_hash(telephone)
    except ValueError as error:
        raise ValidationError({"telephone": str(error)}) from error


def _state(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """The compared columns of a row; relations by key, the telephone by its hash."""
    state = {}
    for name in names:
        if name == "telephone":
            state[name] = row.telephone_hash
        else:
            state[name] = getattr(row, f"{name}_id" if row._meta.get_field(name).is_relation else name)
    return state


def _check_seat(seat: Seat) -> None:
    check_fields(seat)
    check_order("left_on", seat.joined_on, seat.left_on, ("任职开始", "任职结束"))
    _check_not_scored(seat)
    if seat.sector.term_id != seat.term_id:
        raise ValidationError({"sector": f"界别“{seat.sector}”不是{seat.term}的界别，请改选{seat.term}的界别。"})
    if seat.special_committee_id and seat.special_committee_id == seat.second_special_committee_id:
        raise ValidationError(
            {"second_special_committee": f"两个专门委员会都是“{seat.special_committee}”，第二个请改选或留空。"}
        )
    taken = Seat.objects.filter(term=seat.term, number=seat.number).exclude(pk=seat.pk).select_related("member").first()
    if taken:
        raise ValidationError({"number": f"委员编号“{seat.number}”已是{taken.member.name}的编号，请改用别的编号。"})


def _check_not_scored(seat: Seat) -> None:
    days = (seat.not_scored_from_on, seat.not_scored_to_on)
    check_order("not_scored_to_on", *days, ("不参加评价自", "不参加评价至"))
    if any(days) and not seat.not_scored_reason:
        raise ValidationError(
            {"not_scored_reason": f"{seat}写了不参加评价的日期，没有写理由。请写明理由，或清空日期。"}
        )
