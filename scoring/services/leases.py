"""Portions of a computation and the workers that claim them; what runs and rehearsals share.

A claim is a conditional UPDATE with a lease by the database's clock: no lock is held while somebody computes, and what a
dead worker held is free again when its lease has run out.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Q, QuerySet

from scoring import clock
from scoring.models.run import Portion

Portions = TypeVar("Portions", bound=Portion)

ENDED = (Portion.State.DONE, Portion.State.POISON)
DIED = "计算中的进程多次中断（可能是内存不足），没有留下错误说明"


class LostLeaseError(RuntimeError):
    """Another worker took the portion over meanwhile; nothing of this attempt is stored."""


def is_free(now: datetime) -> Q:
    return Q(state=Portion.State.WAITING) | Q(state=Portion.State.CLAIMED, leased_until__lt=now)


def take(rows: QuerySet[Portions], pk: int) -> Portions | None:
    """Takes the portion ``pk`` if it is among ``rows``, for SCORING_LEASE_SECONDS; None when somebody else has it or it ended."""
    now = clock.now()
    taken = rows.filter(is_free(now), pk=pk, attempt__lt=settings.SCORING_ATTEMPTS).update(
        state=Portion.State.CLAIMED,
        attempt=F("attempt") + 1,
        leased_until=now + timedelta(seconds=settings.SCORING_LEASE_SECONDS),
    )
    return rows.model.objects.get(pk=pk) if taken else None


def finish(portion: Portion, **columns: Any) -> None:
    """Marks the portion done, with ``columns``, if this attempt still holds it; LostLeaseError otherwise."""
    held = _held(portion)
    if not held.update(
        state=Portion.State.DONE, done=len(portion.subject_ids), leased_until=None, message="", **columns
    ):
        raise LostLeaseError


def give_back(portion: Portion, message: str) -> None:
    """Lets the portion wait for its next attempt; after the last one it is poison."""
    is_last = portion.attempt >= settings.SCORING_ATTEMPTS
    _held(portion).update(
        state=Portion.State.POISON if is_last else Portion.State.WAITING, leased_until=None, message=message[:500]
    )


def _held(portion: Portion) -> QuerySet[Portion]:
    return type(portion).objects.filter(pk=portion.pk, state=Portion.State.CLAIMED, attempt=portion.attempt)


def bury(rows: QuerySet[Portions]) -> None:
    """Turns those whose last lease ran out into poison."""
    dead = rows.filter(is_free(clock.now()), attempt__gte=settings.SCORING_ATTEMPTS)
    dead.update(state=Portion.State.POISON, leased_until=None)
    rows.model.objects.filter(state=Portion.State.POISON, message="").update(message=DIED)
