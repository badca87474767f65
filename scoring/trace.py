"""Each number of a card traced to people and times: lines to the acts on their records, grade and place to rule, quota
and neighbours, all of them to who moved the year.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from activities.models import Activity, Attendance, Contribution, Sitting
from audit.models import Action, Tracked
from members.access import Verb, visible
from members.ids import as_uuid
from members.models import Seat, Subject, User
from opinions.models import Adoption, CompositePart, Instruction, OpinionReport, Reporter
from proposals.models import Honour, Proposal, Proposer, Undertaking
from scoring import editions
from scoring.cardview import CardView, LineView, PartView, RuleView
from scoring.compiled import compiled, compiled_text
from scoring.engine.words import gate_words, grade_words, rank_words
from scoring.models import Adjustment, Appraisal, Assessment, Edition, EditionCard, ReportCard, Run
from scoring.services import lifecycle

# Records, with the parts of them that are rows of their own: (model, foreign key).
Parts = tuple[tuple[type[Tracked], str], ...]
RECORDS: dict[type[Tracked], Parts] = {
    Activity: (),
    Contribution: (),
    Proposal: ((Proposer, "proposal"), (Undertaking, "proposal"), (Honour, "proposal")),
    OpinionReport: (
        (Reporter, "report"),
        (Adoption, "report"),
        (Instruction, "report"),
        (CompositePart, "source"),
    ),
    Adjustment: (),
    Appraisal: (),
}


@dataclass(frozen=True, slots=True)
class Made:
    """The acts on a record: the one that entered it, and the latest of the others if there are any."""

    first: Action
    last: Action | None


@dataclass(frozen=True, slots=True)
class Traced:
    """A line of the card; ``made`` None: no single record stands behind it, the rules alone do."""

    rule: RuleView
    line: LineView
    made: Made | None


@dataclass(frozen=True, slots=True)
class Quota:
    """A grade that only so many may get, among the cards one is ranked with; ``lowest``: hundredths, None for nobody."""

    sentence: str
    limit: int
    count: int
    lowest: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the card stands among those of its cohort; ``above``, ``below``: the nearest other totals."""

    card: Any  # ReportCard or editions.Published
    ranking: str
    above: int | None
    below: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A veto, an exemption or points given by hand."""

    adjustment: Adjustment
    made: Made | None


@dataclass(frozen=True, slots=True)
class Trace:
    parts: list[tuple[PartView, list[Traced]]]
    grades: list[str]
    gates: list[str]
    quotas: list[Quota]
    standing: Standing | None
    decisions: list[Decision]
    moves: list[lifecycle.Move]
    editions: list[Edition]
    run: Run | None


# ---------------------------------------------------------------- who made a record
def made_by(records: Iterable[str], seats: Sequence[int] = ()) -> dict[str, Made]:
    """{public id: the acts on that record}; of an activity also those on the marks of these seats. One query a model."""
    ids = sorted(set(records))
    acts: dict[str, set[int]] = defaultdict(set)
    if not ids:
        return {}
    for model, parts in RECORDS.items():
        owner = {}
        for pk, public_id, action in model.history.filter(public_id__in=ids).values_list(
            "id", "public_id", "action_id"
        ):
            owner[pk] = str(public_id)
            acts[owner[pk]].add(action)
        if not owner:
            continue
        for part, name in parts:
            found = part.history.filter(**{f"{name}__in": list(owner)}).values_list(f"{name}_id", "action_id")
            for pk, action in found:
                acts[owner[pk]].add(action)
        if model is Activity:
            for pk, action in _marks(owner, seats):
                acts[owner[pk]].add(action)
    ends = {key: (min(some), max(some)) for key, some in acts.items()}
    known = Action.objects.select_related("user").in_bulk({one for pair in ends.values() for one in pair})
    return {key: Made(known[first], known[last] if last != first else None) for key, (first, last) in ends.items()}


def _marks(activities: Iterable[int], seats: Sequence[int]) -> Iterable[tuple[int, int]]:
    """(activity, act) of every mark of these seats."""
    of = dict(Sitting.objects.filter(activity__in=list(activities)).values_list("pk", "activity_id"))
    found = Attendance.history.filter(sitting__in=list(of), seat__in=list(seats)).values_list("sitting_id", "action_id")
    return ((of[sitting], action) for sitting, action in found)


# ---------------------------------------------------------------- the page
def trace(user: User, assessment: Assessment, subject: Subject, view: CardView) -> Trace:
    """``view``: the card as its page shows it. What is about places only for whoever may see them."""
    seats = _seats_of(subject)
    lines = [(part, rule, line) for part in view.by_number.values() for rule in part.rules for line in rule.lines]
    decisions = list(
        visible(user, Adjustment)
        .filter(
            subject__in=Subject.objects.filter(seat__in=seats) if seats else [subject.pk],
            state=Adjustment.State.APPROVED,
            happened_on__range=(assessment.from_on, assessment.to_on),
        )
        .select_related("proposed_by", "decided_by", "office")
        .order_by("happened_on", "pk")
    )
    wanted = [record_id(line.fact) for *_, line in lines]
    made = made_by([*filter(None, wanted), *(str(one.public_id) for one in decisions)], seats)
    by_part: dict[int, list[Traced]] = {}
    for part, rule, line in lines:
        by_part.setdefault(part.number, []).append(Traced(rule, line, made.get(record_id(line.fact))))
    edition = editions.current(assessment)
    rules = (compiled_text(edition.ruleset) if edition else compiled(assessment.ruleset)).rules
    card, cohort = _cohort(user, assessment, edition, subject)
    return Trace(
        parts=[(part, by_part.get(part.number, [])) for part in view.by_number.values()],
        grades=[grade_words(rules, grade) for grade in rules.ruleset.grades],
        gates=[gate_words(rules, gate) for gate in rules.ruleset.gates],
        quotas=_quotas(rules, cohort),
        standing=_standing(rules, card, cohort),
        decisions=[Decision(one, made.get(str(one.public_id))) for one in decisions],
        moves=lifecycle.moves(assessment),
        editions=editions.editions_of(assessment),
        run=Run.objects.filter(assessment=assessment, state=Run.State.DONE).select_related("asked_by").first(),
    )


def record_id(fact: str) -> str:
    """The public id in a fact's key, "" when the line stands on no record."""
    text = fact.partition("/")[2].partition("/")[0]
    return text if as_uuid(text) else ""


