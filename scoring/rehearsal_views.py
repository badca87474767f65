"""Rehearsals of a ruleset: asked for, watched, read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, may_beyond_own, staff_grant, visible
from members.models import Subject
from scoring.models import Assessment, Rehearsal, Ruleset
from scoring.progress import is_worker_alive
from scoring.rehearsal_page import Page
from scoring.services import rehearsals as service

REFRESH_SECONDS = 2


def _rehearsals(user):
    return visible(user, Rehearsal).select_related("ruleset__committee", "asked_by").defer("toml", "result")


@require_safe
@login_required
def rehearsals(request):
    """The newest of each committee, as many as are kept."""
    staff_grant(request.user, Verb.VIEW, Rehearsal)
    found = _rehearsals(request.user).annotate(done=Sum("chunks__done", default=0))
    return render(request, "scoring/rehearsals.html", {"rehearsals": found})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rehearse(request, public_id):
    """Choose the year on whose facts a ruleset is rehearsed, and ask for it."""
    rulesets = visible(request.user, Ruleset, Verb.RESCORE).select_related("committee")
    found = get_object_or_404(rulesets, public_id=public_id)
    years = service.years_for(found)
    problems, typed = [], request.POST.get("year", "")
    if request.method == "POST":
        try:
            year = next((one for one in years if str(one) == typed), None)
            if year is None:
                raise ValidationError("没有选年度，或选的年度没有可对照的考核。请从列出的年度中选一个。")
            asked = service.rehearse(user=request.user, ruleset=found, year=year)
            messages.success(request, "已安排试算，本页会自动刷新。")
            return redirect("rehearsal", asked.public_id)
        except ValidationError as error:
            problems = error.messages
    context = {
        "ruleset": found,
        "years": years,
        "problems": problems,
        "earlier": _rehearsals(request.user).filter(ruleset=found).annotate(done=Sum("chunks__done", default=0)),
    }
    return render(request, "scoring/rehearsal_ask.html", context)


@require_safe
@login_required
def rehearsal(request, public_id):
    """Its progress while it is open, what it says when it is done, why not when it failed."""
    staff_grant(request.user, Verb.VIEW, Rehearsal)
    found = get_object_or_404(
        visible(request.user, Rehearsal).select_related("ruleset__committee", "asked_by").defer("toml"),
        public_id=public_id,
    )
    is_open = found.state in service.OPEN
    context = {
        "rehearsal": found,
        "is_open": is_open,
        "done": found.chunks.aggregate(sum=Sum("done", default=0))["sum"],
        "is_worker_alive": is_worker_alive(),
        "page": Page(found, visible(request.user, Subject)) if found.state == Rehearsal.State.DONE else None,
        "may_see_places": may_beyond_own(request.user, Verb.RANK, Assessment),
    }
    response = render(request, "scoring/rehearsal.html", context)
    if is_open:
        # The page reloads itself, without a script, as long as there is something to wait for.
        response["Refresh"] = str(REFRESH_SECONDS)
    return response
