"""Who signs a proposal."""

from collections.abc import Collection, Iterable, Sequence

from django.urls import reverse

from audit.history import create_all
from members.models import Seat, User
from members.notices import tell
from proposals.checks import Signer
from proposals.models import Proposal, Proposer


def seats_of(proposal: Proposal) -> list[Seat]:
    """The seats of all signers, in the order of their signatures."""
    return [row.seat for row in proposal.proposers.select_related("seat")]


def write_signers(proposal: Proposal, signers: Sequence[Signer], declined: Collection[int] = ()) -> None:
    """Store the signers of a proposal that has none, inside an act. ``declined``: keys of seats that would not sign."""
    rows = [
        Proposer(
            committee=proposal.committee,
            proposal=proposal,
            seat=signer[0],
            role=signer[1],
            position=position,
            is_confirmed=signer[2] if len(signer) > 2 else True,
            is_declined=signer[0].pk in declined,
        )
        for position, signer in enumerate(signers, start=1)
    ]
    create_all(Proposer, rows)


def tell_asked(proposal: Proposal, seats: Iterable[Seat], *, but: User | None) -> None:
    """That a signature is asked for; inside the act."""
    tell(seats, proposal.committee, "有一件提案请您联名，请查看后答复。", reverse("my_proposals"), but=but)
