"""Forms to log meetings, who was invited and leave."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities import services
from activities.models import Activity, Leave, Sitting
from members.access import visible
from members.columns import CellError, Context
from members.columns import date as read_day
from members.listing import FilterForm
from members.models import Group, PostCode, Seat, Sector, SpecialCommittee
from members.recording import (
    DayField,
    KnownRecord,
    NamesField,
    NewRecord,
    RecordForm,
    choices,
    office_field,
    row_field,
    serving,
)

STANDING = [PostCode.CHAIR, PostCode.VICE_CHAIR, PostCode.SECRETARY_GENERAL, PostCode.STANDING_MEMBER]
CHAIRPERSONS = [PostCode.CHAIR, PostCode.VICE_CHAIR, PostCode.SECRETARY_GENERAL]

SCOPES = [("all", "全体委员"), ("standing", "常委会组成人员"), ("chairs", "主席会议组成人员"), ("names", "下面的名单")]
# Parts of a committee whose people may be invited together: code, heading of the choices, model.
PARTS = [("sector", "界别", Sector), ("special_committee", "专门委员会", SpecialCommittee), ("group", "活动组", Group)]
PATTERNS = [
    ("day", "每天一场（全天）"),
    ("am", "每天一场（上午）"),
    ("pm", "每天一场（下午）"),
    ("both", "每天两场（上午、下午）"),
]
HALVES = {"上午": "am", "下午": "pm", "全天": "day", "": "day"}
HALF_LINE = re.compile(r"(?P<day>.+?)\s*(?P<half>上午|下午|全天|)$")
LONGEST_DAYS = 31


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


class ActivityForm(NewRecord, RecordForm):
    """A new meeting with its half-days and the people invited."""

    model = Activity
    title = "登记会议活动"
    submit = "保存并登记出席"

    office = office_field()
    kind = forms.ChoiceField(label="类型", choices=Activity.Kind)
    name = forms.CharField(label="名称", max_length=200)
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期", required=False, help_text="只开一天的不填")
    pattern = forms.ChoiceField(label="场次", choices=PATTERNS, help_text="每场分别登记出席")
    scope = forms.ChoiceField(label="应到范围", choices=SCOPES)
    names = NamesField(label="名单", required=False)
    halves = HalvesField(
        label="各场次",
        required=False,
        max_length=2000,
        help_text="场次不规则时每行写一场，例如“1.10 上午”；填了就不按“场次”一栏",
    )
    place = forms.CharField(label="地点", max_length=100, required=False)
    special_committee = row_field("主办专委会", SpecialCommittee)
    group = row_field("主办活动组", Group)
    is_mandatory = forms.BooleanField(label="应当参加（自愿参加的不选）", required=False, initial=True)
    more = ("halves", "place", "special_committee", "group", "is_mandatory")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        parts = {code: self.only_my_committees(visible(self.user, model)) for code, _, model in PARTS}
        self.offer("special_committee", parts["special_committee"])
        self.offer("group", parts["group"])
        self.parts = {f"{code}:{row.public_id}": row for code, rows in parts.items() for row in rows}
        self.fields["scope"].choices = SCOPES[:-1] + self._offered_parts() + SCOPES[-1:]
        self.fields["names"].help_text += "；选其他范围时为另加的人"

    def _offered_parts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """[("界别", [("sector:…", "科学技术"), …]), …] of the committee's parts."""
        return [
            (heading, [(key, str(row)) for key, row in self.parts.items() if key.startswith(f"{code}:")])
            for code, heading, _ in PARTS
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("starts_on") and cleaned.get("office") and cleaned.get("scope"):
            cleaned["invited"] = self._invited(cleaned["starts_on"])
        return cleaned

    def _invited(self, day: datetime.date) -> list[Seat]:
        committee, scope = self.cleaned_data["office"].committee, self.cleaned_data["scope"]
        named = self.seats("names", serving(self.user, committee, day))
        scoped = list(self._scoped(scope, serving(self.user, committee, day), day))
        invited = list({seat.pk: seat for seat in [*scoped, *named]}.values())
        if not invited and not self.errors:
            field = "names" if scope == "names" else "scope"
            self.add_error(field, "应到名单里一个人也没有，请改选范围或填写名单。")
        return invited

    def _scoped(self, scope: str, seats: Any, day: datetime.date) -> Any:
        """Of the serving seats those of the chosen scope."""
        part = self.parts.get(scope)
        match scope.partition(":")[0]:
            case "all":
                return seats
            case "standing":
                return seats.holding_post(STANDING, day)
            case "chairs":
                return seats.holding_post(CHAIRPERSONS, day)
            case "sector":
                return seats.filter(sector=part)
            case "special_committee":
                return seats.in_special_committee(part)
            case "group":
                return seats.in_group(part, day)
        return seats.none()

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
            special_committee=given["special_committee"],
            group=given["group"],
            halves=self._halves(),
            invited=given["invited"],
            grant=self.grant(given["office"]),
        )


