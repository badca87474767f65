"""闸机记录 of one sitting: a file, what was recognised in it, the marks. Two plain forms on one page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from activities.attendance_views import roll_of
from activities.models import Sitting
from activities.rollcall import attendance_grant
from audit.models import Action
from desk.gate import VERB, effects, save_arrivals
from desk.gate_forms import UNKNOWN_SHOWN, Confirmed, GateForm
from members.access import Verb, visible
from members.recording import serving


@login_required
@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Sitting, Verb.LOG).select_related("activity", "committee")
    sitting = get_object_or_404(rows, public_id=public_id)
    roll = roll_of(request.user, sitting)
    if request.method == "POST" and "found" in request.POST:
        return _save(request, sitting, roll)
    is_sent = request.method == "POST"
    form = GateForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        sitting=sitting,
        rows=roll,
        others=list(serving(request.user, sitting.committee, sitting.held_on)) if is_sent else [],
    )
    context = {"sitting": sitting, "activity": sitting.activity, "form": form}
    if is_sent and form.is_valid():
        found = effects(form.found.seats, roll, form.cleaned_data["late_after"])
        context |= {
            "found": form.found,
            "new": [one for one in found if one.is_new],
            "kept": [one for one in found if not one.is_new],
            "unknown": form.found.unknown[:UNKNOWN_SHOWN],
            "unknown_count": len(form.found.unknown),
            "roll": roll,
            "packed": form.packed(),
        }
    else:
        mine = Action.objects.of(request.user).filter(verb=VERB, route=f"POST {request.path}"[:200], undone_by=None)
        context["last"] = mine.first()
    return render(request, "desk/gate.html", context)


def _save(request: HttpRequest, sitting: Sitting, roll: list) -> HttpResponse:
    try:
        confirmed = Confirmed(request.POST["found"], request.POST, sitting=sitting, rows=roll)
        found = effects(confirmed.seats, roll, confirmed.late_after)
        count = save_arrivals(
            user=request.user,
            sitting=sitting,
            found=found,
            reason=confirmed.reason,
            grant=attendance_grant(request.user, sitting),
        )
    except signing.BadSignature:
        messages.error(request, "没有保存：核对的结果已失效。请重新选择文件。")
        return redirect("gate", sitting.public_id)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages) + "请重新选择文件核对。")
        return redirect("gate", sitting.public_id)
    kept = sum(not one.is_new for one in found)
    messages.success(request, f"已按闸机记录登记 {count} 人；{kept} 人已有登记，没有改动。")
    return redirect("gate", sitting.public_id)
