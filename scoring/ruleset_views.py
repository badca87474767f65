"""Pages on which a ruleset is drafted, compared and approved. Reading it is in views.py."""

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
from scoring import engine, ruleset_editing, ruleset_page, ruleset_versions
from scoring.compiled import TamperedRuleset, from_rows
from scoring.engine.differences import differences
from scoring.engine.schema import RulesetError
from scoring.models import Ruleset
from scoring.ruleset_draft import back_to, draft_of, is_closed, locked, named
from scoring.ruleset_editing import NAMES, SINGLE
from scoring.ruleset_new import RulesetNewForm
from scoring.services.rulesets import approve_ruleset, change_ruleset, keep_original, load_ruleset

LONGEST_TEXT = 200_000


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
        return redirect(back_to(row, part, int(place) if place.isascii() and place.isdigit() else None))
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
            content = locked(row, request.POST.get("seen", ""))
            told = _changed(content, part, int(place), verb)
            change_ruleset(user=request.user, ruleset=row, content=told[0], reason=told[1])
        messages.success(request, f"{told[1]}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


def _changed(content: engine.Ruleset, part: str, place: int, verb: str) -> tuple[engine.Ruleset, str]:
    """(the new content, what was done). ValidationError for a part that others name."""
    try:
        values = ruleset_editing.part_of(content, part, place)
    except IndexError as error:
        raise ValidationError("没有办理：这一项已不在草稿里，请刷新页面再试。") from error
    name = named(part, values)
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
                    locked(row, request.POST.get("seen", ""))
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
