"""The quick row on top of the list: one proposal a row, Enter saves it and opens the next."""

from typing import Any

from django import forms
from django.utils import timezone

from members.access import visible
from members.models import Term
from members.quick import QuickRow
from members.recording import DayField, NamesField, NewRecord, office_field
from proposals import services
from proposals.examination import next_number
from proposals.fields import AsksAboutSimilar
from proposals.forms import TargetForm, renamed
from proposals.models import Proposal, Proposer

State = Proposal.State
STATES = [
    (State.SUBMITTED.value, "尚未审查"),
    (State.FILED.value, "立案"),
    (State.MERGED.value, "并案"),
    (State.NOT_FILED.value, "不予立案"),
]


class QuickForm(QuickRow, NewRecord, AsksAboutSimilar, TargetForm):
    """What a row needs; the way follows from the co-signers, the year from the day."""

    model = Proposal
    conditional = ("number", "cosigners", "decided_on", "note")
    widths = {
        "office": 2,
        "number": 1,
        "title_of_proposal": 4,
        "lead": 2,
        "cosigners": 3,
        "submitted_on": 2,
        "state": 2,
        "decided_on": 2,
        "note": 4,
    }
    typed_next = "title_of_proposal"
    asks = "proposals/similar.html"

    office = office_field()
    number = forms.CharField(label="案号", max_length=20, required=False)
    title_of_proposal = forms.CharField(label="案由", max_length=200)
    lead = NamesField(label="第一提案人")
    cosigners = NamesField(label="联名人", required=False)
    submitted_on = DayField(label="提交日期")
    state = forms.ChoiceField(label="状态", choices=STATES)
    decided_on = DayField(label="审查日期", required=False)
    note = forms.CharField(label="理由或并入案号", max_length=200, required=False)

    def __init__(self, *args: Any, after: Proposal | None = None, **options: Any):
        super().__init__(*args, initial=_following(after), is_next=after is not None, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        office, day = cleaned.get("office"), cleaned.get("submitted_on")
        if office is None or day is None:
            return cleaned
        seats = self.office_seats(day)
        cleaned["proposers"] = [(seat, Proposer.Role.LEAD) for seat in self.seats("lead", seats)]
        cleaned["proposers"] += [(seat, Proposer.Role.COSIGNER) for seat in self.seats("cosigners", seats)]
        cleaned["target"] = None
        if cleaned.get("state") == State.MERGED:
            cleaned["target"] = self.target("note", office.committee, day.year)
        self.ask_about_similar(office.committee, cleaned.get("title_of_proposal"), day.year)
        return cleaned

    def save(self) -> Proposal | None:
        given = self.cleaned_data
        office, day, state = given["office"], given["submitted_on"], given["state"]
        term = visible(self.user, Term).filter(committee=office.committee).on_date(day).first()
        if term is None:
            self.add_error("submitted_on", f"“提交日期”{day} 不在任何一届之内。请核对日期，或请管理员新增届。")
            return None
        return self.add(
            services.record_proposal,
            committee=office.committee,
            office=office,
            term=term,
            year=day.year,
            number=given["number"],
            title=given["title_of_proposal"],
            way=Proposal.Way.JOINT if len(given["proposers"]) > 1 else Proposal.Way.INDIVIDUAL,
            submitted_on=day,
            proposers=given["proposers"],
            state=state,
            decided_on=given["decided_on"] if state != State.SUBMITTED else None,
            decision_reason=given["note"] if state == State.NOT_FILED else "",
            merged_into=given["target"],
            grant=self.grant(office),
        )

    def take_errors(self, error: Any) -> None:
        names = {"title": "title_of_proposal", "proposers": "lead", "decision_reason": "note", "merged_into": "note"}
        super().take_errors(renamed(error, names))


def _following(after: Proposal | None) -> dict[str, Any]:
    """What the next row takes over from the one just saved: office, days, state and the next number."""
    if after is None:
        return {"submitted_on": timezone.localdate()}
    return {
        "office": after.office,
        "number": next_number(after.committee, after.year) if after.number else "",
        "submitted_on": after.submitted_on,
        "state": after.state if after.state in {State.SUBMITTED, State.FILED} else State.SUBMITTED.value,
        "decided_on": after.decided_on,
    }
