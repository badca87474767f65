"""Verbs on honours: 重点提案、优秀提案."""

import datetime

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import delete_all
from members.checks import check_fields, check_not_own, check_order
from members.models import Grant, User
from members.signals import announce
from proposals.models import Honour, Proposal
from proposals.signers import seats_of


def honour_proposal(
    *,
    user: User | None,
    proposal: Proposal,
    kind: str,
    decided_on: datetime.date,
    reason: str,
    leading_chair: str = "",
    grant: Grant | None = None,
) -> Honour:
    """Make a filed proposal a key or an outstanding one; the decision is dated and has a reason."""
    honour = Honour(
        committee=proposal.committee,
        proposal=proposal,
        kind=kind,
        decided_on=decided_on,
        reason=reason.strip(),
        leading_chair=leading_chair.strip(),
    )
    check_fields(honour)
    check_not_own(user, seats_of(proposal), f"确定为{honour.get_kind_display()}")
    if proposal.state != Proposal.State.FILED:
        raise ValidationError(
            {
                "kind": f"提案“{proposal}”是“{proposal.get_state_display()}”，只有立案的提案才能确定为{honour.get_kind_display()}。"
            }
        )
    check_order("decided_on", proposal.decided_on, decided_on, ("审查日期", "确定日期"))
    if proposal.honours.filter(kind=kind).exists():
        raise ValidationError({"kind": f"提案“{proposal}”已是{honour.get_kind_display()}，不必重复登记。"})
    with act(user=user, verb="确定提案荣誉", reason=reason, grant=grant, committee=proposal.committee):
        honour.save()
        announce(Proposal, [("proposal", proposal.pk)])
    return honour


def withdraw_honour(*, user: User | None, honour: Honour, reason: str, grant: Grant | None = None) -> None:
    """Take back an honour given by mistake; the reason stays with the action."""
    if not reason.strip():
        raise ValidationError({"reason": "撤销荣誉没有写理由，请写明理由。"})
    with act(user=user, verb="撤销提案荣誉", reason=reason, grant=grant, committee=honour.committee):
        proposal_key = honour.proposal_id
        delete_all(Honour, [honour])
        announce(Proposal, [("proposal", proposal_key)])
