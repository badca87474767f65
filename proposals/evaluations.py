"""Verbs on evaluations: how satisfied the signers are with a reply.

Every confirmed signer may evaluate, since each of them has put his name to the proposal and a co-signer may see what
the lead does not; the proposal counts by the evaluation of the signer who stands first (see ``proposals.handling``).
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.actions import act
from members.checks import check_fields, check_order
from members.models import Grant, Seat, User
from proposals.models import Evaluation, Undertaking
from proposals.undertakings import locked

Source = Evaluation.Source


def record_evaluation(
    *,
    user: User | None,
    undertaking: Undertaking,
    seat: Seat,
    satisfaction: str,
    evaluated_on: datetime.date,
    note: str = "",
    source: str = Source.PAPER,
    grant: Grant | None = None,
) -> Evaluation:
    """How satisfied a confirmed signer is with the reply; a second one replaces the first.

    What the member wrote himself is not replaced by what staff take down.
    """
    with transaction.atomic():
        undertaking = locked(undertaking)
        if not undertaking.proposal.proposers.filter(seat=seat, is_confirmed=True).exists():
            raise ValidationError({"seat": f"{seat}不是这件提案的提案人，不能评议办理情况。"})
        if undertaking.replied_on is None or undertaking.handed_back_on is not None:
            raise ValidationError({"satisfaction": f"{undertaking.unit}还没有答复，答复后才能评议。"})
        if undertaking.proposal.undertakings.filter(round__gt=undertaking.round).exists():
            raise ValidationError({"satisfaction": "这件提案已经在再次办理，请等新的答复后再评议。"})
        row = undertaking.evaluations.filter(seat=seat).first() or Evaluation(
            committee=undertaking.committee, undertaking=undertaking, seat=seat
        )
        if row.pk is not None and row.source == Source.SELF and source != Source.SELF:
            raise ValidationError({"seat": f"{seat}已在系统里本人评议，不能代为改动。请由本人修改。"})
        row.satisfaction, row.evaluated_on, row.note, row.source = satisfaction, evaluated_on, note.strip(), source
        check_fields(row)
        check_order("evaluated_on", undertaking.replied_on, evaluated_on, ("答复日期", "评议日期"))
        with act(user=user, verb="登记办理评议", grant=grant, committee=undertaking.committee):
            row.save()
    return row
