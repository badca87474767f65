"""The member's own evaluation of the reply to his proposal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.access import Verb, visible
from members.recording import form_page
from proposals.evaluation_forms import OwnEvaluationForm
from proposals.handling_settings import reply_classes
from proposals.models import Evaluation, Proposal, Proposer, Undertaking


@login_required
@require_http_methods(["GET", "POST"])
def own_evaluation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Any confirmed signer says how satisfied he is with the latest reply, and may say so anew until a new round."""
    row = get_object_or_404(visible(request.user, Proposal, Verb.REPORT), public_id=public_id)
    signers = visible(request.user, Proposer, Verb.REPORT).filter(proposal=row, is_confirmed=True)
    signer = signers.filter(seat__member=request.user.member_id).select_related("seat__member").first()
    if signer is None:
        raise Http404
    back = reverse("proposal", args=[row.public_id])
    latest = visible(request.user, Undertaking, Verb.REPORT).select_related("committee", "proposal__office")
    undertaking = latest.active().filter(proposal=row, role=Undertaking.Role.MAIN).order_by("-round", "pk").first()
    if undertaking is None or undertaking.replied_on is None:
        return render(request, "proposals/evaluation_later.html", {"proposal": row, "undertaking": undertaking})

    def done(evaluation: Evaluation) -> str:
        messages.success(request, f"已收到您的评议：{evaluation.get_satisfaction_display()}。")
        return back

    return form_page(
        request,
        lambda data: OwnEvaluationForm(data, user=request.user, undertaking=undertaking, seat=signer.seat),
        back=back,
        then=done,
        template="proposals/evaluation.html",
        proposal=row,
        undertaking=undertaking,
        classes=reply_classes(undertaking.committee),
    )
