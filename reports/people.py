"""Who was assessed in a year, as lists of people need it: from the edition, or from the cards before there is one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from members.access import Verb, visible
from members.models import GroupMembership, PostCode, User
from members.names import stroke_key
from scoring import editions
from scoring.models import Assessment, EditionCard, ReportCard
from scoring.printed import printed, special_committees

PEOPLE = tuple(
    f"subject__seat__{name}" for name in ("member", "sector", "special_committee", "second_special_committee")
)


class Order(StrEnum):
    """The two official orders of names, and that of a ranking."""

    SURNAME = "surname"
    NAME = "name"
    SCORE = "score"

    @property
    def label(self) -> str:
        """As a list says it."""
        return {"surname": "按姓氏笔画为序", "name": "按姓名笔画为序", "score": "按得分为序"}[self]


@dataclass(frozen=True, slots=True)
class Person:
    """``total`` is in hundredths, ``sex`` 男, 女 or "". ``surname_key`` and ``name_key`` sort by the two official orders."""

    public_id: UUID  # of the subject
    seat_id: int
    name: str
    sex: str
    ethnicity: str
    sector: str
    special_committees: tuple[str, ...]
    groups: tuple[str, ...]
    post: str
    total: int
    place: int | None
    grade: str
    is_ranked: bool
    surname_key: str
    name_key: str

    @property
    def is_standing(self) -> bool:
        """Of the standing committee: the chair and vice-chairs, the secretary-general, its members."""
        return self.post not in {"", PostCode.MEMBER}


def people(user: User, assessment: Assessment) -> list[Person]:
    """Everybody in the year's ranking or beside it, by 姓氏笔画. At most three queries.

    Published: as the edition has them; only a place set by hand, for 姓名笔画, is read of the member, and in editions
    that did not hold them yet sex and nationality.
    """
    edition = editions.current(assessment)
    if edition:
        rows = visible(user, EditionCard, Verb.RANK).filter(edition=edition).defer("document")
        found = [_published(row) for row in rows.select_related("subject__seat__member") if row.subject.seat_id]
    else:
        cards = visible(user, ReportCard, Verb.RANK).filter(assessment=assessment, subject__seat__isnull=False)
        groups = GroupMembership.objects.filter(committee=assessment.committee_id).group_names(assessment.to_on)
        found = [_live(card, groups) for card in cards.select_related(*PEOPLE).defer("standing")]
    return in_order(found, Order.SURNAME)


def in_order(found: Iterable[Person], order: Order) -> list[Person]:
    """By score: those who were not ranked come last; of equal scores the surname's strokes decide."""
    if order is Order.SCORE:
        return sorted(found, key=lambda one: (not one.is_ranked, -one.total, one.surname_key, one.seat_id))
    if order is Order.NAME:
        return sorted(found, key=lambda one: (one.name_key, one.seat_id))
    return sorted(found, key=lambda one: (one.surname_key, one.seat_id))


def _published(row: EditionCard) -> Person:
    summary = json.loads(row.summary)
    card, placing, member = summary["card"], summary["placing"], row.subject.seat.member
    # What editions did not hold yet.
    found = {"sex": member.get_sex_display(), "ethnicity": member.ethnicity, **summary["printed"]}
    return Person(
        **_named(row.subject, found),
        post=card["post"] or "",
        total=card["total"],
        place=placing["place"],
        grade=placing["grade"],
        is_ranked=card["ranked"],
    )


def _live(card: ReportCard, groups: dict[int, list[str]]) -> Person:
    return Person(
        **_named(card.subject, printed(card.subject, groups.get(card.subject.seat_id, ()))),
        post=json.loads(card.document)["post"] or "",
        total=card.total,
        place=card.place,
        grade=card.grade,
        is_ranked=card.is_ranked,
    )


def _named(subject: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    """``found``: as scoring/printed.py has it."""
    name = found["name"]
    return {
        **{column: found[column] for column in ("sex", "ethnicity", "sector")},
        "special_committees": special_committees(found),
        "groups": tuple(found.get("groups", ())),
        "surname_key": found["stroke_key"],
        "public_id": subject.public_id,
        "seat_id": subject.seat_id,
        "name": name,
        "name_key": stroke_key(name, subject.seat.member.hand_position, has_empty_place=False),
    }
