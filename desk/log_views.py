"""操作日志: every act and what it wrote, for the audit administrator; and the history of one record for its staff.

Nothing here writes but the export, which puts on record that it was made.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from activities.models import Sitting
from audit.actions import act
from audit.models import Action, Tracked
from desk import log
from desk.log_files import MOST, MOST_ROWS, fields_csv, log_csv, log_xlsx
from desk.log_forms import LogFilter, RowFilter
from members.access import Verb, allowed_grant, visible
from members.listing import listing

ACTS_SHOWN = 10  # acts of a record's history on a page
CSV = "text/csv; charset=utf-8"
# ending → (what it is called in the log, how it is made of the acts and of their changes, type)
FILES = {
    "csv": ("csv", lambda acts, told: log_csv(acts), CSV),
    "fields.csv": ("字段改动 csv", lambda acts, told: fields_csv(told), CSV),
    "xlsx": ("xlsx", log_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _acts(request: HttpRequest) -> QuerySet[Action]:
    """Those the auditor may read; Http404 for everybody else."""
    allowed_grant(request.user, Verb.AUDIT, Action)
    return visible(request.user, Action, Verb.AUDIT).select_related("user", "grant__office", "undoes", "undone_by")


@login_required
@require_safe
def acts(request: HttpRequest) -> HttpResponse:
    context = {
        "listing": listing(request, _acts(request).order_by("-pk"), LogFilter(request.GET)),
        "most": MOST,
        "most_rows": MOST_ROWS,
    }
    return render(request, "desk/log.html", context)


@login_required
@require_safe
def one_act(request: HttpRequest, public_id: str) -> HttpResponse:
    action = get_object_or_404(_acts(request), public_id=public_id)
    page = Paginator(log.written_by(action), log.ROWS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "action": action,
        "page": page,
        "changes": log.changes_in(request.user, action, list(page)),
        "evidence": log.evidence_of(action),
        "rulesets": log.rulesets_in(action),
    }
    return render(request, "desk/log_act.html", context)


@login_required
@require_POST
def log_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The filtered list as a file. A POST, since the export is itself an act on record."""
    grant = allowed_grant(request.user, Verb.AUDIT, Action)
    form = LogFilter(request.GET)
    rows = form.narrowed(_acts(request)).order_by("pk")
    count = rows.count()
    if count > MOST:
        messages.error(
            request, f"没有导出：筛选出 {count} 次操作，一个文件最多 {MOST} 次。请缩小日期范围，分几次导出。"
        )
        return redirect(f"{reverse('log')}?{request.GET.urlencode()}")
    called, make, media_type = FILES[ending]
    if ending != "csv" and (written := log.count_changes(rows)) > MOST_ROWS:
        messages.error(
            request,
            f"没有导出：筛选出的操作共写了 {written} 条记录，一个文件最多 {MOST_ROWS} 条。"
            "请缩小日期范围，分几次导出；只要操作清单的，可以导出“操作清单 CSV”。",
        )
        return redirect(f"{reverse('log')}?{request.GET.urlencode()}")
    with act(
        user=request.user,
        verb="导出操作日志",
        reason=f"{called}，{count} 次操作；{form.in_words()}"[:500],
        grant=grant,
        committee=grant.committee,
    ):
        found = list(rows[:MOST])
        data = make(found, log.changes_in_all(request.user, found))
    name = f"log-{timezone.localdate():%Y%m%d}.{ending}"
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@login_required
@require_safe
def record_history(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who moved a meeting, a sitting, a ruleset or a year: when, why and from what to what. For staff alone."""
    row = log.record_of(request.user, public_id)
    if row is None:
        raise Http404
    form = RowFilter(request.GET)
    told = log.history_of(request.user, row, form.text())
    page = Paginator(told, ACTS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "record": row,
        "kind": row._meta.verbose_name,
        "form": form,
        "page": page,
        "shown": f":{log.ROWS_OF_ACT}",
        "query": urlencode({"q": form.text()}) if form.text() else "",
        "back": _page_of(row),
    }
    return render(request, "desk/record_history.html", context)


def _page_of(row: Tracked) -> str:
    """The pages of the others are called as their model."""
    name = "attendance" if isinstance(row, Sitting) else row._meta.model_name
    return reverse(name, args=[row.public_id])
