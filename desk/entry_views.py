"""One's own acts, newest first, each with its undo."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from activities.models import Activity
from audit.models import Action
from desk.entries import entries_of, my_entries
from desk.undo import LISTED, UndoRefused, undo_action
from members.access import Verb, staff_grant
from members.listing import ROWS_A_PAGE


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    staff_grant(request.user, Verb.LOG, Activity)
    page = Paginator(my_entries(request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "entries": entries_of(request.user, list(page)), "back": request.get_full_path()}
    return render(request, "desk/entries.html", context)


@login_required
@require_POST
def entry_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    action = get_object_or_404(Action.objects.of(request.user), public_id=public_id)
    try:
        is_new = undo_action(user=request.user, action=action)
        messages.success(request, f"已撤销：{action.verb}。" if is_new else "这项操作早已撤销，没有再做什么。")
    except UndoRefused as refused:
        context = {"action": action, "later": refused.later[:LISTED], "more": len(refused.later) - LISTED}
        return render(request, "desk/undo_refused.html", context, status=409)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "home")
