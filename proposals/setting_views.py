"""提案工作设置: one page for the office that proposals go to."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.access import Verb, grants_for
from members.models import Committee, User
from members.recording import KnownRecord, RecordForm, form_page, office_field, offices_for
from proposals.models import ProposalSetting
from proposals.setting_models import LONGEST_REASONS
from proposals.settings import receiving_office, refusal_reasons, save_setting


class SettingForm(KnownRecord, RecordForm):
    model = ProposalSetting
    title = "提案工作设置"

    office = office_field()
    reasons = forms.CharField(
        label="不予立案的理由",
        max_length=LONGEST_REASONS,
        required=False,
        help_text="一行一条，审查时从中选用",
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def __init__(self, *args: Any, committee: Committee, **options: Any):
        initial = {"office": receiving_office(committee), "reasons": "\n".join(refusal_reasons(committee))}
        super().__init__(*args, committee=committee, **{"initial": initial, **options})
        field = self.fields["office"]
        field.queryset = field.queryset.filter(committee=committee)
        field.label, field.help_text = "受理处室", "委员在网上提交的提案交到这里"

    def save(self) -> ProposalSetting | None:
        given = self.cleaned_data
        return self.attempt(
            save_setting,
            committee=given["office"].committee,
            office=given["office"],
            reasons=given["reasons"].splitlines(),
            grant=self.grant(given["office"]),
        )


@login_required
@require_http_methods(["GET", "POST"])
def proposal_setting(request: HttpRequest) -> HttpResponse:
    committee = setting_committee(request.user)
    if committee is None:
        raise Http404

    def saved(setting: ProposalSetting) -> str:
        messages.success(request, "已保存提案工作设置。")
        return reverse("proposals")

    return form_page(
        request,
        lambda data: SettingForm(data, user=request.user, committee=committee),
        back=reverse("proposals"),
        then=saved,
    )


def setting_committee(user: User) -> Committee | None:
    """The first committee whose receiving office the user works for; Http404 for those without such a grant at all."""
    offices = set(offices_for(user, ProposalSetting).values_list("pk", flat=True))
    for grant in grants_for(user, Verb.LOG, ProposalSetting):
        office = receiving_office(grant.committee)
        if office is not None and office.pk in offices:
            return grant.committee
    return None
