"""Pages of leave: the queue, what the office enters, what is decided, and who decides."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.leave_forms import LeaveFilter, LeaveForm, LeaveLimitsForm
from activities.models import Activity, Leave, LeaveRule
from members.access import Verb, grants_for, may_beyond_own, staff_grant, visible
from members.listing import listing
from members.models import Grant
from members.recording import DecideForm, form_page


@login_required
@require_safe
def leaves(request: HttpRequest) -> HttpResponse:
    """The queue: what waits for this user comes first, with buttons; then the next meetings."""
    if not may_beyond_own(request.user, Verb.VIEW, Leave):
        raise Http404
    asked = services.to_decide(request.user, visible(request.user, Leave))
    rows = visible(request.user, Leave).with_all_named().annotate(is_mine=Q(pk__in=asked.values("pk")))
    found = listing(request, rows.order_by("-is_mine", "activity__starts_on", "pk"), LeaveFilter(request.GET))
    context = {
        "listing": found,
        "first": next((row for row in found.page if row.is_mine), None),
        "may_set": may_beyond_own(request.user, Verb.SETTING, LeaveRule),
    }
    return render(request, "activities/leaves.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def leave_rules(request: HttpRequest) -> HttpResponse:
    committee = staff_grant(request.user, Verb.SETTING, LeaveRule).committee
    return form_page(
        request,
        lambda data: LeaveLimitsForm(data, user=request.user, committee=committee),
        back=reverse("leaves" if may_beyond_own(request.user, Verb.VIEW, Leave) else "settings"),
        intro="各类会议的请假由谁审批。改了以后，只管以后提出的请假；已经提出的仍由原来的一方审批。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def leave_new(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Activity, Verb.LOG).select_related("office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    return form_page(
        request,
        lambda data: LeaveForm(data, user=request.user, activity=row),
        back=reverse("activity", args=[row.public_id]),
        intro=f"会议：{row}。请假经审批同意后，所含场次自动记为请假。",
    )


@login_required
@require_POST
def leave_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Leave, Verb.VERIFY)
    leave = get_object_or_404(rows.select_related("activity__office", "seat__member", "committee"), public_id=public_id)

    def fits(grant: Grant) -> bool:
        return grant.committee_id == leave.committee_id and grant.office_id in {None, leave.activity.office_id}

    back = redirect("leaves") if "queue" in request.POST else redirect("activity", leave.activity.public_id)
    form = DecideForm(request.POST, "approve", "refuse")
    if not form.is_valid():
        messages.error(request, form.problem)
        return back
    try:
        services.decide_leave(
            user=request.user,
            leave=leave,
            is_approved=form.cleaned_data["decision"] == "approve",
            reason=form.cleaned_data["reason"],
            grant=next((grant for grant in grants_for(request.user, Verb.VERIFY, Leave) if fits(grant)), None),
        )
        messages.success(request, f"{leave.seat.member}的请假：{leave.get_state_display()}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return back
