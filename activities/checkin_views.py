"""Pages of 扫码签到: the code on the wall, and the button on the member's telephone."""

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from activities.checkin import RENEWED, SCAN_SALT, SCANNED, check_in, closed_words, code_of, is_code_of, set_check_in
from activities.checkin_forms import CheckInForm
from activities.models import Attendance, Invitation, Sitting
from activities.rollcall import attendance_grant
from members.access import Verb, allowed_grant, visible
from members.models import Seat

COOKIE = "scan"


@login_required
@require_http_methods(["GET", "POST"])
def check_in_board(request: HttpRequest, public_id: str) -> HttpResponse:
    """For the projector: the code of the moment and how many have come; and the times between which it counts."""
    rows = visible(request.user, Sitting, Verb.LOG).select_related("activity", "committee")
    sitting = get_object_or_404(rows, public_id=public_id)
    if request.method == "POST" and "stop" in request.POST:
        grant = attendance_grant(request.user, sitting)
        set_check_in(user=request.user, sitting=sitting, from_at=None, to_at=None, grant=grant)
        messages.success(request, "已停止扫码签到。")
        return redirect("check_in_board", sitting.public_id)
    form = CheckInForm(request.POST if request.method == "POST" else None, user=request.user, sitting=sitting)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"签到时间：{sitting.check_in_from:%H:%M} 至 {sitting.check_in_to:%H:%M}。")
        return redirect("check_in_board", sitting.public_id)
    sitting.refresh_from_db(fields=["check_in_from", "check_in_to", "late_after"])  # not what the form tried
    now = timezone.localtime()
    is_open = sitting.is_check_in_open(now)
    arrived = visible(request.user, Attendance).filter(sitting=sitting, outcome__in=["present", "late"])
    context = {
        "sitting": sitting,
        "activity": sitting.activity,
        "form": form,
        "is_open": is_open,
        "closed": "" if is_open else closed_words(sitting, now),
        "code": _picture(request, sitting) if is_open else "",
        "renewed": RENEWED,
        "now": now,
        "invited_count": visible(request.user, Invitation).filter(activity=sitting.activity).count(),
        "arrived_count": arrived.count(),
    }
    return render(request, "activities/check_in_board.html", context)


@require_http_methods(["GET", "POST"])
def check_in_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the code leads. The scan is kept in a signed cookie of this browser, so that signing in may take a while."""
    is_fresh = is_code_of(str(public_id), request.GET.get("c", ""))
    scan = request.get_signed_cookie(COOKIE, default="", salt=SCAN_SALT, max_age=SCANNED)
    has_scanned = is_fresh or scan == str(public_id)
    if not request.user.is_authenticated:
        response = redirect_to_login(request.path)
    elif request.method == "POST":
        response = _check_in(request, public_id, has_scanned)
    else:
        response = _button(request, public_id, has_scanned)
    if is_fresh and request.method == "GET":
        response.set_signed_cookie(
            COOKIE,
            str(public_id),
            salt=SCAN_SALT,
            max_age=SCANNED,
            path=request.path,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def _button(request: HttpRequest, public_id: str, has_scanned: bool) -> HttpResponse:
    sitting, seat = _invited_to(request, public_id)
    if sitting is None:
        if not has_scanned:
            raise Http404
        return render(request, "activities/check_in.html", {"is_stranger": True}, status=404)
    now = timezone.localtime()
    context = {
        "sitting": sitting,
        "activity": sitting.activity,
        "seat": seat,
        "known": visible(request.user, Attendance).filter(sitting=sitting, seat=seat).first(),
        "has_scanned": has_scanned,
        "closed": "" if sitting.is_check_in_open(now) else closed_words(sitting, now),
        "is_late": sitting.is_late(now.time()),
    }
    return render(request, "activities/check_in.html", context)


def _check_in(request: HttpRequest, public_id: str, has_scanned: bool) -> HttpResponse:
    sitting, seat = _invited_to(request, public_id)
    if sitting is None:
        raise Http404
    response = redirect("check_in", sitting.public_id)
    if not has_scanned:
        messages.error(request, "没有签到：扫码后没有及时点“签到”。请重新扫会场屏幕上的二维码。")
        return response
    try:
        row, is_new = check_in(
            user=request.user,
            sitting=sitting,
            seat=seat,
            now=timezone.localtime(),
            grant=allowed_grant(request.user, Verb.REPORT, Attendance),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return response
    if is_new:
        messages.success(request, f"签到成功，已记为“{row.get_outcome_display()}”。")
    response.delete_cookie(COOKIE, path=request.path)
    return response


def _invited_to(request: HttpRequest, public_id: str) -> tuple[Sitting | None, Seat | None]:
    """The sitting and the user's own seat that was invited to it; (None, None) for anybody else."""
    rows = visible(request.user, Sitting, Verb.REPORT).select_related("activity", "committee")
    sitting = rows.filter(public_id=public_id).first()
    if sitting is None or request.user.member_id is None:
        return None, None
    own = visible(request.user, Seat).filter(member=request.user.member_id)
    seat = own.filter(invitations__activity=sitting.activity_id).select_related("member").first()
    return (sitting, seat) if seat else (None, None)


def _picture(request: HttpRequest, sitting: Sitting) -> str:
    """The code as SVG, scaled by the page's style."""
    address = request.build_absolute_uri(reverse("check_in", args=[sitting.public_id]))
    picture = segno.make(f"{address}?c={code_of(sitting)}", error="m", micro=False)
    return mark_safe(picture.svg_inline(omitsize=True, border=4, svgclass=None, lineclass=None))
