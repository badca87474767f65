"""Forms about the decision on a proposal and about removing one."""

from typing import Any

from django import forms
from django.utils import timezone

from members.recording import DayField, KnownRecord, digest_of
from proposals import services
from proposals.examination import next_number
from proposals.forms import MERGED_HELP, OneProposalForm, TargetForm
from proposals.models import Proposal
from proposals.settings import refusal_reasons
from proposals.similar import similar_to

State = Proposal.State
REOPEN = (State.SUBMITTED.value, "撤销审查结果，恢复为待审查")
# Passing on has a page of its own, which writes the report too.
OFFERED = [(state.value, state.label) for state in (State.FILED, State.MERGED, State.NOT_FILED, State.RETURNED)]


class DecisionForm(KnownRecord, TargetForm, OneProposalForm):
    title = "登记审查结果"
    conditional = ("number", "refusal", "decision_reason", "merged_into")

    state = forms.ChoiceField(label="审查结果", choices=OFFERED, widget=forms.RadioSelect)
    decided_on = DayField(label="审查日期")
    number = forms.CharField(
        label="案号", max_length=20, required=False, help_text="立案时填；已给出下一个空号，可以改"
    )
    refusal = forms.ChoiceField(label="不予立案的理由", required=False, help_text="不予立案时选；可在下面补充")
    decision_reason = forms.CharField(
        label="审查意见",
        max_length=400,
        required=False,
        help_text="退回时写明要修改什么；撤销时写明理由",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    merged_into = forms.CharField(label="并入哪件提案", max_length=60, required=False, help_text=MERGED_HELP)

    def __init__(self, *args: Any, proposal: Proposal, **options: Any):
        is_decided = proposal.decided_on is not None
        reasons = refusal_reasons(proposal.committee)
        first = proposal.decision_reason.partition("；")[0]
        initial = {
            "state": proposal.state if is_decided else State.FILED.value,
            "decided_on": proposal.decided_on or timezone.localdate(),
            "number": proposal.number or next_number(proposal.committee, proposal.year),
            "merged_into": f"{proposal.merged_into.year}-{proposal.merged_into.number}" if proposal.merged_into else "",
            "refusal": first if first in reasons else "",
            "decision_reason": proposal.decision_reason.removeprefix(first).lstrip("；")
            if first in reasons
            else proposal.decision_reason,
        }
        super().__init__(*args, proposal=proposal, **{"initial": initial, **options})
        # What is offered, the next number above all, changes with other proposals; only what is stored was seen.
        kept = ("state", "decided_on", "number", "decision_reason", "merged_into_id")
        self.fields["seen"].initial = digest_of({name: getattr(proposal, name) for name in kept})
        self.fields["state"].choices = [*OFFERED, REOPEN] if is_decided else OFFERED
        self.fields["refusal"].choices = [("", "—"), *[(reason, reason) for reason in reasons]]
        self.alike = similar_to(self.user, proposal.committee, proposal.title, proposal.year, without=proposal.pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("state") == State.MERGED:
            cleaned["merged_into"] = self.target(
                "merged_into", self.proposal.committee, self.proposal.year, without=self.proposal.pk
            )
        else:
            cleaned["merged_into"] = None
        return cleaned

    def save(self) -> Proposal:
        given = self.cleaned_data
        state, reason = given["state"], given["decision_reason"]
        if state == State.SUBMITTED:
            self.call(services.reopen_proposal, reason=reason)
            return self.proposal
        if state == State.NOT_FILED and given["refusal"]:
            reason = "；".join(part for part in (given["refusal"], reason) if part)
        number = given["number"] if state == State.FILED else self.proposal.number
        if state == State.FILED and not number:
            number = next_number(self.proposal.committee, self.proposal.year)
        self.call(
            services.decide_proposal,
            state=state,
            decided_on=given["decided_on"],
            reason=reason,
            number=number,
            merged_into=given["merged_into"],
        )
        return self.proposal


class RemovalForm(OneProposalForm):
    title = "删除提案"
    submit = "删除"

    reason = forms.CharField(
        label="删除理由", max_length=200, help_text="只用于登记错了的提案，例如“与第 12 号重复登记”"
    )

    def save(self) -> Proposal:
        self.call(services.remove_proposal, reason=self.cleaned_data["reason"])
        return self.proposal
