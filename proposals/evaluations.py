"""Verbs on evaluations: how satisfied the signers are with a reply."""

import datetime

from django.core.exceptions import ValidationError

from audit.actions import act
from members.checks import check_fields, check_order
from members.models import Grant, Seat, User
from proposals.models import Evaluation, Undertaking


def record_evaluation(
    *,
    user: User | None,
    undertaking: Undertaking,
    seat: Seat,
    satisfaction: str,
    evaluated_on: datetime.date,
    note: str = "",
    grant: Grant | None = None,
) -> Evaluation:
    """How satisfied a signer is with the reply; a second one replaces the first."""
    if not undertaking.proposal.proposers.filter(seat=seat).exists():
        raise ValidationError({"seat": f"{seat}不是这件提案的提案人，不能评议办理情况。"})
    row = undertaking.evaluations.filter(seat=seat).first() or Evaluation(
        committee=undertaking.committee, undertaking=undertaking, seat=seat
    )
    row.satisfaction, row.evaluated_on, row.note = satisfaction, evaluated_on, note.strip()
    check_fields(row)
    check_order("evaluated_on", undertaking.replied_on, evaluated_on, ("答复日期", "评议日期"))
    with act(user=user, verb="登记办理评议", grant=grant, committee=undertaking.committee):
        row.save()
    return row
