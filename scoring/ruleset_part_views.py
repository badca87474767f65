"""The page on which one part of a ruleset's draft is changed, by its form or as text."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from scoring import engine, ruleset_editing, ruleset_page
from scoring.compiled import from_rows
from scoring.engine.codec import Problem
from scoring.engine.schema import RulesetError
from scoring.engine.toml import dumps_part, loads_part
from scoring.models import Ruleset
from scoring.ruleset_conditions import Spelling
from scoring.ruleset_draft import back_to, draft_of, is_closed, locked, named
from scoring.ruleset_editing import NAMES, SINGLE, Edited, Said
from scoring.ruleset_fields import Context
from scoring.ruleset_forms import PartForm
from scoring.ruleset_parts import KINDS, all_parts, blank
from scoring.services.rulesets import change_ruleset

LONGEST_TOML = 50_000


@login_required
@require_http_methods(["GET", "POST"])
def ruleset_part(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form of one part: ?part=rule&at=3, or a new one: ?part=rule&as=levels. POST do=save|preview|sentence|toml."""
    row = draft_of(request, public_id)
    if is_closed(request, row):
        return redirect("ruleset", row.public_id)
    part, kind = request.GET.get("part", "rule"), request.GET.get("as", "")
    if part not in all_parts():
        raise Http404
    content = from_rows(row)
    place = _place(request)
    if part == "rule" and place is None and not kind:
        return render(request, "scoring/ruleset_kinds.html", _kinds(request, row, content))
    values = _values(request, content, part, place, kind)
    if request.method == "POST":
        return _sent(request, row, content, part, place, values)
    return _part_page(request, row, content, part, place, values)


def _place(request: HttpRequest) -> int | None:
    text = request.GET.get("at", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        raise Http404
    return int(text)


def _kinds(request: HttpRequest, row: Ruleset, content: engine.Ruleset) -> dict[str, Any]:
    offered = [one for one in KINDS if one.code != "members" or content.subjects != "member"]
    return {
        "ruleset": row,
        "kinds": offered,
        "category": request.GET.get("category", ""),
        "has_categories": bool(content.categories),
    }


def _values(request: HttpRequest, content: engine.Ruleset, part: str, place: int | None, kind: str) -> dict[str, Any]:
    """Plain values that the form begins with."""
    try:
        if part in SINGLE or place is not None:
            return ruleset_editing.part_of(content, part, place)
        codes = [category.code for category in content.categories]
        asked = request.GET.get("category", "")
        return blank(part, kind, asked if asked in codes else codes[0] if codes else "")
    except (IndexError, StopIteration) as error:
        raise Http404 from error


def _context(content: engine.Ruleset) -> Context:
    return Context(content, Spelling(dict(content.labels)))


def _form(data: Any, content: engine.Ruleset, part: str, values: dict[str, Any]) -> PartForm:
    seen = ruleset_editing.fingerprint(content)
    return PartForm(data, part=part, values=values, context=_context(content), seen=seen)


def _coded(content: engine.Ruleset, part: str, place: int | None, values: dict[str, Any]) -> dict[str, Any]:
    """A new part gets a code of its own."""
    if part in ("rule", "category", "once", "gate") and place is None and not values.get("code"):
        return values | {"code": ruleset_editing.free_code(content, values.get("name", ""))}
    return values


def _sent(
    request: HttpRequest, row: Ruleset, content: engine.Ruleset, part: str, place: int | None, values: dict[str, Any]
) -> HttpResponse:
    what = request.POST.get("do", "save")
    if what == "toml":
        return _sent_toml(request, row, content, part, place, values)
    form = _form(request.POST, content, part, values)
    edited = Edited(None, [])
    if form.is_valid():
        edited = ruleset_editing.with_part(content, part, place, _coded(content, part, place, form.plain))
        form.take(edited.problems)
    if what == "sentence":
        return render(request, "scoring/ruleset_sentence.html", _said(form, edited, part, place))
    if what == "save" and not form.errors and edited.ruleset is not None:
        if _saved(request, row, edited.ruleset, part, place, form.data.get("seen", ""), form):
            return redirect(back_to(row, part, _kept_at(edited.ruleset, part, place)))
    elif not form.errors:
        shown = _form(None, content, part, form.plain)
        return _part_page(request, row, content, part, place, form.plain, form=shown, edited=edited)
    return _part_page(request, row, content, part, place, values, form=form, edited=edited)


def _saved(
    request: HttpRequest,
    row: Ruleset,
    found: engine.Ruleset,
    part: str,
    place: int | None,
    seen: str,
    form: PartForm | None = None,
) -> bool:
    told = _done(found, part, place)
    try:
        with transaction.atomic():
            locked(row, seen)
            change_ruleset(user=request.user, ruleset=row, content=found, reason=told)
    except ValidationError as error:
        if form is not None:
            form.add_error(None, error)
        else:
            messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, f"{told}。")
    return True


