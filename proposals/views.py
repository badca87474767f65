"""Pages of proposals. Rows come from members.access alone."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, may, may_beyond_own, visible
from members.listing import listing
from members.provenance import provenance_for
from members.recording import form_page
from proposals.drafts import OPEN, PRIVATE_VERBS
from proposals.forms import ProposalChangeForm, ProposalFilter, ProposalForm
from proposals.handling_page import handling_context
from proposals.models import Honour, Proposal, Proposer, Undertaking
from proposals.pages import about_one
from proposals.quick_forms import QuickForm
from proposals.setting_views import setting_committee
from proposals.waiting import waits_for

PARTS = ((Proposer, "proposal"), (Undertaking, "proposal"), (Honour, "proposal"))  # told with the proposal


@login_required
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """The list, with the quick row on top for those who log; ``after`` names the row that was saved last."""
    form = None
    if may(request.user, Verb.LOG, Proposal):
        form = QuickForm(user=request.user, after=_last_saved(request))
    return _list(request, form)


@login_required
@require_POST
def proposal_quick(request: HttpRequest) -> HttpResponse:
    """Save the quick row and open the next; with a mistake the list is shown again with what was typed."""
    form = QuickForm(request.POST, user=request.user)
    if form.is_valid():
        with transaction.atomic():
            row = form.save()
            if form.errors:
                transaction.set_rollback(True)
        if not form.errors:
            messages.success(request, f"已登记“{row}”，请接着录下一件。")
            return redirect(f"{reverse('proposals')}?after={row.public_id}")
    return _list(request, form)


def _list(request: HttpRequest, quick: QuickForm | None) -> HttpResponse:
    rows = visible(request.user, Proposal).with_signers().select_related("sponsor__special_committee", "sponsor__group")
    context = {
        "listing": listing(request, rows, ProposalFilter(request.GET)),
        "quick": quick,
        "may_follow": may_beyond_own(request.user, Verb.VIEW, Proposal),
        "may_set": quick is not None and setting_committee(request.user) is not None,
    }
    return render(request, "proposals/proposals.html", context)


def _last_saved(request: HttpRequest) -> Proposal | None:
    try:
        after = uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None
    rows = visible(request.user, Proposal, Verb.LOG).select_related("office", "committee")
    return rows.filter(public_id=after).first()


@login_required
@require_http_methods(["GET", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    def page_of(row: Proposal) -> str:
        messages.success(request, f"已登记“{row}”。")
        return reverse("proposal", args=[row.public_id])

    return form_page(
        request,
        lambda data: ProposalForm(data, user=request.user),
        back=reverse("proposals"),
        then=page_of,
        template="proposals/form.html",
    )


@login_required
@require_safe
def proposal(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = (
        visible(request.user, Proposal)
        .with_signers()
        .select_related("committee", "office", "sponsor__special_committee", "sponsor__group", "merged_into")
    )
    row = get_object_or_404(rows, public_id=public_id)
    own = [signer for signer in row.proposers.all() if signer.seat.member_id == request.user.member_id]
    context = {
        "proposal": row,
        "merged": visible(request.user, Proposal).filter(merged_into=row),
        **handling_context(request.user, row),
        "may_log": visible(request.user, Proposal, Verb.LOG).filter(pk=row.pk).exists(),
        "is_own": bool(own),
        "may_mend": row.state in OPEN and any(signer.role == Proposer.Role.LEAD for signer in own),
        "is_asked": any(signer.is_unanswered for signer in own),
        "waits_for": waits_for(row) if own else "",
        "opinion_id": row.opinion.removeprefix("opinion/"),
        "provenance": provenance_for(request.user, row, *PARTS, private=PRIVATE_VERBS),
    }
    return render(request, "proposals/proposal.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, ProposalChangeForm, template="proposals/form.html")
