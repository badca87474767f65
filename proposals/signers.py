"""Who signs a proposal."""

from collections.abc import Sequence

from audit.history import create_all
from members.models import Seat
from proposals.checks import Signer
from proposals.models import Proposal, Proposer


def seats_of(proposal: Proposal) -> list[Seat]:
    """The seats of all signers, in the order of their signatures."""
    return [row.seat for row in proposal.proposers.select_related("seat")]


def write_signers(proposal: Proposal, signers: Sequence[Signer]) -> None:
    """Store the signers of a proposal that has none, inside an act."""
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
