"""Pages of attendance: the sheet of one sitting, a pasted list, all sittings as a matrix."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.marking import save_changes, stored_marks
from activities.models import Activity, Attendance, Invitation, Sitting
from activities.overview import overview
from activities.pasting import PasteForm
from activities.rollcall import EXCEPTIONS, MARKS, ORDERS, RollCallForm, RollRow, exceptions_of, in_order, roll_rows
from members.access import Verb, committees_beyond_own, visible
from members.models import Seat, User

SHEET_ROWS = 25  # of 9 mm, on a page of A4


@login_required
@require_safe
def activity_overview(request: HttpRequest, public_id: str) -> HttpResponse:
    """All half-days of an activity at one glance; of people and marks only what the user may see."""
    row = get_object_or_404(visible(request.user, Activity), public_id=public_id)
    found = overview(
        list(visible(request.user, Sitting).filter(activity=row)),
        _invited(request.user, row),
        visible(request.user, Attendance).filter(sitting__activity=row),
    )
    context = {
        "activity": row,
        "overview": found,
        "may_log": visible(request.user, Activity, Verb.LOG).filter(pk=row.pk).exists(),
        "labels": json.dumps(dict(MARKS), ensure_ascii=False),
    }
    return render(request, "activities/overview.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, public_id: str) -> HttpResponse:
    """One sitting: for staff who may log it the form, for others what they may see of it."""
    sitting = get_object_or_404(
        visible(request.user, Sitting).select_related("activity__office", "committee"), public_id=public_id
    )
    may_log = visible(request.user, Sitting, Verb.LOG).filter(pk=sitting.pk).exists()
    order = request.GET.get("order", "")
    rows = in_order(roll_of(request.user, sitting), order)
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
        "may_see_history": sitting.committee_id in committees_beyond_own(request.user, Verb.VIEW, Sitting),
        "is_check_in_open": sitting.is_check_in_open(timezone.localtime()),
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
@require_http_methods(["GET", "POST"])
def attendance_marks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Marks of one sitting as the page's script sends them, each saved at once; asked for, all that are stored."""
    sitting = _sitting_to_log(request, public_id)
    if request.method == "GET":
        marks = stored_marks(sitting, roll_of(request.user, sitting))
        return JsonResponse({"marks": marks, "is_complete": sitting.is_complete})
    status, answer = save_changes(
        user=request.user, sitting=sitting, rows=roll_of(request.user, sitting), body=request.body
    )
    return JsonResponse(answer, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def attendance_paste(request: HttpRequest, public_id: str) -> HttpResponse:
    """A list from a chat: paste, check who was recognised, save."""
    sitting = _sitting_to_log(request, public_id)
    data = request.POST if request.method == "POST" else None
    form = PasteForm(data, user=request.user, sitting=sitting, rows=roll_of(request.user, sitting))
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


@login_required
@require_safe
def sign_in_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """签到表 for the printer: everybody invited in one of ORDERS, SHEET_ROWS to a page; who is excused already is said."""
    sitting = _sitting_to_log(request, public_id)
    order = request.GET.get("order", "")
    rows = in_order(roll_of(request.user, sitting), order)
    numbered = list(enumerate(rows, 1))
    context = {
        "sitting": sitting,
        "activity": sitting.activity,
        "pages": [numbered[start : start + SHEET_ROWS] for start in range(0, len(rows), SHEET_ROWS)],
        "count": len(rows),
        "orders": ORDERS,
        "order": order if order in dict(ORDERS) else "",
        "order_name": dict(ORDERS).get(order, dict(ORDERS)[""]),
    }
    return render(request, "activities/sign_in_sheet.html", context)


def roll_of(user: User, sitting: Sitting) -> list[RollRow]:
    """A row for everybody invited whom the user may see."""
    attendances = visible(user, Attendance).filter(sitting=sitting)
    return roll_rows(sitting, _invited(user, sitting.activity), list(attendances))


def _invited(user: User, activity: Activity) -> list[Seat]:
    """The seats invited that the user may see, in stroke order."""
    invited = visible(user, Invitation).filter(activity=activity).select_related("seat__member", "seat__sector")
    return [row.seat for row in invited.order_by("seat__member__stroke_key", "seat__number")]


def _carried(request: HttpRequest, sitting: Sitting) -> dict[str, tuple[str, str]]:
    """The exceptions of the half-day before this one in the same activity; {} at the first."""
    before = visible(request.user, Attendance).filter(sitting__in=sitting.before()[:1])
    return exceptions_of(before.select_related("seat"))


COUNTED = [
    ("present", "出席", {"present"}),
    ("leave", "请假", {"leave"}),
    ("absent", "缺席", {"absent"}),
    ("late", "迟到早退", {"late", "left_early", "partial"}),
    ("exempt", "免于出席", {"exempt"}),
    ("unknown", "未登记", {""}),
]


def _counts(rows: list[RollRow]) -> list[tuple[str, str, int]]:
    """[("all", "应到", 300), ("present", "出席", 295) …] over the rows as stored."""
    states = [row.state for row in rows]
    counted = [(code, name, sum(state in found for state in states)) for code, name, found in COUNTED]
    return [("all", "应到", len(rows)), *counted]


def _sitting_to_log(request: HttpRequest, public_id: str) -> Sitting:
    """The sitting the user may log; 404 where there is none."""
    rows = visible(request.user, Sitting, Verb.LOG).select_related("activity", "committee")
    return get_object_or_404(rows, public_id=public_id)
