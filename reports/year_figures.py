"""The figures of a published year, from the edition alone: people, grades, sectors, proposals, opinion reports, meetings.

An edition never changes, so its figures are made once and kept. Averages go to no group in which one could guess whose
card is whose, and no sum is given from which such a group's could be worked out: of all together there is a median only.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Any, NamedTuple

from opinions.models import Level
from scoring.compiled import compiled_text
from scoring.engine.sentences import points
from scoring.models import Edition
from scoring.positions import FEWEST

KEPT = 16  # editions; of more, anybody could have a server read them anew with each look at a public page
PRESENT = frozenset({"present", "late", "left_early"})
# Kinds of facts that are nothing one did.
NOT_DONE = frozenset({"adjustment", "appraisal", "deduction"})
HIGHEST_FIRST = tuple(reversed(Level.values))


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """``total`` in hundredths; ``post`` as PostCode; ``key`` is the subject's public id as text."""

    key: str
    name: str
    sector: str
    special_committee: str
    stroke_key: str
    post: str
    total: int
    is_ranked: bool


@dataclass(frozen=True, slots=True)
class Sector:
    """``average`` in hundredths, rounded half up."""

    name: str
    people: int
    average: int


@dataclass(frozen=True, slots=True)
class Month:
    """``number``: 1 to 12."""

    number: int
    activities: int


@dataclass(frozen=True, slots=True)
class Figures:
    """``grades``: (name, how many), best first. ``median`` in hundredths, None for too few people. ``small``: names of
    the sectors that are not compared. ``filed_ids``: public ids of the proposals filed, as text. ``adopted``: (level,
    opinion reports), the highest first, each report under its highest level alone. ``attendances``: people times halves.
    """

    people: tuple[PersonFigures, ...]
    assessed: int
    ranked: int
    grades: tuple[tuple[str, int], ...]
    median: int | None
    sectors: tuple[Sector, ...]
    small: tuple[str, ...]
    submitted: int
    filed_ids: tuple[str, ...]
    merged: int
    key_titles: tuple[str, ...]
    key_proposals: int
    outstanding: int
    reported: int
    issued: int
    adopted: tuple[tuple[str, int], ...]
    instructed: int
    months: tuple[Month, ...]
    activities: int
    halves: int
    attendances: int
    taking_part: int
    contributions: int


def figures(edition: Edition) -> Figures:
    """One query the first time, none afterwards."""
    return _figures(edition.pk, edition.digest)


@lru_cache(maxsize=KEPT)
def _figures(pk: int, digest: str) -> Figures:
    """The digest names the bytes: figures of another document are never taken for these."""
    return figures_of(json.loads(Edition.objects.values_list("document", flat=True).get(pk=pk, digest=digest)))


def figures_of(document: dict[str, Any]) -> Figures:
    """``document`` as scoring/engine/edition.py lays it out."""
    entries = document["subjects"]
    people = tuple(_person(key, entry) for key, entry in entries.items())
    facts = list(_facts(document))
    ranked = [one for one in people if one.is_ranked]
    sectors, small = _sectors(ranked)
    return Figures(
        people=people,
        assessed=len(people),
        ranked=len(ranked),
        grades=_grades(document),
        median=round(median(one.total for one in ranked)) if len(ranked) >= FEWEST else None,
        sectors=sectors,
        small=small,
        **_proposals(facts, entries),
        **_opinions(facts),
        **_meetings(facts, document),
        contributions=len({one.matter for one in facts if _is_contribution(one)}),
    )


def _person(key: str, entry: dict[str, Any]) -> PersonFigures:
    printed, card = entry["printed"], entry["card"]
    return PersonFigures(
        key=key,
        name=printed["name"],
        sector=printed.get("sector", ""),
        special_committee=printed.get("special_committee", ""),
        stroke_key=printed.get("stroke_key", ""),
        post=card["post"],
        total=card["total"],
        is_ranked=card["ranked"],
    )


