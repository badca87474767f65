"""A person's year at a glance: what was done in each month, and meetings attended of those invited to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scoring.engine import Fact
from scoring.engine.persons import pieces
from scoring.uncredited import object_of

MISSED = {"leave", "absent", "exempt", "not_recorded"}
ATTENDED = {"present", "late", "left_early", "part"}
NOT_DONE = {"adjustment", "appraisal", "deduction"}  # what others said or decided


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    count: int


@dataclass(frozen=True, slots=True)
class Turnout:
    """Half-days, as far as they are over: ``invited`` = attended + leave + absent + unknown; exempt ones are left out."""

    invited: int
    attended: int
    leave: int
    absent: int
    unknown: int


def _outcome(fact: Fact) -> str:
    return next((pair[8:] for pair in fact.attributes.split(";") if pair.startswith("outcome=")), "")


def months(facts: Iterable[Fact], first: date, last: date) -> list[Month]:
    """How many different things were done in each month: what has several stages counts in the month of the first."""
    began: dict[str, date] = {}
    for fact in sorted(facts):
        if fact.kind not in NOT_DONE and _outcome(fact) not in MISSED:
            began.setdefault(object_of(fact.key), fact.happened_on)
    return [Month(a, sum(a <= day <= b for day in began.values())) for a, b in pieces(first, last)]


def turnout(facts: Iterable[Fact], invited: set[str], first: date, last: date) -> Turnout:
    """``invited``: public ids of the activities to which the person was invited; days from ``first`` to ``last``."""
    found = [
        _outcome(fact)
        for fact in facts
        if "stage=sitting" in fact.attributes
        and first <= fact.happened_on <= last
        and object_of(fact.key).partition("/")[2] in invited
    ]
    return Turnout(
        invited=sum(one != "exempt" for one in found),
        attended=sum(one in ATTENDED for one in found),
        leave=found.count("leave"),
        absent=found.count("absent"),
        unknown=found.count("not_recorded"),
    )
