"""Replies that are awaited: how long still, or since when."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from proposals.undertaking_models import UndertakingQuerySet

SOON, NEXT, LATER = 7, 15, 30


@dataclass(frozen=True, slots=True)
class Term:
    """``kind`` names the shape and colour (overdue, soon, later, none), ``words`` say it."""

    on: datetime.date | None
    kind: str
    words: str


def term(on: datetime.date | None, day: datetime.date | None = None) -> Term:
    """What is to be said on ``day`` (today) of a reply awaited by ``on``."""
    if on is None:
        return Term(None, "none", "未定期限")
    left = (on - (day or timezone.localdate())).days
    if left < 0:
        return Term(on, "overdue", f"逾期 {-left} 天")
    words = "今天到期" if left == 0 else f"还有 {left} 天"
    return Term(on, "soon" if left <= SOON else "later", words)


def due_counts(rows: UndertakingQuerySet, day: datetime.date) -> list[tuple[str, str, int]]:
    """[(value of the filter, name, number)] of the rows, which wait already. One query."""
    until = {str(days): Q(term_on__gte=day, term_on__lte=day + datetime.timedelta(days=days)) for days in _STEPS}
    conditions = {"overdue": Q(term_on__lt=day), **until, "none": Q(term_on__isnull=True)}
    names = {"overdue": "已逾期", **{str(days): f"{days} 天内到期" for days in _STEPS}, "none": "没有定期限"}
    tallies = {f"n_{value}": Count("pk", filter=condition) for value, condition in conditions.items()}
    found = rows.order_by().aggregate(**tallies)
    return [(value, names[value], found[f"n_{value}"]) for value in conditions]


_STEPS = (SOON, NEXT, LATER)
