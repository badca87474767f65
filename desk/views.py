"""The first page by role: a member's card, or the office's workbench."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.models import Activity
from desk import workbench
from desk.entries import latest_entries
from members.access import Verb, active_grants, may_beyond_own
from members.models import Role


@require_safe
@login_required
def home(request):
    roles = {grant.role for grant in active_grants(request.user)}
    if roles == {Role.MEMBER}:
        return redirect("me")
    if not roles:
        return render(request, "desk/nothing.html")
    year = timezone.localdate().year
    sees_records = may_beyond_own(request.user, Verb.VIEW, Activity)
    may_log = may_beyond_own(request.user, Verb.LOG, Activity)
    context = {
        "jobs": workbench.jobs(request.user),
        "sittings": workbench.sittings_to_mark(request.user),
        "sheets": workbench.sheets(request.user),
        "waiting": workbench.waiting(request.user),
        "entries": latest_entries(request.user, workbench.MY_LATEST) if may_log else [],
        "year": year,
        "months": workbench.months(request.user, year) if sees_records else [],
        "sees_records": sees_records,
        "may_log": may_log,
    }
    return render(request, "desk/home.html", context)
