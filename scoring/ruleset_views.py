"""Pages on which a ruleset is drafted, compared and approved. Reading it is in views.py."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, staff_grant, visible
from members.recording import CHANGED
from scoring import engine, ruleset_editing, ruleset_page, ruleset_versions
from scoring.compiled import TamperedRuleset, from_rows
from scoring.engine.codec import Problem
from scoring.engine.differences import differences
from scoring.engine.schema import RulesetError
from scoring.engine.toml import dumps_part, loads_part
from scoring.models import Ruleset
from scoring.ruleset_conditions import Spelling
from scoring.ruleset_editing import NAMES, SINGLE, Edited, Said
from scoring.ruleset_fields import Context
from scoring.ruleset_forms import PartForm
from scoring.ruleset_new import RulesetNewForm
from scoring.ruleset_parts import KINDS, all_parts, blank
from scoring.services.rulesets import approve_ruleset, change_ruleset, keep_original, load_ruleset

LONGEST_TEXT = 200_000
LONGEST_TOML = 50_000


# ---------------------------------------------------------------- new
@login_required
@require_http_methods(["GET", "POST"])
def ruleset_new(request: HttpRequest) -> HttpResponse:
    committee = staff_grant(request.user, Verb.LOG, Ruleset).committee
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    begin = {"base": request.GET.get("from", ""), "year": request.GET.get("year", "")}
    form = RulesetNewForm(*given, user=request.user, committee=committee, initial=begin)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        if row is not None:
            messages.success(request, f"已存为草稿：{row}。")
            return redirect("ruleset_edit", row.public_id)
    context = {"form": form, "title": form.title, "submit": "存为草稿", "back": reverse("rulesets")}
    return render(request, "scoring/ruleset_new.html", context)


# ---------------------------------------------------------------- the draft
def draft_of(request: HttpRequest, public_id: str) -> Ruleset:
    rows = visible(request.user, Ruleset, Verb.LOG).select_related("committee")
    return get_object_or_404(rows, public_id=public_id)


def is_closed(request: HttpRequest, row: Ruleset) -> bool:
    if row.state == Ruleset.State.DRAFT:
        return False
    messages.error(request, f"{row}{row.get_state_display()}，内容不能再改。要修订请起草下一版，并写明理由。")
    return True


@login_required
@gzip_page
@require_http_methods(["GET", "POST"])
def ruleset_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The regulation's text beside its rules; moving, copying and deleting parts."""
    row = draft_of(request, public_id)
    if is_closed(request, row):
        return redirect("ruleset", row.public_id)
    if request.method == "POST":
        _act_on(request, row)
        part, _, rest = request.POST.get("do", "").partition(".")
        place = rest.partition(".")[0]
        return redirect(_back(row, part, int(place) if place.isascii() and place.isdigit() else None))
    page = ruleset_page.draft_page(row, from_rows(row), ruleset_page.readable(request.user))
    page["versions"] = ruleset_versions.versions(row)[:2]
    page["may_approve"] = visible(request.user, Ruleset, Verb.APPROVE).filter(pk=row.pk).exists()
    page["may_rehearse"] = visible(request.user, Ruleset, Verb.RESCORE).filter(pk=row.pk).exists()
    return render(request, "scoring/ruleset_edit.html", page)


