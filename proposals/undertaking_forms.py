"""Forms about the units that answer a proposal."""

from django import forms

from members.recording import DayField
from proposals.forms import OneProposalForm
from proposals.models import Undertaking
from proposals.undertakings import record_undertaking


class UndertakingForm(OneProposalForm):
    title = "登记承办单位和答复"

    unit = forms.CharField(label="承办单位", max_length=100, help_text="再次登记同一单位即补充答复")
    role = forms.ChoiceField(label="分工", choices=Undertaking.Role)
    due_on = DayField(label="办理期限", required=False)
    replied_on = DayField(label="答复日期", required=False)
    reply_class = forms.CharField(label="答复类别", max_length=2, required=False, help_text="A、B、C 等")

    def save(self) -> Undertaking | None:
        return self.call(record_undertaking, **self.cleaned_data)
