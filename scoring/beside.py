"""What a report card says beside its lines: steps that still score, what was not credited, the months, last year."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from activities.models import Invitation
from members.access import Verb, offices_beyond_own, visible
from members.models import Subject, User
from scoring import engine
from scoring.compiled import TamperedRuleset
from scoring.doings import Month, Turnout, months, turnout
from scoring.editions import Published, published
from scoring.engine.persons import add_months
from scoring.engine.schema import FactError, RulesetError
from scoring.loading import load
from scoring.models import Adjustment, Assessment, EditionCard, ReportCard
from scoring.services.basis import OPEN_STATES, rules_of
from scoring.services.cards import BAD_DATA
from scoring.steps import Step, steps
from scoring.subjects import CardSubjects
from scoring.uncredited import Uncredited, joined, without_line
from scoring.waiting import not_yet
from scoring.ways import ways_of

CANNOT = (ValidationError, RulesetError, TamperedRuleset, FactError, *BAD_DATA)


@dataclass(frozen=True, slots=True)
class LastYear:
    """Hundredths. ``same_day`` is None once the year it stands beside is over; ``final`` None while it is not settled."""

    year: int
    same_day: int | None
    on: date
    final: int | None
    grade: str
    change: int  # this year's total against ``same_day``, or against ``final``

    @property
    def fewer(self) -> int:
        return -self.change


@dataclass(frozen=True, slots=True)
class Beside:
    """Of a published card nothing is read from records, which go on changing, and there are no steps."""

    last_year: LastYear | None
    steps: list[Step] = field(default_factory=list)
    uncredited: list[Uncredited] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    turnout: Turnout | None = None


def beside(user: User, assessment: Assessment, subject: Subject, document: str, is_open: bool) -> Beside | None:
    """``document``: the card's. None when the records of a closed year can no longer be read as they
    were: the card itself is stored and does not need them. A constant number of queries.
    """
    found = _read(assessment, subject)
    if found is None:
        return None
    rules, engine_subject, facts = found
    card = json.loads(document)
    today = timezone.localdate()
    first, last = rules.window
    waiting = not_yet(user, assessment, [subject])[subject.pk]
    over = min(last, today)
    return Beside(
        steps=steps(rules, engine_subject, facts, ways_of(assessment, subject, today), today) if is_open else [],
        uncredited=joined(rules, waiting, without_line(rules, engine_subject, facts, card["lines"], over)),
        months=months(facts, first, last),
        turnout=turnout(facts, _invited(subject), first, over),
        last_year=_last_year(user, assessment, subject, card["total"], is_open, over),
    )


def _invited(subject: Subject) -> set[str]:
    """Public ids of the activities the person was ever invited to."""
    if subject.seat_id is None:
        return set()
    invitations = Invitation.objects.filter(seat__member=subject.seat.member_id)
    return {str(one) for one in invitations.values_list("activity__public_id", flat=True)}


def _read(assessment: Assessment, subject: Subject) -> tuple[engine.Rules, engine.Subject, list[engine.Fact]] | None:
    try:
        loaded = load(assessment, [subject.pk])
        return (rules_of(assessment), loaded[0].subject, loaded[0].facts) if loaded else None
    except CANNOT:
        return None


def _last_year(user, assessment, subject, total, is_open, today) -> LastYear | None:
    """The same person's year before: on the same day as long as this one is open, and how it ended."""
    before = visible(user, Assessment).filter(
        committee=assessment.committee_id, subject_kind=assessment.subject_kind, year=assessment.year - 1
    )
    earlier = before.exclude(state=Assessment.State.DRAFT).select_related("ruleset").first()
    if earlier is None:
        return None
    holder = Subject.objects.get(pk=CardSubjects([subject.pk]).of(earlier, subject.pk))
    card: Published | ReportCard | None = None
    if earlier.state == Assessment.State.PUBLISHED:
        card = _in_edition(user, assessment, subject, timezone.now())
    elif earlier.state not in OPEN_STATES:
        card = visible(user, ReportCard).filter(assessment=earlier, subject=holder).first()
    final = card.total if card else None
    same_day, on = (_total_on(earlier, holder, day := add_months(today, -12)), day) if is_open else (None, today)
    if same_day is None and final is None:
        return None
    against = final if same_day is None else same_day
    return LastYear(earlier.year, same_day, on, final, card.grade if card else "", total - against)


def beside_published(
    user: User, assessment: Assessment, subject: Subject, total: int, at: datetime, plain: dict[str, Any]
) -> Beside:
    """What stands beside a card published ``at``: what the edition holds (``plain``: its part of that name) as far as the
    reader may see it, and the year before as it was published by then, so that it stays.
    """
    card = _in_edition(user, assessment, subject, at)
    last_year = None
    if card is not None:
        day = add_months(assessment.to_on, -12)
        last_year = LastYear(assessment.year - 1, None, day, card.total, card.grade, total - card.total)
    return Beside(
        last_year,
        uncredited=_readable(user, subject, [_uncredited(one) for one in plain.get("uncredited", [])]),
        months=[Month(date.fromisoformat(first), count) for first, count in plain.get("months", [])],
        turnout=Turnout(**plain["turnout"]) if plain.get("turnout") else None,
    )


def _uncredited(plain: dict[str, Any]) -> Uncredited:
    """Of editions that do not say whose a record is: one with a title of its own was no fact, and is nobody's."""
    office = plain.get("office", "" if plain["title"] else None)
    return Uncredited(**{**plain, "on": date.fromisoformat(plain["on"]), "office": office})


def _readable(user: User, subject: Subject, found: list[Uncredited]) -> list[Uncredited]:
    """Facts, and of what is none as much as the reader could open: one's own, the own offices', a whole committee's."""
    if user.member_id is not None and subject.seat_id and subject.seat.member_id == user.member_id:
        return found
    # The table says the same of every record that may wait: what is true of adjustments is true of all of them.
    offices = offices_beyond_own(user, Verb.VIEW, Adjustment, subject.committee_id)
    if None in offices:
        return found
    own = {str(one.public_id) for one in offices}
    return [one for one in found if one.office is None or one.office in own]


def _in_edition(user: User, assessment: Assessment, subject: Subject, until: datetime) -> Published | None:
    """The same person's card in the last edition of the year before that was published by then."""
    same = Q(subject=subject)
    if subject.seat_id is not None:
        same |= Q(subject__seat__member=subject.seat.member_id)
    rows = visible(user, EditionCard).filter(
        same,
        edition__assessment__committee=assessment.committee_id,
        edition__assessment__subject_kind=assessment.subject_kind,
        edition__assessment__year=assessment.year - 1,
        edition__published_at__lte=until,
    )
    row = rows.select_related("subject").defer("document").order_by("edition__number").last()
    return published(row) if row else None


def _total_on(assessment: Assessment, subject: Subject, day: date) -> int | None:
    """What the records up to ``day`` came to; None when there is nothing to count."""
    found = _read(assessment, subject)
    if found is None:
        return None
    rules, engine_subject, facts = found
    try:
        return engine.score(rules, engine_subject, [fact for fact in facts if fact.happened_on <= day]).total
    except CANNOT:
        return None
