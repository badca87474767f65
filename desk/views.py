"""The first page by role: a member's card, or the office's workbench."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from desk import workbench
from members.access import active_grants
from members.models import Role


@require_safe
@login_required
def home(request):
    roles = {grant.role for grant in active_grants(request.user)}
    if roles == {Role.MEMBER}:
        return redirect("me")
    if not roles:
        return render(request, "desk/nothing.html")
    context = {
        "entries": workbench.entries(request.user),
        "sheets": workbench.sheets(request.user),
        "waiting": workbench.waiting(request.user),
        "latest": workbench.latest(request.user),
    }
    return render(request, "desk/home.html", context)
