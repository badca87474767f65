"""Forms to log reports on social conditions and public opinion, one by one or a line at a time, and to list them."""

import datetime
from typing import Any

from django import forms

from members.models import Committee, Seat
from members.narrowing import BodyFilter, DayFilter
from members.quick import QuickRow
from members.recording import (
    DayField,
    KnownRecord,
    NamesField,
    NewRecord,
    RecordForm,
    office_field,
    serving,
    year_field,
)
from opinions import services
from opinions.models import Level, OpinionReport, Reporter
from opinions.outcomes import NOT_NAMED

COUNT = {"inputmode": "numeric"}
State = OpinionReport.State
STATES = [(state.value, state.label) for state in State if state is not State.DRAFT]  # a draft is its writers' alone
NO_LEVEL = ("", "还没有采用")
SAME_NAMES = ("year", "number", "submitted_on", "state", "issued_on", "not_used_reason", "body")


class SignedForm(RecordForm):
    """What logging and changing a report share: title, days, writers."""

    model = OpinionReport

    year = year_field()
    number = forms.CharField(label="编号", max_length=20, required=False, help_text="还没有编号的不填")
    title_of_report = forms.CharField(label="题目", max_length=200)
    submitted_on = DayField(label="报送日期")
    names = NamesField(
        label="报送人", help_text="按署名次序，第一位是第一撰稿人；姓名、委员编号或拼音首字母，用顿号、逗号或空格分开"
    )
    state = forms.ChoiceField(label="状态", choices=STATES)
    issued_on = DayField(label="编发日期", required=False)
    not_used_reason = forms.CharField(label="未采用的理由", max_length=200, required=False)
    body = forms.CharField(label="正文", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    more = ("not_used_reason", "body")

    def reporters(self, seats: list[Seat]) -> list[Seat]:
        return self.seats("names", seats)

    def fields_of_report(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"title": given["title_of_report"], **{name: given[name] for name in SAME_NAMES}}

    def take_errors(self, error: Any) -> None:
        """The service's `title` is this form's `title_of_report`, its `reporters` this form's `names`."""
        if hasattr(error, "error_dict"):
            names = {"title": "title_of_report", "reporters": "names"}
            error = forms.ValidationError({names.get(name, name): found for name, found in error.error_dict.items()})
        super().take_errors(error)


class ReportForm(NewRecord, SignedForm):
    title = "登记社情民意信息"

    office = office_field()
    field_order = ["office"]

    def __init__(self, *args: Any, **options: Any):
        options.setdefault("initial", {"year": datetime.date.today().year})
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get("submitted_on")
        cleaned["reporters"] = self.reporters(self.office_seats(day)) if day else []
        return cleaned

    def save(self) -> OpinionReport | None:
        office = self.cleaned_data["office"]
        return self.add(
            services.record_report,
            committee=office.committee,
            office=office,
            reporters=self.cleaned_data["reporters"],
            grant=self.grant(office),
            **self.fields_of_report(),
        )


class ReportChangeForm(KnownRecord, SignedForm):
    """Correct what was typed wrong, or log that the report was issued."""

    title = "修改社情民意信息"

    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        numbers = [row.seat.number for row in report.reporters.select_related("seat")]
        initial = {name: getattr(report, name) for name in SAME_NAMES}
        initial |= {"title_of_report": report.title, "names": "、".join(numbers)}
        super().__init__(*args, committee=report.committee, **{"initial": initial, **options})
        self.report = report

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get("submitted_on")
        cleaned["reporters"] = self.reporters(list(serving(self.user, self.report.committee, day)) if day else [])
        return cleaned

    def save(self) -> OpinionReport:
        stored = list(self.report.reporters.values_list("seat_id", "is_confirmed"))
        reporters = None
        if [seat.pk for seat in self.cleaned_data["reporters"]] != [seat for seat, _ in stored]:
            # A signature that was confirmed, or not yet, stays so when the list is typed again.
            known = dict(stored)
            roles = [Reporter.Role.LEAD] + [Reporter.Role.COSIGNER] * len(self.cleaned_data["reporters"])
            reporters = [
                (seat, role, known.get(seat.pk, True))
                for seat, role in zip(self.cleaned_data["reporters"], roles, strict=False)
            ]
        self.attempt(
            services.change_report,
            report=self.report,
            reporters=reporters,
            reason=self.cleaned_data["reason"],
            grant=self.grant(self.report.office),
            **self.fields_of_report(),
        )
        return self.report


class QuickForm(QuickRow, NewRecord, RecordForm):
    """One line above the list: Enter saves it and the page is ready for the next."""

    model = OpinionReport
    widths = {
        "office": 2,
        "number": 1,
        "submitted_on": 2,
        "title_of_report": 4,
        "names": 3,
        "level": 2,
        "organ": 4,
    }
    typed_next = "title_of_report"

    office = office_field()
    number = forms.CharField(label="编号", max_length=20, required=False)
    title_of_report = forms.CharField(label="题目", max_length=200)
    names = NamesField(label="报送人")
    submitted_on = DayField(label="报送日期")
    level = forms.ChoiceField(label="采用级别", required=False, choices=[NO_LEVEL, *Level.choices])
    organ = forms.CharField(
        label="采用单位", max_length=60, required=False, widget=forms.TextInput(attrs={"list": "organs"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get("submitted_on")
        cleaned["reporters"] = self.seats("names", self.office_seats(day)) if day else []
        if cleaned.get("organ") and not cleaned.get("level"):
            self.add_error("level", "填了采用单位，没有选采用级别，请选择。")
        return cleaned

    def save(self) -> OpinionReport | None:
        given, office = self.cleaned_data, self.cleaned_data["office"]
        report = self.add(
            services.record_report,
            committee=office.committee,
            office=office,
            year=given["submitted_on"].year,
            number=given["number"],
            title=given["title_of_report"],
            submitted_on=given["submitted_on"],
            reporters=given["reporters"],
            grant=self.grant(office),
        )
        if report is not None and given["level"] and not report.adoptions.exists():
            self.attempt(
                services.record_adoption,
                report=report,
                level=given["level"],
                organ=given["organ"] or NOT_NAMED,
                adopted_on=given["submitted_on"],
                grant=self.grant(office),
            )
        return report

    def take_errors(self, error: Any) -> None:
        if hasattr(error, "error_dict"):
            names = {"title": "title_of_report", "reporters": "names"}
            error = forms.ValidationError({names.get(name, name): found for name, found in error.error_dict.items()})
        super().take_errors(error)


def next_number(committee: Committee, year: int) -> str:
    """The number after the highest plain one of the year; "" where numbers are not plain."""
    numbers = OpinionReport.objects.filter(committee=committee, year=year).exclude(number="")
    plain = [int(number) for number in numbers.values_list("number", flat=True) if number.isdecimal()]
    return str(max(plain) + 1) if plain else ""


COLLECTED = ("collected", "已报送的全部（不含综合）")


class ReportFilter(BodyFilter, DayFilter):
    day = "submitted_on"

    q = forms.CharField(label="题目、编号或报送人", required=False)
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs=COUNT))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), COLLECTED, *State.choices])
    level = forms.ChoiceField(label="采用级别", required=False, choices=[("", "全部"), *Level.choices])
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部"), ("single", "单篇"), ("composite", "综合")]
    )
    adopted_from_on = DayField(label="采用从", required=False)
    adopted_to_on = DayField(label="采用到", required=False)

    field_order = ["q", "year", "state", "level", "kind", "adopted_from_on", "adopted_to_on"]
    more = ("adopted_from_on", "adopted_to_on", *BodyFilter.bodies, *DayFilter.days)

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("year"):
            rows = rows.filter(year=self.chosen("year"))
        if self.chosen("state") == COLLECTED[0]:
            rows = rows.collected()
        elif self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        adopted = [self.chosen(name) for name in ("level", "adopted_from_on", "adopted_to_on")]
        if any(adopted):
            rows = rows.adopted(*adopted)
        if self.chosen("kind"):
            rows = rows.filter(is_composite=self.chosen("kind") == "composite")
        return rows
