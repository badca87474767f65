"""The page of all states that a draft has been in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from scoring import ruleset_versions
from scoring.ruleset_draft import draft_of, is_closed


@login_required
@require_http_methods(["GET", "POST"])
def versions(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the draft was after each change, to be gone back to: POST to=, seen= public ids of acts."""
    row = draft_of(request, public_id)
    if is_closed(request, row):
        return redirect("ruleset", row.public_id)
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("to", "seen")}
        try:
            with transaction.atomic():
                told = ruleset_versions.go_back(user=request.user, row=row, **given)
            messages.success(request, f"已{told}。再点“撤销”可以改回来。")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("ruleset_edit", row.public_id)
    context = {"ruleset": row, "versions": ruleset_versions.versions(row), "most": ruleset_versions.SHOWN}
    return render(request, "scoring/ruleset_versions.html", context)
