"""Pages of meetings, attendance and leave. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.forms import (
    ActivityChangeForm,
    ActivityFilter,
    ActivityForm,
    LeaveForm,
)
from activities.models import Activity, Attendance, Invitation, Leave, Sitting
from members.access import Verb, may, visible
from members.listing import listing
from members.recording import DecideForm, form_page


@login_required
@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    rows = visible(request.user, Activity).with_turnout().select_related("office")
    context = {
        "listing": listing(request, rows, ActivityFilter(request.GET)),
        "may_log": may(request.user, Verb.LOG, Activity),
    }
    return render(request, "activities/activities.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def activity_new(request: HttpRequest) -> HttpResponse:
    def attendance_of(activity: Activity) -> str:
        messages.success(request, f"已登记“{activity}”，应到 {activity.invitations.count()} 人。现在可以登记出席。")
        return reverse("attendance", args=[activity.sittings.first().public_id])

    return form_page(
        request,
        lambda data: ActivityForm(data, user=request.user),
        back=reverse("activities"),
        then=attendance_of,
        intro="开会前后都可以登记。保存后逐场登记出席；没有登记的场次按“未登记”，不算缺席也不计分。",
    )


@login_required
@require_safe
def activity(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Activity).select_related("office", "special_committee", "group")
    row = get_object_or_404(rows.with_turnout(), public_id=public_id)
    attendances = visible(request.user, Attendance).filter(sitting__activity=row)
    leaves = visible(request.user, Leave).filter(activity=row)
    context = {
        "activity": row,
        "sittings": visible(request.user, Sitting).filter(activity=row).with_outcomes(attendances),
        "invited": visible(request.user, Invitation)
        .filter(activity=row)
        .select_related("seat__member", "seat__sector"),
        "leaves": leaves.select_related("seat__member", "first_sitting", "last_sitting", "decided_by"),
        "may_log": visible(request.user, Activity, Verb.LOG).filter(pk=row.pk).exists(),
    }
    return render(request, "activities/activity.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(_loggable(request, Activity).select_related("office", "committee"), public_id=public_id)
    return form_page(
        request,
        lambda data: ActivityChangeForm(data, user=request.user, activity=row),
        back=reverse("activity", args=[row.public_id]),
    )


@login_required
@require_http_methods(["GET", "POST"])
def leave_new(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(_loggable(request, Activity).select_related("office", "committee"), public_id=public_id)
    return form_page(
        request,
        lambda data: LeaveForm(data, user=request.user, activity=row),
        back=reverse("activity", args=[row.public_id]),
        intro=f"会议：{row}。请假经审批同意后，所含场次自动记为请假。",
    )


@login_required
@require_POST
def leave_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    leave = get_object_or_404(
        _loggable(request, Leave).select_related("activity", "seat__member", "committee"), public_id=public_id
    )
    form = DecideForm(request.POST, "approve", "refuse")
    if not form.is_valid():
        messages.error(request, form.problem)
        return redirect("activity", leave.activity.public_id)
    try:
        services.decide_leave(
            user=request.user,
            leave=leave,
            is_approved=form.cleaned_data["decision"] == "approve",
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, f"{leave.seat.member}的请假：{leave.get_state_display()}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("activity", leave.activity.public_id)


def _loggable(request: HttpRequest, model: type[Model]) -> QuerySet[Model]:
    return visible(request.user, model, Verb.LOG)
