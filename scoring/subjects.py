"""Who gets a card in an assessment: one per person, committee and year, however many seats."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from members.models import Seat, Subject
from scoring.models import Assessment

Held = tuple[datetime.date, int, int]  # joined_on, term number, subject's primary key: sorts the latest seat last


def subjects(assessment: Assessment) -> list[int]:
    """Primary keys of the subjects that get a card, ascending; one query.

    Members: everybody who held a seat on at least one day of the assessment, by the latest of these seats. Special
    committees and groups: all of the committee that were not closed before.
    """
    if assessment.subject_kind != Subject.Kind.MEMBER:
        rows = Subject.objects.filter(committee=assessment.committee_id, kind=assessment.subject_kind)
        first = assessment.from_on
        rows = rows.exclude(Q(special_committee__closed_on__lt=first) | Q(group__closed_on__lt=first))
        return list(rows.order_by("pk").values_list("pk", flat=True))
    seats = _seats(Q(committee=assessment.committee_id)).filter(_held_during(assessment))
    latest: dict[int, Held] = {}
    for member, *held in seats.values_list("member_id", "joined_on", "term__number", "subject__pk"):
        latest[member] = max(latest.get(member, tuple(held)), tuple(held))
    return sorted(held[-1] for held in latest.values())


class CardSubjects:
    """The card's subject of any of a person's seats, for several assessments at the price of one query."""

    def __init__(self, subject_ids: Iterable[int]) -> None:
        members = Seat.objects.filter(subject__in=list(subject_ids)).values("member_id")
        self._seats = defaultdict(list)
        self._person = {}
        rows = _seats(Q(member__in=members)).values_list(
            "committee_id", "member_id", "joined_on", "left_on", "term__number", "subject__pk"
        )
        for committee, member, joined_on, left_on, term, subject in rows:
            self._seats[committee, member].append((joined_on, term, subject, left_on))
            self._person[subject] = (committee, member)

    def of(self, assessment: Assessment, subject: int) -> int:
        """The subject whose card holds what ``subject`` did; itself when the seat is outside the year."""
        held = [
            seat[:3]
            for seat in self._seats.get(self._person.get(subject), ())
            if seat[0] <= assessment.to_on and (seat[3] is None or seat[3] >= assessment.from_on)
        ]
        return max(held)[-1] if held else subject


def _seats(condition: Q) -> Any:
    return Seat.objects.filter(condition, subject__isnull=False)


def _held_during(assessment: Assessment) -> Q:
    return Q(Q(left_on__isnull=True) | Q(left_on__gte=assessment.from_on), joined_on__lte=assessment.to_on)
