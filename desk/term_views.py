"""Pages of a new 届: choose who stays, read what will be written, confirm; and take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from desk.term_forms import SuccessionForm
from desk.terms import last_term, succession_of, undo_succession
from desk.undo import LISTED, UndoRefused
from members.access import Verb, grants_for, visible
from members.models import Seat, Term


@login_required
@require_http_methods(["GET", "POST"])
def succession(request: HttpRequest) -> HttpResponse:
    """``step=confirm`` writes; ``step=back`` shows the list again; any other POST shows the summary."""
    term = last_term([grant.committee_id for grant in grants_for(request.user, Verb.LOG, Seat)])
    if term is None:
        raise Http404
    form = SuccessionForm(request.POST if request.method == "POST" else None, user=request.user, term=term)
    step = request.POST.get("step", "")
    if step == "confirm" and request.POST.get("number") == str(term.number) and succession_of(term):
        # A second click: the first one did it.
        return redirect("settings_parts", "terms")
    if request.method == "POST" and form.is_valid() and step != "back":
        if step != "confirm":
            return render(request, "desk/term_confirm.html", {"form": form, "plan": form.succession()})
        with transaction.atomic():
            new = form.save()
            if form.errors:
                transaction.set_rollback(True)
        if not form.errors:
            messages.success(request, f"已建立{new}，{term}到 {term.ends_on} 为止。请核对委员的职务和编号。")
            return redirect("settings_parts", "terms")
    return render(request, "desk/term_new.html", {"form": form, "back": reverse("settings_parts", args=["terms"])})


@login_required
@require_POST
def succession_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    grants = {grant.committee_id: grant for grant in grants_for(request.user, Verb.LOG, Seat)}
    terms = visible(request.user, Term, Verb.SETTING).filter(committee__in=grants).select_related("committee")
    term = get_object_or_404(terms, public_id=public_id)
    try:
        undo_succession(user=request.user, term=term, grant=grants[term.committee_id])
        messages.success(request, f"已撤销换届：{term}和其中的委员资格已删除，上一届照旧。")
        return redirect("settings_parts", "terms")
    except UndoRefused as refused:
        listed = "；".join(f"{one.what} {one.happened}" for one in refused.later[:LISTED])
        messages.error(request, f"没有撤销：换届以后下列记录又有变动。请先处理它们：{listed}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("settings_part", "terms", public_id)