class ActivityChangeForm(KnownRecord, RecordForm):
    """Name, kind, place of a meeting; and people to add to the invited."""

    model = Activity
    title = "修改会议活动"

    kind = forms.ChoiceField(label="类型", choices=Activity.Kind)
    name = forms.CharField(label="名称", max_length=200)
    place = forms.CharField(label="地点", max_length=100, required=False)
    is_mandatory = forms.BooleanField(label="应当参加（自愿参加的不选）", required=False)
    names = NamesField(label="补充应到", required=False)
    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    def __init__(self, *args: Any, activity: Activity, **options: Any):
        fields = ("kind", "name", "place", "is_mandatory")
        options.setdefault("initial", {name: getattr(activity, name) for name in fields})
        super().__init__(*args, committee=activity.committee, **options)
        self.activity = activity

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["invited"] = self.seats("names", serving(self.user, self.activity.committee, self.activity.starts_on))
        return cleaned

    def save(self) -> Activity:
        given, grant = self.cleaned_data, self.grant(self.activity.office)
        changes = {name: given[name] for name in ("kind", "name", "place", "is_mandatory")}
        self.attempt(services.change_activity, activity=self.activity, reason=given["reason"], grant=grant, **changes)
        if given["invited"] and not self.errors:
            self.attempt(services.invite, activity=self.activity, seats=given["invited"], grant=grant)
        return self.activity


class LeaveForm(RecordForm):
    """Leave asked by telephone or on paper, logged by the office."""

    model = Leave
    title = "登记请假"

    names = NamesField(label="请假委员", widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label="类别", choices=Leave.Kind)
    reason = forms.CharField(label="事由", max_length=200)
    first_sitting = row_field("起始场次", Sitting, help_text="整个会期都请假的不填")
    last_sitting = row_field("结束场次", Sitting)

    def __init__(self, *args: Any, activity: Activity, **options: Any):
        super().__init__(*args, committee=activity.committee, **options)
        self.activity = activity
        for name in ("first_sitting", "last_sitting"):
            self.offer(name, visible(self.user, Sitting).filter(activity=activity), empty="不限")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        invited = visible(self.user, Seat).filter(invitations__activity=self.activity)
        cleaned["seats"] = self.seats("names", invited.select_related("member", "sector"))
        return cleaned

    def save(self) -> Activity:
        given = self.cleaned_data
        for seat in given["seats"]:
            self.attempt(
                services.record_leave,
                activity=self.activity,
                seat=seat,
                kind=given["kind"],
                reason=given["reason"],
                first_sitting=given["first_sitting"],
                last_sitting=given["last_sitting"],
                grant=self.grant(self.activity.office),
            )
        return self.activity


# ---------------------------------------------------------------- filters
class ActivityFilter(FilterForm):
    q = forms.CharField(label="名称", required=False)
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *choices(Activity.Kind.choices)])
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    state = forms.ChoiceField(label="登记", required=False, choices=[("", "全部"), ("open", "未登记完毕")])

    def narrow(self, rows: Any) -> Any:
        if self.chosen("q"):
            rows = rows.filter(name__icontains=self.chosen("q"))
        if self.chosen("kind"):
            rows = rows.filter(kind=self.chosen("kind"))
        if self.chosen("year"):
            rows = rows.filter(starts_on__year=self.chosen("year"))
        if self.chosen("state") == "open":
            rows = rows.not_fully_recorded()
        return rows
