"""Forms about one stored report: issue, put aside, outcomes, removal; composites; the organs the office keeps."""

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from members.access import Verb, visible
from members.matching import SEPARATORS
from members.models import Committee
from members.recording import DayField, KnownRecord, NewRecord, RecordForm, office_field, year_field
from opinions import composites, outcomes, services
from opinions.forms import STATES, next_number
from opinions.models import Adoption, Forwarding, Instruction, Level, OpinionReport, Organ

ORGAN = {"list": "organs", "autocomplete": "off"}
OFFERED = 60  # reports to make a composite of; older ones are named by their numbers


class OneReportForm(RecordForm):
    """A form about one stored report."""

    model = OpinionReport

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        super().__init__(*args, committee=report.committee, **options)
        self.report = report

    def call(self, service: Any) -> Any:
        return self.attempt(service, report=self.report, grant=self.grant(self.report.office), **self.cleaned_data)

    def organs(self) -> QuerySet[Organ]:
        return offered_organs(self.user, [self.report.committee_id])


class IssueForm(OneReportForm):
    title = "编发"
    submit = "编发"

    number = forms.CharField(label="编号", max_length=20, required=False)
    issued_on = DayField(label="编发日期", initial="今天")

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        number = report.number or next_number(report.committee, report.year)
        super().__init__(*args, report=report, initial={"number": number}, **options)

    def save(self) -> None:
        self.call(services.issue_report)


class PutAsideForm(OneReportForm):
    title = "定为未采用"
    submit = "定为未采用"

    reason = forms.CharField(label="理由", max_length=200, help_text="报送人看得到，例如“反映的问题已经解决”")

    def save(self) -> None:
        self.call(services.put_aside_report)


class RemoveForm(OneReportForm):
    title = "删除社情民意信息"
    submit = "删除"

    reason = forms.CharField(label="删除理由", max_length=200, help_text="只用于登记错了的信息；采用、批示一并删除")

    def save(self) -> None:
        self.call(services.remove_report)


class AdoptionForm(OneReportForm):
    title = "登记采用"

    level = forms.ChoiceField(label="采用级别", choices=Level)
    organ = forms.CharField(
        label="采用单位",
        max_length=60,
        help_text="例如“市政协《社情民意》”；新的单位照写，以后供选用",
        widget=forms.TextInput(attrs=ORGAN),
    )
    form = forms.ChoiceField(label="采用方式", choices=Adoption.Form)
    adopted_on = DayField(label="采用日期")

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        super().__init__(*args, report=report, **options)
        if report.is_composite:
            del self.fields["form"]

    def save(self) -> Adoption | None:
        return self.call(services.record_adoption)


class InstructionForm(OneReportForm):
    title = "登记批示"

    level = forms.ChoiceField(label="批示级别", choices=Level)
    given_by = forms.CharField(label="批示领导职务", max_length=60, help_text="只写职务，例如“县委书记”")
    instructed_on = DayField(label="批示日期")

    def save(self) -> Instruction | None:
        return self.call(services.record_instruction)


class ForwardingForm(OneReportForm):
    title = "登记转报"

    level = forms.ChoiceField(label="报送级别", choices=Level, initial=Level.CITY)
    organ = forms.CharField(label="报送单位", max_length=60, widget=forms.TextInput(attrs=ORGAN))
    forwarded_on = DayField(label="转报日期", initial="今天")

    def save(self) -> Forwarding | None:
        return self.call(services.record_forwarding)


class WithdrawForm(RecordForm):
    """Of an adoption, an instruction or a forwarding."""

    model = OpinionReport
    submit = "撤销"

    reason = forms.CharField(label="撤销的理由", max_length=200)

    def __init__(self, *args: Any, outcome: outcomes.Outcome, **options: Any):
        super().__init__(*args, committee=outcome.committee, **options)
        self.outcome = outcome
        self.title = f"撤销{outcome._meta.verbose_name}"

    def save(self) -> None:
        self.attempt(
            services.withdraw_outcome,
            outcome=self.outcome,
            reason=self.cleaned_data["reason"],
            grant=self.grant(self.outcome.report.office),
        )


