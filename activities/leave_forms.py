"""Leave: asked by a member, entered for members by the office; and who decides on it."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from activities import services
from activities.leaves import leave_limits
from activities.models import Activity, Leave, LeaveRule, Sitting
from members.access import Verb, visible
from members.listing import FilterForm
from members.models import Committee, Seat
from members.recording import NamesField, RecordForm

LIMITS = [
    ("", "组织处室，不论长短"),
    ("0", "主席办公室，不论长短"),
    *((str(n), f"{n} 个半天以内组织处室，更长的主席办公室") for n in (1, 2, 3, 4, 6, 8)),
]


class SittingsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, sitting: Sitting) -> str:
        return sitting.spoken


def sittings_field(label: str, **options: Any) -> SittingsField:
    """Half-days to tick, by public id."""
    return SittingsField(
        label=label,
        queryset=Sitting.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
        **options,
    )


class LeaveForm(RecordForm):
    """Leave asked by telephone or on paper, entered by the office."""

    model = Leave
    title = "登记请假"

    names = NamesField(label="请假委员", widget=forms.Textarea(attrs={"rows": 2}))
    sittings = sittings_field("请假的场次", help_text="整个会期都请假的不用勾选")
    kind = forms.ChoiceField(label="类别", choices=Leave.Kind)
    reason = forms.CharField(label="事由", max_length=200)
    is_approved = forms.BooleanField(label="已经批准（由我审批）", required=False)
    conditional = ("sittings",)

    def __init__(self, *args: Any, activity: Activity, **options: Any):
        super().__init__(*args, committee=activity.committee, **options)
        self.activity = activity
        self.fields["sittings"].queryset = visible(self.user, Sitting).filter(activity=activity)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        invited = visible(self.user, Seat).filter(invitations__activity=self.activity)
        cleaned["seats"] = self.seats("names", invited.select_related("member", "sector"))
        return cleaned

    def save(self) -> Activity:
        given, grant = self.cleaned_data, self.grant(self.activity.office)
        sittings = given["sittings"] or self.fields["sittings"].queryset
        for seat in given["seats"]:
            asked = self.attempt(
                services.ask_leave,
                activity=self.activity,
                seat=seat,
                sittings=sittings,
                kind=given["kind"],
                reason=given["reason"],
                grant=grant,
            )
            for leave in asked or [] if given["is_approved"] else []:
                self.attempt(services.decide_leave, leave=leave, is_approved=True, grant=grant)
        return self.activity


class AskLeaveForm(RecordForm):
    """A member asks for leave from one meeting: half-days, kind, reason."""

    model = Leave
    verb = Verb.REPORT
    title = "申请请假"
    submit = "提交申请"

    sittings = sittings_field("请假的半天")
    kind = forms.ChoiceField(
        label="类别",
        choices=Leave.Kind,
        initial=Leave.Kind.OFFICIAL,
        widget=forms.RadioSelect(attrs={"class": "chips"}),
    )
    reason = forms.CharField(label="事由", max_length=200)
    conditional = ("sittings",)

    def __init__(self, *args: Any, activity: Activity, seat: Seat, **options: Any):
        super().__init__(*args, committee=activity.committee, **options)
        self.activity, self.seat = activity, seat
        still = open_sittings(activity, visible(self.user, Leave).filter(seat=seat), timezone.localdate())
        self.fields["sittings"].queryset = visible(self.user, Sitting).filter(pk__in=[one.pk for one in still])
        if len(still) == 1:
            self.fields["sittings"].initial = [still[0].public_id]

    def save(self) -> list[Leave] | None:
        return self.attempt(
            services.ask_leave,
            activity=self.activity,
            seat=self.seat,
            sittings=self.cleaned_data["sittings"],
            kind=self.cleaned_data["kind"],
            reason=self.cleaned_data["reason"],
            grant=next((grant for grant in self.grants if grant.committee_id == self.activity.committee_id), None),
        )


def open_sittings(activity: Activity, leaves: Any, today: datetime.date) -> list[Sitting]:
    """The half-days from today on for which no leave is asked yet; ``leaves``: the seat's, of any activity."""
    asked = {
        sitting.pk
        for leave in leaves
        if leave.activity_id == activity.pk and leave.state != Leave.State.REFUSED
        for sitting in services.sittings_of(leave)
    }
    return [one for one in activity.sittings.all() if one.held_on >= today and one.pk not in asked]


class LeaveLimitsForm(RecordForm):
    """Who decides on leave, a line for each kind of meeting."""

    model = LeaveRule
    verb = Verb.SETTING
    title = "准假权限"

    def __init__(self, *args: Any, committee: Committee, **options: Any):
        limits = {kind: "" if limit is None else str(limit) for kind, limit in leave_limits(committee).items()}
        super().__init__(*args, committee=committee, initial=limits, **options)
        self.committee = committee
        for kind in Activity.Kind:
            own = limits[kind]
            offered = LIMITS if own in dict(LIMITS) else [*LIMITS, (own, f"{own} 个半天以内组织处室，更长的主席办公室")]
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=offered, required=False)

    def save(self) -> Committee:
        limits = {kind: int(text) if text else None for kind, text in self.cleaned_data.items()}
        grant = next((one for one in self.grants if one.committee_id == self.committee.pk), None)
        self.attempt(services.set_leave_limits, committee=self.committee, limits=limits, grant=grant)
        return self.committee


class LeaveFilter(FilterForm):
    q = forms.CharField(label="姓名或会议", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "待审批"), *Leave.State.choices[1:], ("all", "全部")]
    )

    def narrow(self, rows: Any) -> Any:
        state = self.chosen("state") or Leave.State.APPLIED
        if state != "all":
            rows = rows.filter(state=state)
        return rows.about(self.chosen("q")) if self.chosen("q") else rows
