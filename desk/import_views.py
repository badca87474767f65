"""Pages that bring a sheet in: choose, match columns, check and mend, confirm. Without script, one step a page."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk import batches, workbench
from desk.changes import SHOWN
from desk.import_forms import BatchFilter, ImportForm, UndoForm, grant_for
from desk.import_groups import GROUPS, UNSURE, Match, asked_mends, error_groups, matches
from desk.models import DAYS_OPEN, ImportBatch
from desk.sheets.kinds import KINDS
from desk.sheets.limits import SheetRefused
from desk.sheets.stored import bad_rows
from desk.undo import LISTED, UndoRefused, undo_batch
from desk.views_sheets import XLSX
from members.access import Verb, grants_for, may, visible
from members.columns import SheetProblem
from members.listing import listing

State = ImportBatch.State
STEPS = ["选择文件", "对应列", "核对", "完成"]


@login_required
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    grants_for(request.user, Verb.VIEW, ImportBatch)
    rows = visible(request.user, ImportBatch).without_contents().select_related("user", "office")
    context = {
        "listing": listing(request, rows, BatchFilter(request.GET)),
        "may_log": may(request.user, Verb.LOG, ImportBatch),
        "expired": visible(request.user, ImportBatch, Verb.LOG).expired().count(),
        "days": DAYS_OPEN,
    }
    return render(request, "desk/imports.html", context)


@login_required
@require_POST
def imports_expired(request: HttpRequest) -> HttpResponse:
    """Discard what has waited too long."""
    grants_for(request.user, Verb.LOG, ImportBatch)
    rows = list(visible(request.user, ImportBatch, Verb.LOG).expired().select_related("committee", "office"))
    for batch in rows:
        batches.discard(user=request.user, grant=grant_for(request.user, batch), batch=batch)
    messages.success(request, f"已放弃 {len(rows)} 批 {DAYS_OPEN} 天以上没有确认的导入，没有写入任何记录。")
    return redirect("imports")


@login_required
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    initial = {"kind": request.GET.get("kind", "")}
    form = ImportForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, user=request.user, initial=initial
    )
    if is_sent and form.is_valid():
        batch = form.save()
        if batch is not None:
            if not form.is_new:
                messages.info(request, "这个文件已经上传过，还没有确认。请接着处理。")
            return redirect("import", batch.public_id)
    context = {"form": form, "sheets": workbench.sheets(request.user), "steps": _steps(0)}
    return render(request, "desk/import_new.html", context)


@login_required
@require_safe
def import_batch(request: HttpRequest, public_id: str) -> HttpResponse:
    """The step at which the batch is."""
    batch = _batch(request, public_id, Verb.VIEW)
    may_log = visible(request.user, ImportBatch, Verb.LOG).filter(pk=batch.pk).exists()
    if batch.state == State.UPLOADED:
        return _columns_page(request, batch, may_log=may_log)
    if batch.state == State.CHECKED:
        groups = error_groups(batch)
        context = {
            "groups": groups[:GROUPS],
            "more_groups": len(groups) - GROUPS,
            "lists": {group.list_id: group.options for group in groups[:GROUPS] if group.options},
            "all_changes": len(batch.outcome["changes"]) < SHOWN,
            "bad_count": len({error["row"] for error in batch.outcome["errors"]}),
        }
        return _page(request, batch, "desk/import_check.html", 2, may_log=may_log, **context)
    return _done_page(request, batch, may_log=may_log)


@login_required
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, public_id: str) -> HttpResponse:
    """See and say which column is which field."""
    batch = _batch(request, public_id, Verb.LOG)
    grant = grant_for(request.user, batch)
    if not batch.is_open:
        return redirect("import", batch.public_id)
    if request.method == "GET":
        return _columns_page(request, batch, may_log=True)
    asked = {match.place: _asked(request, match) for match in matches(batch)}
    unsure = [match.heading for match in matches(batch, asked) if match.field == UNSURE]
    problem = ""
    if unsure:
        problem = f"还没有选定“{'”“'.join(unsure)}”是哪一项。几列都像同一项时，请选定其中一列，其余选“不导入”。"
    else:
        try:
            batches.match_columns(user=request.user, grant=grant, batch=batch, chosen=asked)
            return redirect("import", batch.public_id)
        except (SheetRefused, SheetProblem) as refused:
            problem = str(refused)
        except ValidationError as error:
            problem = " ".join(error.messages)
    return _columns_page(request, batch, may_log=True, asked=asked, problem=problem)


@login_required
@require_POST
def import_mend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put other texts in place of wrong ones, and check again; without any text only that."""
    batch = _batch(request, public_id, Verb.LOG)
    grant = grant_for(request.user, batch)
    try:
        mends = asked_mends(error_groups(batch), request.POST)
        before = batch.errors
        if mends:
            batch = batches.mend(user=request.user, grant=grant, batch=batch, revision=_revision(request), mends=mends)
            messages.success(request, f"改了 {len(mends)} 格，错误从 {before} 处变为 {batch.errors} 处。")
        else:
            batch = batches.check_again(user=request.user, grant=grant, batch=batch)
            messages.info(request, f"没有填写要改成的内容。已重新核对，有 {batch.errors} 处错误。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("import", batch.public_id)


@login_required
@require_POST
def import_confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id, Verb.LOG)
    grant = grant_for(request.user, batch)
    try:
        is_done = batches.confirm(
            user=request.user,
            grant=grant,
            batch=batch,
            revision=_revision(request),
            skip_bad_rows="skip" in request.POST,
        )
        if not is_done:
            messages.error(
                request, "没有导入：有错误没有改正，或核对以后系统里的记录又有变动。请看过现在的结果再确认。"
            )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("import", batch.public_id)