# ---------------------------------------------------------------- composites
class CompositeFields(RecordForm):
    """What making and changing a composite share."""

    model = OpinionReport

    year = year_field()
    number = forms.CharField(label="编号", max_length=20, required=False)
    title_of_report = forms.CharField(label="题目", max_length=200)
    submitted_on = DayField(label="编写日期", initial="今天")
    state = forms.ChoiceField(label="状态", choices=STATES)
    issued_on = DayField(label="编发日期", required=False)
    sources = forms.ModelMultipleChoiceField(
        label="来源信息",
        queryset=OpinionReport.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "“来源信息”选的有一篇已不在可选范围内，请重新选择。"},
    )
    numbers = forms.CharField(
        label="或填来源信息的编号", max_length=500, required=False, help_text="同一年度的编号，用顿号分开，例如 12、15"
    )

    def offer_sources(self, chosen: list[OpinionReport] | None = None) -> None:
        """The latest reports in hand, and those chosen already."""
        rows = self._possible()
        latest = [*rows.values_list("pk", flat=True)[:OFFERED], *(row.pk for row in chosen or [])]
        field = self.fields["sources"]
        field.queryset = rows.filter(pk__in=latest)
        field.label_from_instance = lambda row: f"{row.submitted_on:%m-%d} {row.number or '未编号'} {row.title}"

    def _possible(self) -> QuerySet[OpinionReport]:
        """Reports of all offices: a composite gathers what several received."""
        rows = visible(self.user, OpinionReport).in_hand().filter(is_composite=False)
        return rows.filter(committee__in=self.committees)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        sources = list(cleaned.get("sources") or [])
        for number in dict.fromkeys(SEPARATORS.split(cleaned.get("numbers", ""))):
            if not number:
                continue
            found = self._possible().filter(year=cleaned.get("year"), number=number).first()
            if found is None:
                self.add_error("numbers", f"{cleaned.get('year')} 年没有编号为“{number}”的信息，请核对编号和年度。")
            elif found not in sources:
                sources.append(found)
        cleaned["all_sources"] = sources
        return cleaned

    def fields_of_report(self) -> dict[str, Any]:
        names = ("year", "number", "submitted_on", "state", "issued_on")
        return {"title": self.cleaned_data["title_of_report"], **{name: self.cleaned_data[name] for name in names}}

    def take_errors(self, error: Any) -> None:
        if hasattr(error, "error_dict"):
            error = forms.ValidationError(
                {("title_of_report" if name == "title" else name): found for name, found in error.error_dict.items()}
            )
        super().take_errors(error)


class CompositeForm(NewRecord, CompositeFields):
    title = "编写综合信息"

    office = office_field()
    field_order = ["office"]

    def __init__(self, *args: Any, **options: Any):
        options.setdefault("initial", {"year": datetime.date.today().year})
        super().__init__(*args, **options)
        self.offer_sources()

    def save(self) -> OpinionReport | None:
        office = self.cleaned_data["office"]
        return self.add(
            composites.record_composite,
            committee=office.committee,
            office=office,
            sources=self.cleaned_data["all_sources"],
            grant=self.grant(office),
            **self.fields_of_report(),
        )


class CompositeChangeForm(KnownRecord, CompositeFields):
    title = "修改综合信息"

    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        sources = [part.source for part in report.parts.select_related("source")]
        initial = {name: getattr(report, name) for name in ("year", "number", "submitted_on", "state", "issued_on")}
        initial |= {"title_of_report": report.title, "sources": [str(source.public_id) for source in sources]}
        super().__init__(*args, committee=report.committee, initial=initial, **options)
        self.report = report
        self.offer_sources(sources)

    def save(self) -> OpinionReport:
        self.attempt(
            composites.change_composite,
            report=self.report,
            sources=self.cleaned_data["all_sources"],
            reason=self.cleaned_data["reason"],
            grant=self.grant(self.report.office),
            **self.fields_of_report(),
        )
        return self.report


# ---------------------------------------------------------------- organs
def offered_organs(user: Any, committees: Any) -> QuerySet[Organ]:
    """What the boxes for organs offer."""
    return visible(user, Organ).filter(committee__in=committees, is_active=True)


class OrganForm(RecordForm):
    """Add an organ, or change one."""

    model = Organ
    title = "添加采用单位"

    level = forms.ChoiceField(label="级别", choices=Level)
    name = forms.CharField(label="名称", max_length=60)

    def save(self) -> Organ | None:
        committee: Committee = next(iter(self.committees.values()))
        return self.attempt(outcomes.add_organ, committee=committee, grant=self.grants[0], **self.cleaned_data)


class OrganChangeForm(OrganForm):
    title = "修改采用单位"

    is_active = forms.BooleanField(label="继续供选用", required=False)

    def __init__(self, *args: Any, organ: Organ, **options: Any):
        initial = {"level": organ.level, "name": organ.name, "is_active": organ.is_active}
        super().__init__(*args, committee=organ.committee, initial=initial, **options)
        self.organ = organ

    def save(self) -> None:
        fitting = (grant for grant in self.grants if grant.committee_id == self.organ.committee_id)
        self.attempt(outcomes.change_organ, organ=self.organ, grant=next(fitting, None), **self.cleaned_data)


def organ_of(user: Any, public_id: str) -> QuerySet[Organ]:
    """The organ when the user may change it."""
    return visible(user, Organ, Verb.LOG).filter(public_id=public_id).select_related("committee")
