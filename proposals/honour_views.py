"""Pages of honours."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from proposals.honour_forms import HonourForm
from proposals.pages import about_one


@login_required
@require_http_methods(["GET", "POST"])
def proposal_honour(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, HonourForm)
