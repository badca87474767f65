"""Logging and correcting a proposal; the verbs on its later life have modules of their own and are named here too."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import delete_all
from members.checks import check_not_own, check_same_committee
from members.ids import natural_id
from members.models import Committee, Grant, Office, Subject, Term, User
from members.signals import announce
from proposals.checks import UNDECIDED, Signer, check_decision, check_proposal, check_signers
from proposals.cosigning import confirm_proposer, decline_proposer
from proposals.evaluations import record_evaluation
from proposals.examination import decide_proposal, remove_proposal, reopen_proposal
from proposals.honours import honour_proposal, withdraw_honour
from proposals.models import Proposal, Proposer
from proposals.signers import write_signers
from proposals.undertakings import record_undertaking

PROPOSAL_FIELDS = ("year", "number", "title", "text", "way", "sponsor", "submitted_on")

__all__ = [
    "Signer",
    "change_proposal",
    "confirm_proposer",
    "decide_proposal",
    "decline_proposer",
    "honour_proposal",
    "proposal_id",
    "record_evaluation",
    "record_proposal",
    "record_undertaking",
    "remove_proposal",
    "reopen_proposal",
    "withdraw_honour",
]


def proposal_id(committee: Committee, year: int, number: str) -> uuid.UUID:
    """Public id that follows from a proposal's year and number, for sheets and the demonstration."""
    return natural_id(committee.code, "proposal", str(year), number.strip())


def record_proposal(
    *,
    user: User | None,
    committee: Committee,
    office: Office,
    term: Term,
    year: int,
    number: str,
    title: str,
    way: str,
    submitted_on: datetime.date,
    proposers: Sequence[Signer],
    sponsor: Subject | None = None,
    state: str = Proposal.State.SUBMITTED,
    decided_on: datetime.date | None = None,
    decision_reason: str = "",
    merged_into: Proposal | None = None,
    text: str = "",
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Proposal:
    """A proposal with its signers in the order of their signatures; decided already when ``state`` says so.

    individual: one lead; joint: one lead first, then co-signers; collective: a ``sponsor`` (special committee or group)
    and perhaps its main writers with role collective. ValidationError: {field: sentence}.
    """
    check_same_committee(
        committee,
        office=office,
        term=term,
        sponsor=sponsor,
        merged_into=merged_into,
        proposers=[signer[0] for signer in proposers],
    )
    proposal = Proposal(
        public_id=public_id or uuid.uuid4(),
        committee=committee,
        office=office,
        term=term,
        year=year,
        number=number.strip(),
        title=title.strip(),
        text=text.strip(),
        way=way,
        sponsor=sponsor,
        submitted_on=submitted_on,
        state=state,
        decided_on=decided_on,
        decision_reason=decision_reason.strip(),
        merged_into=merged_into,
    )
    check_proposal(proposal)
    check_decision(proposal)
    check_signers(proposal, proposers)
    if state not in UNDECIDED:
        check_not_own(user, [signer[0] for signer in proposers], "登记审查结果")
    with act(user=user, verb="登记提案", grant=grant, committee=committee):
        proposal.save()
        write_signers(proposal, proposers)
        announce(Proposal, [("proposal", proposal.pk)])
    return proposal


def change_proposal(
    *,
    user: User | None,
    proposal: Proposal,
    proposers: Sequence[Signer] | None = None,
    reason: str = "",
    grant: Grant | None = None,
    **changes: Any,
) -> None:
    """Change PROPOSAL_FIELDS and, where given, replace the signers."""
    if unknown := set(changes) - set(PROPOSAL_FIELDS):
        raise TypeError(f"a proposal has no {', '.join(sorted(unknown))}")
    if proposal.state == Proposal.State.DRAFT:
        raise ValidationError("这件提案还是委员的草稿，没有提交，不能代为修改。")
    check_same_committee(
        proposal.committee,
        sponsor=changes.get("sponsor"),
        proposers=[signer[0] for signer in proposers or ()],
    )
    for name, value in changes.items():
        setattr(proposal, name, value.strip() if isinstance(value, str) else value)
    check_proposal(proposal)
    check_decision(proposal)
    if proposers is not None:
        check_signers(proposal, proposers)
    with act(user=user, verb="修改提案", reason=reason, grant=grant, committee=proposal.committee):
        proposal.save()
        if proposers is not None:
            rows = list(proposal.proposers.all())
            confirmed = {signer[0].pk for signer in proposers if len(signer) < 3 or signer[2]}
            delete_all(Proposer, rows)
            write_signers(proposal, proposers, {row.seat_id for row in rows if row.is_declined} - confirmed)
        announce(Proposal, [("proposal", proposal.pk)])
