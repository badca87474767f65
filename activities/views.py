"""Pages of meetings and their lists of people. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from activities import services
from activities.forms import ActivityChangeForm, ActivityFilter, ActivityForm, ListForm, RemoveForm
from activities.models import Activity, Attendance, Invitation, Leave, Offer, Sitting
from members.access import Verb, committees_beyond_own, may, visible
from members.listing import listing
from members.recording import form_page


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
        if activity.is_by_signup:
            messages.success(
                request, f"已登记“{activity}”，对 {activity.offers.count()} 人开放报名，{activity.signup_until} 截止。"
            )
            return reverse("activity", args=[activity.public_id])
        messages.success(request, f"已登记“{activity}”，应到 {activity.invitations.count()} 人。现在可以登记出席。")
        return reverse("attendance", args=[activity.sittings.first().public_id])

    return form_page(
        request,
        lambda data: ActivityForm(data, user=request.user),
        back=reverse("activities"),
        then=attendance_of,
        template="activities/activity_form.html",
        intro="开会前后都可以登记。保存后逐场登记出席；没有登记的场次按“未登记”，不算缺席也不计分。",
    )


@login_required
@require_safe
def activity(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Activity).select_related("office", "special_committee", "group")
    row = get_object_or_404(rows.with_turnout(), public_id=public_id)
    attendances = visible(request.user, Attendance).filter(sitting__activity=row)
    leaves = visible(request.user, Leave).filter(activity=row)
    missed = attendances.filter(outcome=Attendance.Outcome.ABSENT).select_related("seat__member", "sitting")
    context = {
        "activity": row,
        "sittings": visible(request.user, Sitting).filter(activity=row).with_outcomes(attendances),
        "invited": visible(request.user, Invitation)
        .filter(activity=row)
        .select_related("seat__member", "seat__sector"),
        "offered_count": visible(request.user, Offer).filter(activity=row).count() if row.is_by_signup else 0,
        "missed": missed if row.is_by_signup else [],
        "leaves": leaves.with_all_named(),
        "mine": set(services.to_decide(request.user, leaves).values_list("pk", flat=True)),
        "may_log": visible(request.user, Activity, Verb.LOG).filter(pk=row.pk).exists(),
        "may_see_history": row.committee_id in committees_beyond_own(request.user, Verb.VIEW, Activity),
    }
    return render(request, "activities/activity.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(_loggable(request).select_related("office", "committee"), public_id=public_id)
    return form_page(
        request,
        lambda data: ActivityChangeForm(data, user=request.user, activity=row),
        back=reverse("activity", args=[row.public_id]),
    )


@login_required
@require_http_methods(["GET", "POST"])
def activity_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is expected, changed after the fact."""
    row = get_object_or_404(_loggable(request).select_related("office", "committee"), public_id=public_id)
    return form_page(
        request,
        lambda data: ListForm(data, user=request.user, activity=row),
        back=reverse("activity", args=[row.public_id]),
        template="activities/list_form.html",
        intro=f"会议：{row}。移出名单的人，已登记的出席一并撤销；补充的人在各场次为“未登记”。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def activity_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a meeting away with all that is recorded of it."""
    row = get_object_or_404(_loggable(request).select_related("office", "committee"), public_id=public_id)

    def gone(activity: Activity) -> str:
        messages.success(request, f"已撤销“{activity}”及其出席、请假和应到名单。")
        return reverse("activities")

    return form_page(
        request,
        lambda data: RemoveForm(data, user=request.user, activity=row),
        back=reverse("activity", args=[row.public_id]),
        then=gone,
        intro=f"将删除“{row}”（{row.starts_on:%Y-%m-%d}）和它的全部场次、出席、请假、应到名单，由此得的分随之取消。",
    )


def _loggable(request: HttpRequest) -> QuerySet[Activity]:
    return visible(request.user, Activity, Verb.LOG)
