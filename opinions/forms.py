"""Forms to log reports on social conditions and public opinion, adoptions and instructions."""

import datetime
from typing import Any

from django import forms

from members.listing import FilterForm
from members.models import Seat
from members.recording import (
    DayField,
    KnownRecord,
    NamesField,
    NewRecord,
    RecordForm,
    choices,
    office_field,
    serving,
    year_field,
)
from opinions import services
from opinions.models import Adoption, Instruction, Level, OpinionReport, Reporter

COUNT = {"inputmode": "numeric"}


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
    state = forms.ChoiceField(label="状态", choices=OpinionReport.State)
    issued_on = DayField(label="编发日期", required=False)

    def reporters(self, seats: list[Seat]) -> list[Seat]:
        return self.seats("names", seats)

    def fields_of_report(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("year", "number", "submitted_on", "state", "issued_on")
        return {"title": given["title_of_report"], **{name: given[name] for name in names}}

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
        cleaned["reporters"] = self.reporters(self.office_seats(cleaned.get("submitted_on")))
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
        initial = {name: getattr(report, name) for name in ("year", "number", "submitted_on", "state", "issued_on")}
        initial |= {"title_of_report": report.title, "names": "、".join(numbers)}
        super().__init__(*args, committee=report.committee, **{"initial": initial, **options})
        self.report = report

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get("submitted_on")
        cleaned["reporters"] = self.reporters(list(serving(self.user, self.report.committee, day)) if day else [])
        return cleaned

    def save(self) -> OpinionReport:
        # A signature that was confirmed, or not yet, stays so when the list is typed again.
        known = dict(self.report.reporters.values_list("seat_id", "is_confirmed"))
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


class OneReportForm(RecordForm):
    """A form about one stored report."""

    model = OpinionReport

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        super().__init__(*args, committee=report.committee, **options)
        self.report = report

    def call(self, service: Any) -> Any:
        return self.attempt(service, report=self.report, grant=self.grant(self.report.office), **self.cleaned_data)


class AdoptionForm(OneReportForm):
    title = "登记采用"

    level = forms.ChoiceField(label="采用级别", choices=Level)
    organ = forms.CharField(label="采用单位", max_length=60, help_text="例如“市政协《社情民意》”")
    form = forms.ChoiceField(label="采用方式", choices=Adoption.Form)
    adopted_on = DayField(label="采用日期")

    def save(self) -> Adoption | None:
        return self.call(services.record_adoption)


class InstructionForm(OneReportForm):
    title = "登记批示"

    level = forms.ChoiceField(label="批示级别", choices=Level)
    given_by = forms.CharField(label="批示领导职务", max_length=60, help_text="只写职务，例如“县委书记”")
    instructed_on = DayField(label="批示日期")

    def save(self) -> Instruction | None:
        return self.call(services.record_instruction)


class ReportFilter(FilterForm):
    q = forms.CharField(label="题目、编号或报送人", required=False)
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs=COUNT))
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *choices(OpinionReport.State.choices)]
    )
    level = forms.ChoiceField(label="采用级别", required=False, choices=[("", "全部"), *Level.choices])

    def narrow(self, rows: Any) -> Any:
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("year"):
            rows = rows.filter(year=self.chosen("year"))
        if self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        if self.chosen("level"):
            rows = rows.adopted_at(self.chosen("level"))
        return rows