def _done(content: engine.Ruleset, part: str, place: int | None) -> str:
    """What saving the part did, in words."""
    if part in SINGLE:
        return f"已修改{NAMES[part]}"
    values = ruleset_editing.part_of(content, part, _kept_at(content, part, place))
    return f"已{'新增' if place is None else '修改'}{named(part, values)}"


def _sent_toml(
    request: HttpRequest, row: Ruleset, content: engine.Ruleset, part: str, place: int | None, values: dict[str, Any]
) -> HttpResponse:
    """The part's own TOML text, with the same checks."""
    text = request.POST.get("toml", "").replace("\r\n", "\n")
    problems = []
    if part in SINGLE:
        raise Http404
    if len(text) > LONGEST_TOML:
        problems = [f"文字有 {len(text)} 个字，最多 {LONGEST_TOML} 个字，请只写这一项。"]
    else:
        try:
            found = _coded(content, part, place, loads_part(part, text))
            edited = ruleset_editing.with_part(content, part, place, found)
            problems = [_told(one) for one in edited.problems]
            if not problems and _saved(request, row, edited.ruleset, part, place, request.POST.get("seen", "")):
                return redirect(back_to(row, part, _kept_at(edited.ruleset, part, place)))
        except RulesetError as error:
            problems = list(error.problems)
    return _part_page(request, row, content, part, place, values, toml=text, toml_problems=problems)


def _kept_at(content: engine.Ruleset, part: str, place: int | None) -> int | None:
    return place if place is not None or part in SINGLE else len(ruleset_editing.items_of(content, part)) - 1


def _told(problem: Problem) -> str:
    return f"{problem.key}：{problem.text}" if problem.key else problem.text


def _said(form: PartForm, edited: Edited, part: str, place: int | None) -> dict[str, Any]:
    said = Said(edited.ruleset).of(part, place) if edited.ruleset is not None else []
    errors = [error for some in form.errors.values() for error in some]
    return {"sentences": said, "errors": errors}


def _part_page(
    request: HttpRequest,
    row: Ruleset,
    content: engine.Ruleset,
    part: str,
    place: int | None,
    values: dict[str, Any],
    form: PartForm | None = None,
    edited: Edited | None = None,
    **more: Any,
) -> HttpResponse:
    form = form or _form(None, content, part, values)
    if edited is None:
        edited = ruleset_editing.with_part(content, part, place, _coded(content, part, place, values))
    context = {
        "ruleset": row,
        "form": form,
        "part": part,
        "is_new": place is None and part not in SINGLE,
        "title": f"{'新增' if place is None and part not in SINGLE else '修改'}{NAMES[part]}",
        "back": back_to(row, part, place),
        "has_toml": part not in SINGLE,
        "toml": dumps_part(part, values) if part not in SINGLE else "",
        "words": ruleset_page.vocabulary(_context(content).spelling) if part not in ("head", "labels") else None,
        "original": row.original,
        **_said(form, edited, part, place),
        **more,
    }
    return render(request, "scoring/ruleset_part.html", context)
