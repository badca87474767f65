"""Rates of proposals, and what the office keeps about handling them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, allowed_grant, staff_grant, visible
from members.recording import form_page
from proposals.handling_forms import HandlingForm, PeriodFilter
from proposals.models import HandlingSetting, Proposal
from proposals.rates import rates

GROUPS = (("unit", "按主办单位"), ("sector", "按界别"))


@login_required
@require_safe
def proposals_rates(request: HttpRequest) -> HttpResponse:
    """Rates of a year or a term, live; this year's when neither is asked for."""
    staff_grant(request.user, Verb.VIEW, Proposal)
    today = timezone.localdate()
    data = request.GET.copy()
    if not data.get("year") and not data.get("term"):
        data["year"] = str(today.year)
    form = PeriodFilter(data)
    rows = form.narrowed(visible(request.user, Proposal))
    period = {name: form.chosen(name) for name in ("year", "term") if form.chosen(name)}
    by = "sector" if request.GET.get("by") == "sector" else "unit"
    # One table at a time keeps the page light where there are sixty units and thirty sectors.
    groups = [(value, name, f"?{urlencode({**period, 'by': value})}") for value, name in GROUPS]
    context = {
        "by": by,
        "groups": groups,
        "form": form,
        "rates": rates(rows, today, period),
        "today": today,
    }
    return render(request, "proposals/rates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def proposals_handling(request: HttpRequest) -> HttpResponse:
    """The term to reply, the classes of replies and the names of units."""
    committee = allowed_grant(request.user, Verb.LOG, HandlingSetting).committee

    def done(_: bool) -> str:
        messages.success(request, "已保存提案办理设置。")
        return reverse("proposals")

    return form_page(
        request,
        lambda data: HandlingForm(data, user=request.user, committee=committee),
        back=reverse("proposals"),
        then=done,
        intro=committee.short_name,
    )
