"""Forms to make a proposal a key or an outstanding one, and to take that back."""

from django import forms

from members.recording import DayField
from proposals.forms import OneProposalForm
from proposals.honours import honour_proposal
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
