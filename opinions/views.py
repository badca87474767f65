"""Pages of reports on social conditions and public opinion. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, may, visible
from members.listing import listing
from members.recording import RecordForm, form_page
from opinions.forms import AdoptionForm, InstructionForm, ReportChangeForm, ReportFilter, ReportForm
from opinions.models import OpinionReport


@login_required
@require_safe
def opinions(request: HttpRequest) -> HttpResponse:
    rows = visible(request.user, OpinionReport).with_signers()
    context = {
        "listing": listing(request, rows, ReportFilter(request.GET)),
        "may_log": may(request.user, Verb.LOG, OpinionReport),
    }
    return render(request, "opinions/opinions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def opinion_new(request: HttpRequest) -> HttpResponse:
    def page_of(row: OpinionReport) -> str:
        messages.success(request, f"已登记“{row}”。")
        return reverse("opinion", args=[row.public_id])

    return form_page(request, lambda data: ReportForm(data, user=request.user), back=reverse("opinions"), then=page_of)


@login_required
@require_safe
def opinion(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, OpinionReport).with_signers().select_related("office")
    row = get_object_or_404(rows, public_id=public_id)
    may_log = visible(request.user, OpinionReport, Verb.LOG).filter(pk=row.pk).exists()
    return render(request, "opinions/opinion.html", {"opinion": row, "may_log": may_log})


@login_required
@require_http_methods(["GET", "POST"])
def opinion_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, ReportChangeForm)


@login_required
@require_http_methods(["GET", "POST"])
def adoption_new(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, AdoptionForm)


@login_required
@require_http_methods(["GET", "POST"])
def instruction_new(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, InstructionForm)


def _about_one(request: HttpRequest, public_id: str, form: type[RecordForm]) -> HttpResponse:
    """The page of a form about one report that the user may log."""
    rows = visible(request.user, OpinionReport, Verb.LOG).select_related("office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    return form_page(
        request,
        lambda data: form(data, user=request.user, report=row),
        back=reverse("opinion", args=[row.public_id]),
        intro=f"信息：{row}",
    )
