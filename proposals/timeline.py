"""提 → 立 → 办 → 督 → 评: what has happened to a proposal, how far it is, and what waits for whom."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from proposals.due import term
from proposals.models import Evaluation, Honour, Proposal, Proposer, Undertaking

Day = datetime.date
State = Proposal.State
DECIDED = {State.FILED, State.MERGED, State.NOT_FILED, State.PASSED_ON}


@dataclass(slots=True)
class Step:
    """One of the five; ``events`` are (day, words) in order, ``waits`` sentences about what is missing, and whose it is.

    ``status``: done, now (something waits), none (nothing yet and nothing waits).
    """

    letter: str
    name: str
    events: list[tuple[Day, str]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    is_done: bool = False

    @property
    def status(self) -> str:
        return "now" if self.waits else "done" if self.is_done else "none"

    @property
    def words(self) -> str:
        return {"now": "◆ 等待中", "done": "✓ 已办", "none": "○ 还没有"}[self.status]


def timeline(
    proposal: Proposal,
    *,
    signers: Sequence[Proposer],
    honours: Sequence[Honour],
    undertakings: Sequence[Undertaking],
    day: Day,
) -> list[Step]:
    """The five steps as of ``day``.

    ``undertakings`` come with ``term_on``, their urgings and their evaluations loaded; ``signers`` are those whose
    evaluations the reader may see. No query.
    """
    steps = [_submitted(proposal, signers), _examined(proposal)]
    if proposal.state == State.FILED:
        active = [row for row in undertakings if row.handed_back_on is None]
        steps += [
            _answered(undertakings, active, day),
            _urged(undertakings, honours),
            _evaluated(active, signers),
        ]
    for step in steps:
        step.events.sort(key=lambda event: event[0])
    return steps


def _submitted(proposal: Proposal, signers: Sequence[Proposer]) -> Step:
    step = Step("提", "提出")
    if proposal.state == State.DRAFT:
        step.waits.append("草稿，等待第一提案人提交")
        return step
    step.events.append((proposal.submitted_on, "提交"))
    unsigned = [str(row.seat.member) for row in signers if row.is_unanswered]
    if unsigned:
        step.waits.append(f"等待{_names(unsigned)}确认联名")
    step.is_done = True
    return step


def _examined(proposal: Proposal) -> Step:
    step = Step("立", "审查立案")
    if proposal.decided_on is not None:
        reason = f"：{proposal.decision_reason}" if proposal.decision_reason else ""
        step.events.append((proposal.decided_on, f"{proposal.get_state_display()}{reason}"))
    if proposal.state == State.SUBMITTED:
        step.waits.append(f"等待{proposal.office}审查")
    elif proposal.state == State.RETURNED:
        step.waits.append("等待提案人修改后重新提交")
    step.is_done = proposal.state in DECIDED
    return step


def _answered(undertakings: Sequence[Undertaking], active: Sequence[Undertaking], day: Day) -> Step:
    step = Step("办", "交办答复")
    for row in undertakings:
        again = f"，第 {row.round} 次办理" if row.round > 1 else ""
        if row.assigned_on:
            note = f"（{row.note}）" if row.note else ""
            step.events.append((row.assigned_on, f"交{row.unit}{row.get_role_display()}{again}{note}"))
        if row.handed_back_on:
            step.events.append((row.handed_back_on, f"{row.unit}退办：{row.handed_back_reason}"))
        if row.replied_on:
            kind = f"，{row.reply_class} 类" if row.reply_class else ""
            step.events.append((row.replied_on, f"{row.unit}答复{kind}{again}"))
    if not any(row.role == Undertaking.Role.MAIN for row in active):
        step.waits.append("等待交办主办单位")
    for row in active:
        if row.replied_on is None:
            awaited = term(row.term_on, day)
            until = f"，{awaited.on:%Y-%m-%d} 前" if awaited.on else ""
            step.waits.append(f"等待{row.unit}（{row.get_role_display()}）答复{until}，{awaited.words}")
    step.is_done = not step.waits
    return step


def _urged(undertakings: Sequence[Undertaking], honours: Sequence[Honour]) -> Step:
    step = Step("督", "督办")
    for row in undertakings:
        for urging in row.urgings.all():
            asked = f"，要求 {urging.next_due_on:%Y-%m-%d} 前答复" if urging.next_due_on else ""
            step.events.append((urging.urged_on, f"催办{row.unit}：{urging.note}{asked}"))
    for honour in honours:
        if honour.kind == Honour.Kind.KEY:
            chair = f"，{honour.leading_chair}领衔督办" if honour.leading_chair else ""
            step.events.append((honour.decided_on, f"确定为重点提案{chair}"))
    step.is_done = bool(step.events)
    return step


def _evaluated(active: Sequence[Undertaking], signers: Sequence[Proposer]) -> Step:
    step = Step("评", "委员评议")
    mains = [row for row in active if row.role == Undertaking.Role.MAIN]
    for row in mains:
        for one in row.evaluations.all():
            again = f"第 {row.round} 次办理，" if row.round > 1 else ""
            note = f"：{one.note}" if one.note else ""
            words = f"{one.seat.member}评议{again}{one.get_satisfaction_display()}（{one.get_source_display()}）{note}"
            step.events.append((one.evaluated_on, words))
    latest = max(mains, key=lambda row: row.round, default=None)
    if latest is None or latest.replied_on is None:
        return step
    found = list(latest.evaluations.all())
    said = {one.seat_id for one in found}
    missing = [str(row.seat.member) for row in signers if row.is_confirmed and row.seat_id not in said]
    if missing and not said:
        step.waits.append(f"等待{_names(missing)}评议")
    if any(one.satisfaction == Evaluation.Satisfaction.DISSATISFIED for one in found):
        step.waits.append("有提案人不满意，等待决定是否再次办理")
    step.is_done = bool(found)
    return step


def _names(names: Sequence[str], shown: int = 3) -> str:
    more = f"等 {len(names)} 位" if len(names) > shown else ""
    return "、".join(names[:shown]) + more
