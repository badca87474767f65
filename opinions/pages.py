"""The page of a form about one report."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from members.access import Verb, visible
from members.recording import RecordForm, form_page
from opinions.models import OpinionReport


def about_one(
    request: HttpRequest,
    public_id: str,
    form_for: Callable[[OpinionReport], type[RecordForm]],
    *,
    then: Callable[[OpinionReport], str] | None = None,
    template: str = "form.html",
) -> HttpResponse:
    """The page of a form about one report that the user may log; ``form_for(report)`` names the form."""
    rows = visible(request.user, OpinionReport, Verb.LOG).select_related("office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    return form_page(
        request,
        lambda data: form_for(row)(data, user=request.user, report=row),
        back=reverse("opinion", args=[row.public_id]),
        then=then,
        template=template,
        intro=f"信息：{row}",
    )
