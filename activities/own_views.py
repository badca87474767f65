"""A member's own meetings on the phone: what comes, signing up, asking for leave. Nothing here needs a script."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.leave_forms import AskLeaveForm, open_sittings
from activities.models import Activity, Attendance, Invitation, Leave, Offer, Sitting
from members.access import Verb, grants_for, visible
from members.models import Grant, Seat
from members.recording import DecideForm, form_page

PAST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Own:
    """One meeting as its member sees it."""

    activity: Activity
    is_expected: bool
    may_sign_up: bool
    may_withdraw: bool
    is_full: bool
    may_ask_leave: bool
    leaves: list[Leave]
    marks: list[tuple[Sitting, Attendance | None]]

    @property
    def outcomes(self) -> str:
        """“出席” of one half-day, “出席 7 场，请假 1 场” of several."""
        found = Counter(self._outcome(mark) for _, mark in self.marks)
        return "，".join(name if len(self.marks) == 1 else f"{name} {n} 场" for name, n in found.items())

    def _outcome(self, mark: Attendance | None) -> str:
        if mark is None:
            return "未登记"
        is_missed = mark.outcome == Attendance.Outcome.ABSENT and self.activity.is_by_signup
        return "报名未到" if is_missed else mark.get_outcome_display()


@login_required
@require_safe
def my_activities(request: HttpRequest) -> HttpResponse:
    """What comes and what was, of the member's own; a constant number of queries."""
    today = timezone.localdate()
    rows = _own(request).with_turnout().select_related("office", "committee")
    coming = rows.filter(ends_on__gte=today).order_by("starts_on", "pk")
    past = rows.filter(ends_on__lt=today, invitations__seat__member=request.user.member_id)
    context = {
        "coming": [_as_seen(request, row) for row in _with_details(request, coming)],
        "past": [_as_seen(request, row) for row in _with_details(request, past.distinct()[:PAST_SHOWN])],
        "past_shown": PAST_SHOWN,
    }
    return render(request, "activities/my_activities.html", context)


@login_required
@require_POST
def my_sign_up(request: HttpRequest, public_id: str) -> HttpResponse:
    activity = get_object_or_404(_own(request, Verb.REPORT).select_related("office", "committee"), public_id=public_id)
    seat = visible(request.user, Seat).filter(
        Q(offers__activity=activity) | Q(invitations__activity=activity), member=request.user.member_id
    )
    form = DecideForm(request.POST, "join", "leave")
    if not form.is_valid():
        messages.error(request, form.problem)
        return redirect("my_activities")
    is_joining = form.cleaned_data["decision"] == "join"
    verb = services.sign_up if is_joining else services.withdraw_sign_up
    try:
        verb(user=request.user, activity=activity, seat=seat.first(), grant=_grant(request, activity))
        messages.success(request, f"“{activity}”{'报名成功' if is_joining else '已取消报名'}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my_activities")


@login_required
@require_http_methods(["GET", "POST"])
def my_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    activity = get_object_or_404(_own(request, Verb.REPORT).select_related("office", "committee"), public_id=public_id)
    seat = get_object_or_404(
        visible(request.user, Seat).distinct(), member=request.user.member_id, invitations__activity=activity
    )

    def told(asked: list[Leave]) -> str:
        approvers = "、".join(dict.fromkeys(leave.get_approver_display() for leave in asked))
        messages.success(request, f"已提交“{activity}”的请假申请，由{approvers}审批。")
        return reverse("my_activities")

    return form_page(
        request,
        lambda data: AskLeaveForm(data, user=request.user, activity=activity, seat=seat),
        back=reverse("my_activities"),
        then=told,
        intro=f"会议：{activity}。批准以后，所选的半天记为请假。",
    )


@login_required
@require_POST
def my_leave_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Leave, Verb.REPORT).filter(seat__member=request.user.member_id)
    leave = get_object_or_404(rows.select_related("activity__office", "committee"), public_id=public_id)
    try:
        services.withdraw_leave(user=request.user, leave=leave, grant=_grant(request, leave.activity))
        messages.success(request, f"“{leave.activity}”的请假申请已撤回。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my_activities")


# ---------------------------------------------------------------- parts of the above
def _own(request: HttpRequest, verb: Verb = Verb.VIEW) -> QuerySet[Activity]:
    """The activities the member is invited to or may sign up for; of staff who are members too only these."""
    member = request.user.member_id
    if member is None:
        raise Http404
    rows = visible(request.user, Activity, verb)
    mine = rows.filter(Q(invitations__seat__member=member) | Q(offers__seat__member=member))
    return rows.filter(pk__in=mine.values("pk"))


def _with_details(request: HttpRequest, rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Each with its sittings and the member's own invitation, offer, leave and marks, under ``own_…``."""
    member = request.user.member_id

    def own(model: type[Model]) -> QuerySet:
        return visible(request.user, model).filter(seat__member=member)

    marked = visible(request.user, Sitting).prefetch_related(Prefetch("attendances", own(Attendance), "own_marks"))
    leaves = own(Leave).select_related("first_sitting", "last_sitting")
    return rows.prefetch_related(
        Prefetch("sittings", marked),
        Prefetch("invitations", own(Invitation), "own_invitations"),
        Prefetch("offers", own(Offer), "own_offers"),
        Prefetch("leaves", leaves, "own_leaves"),
    )


def _as_seen(request: HttpRequest, activity: Activity) -> Own:
    today = timezone.localdate()
    is_expected = bool(activity.own_invitations)
    is_open = activity.is_by_signup and today <= activity.signup_until
    limit = activity.signup_limit
    is_full = limit is not None and activity.invited_count >= limit
    marks = [(sitting, next(iter(sitting.own_marks), None)) for sitting in activity.sittings.all()]
    return Own(
        activity=activity,
        is_expected=is_expected,
        may_sign_up=is_open and not is_expected and not is_full and bool(activity.own_offers),
        may_withdraw=is_open and is_expected and not any(mark for _, mark in marks),
        is_full=is_full and not is_expected,
        may_ask_leave=is_expected and bool(open_sittings(activity, activity.own_leaves, today)),
        leaves=activity.own_leaves,
        marks=marks,
    )


def _grant(request: HttpRequest, activity: Activity) -> Grant | None:
    grants = grants_for(request.user, Verb.REPORT, Leave)
    return next((grant for grant in grants if grant.committee_id == activity.committee_id), None)
