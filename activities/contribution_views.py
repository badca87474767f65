"""Pages of the other contributions of members. Rows come from members.access alone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.contribution_forms import (
    ROLES,
    ContributionChangeForm,
    ContributionFilter,
    ContributionForm,
    ContributionPasteForm,
    QuickForm,
    seen_of,
)
from activities.contribution_reports import may_be_sent_again, may_be_taken_back
from activities.models import Contribution, ContributionKind
from audit.evidence import saving
from members.access import Verb, grants_for, may, visible
from members.evidence import file_form_page
from members.listing import listing
from members.provenance import provenance_for
from members.recording import CHANGED, DecideForm

SUBJECT = ("subject__seat__member", "subject__special_committee", "subject__group")
LAST = "contribution_last"  # what the quick row begins with: office, kind, title and day of the last one


@login_required
@require_http_methods(["GET", "POST"])
def contributions(request: HttpRequest) -> HttpResponse:
    """The list; above it, for those who log, the row that takes the next one."""
    may_log = may(request.user, Verb.LOG, Contribution)
    if request.method == "POST" and not may_log:
        raise Http404
    quick = _quick_form(request) if may_log else None
    if request.method == "POST" and quick.is_valid() and (saved := quick.save()):
        return redirect(_next_row(request, saved))
    rows = visible(request.user, Contribution).select_related("kind", "office", "evidence", *SUBJECT)
    form = ContributionFilter(request.GET, user=request.user)
    found = listing(request, rows, form)
    is_queue = form.chosen("state") == Contribution.State.REPORTED and may(request.user, Verb.VERIFY, Contribution)
    context = {
        "listing": found,
        "may_log": may_log,
        "may_set": visible(request.user, ContributionKind, Verb.SETTING).exists(),
        "is_queue": is_queue,
        "queue": _queue(request, found.page.object_list) if is_queue else [],
        "quick": quick if not is_queue else None,
    }
    return render(request, "activities/contributions.html", context)


def _quick_form(request: HttpRequest) -> QuickForm:
    """What stays the same from one record to the next is filled in."""
    if request.method == "POST":
        return QuickForm(request.POST, user=request.user)
    return QuickForm(user=request.user, initial=request.session.get(LAST, {}), is_next="quick" in request.GET)


def _next_row(request: HttpRequest, rows: list[Contribution]) -> str:
    """Say what was logged; the address of the list that waits for the next."""
    _remember(request, rows[0])
    whom = f"{rows[0].subject}" if len(rows) == 1 else f"{len(rows)} 人（单位）"
    messages.success(request, f"已登记“{rows[0]}”，{whom}，请接着录下一条。")
    return f"{reverse('contributions')}?quick=1"


def _queue(request: HttpRequest, rows: list[Contribution]) -> list[dict[str, Any]]:
    """Each row with what its buttons send, and whether it is for this user to decide: nobody verifies his own."""
    decidable = set(
        visible(request.user, Contribution, Verb.VERIFY)
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    mine = request.user.member_id
    found, first = [], True
    for row in rows:
        seat = row.subject.seat
        may_decide = row.pk in decidable and not (mine and seat and seat.member_id == mine)
        found.append(
            {"contribution": row, "may_decide": may_decide, "seen": seen_of(row), "is_first": may_decide and first}
        )
        first = first and not may_decide
    return found


@login_required
@require_http_methods(["GET", "POST"])
def contribution_new(request: HttpRequest) -> HttpResponse:
    return file_form_page(
        request,
        lambda data, files: ContributionForm(data, files, user=request.user),
        back=reverse("contributions"),
        then=lambda rows: _next_row(request, rows),
        intro="记事实，不记分：谁、哪天、做了什么、什么级别。几个人参加同一活动，在名单里一次填完。",
    )


def _remember(request: HttpRequest, row: Contribution) -> None:
    request.session[LAST] = {
        "office": str(row.office.public_id),
        "kind": str(row.kind.public_id),
        "title_of_work": row.title,
        "happened_on": row.happened_on.isoformat(),
        "level": row.level,
    }


@login_required
@require_http_methods(["GET", "POST"])
def contribution_paste(request: HttpRequest) -> HttpResponse:
    """Many members at one event: fill in the event and paste the list, check who was recognised, save."""
    is_sent = request.method == "POST"
    form = ContributionPasteForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, user=request.user
    )
    is_good = is_sent and form.is_valid()
    if is_good and "save" in request.POST:
        rows = _saved(form)
        if rows:
            _remember(request, rows[0])
            messages.success(request, f"已登记“{rows[0]}”，{len(rows)} 人。")
            return redirect("contributions")
    is_list_shown = bool(form.found) and "again" not in request.POST and (is_good or "save" in request.POST)
    context = {
        "form": form,
        "is_list_shown": is_list_shown,
        "sure": sum(one["entry"].is_sure for one in form.found),
        "unsure": sum(not one["entry"].is_sure for one in form.found),
    }
    return render(request, "activities/contribution_paste.html", context)


def _saved(form: ContributionPasteForm) -> list[Contribution] | None:
    with saving(), transaction.atomic():
        rows = form.save()
        if form.errors:
            transaction.set_rollback(True)
            return None
    return rows


@login_required
@require_safe
def contribution(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Contribution).select_related(
        "kind", "office", "committee", "evidence", "reported_by", "verified_by", *SUBJECT
    )
    row = get_object_or_404(rows, public_id=public_id)
    is_mine = visible(request.user, Contribution, Verb.REPORT).filter(pk=row.pk).exists()
    context = {
        "contribution": row,
        "may_verify": visible(request.user, Contribution, Verb.VERIFY).filter(pk=row.pk).exists() and not is_mine,
        "may_log": visible(request.user, Contribution, Verb.LOG).filter(pk=row.pk).exists(),
        "may_send_again": is_mine and may_be_sent_again(request.user, row),
        "may_take_back": is_mine and may_be_taken_back(request.user, row),
        "role": dict(ROLES).get(row.role, row.role),
        "seen": seen_of(row),
        "provenance": provenance_for(request.user, row),
    }
    return render(request, "activities/contribution.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contribution_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Contribution, Verb.LOG).select_related(
        "kind", "office", "committee", "evidence", *SUBJECT
    )
    row = get_object_or_404(rows, public_id=public_id)
    return file_form_page(
        request,
        lambda data, files: ContributionChangeForm(data, files, user=request.user, contribution=row),
        back=reverse("contribution", args=[row.public_id]),
        intro=f"对象：{row.subject}。记错了人的，请撤销这一条，再为正确的人登记。",
    )


@login_required
@require_POST
def contribution_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm what a member reported or return it; withdraw what was confirmed, reopen what was returned, by mistake."""
    rows = visible(request.user, Contribution, Verb.VERIFY).select_related("subject__seat", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    form = DecideForm(request.POST, "verify", "return", "withdraw", "reopen")
    if not form.is_valid():
        messages.error(request, form.problem)
    elif request.POST.get("seen", seen_of(row)) != seen_of(row):
        messages.error(request, CHANGED)
    else:
        _decide(request, row, **form.cleaned_data)
    return _after_decision(request, row)


def _decide(request: HttpRequest, row: Contribution, *, decision: str, reason: str) -> None:
    grants = grants_for(request.user, Verb.VERIFY, Contribution)
    fitting = [one for one in grants if one.committee_id == row.committee_id and one.office_id in {None, row.office_id}]
    who = {"user": request.user, "contribution": row, "grant": next(iter(fitting), None)}
    try:
        if decision == "reopen":
            services.reopen_contribution(**who)
        elif decision == "withdraw":
            services.withdraw_contribution(**who, reason=reason)
        else:
            services.decide_contribution(**who, is_verified=decision == "verify", reason=reason)
        messages.success(request, f"“{row}”{row.get_state_display()}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


def _after_decision(request: HttpRequest, row: Contribution) -> HttpResponse:
    """Back to the queue, whose next row waits, or to the record's page."""
    if "queue" in request.POST:
        return redirect(f"{reverse('contributions')}?state={Contribution.State.REPORTED}")
    return redirect("contribution", row.public_id)
