"""Pages of 更正: the member's own, and the office's queue. Rows come from members.access alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, allowed_grant, grants_for, staff_grant, visible
from members.evidence import file_form_page
from members.ids import as_uuid
from members.listing import listing
from members.models import Grant, Office
from members.provenance import provenance_for
from scoring import evidence
from scoring.models import Assessment, Objection, ReportCard
from scoring.objections import (
    check_takes_objections,
    decide_objection,
    disputed,
    handled_by,
    in_words,
    line_in,
    mark_corrected,
    pass_objection_on,
)
from scoring.objections_forms import AnswerForm, MyObjectionForm, ObjectionFilter
from scoring.objections_statistics import statistics

CARD = ("card__subject__seat__member", "card__assessment__committee", "card__assessment__ruleset")
SHOWN = (*CARD, "raised_by", "answered_by", "decided_by", "office", "evidence", "committee")
LEFT_OUT_HINT = "写清漏记了什么、哪一天、在哪里；有照片或材料的附上，核实得更快。"
# Where a record of a kind is changed; kinds that are not here are changed from their own page.
EDIT_PAGES = {"proposal": "proposal_edit", "opinion": "opinion_edit", "contribution": "contribution_edit"}


# ---------------------------------------------------------------- the member
@login_required
@require_safe
def my_objections(request: HttpRequest) -> HttpResponse:
    """What I objected to and what came of it, and for which years I may still object."""
    grants_for(request.user, Verb.REPORT, Objection)
    rows = visible(request.user, Objection, Verb.REPORT).select_related("evidence", "card__assessment")
    cards = visible(request.user, ReportCard, Verb.REPORT).select_related("assessment").order_by("-assessment__year")
    context = {
        "objections": rows.order_by("-raised_at", "-pk"),
        "open_cards": [card for card in cards.defer("document", "standing") if card.assessment.takes_objections],
        "State": Objection.State,
        "MEMBER_CHECK": Assessment.State.MEMBER_CHECK,
    }
    return render(request, "scoring/objections_mine.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_objection_new(request: HttpRequest) -> HttpResponse:
    """?of= the assessment's public id, ?line= "rule@fact" of one of its lines (none: something was left out)."""
    grants_for(request.user, Verb.REPORT, Objection)
    card = own_card(request)
    key = request.GET.get("line", "")
    back = reverse("me", args=[card.assessment.year])
    try:
        check_takes_objections(card.assessment)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("my_objections")
    line = disputed(card, key) if key else None
    if key and line is None:
        messages.error(request, "这一条已不在成绩单上，记录可能刚刚改过。请再看一遍成绩单。")
        return redirect(back)

    def list_of(row: Objection) -> str:
        messages.success(request, "更正申请已收到。办理情况和答复在这一页看。")
        return reverse("my_objections")

    return file_form_page(
        request,
        lambda data, files: MyObjectionForm(data, files, user=request.user, card=card, line=key),
        back=back,
        then=list_of,
        template="scoring/objection_new.html",
        about=line.about if line else "",
        intro="" if line else LEFT_OUT_HINT,
        until=card.assessment.member_check_until,
    )


def own_card(request: HttpRequest) -> ReportCard:
    """The user's own card in the assessment of ?of=, the newest without it; Http404 for anybody else's."""
    cards = visible(request.user, ReportCard, Verb.REPORT).select_related(
        "subject__seat__member", "assessment__committee", "assessment__ruleset"
    )
    if asked := request.POST.get("of") or request.GET.get("of"):
        return get_object_or_404(cards, assessment__public_id=as_uuid(asked))
    newest = cards.exclude(assessment__state=Assessment.State.DRAFT).order_by("-assessment__year", "-pk").first()
    if newest is None:
        raise Http404
    return newest


# ---------------------------------------------------------------- the office
@login_required
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    staff_grant(request.user, Verb.VIEW, Objection)
    rows = handled_by(request.user).select_related(*CARD, "office").order_by("-raised_at", "-pk")
    context = {
        "listing": listing(request, rows, ObjectionFilter(request.GET, user=request.user)),
        "may_see_statistics": visible(request.user, Objection, Verb.VERIFY).exists(),
    }
    return render(request, "scoring/objections.html", context)


@login_required
@require_safe
def objection(request: HttpRequest, public_id: str) -> HttpResponse:
    staff_grant(request.user, Verb.VIEW, Objection)
    return _page(
        request, get_object_or_404(handled_by(request.user).select_related(*SHOWN), public_id=public_id), AnswerForm()
    )


def _page(request: HttpRequest, row: Objection, form: AnswerForm) -> HttpResponse:
    """The dispute on the left, the record and the card's line as they are now on the right, what is to be done below."""
    user = request.user
    is_mine = user.member_id is not None and row.card.subject.seat.member_id == user.member_id
    may_answer = not is_mine and visible(user, Objection, Verb.LOG).filter(pk=row.pk).exists()
    may_decide = not is_mine and visible(user, Objection, Verb.VERIFY).filter(pk=row.pk).exists()
    is_third = user.pk not in {row.raised_by_id, row.answered_by_id}
    line = line_in(row.card, f"{row.rule}@{row.fact_key}") if row.rule else None
    is_open = row.state == Objection.State.OPEN
    is_waiting = is_open or row.state == Objection.State.ANSWERED
    context = {
        "objection": row,
        "form": form,
        "line_now": in_words(line) if line else "",
        "record": _record(request, row),
        "may_answer": may_answer and is_waiting,
        "may_pass_on": is_open and (may_answer or may_decide),
        "offices": visible(user, Office).filter(committee=row.committee_id) if is_open else [],
        "may_decide": may_decide and is_third and row.state == Objection.State.ANSWERED,
        "advises_correction": row.advice == Objection.Advice.CORRECT,
        "may_correct": may_answer and row.state == Objection.State.ACCEPTED and row.corrected_at is None,
        "provenance": provenance_for(user, row, private={"提出更正申请"}),
    }
    return render(request, "scoring/objection.html", context)


