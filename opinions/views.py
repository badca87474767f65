"""Pages of reports on social conditions and public opinion. Rows come from members.access alone."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.provenance import Provenance, provenance
from members.access import Verb, committees_beyond_own, may, visible
from members.listing import listing
from members.recording import form_page
from opinions.forms import QuickForm, ReportChangeForm, ReportFilter, ReportForm, next_number
from opinions.models import Adoption, CompositePart, Forwarding, Instruction, OpinionReport, Reporter
from opinions.outcome_forms import CompositeChangeForm, CompositeForm, offered_organs
from opinions.pages import about_one

PARTS = (
    (Reporter, "report"),
    (CompositePart, "composite"),
    (Adoption, "report"),
    (Instruction, "report"),
    (Forwarding, "report"),
)
PRIVATE_STEPS = {"修改草稿"}


@login_required
@require_http_methods(["GET", "POST"])
def opinions(request: HttpRequest) -> HttpResponse:
    """The list; above it, for those who log, the line that takes the next report."""
    may_log = may(request.user, Verb.LOG, OpinionReport)
    if request.method == "POST" and not may_log:
        raise Http404
    form = _quick_form(request) if may_log else None
    if request.method == "POST" and form.is_valid():
        row = form.save()
        if not form.errors:
            messages.success(request, f"已登记“{row}”，请接着录下一篇。")
            return redirect(f"{reverse('opinions')}?next={row.submitted_on}")
    context = {
        "listing": listing(request, visible(request.user, OpinionReport).with_signers(), ReportFilter(request.GET)),
        "may_log": may_log,
        "form": form,
        "organs": offered_organs(request.user, form.committees) if form else [],
    }
    return render(request, "opinions/opinions.html", context)


def _quick_form(request: HttpRequest) -> QuickForm:
    """Empty but for what is likely: the next number, and the day of the report saved before."""
    if request.method == "POST":
        return QuickForm(request.POST, user=request.user)
    day = request.GET.get("next", "")
    initial = {"submitted_on": day[:10] or timezone.localdate()}
    form = QuickForm(user=request.user, is_next=bool(day), initial=initial)
    if len(form.committees) == 1:
        (committee,) = form.committees.values()
        form.initial["number"] = next_number(committee, timezone.localdate().year)
    return form


@login_required
@require_http_methods(["GET", "POST"])
def opinion_new(request: HttpRequest) -> HttpResponse:
    return _new(request, ReportForm)


@login_required
@require_http_methods(["GET", "POST"])
def composite_new(request: HttpRequest) -> HttpResponse:
    return _new(request, CompositeForm)


def _new(request: HttpRequest, form: type[ReportForm] | type[CompositeForm]) -> HttpResponse:
    def page_of(row: OpinionReport) -> str:
        messages.success(request, f"已登记“{row}”。")
        return reverse("opinion", args=[row.public_id])

    return form_page(request, lambda data: form(data, user=request.user), back=reverse("opinions"), then=page_of)


@login_required
@require_safe
def opinion(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, OpinionReport).with_signers().select_related("office", "committee")
    row = get_object_or_404(rows.prefetch_related("forwardings"), public_id=public_id)
    is_staff = row.committee_id in committees_beyond_own(request.user, Verb.VIEW, OpinionReport)
    context = {
        "opinion": row,
        "is_waiting": row.state == OpinionReport.State.SUBMITTED,
        "may_log": visible(request.user, OpinionReport, Verb.LOG).filter(pk=row.pk).exists(),
        "provenance": _told(provenance(row, *PARTS, in_full=is_staff)),
    }
    return render(request, "opinions/opinion.html", context)


def _told(found: Provenance) -> Provenance:
    """What a draft said before it was handed in is its writers' alone."""
    return replace(
        found, steps=[replace(step, lines=[]) if step.verb in PRIVATE_STEPS else step for step in found.steps]
    )


@login_required
@require_http_methods(["GET", "POST"])
def opinion_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, lambda row: CompositeChangeForm if row.is_composite else ReportChangeForm)
