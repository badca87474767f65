"""Forms with which members report what they did themselves."""

from typing import Any

from activities import services
from activities.contribution_forms import TitledForm, quantity_field, title_field
from activities.models import Contribution, ContributionKind
from members.access import Verb, visible
from members.evidence import EvidenceField
from members.models import Seat
from members.recording import DayField, KnownRecord, NewRecord, row_field


class ReportForm(TitledForm):
    """What both forms ask."""

    model = Contribution
    verb = Verb.REPORT
    submit = "提交核实"

    kind = row_field("类型", ContributionKind, required=True)
    title_of_work = title_field()
    happened_on = DayField(label="日期")
    quantity = quantity_field()
    evidence = EvidenceField(label="照片或材料")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        kinds = self.only_my_committees(visible(self.user, ContributionKind)).reportable()
        self.offer("kind", kinds.select_related("committee", "office"))
        self.fields["kind"].empty_label = "请选择"


class MyContributionForm(NewRecord, ReportForm):
    title = "申报履职"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, day = cleaned.get("kind"), cleaned.get("happened_on")
        if kind and day:
            own = visible(self.user, Seat).filter(member=self.user.member_id, committee=kind.committee_id)
            cleaned["seat"] = own.serving_on(day).select_related("subject", "committee").first()
            if cleaned["seat"] is None:
                self.add_error("happened_on", f"“日期”{day} 不在您的任期内。请核对日期，或联系处室。")
        return cleaned

    def save(self) -> Contribution | None:
        given = self.cleaned_data
        return self.add(
            services.report_contribution,
            seat=given["seat"],
            kind=given["kind"],
            title=given["title_of_work"],
            happened_on=given["happened_on"],
            quantity=given["quantity"],
            file=given["evidence"],
            grant=next((one for one in self.grants if one.committee_id == given["seat"].committee_id), None),
        )


class MyContributionChangeForm(KnownRecord, ReportForm):
    """Correct what waits or was returned, and send it again."""

    title = "修改后重新提交"

    def __init__(self, *args: Any, contribution: Contribution, **options: Any):
        initial = {name: getattr(contribution, name) for name in ("kind", "happened_on", "quantity", "state")}
        initial |= {"title_of_work": contribution.title}
        super().__init__(*args, committee=contribution.committee, initial=initial, **options)
        self.contribution = contribution
        if contribution.evidence_id:
            self.fields[
                "evidence"
            ].help_text = f"已有“{contribution.evidence}”，不选就保留。{self.fields['evidence'].help_text}"

    def save(self) -> Contribution:
        given = self.cleaned_data
        self.attempt(
            services.resend_contribution,
            contribution=self.contribution,
            kind=given["kind"],
            title=given["title_of_work"],
            happened_on=given["happened_on"],
            quantity=given["quantity"],
            file=given["evidence"],
            grant=next(iter(self.grants), None),
        )
        return self.contribution
