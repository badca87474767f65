"""Forms of what people decide beside the computed points."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.access import visible
from members.evidence import EvidenceField
from members.listing import FilterForm
from members.models import Subject
from members.recording import DayField, NamesField, NewRecord, RecordForm, office_field, row_field
from scoring.manual import in_points
from scoring.models import Adjustment, Assessment
from scoring.services.adjustments import adjusting_rules, propose_adjustment

Effect = Adjustment.Effect


class PointsField(forms.DecimalField):
    """Points as typed ("-1.5"); cleans to whole hundredths (-150)."""

    def __init__(self, **options: Any):
        messages = {
            "invalid": "“分值”不是数字。请填数字，例如 2 或 -1.5。",
            "max_decimal_places": "“分值”最多两位小数，例如 1.25。请改正。",
        }
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(max_digits=8, decimal_places=2, widget=widget, error_messages=messages, **options)

    def clean(self, value: Any) -> int | None:
        points = super().clean(value)
        return None if points is None else int(points * Decimal(100))


class AdjustmentForm(NewRecord, RecordForm):
    """Propose points within a rule's bounds, a veto or an exemption; a second person decides."""

    model = Adjustment
    title = "提出人工加减分"
    submit = "提交复核"

    office = office_field()
    effect = forms.ChoiceField(label="类别", choices=Effect)
    names = NamesField(
        label="委员", required=False, widget=forms.TextInput, help_text="一位委员的姓名、编号或拼音首字母"
    )
    special_subject = row_field("专委会或活动组", Subject, help_text="加减专委会或活动组的分才填")
    rule = forms.ChoiceField(label="依据规则", required=False, help_text="加减分的要选")
    points = PointsField(label="分值", required=False, help_text="加分如 2，减分如 -1.5；须在规则规定的范围内")
    happened_on = DayField(label="日期")
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = EvidenceField()

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        others = self.only_my_committees(visible(self.user, Subject)).filter(seat__isnull=True)
        self.offer("special_subject", others.select_related("special_committee", "group"))
        self.fields["rule"].choices = [("", "—"), *self._rules().items()]

    def _rules(self) -> dict[str, str]:
        """{code: name with its bounds} of the manual rules of all years the user sees."""
        assessments = self.only_my_committees(visible(self.user, Assessment)).select_related("ruleset")
        rules = {}
        for assessment in assessments.order_by("year"):
            # Of a year whose ruleset cannot be used nothing is offered; its page says why.
            with suppress(ValidationError):
                rules |= {rule.code: rule for rule in adjusting_rules(assessment)}
        return {
            code: f"{rule.name}（{in_points(rule.value.low)} 至 {in_points(rule.value.high)} 分）"
            for code, rule in rules.items()
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seats = self.seats("names", self.office_seats(cleaned.get("happened_on")))
        subjects = list(visible(self.user, Subject).filter(seat__in=seats).select_related("seat__member"))
        if cleaned.get("special_subject"):
            subjects.append(cleaned["special_subject"])
        if len(subjects) != 1 and not self.errors:
            self.add_error(
                "names", f"填了 {len(subjects)} 个对象，一次只能给一位委员（或一个专委会、活动组）加减分。请改正。"
            )
        cleaned["subject"] = subjects[0] if len(subjects) == 1 else None
        return cleaned

    def save(self) -> Adjustment | None:
        given = self.cleaned_data
        names = ("subject", "effect", "rule", "points", "happened_on", "reason")
        return self.add(
            propose_adjustment,
            committee=given["office"].committee,
            office=given["office"],
            file=given["evidence"],
            grant=self.grant(given["office"]),
            **{name: given[name] for name in names},
        )


class DecideForm(forms.Form):
    """Agree or not; a refusal says why."""

    decision = forms.ChoiceField(choices=[("approve", "同意"), ("refuse", "不同意")])
    reason = forms.CharField(label="不同意的理由", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "decision" not in cleaned:
            raise ValidationError("请点“同意”或“不同意”。")
        return cleaned


class AdjustmentFilter(FilterForm):
    q = forms.CharField(label="委员或理由", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Adjustment.State.choices])

    def narrow(self, rows: Any) -> Any:
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        return rows
