"""What a member fills in: a draft."""

from typing import Any

from django import forms
from django.utils import timezone

from members.access import Verb, visible
from members.cosigning import CosignersField, colleagues, typed
from members.models import Grant, Office, Seat, User
from members.recording import KnownRecord, NewRecord, RecordForm, row_field
from opinions import drafts
from opinions.models import OpinionReport, Reporter


def own_seats(user: User) -> list[Seat]:
    """The seats the user holds today, one a committee."""
    seats = visible(user, Seat, Verb.VIEW).filter(member=user.member_id).serving_on(timezone.localdate())
    return list(seats.select_related("committee", "member"))


class DraftFields(RecordForm):
    model = OpinionReport
    verb = Verb.REPORT

    title_of_report = forms.CharField(label="题目", max_length=200)
    body = forms.CharField(label="正文", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 8}))
    names = CosignersField()
    to_office = row_field("报送给", Office, required=True)
    do = forms.CharField(required=False, widget=forms.HiddenInput)  # the page's two buttons carry it

    def offer_offices(self, seat: Seat) -> None:
        """All of the committee; the one that logged the latest report is proposed."""
        offices = visible(self.user, Office).filter(committee=seat.committee)
        self.offer("to_office", offices)
        self.fields["to_office"].empty_label = None
        latest = OpinionReport.objects.in_hand().filter(committee=seat.committee).order_by("-pk")
        self.fields["to_office"].initial = offices.filter(pk__in=latest.values("office")[:1]).first() or offices.first()

    def cosigners(self, lead: Seat) -> list[Seat]:
        """The colleagues named, without the lead."""
        found = self.seats("names", colleagues(lead.committee, timezone.localdate()))
        return [seat for seat in found if seat.pk != lead.pk]

    def fields_of_draft(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"title": given["title_of_report"], "body": given["body"], "office": given["to_office"]}

    def own_grant(self) -> Grant:
        """The member's grant in the committee of the draft."""
        return next((grant for grant in self.grants if grant.committee_id in self.committees), self.grants[0])

    def take_errors(self, error: Any) -> None:
        if hasattr(error, "error_dict"):
            names = {"title": "title_of_report", "reporters": "names", "office": "to_office"}
            error = forms.ValidationError({names.get(name, name): found for name, found in error.error_dict.items()})
        super().take_errors(error)

    def handed_in(self, report: OpinionReport | None) -> OpinionReport | None:
        """The saved draft, handed in where that button was used."""
        is_asked = self.cleaned_data.get("do") == "hand_in"
        if report is not None and not self.errors and is_asked and report.state == OpinionReport.State.DRAFT:
            self.attempt(drafts.hand_in, report=report, grant=self.own_grant())
        return report


class DraftForm(NewRecord, DraftFields):
    title = "写社情民意信息"

    def __init__(self, *args: Any, seat: Seat, **options: Any):
        super().__init__(*args, committee=seat.committee, **options)
        self.seat = seat
        self.offer_offices(seat)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["cosigners"] = self.cosigners(self.seat)
        return cleaned

    def save(self) -> OpinionReport | None:
        report = self.add(
            drafts.save_draft,
            lead=self.seat,
            cosigners=self.cleaned_data["cosigners"],
            grant=self.own_grant(),
            **self.fields_of_draft(),
        )
        return self.handed_in(report)


class DraftChangeForm(KnownRecord, DraftFields):
    title = "修改草稿"

    def __init__(self, *args: Any, report: OpinionReport, **options: Any):
        rows = list(report.reporters.select_related("seat__member", "seat__committee"))
        self.lead = next(row.seat for row in rows if row.role == Reporter.Role.LEAD)
        others = [row.seat for row in rows if row.seat_id != self.lead.pk]
        names = typed(others, colleagues(report.committee, timezone.localdate()))
        initial = {"title_of_report": report.title, "body": report.body, "names": names}
        super().__init__(
            *args, committee=report.committee, initial=initial | {"to_office": report.office.public_id}, **options
        )
        self.report = report
        self.offer_offices(self.lead)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["cosigners"] = self.cosigners(self.lead)
        return cleaned

    def save(self) -> OpinionReport:
        self.attempt(
            drafts.change_draft,
            report=self.report,
            cosigners=self.cleaned_data["cosigners"],
            grant=self.own_grant(),
            **self.fields_of_draft(),
        )
        return self.handed_in(self.report)
