"""Which cards must be computed again. Rows are always added, never looked for first: a worker may be deleting the old ones."""

import datetime
from collections.abc import Iterable, Mapping

from members.models import Subject
from scoring.compiled import Reach, TamperedRuleset, compiled
from scoring.models import Assessment, Stale
from scoring.subjects import CardSubjects, subjects

GROUPS = (Subject.Kind.GROUP, Subject.Kind.SPECIAL_COMMITTEE)


def mark(touched: Mapping[int, Iterable[datetime.date]], always: Iterable[int] = ()) -> None:
    """Mark the cards of these subjects in every assessment that is not published and looks at one of the days.

    ``touched``: subject → days of changed facts; ``always``: subjects marked whatever the day. Of a person with several
    seats the card's subject is marked. Three queries and the inserts; none when nothing is touched.
    """
    always = set(always)
    everybody = always | set(touched)
    if not everybody:
        return
    rows = Subject.objects.filter(pk__in=everybody).values_list("pk", "committee_id", "kind")
    by_scope: dict[tuple[int, str], list[int]] = {}
    for pk, committee, kind in rows:
        by_scope.setdefault((committee, kind), []).append(pk)
    assessments = _open({committee for committee, _ in by_scope})
    if not assessments:
        return
    cards = CardSubjects(everybody)
    marked = set()
    for assessment in assessments:
        reach = _reach(assessment)
        for pk in by_scope.get((assessment.committee_id, assessment.subject_kind), ()):
            if pk in always:
                marked |= {(assessment.pk, pk), (assessment.pk, cards.of(assessment, pk))}
            elif reach is None or reach.touches(*touched[pk]):
                marked.add((assessment.pk, cards.of(assessment, pk)))
    _insert(marked)
    # Who joins or leaves a group changes what the group's members add up to.
    moved = {
        committee for (committee, kind), pks in by_scope.items() if kind == Subject.Kind.MEMBER and always & set(pks)
    }
    for assessment in assessments:
        if assessment.subject_kind in GROUPS and assessment.committee_id in moved:
            _mark_readers(assessment)


def mark_all(assessment: Assessment) -> None:
    """Mark every card of the assessment."""
    _insert((assessment.pk, pk) for pk in subjects(assessment))


def _mark_readers(assessment: Assessment) -> None:
    """Mark the cards of groups that take their members' figures."""
    if compiled(assessment.ruleset).reads_members:
        mark_all(assessment)


def _open(committee_ids: set[int]) -> list[Assessment]:
    """Unpublished assessments with their rulesets, whose text is read only if it is not compiled yet."""
    rows = Assessment.objects.filter(committee__in=committee_ids).exclude(state=Assessment.State.PUBLISHED)
    return list(rows.select_related("ruleset").defer("ruleset__toml"))


def _reach(assessment: Assessment) -> Reach | None:
    """None where the ruleset cannot say yet: then every card is marked, and whoever computes it reports why."""
    if not assessment.ruleset.digest:
        return None
    try:
        return compiled(assessment.ruleset).reach
    except TamperedRuleset:
        return None


def _insert(marked: Iterable[tuple[int, int]]) -> None:
    Stale.objects.bulk_create(
        [Stale(assessment_id=assessment, subject_id=subject) for assessment, subject in sorted(marked)], batch_size=2000
    )
