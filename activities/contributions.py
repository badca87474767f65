"""Verbs on contributions: one or many at once, and the second look at what members report."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Contribution, ContributionKind
from audit.actions import act
from audit.evidence import keep
from audit.filetypes import Checked
from audit.history import create_all
from audit.models import Evidence
from members.checks import check_fields, check_same_committee, is_own, locked_state
from members.ids import natural_id
from members.models import Committee, Grant, Office, Seat, Subject, User
from members.notices import tell
from members.signals import announce

CONTRIBUTION_FIELDS = ("level", "role", "quantity", "position", "sharers", "work")
KEY_FIELDS = ("kind", "title", "happened_on")  # with the subject: what no second contribution may have
FIELD_NAMES = tuple(field.attname for field in Contribution._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class ContributionEntry:
    """One contribution of one subject. ``work`` is shared by what is one and the same work of several people."""

    kind: ContributionKind
    subject: Subject
    title: str
    happened_on: datetime.date
    level: str = ""
    role: str = ""
    quantity: Decimal = Decimal(1)
    position: int = 1
    sharers: int = 1
    work: uuid.UUID = field(default_factory=uuid.uuid4)
    evidence: Evidence | None = None
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)


def contribution_id(kind: ContributionKind, subject: Subject, title: str, happened_on: datetime.date) -> uuid.UUID:
    """Public id that follows from a contribution's natural key, for sheets and the demonstration."""
    key = (kind.code, str(subject.public_id), title.strip(), happened_on.isoformat())
    return natural_id(kind.committee.code, "contribution", *key)


def record_contribution(
    *,
    user: User | None,
    committee: Committee,
    office: Office,
    grant: Grant | None = None,
    is_verified: bool = True,
    **entry,
) -> Contribution:
    """One contribution; ``entry`` as the fields of ContributionEntry."""
    entries = [ContributionEntry(**entry)]
    made = record_contributions(
        user=user, committee=committee, office=office, entries=entries, grant=grant, is_verified=is_verified
    )
    return made[0]


def record_contributions(
    *,
    user: User | None,
    committee: Committee,
    office: Office,
    entries: Sequence[ContributionEntry],
    grant: Grant | None = None,
    is_verified: bool = True,
    file: Checked | None = None,
    verb: str = "登记履职记录",
) -> list[Contribution]:
    """Many contributions in one act, with a constant number of queries; ``file`` is the evidence of all of them.

    ``is_verified`` False: reported by a member, a fact only once an office has confirmed it; so is what staff who are
    members log of themselves. Contribution of the same kind, subject, title and day is refused. ValidationError:
    {field: sentence}; all or none are stored.
    """
    check_same_committee(
        committee, office=office, kind=[entry.kind for entry in entries], subject=[entry.subject for entry in entries]
    )
    own = _own_seats(user)
    rows = [
        Contribution(
            public_id=entry.public_id,
            committee=committee,
            office=office,
            kind=entry.kind,
            subject=entry.subject,
            title=entry.title.strip(),
            happened_on=entry.happened_on,
            level=entry.level,
            role=entry.role,
            quantity=entry.quantity,
            position=entry.position,
            sharers=entry.sharers,
            work=entry.work,
            evidence=entry.evidence,
            state=Contribution.State.VERIFIED if is_verified else Contribution.State.REPORTED,
            reported_by=user,
            verified_by=user if is_verified else None,
        )
        for entry in entries
    ]
    _unverify(row for row in rows if row.subject.seat_id in own)
    for row in rows:
        check_row(row)
    _check_new(committee, rows)
    with act(user=user, verb=verb, grant=grant, committee=committee):
        evidence = keep(committee, file) if file else None
        for row in rows:
            row.evidence = evidence or row.evidence
        create_all(Contribution, rows)
        announce(Contribution, [("contribution", row.pk) for row in rows])
    return rows


def change_contribution(
    *,
    user: User | None,
    contribution: Contribution,
    file: Checked | None = None,
    reason: str = "",
    grant: Grant | None = None,
    **changes: Any,
) -> bool:
    """Change CONTRIBUTION_FIELDS and KEY_FIELDS of what was logged, or its evidence. Returns whether anything did change."""
    if unknown := set(changes) - {*CONTRIBUTION_FIELDS, *KEY_FIELDS}:
        raise TypeError(f"a contribution has no {', '.join(sorted(unknown))}")
    check_same_committee(contribution.committee, kind=changes.get("kind"))
    if file is None and all(getattr(contribution, name) == value for name, value in changes.items()):
        return False
    set_all(contribution, changes)
    _unverify([contribution] if contribution.subject.seat_id in _own_seats(user) else [])
    check_row(contribution)
    check_key(contribution)
    with act(user=user, verb="修改履职记录", reason=reason, grant=grant, committee=contribution.committee):
        if file is not None:
            contribution.evidence = keep(contribution.committee, file)
        contribution.save()
        announce(Contribution, [("contribution", contribution.pk)])
    return True


