"""Forms to log proposals, the decision on them, honours and the units that answer them."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q

from members.access import visible
from members.models import Committee, Seat, Subject, Term
from members.narrowing import DayFilter, of_body
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
    year_field,
)
from proposals import services
from proposals.fields import AsksAboutSimilar, text_field
from proposals.handling_forms import HandlingFilter
from proposals.models import Honour, Proposal, Proposer

State = Proposal.State
KEPT = ("year", "number", "way", "sponsor", "submitted_on", "text")
MERGED_HELP = "填案号，例如 12；审查结果选“并案”时填"
DECISIONS = [(state.value, state.label) for state in State if state not in {State.DRAFT, State.SUBMITTED}]
COUNT = {"inputmode": "numeric"}


class SignedForm(RecordForm):
    """What logging and changing a proposal share: title, way, signers."""

    model = Proposal
    conditional = ("lead",)

    year = year_field()
    number = forms.CharField(label="案号", max_length=20, required=False, help_text="还没有编号的不填")
    title_of_proposal = forms.CharField(label="案由", max_length=200)
    way = forms.ChoiceField(label="提出方式", choices=Proposal.Way)
    submitted_on = DayField(label="提交日期")
    lead = NamesField(
        label="第一提案人",
        required=False,
        widget=forms.TextInput,
        help_text="姓名、委员编号或拼音首字母；集体提案填主要执笔人，可不填",
    )
    cosigners = NamesField(label="联名人", required=False, help_text="按署名次序，用顿号、逗号或空格分开")
    sponsor = row_field("集体提案单位", Subject, help_text="集体提案才填")
    text = text_field()

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        others = self.only_my_committees(visible(self.user, Subject)).filter(seat__isnull=True)
        self.offer("sponsor", others.select_related("special_committee", "group"))

    def signers(self, seats: list[Seat]) -> list[services.Signer]:
        """The typed signers with the roles that fit the way."""
        if self.cleaned_data.get("way") == Proposal.Way.COLLECTIVE:
            writers = self.seats("lead", seats) + self.seats("cosigners", seats)
            return [(seat, Proposer.Role.COLLECTIVE) for seat in writers]
        leads = self.seats("lead", seats)
        if len(leads) > 1:
            self.add_error("lead", f"“第一提案人”填了 {len(leads)} 位，只能有一位。其余的请填在“联名人”里。")
        roles = [(seat, Proposer.Role.LEAD) for seat in leads]
        return roles + [(seat, Proposer.Role.COSIGNER) for seat in self.seats("cosigners", seats)]

    def take_errors(self, error: Any) -> None:
        """The service's `title` is this form's `title_of_proposal`, its `proposers` this form's `lead`."""
        super().take_errors(renamed(error, {"title": "title_of_proposal", "proposers": "lead"}))


def renamed(error: forms.ValidationError, names: dict[str, str]) -> forms.ValidationError:
    """A service's error with its fields called as the form calls them."""
    if not hasattr(error, "error_dict"):
        return error
    return forms.ValidationError({names.get(name, name): found for name, found in error.error_dict.items()})


class TargetForm(RecordForm):
    """Names the filed proposal another one is merged into by its number."""

    def target(self, name: str, committee: Committee, year: int | None, without: int | None = None) -> Proposal | None:
        """The proposal meant by "12" (of ``year``, else of the year before) or "2025-12"; None for nothing or an error."""
        text = self.cleaned_data.get(name, "").strip()
        if not text or year is None:
            return None
        filed = visible(self.user, Proposal).filter(committee=committee, state=State.FILED).exclude(pk=without)
        named, _, number = text.partition("-")
        meant = Q(number=text, year__in=[year - 1, year])
        if number and named.isdecimal():
            meant |= Q(number=number, year=int(named))
        found = filed.filter(meant).order_by("-year").first()
        if found is None:
            self.add_error(name, f"没有案号为“{text}”的已立案提案。请核对案号；上一年度以前的写成“{year - 2}-12”。")
        return found


