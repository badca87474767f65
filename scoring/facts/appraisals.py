"""Appraisals: one fact for each approved by a second person."""

from scoring.facts.rows import Read, Row, attributes, existing
from scoring.models import Appraisal

NOUN = "appraisal"
MODEL = Appraisal
BATCH = 1000


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Two queries. The quantity is the points in hundredths; a self part for reference has the role self as well."""
    found, sources = existing(Appraisal, NOUN, ids, is_locked)
    approved = Appraisal.objects.filter(pk__in=found, state=Appraisal.State.APPROVED).select_related("assessment")
    return Read(sources, [_row(appraisal) for appraisal in approved])


def _row(appraisal: Appraisal) -> Row:
    matter = f"{NOUN}/{appraisal.public_id}"
    return Row(
        source=matter,
        committee_id=appraisal.committee_id,
        subject_id=appraisal.subject_id,
        happened_on=appraisal.credited_on,
        key=matter,
        origin_on=appraisal.credited_on,
        kind=NOUN,
        attributes=attributes(by=appraisal.by, rule=appraisal.rule, role="self" if appraisal.is_reference else ""),
        quantity=appraisal.points,
        position=1,
        sharers=1,
        matter=matter,
    )
