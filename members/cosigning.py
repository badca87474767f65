"""What the signatures under a draft become when its text or its co-signers change, of whatever noun."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Model

from members.models import Seat


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
