"""What must hold for a proposal, its decision and its signers before a verb writes them."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from members.checks import check_fields, check_once, check_order
from members.models import Seat
from proposals.models import Proposal, Proposer

# A signer as given: (seat, role) or (seat, role, has confirmed); the order is the order of the signatures.
Signer = tuple[Seat, str] | tuple[Seat, str, bool]

UNDECIDED = {Proposal.State.DRAFT, Proposal.State.SUBMITTED}
REFUSED = {Proposal.State.NOT_FILED, Proposal.State.RETURNED}


def check_proposal(proposal: Proposal) -> None:
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


def check_decision(proposal: Proposal) -> None:
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


def check_signers(proposal: Proposal, signers: Sequence[Signer]) -> None:
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
