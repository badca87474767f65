"""Pages about the units that answer proposals."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, staff_grant, visible
from members.listing import listing
from members.models import Committee
from members.recording import RecordForm, form_page
from proposals.due import due_counts
from proposals.models import Proposal, Undertaking, UndertakingUnit
from proposals.undertaking_forms import (
    AssignForm,
    DueFilter,
    HandBackForm,
    PaperEvaluationForm,
    ReopenForm,
    ReplyForm,
    UndertakingChangeForm,
    UrgeForm,
)

PRINTED = 1000


@login_required
@require_http_methods(["GET", "POST"])
def proposal_undertaking(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a filed proposal to its units."""
    rows = visible(request.user, Proposal, Verb.LOG).select_related("office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    return form_page(
        request,
        lambda data: AssignForm(data, user=request.user, proposal=row),
        back=reverse("proposal", args=[row.public_id]),
        template="proposals/assign.html",
        intro=f"提案：{row}（{row.get_state_display()}）",
        units=_offered(request, row.committee),
    )


@login_required
@require_http_methods(["GET", "POST"])
def undertaking_reply(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, ReplyForm)


@login_required
@require_http_methods(["GET", "POST"])
def undertaking_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, UndertakingChangeForm)


@login_required
@require_http_methods(["GET", "POST"])
def undertaking_hand_back(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, HandBackForm)


@login_required
@require_http_methods(["GET", "POST"])
def undertaking_urge(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, UrgeForm)


@login_required
@require_http_methods(["GET", "POST"])
def undertaking_reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about_one(request, public_id, ReopenForm)


@login_required
@require_http_methods(["GET", "POST"])
def undertaking_evaluation(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a signer said of the reply on paper or by telephone."""
    return _about_one(request, public_id, PaperEvaluationForm)


@login_required
@require_safe
def proposals_due(request: HttpRequest) -> HttpResponse:
    """Replies that are awaited, the nearest first; with ``rows=all`` without pages and controls, to be printed."""
    staff_grant(request.user, Verb.VIEW, Undertaking)
    waiting = visible(request.user, Undertaking).waiting().with_term().select_related("proposal")
    rows = waiting.order_by("term_on", "proposal__number", "pk")
    is_print = request.GET.get("rows") == "all"
    form = DueFilter(request.GET)
    context: dict[str, Any] = {"today": timezone.localdate()}
    if is_print:
        context["rows"] = form.narrowed(rows)[:PRINTED]
        return render(request, "proposals/due_print.html", context)
    context |= {
        "listing": listing(request, rows, form),
        "counts": due_counts(waiting, timezone.localdate()),
        "unassigned": visible(request.user, Proposal).handled("unassigned", timezone.localdate()).count(),
        "may_log": set(visible(request.user, Undertaking, Verb.LOG).waiting().values_list("pk", flat=True)),
        "units": list(dict.fromkeys(waiting.order_by("unit").values_list("unit", flat=True))),
    }
    return render(request, "proposals/due.html", context)


def _offered(request: HttpRequest, committee: Committee) -> list[str]:
    rows = visible(request.user, UndertakingUnit).filter(committee=committee, is_open=True)
    return list(rows.values_list("name", flat=True))


def _about_one(request: HttpRequest, public_id: str, form: type[RecordForm]) -> HttpResponse:
    """The page of a form about one undertaking that the user may log."""
    rows = visible(request.user, Undertaking, Verb.LOG).select_related("proposal__office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    again = f"，第 {row.round} 次办理" if row.round > 1 else ""
    return form_page(
        request,
        lambda data: form(data, user=request.user, undertaking=row),
        back=reverse("proposal", args=[row.proposal.public_id]),
        template="proposals/undertaking_form.html",
        intro=f"{row.unit}（{row.get_role_display()}{again}），提案：{row.proposal}",
        units=_offered(request, row.committee) if form is HandBackForm else [],
    )
