"""What members do with their own proposals: draft, ask for signatures, submit, mend, throw away. Each runs in one act."""

import datetime
import uuid
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.actions import act
from audit.history import delete_all
from members.checks import check_same_committee, check_serving, locked_state
from members.cosigning import signatures
from members.models import Grant, Seat, Term, User
from members.signals import announce
from proposals.checks import Signer, check_proposal, check_signers
from proposals.examination import delete_with_signers
from proposals.models import Proposal, Proposer
from proposals.settings import receiving_office
from proposals.signers import tell_asked, write_signers

State = Proposal.State
OPEN = {State.DRAFT, State.RETURNED}  # to its writer
PRIVATE_VERBS = ("起草提案", "修改提案草稿")  # what they wrote is told to nobody before it is submitted
NO_DRAFT = "这件提案是“{state}”，您不能再修改。要更正请联系提案工作处室，由他们退回给您。"


def save_draft(
    *,
    user: User | None,
    lead: Seat,
    title: str,
    text: str = "",
    cosigners: Sequence[Seat] = (),
    on: datetime.date | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Proposal:
    """A new draft of the lead, of today when ``on`` is None; the co-signers are asked. Nobody else sees it.

    ValidationError: {field: sentence}.
    """
    today = on or timezone.localdate()
    proposal = Proposal(public_id=public_id or uuid.uuid4(), committee=lead.committee, state=State.DRAFT)
    _address(proposal, today)
    signers = _written(proposal, lead, title, text, cosigners, ())
    with act(user=user, verb="起草提案", grant=grant, committee=lead.committee):
        proposal.save()
        write_signers(proposal, signers)
        tell_asked(proposal, cosigners, but=user)
    return proposal


def change_draft(
    *,
    user: User | None,
    proposal: Proposal,
    title: str,
    text: str,
    cosigners: Sequence[Seat],
    grant: Grant | None = None,
) -> None:
    """Change a draft or a returned proposal. Who signed another text is asked again."""
    before = proposal.state
    _check_open(before)
    is_same_text = (proposal.title, proposal.text) == (title.strip(), text.strip())
    rows = {row.seat_id: row for row in proposal.proposers.select_related("seat__member")}
    lead = _lead_of(rows.values())
    answers = signatures(list(rows.values()), is_same_text=is_same_text)
    signers = _written(proposal, lead, title, text, cosigners, answers.confirmed)
    verb = "修改提案草稿" if before == State.DRAFT else "修改退回的提案"
    with act(user=user, verb=verb, grant=grant, committee=proposal.committee):
        _check_open(locked_state(proposal))
        proposal.save()
        delete_all(Proposer, list(rows.values()))
        write_signers(proposal, signers, answers.declined)
        tell_asked(proposal, answers.unasked(cosigners), but=user)
        announce(Proposal, [("proposal", proposal.pk)])


def submit_proposal(
    *, user: User | None, proposal: Proposal, on: datetime.date | None = None, grant: Grant | None = None
) -> None:
    """Hand a draft in today (or ``on``), or a returned proposal again. Signatures may still be given afterwards."""
    if not proposal.text.strip():
        raise ValidationError({"text": "正文没有填，不能提交。请写明问题、分析和建议。"})
    with act(user=user, verb="提交提案", grant=grant, committee=proposal.committee):
        if locked_state(proposal) not in OPEN:
            raise ValidationError("这件提案已经提交过了，不用再提交。")
        if proposal.state == State.DRAFT:
            _address(proposal, on or timezone.localdate())
        proposal.state, proposal.decided_on, proposal.decision_reason = State.SUBMITTED, None, ""
        check_proposal(proposal)
        proposal.save()
        announce(Proposal, [("proposal", proposal.pk)])


def discard_draft(*, user: User | None, proposal: Proposal, grant: Grant | None = None) -> None:
    """Throw a draft away, with the signatures asked for."""
    with act(user=user, verb="删除提案草稿", grant=grant, committee=proposal.committee):
        if locked_state(proposal) != State.DRAFT:
            raise ValidationError("只有没有提交的草稿可以自己删除。已提交的请联系提案工作处室。")
        delete_with_signers(proposal)


# ---------------------------------------------------------------- parts of the above
def _address(proposal: Proposal, day: datetime.date) -> None:
    """To which office, in which term and year a proposal of ``day`` goes."""
    office = receiving_office(proposal.committee)
    if office is None:
        raise ValidationError("本委员会还没有受理提案的处室，不能起草。请联系管理员设置处室。")
    term = Term.objects.filter(committee=proposal.committee).on_date(day).first()
    if term is None:
        raise ValidationError(f"今天（{day}）不在任何一届之内，不能起草提案。请联系管理员新增届。")
    proposal.office, proposal.term, proposal.year, proposal.submitted_on = office, term, day.year, day


def _written(
    proposal: Proposal, lead: Seat, title: str, text: str, cosigners: Sequence[Seat], confirmed: Collection[int]
) -> list[Signer]:
    """Put the words into the proposal and return its signers: the lead has signed by writing, the others when they

    say so. ValidationError: {field: sentence}.
    """
    check_same_committee(proposal.committee, cosigners=list(cosigners))
    if lead in cosigners:
        raise ValidationError({"cosigners": "联名人里有您自己。您是第一提案人，请从联名人中删去自己。"})
    check_serving(cosigners, proposal.submitted_on, "cosigners")
    proposal.title, proposal.text = title.strip(), text.strip()
    proposal.way = Proposal.Way.JOINT if cosigners else Proposal.Way.INDIVIDUAL
    signers: list[Signer] = [(lead, Proposer.Role.LEAD, True)]
    signers += [(seat, Proposer.Role.COSIGNER, seat.pk in confirmed) for seat in cosigners]
    check_proposal(proposal)
    check_signers(proposal, signers)
    return signers


def _lead_of(rows: Sequence[Proposer]) -> Seat:
    for row in rows:
        if row.role == Proposer.Role.LEAD:
            return row.seat
    raise ValidationError("集体提案没有第一提案人，请由提案工作处室修改。")


def _check_open(state: str) -> None:
    if state not in OPEN:
        raise ValidationError(NO_DRAFT.format(state=State(state).label))