def _grades(document: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    """Of all grades of the rules, so that an empty one is seen, too."""
    names = [grade.name for grade in compiled_text(document["ruleset"]["toml"]).ruleset.grades]
    found = Counter(entry["placing"]["grade"] for entry in document["subjects"].values())
    return tuple((name, found[name]) for name in names) if found.total() - found[""] >= FEWEST else ()


def _sectors(ranked: Iterable[PersonFigures]) -> tuple[tuple[Sector, ...], tuple[str, ...]]:
    """(sectors by average, the best first; names of those with too few people)."""
    totals = defaultdict(list)
    for one in ranked:
        totals[one.sector].append(one.total)
    large = [
        Sector(name, len(some), (2 * sum(some) + len(some)) // (2 * len(some)))
        for name, some in totals.items()
        if name and len(some) >= FEWEST
    ]
    small = sorted(name for name, some in totals.items() if name and len(some) < FEWEST)
    return tuple(sorted(large, key=lambda one: (-one.average, one.name))), tuple(small)


# ---------------------------------------------------------------- what was done
class Told(NamedTuple):
    """One fact of one person. ``month``: (year, number)."""

    person: str
    key: str
    kind: str
    month: tuple[int, int]
    matter: str
    codes: dict[str, str]


def _facts(document: dict[str, Any]) -> Iterator[Told]:
    """Those of the assessment's days; an edition may hold more, of meetings that lie across their edge."""
    first, last = document["first_day"], document["last_day"]
    for person, entry in document["subjects"].items():
        for happened_on, key, _, kind, attributes, _, _, _, matter in entry["facts"]:
            if first <= happened_on <= last:
                codes = dict(pair.split("=", 1) for pair in attributes.split(";") if pair)
                yield Told(person, key, kind, (int(happened_on[:4]), int(happened_on[5:7])), matter, codes)


def _is_contribution(fact: Told) -> bool:
    return fact.matter.startswith("contribution/") and fact.kind not in NOT_DONE


def _object(fact: Told) -> str:
    """ "kind/public id" of the record."""
    return "/".join(fact.key.split("/")[:2])


def _staged(facts: Iterable[Told], kind: str) -> dict[str, set[str]]:
    """{stage: records of the kind that reached it}."""
    found = defaultdict(set)
    for one in facts:
        if one.kind == kind:
            found[one.codes.get("stage", "")].add(_object(one))
    return found


def _proposals(facts: list[Told], entries: dict[str, Any]) -> dict[str, Any]:
    stages = _staged(facts, "proposal")
    titles = {key: title for entry in entries.values() for key, (title, *_) in entry["titles"].items()}
    return {
        "submitted": len(stages["submitted"]),
        "filed_ids": tuple(sorted(key.partition("/")[2] for key in stages["filed"])),
        "merged": len(stages["merged"]),
        "key_proposals": len(stages["key"]),
        "key_titles": tuple(sorted(titles[key] for key in stages["key"] if key in titles)),
        "outstanding": len(stages["outstanding"]),
    }


def _opinions(facts: list[Told]) -> dict[str, Any]:
    stages = _staged(facts, "opinion")
    levels = defaultdict(set)
    for one in facts:
        if one.kind == "opinion" and one.codes.get("stage") == "adopted":
            levels[one.codes.get("level", "")].add(_object(one))
    found, counted = [], set()
    for level in HIGHEST_FIRST:
        found.append((Level(level).label, len(levels[level] - counted)))
        counted |= levels[level]
    return {
        "reported": len(stages["submitted"]),
        "issued": len(stages["issued"]),
        "adopted": tuple(found) if counted else (),
        "instructed": len(stages["instructed"]),
    }


def _meetings(facts: list[Told], document: dict[str, Any]) -> dict[str, Any]:
    """Activities and half-days by the records of those invited; who was there for part of one was there."""
    sittings = [one for one in facts if one.codes.get("stage") == "sitting"]
    begun = {}
    for one in sittings:
        begun[one.matter] = min(begun.get(one.matter, one.month), one.month)
    there = [one for one in sittings if one.codes.get("outcome") in PRESENT]
    held = Counter(begun.values())
    return {
        "months": tuple(Month(month, held[year, month]) for year, month in _months(document)) if begun else (),
        "activities": len(begun),
        "halves": len({one.key for one in sittings}),
        "attendances": len(there),
        "taking_part": len({one.person for one in there}),
    }


def _months(document: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """From the month of the first day to that of the last."""
    (year, month), last = (_month(document[name]) for name in ("first_day", "last_day"))
    while (year, month) <= last:
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _month(day: str) -> tuple[int, int]:
    return int(day[:4]), int(day[5:7])


def total_text(hundredths: int) -> str:
    """ "98.75", as cards print points."""
    return points(hundredths)
