"""What the pages of forms about one proposal have in common."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from members.access import Verb, visible
from members.recording import RecordForm, form_page
from proposals.models import Proposal


def about_one(
    request: HttpRequest, public_id: str, form: type[RecordForm], *, then: str = "", template: str = "form.html"
) -> HttpResponse:
    """The page of a form about one proposal that the user may log. ``then``: where saving leads, else to the proposal."""
    rows = visible(request.user, Proposal, Verb.LOG).select_related("office", "committee", "sponsor")
    row = get_object_or_404(rows, public_id=public_id)
    page = reverse("proposal", args=[row.public_id])
    return form_page(
        request,
        lambda data: form(data, user=request.user, proposal=row),
        back=page,
        then=lambda _: then or page,
        template=template,
        intro=f"提案：{row}（{row.get_state_display()}）",
    )
