"""What members report of themselves: handed in, corrected and sent again, taken back."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.contributions import (
    ContributionEntry,
    check_key,
    check_row,
    hold,
    record_contributions,
    set_all,
)
from activities.models import Contribution, ContributionKind
from audit.actions import act
from audit.evidence import keep
from audit.filetypes import Checked
from members.checks import is_own
from members.models import Grant, Office, Seat, User
from members.signals import announce

REPORT_FIELDS = ("kind", "title", "happened_on", "quantity")
TAKEN_BACK = "本人撤回"


def report_contribution(
    *,
    user: User,
    seat: Seat,
    kind: ContributionKind,
    title: str,
    happened_on: datetime.date,
    quantity: Decimal = Decimal(1),
    file: Checked | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Contribution:
    """A member's own contribution, for the kind's office to look at; no fact before it is confirmed."""
    _check_own(user, seat)
    _check_reportable(kind)
    key = public_id or uuid.uuid4()
    entry = ContributionEntry(
        kind=kind,
        subject=seat.subject,
        title=title,
        happened_on=happened_on,
        quantity=quantity,
        work=key,
        public_id=key,
    )
    made = record_contributions(
        user=user,
        committee=seat.committee,
        office=_office_of(kind),
        entries=[entry],
        file=file,
        is_verified=False,
        grant=grant,
        verb="申报履职",
    )
    return made[0]


def resend_contribution(
    *, user: User, contribution: Contribution, file: Checked | None = None, grant: Grant | None = None, **changes: Any
) -> None:
    """Correct REPORT_FIELDS of what waits or was returned, and hand it in again; a new file takes the old one's place."""
    if unknown := set(changes) - set(REPORT_FIELDS):
        raise TypeError(f"a report of a contribution has no {', '.join(sorted(unknown))}")
    _check_own(user, contribution.subject.seat)
    with act(user=user, verb="重新申报履职", grant=grant, committee=contribution.committee):
        state = hold(contribution)
        if not may_be_sent_again(user, contribution):
            raise ValidationError(
                f"“{contribution}”是“{state.label}”，只能修改自己申报、还没有核实的。如有出入请联系处室。"
            )
        if changes.get("kind", contribution.kind) != contribution.kind:
            _check_reportable(changes["kind"])
            contribution.office = _office_of(changes["kind"])
        set_all(contribution, changes)
        if file is not None:
            contribution.evidence = keep(contribution.committee, file)
        contribution.state, contribution.verified_by, contribution.return_reason = Contribution.State.REPORTED, None, ""
        check_row(contribution)
        check_key(contribution)
        contribution.save()
        announce(Contribution, [("contribution", contribution.pk)])


def take_back_report(*, user: User, contribution: Contribution, grant: Grant | None = None) -> None:
    """The member takes back what nobody has confirmed yet; it is kept as returned and may be sent again."""
    _check_own(user, contribution.subject.seat)
    with act(user=user, verb="撤回履职申报", grant=grant, committee=contribution.committee):
        state = hold(contribution)
        if not may_be_taken_back(user, contribution):
            raise ValidationError(f"“{contribution}”是“{state.label}”，只能撤回自己申报、还没有核实的。")
        contribution.state, contribution.return_reason = Contribution.State.RETURNED, TAKEN_BACK
        contribution.save()
        announce(Contribution, [("contribution", contribution.pk)])


def may_be_sent_again(user: User, contribution: Contribution) -> bool:
    """Handed in by the member himself and not confirmed: what an office logged of him is the office's to change."""
    return contribution.reported_by_id == user.pk and contribution.state != Contribution.State.VERIFIED


def may_be_taken_back(user: User, contribution: Contribution) -> bool:
    return contribution.reported_by_id == user.pk and contribution.state == Contribution.State.REPORTED


def _check_own(user: User, seat: Seat | None) -> None:
    if seat is None or not is_own(user, [seat]):
        raise ValidationError("只能申报本人的履职。别人的履职请由本人申报，或由处室登记。")


def _check_reportable(kind: ContributionKind) -> None:
    if not (kind.is_open and kind.is_reportable):
        raise ValidationError({"kind": f"“{kind}”由处室登记，不能自己申报。请改选类型，或联系处室。"})


def _office_of(kind: ContributionKind) -> Office:
    """The kind's office, or the committee's first where it names none or one that is closed."""
    offices = kind.committee.offices.open_on(timezone.localdate())
    office = offices.filter(pk=kind.office_id).first() or offices.order_by("position", "pk").first()
    if office is None:
        raise ValidationError(f"{kind.committee.short_name}还没有设处室，没有人核实。请联系系统管理员。")
    return office
