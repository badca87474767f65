"""Forms to log meetings, who was invited and leave."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities import services
from activities.inviting import PeopleFields
from activities.kinds import HABITS, Habit
from activities.models import Activity
from audit.actions import act
from members.access import visible
from members.columns import CellError, Context
from members.columns import date as read_day
from members.models import Committee, Group, Seat, SpecialCommittee
from members.narrowing import DayFilter
from members.recording import (
    DayField,
    KnownRecord,
    NamesField,
    NewRecord,
    RecordForm,
    choices,
    office_field,
    row_field,
)

PATTERNS = [
    ("", "按这类会议的惯例"),
    ("day", "每天一场（全天）"),
    ("am", "每天一场（上午）"),
    ("pm", "每天一场（下午）"),
    ("both", "每天两场（上午、下午）"),
]
HALVES = {"上午": "am", "下午": "pm", "全天": "day", "": "day"}
HALF_LINE = re.compile(r"(?P<day>.+?)\s*(?P<half>上午|下午|全天|)$")
LONGEST_DAYS = 31
LATEST = 50  # meetings whose places are offered
CHANGED = ("kind", "name", "place", "is_mandatory", "signup_until", "signup_limit")
MANDATORY = [("", "按这类会议的惯例"), ("yes", "应当参加"), ("no", "自愿参加")]


class HalvesField(forms.CharField):
    """One half-day a line, "1.10 上午"; cleans to [(day, code), …]. For meetings without a regular pattern."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[tuple[datetime.date, str]]:
        found = []
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            match = HALF_LINE.fullmatch(line.strip())
            try:
                day = read_day(match["day"], Context(committee=None, year=datetime.date.today().year))
            except CellError as error:
                raise ValidationError(
                    f"“各场次”中的“{line.strip()}”{error}每行写一场，例如“2026-01-10 上午”。"
                ) from error
            found.append((day, HALVES[match["half"]]))
        return found


def limit_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="名额",
        required=False,
        min_value=1,
        max_value=9999,
        help_text="不限人数的不填",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "“名额”不是整数，请填报名的最多人数，例如 30。",
            "min_value": "“名额”至少是 1；不限人数的不填。",
            "max_value": "“名额”最多 9999；不限人数的不填。",
        },
    )


class ActivityForm(NewRecord, PeopleFields):
    """A new meeting with its half-days and the people invited; what is left open is as usual for its kind."""

    model = Activity
    title = "登记会议活动"
    submit = "保存并登记出席"

    office = office_field()
    kind = forms.ChoiceField(label="类型", choices=Activity.Kind)
    name = forms.CharField(label="名称", max_length=200)
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期", required=False, help_text="只开一天的不填")
    pattern = forms.ChoiceField(label="场次", choices=PATTERNS, required=False)
    halves = HalvesField(
        label="各场次",
        required=False,
        max_length=2000,
        help_text="场次不规则时每行写一场，例如“1.10 上午”；填了就不按“场次”一栏",
    )
    place = forms.CharField(
        label="地点", max_length=100, required=False, widget=forms.TextInput(attrs={"list": "places"})
    )
    signup_until = DayField(
        label="报名截止", required=False, help_text="需要报名的才填：应到范围里的人可以报名，报了名的才算应到"
    )
    signup_limit = limit_field()
    special_committee = row_field("主办专委会", SpecialCommittee)
    group = row_field("主办活动组", Group)
    is_mandatory = forms.ChoiceField(label="是否应当参加", choices=MANDATORY, required=False)
    more = ("halves", "place", "signup_until", "signup_limit", "special_committee", "group", "is_mandatory")
    conditional = ("pattern", "scope", "is_mandatory")
    field_order = ("office", "kind", "name", "starts_on", "ends_on", "pattern", "scope", "names")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        for name, model in (("special_committee", SpecialCommittee), ("group", Group)):
            self.offer(name, self.only_my_committees(visible(self.user, model)))

    def committee(self) -> Committee | None:
        """The committee whose rules the page tells of; None while there are several to choose from."""
        return next(iter(self.committees.values())) if len(self.committees) == 1 else None

    def today(self) -> datetime.date:
        return timezone.localdate()

    def habits(self) -> list[tuple[str, str, Habit]]:
        return [(kind.value, str(kind.label), HABITS[kind]) for kind in Activity.Kind]

    def places(self) -> list[str]:
        """Where meetings were held before, the latest first."""
        rows = visible(self.user, Activity).exclude(place="").values_list("place", flat=True)[:LATEST]
        return list(dict.fromkeys(rows))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        habit = HABITS.get(cleaned.get("kind"))
        if habit and cleaned.get("starts_on") and cleaned.get("office"):
            cleaned["pattern"] = cleaned.get("pattern") or habit.pattern
            cleaned["is_mandatory"] = {"yes": True, "no": False}.get(cleaned.get("is_mandatory"), habit.is_mandatory)
            cleaned["invited"] = self.people(cleaned["office"].committee, cleaned["starts_on"], usual=habit.scope)
            if not cleaned["invited"] and not self.errors:
                self.add_error("scope", "应到名单里一个人也没有，请勾选范围或填写名单。")
        return cleaned

    def _halves(self) -> list[tuple[datetime.date, str]]:
        given = self.cleaned_data
        if given["halves"]:
            return given["halves"]
        codes = ["am", "pm"] if given["pattern"] == "both" else [given["pattern"]]
        last = given["ends_on"] or given["starts_on"]
        # A year typed wrong must not make thousands of sittings; the service says what is wrong with the dates.
        days = range(min((last - given["starts_on"]).days, LONGEST_DAYS) + 1)
        return [(given["starts_on"] + datetime.timedelta(days=day), code) for day in days for code in codes]

    def save(self) -> Activity | None:
        given = self.cleaned_data
        last = given["ends_on"] or max([given["starts_on"], *(day for day, _ in given["halves"])])
        if (last - given["starts_on"]).days > LONGEST_DAYS:
            self.add_error(
                "ends_on", f"会期有 {(last - given['starts_on']).days + 1} 天，最多 {LONGEST_DAYS} 天。请核对日期。"
            )
            return None
        return self.add(
            services.record_activity,
            committee=given["office"].committee,
            office=given["office"],
            kind=given["kind"],
            name=given["name"],
            place=given["place"],
            starts_on=given["starts_on"],
            ends_on=last,
            is_mandatory=given["is_mandatory"],
            signup_until=given["signup_until"],
            signup_limit=given["signup_limit"],
            special_committee=given["special_committee"],
            group=given["group"],
            halves=self._halves(),
            invited=given["invited"],
            grant=self.grant(given["office"]),
        )