def _act_on(request: HttpRequest, row: Ruleset) -> None:
    what = request.POST.get("do", "")
    try:
        if what == "text":
            text = request.POST.get("original", "").replace("\r\n", "\n")
            if len(text) > LONGEST_TEXT:
                raise ValidationError(f"原文有 {len(text)} 个字，最多 {LONGEST_TEXT} 个字，请只贴考核办法本身。")
            keep_original(user=request.user, ruleset=row, text=text)
            messages.success(request, "已保存办法原文。")
            return
        part, _, rest = what.partition(".")
        place, _, verb = rest.partition(".")
        if part not in NAMES or part in SINGLE or not (place.isascii() and place.isdigit()):
            messages.error(request, "没有办理：请点页面上的按钮。")
            return
        with transaction.atomic():
            content = _locked(row, request.POST.get("seen", ""))
            told = _changed(content, part, int(place), verb)
            change_ruleset(user=request.user, ruleset=row, content=told[0], reason=told[1])
        messages.success(request, f"{told[1]}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


def _locked(row: Ruleset, seen: str) -> engine.Ruleset:
    """The draft's content, locked until the end of the transaction. ValidationError when it is not what was seen."""
    content = from_rows(Ruleset.objects.select_for_update().get(pk=row.pk))
    if ruleset_editing.fingerprint(content) != seen:
        raise ValidationError(CHANGED)
    return content


def _changed(content: engine.Ruleset, part: str, place: int, verb: str) -> tuple[engine.Ruleset, str]:
    """(the new content, what was done). ValidationError for a part that others name."""
    try:
        values = ruleset_editing.part_of(content, part, place)
    except IndexError as error:
        raise ValidationError("没有办理：这一项已不在草稿里，请刷新页面再试。") from error
    name = _named(part, values)
    match verb:
        case "up" | "down":
            return ruleset_editing.moved(content, part, place, -1 if verb == "up" else 1), f"已移动{name}"
        case "copy":
            return ruleset_editing.copied(content, part, place), f"已复制{name}"
        case "delete":
            used = ruleset_editing.uses_of(content, part, place)
            if used:
                raise ValidationError(f"{name}还被“{'”“'.join(used[:5])}”用到，没有删除。请先改掉那些再删。")
            return ruleset_editing.without_part(content, part, place), f"已删除{name}"
    raise ValidationError("没有办理：请点页面上的按钮。")


# ---------------------------------------------------------------- one part
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
            return redirect(_back(row, part, _kept_at(edited.ruleset, part, place)))
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
            _locked(row, seen)
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
    return f"已{'新增' if place is None else '修改'}{_named(part, values)}"


def _named(part: str, values: dict[str, Any]) -> str:
    return f"{NAMES[part]}“{values.get('name') or values.get('kind') or values.get('code')}”"


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
                return redirect(_back(row, part, _kept_at(edited.ruleset, part, place)))
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
        "back": _back(row, part, place),
        "has_toml": part not in SINGLE,
        "toml": dumps_part(part, values) if part not in SINGLE else "",
        "words": ruleset_page.vocabulary(_context(content).spelling) if part not in ("head", "labels") else None,
        "original": row.original,
        **_said(form, edited, part, place),
        **more,
    }
    return render(request, "scoring/ruleset_part.html", context)


def _back(row: Ruleset, part: str, place: int | None = None) -> str:
    """The draft's page, at the part that was worked on."""
    page = reverse("ruleset_edit", args=[row.public_id])
    if part in SINGLE:
        return f"{page}#{part}"
    return page if place is None else f"{page}#{part}-{place}"


# ---------------------------------------------------------------- compare, export, approve
@require_safe
@login_required
def ruleset_changes(request: HttpRequest, public_id: str) -> HttpResponse:
    """What changed from another version (?from=…, else the version or year before), in sentences."""
    rows = ruleset_page.readable(request.user)
    row = get_object_or_404(rows, public_id=public_id)
    others = list(ruleset_page.others(rows, row))
    asked = request.GET.get("from", "")
    base = (
        next((one for one in others if str(one.public_id) == asked), None)
        if asked
        else ruleset_page.before(others, row)
    )
    if asked and base is None:
        raise Http404
    groups, problems = [], []
    if base is not None:
        try:
            groups = differences(load_ruleset(base), load_ruleset(row))
        except KeyError:
            problems = ["其中一版有类别写在不存在的上级之下，请先在草稿页面改正，再比较。"]
        except RulesetError as error:
            problems = list(error.problems)
        except TamperedRuleset as error:
            problems = [str(error)]
    context = {"ruleset": row, "base": base, "others": others, "groups": groups, "problems": problems}
    return render(request, "scoring/ruleset_changes.html", context)


@require_safe
@login_required
def ruleset_toml(request: HttpRequest, public_id: str) -> HttpResponse:
    """The canonical text; of an approved version the very bytes that its digest is of."""
    row = get_object_or_404(ruleset_page.readable(request.user), public_id=public_id)
    text = row.toml or engine.dumps(from_rows(row))
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    name = f"{row.title}-{row.year}-{row.version}.toml"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@login_required
@require_http_methods(["GET", "POST"])
def ruleset_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of the acts that are confirmed: the year is typed."""
    rows = visible(request.user, Ruleset, Verb.APPROVE).select_related("committee")
    row = get_object_or_404(rows, public_id=public_id)
    if is_closed(request, row):
        return redirect("ruleset", row.public_id)
    problem = ""
    if request.method == "POST":
        typed = request.POST.get("year", "").strip().removesuffix("年").strip()
        if typed == str(row.year):
            try:
                with transaction.atomic():
                    _locked(row, request.POST.get("seen", ""))
                    approve_ruleset(user=request.user, ruleset=row)
                messages.success(request, f"已审定{row}，从现在起按它计分，内容不能再改。")
                return redirect("ruleset", row.public_id)
            except ValidationError as error:
                problem = " ".join(error.messages)
        else:
            problem = f"“年度”填的是“{typed}”，这份办法是 {row.year} 年的。确认审定请填 {row.year}。"
    content = from_rows(row)
    context = ruleset_page.judged(content) | {
        "ruleset": row,
        "problem": problem,
        "seen": ruleset_editing.fingerprint(content),
    }
    return render(request, "scoring/ruleset_approve.html", context)
