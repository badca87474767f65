"""Pages that pass a proposal on as an opinion report, and take that back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from desk.passing_on import pass_back, pass_on
from members.access import Verb, visible
from members.recording import DayField, NewRecord, RecordForm, form_page, office_field
from opinions.models import OpinionReport
from proposals.models import Proposal


class PassOnForm(NewRecord, RecordForm):
    model = OpinionReport
    title = "转社情民意"
    submit = "转为社情民意信息"

    office = office_field()
    decided_on = DayField(label="转办日期")

    def __init__(self, *args: Any, proposal: Proposal, **options: Any):
        super().__init__(*args, committee=proposal.committee, initial={"decided_on": timezone.localdate()}, **options)
        field = self.fields["office"]
        field.queryset = field.queryset.filter(committee=proposal.committee)
        field.label, field.help_text = "办理信息的处室", "信息记在这个处室名下"
        self.proposal = proposal

    def save(self) -> OpinionReport | None:
        given = self.cleaned_data
        return self.add(
            pass_on,
            proposal=self.proposal,
            office=given["office"],
            decided_on=given["decided_on"],
            grant=self.grant(given["office"]),
        )


class PassBackForm(RecordForm):
    model = Proposal
    title = "撤销转社情民意"
    submit = "撤销转办"

    reason = forms.CharField(label="撤销理由", max_length=200)

    def __init__(self, *args: Any, proposal: Proposal, **options: Any):
        super().__init__(*args, committee=proposal.committee, **options)
        self.proposal = proposal

    def save(self) -> Proposal:
        self.attempt(
            pass_back,
            proposal=self.proposal,
            reason=self.cleaned_data["reason"],
            grant=self.grant(self.proposal.office),
        )
        return self.proposal


@login_required
@require_http_methods(["GET", "POST"])
def proposal_pass_on(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about(
        request,
        public_id,
        PassOnForm,
        "题目、提案人都照提案。两条记录互相连着，考核办法规定一事只计一次的，只计一次。",
        "已转为社情民意信息。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def proposal_pass_back(request: HttpRequest, public_id: str) -> HttpResponse:
    return _about(request, public_id, PassBackForm, "转成的信息会删除，提案恢复为待审查。", "已撤销转办，提案待审查。")


def _about(request: HttpRequest, public_id: str, form: type[RecordForm], intro: str, done: str) -> HttpResponse:
    """The page of a form about one proposal that the user may log."""
    rows = visible(request.user, Proposal, Verb.LOG).select_related("office", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    page = reverse("proposal", args=[row.public_id])

    def saved(_: Any) -> str:
        messages.success(request, done)
        return page

    return form_page(
        request,
        lambda data: form(data, user=request.user, proposal=row),
        back=page,
        then=saved,
        intro=f"提案：{row}（{row.get_state_display()}）。{intro}",
    )