class ProposalForm(NewRecord, AsksAboutSimilar, TargetForm, SignedForm):
    """A new proposal, with the decision on it where there already is one."""

    title = "登记提案"

    office = office_field()
    state = forms.ChoiceField(label="审查结果", choices=[(State.SUBMITTED.value, "尚未审查"), *DECISIONS])
    decided_on = DayField(label="审查日期", required=False)
    decision_reason = forms.CharField(
        label="审查意见", max_length=500, required=False, help_text="不予立案、退回的要填"
    )
    merged_into = forms.CharField(label="并入哪件提案", max_length=60, required=False, help_text=MERGED_HELP)
    more = ("text", "sponsor", "decision_reason", "merged_into")
    field_order = [
        "office",
        "year",
        "number",
        "title_of_proposal",
        "way",
        "lead",
        "cosigners",
        "sponsor",
        "submitted_on",
    ]

    def __init__(self, *args: Any, **options: Any):
        options.setdefault("initial", {"year": datetime.date.today().year})
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["proposers"] = self.signers(self.office_seats(cleaned.get("submitted_on")))
        if office := cleaned.get("office"):
            cleaned["merged_into"] = self.target("merged_into", office.committee, cleaned.get("year"))
            self.ask_about_similar(office.committee, cleaned.get("title_of_proposal"), cleaned.get("year"))
        return cleaned

    def save(self) -> Proposal | None:
        given = self.cleaned_data
        committee, submitted_on = given["office"].committee, given["submitted_on"]
        term = visible(self.user, Term).filter(committee=committee).on_date(submitted_on).first()
        if term is None:
            self.add_error("submitted_on", f"“提交日期”{submitted_on} 不在任何一届之内。请核对日期，或请管理员新增届。")
            return None
        return self.add(
            services.record_proposal,
            committee=committee,
            office=given["office"],
            term=term,
            year=given["year"],
            number=given["number"],
            title=given["title_of_proposal"],
            text=given["text"],
            way=given["way"],
            sponsor=given["sponsor"],
            submitted_on=submitted_on,
            proposers=given["proposers"],
            state=given["state"],
            decided_on=given["decided_on"],
            decision_reason=given["decision_reason"],
            merged_into=given["merged_into"],
            grant=self.grant(given["office"]),
        )


class OneProposalForm(RecordForm):
    """A form about one stored proposal."""

    model = Proposal

    def __init__(self, *args: Any, proposal: Proposal, **options: Any):
        super().__init__(*args, committee=proposal.committee, **options)
        self.proposal = proposal

    def call(self, service: Any, **arguments: Any) -> Any:
        return self.attempt(service, proposal=self.proposal, grant=self.grant(self.proposal.office), **arguments)


class ProposalChangeForm(KnownRecord, AsksAboutSimilar, SignedForm):
    """Correct what was typed wrong."""

    title = "修改提案"
    more = ("text", "sponsor")

    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    def __init__(self, *args: Any, proposal: Proposal, **options: Any):
        numbers = [row.seat.number for row in proposal.proposers.select_related("seat")]
        initial = {name: getattr(proposal, name) for name in KEPT}
        initial |= {
            "title_of_proposal": proposal.title,
            "lead": "".join(numbers[:1]),
            "cosigners": "、".join(numbers[1:]),
        }
        super().__init__(*args, committee=proposal.committee, **{"initial": initial, **options})
        self.proposal = proposal

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get("submitted_on")
        seats = list(serving(self.user, self.proposal.committee, day)) if day else []
        cleaned["proposers"] = self.signers(seats)
        typed = cleaned.get("title_of_proposal")
        if typed != self.proposal.title:
            self.ask_about_similar(self.proposal.committee, typed, cleaned.get("year"), without=self.proposal.pk)
        return cleaned

    def save(self) -> Proposal:
        given = self.cleaned_data
        # A signature that was confirmed, or not yet, stays so when the list is typed again.
        known = dict(self.proposal.proposers.values_list("seat_id", "is_confirmed"))
        self.attempt(
            services.change_proposal,
            proposal=self.proposal,
            proposers=[(seat, role, known.get(seat.pk, True)) for seat, role in given["proposers"]],
            reason=given["reason"],
            grant=self.grant(self.proposal.office),
            title=given["title_of_proposal"],
            **{name: given[name] for name in KEPT},
        )
        return self.proposal


IN_HAND = ("in_hand", "已提交的全部")  # whatever became of them


class ProposalFilter(HandlingFilter, DayFilter):
    day = "submitted_on"

    q = forms.CharField(label="案由、案号或提案人", required=False)
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs=COUNT))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), IN_HAND, *choices(State.choices)])
    honour = forms.ChoiceField(label="荣誉", required=False, choices=[("", "全部"), *Honour.Kind.choices])

    special = forms.CharField(label="第一提案人专门委员会", required=False)
    signer = forms.CharField(label="署名委员的编号", required=False)

    field_order = ["q", "year", "state", "handling", "honour"]
    more = ("honour", "unit", "sector", "special", "signer", "term", *DayFilter.days)

    def narrow(self, rows: Any) -> Any:
        rows = DayFilter.narrow(self, super().narrow(rows))
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("year"):
            rows = rows.filter(year=self.chosen("year"))
        if self.chosen("state") == IN_HAND[0]:
            rows = rows.in_hand()
        elif self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        if self.chosen("special"):
            rows = rows.with_bodies().filter(**of_body("special", self.chosen("special")))
        if self.chosen("signer"):
            rows = rows.signed_by(self.chosen("signer"))
        if self.chosen("honour"):
            rows = rows.filter(honours__kind=self.chosen("honour"))
        return rows