def _seats_of(subject: Subject) -> list[int]:
    """All seats of the person: a card counts what was done in any of them."""
    if subject.seat is None:
        return []
    return list(Seat.objects.filter(member=subject.seat.member_id).values_list("pk", flat=True))


def _cohort(user: User, assessment: Assessment, edition: Edition | None, subject: Subject) -> tuple[Any, list[Any]]:
    """(the card, all ranked cards of its cohort), (None, []) for whoever may not see places and for who is not ranked."""
    if edition is not None:
        rows = visible(user, EditionCard, Verb.RANK)
        card = editions.by_subject(rows, edition, [subject.pk]).get(subject.pk)
        if card is None or not card.is_ranked:
            return None, []
        return card, [one for one in editions.cards_of(rows, edition) if one.is_ranked and one.cohort == card.cohort]
    rows = visible(user, ReportCard, Verb.RANK).filter(assessment=assessment, is_ranked=True)
    rows = rows.defer("document", "standing")
    card = rows.filter(subject=subject).first()
    return (card, list(rows.filter(cohort=card.cohort))) if card else (None, [])


def _quotas(rules: Any, cohort: Sequence[Any]) -> list[Quota]:
    found = []
    for grade in rules.ruleset.grades if cohort else ():
        if grade.share is None and grade.places is None:
            continue
        limits = [] if grade.places is None else [grade.places]
        if grade.share is not None:
            limits.append(grade.share.numerator * len(cohort) // grade.share.denominator)
        totals = [one.total for one in cohort if one.grade == grade.name]
        found.append(Quota(grade_words(rules, grade), min(limits), len(totals), min(totals, default=None)))
    return found


def _standing(rules: Any, card: Any, cohort: Sequence[Any]) -> Standing | None:
    if card is None:
        return None
    totals = {one.total for one in cohort}
    return Standing(
        card,
        rank_words(rules),
        min((one for one in totals if one > card.total), default=None),
        max((one for one in totals if one < card.total), default=None),
    )