def _record(request: HttpRequest, row: Objection) -> dict | None:
    """{title, url, edit} of the disputed record; None when no record stands behind the line."""
    found = evidence.record_of(row.fact_key)
    if found is None:
        return None
    (title, address), *_ = evidence.titles([row.fact_key]).values()
    model = type(found)
    is_seen = visible(request.user, model).filter(pk=found.pk).exists()
    is_logged = visible(request.user, model, Verb.LOG).filter(pk=found.pk).exists()
    edit = EDIT_PAGES.get(address[0], address[0])
    return {
        "title": title,
        "url": reverse(address[0], args=[found.public_id]) if is_seen else "",
        "edit": reverse(edit, args=[found.public_id]) if is_logged else "",
    }


@login_required
@require_POST
def objection_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _staff_row(request, public_id, Verb.LOG)
    form = AnswerForm(request.POST)
    grant = _grant(request, Verb.LOG, row)
    if not form.is_valid() or not form.answer(request.user, row, grant=grant):
        return _page(request, row, form)
    messages.success(request, f"“{row}”已答复，由另一人决定。")
    return _next(request, Verb.LOG, Objection.State.OPEN, row)


@login_required
@require_POST
def objection_pass_on(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _any_row(request, public_id, Verb.LOG, Verb.VERIFY)
    offices = visible(request.user, Office).filter(committee=row.committee_id)
    office = offices.filter(public_id=as_uuid(request.POST.get("office", ""))).first()
    if office is None:
        messages.error(request, "没有转交：没有选处室，请选择由哪个处室答复。")
        return redirect("objection", row.public_id)
    return _done(
        request,
        row,
        f"已转给{office}答复。",
        lambda: pass_objection_on(user=request.user, objection=row, office=office),
        then=redirect("objections"),
    )


@login_required
@require_POST
def objection_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _staff_row(request, public_id, Verb.VERIFY)
    decision = request.POST.get("decision")
    if decision not in {"accept", "refuse"}:
        messages.error(request, "没有办理：请点“同意更正”或“不更正”。")
        return redirect("objection", row.public_id)
    is_accepted = decision == "accept"
    return _done(
        request,
        row,
        "已同意更正，处室改正记录后成绩单自动重算。" if is_accepted else "已决定不更正，委员会看到理由。",
        lambda: decide_objection(
            user=request.user,
            objection=row,
            is_accepted=is_accepted,
            reason=request.POST.get("reason", ""),
            grant=_grant(request, Verb.VERIFY, row),
        ),
        then=lambda: _next(request, Verb.VERIFY, Objection.State.ANSWERED, row),
    )


@login_required
@require_POST
def objection_corrected(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _staff_row(request, public_id, Verb.LOG)
    return _done(
        request,
        row,
        "已记为改正，委员会看到“已更正”。",
        lambda: mark_corrected(user=request.user, objection=row, grant=_grant(request, Verb.LOG, row)),
        then=redirect("objections"),
    )


@login_required
@require_safe
def objections_statistics(request: HttpRequest) -> HttpResponse:
    """By state, office and rule, for one year; each figure leads to its list."""
    committee = allowed_grant(request.user, Verb.VERIFY, Objection).committee
    assessments = visible(request.user, Assessment).filter(committee=committee, subject_kind="member")
    assessments = list(assessments.select_related("ruleset").order_by("-year"))
    year = request.GET.get("year", "")
    chosen = next((one for one in assessments if str(one.year) == year or not year), None)
    if year and chosen is None:
        raise Http404
    rows = visible(request.user, Objection, Verb.VERIFY).filter(card__assessment=chosen)
    context = {"assessment": chosen, "assessments": assessments, "found": statistics(rows, chosen) if chosen else None}
    return render(request, "scoring/objections_statistics.html", context)


# ---------------------------------------------------------------- shared
def _rows(request: HttpRequest, verb: Verb) -> QuerySet[Objection]:
    return visible(request.user, Objection, verb).select_related(*SHOWN)


def _staff_row(request: HttpRequest, public_id: str, verb: Verb) -> Objection:
    staff_grant(request.user, verb, Objection)
    return get_object_or_404(_rows(request, verb), public_id=public_id)


def _any_row(request: HttpRequest, public_id: str, *verbs: Verb) -> Objection:
    for verb in verbs:
        row = _rows(request, verb).filter(public_id=public_id).first()
        if row is not None:
            return row
    raise Http404


def _grant(request: HttpRequest, verb: Verb, row: Objection) -> Grant | None:
    grants = grants_for(request.user, verb, Objection)
    return next((one for one in grants if one.committee_id == row.committee_id), None)


def _done(request, row, said, act, then) -> HttpResponse:
    """Do it and say so, or say why it was refused on the objection's page."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("objection", row.public_id)
    messages.success(request, said)
    return then() if callable(then) else then


def _next(request: HttpRequest, verb: Verb, state: str, row: Objection) -> HttpResponse:
    """The next one that waits for the same thing, the oldest first; the list when there is none."""
    waiting = visible(request.user, Objection, verb).filter(state=state).exclude(pk=row.pk)
    following = waiting.order_by("raised_at", "pk").first()
    return redirect("objection", following.public_id) if following else redirect("objections")
