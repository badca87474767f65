"""Contributions: one fact for each verified one, to the member, group or special committee it was logged for."""

from collections import defaultdict

from activities.models import Contribution
from scoring.facts.rows import Read, Row, attributes, existing

NOUN = "contribution"
MODEL = Contribution
BATCH = 1000


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Three queries. A subject's contributions of one piece of work are one object to highest, once and limit.

    The object is named after the one with the smallest public id, so that it does not depend on where the rows were
    first stored. Contributions that share, or shared, a work with the given ones are therefore read with them.
    """
    _, sources = existing(Contribution, NOUN, ids, is_locked)
    works = Contribution.history.filter(id__in=ids).values("work")
    rows = Contribution.objects.filter(work__in=works).select_related("kind", "subject")
    objects = defaultdict(list)
    for row in rows:
        sources.add(f"{NOUN}/{row.public_id}")
        if row.state == Contribution.State.VERIFIED:
            objects[row.subject_id, row.work].append(row)
    return Read(
        sources,
        [contribution_row(row, min(str(one.public_id) for one in same)) for same in objects.values() for row in same],
    )


def contribution_row(contribution: Contribution, first: str) -> Row:
    """The fact of one contribution; ``first``: public id of the first of its work."""
    return Row(
        source=f"{NOUN}/{contribution.public_id}",
        committee_id=contribution.subject.committee_id,
        subject_id=contribution.subject_id,
        happened_on=contribution.happened_on,
        key=f"{contribution.kind.code}/{contribution.public_id}",
        origin_on=contribution.happened_on,
        kind=contribution.kind.code,
        attributes=attributes(level=contribution.level, role=contribution.role),
        quantity=int(contribution.quantity * 100),
        position=contribution.position,
        sharers=contribution.sharers,
        matter=f"{NOUN}/{first}",
    )
