"""Forms about the units that answer a proposal: named, changed, urged, replying, handling it again."""

from typing import Any

from django import forms
from django.utils import timezone

from members.listing import FilterForm
from members.recording import TOO_LONG, DayField, KnownRecord, RecordForm
from proposals import undertakings
from proposals.evaluation_forms import check_note, note_field, satisfaction_field
from proposals.evaluations import record_evaluation
from proposals.forms import OneProposalForm, renamed
from proposals.handling_settings import days_to_reply, reply_classes
from proposals.models import Evaluation, Undertaking, Urging
from proposals.undertakings import Assignment

Role = Undertaking.Role
Source = Evaluation.Source
MAIN = "main"
JOINTS = 4
UNITS = {"list": "units", "autocomplete": "off"}  # the page holds the names offered, see undertaking_form.html


def unit_field(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=100, widget=forms.TextInput(attrs=UNITS), **options)


class AssignForm(OneProposalForm):
    """The main unit and joint ones, a line each with its due day; an empty due day is the usual one."""

    title = "交办"
    submit = "交办"

    assigned_on = DayField(label="交办日期", initial="今天")
    note = forms.CharField(label="交办说明", max_length=200, required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.usual_days = days_to_reply(self.proposal.committee)
        mains = [] if self.proposal.undertakings.active().filter(role=Role.MAIN).exists() else [(MAIN, "主办")]
        self.of_lines = [*mains, *((f"joint_{n}", f"会办 {n}") for n in range(1, JOINTS + 1))]
        for name, label in self.of_lines:
            self.fields[name] = unit_field(f"{label}单位", required=False)
            self.fields[f"{name}_due"] = DayField(label=f"{label}期限", required=False, help_text="")
            for field in (name, f"{name}_due"):
                # The line and the column say it to who sees the table.
                self.fields[field].widget.attrs["aria-label"] = self.fields[field].label
                self.fields[field].error_messages["max_length"] = TOO_LONG.format(label=self.fields[field].label)

    def lines(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(label, self[name], self[f"{name}_due"]) for name, label in self.of_lines]

    def usual_fields(self) -> list[forms.BoundField]:
        return [self["assigned_on"], self["note"]]

    def assignments(self) -> list[Assignment]:
        given = self.cleaned_data
        return [
            Assignment(given[name], Role.MAIN if name == MAIN else Role.JOINT, given[f"{name}_due"])
            for name, _ in self.of_lines
            if given[name]
        ]

    def save(self) -> list[Undertaking] | None:
        return self.call(
            undertakings.assign_units,
            assignments=self.assignments(),
            assigned_on=self.cleaned_data["assigned_on"],
            note=self.cleaned_data["note"],
        )

    def take_errors(self, error: Any) -> None:
        super().take_errors(renamed(error, {"assignments": self.of_lines[0][0], "due_on": "assigned_on"}))


class OneUndertakingForm(RecordForm):
    """A form about one stored undertaking."""

    model = Undertaking

    def __init__(self, *args: Any, undertaking: Undertaking, **options: Any):
        super().__init__(*args, committee=undertaking.committee, **options)
        self.undertaking = undertaking

    def call(self, service: Any, **arguments: Any) -> Any:
        grant = self.grant(self.undertaking.proposal.office)
        return self.attempt(service, undertaking=self.undertaking, grant=grant, **arguments)


class ReplyForm(KnownRecord, OneUndertakingForm):
    title = "登记答复"

    replied_on = DayField(label="答复日期")
    reply_class = forms.ChoiceField(label="答复类别", widget=forms.RadioSelect)
    reply_text = forms.CharField(
        label="答复摘要",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="提案人评议时看得到",
    )

    def __init__(self, *args: Any, undertaking: Undertaking, **options: Any):
        initial = {name: getattr(undertaking, name) for name in ("replied_on", "reply_class", "reply_text")}
        super().__init__(*args, undertaking=undertaking, **{"initial": initial, **options})
        classes = reply_classes(undertaking.committee)
        self.fields["reply_class"].choices = [(code, f"{code} {meaning}") for code, meaning in classes]

    def save(self) -> Undertaking | None:
        given = self.cleaned_data
        return self.call(
            undertakings.record_reply,
            replied_on=given["replied_on"],
            reply_class=given["reply_class"],
            reply_text=given["reply_text"],
        )


class UndertakingChangeForm(KnownRecord, OneUndertakingForm):
    title = "修改分工、期限"

    role = forms.ChoiceField(label="分工", choices=Role)
    due_on = DayField(label="办理期限", required=False)
    reason = forms.CharField(label="修改理由", max_length=200, help_text="例如“经批准延期一个月”")

    def __init__(self, *args: Any, undertaking: Undertaking, **options: Any):
        initial = {"role": undertaking.role, "due_on": undertaking.due_on}
        super().__init__(*args, undertaking=undertaking, **{"initial": initial, **options})

    def save(self) -> Undertaking | None:
        given = self.cleaned_data
        return self.call(
            undertakings.change_undertaking, role=given["role"], due_on=given["due_on"], reason=given["reason"]
        )


class HandBackForm(OneUndertakingForm):
    title = "退办、改派"
    submit = "登记退办"

    handed_back_on = DayField(label="退办日期", initial="今天")
    reason = forms.CharField(label="退办理由", max_length=200, help_text="例如“不属于本单位职责”")
    to_unit = unit_field("改派给", required=False, help_text="还没有定的可以先不填")
    due_on = DayField(label="新单位的办理期限", required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        usual = days_to_reply(self.undertaking.committee)
        self.fields["due_on"].help_text = f"不填就是退办后 {usual} 天"

    def save(self) -> Undertaking | None:
        return self.call(undertakings.hand_back, **self.cleaned_data)


class UrgeForm(OneUndertakingForm):
    title = "催办"
    submit = "登记催办"

    urged_on = DayField(label="催办日期", initial="今天")
    note = forms.CharField(label="催办情况", max_length=200, help_text="例如“电话催办，对方承诺月底前答复”")
    next_due_on = DayField(
        label="要求答复日期",
        required=False,
        help_text="填了，待办清单就按这一天提醒；按期答复率仍按原定期限算",
    )

    def save(self) -> Urging | None:
        return self.call(undertakings.urge, **self.cleaned_data)


class ReopenForm(OneUndertakingForm):
    title = "再次办理"
    submit = "再次交办"

    reopened_on = DayField(label="再次交办日期", initial="今天")
    due_on = DayField(label="办理期限", required=False)
    reason = forms.CharField(label="理由", max_length=200, help_text="例如“提案人对答复不满意，要求补充具体措施”")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        usual = days_to_reply(self.undertaking.committee)
        self.fields["due_on"].help_text = f"不填就是再次交办后 {usual} 天"

    def save(self) -> Undertaking | None:
        return self.call(undertakings.reopen_undertaking, **self.cleaned_data)


class PaperEvaluationForm(OneUndertakingForm):
    """What a signer wrote on paper or said on the telephone, taken down by staff."""

    title = "代录委员评议"

    seat = forms.ChoiceField(label="提案人")
    source = forms.ChoiceField(
        label="来源", choices=[(one.value, one.label) for one in Source if one != Source.SELF], widget=forms.RadioSelect
    )
    satisfaction = satisfaction_field("满意度")
    evaluated_on = DayField(label="评议日期")
    note = note_field()

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        signers = self.undertaking.proposal.proposers.filter(is_confirmed=True).select_related("seat__member")
        self.signers = {str(row.seat.public_id): row.seat for row in signers}
        self.fields["seat"].choices = [(key, str(seat)) for key, seat in self.signers.items()]

    def clean(self) -> dict[str, Any]:
        return check_note(self, super().clean())

    def save(self) -> Evaluation | None:
        given = self.cleaned_data
        return self.call(
            record_evaluation,
            seat=self.signers[given["seat"]],
            satisfaction=given["satisfaction"],
            evaluated_on=given["evaluated_on"],
            note=given["note"],
            source=given["source"],
        )


class DueFilter(FilterForm):
    """Which of the awaited replies are listed; ``within`` counts from today."""

    within = forms.ChoiceField(
        label="期限",
        required=False,
        choices=[
            ("", "全部未答复"),
            ("overdue", "已逾期"),
            ("7", "7 天内到期"),
            ("15", "15 天内到期"),
            ("30", "30 天内到期"),
            ("none", "没有定期限"),
        ],
    )
    unit = forms.CharField(label="承办单位", required=False, widget=forms.TextInput(attrs=UNITS))
    role = forms.ChoiceField(label="分工", required=False, choices=[("", "全部"), *Role.choices])

    def narrow(self, rows: Any) -> Any:
        within, today = self.chosen("within"), timezone.localdate()
        if within == "overdue":
            rows = rows.overdue(today)
        elif within == "none":
            rows = rows.filter(term_on__isnull=True)
        elif within:
            rows = rows.due_within(today, int(within))
        if self.chosen("unit"):
            rows = rows.filter(unit__icontains=self.chosen("unit"))
        if self.chosen("role"):
            rows = rows.filter(role=self.chosen("role"))
        return rows
