"""Pages about the units that answer proposals."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from proposals.pages import about_one
from proposals.undertaking_forms import UndertakingForm


@login_required
@require_http_methods(["GET", "POST"])
def proposal_undertaking(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, UndertakingForm)
