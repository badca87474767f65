"""What people sign: a fact for each confirmed signer, for each of their groups once, and for a collective sponsor."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q

from members.models import GroupMembership, Seat
from scoring.facts.rows import Row, attributes


class Stage(NamedTuple):
    """One thing that happened to an object: "filed", or "adopted/city/<organ>" with its codes."""

    path: str
    happened_on: datetime.date
    codes: dict[str, str]


class Signer(NamedTuple):
    """A confirmed signer; signers of one object come in the order of their signatures."""

    seat_id: int
    member_id: int
    subject_id: int
    committee_id: int
    role: str


class Signed(NamedTuple):
    """One proposal or report."""

    kind: str
    public_id: object
    origin_on: datetime.date
    matter: str
    stages: list[Stage]
    signers: list[Signer]
    sponsor: tuple[int, int] | None = None  # subject, committee


class Membership(NamedTuple):
    """A seat belongs to a group or special committee (the ``subject_id``) from a day to a day (None: open)."""

    subject_id: int
    committee_id: int
    from_on: datetime.date
    to_on: datetime.date | None

    def holds_on(self, day: datetime.date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


Memberships = dict[int, list[Membership]]  # by seat


def memberships(seat_ids: Iterable[int]) -> Memberships:
    """Groups with the dates of the membership, special committees with those of the seat; two queries."""
    seat_ids = set(seat_ids)
    found = defaultdict(list)
    groups = GroupMembership.objects.filter(seat__in=seat_ids, group__subject__isnull=False)
    for seat, *membership in groups.values_list("seat_id", "group__subject", "group__committee_id", "from_on", "to_on"):
        found[seat].append(Membership(*membership))
    seats = Seat.objects.filter(
        Q(special_committee__isnull=False) | Q(second_special_committee__isnull=False), pk__in=seat_ids
    )
    for seat, first, second, *rest in seats.values_list(
        "pk",
        "special_committee__subject",
        "second_special_committee__subject",
        "committee_id",
        "joined_on",
        "left_on",
    ):
        found[seat] += [Membership(subject, *rest) for subject in (first, second) if subject is not None]
    return found


def rows(signed: Signed, groups: Memberships) -> Iterator[Row]:
    """The facts of one object, each (subject, key) once."""
    for stage in signed.stages:
        yield from _rows_of_stage(signed, stage, groups).values()


def _rows_of_stage(signed: Signed, stage: Stage, groups: Memberships) -> dict[int, Row]:
    found: dict[int, Row] = {}
    people = list(dict.fromkeys(signer.member_id for signer in signed.signers))
    place = {member: n for n, member in enumerate(people, 1)}  # who signed under two seats is one signer
    for signer in signed.signers:
        found[signer.subject_id] = _row(
            signed, stage, signer.subject_id, signer.committee_id, signer.role, place[signer.member_id], len(people)
        )
        for group in groups.get(signer.seat_id, ()):
            if group.holds_on(stage.happened_on) and group.subject_id not in found:
                found[group.subject_id] = _row(signed, stage, group.subject_id, group.committee_id, signer.role)
    if signed.sponsor and (signed.sponsor[0] not in {signer.subject_id for signer in signed.signers}):
        found[signed.sponsor[0]] = _row(signed, stage, *signed.sponsor, "collective")
    return found


def _row(
    signed: Signed, stage: Stage, subject: int, committee: int, role: str, position: int = 1, sharers: int = 1
) -> Row:
    source = f"{signed.kind}/{signed.public_id}"
    return Row(
        source=source,
        committee_id=committee,
        subject_id=subject,
        happened_on=stage.happened_on,
        key=f"{source}/{stage.path}",
        origin_on=signed.origin_on,
        kind=signed.kind,
        attributes=attributes(role=role, **stage.codes),
        quantity=100,
        position=position,
        sharers=sharers,
        matter=signed.matter,
    )
