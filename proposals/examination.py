"""审查: file, merge, refuse, return, pass on; taking a decision back; removing what was entered by mistake."""

import datetime
import re
from collections import Counter

from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.actions import act
from audit.history import delete_all
from members.checks import check_not_own, check_same_committee, locked_state
from members.models import Committee, Grant, User
from members.notices import tell
from members.signals import announce
from proposals.checks import UNDECIDED, check_decision, check_proposal
from proposals.models import Proposal, Proposer
from proposals.signers import seats_of

State = Proposal.State
NUMBER = re.compile(r"^(.*?)(\d+)(\D*)$", re.DOTALL)
LISTED = 5  # of what hangs on a proposal, in a sentence


def decide_proposal(
    *,
    user: User | None,
    proposal: Proposal,
    state: str,
    decided_on: datetime.date,
    reason: str = "",
    number: str | None = None,
    merged_into: Proposal | None = None,
    opinion: str = "",
    grant: Grant | None = None,
) -> None:
    """File, refuse, return, merge or pass on. A decision may be replaced; the history keeps the earlier one.

    Refusing and returning need a ``reason``, merging needs ``merged_into`` (a filed proposal of the committee).
    ``opinion`` ("opinion/public id") is the report a proposal was passed on as. ValidationError when the proposal is a
    draft, or when something hangs on the decision that would be replaced.
    """
    check_same_committee(proposal.committee, merged_into=merged_into)
    if state in UNDECIDED:
        raise ValidationError({"state": "审查结果应为立案、不予立案、并案、转社情民意、退回修改之一，请改选。"})
    check_not_own(user, seats_of(proposal), "登记审查结果")
    before = proposal.state
    _check_submitted(proposal)
    if state != before:
        _check_free(proposal, "改变审查结果")
    proposal.state, proposal.decided_on, proposal.decision_reason = state, decided_on, reason.strip()
    proposal.merged_into = merged_into
    proposal.opinion = opinion or (proposal.opinion if state == State.PASSED_ON else "")
    if number is not None:
        proposal.number = number.strip()
    check_proposal(proposal)
    check_decision(proposal)
    _save(user, proposal, before, "审查提案", reason, grant)


def reopen_proposal(
    *, user: User | None, proposal: Proposal, reason: str, is_report_gone: bool = False, grant: Grant | None = None
) -> None:
    """Take the decision back: the proposal waits for examination again; the history keeps what was decided.

    ``is_report_gone``: the report it was passed on as has been removed in the same act.
    """
    check_not_own(user, seats_of(proposal), "撤销审查结果")
    before = proposal.state
    _check_submitted(proposal)
    if before in UNDECIDED:
        raise ValidationError({"state": "这件提案还没有审查结果，不用撤销。"})
    if not reason.strip():
        raise ValidationError({"decision_reason": "撤销审查结果没有写理由，请写明理由。"})
    if is_report_gone:
        proposal.opinion = ""
    _check_free(proposal, "撤销审查结果")
    proposal.state, proposal.decided_on, proposal.decision_reason = State.SUBMITTED, None, ""
    proposal.merged_into = None
    _save(user, proposal, before, "撤销审查结果", reason, grant)


def remove_proposal(*, user: User | None, proposal: Proposal, reason: str, grant: Grant | None = None) -> None:
    """Remove a proposal entered by mistake, with its signers and facts; the history keeps it.

    ValidationError without a reason, and with the list when something hangs on the proposal.
    """
    _check_submitted(proposal)
    if not reason.strip():
        raise ValidationError({"reason": "删除提案没有写理由，请写明理由。"})
    if proposal.state not in UNDECIDED:
        check_not_own(user, seats_of(proposal), "删除已审查的提案")
    before = proposal.state
    _check_free(proposal, "删除")
    with act(user=user, verb="删除提案", reason=reason, grant=grant, committee=proposal.committee):
        _check_unchanged(proposal, before)
        delete_with_signers(proposal)


def delete_with_signers(proposal: Proposal) -> None:
    """Delete a proposal and its signers with their history, and its facts; inside an act."""
    key = proposal.pk
    delete_all(Proposer, list(proposal.proposers.all()))
    delete_all(Proposal, [proposal])
    announce(Proposal, [("proposal", key)])


def next_number(committee: Committee, year: int) -> str:
    """The number after the highest of the year, written as most of them are: "13" after "12", "提008" after "提007".

    "1" for the first of a year. One query.
    """
    numbers = (
        Proposal.objects.filter(committee=committee, year=year).exclude(number="").values_list("number", flat=True)
    )
    found = [(match[1], match[2], match[3]) for match in map(NUMBER.match, numbers) if match]
    if not found:
        return "1"
    (before, after), _ = Counter((before, after) for before, _, after in found).most_common(1)[0]
    digits = [middle for first, middle, last in found if (first, last) == (before, after)]
    highest = max(digits, key=int)
    return f"{before}{int(highest) + 1:0{len(highest)}d}{after}"


def hanging_on(proposal: Proposal) -> list[str]:
    """What would lose its ground if the proposal's decision went, in words. Three queries."""
    found = [f"承办“{row}”{'，已答复' if row.replied_on else ''}" for row in proposal.undertakings.all()]
    found += [str(row) for row in proposal.honours.all()]
    found += [f"并入本案的“{row}”" for row in proposal.merged.all()]
    if proposal.opinion:
        found.append("由本案转成的社情民意信息")
    return found


def _check_free(proposal: Proposal, what: str) -> None:
    found = hanging_on(proposal)
    if found:
        listed = "、".join(found[:LISTED]) + (f"等 {len(found)} 项" if len(found) > LISTED else "")
        raise ValidationError(f"没有{what}：这件提案已有{listed}。请先撤销这些记录，再{what}。")


def _check_submitted(proposal: Proposal) -> None:
    if proposal.state == State.DRAFT:
        raise ValidationError("这件提案还是委员的草稿，没有提交，不能办理。")


def _check_unchanged(proposal: Proposal, before: str) -> None:
    """Of two who decide at once the second is told, not followed."""
    now = locked_state(proposal)
    if now != before:
        raise ValidationError(f"没有保存：刚刚有人把这件提案改为“{State(now).label}”。请刷新页面，核对之后再决定。")


def _save(user: User | None, proposal: Proposal, before: str, verb: str, reason: str, grant: Grant | None) -> None:
    with act(user=user, verb=verb, reason=reason, grant=grant, committee=proposal.committee):
        _check_unchanged(proposal, before)
        proposal.save()
        announce(Proposal, [("proposal", proposal.pk)])
        url = reverse("proposal", args=[proposal.public_id])
        tell(seats_of(proposal), proposal.committee, "您的提案审查有了进展，请查看。", url, but=user)
