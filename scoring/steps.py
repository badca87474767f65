"""Steps that still score: each found by scoring the real facts with one more thing that has not happened yet.

No query and no clock here: ``scoring.ways`` says what a member could do, this module what it would bring.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scoring import engine
from scoring.engine.persons import pieces

MOST = 3


@dataclass(frozen=True, slots=True)
class Way:
    """Something one could do. ``facts``: all that would then be on record – of a proposal that is filed also that it was
    submitted, of a meeting one for each half-day; a fact known under the same key is replaced. ``group``: of the ways of one group at most one is a step.
    ``until``: the facts have days of their own, and it has to be arranged by then; otherwise any day from today on will do.
    """

    group: str
    title: str
    facts: tuple[engine.Fact, ...]
    page: str = ""  # url name of the page where it is done
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """``points``: hundredths by which the total rises once ``facts`` are on record, the last day being ``until``."""

    title: str
    points: int
    until: date
    page: str
    facts: tuple[engine.Fact, ...]


def steps(
    rules: engine.Rules, subject: engine.Subject, facts: Sequence[engine.Fact], ways: Sequence[Way], today: date
) -> list[Step]:
    """At most three, most points first, of equal points the one that is due first; none that a cap would take."""
    total = engine.score(rules, subject, facts).total

    def raises(more):
        return engine.score(rules, subject, with_facts(facts, more)).total - total

    best: dict[str, tuple[Way, Step]] = {}
    for way in ways:
        more = way.facts if way.until else _on(today, way.facts)
        if way.until is None and not _may_score(rules, more):
            continue
        points = raises(more)
        if points > 0 and (way.group not in best or points > best[way.group][1].points):
            best[way.group] = way, Step(way.title, points, way.until or today, way.page, more)
    found = [step if way.until else _latest(rules, subject, step, raises) for way, step in best.values()]
    return sorted(found, key=lambda step: (-step.points, step.until))[:MOST]


def with_facts(facts: Sequence[engine.Fact], more: Sequence[engine.Fact]) -> list[engine.Fact]:
    """``facts`` with ``more``, which take the place of those with the same keys."""
    keys = {fact.key for fact in more}
    return [*(fact for fact in facts if fact.key not in keys), *more]


def _on(day: date, facts: tuple[engine.Fact, ...]) -> tuple[engine.Fact, ...]:
    return tuple(fact._replace(happened_on=day, origin_on=day) for fact in facts)


def _may_score(rules: engine.Rules, facts: tuple[engine.Fact, ...]) -> bool:
    """Whether any rule, need, ratio or gate reads such facts: most do not, and are not worth a scoring."""
    return any(any(rules.memo[fact.kind, fact.attributes]) for fact in facts)


def _latest(
    rules: engine.Rules, subject: engine.Subject, step: Step, raises: Callable[[tuple[engine.Fact, ...]], int]
) -> Step:
    """The step with the last day on which it brings the same points; between two edges all days are alike."""
    for day in sorted((day for day in _edges(rules, subject, step.facts[0].kind) if day > step.until), reverse=True):
        moved = _on(day, step.facts)
        if raises(moved) == step.points:
            return replace(step, until=day, facts=moved)
    return step


def _edges(rules: engine.Rules, subject: engine.Subject, kind: str) -> set[date]:
    """Days after which something ends: the window, its quarters, rules with their rows and factors, service, posts."""
    first, last = rules.window_of(kind)
    ends = {last} | {end for _, end in pieces(first, last, 3)}
    ends |= {span.to_on for span in (*subject.served, *subject.posts)}
    for rule in rules.ruleset.rules:
        parts = (rule, *rule.times, *getattr(rule.value, "rows", ()))
        ends |= {part.valid_to for part in parts}
    return {day for day in ends if day is not None and first <= day <= last}
