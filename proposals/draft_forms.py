"""What a member types about an own proposal."""

from typing import Any

from django import forms
from django.utils import timezone

from members.access import Verb, visible
from members.cosigning import CosignersField, colleagues, typed
from members.models import Seat
from members.recording import KnownRecord, NewRecord, row_field
from proposals import drafts
from proposals.fields import AsksAboutSimilar, text_field
from proposals.forms import renamed
from proposals.models import Proposal, Proposer

NO_SEAT = "您现在不在委员任期内，不能起草提案。如有疑问请联系提案工作处室。"


class DraftForm(AsksAboutSimilar):
    """Title, text and co-signers; 保存并提交 hands in what was saved."""

    model = Proposal
    verb = Verb.REPORT
    submit = "保存草稿"
    conditional = ("text",)

    title_of_proposal = forms.CharField(label="案由", max_length=200, help_text="例如“关于……的提案”")
    text = text_field(rows=14)
    cosigners = CosignersField()

    def asked(self, row: Seat | Proposal) -> list[Seat]:
        """The colleagues meant by the typed names."""
        return self.seats("cosigners", colleagues(row.committee, timezone.localdate()))

    def hand_in(self, proposal: Proposal | None) -> None:
        """Submit what was saved when that button was pressed."""
        if proposal is not None and not self.errors and "submit" in self.data:
            self.attempt(drafts.submit_proposal, proposal=proposal, grant=self.member_grant(proposal.committee_id))

    def member_grant(self, committee_id: int) -> Any:
        return next((grant for grant in self.grants if grant.committee_id == committee_id), None)

    def take_errors(self, error: Any) -> None:
        super().take_errors(renamed(error, {"title": "title_of_proposal", "proposers": "cosigners"}))


class NewDraftForm(NewRecord, DraftForm):
    title = "写提案"

    seat = row_field("以哪一届委员身份", Seat, required=True)
    field_order = ["seat", "title_of_proposal", "text", "cosigners"]

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        own = visible(self.user, Seat).filter(member=self.user.member_id, committee__in=self.committees)
        self.offer("seat", own.serving_on(timezone.localdate()).select_related("member", "committee", "term"))
        field = self.fields["seat"]
        field.error_messages["required"] = NO_SEAT
        field.empty_label = None
        found = list(field.queryset)
        if len(found) == 1:
            field.initial = found[0].public_id
        if len(found) < 2:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if seat := cleaned.get("seat"):
            cleaned["asked"] = self.asked(seat)
            self.ask_about_similar(seat.committee, cleaned.get("title_of_proposal"), timezone.localdate().year)
        return cleaned

    def save(self) -> Proposal | None:
        given = self.cleaned_data
        proposal = self.add(
            drafts.save_draft,
            lead=given["seat"],
            title=given["title_of_proposal"],
            text=given["text"],
            cosigners=given["asked"],
            grant=self.member_grant(given["seat"].committee_id),
        )
        self.hand_in(proposal)
        return proposal


class DraftChangeForm(KnownRecord, DraftForm):
    title = "修改提案"

    def __init__(self, *args: Any, proposal: Proposal, **options: Any):
        others = proposal.proposers.filter(role=Proposer.Role.COSIGNER).select_related("seat__member")
        initial = {
            "title_of_proposal": proposal.title,
            "text": proposal.text,
            "cosigners": typed([row.seat for row in others], colleagues(proposal.committee, timezone.localdate())),
        }
        super().__init__(*args, committee=proposal.committee, **{"initial": initial, **options})
        self.proposal = proposal
        self.submit = "保存" if proposal.state == Proposal.State.RETURNED else "保存草稿"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        proposal = self.proposal
        cleaned["asked"] = self.asked(proposal)
        title = cleaned.get("title_of_proposal")
        if title != proposal.title:
            self.ask_about_similar(proposal.committee, title, proposal.year, without=proposal.pk)
        return cleaned

    def save(self) -> Proposal:
        given = self.cleaned_data
        self.attempt(
            drafts.change_draft,
            proposal=self.proposal,
            title=given["title_of_proposal"],
            text=given["text"],
            cosigners=given["asked"],
            grant=self.member_grant(self.proposal.committee_id),
        )
        self.hand_in(self.proposal)
        return self.proposal
