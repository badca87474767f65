"""A published card as the page of a report card needs it: from the slice and the edition's ruleset, nothing live."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from members.access import visible
from members.models import Subject, User
from scoring.compiled import Compiled, compiled_text
from scoring.editions import current
from scoring.engine.edition import text_of
from scoring.models import Assessment, EditionCard

# kind/public id → (title, address), as scoring.evidence.titles gives them of live records
Titles = dict[str, tuple[str, tuple[str, str] | None]]


@dataclass(frozen=True, slots=True)
class PublishedPage:
    row: EditionCard
    document: str  # the engine's canonical card
    rules: Compiled
    titles: Titles
    placing: dict[str, Any]
    published_at: datetime
    beside: dict[str, Any]  # as publishing_beside.beside_cards made it; {} in editions of format 1


def published_page(user: User, assessment: Assessment, subject: Subject) -> PublishedPage | None:
    """None while the year is not published, or for somebody who is not in the edition.

    ``subject`` is named as the edition names it, in memory only.
    """
    edition = current(assessment)
    if edition is None:
        return None
    rows = visible(user, EditionCard).filter(edition=edition, subject=subject)
    row = rows.select_related("edition").defer("edition__document", "edition__changes").first()
    if row is None:
        return None
    found = json.loads(row.document)
    _name(subject, found["printed"])
    return PublishedPage(
        row=row,
        document=text_of(found["card"]),
        rules=compiled_text(row.edition.ruleset),
        titles={
            key: (title, (page, key.partition("/")[2]) if page else None)
            for key, (title, page) in found["titles"].items()
        },
        placing=found["placing"],
        published_at=parse_datetime(found["edition"]["published_at"]),
        beside=found.get("beside", {}),
    )


def _name(subject: Subject, printed: dict[str, str]) -> None:
    if subject.seat is None:
        return
    subject.seat.member.name, subject.seat.number = printed["name"], printed["number"]
    subject.seat.sector.name = printed["sector"]
    if subject.seat.special_committee:
        subject.seat.special_committee.name = printed["special_committee"]
