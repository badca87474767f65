"""怎么来的: the page behind every number of a card, for staff."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from members.access import Verb, staff_grant, visible
from members.models import Subject
from scoring import cardpage
from scoring.models import Assessment, ReportCard
from scoring.trace import trace


@require_safe
@login_required
@gzip_page
def card_trace(request: HttpRequest, year: int, public_id: str) -> HttpResponse:
    """``public_id`` is the subject's, as on the card."""
    staff_grant(request.user, Verb.VIEW, ReportCard)
    subject = get_object_or_404(visible(request.user, Subject), public_id=public_id)
    subjects = visible(request.user, Subject).filter(pk=subject.pk)
    found = visible(request.user, Assessment).filter(year=year).select_related("committee", "ruleset__approved_by")
    assessment = next(iter(cardpage.covering(found, subjects)), None)
    if assessment is None:
        raise Http404
    subject = cardpage.subject_in(assessment, subjects)
    page = cardpage.card_page(request.user, assessment, subject)
    context = {"page": page, "assessment": assessment, "subject": subject}
    if page.view is not None:
        context["trace"] = trace(request.user, assessment, subject, page.view)
    return render(request, "scoring/trace.html", context)
