"""转社情民意: a proposal that is handled as an opinion report. Both are written in one act and know of each other."""

import datetime
import uuid

from django.core.exceptions import ValidationError

from audit.actions import act
from members.models import Grant, Office, User
from members.signals import gathered
from opinions.models import OpinionReport
from opinions.services import record_report, remove_report
from proposals.models import Proposal
from proposals.services import decide_proposal, reopen_proposal


def pass_on(
    *,
    user: User | None,
    proposal: Proposal,
    office: Office,
    decided_on: datetime.date,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> OpinionReport:
    """Decide that the proposal is passed on, and record the report for ``office`` with the same signers.

    A report that names the proposal as its matter already, from a sheet for example, is taken instead of a second one.
    The report's matter is the proposal, so that a ruleset that counts a matter once counts it once. ValidationError
    for a collective proposal without a writer, and as ``decide_proposal``.
    """
    matter = f"proposal/{proposal.public_id}"
    known = OpinionReport.objects.filter(committee=proposal.committee, matter=matter).order_by("pk").first()
    signers = list(proposal.proposers.filter(is_declined=False).select_related("seat__member"))
    if known is None and not signers:
        raise ValidationError("这件集体提案没有填主要执笔人，信息没有报送人。请先修改提案，补填主要执笔人。")
    with act(user=user, verb="转社情民意", grant=grant, committee=proposal.committee), gathered(pass_on):
        report = known or record_report(
            user=user,
            committee=proposal.committee,
            office=office,
            year=decided_on.year,
            number="",
            title=proposal.title,
            submitted_on=decided_on,
            reporters=[
                (row.seat, "cosigner" if place else "lead", row.is_confirmed) for place, row in enumerate(signers)
            ],
            matter=matter,
            public_id=public_id,
            grant=grant,
        )
        decide_proposal(
            user=user,
            proposal=proposal,
            state=Proposal.State.PASSED_ON,
            decided_on=decided_on,
            opinion=f"opinion/{report.public_id}",
            grant=grant,
        )
    return report


def pass_back(*, user: User | None, proposal: Proposal, reason: str, grant: Grant | None = None) -> None:
    """Take the passing on back: the report goes, the proposal waits for examination again.

    ValidationError when the report has become something meanwhile: it is left to the office that handles it.
    """
    if not proposal.opinion:
        raise ValidationError("这件提案没有转成的信息，不用撤销转办。要改审查结果，请用“改审查结果”。")
    report = OpinionReport.objects.filter(
        committee=proposal.committee, public_id=proposal.opinion.removeprefix("opinion/")
    ).first()
    if report is not None and (report.number or report.state != "submitted" or _has_outcome(report)):
        raise ValidationError(
            f"转成的信息“{report}”已经编发或有了采用、批示，不能撤销转办。请先请承办信息的处室撤销那些记录。"
        )
    with (
        act(user=user, verb="撤销转社情民意", reason=reason, grant=grant, committee=proposal.committee),
        gathered(pass_back),
    ):
        if report is not None:
            remove_report(user=user, report=report, reason=reason, grant=grant)
        reopen_proposal(user=user, proposal=proposal, reason=reason, is_report_gone=True, grant=grant)


def _has_outcome(report: OpinionReport) -> bool:
    return report.adoptions.exists() or report.instructions.exists() or report.forwardings.exists()
