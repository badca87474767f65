"""Proposals: submitted, then the decision, then the honours. A draft gives no fact, nor does one that was returned."""

from collections import defaultdict

from proposals.models import Honour, Proposal, Proposer
from scoring.facts.rows import Read, existing
from scoring.facts.signed import Signed, Signer, Stage, memberships, rows

NOUN = "proposal"
MODEL = Proposal
BATCH = 1000

WITHOUT_FACTS = {Proposal.State.DRAFT, Proposal.State.RETURNED}
DECISIONS = {Proposal.State.FILED, Proposal.State.MERGED, Proposal.State.NOT_FILED, Proposal.State.PASSED_ON}


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Six queries."""
    found, sources = existing(Proposal, NOUN, ids, is_locked)
    signers = defaultdict(list)
    confirmed = Proposer.objects.filter(proposal__in=found, is_confirmed=True, seat__subject__isnull=False)
    for proposal, *signer in confirmed.order_by("position").values_list(
        "proposal_id", "seat_id", "seat__member_id", "seat__subject", "seat__committee_id", "role"
    ):
        signers[proposal].append(Signer(*signer))
    honours = defaultdict(list)
    for honour in Honour.objects.filter(proposal__in=found):
        honours[honour.proposal_id].append(honour)
    groups = memberships(signer.seat_id for one in signers.values() for signer in one)
    objects = [
        Signed(
            kind=NOUN,
            public_id=proposal.public_id,
            origin_on=proposal.submitted_on,
            matter=f"{NOUN}/{proposal.public_id}",
            stages=stages(proposal, honours[proposal.pk]),
            signers=signers[proposal.pk],
            sponsor=(proposal.sponsor_id, proposal.sponsor.committee_id) if proposal.sponsor_id else None,
        )
        for proposal in Proposal.objects.filter(pk__in=found).select_related("sponsor")
    ]
    return Read(sources, [row for signed in objects for row in rows(signed, groups)])


def stages(proposal: Proposal, honours: list[Honour]) -> list[Stage]:
    if proposal.state in WITHOUT_FACTS:
        return []
    days = {"submitted": proposal.submitted_on}
    if proposal.state in DECISIONS:
        days[proposal.state] = proposal.decided_on
    days |= {honour.kind: honour.decided_on for honour in honours}
    return [Stage(str(stage), day, {"stage": str(stage), "way": proposal.way}) for stage, day in days.items()]
