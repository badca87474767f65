"""Pages of 年度考核: where each year stands, what moves it on, its editions; and the public check of a printed card."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import fresh
from members.access import Verb, may_beyond_own, staff_grant, visible
from members.models import Subject
from scoring import editions
from scoring.assessment_forms import CheckForm
from scoring.checking import MISS, genuine
from scoring.compiled import compiled_text
from scoring.engine.edition import named_digest
from scoring.models import Assessment, Edition, EditionCard, Ruleset, Run
from scoring.services import lifecycle
from scoring.services.assessments import start_year
from scoring.services.publishing import publish

MOST_CARDS = 200  # of a correction on its page; the document has them all
SHOWN = 50  # pending corrections on a page
THROTTLED = {"username": "verify"}  # as axes counts the misses of an address
FIELDS = {
    "place": "名次",
    "grade": "等次",
    "grade_reason": "等次说明",
    "cohort": "同类范围",
    "band": "档次",
    "among": "同类人数",
    "tied": "并列人数",
    "outside_places": "单列项目名次",
    "name": "姓名",
    "number": "编号",
    "sector": "界别",
    "special_committee": "专门委员会",
    "second_special_committee": "第二专门委员会",
    "groups": "活动组",
    "seat_place": "座位号",
    "party": "党派",
    "sex": "性别",
    "ethnicity": "民族",
    "unit": "单位",
    "duty": "单位职务",
    "stroke_key": "排序",
}


def _by_year_and_kind(assessment: Assessment) -> tuple[int, int]:
    return -assessment.year, list(Subject.Kind).index(assessment.subject_kind)


@login_required
@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    staff_grant(request.user, Verb.VIEW, Run)
    rows = visible(request.user, Assessment).select_related("committee", "ruleset")
    found = sorted(rows, key=_by_year_and_kind)
    latest = editions.latest_of(found)
    waiting = visible(request.user, Ruleset, Verb.APPROVE).without_assessment().select_related("committee")
    context = {"rows": [(one, latest.get(one.pk)) for one in found], "waiting": waiting.defer("toml", "original")}
    return render(request, "scoring/assessments.html", context)


@login_required
@require_POST
def assessment_start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the year that an approved ruleset is about."""
    rows = visible(request.user, Ruleset, Verb.APPROVE).select_related("committee")
    ruleset = get_object_or_404(rows, public_id=public_id)
    grant = staff_grant(request.user, Verb.APPROVE, Assessment)
    try:
        grant = grant if grant.committee_id == ruleset.committee_id else None
        row = start_year(user=request.user, ruleset=ruleset, grant=grant)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("ruleset", ruleset.public_id)
    messages.success(request, f"已开始：{row}。各处室登记的记录随即计分。")
    return redirect("assessment", row.public_id)


@login_required
@require_safe
def assessment(request: HttpRequest, public_id: str) -> HttpResponse:
    staff_grant(request.user, Verb.VIEW, Run)
    rows = visible(request.user, Assessment).select_related("committee", "ruleset")
    return _page(request, get_object_or_404(rows, public_id=public_id))


def _page(request: HttpRequest, row: Assessment, **stated) -> HttpResponse:
    """``stated``: what was typed into a form that was refused."""
    may_move = visible(request.user, Assessment, Verb.APPROVE).filter(pk=row.pk).exists()
    on, back = lifecycle.steps_from(row)
    history = lifecycle.moves(row)
    found = editions.editions_of(row)
    waiting = editions.pending(row) if found and may_move else []
    step = on[0] if on else None
    context = {
        "assessment": row,
        "strip": lifecycle.strip(row),
        "may_move": may_move,
        "step": step,
        "back": back,
        "conditions": lifecycle.conditions(user=request.user, assessment=row, step=step) if step and may_move else [],
        "asks_password": fresh.is_asked(),
        "is_second": bool(step and step.code == "publish" and lifecycle.approver(history) != request.user),
        "moves": history[::-1],
        "editions": found,
        "may_show": _may_show(request, row),
        "may_open_editions": may_beyond_own(request.user, Verb.VIEW, Edition),
        "pending": waiting[:SHOWN],
        "pending_count": len(waiting),
        "reopening_reason": next((one.reason for one in reversed(history) if one.reason), ""),
        **stated,
    }
    context["is_ready"] = not any(one.obstacles for one in context["conditions"])
    return render(request, "scoring/assessment.html", context, status=400 if stated else 200)


def _may_show(request: HttpRequest, row: Assessment) -> bool:
    """Whether the year has slides, and the user may show them."""
    is_shown = row.state == Assessment.State.PUBLISHED and row.subject_kind == Subject.Kind.MEMBER
    return is_shown and may_beyond_own(request.user, Verb.VIEW, EditionCard)