class ActivityChangeForm(KnownRecord, RecordForm):
    """Name, kind, place of a meeting; where people sign up, until when and how many."""

    model = Activity
    title = "修改会议活动"

    kind = forms.ChoiceField(label="类型", choices=Activity.Kind)
    name = forms.CharField(label="名称", max_length=200)
    place = forms.CharField(label="地点", max_length=100, required=False)
    is_mandatory = forms.BooleanField(label="应当参加（自愿参加的不选）", required=False)
    signup_until = DayField(label="报名截止")
    signup_limit = limit_field()
    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    def __init__(self, *args: Any, activity: Activity, **options: Any):
        left_out = {"is_mandatory"} if activity.is_by_signup else {"signup_until", "signup_limit"}
        self.changed = [name for name in CHANGED if name not in left_out]
        options.setdefault("initial", {name: getattr(activity, name) for name in self.changed})
        super().__init__(*args, committee=activity.committee, **options)
        for name in left_out:
            del self.fields[name]
        self.activity = activity

    def save(self) -> Activity:
        given = self.cleaned_data
        self.attempt(
            services.change_activity,
            activity=self.activity,
            reason=given["reason"],
            grant=self.grant(self.activity.office),
            **{name: given[name] for name in self.changed},
        )
        return self.activity


class ListForm(PeopleFields):
    """Who is expected, changed after the fact: people put on the list, people taken off it."""

    model = Activity
    title = "调整应到名单"

    removed = NamesField(label="移出名单的人", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label="理由", max_length=200, required=False, help_text="移出已登记出席的人时必填")
    field_order = ("scope", "names", "removed", "reason")

    def __init__(self, *args: Any, activity: Activity, **options: Any):
        super().__init__(*args, committee=activity.committee, **options)
        self.activity = activity
        self.title = "调整报名名单" if activity.is_by_signup else self.title
        self.fields["scope"].label = "补充整个范围（选填）"
        self.fields["names"].label = "补充的人（选填）"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["added"] = self.people(self.activity.committee, self.activity.starts_on)
        listed = visible(self.user, Seat).filter(invitations__activity=self.activity)
        cleaned["taken_off"] = self.seats("removed", listed.select_related("member", "sector"))
        if both := {seat.pk for seat in cleaned["added"]} & {seat.pk for seat in cleaned["taken_off"]}:
            names = "、".join(str(seat) for seat in cleaned["taken_off"] if seat.pk in both)
            self.add_error("removed", f"{names}既在补充又在移出之列，请只留一处。")
        if not cleaned["added"] and not cleaned["taken_off"] and not self.errors:
            self.add_error("names", "没有填写补充或移出的人。")
        return cleaned

    def save(self) -> Activity:
        """One act for both, so that it is undone as one."""
        given, grant = self.cleaned_data, self.grant(self.activity.office)
        with act(
            user=self.user,
            verb=self.title,
            reason=given["reason"],
            grant=grant,
            committee=self.activity.committee,
        ):
            if given["taken_off"]:
                self.attempt(
                    services.uninvite,
                    activity=self.activity,
                    seats=given["taken_off"],
                    reason=given["reason"],
                    grant=grant,
                )
            if given["added"] and not self.errors:
                self.attempt(services.invite, activity=self.activity, seats=given["added"], grant=grant)
        return self.activity


class RemoveForm(RecordForm):
    """A meeting logged by mistake."""

    model = Activity
    title = "删除会议活动"
    submit = "删除"

    reason = forms.CharField(label="删除理由", max_length=200, help_text="例如“重复登记”“会议取消”；出席情况一并删除")

    def __init__(self, *args: Any, activity: Activity, **options: Any):
        super().__init__(*args, committee=activity.committee, **options)
        self.activity = activity

    def save(self) -> Activity:
        grant = self.grant(self.activity.office)
        self.attempt(services.remove_activity, activity=self.activity, reason=self.cleaned_data["reason"], grant=grant)
        return self.activity


# ---------------------------------------------------------------- filters
class ActivityFilter(DayFilter):
    day = "starts_on"

    q = forms.CharField(label="名称", required=False)
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *choices(Activity.Kind.choices)])
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    state = forms.ChoiceField(label="登记", required=False, choices=[("", "全部"), ("open", "未登记完毕")])

    field_order = ["q", "kind", "year", "state"]
    more = DayFilter.days

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        if self.chosen("q"):
            rows = rows.filter(name__icontains=self.chosen("q"))
        if self.chosen("kind"):
            rows = rows.filter(kind=self.chosen("kind"))
        if self.chosen("year"):
            rows = rows.filter(starts_on__year=self.chosen("year"))
        if self.chosen("state") == "open":
            rows = rows.not_fully_recorded()
        return rows
