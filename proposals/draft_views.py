"""A member's own proposals, on the phone: the list with what each waits for, drafts, signatures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, grants_for, visible
from members.listing import FilterForm, listing
from members.models import Grant
from members.recording import DecideForm, form_page
from proposals import drafts
from proposals.cosigning import confirm_proposer, decline_proposer
from proposals.draft_forms import DraftChangeForm, NewDraftForm
from proposals.models import Proposal, Proposer
from proposals.waiting import waits_for

State = Proposal.State


class NoFilter(FilterForm):
    def narrow(self, rows: QuerySet) -> QuerySet:
        return rows


@login_required
@require_safe
def my_proposals(request: HttpRequest) -> HttpResponse:
    grants_for(request.user, Verb.REPORT, Proposal)
    signed = visible(request.user, Proposer, Verb.REPORT).filter(seat__member=request.user.member_id)
    asked = signed.unanswered()
    rows = visible(request.user, Proposal, Verb.REPORT).filter(pk__in=signed.values("proposal"))
    rows = rows.exclude(pk__in=asked.values("proposal"))
    rows = rows.with_signers().select_related("merged_into").prefetch_related("undertakings")
    shown = listing(request, rows, NoFilter(request.GET))
    context = {
        "listing": shown,
        "proposals": [(row, waits_for(row)) for row in shown.page],
        "asked": asked.select_related("proposal").prefetch_related("proposal__proposers__seat__member"),
    }
    return render(request, "proposals/my_proposals.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_proposal_new(request: HttpRequest) -> HttpResponse:
    return form_page(
        request,
        lambda data: NewDraftForm(data, user=request.user),
        back=reverse("my_proposals"),
        then=lambda row: _saved(request, row),
        template="proposals/draft.html",
    )


@login_required
@require_http_methods(["GET", "POST"])
def my_proposal_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _led(request, public_id)
    page = reverse("proposal", args=[row.public_id])
    if row.state not in drafts.OPEN:
        messages.warning(request, drafts.NO_DRAFT.format(state=row.get_state_display()))
        return redirect(page)
    intro = f"退回修改：{row.decision_reason}" if row.state == State.RETURNED else ""
    return form_page(
        request,
        lambda data: DraftChangeForm(data, user=request.user, proposal=row),
        back=page,
        then=lambda saved: _saved(request, saved),
        template="proposals/draft.html",
        intro=intro,
    )


@login_required
@require_POST
def my_proposal_submit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _led(request, public_id)
    _attempt(request, drafts.submit_proposal, f"已提交“{row.title}”，等待审查。", row, proposal=row)
    return redirect("proposal", row.public_id)


@login_required
@require_POST
def my_proposal_discard(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _led(request, public_id)
    if _attempt(request, drafts.discard_draft, f"已删除草稿“{row.title}”。", row, proposal=row):
        return redirect("my_proposals")
    return redirect("proposal", row.public_id)


@login_required
@require_POST
def my_proposal_sign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm or decline the signature one was asked for."""
    asked = visible(request.user, Proposer, Verb.REPORT).filter(seat__member=request.user.member_id)
    row = get_object_or_404(asked.select_related("proposal", "committee"), proposal__public_id=public_id)
    form = DecideForm(request.POST, "confirm", "decline")
    if not form.is_valid():
        messages.error(request, form.problem)
    elif form.cleaned_data["decision"] == "confirm":
        _attempt(request, confirm_proposer, f"已确认联名“{row.proposal.title}”。", row, proposer=row)
    else:
        _attempt(request, decline_proposer, f"已谢绝联名“{row.proposal.title}”。", row, proposer=row)
    return redirect("my_proposals")


# ---------------------------------------------------------------- parts of the above
def _led(request: HttpRequest, public_id: str) -> Proposal:
    """The proposal, when the user is its lead proposer; Http404 otherwise."""
    if request.user.member_id is None:
        raise Http404
    led = Proposer.objects.filter(role=Proposer.Role.LEAD, seat__member=request.user.member_id)
    rows = visible(request.user, Proposal, Verb.REPORT).filter(pk__in=led.values("proposal"))
    return get_object_or_404(rows.select_related("committee", "office"), public_id=public_id)


def _saved(request: HttpRequest, row: Proposal) -> str:
    done = "已保存草稿" if row.state == State.DRAFT else "已保存" if row.state == State.RETURNED else "已提交"
    messages.success(request, f"{done}“{row.title}”。")
    return reverse("proposal", args=[row.public_id])


def _attempt(request: HttpRequest, service: Any, done: str, row: Any, **arguments: Any) -> bool:
    """Call the service and say what became of it."""
    try:
        service(user=request.user, grant=_grant(request, row.committee_id), **arguments)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return False
    messages.success(request, done)
    return True


def _grant(request: HttpRequest, committee_id: int) -> Grant | None:
    grants = grants_for(request.user, Verb.REPORT, Proposal)
    return next((grant for grant in grants if grant.committee_id == committee_id), None)
