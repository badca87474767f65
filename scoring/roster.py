"""The office's list of members with scores, and the ranking: what is asked for and what is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict

from members.models import Seat, Sector
from members.narrowing import NO_BODY
from scoring.models import Assessment, ReportCard, Stale
from scoring.subjects import subjects

ORDERS = {"strokes": "姓氏笔画", "total": "得分高低", "number": "委员编号"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list asks for; wrong values fall back to everything."""

    text: str = ""
    sector: str = ""
    special: str = ""
    order: str = "strokes"

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        order = query.get("order", "")
        # PostgreSQL refuses the null character in a text with an error.
        return cls(
            text=query.get("q", "").replace("\0", "").strip()[:60],
            sector=query.get("sector", "").replace("\0", "")[:40],
            special=query.get("special", "").replace("\0", "")[:40],
            order=order if order in ORDERS else "strokes",
        )

    @property
    def orders(self) -> list[tuple[str, str]]:
        return list(ORDERS.items())


def _typed(query: QueryDict, name: str, longest: int) -> str:
    """What was typed; PostgreSQL refuses the character NUL, which nobody types."""
    return query.get(name, "").replace("\x00", "").strip()[:longest]


def listed(seats: QuerySet[Seat], assessment: Assessment | None, asked: Asked) -> QuerySet[Seat]:
    """The seats asked for, in the order asked for; with an assessment, those whose card it has."""
    found = seats.select_related("member", "sector", "special_committee", "subject")
    if assessment is not None:
        found = found.filter(subject__in=subjects(assessment))
    if asked.text:
        letters = asked.text.lower().replace(" ", "")
        found = found.filter(
            Q(member__name__contains=asked.text.replace(" ", ""))
            | Q(member__initials__startswith=letters)
            | Q(member__full_pinyin__startswith=letters)
            | Q(number__startswith=asked.text)
        )
    if asked.sector:
        found = found.filter(sector__code=asked.sector)
    if asked.special == NO_BODY:
        found = found.filter(special_committee=None)
    elif asked.special:
        found = found.filter(special_committee__code=asked.special)
    if asked.order == "number":
        return found.order_by("number", "pk")
    if asked.order == "total" and assessment is not None:
        totals = ReportCard.objects.filter(assessment=assessment, subject__seat=OuterRef("pk")).values("total")[:1]
        found = found.annotate(card_total=Subquery(totals))
        return found.order_by(F("card_total").desc(nulls_last=True), "member__stroke_key", "number", "pk")
    return found.order_by("member__stroke_key", "number", "pk")


def cards_of(
    cards: QuerySet[ReportCard], assessment: Assessment | None, seats: Iterable[Seat]
) -> dict[int, ReportCard]:
    """{subject id: card}, without documents, each with ``is_stale``: two queries whatever the number of seats."""
    if assessment is None:
        return {}
    ids = [seat.subject.pk for seat in seats]
    stale = set(Stale.objects.filter(assessment=assessment, subject__in=ids).values_list("subject_id", flat=True))
    found = cards.filter(assessment=assessment, subject__in=ids).defer("document", "standing")
    by_subject = {card.subject_id: card for card in found}
    for subject_id, card in by_subject.items():
        card.is_stale = subject_id in stale
    return by_subject


def sectors(found: QuerySet[Sector]) -> list[tuple[str, str]]:
    """[(code, name), …] of the sectors of all terms, each code once, the newest term's name first."""
    rows = found.order_by("-term__number", "position", "name").values_list("code", "name")
    return list({code: (code, name) for code, name in reversed(rows)}.values())[::-1]


def cohorts(cards: QuerySet[ReportCard]) -> list[tuple[str, list[ReportCard]]]:
    """[(cohort, cards by place, ties by strokes), …]; the largest cohort first."""
    found: dict[str, list[ReportCard]] = {}
    ranked = cards.filter(is_ranked=True).defer("document", "standing")
    ranked = ranked.select_related(
        "subject__seat__member", "subject__seat__sector", "subject__special_committee", "subject__group"
    )
    for card in ranked.order_by(F("place").asc(nulls_last=True), "-total", "subject__seat__member__stroke_key", "pk"):
        found.setdefault(card.cohort, []).append(card)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
