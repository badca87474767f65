"""Pages of honours."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.access import Verb, visible
from members.recording import form_page
from proposals.honour_forms import HonourForm, WithdrawHonourForm
from proposals.models import Honour
from proposals.pages import about_one


@login_required
@require_http_methods(["GET", "POST"])
def proposal_honour(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, HonourForm)


@login_required
@require_http_methods(["GET", "POST"])
def honour_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back an honour that was given by mistake, with a reason."""
    rows = visible(request.user, Honour, Verb.LOG).select_related("proposal__office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    return form_page(
        request,
        lambda data: WithdrawHonourForm(data, user=request.user, honour=row),
        back=reverse("proposal", args=[row.proposal.public_id]),
        intro=f"提案：{row.proposal}；{row.decided_on} 确定，{row.reason}",
    )
