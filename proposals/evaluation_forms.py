"""The member's own evaluation of a reply, and what it shares with the one staff take down."""

from typing import Any

from django import forms
from django.utils import timezone

from members.access import Verb
from members.models import Seat
from members.recording import RecordForm
from proposals.evaluations import record_evaluation
from proposals.models import Evaluation, Undertaking

Satisfaction = Evaluation.Satisfaction


def satisfaction_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Satisfaction, widget=forms.RadioSelect)


def note_field() -> forms.CharField:
    return forms.CharField(
        label="意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不满意的请写明理由，供再次办理参考",
    )


def check_note(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """Who is dissatisfied says why: the unit must know what to mend."""
    if cleaned.get("satisfaction") == Satisfaction.DISSATISFIED and not cleaned.get("note"):
        form.add_error("note", "选了“不满意”，没有写意见。请写明哪里不满意。")
    return cleaned


class OwnEvaluationForm(RecordForm):
    """What a signer says of the reply on the telephone; dated today."""

    model = Evaluation
    verb = Verb.REPORT
    title = "评议提案办理"
    submit = "提交评议"

    satisfaction = satisfaction_field("您对办理结果")
    note = note_field()

    def __init__(self, *args: Any, undertaking: Undertaking, seat: Seat, **options: Any):
        given = undertaking.evaluations.filter(seat=seat).first()
        initial = {"satisfaction": given.satisfaction, "note": given.note} if given else {}
        super().__init__(*args, committee=undertaking.committee, initial=initial, **options)
        self.undertaking, self.seat = undertaking, seat

    def clean(self) -> dict[str, Any]:
        return check_note(self, super().clean())

    def save(self) -> Evaluation | None:
        return self.attempt(
            record_evaluation,
            undertaking=self.undertaking,
            seat=self.seat,
            satisfaction=self.cleaned_data["satisfaction"],
            evaluated_on=timezone.localdate(),
            note=self.cleaned_data["note"],
            source=Evaluation.Source.SELF,
            grant=self.grant(self.undertaking.proposal.office),
        )
