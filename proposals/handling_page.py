"""What the page of a proposal shows of its handling: units, replies, evaluations, honours, and how far it all is."""

from django.db.models import Prefetch
from django.utils import timezone

from members.access import visible
from members.models import User
from proposals.handling_settings import reply_classes
from proposals.models import Evaluation, Honour, Proposal, Undertaking, Urging
from proposals.timeline import timeline


def handling_context(user: User, proposal: Proposal) -> dict:
    """For a proposal with its signers loaded; a constant number of queries.

    steps, undertakings (each with may_evaluate, may_reopen), honours, classes, may_evaluate (the reader himself).
    """
    evaluations = visible(user, Evaluation).select_related("seat__member").order_by("evaluated_on", "pk")
    rows = visible(user, Undertaking).filter(proposal=proposal).with_term()
    undertakings = list(
        rows.prefetch_related(Prefetch("evaluations", evaluations), Prefetch("urgings", visible(user, Urging)))
    )
    honours = list(visible(user, Honour).filter(proposal=proposal).order_by("decided_on", "pk"))
    signers = list(proposal.proposers.all())
    own = [row for row in signers if row.is_confirmed and row.seat.member_id == user.member_id]
    seats = {row.seat_id for row in own}
    latest = max((row.round for row in undertakings if row.handed_back_on is None), default=0)
    for row in undertakings:
        is_answered = row.replied_on is not None and row.handed_back_on is None and row.round == latest
        row.may_evaluate = is_answered and row.role == Undertaking.Role.MAIN
        row.may_reopen = row.may_evaluate and any(
            one.satisfaction == Evaluation.Satisfaction.DISSATISFIED for one in row.evaluations.all()
        )
    return {
        "undertakings": undertakings,
        "honours": honours,
        "classes": reply_classes(proposal.committee) if undertakings else [],
        "may_evaluate": bool(own) and any(row.may_evaluate for row in undertakings),
        "has_evaluated": any(
            one.seat_id in seats for row in undertakings if row.may_evaluate for one in row.evaluations.all()
        ),
        "steps": timeline(
            proposal, signers=own or signers, honours=honours, undertakings=undertakings, day=timezone.localdate()
        ),
    }
