"""Pages about the decision on a proposal and about removing one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from proposals.examination_forms import DecisionForm, RemovalForm
from proposals.pages import about_one


@login_required
@require_http_methods(["GET", "POST"])
def proposal_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, DecisionForm, template="proposals/form.html")


@login_required
@require_http_methods(["GET", "POST"])
def proposal_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, RemovalForm, then=reverse("proposals"))
