"""Verbs on a committee and its named parts. Their ids follow from their codes, so every database has the same."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from audit.actions import act
from audit.history import delete_all, update_all
from audit.models import ActionStamp
from members.checks import check_fields, check_order, check_same_committee
from members.ids import natural_id
from members.models import (
    Committee,
    Grant,
    Group,
    GroupMembership,
    Office,
    Seat,
    Sector,
    SpecialCommittee,
    Subject,
    Term,
    User,
)
from members.signals import announce

Part = Term | Sector | Office | SpecialCommittee | Group

# What goes with a part when it is removed: its subject, a term's own list of sectors.
OWN: dict[type[models.Model], tuple[type[models.Model], str]] = {
    Term: (Sector, "term"),
    SpecialCommittee: (Subject, "special_committee"),
    Group: (Subject, "group"),
}


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


# ---------------------------------------------------------------- later
def change_part(*, user: User | None, part: Part, grant: Grant | None = None, **changes: Any) -> bool:
    """Rename a part, date its end, change a group's kind; returns whether anything did. ValidationError: {field: sentence}.

    A part ends only when nobody is in it any more: what is closed would otherwise go on in somebody's seat or grant.
    """
    before = {name: getattr(part, name) for name in changes}
    if before == changes:
        return False
    for name, value in changes.items():
        setattr(part, name, value)
    check_fields(part)
    _check_unique(part)
    if isinstance(part, Term):
        check_order("ends_on", part.starts_on, part.ends_on, ("开始日期", "结束日期"))
    field = "ends_on" if isinstance(part, Term) else "closed_on"
    last = changes.get(field)
    if last is not None and (staying := _staying(part, last).count()):
        what = _staying(part, last).model._meta.verbose_name
        raise ValidationError(
            {
                field: f"{last} 以后还有 {staying} 条{what}属于“{part}”。请先调整或结束它们，换届的请用“换届”，再填这个日期。"
            }
        )
    with act(user=user, verb=f"修改{part._meta.verbose_name}", grant=grant, committee=part.committee):
        part.save()
        if "closed_on" in changes:
            announce(Subject, [("subject", row.pk) for row in _own(part)])
    return True


def order_parts(*, user: User | None, parts: Sequence[Part], grant: Grant | None = None) -> int:
    """Number parts of one kind and committee in the order given; returns how many moved."""
    moved = []
    for position, part in enumerate(parts, start=1):
        if part.position != position:
            part.position = position
            moved.append(part)
    if moved:
        what = moved[0]._meta.verbose_name
        with act(user=user, verb=f"调整{what}顺序", grant=grant, committee=moved[0].committee):
            update_all(type(moved[0]), moved, ["position"])
    return len(moved)


def uses_of(part: Part) -> list[tuple[str, int]]:
    """[("会议活动", 12), …]: how many rows of which kind would lose the part; what is computed does not count."""
    counts: dict[str, int] = {}
    for row in (part, *_own(part)):
        for relation in row._meta.get_fields(include_hidden=True):
            other = relation.related_model
            is_reference = relation.auto_created and (relation.one_to_many or relation.one_to_one)
            if not is_reference or relation.on_delete is not models.PROTECT or issubclass(other, ActionStamp):
                continue
            if other is OWN.get(type(row), (None,))[0]:
                continue
            if count := other._base_manager.filter(**{relation.field.name: row}).count():
                label = str(other._meta.verbose_name)
                counts[label] = counts.get(label, 0) + count
    return list(counts.items())


def remove_part(*, user: User | None, part: Part, grant: Grant | None = None) -> None:
    """Remove a part that nothing uses. ValidationError says what uses it."""
    if uses := uses_of(part):
        listed = "、".join(f"{label} {count} 条" for label, count in uses)
        advice = "" if isinstance(part, Term | Sector) else "不再使用的可以停用：已有的记录保留，新的记录不再列出它。"
        raise ValidationError(f"“{part}”不能删除，下列记录用到了它：{listed}。{advice}")
    with act(user=user, verb=f"删除{part._meta.verbose_name}", grant=grant, committee=part.committee):
        for row in _own(part):
            row.delete()
        delete_all(type(part), [part])


def _own(part: Part) -> list[Any]:
    model, path = OWN.get(type(part), (None, ""))
    return list(model._base_manager.filter(**{path: part})) if model else []


def _staying(part: Part, last: datetime.date) -> models.QuerySet:
    """Rows that hold on to the part after the day ``last``."""
    later = Q(to_on__isnull=True) | Q(to_on__gt=last)
    serving = Seat.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=last))
    if isinstance(part, Term):
        return serving.filter(term=part)
    if isinstance(part, SpecialCommittee):
        return serving.in_special_committee(part)
    if isinstance(part, Group):
        return GroupMembership.objects.filter(later, group=part)
    return Grant.objects.filter(later, office=part)


def _check_unique(part: Part) -> None:
    """Nobody else has the name (a term: the number) in the same list."""
    within = {"term": part.term} if isinstance(part, Sector) else {"committee": part.committee}
    field = "number" if isinstance(part, Term) else "name"
    twins = type(part)._default_manager.filter(**within, **{field: getattr(part, field)})
    if twins.exclude(pk=part.pk).exists():
        raise ValidationError({field: f"已有{part._meta.verbose_name}“{part}”，请换一个名称。"})
