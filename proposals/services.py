"""Verbs on proposals: 提 → 立 → 办 → 督 → 评. Each runs in one act."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import check_fields, check_not_own, check_once, check_order, check_same_committee
from members.ids import natural_id
from members.models import Committee, Grant, Office, Seat, Subject, Term, User
from members.signals import announce
from proposals.evaluations import record_evaluation
from proposals.honours import honour_proposal, withdraw_honour
from proposals.models import Proposal, Proposer
from proposals.signers import seats_of
from proposals.undertakings import record_undertaking

# A signer as given: (seat, role) or (seat, role, has confirmed); the order is the order of the signatures.
Signer = tuple[Seat, str] | tuple[Seat, str, bool]

PROPOSAL_FIELDS = ("year", "number", "title", "way", "sponsor", "submitted_on")
UNDECIDED = {Proposal.State.DRAFT, Proposal.State.SUBMITTED}
REFUSED = {Proposal.State.NOT_FILED, Proposal.State.RETURNED}

__all__ = [
    "change_proposal",
    "confirm_proposer",
    "decide_proposal",
    "honour_proposal",
    "proposal_id",
    "record_evaluation",
    "record_proposal",
    "record_undertaking",
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
        way=way,
        sponsor=sponsor,
        submitted_on=submitted_on,
        state=state,
        decided_on=decided_on,
        decision_reason=decision_reason.strip(),
        merged_into=merged_into,
    )
    _check_proposal(proposal)
    _check_decision(proposal)
    _check_signers(proposal, proposers)
    if state not in UNDECIDED:
        check_not_own(user, [signer[0] for signer in proposers], "登记审查结果")
    with act(user=user, verb="登记提案", grant=grant, committee=committee):
        proposal.save()
        _write_signers(proposal, proposers)
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
    check_same_committee(
        proposal.committee,
        sponsor=changes.get("sponsor"),
        proposers=[signer[0] for signer in proposers or ()],
    )
    for name, value in changes.items():
        setattr(proposal, name, value.strip() if isinstance(value, str) else value)
    _check_proposal(proposal)
    _check_decision(proposal)
    if proposers is not None:
        _check_signers(proposal, proposers)
    with act(user=user, verb="修改提案", reason=reason, grant=grant, committee=proposal.committee):
        proposal.save()
        if proposers is not None:
            delete_all(Proposer, list(proposal.proposers.all()))
            _write_signers(proposal, proposers)
        announce(Proposal, [("proposal", proposal.pk)])


def decide_proposal(
    *,
    user: User | None,
    proposal: Proposal,
    state: str,
    decided_on: datetime.date,
    reason: str = "",
    number: str | None = None,
    merged_into: Proposal | None = None,
    grant: Grant | None = None,
) -> None:
    """File, refuse, return, merge or pass on. A decision may be replaced; the history keeps the earlier one.

    Refusing and returning need a ``reason``, merging needs ``merged_into`` (a filed proposal of the committee).
    """
    check_same_committee(proposal.committee, merged_into=merged_into)
    if state in UNDECIDED:
        raise ValidationError({"state": "审查结果应为立案、不予立案、并案、转社情民意、退回修改之一，请改选。"})
    check_not_own(user, seats_of(proposal), "登记审查结果")
    proposal.state, proposal.decided_on, proposal.decision_reason = state, decided_on, reason.strip()
    proposal.merged_into = merged_into
    if number is not None:
        proposal.number = number.strip()
    _check_proposal(proposal)
    _check_decision(proposal)
    with act(user=user, verb="审查提案", reason=reason, grant=grant, committee=proposal.committee):
        proposal.save()
        announce(Proposal, [("proposal", proposal.pk)])


def confirm_proposer(*, user: User | None, proposer: Proposer, grant: Grant | None = None) -> None:
    """The co-signer has countersigned; only from now on does the signature count."""
    proposer.is_confirmed = True
    with act(user=user, verb="确认联名", grant=grant, committee=proposer.committee):
        proposer.save()
        announce(Proposal, [("proposal", proposer.proposal_id)])


# ---------------------------------------------------------------- parts of the above
def _check_proposal(proposal: Proposal) -> None:
    check_fields(proposal)
    if proposal.number:
        same = Proposal.objects.filter(
            committee=proposal.committee, year=proposal.year, number=proposal.number
        ).exclude(pk=proposal.pk)
        if other := same.first():
            raise ValidationError(
                {"number": f"{proposal.year} 年的案号“{proposal.number}”已是“{other.title}”的案号，请改用别的案号。"}
            )
    if proposal.way == Proposal.Way.COLLECTIVE and proposal.sponsor is None:
        raise ValidationError({"sponsor": "集体提案没有填提案单位，请选择专门委员会或活动组。"})
    if proposal.way != Proposal.Way.COLLECTIVE and proposal.sponsor is not None:
        raise ValidationError(
            {"sponsor": f"{proposal.get_way_display()}不填提案单位。请清空“集体提案单位”，或把提出方式改为集体提案。"}
        )


def _check_decision(proposal: Proposal) -> None:
    if proposal.state in UNDECIDED:
        if proposal.decided_on is not None:
            raise ValidationError({"decided_on": "还没有审查结果，不填审查日期。请选审查结果，或清空日期。"})
        return
    if proposal.decided_on is None:
        raise ValidationError({"decided_on": f"审查结果是“{proposal.get_state_display()}”，没有填审查日期，请填写。"})
    check_order("decided_on", proposal.submitted_on, proposal.decided_on, ("提交日期", "审查日期"))
    if proposal.state in REFUSED and not proposal.decision_reason:
        raise ValidationError(
            {"decision_reason": f"审查结果是“{proposal.get_state_display()}”，没有填审查意见，请写明理由。"}
        )
    if (proposal.state == Proposal.State.MERGED) != (proposal.merged_into is not None):
        raise ValidationError({"merged_into": "并案要填并入哪件提案，其他结果不填。请选择并入的提案，或改选审查结果。"})
    if proposal.merged_into is not None and (
        proposal.merged_into.pk == proposal.pk or proposal.merged_into.state != Proposal.State.FILED
    ):
        raise ValidationError(
            {"merged_into": f"“{proposal.merged_into}”不是另一件已立案的提案，不能并入。请改选已立案的提案。"}
        )


def _check_signers(proposal: Proposal, signers: Sequence[Signer]) -> None:
    """The roles fit the way: one lead first, or only the main writers of a collective proposal."""
    check_once([signer[0] for signer in signers], "proposers", "提案人")
    roles = [signer[1] for signer in signers]
    lead, cosigner = Proposer.Role.LEAD, Proposer.Role.COSIGNER
    if proposal.way == Proposal.Way.COLLECTIVE:
        if set(roles) - {Proposer.Role.COLLECTIVE}:
            raise ValidationError(
                {"proposers": "集体提案只填主要执笔人，没有第一提案人和联名人。请改正身份或提出方式。"}
            )
        return
    if not roles or roles[0] != lead or roles.count(lead) != 1:
        raise ValidationError(
            {"proposers": f"{proposal.get_way_display()}要有一位第一提案人，排在最前。请补填第一提案人。"}
        )
    if proposal.way == Proposal.Way.INDIVIDUAL and len(roles) > 1:
        raise ValidationError(
            {
                "proposers": f"个人提案只有一位提案人，现在填了 {len(roles)} 位。请删去其余的人，或把提出方式改为联名提案。"
            }
        )
    if proposal.way == Proposal.Way.JOINT and roles[1:] != [cosigner] * max(1, len(roles) - 1):
        raise ValidationError(
            {"proposers": "联名提案除第一提案人外，至少要有一位联名人。请补填联名人，或改为个人提案。"}
        )


def _write_signers(proposal: Proposal, signers: Sequence[Signer]) -> None:
    rows = [
        Proposer(
            committee=proposal.committee,
            proposal=proposal,
            seat=signer[0],
            role=signer[1],
            position=position,
            is_confirmed=signer[2] if len(signer) > 2 else True,
        )
        for position, signer in enumerate(signers, start=1)
    ]
    create_all(Proposer, rows)
