"""Forms to make a proposal a key or an outstanding one, and to take that back."""

from typing import Any

from django import forms

from members.recording import DayField, RecordForm
from proposals.forms import OneProposalForm
from proposals.honours import honour_proposal, withdraw_honour
from proposals.models import Honour


class HonourForm(OneProposalForm):
    title = "确定重点提案、优秀提案"

    kind = forms.ChoiceField(label="类别", choices=Honour.Kind)
    decided_on = DayField(label="确定日期")
    reason = forms.CharField(label="理由", max_length=200, help_text="例如“主席会议第 8 次会议确定”")
    leading_chair = forms.CharField(
        label="领衔督办", max_length=60, required=False, help_text="重点提案填，例如“副主席”"
    )

    def save(self) -> Honour | None:
        return self.call(honour_proposal, **self.cleaned_data)


class WithdrawHonourForm(RecordForm):
    """The form of one honour; whoever takes it back says why."""

    model = Honour
    submit = "撤销"

    reason = forms.CharField(label="撤销理由", max_length=200, help_text="例如“登记到了另一件提案上”")

    def __init__(self, *args: Any, honour: Honour, **options: Any):
        super().__init__(*args, committee=honour.committee, **options)
        self.honour = honour
        self.title = f"撤销“{honour.get_kind_display()}”"

    def save(self) -> Honour:
        grant = self.grant(self.honour.proposal.office)
        self.attempt(withdraw_honour, honour=self.honour, reason=self.cleaned_data["reason"], grant=grant)
        return self.honour
