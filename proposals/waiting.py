"""What a proposal waits for, in words for the member who signed it."""

from proposals.models import Proposal, Undertaking

State = Proposal.State


def waits_for(proposal: Proposal) -> str:
    """One sentence. ``proposers``, ``undertakings`` and ``merged_into`` should be loaded."""
    state = proposal.state
    if state == State.DRAFT:
        return f"还没有提交。{_unsigned(proposal)}"
    if state == State.SUBMITTED:
        return f"已提交，等待审查。{_unsigned(proposal)}"
    if state == State.RETURNED:
        return f"请修改后再提交：{proposal.decision_reason}"
    if state == State.NOT_FILED:
        return f"不予立案：{proposal.decision_reason}"
    if state == State.MERGED:
        return f"并入“{proposal.merged_into}”一并办理。"
    if state == State.PASSED_ON:
        return "已作为社情民意信息转办。"
    return _handled(proposal)


def _unsigned(proposal: Proposal) -> str:
    waiting = [row.seat.member.name for row in proposal.proposers.all() if row.is_unanswered]
    return f"等待{'、'.join(waiting)}确认联名。" if waiting else ""


def _handled(proposal: Proposal) -> str:
    undertakings = [row for row in proposal.undertakings.all() if row.handed_back_on is None]
    if not undertakings:
        return "已立案，等待交办。"
    units = "、".join(dict.fromkeys(row.unit for row in undertakings if not row.replied_on))
    latest = max(row.round for row in undertakings)
    mains = [row for row in undertakings if row.role == Undertaking.Role.MAIN and row.round == latest]
    if mains and all(row.replied_on for row in mains):
        return f"已答复，可以评议。{f'{units}正在办理。' if units else ''}"
    return f"已立案，{units}正在办理。" if units else "已答复。"
