"""Forms to log the other contributions of members."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities import services
from activities.models import Contribution, ContributionKind
from members.access import visible
from members.listing import FilterForm
from members.models import Subject, User
from members.recording import DayField, NamesField, NewRecord, RecordForm, office_field, row_field

ROLES = [("", "—"), ("lead", "牵头（第一作者、执笔）"), ("cosigner", "参与（联名）"), ("participant", "参加")]


class ContributionForm(NewRecord, RecordForm):
    """One thing that one or several people did: plenary addresses, research reports, public service, honours …"""

    model = Contribution
    title = "登记其他履职"

    office = office_field()
    kind = row_field("类型", ContributionKind, required=True)
    title_of_work = forms.CharField(label="事项", max_length=200, help_text="例如“关于……的调研报告”“义诊活动”")
    happened_on = DayField(label="日期")
    names = NamesField(label="委员", required=False)
    special_subject = row_field("专委会或活动组", Subject, help_text="记给专委会或活动组的才填")
    level = forms.ChoiceField(label="级别", choices=Contribution.Level, required=False)
    role = forms.ChoiceField(label="角色", choices=ROLES, required=False)
    quantity = forms.DecimalField(
        label="数量",
        initial=1,
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "“数量”不是数字。请填大于 0 的数，例如 1 或 0.5。"},
    )
    is_shared = forms.BooleanField(label="是几个人合作的一件成果（署名次序同上面名单的次序）", required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        kinds = self.only_my_committees(visible(self.user, ContributionKind)).filter(is_open=True)
        self.offer("kind", kinds)
        self.fields["kind"].empty_label = "请选择"
        others = self.only_my_committees(visible(self.user, Subject)).filter(seat__isnull=True)
        self.offer("special_subject", others.select_related("special_committee", "group"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seats = self.seats("names", self.office_seats(cleaned.get("happened_on")))
        subjects = {
            row.seat_id: row
            for row in visible(self.user, Subject).filter(seat__in=seats).select_related("seat__member")
        }
        cleaned["subjects"] = [subjects[seat.pk] for seat in seats]
        if cleaned.get("special_subject"):
            cleaned["subjects"].append(cleaned["special_subject"])
        if not cleaned["subjects"] and not self.errors:
            self.add_error("names", "没有填是谁的履职。请填委员姓名，或选择专委会、活动组。")
        return cleaned

    def _entries(self) -> list[services.ContributionEntry]:
        given = self.cleaned_data
        is_shared, work = given["is_shared"], uuid.uuid4()
        count = len(given["subjects"]) if is_shared else 1
        return [
            services.ContributionEntry(
                kind=given["kind"],
                subject=subject,
                title=given["title_of_work"],
                happened_on=given["happened_on"],
                level=given["level"],
                role=given["role"],
                quantity=given["quantity"],
                position=place if is_shared else 1,
                sharers=count,
                work=work if is_shared else uuid.uuid4(),
                public_id=self.new_id(str(place)),
            )
            for place, subject in enumerate(given["subjects"], start=1)
        ]

    def save(self) -> list[Contribution] | None:
        office, entries = self.cleaned_data["office"], self._entries()
        logged = self.logged([entry.public_id for entry in entries])
        rows = list(logged) or self.attempt(
            services.record_contributions,
            committee=office.committee,
            office=office,
            entries=entries,
            grant=self.grant(office),
        )
        if not rows and (rows := list(logged.all())):
            self.errors.clear()
        return rows

    def take_errors(self, error: ValidationError) -> None:
        """The service's `title` is this form's `title_of_work`: `title` is the page's."""
        if hasattr(error, "error_dict") and "title" in error.error_dict:
            error = ValidationError({"title_of_work": error.error_dict["title"]})
        super().take_errors(error)


class ContributionFilter(FilterForm):
    q = forms.CharField(label="事项或姓名", required=False)
    kind = row_field("类型", ContributionKind)
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Contribution.State.choices])

    def __init__(self, *args: Any, user: User, **options: Any):
        super().__init__(*args, **options)
        self.fields["kind"].queryset = visible(user, ContributionKind)
        self.fields["kind"].empty_label = "全部"

    def narrow(self, rows: Any) -> Any:
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("kind"):
            rows = rows.filter(kind=self.chosen("kind"))
        if self.chosen("year"):
            rows = rows.filter(happened_on__year=self.chosen("year"))
        if self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        return rows
