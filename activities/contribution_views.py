"""Pages of the other contributions of members. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.contribution_forms import ContributionFilter, ContributionForm
from activities.models import Contribution
from members.access import Verb, may, visible
from members.listing import listing
from members.recording import DecideForm, form_page


@login_required
@require_safe
def contributions(request: HttpRequest) -> HttpResponse:
    rows = visible(request.user, Contribution).select_related(
        "kind", "office", "subject__seat__member", "subject__special_committee", "subject__group"
    )
    context = {
        "listing": listing(request, rows, ContributionFilter(request.GET, user=request.user)),
        "may_log": may(request.user, Verb.LOG, Contribution),
    }
    return render(request, "activities/contributions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contribution_new(request: HttpRequest) -> HttpResponse:
    def list_of(rows: list[Contribution]) -> str:
        messages.success(request, f"已登记“{rows[0]}”，{len(rows)} 人（单位）。")
        return reverse("contributions")

    return form_page(
        request,
        lambda data: ContributionForm(data, user=request.user),
        back=reverse("contributions"),
        then=list_of,
        intro="记事实，不记分：谁、哪天、做了什么、什么级别。几个人参加同一活动，在名单里一次填完。",
    )


@login_required
@require_safe
def contribution(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Contribution).select_related(
        "kind",
        "office",
        "subject__seat__member",
        "subject__special_committee",
        "subject__group",
        "reported_by",
        "verified_by",
    )
    row = get_object_or_404(rows, public_id=public_id)
    may_verify = visible(request.user, Contribution, Verb.VERIFY).filter(pk=row.pk).exists()
    return render(request, "activities/contribution.html", {"contribution": row, "may_verify": may_verify})


@login_required
@require_POST
def contribution_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm what a member reported or return it; withdraw what was confirmed by mistake."""
    rows = visible(request.user, Contribution, Verb.VERIFY).select_related("subject__seat", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    form = DecideForm(request.POST, "verify", "return", "withdraw")
    if not form.is_valid():
        messages.error(request, form.problem)
        return redirect("contribution", row.public_id)
    decision, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
    try:
        if decision == "withdraw":
            services.withdraw_contribution(user=request.user, contribution=row, reason=reason)
        else:
            services.decide_contribution(
                user=request.user, contribution=row, is_verified=decision == "verify", reason=reason
            )
        messages.success(request, f"“{row}”{row.get_state_display()}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("contribution", row.public_id)
