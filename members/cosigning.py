"""Co-signers of what a member drafts, of whatever noun: how they are named, and what becomes of their answers."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from members.models import Committee, Seat
from members.recording import NamesField


class CosignersField(NamesField):
    """The colleagues that a member asks; the form reads it with ``seats`` among ``colleagues``."""

    def __init__(self, **options: Any):
        super().__init__(
            label="联名人",
            required=False,
            help_text="姓名，用顿号或空格分开；保存后请他们各自在手机上确认，确认后才算联名",
            **options,
        )


def colleagues(committee: Committee, day: datetime.date) -> QuerySet[Seat]:
    """Who may be asked to co-sign: the seats held on ``day``, only to find whom a typed name means."""
    return Seat.objects.filter(committee=committee).serving_on(day).select_related("member", "sector")


def typed(seats: Iterable[Seat], among: QuerySet[Seat]) -> str:
    """What a ``CosignersField`` holds for these seats: names, and numbers where several colleagues have the name."""
    times = Counter(among.values_list("member__name", flat=True))
    return "、".join(seat.number if times[seat.member.name] > 1 else seat.member.name for seat in seats)


@dataclass(frozen=True, slots=True)
class Signatures:
    """Keys of seats by their answer: signed, would not sign, not answered yet."""

    confirmed: frozenset[int]
    declined: frozenset[int]
    waiting: frozenset[int]

    def unasked(self, cosigners: Iterable[Seat]) -> list[Seat]:
        """Those to be told: who has the question already is not asked a second time."""
        return [seat for seat in cosigners if seat.pk not in self.confirmed | self.declined | self.waiting]


def signatures(rows: Sequence[Model], *, is_same_text: bool) -> Signatures:
    """The answers that still hold. ``rows``: signers with ``seat_id``, ``is_confirmed``, ``is_declined``.

    Who signed or declined another text is asked again.
    """
    return Signatures(
        confirmed=frozenset(row.seat_id for row in rows if row.is_confirmed and is_same_text),
        declined=frozenset(row.seat_id for row in rows if row.is_declined and is_same_text),
        waiting=frozenset(row.seat_id for row in rows if not row.is_confirmed and not row.is_declined),
    )
