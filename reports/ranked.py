"""Who stands in a year's ranking and with what: from the edition, or from the cards before there is one."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from members.access import Verb, visible
from members.models import GroupMembership, Subject, User
from scoring import clock, editions
from scoring.compiled import compiled_text
from scoring.engine import Rules, Standing, place, standing
from scoring.engine.cohorts import cohort
from scoring.models import Assessment, Edition, EditionCard, ReportCard
from scoring.positions import FEWEST
from scoring.printed import parts_of, printed
from scoring.services.basis import rules_of

SEAT = ("member", "sector", "special_committee", "second_special_committee")
RELATED = (*(f"subject__seat__{name}" for name in SEAT), "subject__special_committee", "subject__group")
PLACED = ("place", "grade", "grade_reason", "band")
LAST = 1 << 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One card. ``key``: the subject's public id as text. ``figures``: code of a category → hundredths; ``total`` alike.

    ``place``, ``grade``, ``grade_reason``, ``band`` and ``cohort`` are those of the card; ``cohort`` also of who is not ranked, as the rules
    would put him. ``parts``: name of a filter → the values by which this entry is found.
    """

    key: str
    name: str
    number: str
    stroke_key: str
    cohort: str
    place: int | None
    grade: str
    grade_reason: str
    band: str
    total: int
    is_ranked: bool
    reason: str
    figures: dict[str, int]
    parts: dict[str, tuple[str, ...]]
    standing: Standing

    @property
    def sector(self) -> str:
        return "、".join(self.parts["sector"])


@dataclass(frozen=True, slots=True)
class Year:
    """Everybody of an assessment, in no order. ``committee``: its short name. ``nodes``: the categories as cards print them, the total first."""

    assessment: Assessment
    edition: Edition | None
    committee: str
    rules: Rules
    at: datetime
    nodes: list[dict[str, Any]]
    entries: list[Entry]

    @property
    def is_placed(self) -> bool:
        return bool(self.edition or self.assessment.placed_at)


def year_of(user: User, assessment: Assessment) -> Year:
    """Published: from the edition alone, whatever live rows say since. At most four queries for any number of entries."""
    edition = editions.current(assessment)
    if edition:
        rules = compiled_text(edition.ruleset).rules
        rows = visible(user, EditionCard, Verb.RANK).filter(edition=edition).values_list("document", flat=True)
        documents = [json.loads(text) for text in rows]
        entries = [published(rules, one) for one in documents]
        cards = [one["card"] for one in documents]
        named = documents[0]["edition"]["committee"] if documents else {}
        committee = named.get("short_name", assessment.committee.short_name)
        at = edition.published_at
    else:
        rules = rules_of(assessment)
        found = visible(user, ReportCard, Verb.RANK).filter(assessment=assessment).select_related(*RELATED)
        rows = list(found.defer("standing").order_by("pk"))
        groups = GroupMembership.objects.filter(committee=assessment.committee_id).group_names(assessment.to_on)
        cards = [json.loads(row.document) for row in rows]
        entries = [_live(rules, row, card, groups) for row, card in zip(rows, cards, strict=True)]
        committee, at = assessment.committee.short_name, assessment.placed_at or clock.now()
    return Year(assessment, edition, committee, rules, at, cards[0]["nodes"] if cards else [], entries)


def published(rules: Rules, found: dict[str, Any]) -> Entry:
    """From the slice that the printed card is made of, too."""
    placing, card = found["placing"], found["card"]
    placed = {name: placing[name] for name in PLACED}
    rank = _of_card(rules, card, card["ranked"], placing["cohort"])
    return Entry(key=found["key"], **placed, reason=card["reason"], **rank, **_named(found["printed"]))


def _live(rules: Rules, row: ReportCard, card: dict[str, Any], groups: dict[int, list[str]]) -> Entry:
    placed = {name: getattr(row, name) for name in PLACED}
    rank = _of_card(rules, card, row.is_ranked, row.cohort)
    named = _named(printed(row.subject, groups.get(row.subject.seat_id, ())))
    return Entry(key=str(row.subject.public_id), **placed, reason=row.not_ranked_reason, **rank, **named)


def _named(found: dict[str, Any]) -> dict[str, Any]:
    """``found``: as scoring/printed.py has it."""
    told = {name: found.get(name, "") for name in ("name", "number", "stroke_key")}
    return {**told, "parts": parts_of(found)}


def _of_card(rules: Rules, card: dict[str, Any], is_ranked: bool, named: str) -> dict[str, Any]:
    found = standing(card)._replace(ranked=is_ranked)
    return {
        "total": card["total"],
        "is_ranked": is_ranked,
        "figures": {one["code"]: one["figure"] for one in card["nodes"]},
        "standing": found,
        "cohort": named or cohort(rules, found.partition),
    }


# ---------------------------------------------------------------- places among those shown
def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By place, then by total; of equal ones by strokes."""
    return sorted(entries, key=lambda one: (one.place or LAST, -one.total, one.stroke_key, one.number, one.key))


def by_strokes(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.stroke_key, one.name, one.number, one.key))


def least(rules: Rules) -> int:
    """How many must be shown of a cohort before those of a part of it get places."""
    return max(rules.ruleset.rank.smallest, FEWEST)


def placed_among(rules: Rules, entries: Iterable[Entry]) -> list[Entry]:
    """The same, each with its place among these alone, by the engine's placing: cohorts never mix, equal totals share a
    place. Fewer than least(rules) get none. Grade and band stay those of the card."""
    found = list(entries)
    made = place(rules, [one.standing for one in found])
    places = {key: one.place if one.among >= least(rules) else None for key, one in made.items()}
    return [replace(one, place=places[one.standing.key]) for one in found]


def choices(entries: Iterable[Entry], name: str) -> list[str]:
    """Values of a filter, in the order of the numbers of their first members; of "cohort" the largest first."""
    if name == "cohort":
        counts: dict[str, int] = {}
        for one in entries:
            if one.is_ranked:
                counts[one.cohort] = counts.get(one.cohort, 0) + 1
        return sorted(counts, key=lambda value: (-counts[value], value))
    values = (value for one in sorted(entries, key=lambda one: one.number) for value in one.parts[name])
    return list(dict.fromkeys(values))


def has_people(assessment: Assessment) -> bool:
    return assessment.subject_kind == Subject.Kind.MEMBER
