"""Pages of meetings, attendance, leave and contributions. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.forms import (
    ActivityChangeForm,
    ActivityFilter,
    ActivityForm,
    ContributionFilter,
    ContributionForm,
    LeaveForm,
)
from activities.marking import save_changes
from activities.models import Activity, Attendance, Contribution, Invitation, Leave, Sitting
from activities.overview import overview
from activities.pasting import PasteForm
from activities.rollcall import EXCEPTIONS, MARKS, ORDERS, RollCallForm, RollRow, exceptions_of, in_order, roll_rows
from members.access import Verb, may, visible
from members.listing import listing
from members.models import Seat
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
@require_safe
def activity_overview(request: HttpRequest, public_id: str) -> HttpResponse:
    """All half-days of an activity at one glance; of people and marks only what the user may see."""
    row = get_object_or_404(visible(request.user, Activity), public_id=public_id)
    found = overview(
        list(visible(request.user, Sitting).filter(activity=row)),
        _invited(request, row),
        visible(request.user, Attendance).filter(sitting__activity=row),
    )
    return render(request, "activities/overview.html", {"activity": row, "overview": found})


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
        services.decide_leave(user=request.user, leave=leave, is_approved=form.cleaned_data["decision"] == "approve")
        messages.success(request, f"{leave.seat.member}的请假：{leave.get_state_display()}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("activity", leave.activity.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, public_id: str) -> HttpResponse:
    """One sitting: for staff who may log it the form, for others what they may see of it."""
    sitting = get_object_or_404(
        visible(request.user, Sitting).select_related("activity__office", "committee"), public_id=public_id
    )
    may_log = visible(request.user, Sitting, Verb.LOG).filter(pk=sitting.pk).exists()
    order = request.GET.get("order", "")
    rows = in_order(_roll(request, sitting), order)
    form = None
    if may_log:
        form = RollCallForm(
            request.POST if request.method == "POST" else None,
            user=request.user,
            sitting=sitting,
            rows=rows,
            carried=_carried(request, sitting),
        )
        if request.method == "POST" and form.is_valid():
            changed = form.save()
            if not form.errors:
                messages.success(request, f"已保存，{changed} 人有变动。" if changed else "没有变动。")
                return redirect("attendance", sitting.public_id)
    elif request.method == "POST":
        return HttpResponse(status=405)
    context = {
        "sitting": sitting,
        "activity": sitting.activity,
        "sittings": visible(request.user, Sitting).filter(activity=sitting.activity),
        "may_log": may_log,
        "form": form,
        "rows": form.shown_rows() if form else rows,
        "orders": ORDERS,
        "order": order if order in dict(ORDERS) else "",
        "counts": _counts(rows),
        "marks": MARKS,
        "parts": Attendance.Part.choices,
    }
    return render(request, "activities/attendance.html", context)


@login_required
@require_POST
def attendance_marks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Marks of one sitting as the page's script sends them, each saved at once."""
    sitting = get_object_or_404(
        _loggable(request, Sitting).select_related("activity", "committee"), public_id=public_id
    )
    status, answer = save_changes(user=request.user, sitting=sitting, rows=_roll(request, sitting), body=request.body)
    return JsonResponse(answer, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def attendance_paste(request: HttpRequest, public_id: str) -> HttpResponse:
    """A list from a chat: paste, check who was recognised, save."""
    sitting = get_object_or_404(
        _loggable(request, Sitting).select_related("activity", "committee"), public_id=public_id
    )
    data = request.POST if request.method == "POST" else None
    form = PasteForm(data, user=request.user, sitting=sitting, rows=_roll(request, sitting))
    entries = form.entries() if form.is_valid() and "again" not in request.POST else []
    if form.is_valid() and "again" not in request.POST and not entries:
        form.add_error("text", "名单里没有姓名，请粘贴带姓名的文字。")
    if entries and "save" in request.POST:
        changed = form.save(entries)
        if changed is not None:
            messages.success(request, f"已保存，{changed} 人有变动。" if changed else "没有变动。")
            return redirect("attendance", sitting.public_id)
    sure = sum(one["entry"].is_sure for one in entries)
    context = {
        "sitting": sitting,
        "activity": sitting.activity,
        "form": form,
        "entries": entries,
        "shown": form.shown(entries) if entries else "",
        "sure_count": sure,
        "unsure_count": len(entries) - sure,
        "marks": EXCEPTIONS,
    }
    return render(request, "activities/paste.html", context)


def _roll(request: HttpRequest, sitting: Sitting) -> list[RollRow]:
    """A row for everybody invited whom the user may see."""
    attendances = visible(request.user, Attendance).filter(sitting=sitting)
    return roll_rows(sitting, _invited(request, sitting.activity), list(attendances))


def _invited(request: HttpRequest, activity: Activity) -> list[Seat]:
    """The seats invited that the user may see, in stroke order."""
    invited = visible(request.user, Invitation).filter(activity=activity).select_related("seat__member", "seat__sector")
    return [row.seat for row in invited.order_by("seat__member__stroke_key", "seat__number")]


def _carried(request: HttpRequest, sitting: Sitting) -> dict[str, tuple[str, str]]:
    """The exceptions of the half-day before this one in the same activity; {} at the first."""
    before = visible(request.user, Attendance).filter(sitting__in=sitting.before()[:1])
    return exceptions_of(before.select_related("seat"))


COUNTED = [
    ("present", "出席", {"present"}),
    ("leave", "请假", {"leave"}),
    ("absent", "缺席", {"absent"}),
    ("late", "迟到早退", {"late", "left_early"}),
    ("exempt", "免于出席", {"exempt"}),
    ("unknown", "未登记", {""}),
]


def _counts(rows: list[RollRow]) -> list[tuple[str, str, int]]:
    """[("all", "应到", 300), ("present", "出席", 295) …] over the rows as stored."""
    states = [row.state for row in rows]
    counted = [(code, name, sum(state in found for state in states)) for code, name, found in COUNTED]
    return [("all", "应到", len(rows)), *counted]


# ---------------------------------------------------------------- contributions
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


def _loggable(request: HttpRequest, model: type[Model]) -> QuerySet[Model]:
    return visible(request.user, model, Verb.LOG)
