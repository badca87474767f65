"""专委会、活动组: those that are assessed, with their scores; each card opens to the page that members' cards have."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from members.access import Verb, staff_grant, visible
from members.ids import as_uuid
from members.models import Subject
from scoring import editions
from scoring.models import Assessment, EditionCard, ReportCard, Stale
from scoring.subjects import subjects


@login_required
@require_safe
def group_cards(request: HttpRequest) -> HttpResponse:
    """?of= the assessment's public id; otherwise the newest of a kind of group."""
    committee = staff_grant(request.user, Verb.VIEW, ReportCard).committee
    found = visible(request.user, Assessment).filter(committee=committee).exclude(subject_kind=Subject.Kind.MEMBER)
    found = found.select_related("committee", "ruleset").order_by("-year", "subject_kind")
    if asked := request.GET.get("of"):
        assessment = get_object_or_404(found, public_id=as_uuid(asked))
    else:
        assessment = found.first()
    context = {"assessment": assessment, "assessments": list(found)}
    if assessment is not None:
        context["rows"] = _rows(request, assessment)
    return render(request, "scoring/group_cards.html", context)


def _rows(request: HttpRequest, assessment: Assessment) -> list[tuple]:
    """[(subject, card or None, whether it waits to be computed)] in the committee's order."""
    rows = visible(request.user, Subject).filter(pk__in=subjects(assessment))
    rows = rows.select_related("special_committee", "group")
    rows = list(rows.order_by("special_committee__position", "group__kind", "group__name", "pk"))
    if edition := editions.current(assessment):
        cards = editions.by_subject(visible(request.user, EditionCard), edition, [row.pk for row in rows])
        return [(row, cards.get(row.pk), False) for row in rows]
    live = visible(request.user, ReportCard).filter(assessment=assessment).defer("document", "standing")
    cards = {card.subject_id: card for card in live}
    stale = set(Stale.objects.filter(assessment=assessment).values_list("subject_id", flat=True))
    return [(row, cards.get(row.pk), row.pk in stale) for row in rows]
