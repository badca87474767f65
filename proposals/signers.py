"""Who signs a proposal."""

from members.models import Seat
from proposals.models import Proposal


def seats_of(proposal: Proposal) -> list[Seat]:
    """The seats of all signers, in the order of their signatures."""
    return [row.seat for row in proposal.proposers.select_related("seat")]
