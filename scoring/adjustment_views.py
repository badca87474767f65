"""Pages of 人工加减分. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, may, may_beyond_own, visible
from members.evidence import file_form_page
from members.listing import listing
from members.provenance import provenance_for
from scoring.forms import AdjustmentFilter, AdjustmentForm, DecideForm
from scoring.manual import in_points
from scoring.models import Adjustment, Appraisal
from scoring.services.adjustments import decide_adjustment, rule_name

SUBJECT = ("subject__seat__member", "subject__special_committee", "subject__group")


@login_required
@require_safe
def adjustments(request: HttpRequest) -> HttpResponse:
    rows = visible(request.user, Adjustment).select_related(*SUBJECT, "office").order_by("-happened_on", "-pk")
    context = {
        "listing": listing(request, rows, AdjustmentFilter(request.GET)),
        "may_log": may(request.user, Verb.LOG, Adjustment),
        "may_see_appraisals": may_beyond_own(request.user, Verb.VIEW, Appraisal),
    }
    return render(request, "scoring/adjustments.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def adjustment_new(request: HttpRequest) -> HttpResponse:
    def page_of(row: Adjustment) -> str:
        messages.success(request, "已提交，由另一人复核后计入成绩单。")
        return reverse("adjustment", args=[row.public_id])

    return file_form_page(
        request,
        lambda data, files: AdjustmentForm(data, files, user=request.user),
        back=reverse("adjustments"),
        then=page_of,
        intro="只在考核办法规定由人核定分值时使用。提出后由另一人复核，复核前不计分。",
    )


@login_required
@require_safe
def adjustment(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Adjustment).select_related(*SUBJECT, "office", "proposed_by", "decided_by", "evidence")
    row = get_object_or_404(rows, public_id=public_id)
    is_second = visible(request.user, Adjustment, Verb.VERIFY).filter(pk=row.pk).exists()
    context = {
        "adjustment": row,
        "points": None if row.points is None else in_points(row.points),
        "rule_name": rule_name(row),
        "may_decide": is_second and row.state == Adjustment.State.PROPOSED and row.proposed_by_id != request.user.pk,
        "provenance": provenance_for(request.user, row),
    }
    return render(request, "scoring/adjustment.html", context)


@login_required
@require_POST
def adjustment_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Adjustment, Verb.VERIFY).select_related("subject__seat", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请点“同意”或“不同意”。")
        return redirect("adjustment", row.public_id)
    try:
        decide_adjustment(
            user=request.user,
            adjustment=row,
            is_approved=form.cleaned_data["decision"] == "approve",
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, f"{row.get_state_display()}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("adjustment", row.public_id)
