"""Pages of proposals. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, may, visible
from members.listing import listing
from members.recording import form_page
from proposals.forms import (
    DecisionForm,
    ProposalChangeForm,
    ProposalFilter,
    ProposalForm,
)
from proposals.models import Evaluation, Honour, Proposal, Undertaking
from proposals.pages import about_one


@login_required
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    rows = visible(request.user, Proposal).with_signers().select_related("sponsor__special_committee", "sponsor__group")
    context = {
        "listing": listing(request, rows, ProposalFilter(request.GET)),
        "may_log": may(request.user, Verb.LOG, Proposal),
    }
    return render(request, "proposals/proposals.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    def page_of(row: Proposal) -> str:
        messages.success(request, f"已登记“{row}”。")
        return reverse("proposal", args=[row.public_id])

    return form_page(
        request, lambda data: ProposalForm(data, user=request.user), back=reverse("proposals"), then=page_of
    )


@login_required
@require_safe
def proposal(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = (
        visible(request.user, Proposal)
        .with_signers()
        .select_related("office", "sponsor__special_committee", "sponsor__group", "merged_into")
    )
    row = get_object_or_404(rows, public_id=public_id)
    evaluations = visible(request.user, Evaluation).select_related("seat__member")
    undertakings = visible(request.user, Undertaking).filter(proposal=row)
    context = {
        "proposal": row,
        "honours": visible(request.user, Honour).filter(proposal=row),
        "undertakings": undertakings.prefetch_related(Prefetch("evaluations", evaluations)),
        "may_log": visible(request.user, Proposal, Verb.LOG).filter(pk=row.pk).exists(),
    }
    return render(request, "proposals/proposal.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, ProposalChangeForm)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, DecisionForm)