@login_required
@require_POST
def import_discard(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id, Verb.LOG)
    grant = grant_for(request.user, batch)
    try:
        batches.discard(user=request.user, grant=grant, batch=batch)
        messages.success(request, f"已放弃“{batch.file_name}”，没有写入任何记录。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("import", batch.public_id)
    return redirect("imports")


@login_required
@require_POST
def import_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the whole batch back, or list what stands in the way."""
    batch = _batch(request, public_id, Verb.LOG)
    grant = grant_for(request.user, batch)
    form = UndoForm(request.POST, batch=batch)
    if not form.is_valid() and batch.state == State.DONE:
        return _done_page(request, batch, may_log=True, form=form)
    try:
        undo_batch(user=request.user, grant=grant, batch=batch, reason=form.cleaned_data.get("reason", ""))
        messages.success(request, "已撤销，这批导入新增的记录已删除，更新的记录已还原。")
    except UndoRefused as refused:
        return _done_page(request, batch, may_log=True, form=form, later=refused.later)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("import", batch.public_id)


@login_required
@require_safe
def import_errors(request: HttpRequest, public_id: str) -> HttpResponse:
    """The bad rows as a sheet to mend and import again."""
    batch = _batch(request, public_id, Verb.VIEW)
    errors = batch.outcome.get("errors", [])
    if not errors:
        raise Http404
    layout = batches.layout_of(batch)
    content = bad_rows(layout, KINDS[batch.kind], errors, is_1904=batch.book["is_1904"])
    name = quote(f"{batch.label}错误行{batch.number}.xlsx")
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def _batch(request: HttpRequest, public_id: str, verb: Verb) -> ImportBatch:
    rows = visible(request.user, ImportBatch, verb).select_related(
        "committee", "office", "user", "action__user", "undo_action__user"
    )
    return get_object_or_404(rows, public_id=public_id)


def _asked(request: HttpRequest, match: Match) -> str:
    """What was chosen for a column, if that was offered."""
    text = request.POST.get(match.name, UNSURE)
    return text if text in {value for value, _ in match.options} else UNSURE


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdigit() and len(text) < 10 else -1


def _columns_page(request: HttpRequest, batch: ImportBatch, *, may_log: bool, asked=None, problem="") -> HttpResponse:
    context = {"matches": matches(batch, asked), "problem": problem}
    return _page(request, batch, "desk/import_columns.html", 1, may_log=may_log, **context)


def _done_page(request: HttpRequest, batch: ImportBatch, *, may_log: bool, form=None, later=()) -> HttpResponse:
    """The end of a batch; `later` is what stands in the way of undoing it."""
    context = {
        "groups": error_groups(batch)[:GROUPS],
        "form": form or UndoForm(batch=batch),
        "later": later[:LISTED],
        "more_later": len(later) - LISTED,
    }
    return _page(request, batch, "desk/import_done.html", 3, may_log=may_log, **context)


def _page(request: HttpRequest, batch: ImportBatch, template: str, step: int, **context) -> HttpResponse:
    return render(request, template, {"batch": batch, "steps": _steps(step), **context})


def _steps(here: int) -> list[tuple[str, str]]:
    """[(name, "done", "here" or "")]"""
    return [(name, "done" if at < here else "here" if at == here else "") for at, name in enumerate(STEPS)]
