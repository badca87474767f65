"""Pages on which members report what they did. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.contribution_reports import may_be_sent_again
from activities.models import Contribution, ContributionKind
from activities.my_contribution_forms import MyContributionChangeForm, MyContributionForm
from members.access import Verb, grants_for, visible
from members.evidence import file_form_page
from members.listing import FilterForm, listing


class NoFilter(FilterForm):
    """All of them: a member has few."""

    def narrow(self, rows: QuerySet) -> QuerySet:
        return rows


@login_required
@require_safe
def my_contributions(request: HttpRequest) -> HttpResponse:
    grants = grants_for(request.user, Verb.REPORT, Contribution)
    committees = [grant.committee_id for grant in grants]
    kinds = visible(request.user, ContributionKind).filter(committee__in=committees).reportable()
    context = {
        "listing": listing(request, _own(request).select_related("kind", "evidence"), NoFilter(request.GET)),
        "kinds": kinds,
    }
    return render(request, "activities/my_contributions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_contribution_new(request: HttpRequest) -> HttpResponse:
    return file_form_page(
        request,
        lambda data, files: MyContributionForm(data, files, user=request.user),
        back=reverse("my_contributions"),
        then=lambda row: _said(request, f"“{row}”已提交，由{row.office}核实后计入成绩单。"),
        intro="写清做了什么、哪一天；有照片、证书的附上，核实得更快。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def my_contribution_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _one(request, public_id)
    if not may_be_sent_again(request.user, row):
        messages.error(request, f"“{row}”{row.get_state_display()}，不能自己修改。如有出入请联系{row.office}。")
        return redirect("contribution", row.public_id)
    return file_form_page(
        request,
        lambda data, files: MyContributionChangeForm(data, files, user=request.user, contribution=row),
        back=reverse("contribution", args=[row.public_id]),
        then=lambda row: _said(request, f"“{row}”已重新提交，由{row.office}核实。"),
        intro=f"退回理由：{row.return_reason}" if row.return_reason else "",
    )


@login_required
@require_POST
def my_contribution_take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _one(request, public_id)
    grant = next((one for one in grants_for(request.user, Verb.REPORT, Contribution)), None)
    try:
        services.take_back_report(user=request.user, contribution=row, grant=grant)
        messages.success(request, f"“{row}”已撤回，不再核实。改好后可以重新提交。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my_contributions")


def _own(request: HttpRequest) -> QuerySet[Contribution]:
    return visible(request.user, Contribution, Verb.REPORT)


def _one(request: HttpRequest, public_id: str) -> Contribution:
    rows = _own(request).select_related("kind", "office", "committee", "subject__seat", "evidence")
    return get_object_or_404(rows, public_id=public_id)


def _said(request: HttpRequest, sentence: str) -> str:
    messages.success(request, sentence)
    return reverse("my_contributions")