@sensitive_post_parameters(fresh.PASSWORD)
@login_required
@require_POST
def assessment_move(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Assessment, Verb.APPROVE).select_related("committee", "ruleset")
    row = get_object_or_404(rows, public_id=public_id)
    step = lifecycle.BY_CODE.get(request.POST.get("step", ""))
    if step is None:
        messages.error(request, "没有改变：没有说要做哪一步，请点页面上的按钮。")
        return redirect("assessment", row.public_id)
    reason, typed = request.POST.get("reason", "").replace("\0", ""), request.POST.get("typed", "").replace("\0", "")
    grant = staff_grant(request.user, Verb.APPROVE, Assessment)
    if grant.committee_id != row.committee_id:
        grant = None
    if step.asks_password and (problem := fresh.problem(request)):
        messages.error(request, problem)
        return _page(request, row, reason=reason, typed=typed, tried=step.code, password_problem=problem)
    try:
        if step is lifecycle.PUBLISH:
            edition = publish(user=request.user, assessment=row, typed=typed, reason=reason, grant=grant)
            messages.success(request, f"已公布：{edition.name}。")
        else:
            lifecycle.move(user=request.user, assessment=row, step=step, reason=reason, typed=typed, grant=grant)
            messages.success(request, f"{step.label}：已完成。")
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        if reason or typed:
            row.refresh_from_db()
            return _page(request, row, reason=reason, typed=typed, tried=step.code)
    return redirect("assessment", row.public_id)


# ---------------------------------------------------------------- editions
def _edition(request: HttpRequest, public_id: str) -> Edition:
    rows = visible(request.user, Edition).select_related("assessment__committee", "published_by")
    return get_object_or_404(rows, public_id=public_id)


@login_required
@require_safe
def edition(request: HttpRequest, public_id: str) -> HttpResponse:
    """One edition: its digest, and what it changed."""
    staff_grant(request.user, Verb.VIEW, Edition)
    row = _edition(request, public_id)
    told = editions.changes_of(row)
    categories = compiled_text(row.ruleset).ruleset.categories if told.get("cards") else ()
    names = {one.code: one.name for one in categories}
    # Whose points changed comes before those whose place moved because of it.
    cards = sorted(told.get("cards", []), key=lambda card: (card["total"][0] == card["total"][1], not card["lines"]))
    context = {
        "edition": row,
        "assessment": row.assessment,
        "digest": named_digest(row.document),
        "size": len(row.document.encode()),
        "ruleset_versions": told.get("ruleset"),
        "cards": [_told(card, names) for card in cards[:MOST_CARDS]],
        "card_count": len(cards),
        "count": row.cards.count(),
    }
    return render(request, "scoring/edition.html", context)


def _told(card: dict, names: dict[str, str]) -> dict:
    """``names``: of categories, by code."""
    fields = [
        (FIELDS.get(name, name), _plain(before, names), _plain(after, names))
        for name, before, after in [*card["placing"], *card["printed"]]
        if name != "stroke_key"
    ]
    return {**card, "fields": fields}


def _plain(value, names: dict[str, str]) -> str:
    if isinstance(value, dict):  # places on categories that are ranked apart
        value = [f"{names.get(code, code)}第 {place} 名" for code, place in sorted(value.items())]
    if isinstance(value, list):
        value = "、".join(value)
    return "—" if value in (None, "") else str(value)


@login_required
@require_safe
def edition_document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The document's bytes, to be kept and verified elsewhere."""
    staff_grant(request.user, Verb.VIEW, Edition)
    row = _edition(request, public_id)
    found = row.assessment
    name = f"{found.committee.code}-{found.year}-{found.subject_kind}-{row.number}.json"
    return HttpResponse(
        row.document.encode(),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# ---------------------------------------------------------------- the public check
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a printed card is genuine, for anybody who holds it. The same words for every miss; misses are counted."""
    if request.method == "GET":
        return render(
            request, "scoring/verify.html", {"form": CheckForm(initial={"code": request.GET.get("code", "")[:20]})}
        )
    if not AxesProxyHandler.is_allowed(request, THROTTLED):
        context = {"form": CheckForm(request.POST), "refused": "核验次数太多，请过一会儿再试。"}
        return render(request, "scoring/verify.html", context, status=429)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return render(request, "scoring/verify.html", {"form": form}, status=400)
    found = genuine(form.cleaned_data["code"], form.cleaned_data["name"])
    if found is None:
        AxesProxyHandler.user_login_failed(sender=verify, credentials=THROTTLED, request=request)
        request.axes_locked_out = (
            None  # axes' own page speaks of passwords; from the next question on we refuse ourselves
        )
        return render(request, "scoring/verify.html", {"form": form, "refused": MISS})
    return render(request, "scoring/verify.html", {"form": form, "found": found})
