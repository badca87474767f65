"""How a year's objections fared: for the chair's office."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import QuerySet

from scoring.models import Assessment, Objection
from scoring.objections_forms import CORRECTED, LEFT_OUT, NO_OFFICE, TO_CORRECT, rule_names

State = Objection.State
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """``query`` narrows the list of objections to these."""

    label: str
    count: int
    query: str
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """``median_days``: from raising to the office's answer, None without answers; ``accepted_share``: of the decided, in
    per cent, None while nothing is decided.
    """

    count: int
    states: list[Count]
    offices: list[Count]
    rules: list[Count]
    answered: int
    median_days: float | None
    decided: int
    accepted: int
    accepted_share: int | None


def statistics(rows: QuerySet[Objection], assessment: Assessment) -> Statistics:
    """Of ``rows``, which are objections to cards of ``assessment``; two queries whatever their number."""
    columns = ("state", "corrected_at", "office__public_id", "office__name", "rule", "raised_at", "answered_at")
    found = list(rows.order_by().values_list(*columns))
    states = Counter(_state(state, corrected_at) for state, corrected_at, *_ in found)
    days = [(answered_at - raised_at) / DAY for *_, raised_at, answered_at in found if answered_at]
    accepted = sum(state == State.ACCEPTED for state, *_ in found)
    decided = accepted + states[State.REFUSED]
    return Statistics(
        count=len(found),
        states=[Count(label, states[code], f"state={code}") for code, label in STATES],
        offices=_offices(found),
        rules=_rules(found, assessment),
        answered=len(days),
        median_days=round(median(days), 1) if days else None,
        decided=decided,
        accepted=accepted,
        accepted_share=round(100 * accepted / decided) if decided else None,
    )


STATES = [
    (State.OPEN.value, "待答复"),
    (State.ANSWERED.value, "待决定"),
    (TO_CORRECT, "同意，待改正"),
    (CORRECTED, "已更正"),
    (State.REFUSED.value, "未更正"),
]


def _state(state: str, corrected_at) -> str:
    if state != State.ACCEPTED:
        return state
    return CORRECTED if corrected_at else TO_CORRECT


def _offices(found: list[tuple]) -> list[Count]:
    names = {public_id: name for _, _, public_id, name, *_ in found}
    return _counted(
        [(public_id, state) for state, _, public_id, *_ in found],
        lambda public_id: names[public_id] or "没有定处室（漏记等）",
        lambda public_id: f"office={public_id}" if public_id else f"office={NO_OFFICE}",
    )


def _rules(found: list[tuple], assessment: Assessment) -> list[Count]:
    names = rule_names(assessment)
    return _counted(
        [(rule, state) for state, _, _, _, rule, *_ in found],
        lambda rule: names.get(rule, rule) if rule else "漏记",
        lambda rule: f"part={rule or LEFT_OUT}",
    )


def _counted(pairs, label, query) -> list[Count]:
    """The most first."""
    counts, accepted = Counter(key for key, _ in pairs), Counter(k for k, state in pairs if state == State.ACCEPTED)
    return [Count(label(key), count, query(key), accepted[key]) for key, count in counts.most_common()]
