"""Verbs on a committee and its named parts. Their ids follow from their codes, so every database has the same."""

import datetime
import uuid
from typing import Any

from audit.actions import act
from members.checks import check_same_committee
from members.ids import natural_id
from members.models import Committee, Grant, Group, Office, Sector, SpecialCommittee, Subject, Term, User
from members.signals import announce


def add_committee(
    *,
    user: User | None,
    code: str,
    name: str,
    short_name: str,
    level: str,
    parent: Committee | None = None,
    is_demonstration: bool = False,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Committee:
    row = Committee(
        public_id=public_id or natural_id(code, "committee"),
        code=code,
        name=name,
        short_name=short_name,
        level=level,
        parent=parent,
        is_demonstration=is_demonstration,
    )
    row.full_clean()
    with act(user=user, verb="新增委员会", grant=grant):
        row.save()
    return row


def add_term(
    *,
    user: User | None,
    committee: Committee,
    number: int,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Term:
    row = Term(committee=committee, number=number, starts_on=starts_on, ends_on=ends_on)
    return _add_part(user, grant, "新增届", row, public_id, "term", str(number))


def add_sector(
    *,
    user: User | None,
    committee: Committee,
    term: Term,
    code: str,
    name: str,
    position: int = 0,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Sector:
    check_same_committee(committee, term=term)
    row = Sector(committee=committee, term=term, code=code, name=name, position=position)
    return _add_part(user, grant, "新增界别", row, public_id, "sector", str(term.number), code)


def add_office(
    *,
    user: User | None,
    committee: Committee,
    code: str,
    name: str,
    position: int = 0,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Office:
    row = Office(committee=committee, code=code, name=name, position=position)
    return _add_part(user, grant, "新增处室", row, public_id, "office", code)


def add_special_committee(
    *,
    user: User | None,
    committee: Committee,
    code: str,
    name: str,
    position: int = 0,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> SpecialCommittee:
    """The special committee together with its subject."""
    row = SpecialCommittee(committee=committee, code=code, name=name, position=position)
    with act(user=user, verb="新增专门委员会", grant=grant, committee=committee):
        _add_part(user, grant, "新增专门委员会", row, public_id, "special_committee", code)
        add_subject_for(user=user, special_committee=row)
    return row


def add_group(
    *,
    user: User | None,
    committee: Committee,
    code: str,
    name: str,
    kind: str,
    position: int = 0,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Group:
    """The group together with its subject."""
    row = Group(committee=committee, code=code, name=name, kind=kind, position=position)
    with act(user=user, verb="新增活动组", grant=grant, committee=committee):
        _add_part(user, grant, "新增活动组", row, public_id, "group", code)
        add_subject_for(user=user, group=row)
    return row


def add_subject_for(
    *, user: User | None, special_committee: SpecialCommittee | None = None, group: Group | None = None
) -> Subject:
    """Make a special committee or a group something that can be scored; its subject's id follows from its own."""
    part = special_committee or group
    kind = Subject.Kind.SPECIAL_COMMITTEE if special_committee else Subject.Kind.GROUP
    row = Subject(committee=part.committee, kind=kind, special_committee=special_committee, group=group)
    row.public_id = natural_id(part.committee.code, "subject", str(part.public_id))
    with act(user=user, verb="新增考核对象", committee=part.committee):
        row.full_clean()
        row.save()
        announce(Subject, [("subject", row.pk)])
    return row


def _add_part(user: User | None, grant: Grant | None, verb: str, row: Any, public_id: Any, *key: str) -> Any:
    """Store a named part of a committee, whose id follows from its code unless one is given."""
    row.public_id = public_id or natural_id(row.committee.code, *key)
    with act(user=user, verb=verb, grant=grant, committee=row.committee):
        row.full_clean()
        row.save()
    return row
