"""联名: what a co-signer answers when asked. Only a confirmed signature counts."""

from django.core.exceptions import ValidationError

from audit.actions import act
from members.models import Grant, User
from members.signals import announce
from proposals.models import Proposal, Proposer


def confirm_proposer(*, user: User | None, proposer: Proposer, grant: Grant | None = None) -> None:
    """The co-signer has countersigned; only from now on does the signature count."""
    _answer(user, proposer, grant, "确认联名", is_confirmed=True)


def decline_proposer(*, user: User | None, proposer: Proposer, grant: Grant | None = None) -> None:
    """The co-signer does not sign. He stays named, so that the lead proposer sees the answer.

    ValidationError when he has signed: a signature is not taken back here.
    """
    if proposer.is_confirmed:
        raise ValidationError("您已经确认联名，不能再谢绝。如要退出，请联系第一提案人或提案工作处室。")
    _answer(user, proposer, grant, "谢绝联名", is_confirmed=False)


def _answer(user: User | None, proposer: Proposer, grant: Grant | None, verb: str, *, is_confirmed: bool) -> None:
    proposer.is_confirmed, proposer.is_declined = is_confirmed, not is_confirmed
    with act(user=user, verb=verb, grant=grant, committee=proposer.committee):
        proposer.save()
        announce(Proposal, [("proposal", proposer.proposal_id)])
