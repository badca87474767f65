"""Verbs on undertakings: the units that answer a filed proposal."""

import datetime

from django.core.exceptions import ValidationError

from audit.actions import act
from members.checks import check_fields, check_order
from members.models import Grant, User
from proposals.models import Proposal, Undertaking


def record_undertaking(
    *,
    user: User | None,
    proposal: Proposal,
    unit: str,
    role: str = Undertaking.Role.MAIN,
    due_on: datetime.date | None = None,
    replied_on: datetime.date | None = None,
    reply_class: str = "",
    grant: Grant | None = None,
) -> Undertaking:
    """The unit that answers a filed proposal; recording the same unit again writes its reply and term."""
    unit = unit.strip()
    row = proposal.undertakings.filter(unit=unit).first() or Undertaking(
        committee=proposal.committee, proposal=proposal, unit=unit
    )
    row.role, row.due_on, row.replied_on, row.reply_class = role, due_on, replied_on, reply_class.strip()
    check_fields(row)
    if proposal.state != Proposal.State.FILED:
        raise ValidationError(
            {"unit": f"提案“{proposal}”是“{proposal.get_state_display()}”，立案后才能交办。请先登记审查结果。"}
        )
    check_order("replied_on", proposal.decided_on, replied_on, ("审查日期", "答复日期"))
    with act(user=user, verb="登记承办", grant=grant, committee=proposal.committee):
        row.save()
    return row