def decide_contribution(
    *, user: User, contribution: Contribution, is_verified: bool, reason: str = "", grant: Grant | None = None
) -> None:
    """Confirm a reported contribution, or return it with a reason. Nobody decides on what is his own."""
    subject = contribution.subject
    if subject.seat_id and is_own(user, [subject.seat]):
        raise ValidationError("不能核实自己的履职记录，请由他人核实。")
    if not is_verified and not reason.strip():
        raise ValidationError({"reason": "退回没有写理由。请写明理由，让填报人知道怎样改。"})
    with act(user=user, verb="核实履职记录", reason=reason, grant=grant, committee=contribution.committee):
        state = Contribution.State(locked_state(contribution))
        if state != Contribution.State.REPORTED:
            raise ValidationError(f"“{contribution}”已经是“{state.label}”，不能再次核实。")
        hold(contribution)
        contribution.state = Contribution.State.VERIFIED if is_verified else Contribution.State.RETURNED
        contribution.return_reason = "" if is_verified else reason.strip()
        contribution.verified_by = user
        check_fields(contribution)
        contribution.save()
        announce(Contribution, [("contribution", contribution.pk)])
        text = "您的一条申报已核实，请查看。" if is_verified else "您的一条申报已退回，请查看原因。"
        tell([subject.seat_id], contribution.committee, text, reverse("my_contributions"))


def withdraw_contribution(*, user: User, contribution: Contribution, reason: str, grant: Grant | None = None) -> None:
    """Take back what was logged and confirmed by mistake: it is kept as returned with the reason, and is no fact."""
    if contribution.subject.seat_id and is_own(user, [contribution.subject.seat]):
        raise ValidationError("不能撤销自己的履职记录，请由他人撤销。")
    if not reason.strip():
        raise ValidationError({"reason": "撤销没有写理由。请写明理由。"})
    with act(user=user, verb="撤销履职记录", reason=reason, grant=grant, committee=contribution.committee):
        state = Contribution.State(locked_state(contribution))
        if state != Contribution.State.VERIFIED:
            raise ValidationError(f"“{contribution}”是“{state.label}”，只有已核实的记录才能撤销。")
        contribution.state, contribution.return_reason = Contribution.State.RETURNED, reason.strip()
        check_fields(contribution)
        contribution.save()
        announce(Contribution, [("contribution", contribution.pk)])
        text = "您的一条履职记录已撤销，请查看原因。"
        tell([contribution.subject.seat_id], contribution.committee, text, reverse("my_contributions"))


def reopen_contribution(*, user: User, contribution: Contribution, grant: Grant | None = None) -> None:
    """Put what was returned or withdrawn by mistake back among what waits to be confirmed."""
    if contribution.subject.seat_id and is_own(user, [contribution.subject.seat]):
        raise ValidationError("不能恢复自己的履职记录，请由他人恢复。")
    with act(user=user, verb="恢复履职记录", grant=grant, committee=contribution.committee):
        state = Contribution.State(locked_state(contribution))
        if state != Contribution.State.RETURNED:
            raise ValidationError(f"“{contribution}”是“{state.label}”，只有已退回的记录才能恢复。")
        _unverify([contribution])
        contribution.save()
        announce(Contribution, [("contribution", contribution.pk)])


def hold(contribution: Contribution) -> Contribution.State:
    """The stored state, held until the transaction ends. ValidationError when the row is no longer as it was loaded."""
    state = locked_state(contribution)
    stored = Contribution.objects.get(pk=contribution.pk)
    if any(getattr(stored, name) != getattr(contribution, name) for name in FIELD_NAMES):
        raise ValidationError(f"“{contribution}”刚刚被改过，没有办理。请重新打开，核对以后再办。")
    return Contribution.State(state)


def set_all(contribution: Contribution, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(contribution, name, value.strip() if name == "title" else value)


def _own_seats(user: User | None) -> set[int]:
    """Primary keys of the user's own seats; no query for an account that is no member's."""
    if user is None or user.member_id is None:
        return set()
    return set(Seat.objects.filter(member=user.member_id).values_list("pk", flat=True))


def _unverify(rows: Iterable[Contribution]) -> None:
    """What somebody logs of himself waits for another's confirmation."""
    for row in rows:
        row.state, row.verified_by, row.return_reason = Contribution.State.REPORTED, None, ""


def check_row(row: Contribution) -> None:
    check_fields(row)
    if row.quantity <= 0:
        raise ValidationError({"quantity": f"“数量”填的是“{row.quantity}”，应大于 0。请改正。"})
    if not 1 <= row.position <= row.sharers:
        raise ValidationError(
            {
                "position": f"“署名次序”是第 {row.position} 位，“署名人数”是 {row.sharers} 人。次序应在 1 与人数之间，请改正。"
            }
        )


def check_key(row: Contribution) -> None:
    """No other contribution of the same kind, subject, title and day."""
    same = Contribution.objects.filter(
        committee=row.committee_id,
        kind=row.kind_id,
        subject=row.subject_id,
        title=row.title,
        happened_on=row.happened_on,
    )
    if same.exclude(pk=row.pk).exists():
        raise ValidationError({"title": _logged_before(row)})


def _logged_before(row: Contribution) -> str:
    return f"{row.subject} {row.happened_on} 的“{row.title}”（{row.kind}）已登记过。如不是同一件，请改写事项名称。"


def _check_new(committee: Committee, rows: Sequence[Contribution]) -> None:
    """No two of the same kind, subject, title and day, among themselves or with what is stored."""
    stored = Contribution.objects.filter(
        committee=committee,
        subject__in={row.subject_id for row in rows},
        happened_on__in={row.happened_on for row in rows},
    ).values_list("kind_id", "subject_id", "title", "happened_on")
    met = set(stored)
    for row in rows:
        key = (row.kind_id, row.subject_id, row.title, row.happened_on)
        if key in met:
            raise ValidationError({"title": _logged_before(row)})
        met.add(key)
