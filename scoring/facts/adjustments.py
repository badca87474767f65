"""Adjustments: one fact for each approved by a second person."""

from scoring.facts.rows import Read, Row, attributes, existing
from scoring.models import Adjustment

NOUN = "adjustment"
MODEL = Adjustment
BATCH = 1000


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Two queries. The quantity of points is hundredths of a point, signed; of a veto or an exemption one."""
    found, sources = existing(Adjustment, NOUN, ids, is_locked)
    approved = Adjustment.objects.filter(pk__in=found, state=Adjustment.State.APPROVED).select_related("subject")
    return Read(sources, [_row(adjustment) for adjustment in approved])


def _row(adjustment: Adjustment) -> Row:
    matter = f"{NOUN}/{adjustment.public_id}"
    return Row(
        source=matter,
        committee_id=adjustment.subject.committee_id,
        subject_id=adjustment.subject_id,
        happened_on=adjustment.happened_on,
        key=matter,
        origin_on=adjustment.happened_on,
        kind=NOUN,
        attributes=attributes(effect=adjustment.effect, rule=adjustment.rule),
        quantity=adjustment.points if adjustment.effect == Adjustment.Effect.POINTS else 100,
        position=1,
        sharers=1,
        matter=matter,
    )
