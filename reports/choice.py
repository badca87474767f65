"""Whose cards are printed, and in which order: what the form offers and what a job keeps."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from members.models import GroupMembership, Sector, Subject
from members.names.spelling import normalise_name
from reports.cards import CardSource
from scoring.models import EditionCard, ReportCard
from scoring.printed import parts_of, printed
from scoring.subjects import subjects

ORDERS = {"seat": "按座位", "sector": "按界别", "strokes": "按姓氏笔画"}
# Filters of the form: name → label.
FILTERS = {
    "cohort": "同类范围",
    "sector": "界别",
    "special_committee": "专门委员会",
    "party": "党派",
    "group": "活动组",
}
SEPARATORS = re.compile(r"[、，,；;\s]+")
# 张　三, as official lists print a name of two characters.
PADDED = re.compile(r"(?<![^、，,；;\s])([^\W\d])[ \u3000]+([^\W\d])(?![^、，,；;\s])")
NUMBERS = re.compile(r"(\d+)")
LAST = 1 << 30


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Somebody who has a card. ``parts``: name of a filter → the values by which this entry is found."""

    subject_id: int
    name: str
    number: str
    seat_place: str
    unit: str
    duty: str
    stroke_key: str
    parts: Mapping[str, tuple[str, ...]]


def entries_of(source: CardSource, subject_ids: Sequence[int] | None = None) -> list[CardHolder]:
    """Everybody, or those named, in no order; at most four queries. Of an edition what its slices say, nothing live."""
    if source.edition:
        rows = EditionCard.objects.filter(edition=source.edition).order_by("subject_id")
        rows = rows if subject_ids is None else rows.filter(subject__in=subject_ids)
        slices = [(pk, json.loads(text)) for pk, text in rows.values_list("subject_id", "summary")]
        return [_entry(pk, one["printed"], one["placing"]["cohort"]) for pk, one in slices]
    ids = subjects(source.assessment) if subject_ids is None else subject_ids
    related = ("seat__member", "seat__sector", "seat__special_committee", "seat__second_special_committee")
    rows = Subject.objects.filter(committee=source.assessment.committee_id, kind=source.assessment.subject_kind)
    cards = ReportCard.objects.filter(assessment=source.assessment).order_by()
    cohorts = dict(cards.values_list("subject_id", "cohort"))
    groups = GroupMembership.objects.filter(committee=source.assessment.committee_id)
    named = groups.group_names(source.assessment.to_on)
    wanted = set(ids)
    found = rows.select_related(*related, "special_committee", "group").order_by("pk")
    return [
        _entry(one.pk, printed(one, named.get(one.seat_id, ())), cohorts.get(one.pk, ""))
        for one in found
        if one.pk in wanted
    ]


def _entry(subject_id: int, found: Mapping[str, Any], cohort: str) -> CardHolder:
    """``found``: as scoring/printed.py has it; special committees and groups have but a name."""
    told = {name: found.get(name, "") for name in ("number", "seat_place", "unit", "duty", "stroke_key")}
    parts = {"cohort": (cohort,) if cohort else (), **parts_of(found)}
    return CardHolder(subject_id=subject_id, name=found["name"], **told, parts={name: parts[name] for name in FILTERS})


# ---------------------------------------------------------------- what can be chosen
def values(entries: Iterable[CardHolder], name: str) -> list[str]:
    """Those of a filter, in the order of the numbers of their first members."""
    ordered = sorted(entries, key=lambda one: _natural(one.number))
    return list(dict.fromkeys(value for one in ordered for value in one.parts[name]))


def chosen(entries: Iterable[CardHolder], choice: Mapping[str, str], sectors: Mapping[str, int]) -> list[CardHolder]:
    """Those that ``choice`` ({filter, people, order: text}, what is empty narrows nothing) is about, in its order.

    ``sectors``: name → place among them. ValidationError names people that are not there, or are there twice.
    """
    found = list(entries)
    for name in FILTERS:
        if wanted := choice.get(name):
            found = [one for one in found if wanted in one.parts[name]]
    if typed := choice.get("people", "").strip():
        found = _named(found, typed)
    return sorted(found, key=_key(choice.get("order", ""), sectors))


def _named(entries: list[CardHolder], typed: str) -> list[CardHolder]:
    """By name or number; two of one name are told apart by number."""
    found: dict[int, CardHolder] = {}
    problems = []
    for text in dict.fromkeys(filter(None, SEPARATORS.split(PADDED.sub(r"\1\2", typed)))):
        spelled = normalise_name(text)
        same = [one for one in entries if text == one.number or spelled == one.name]
        if not same:
            problems.append(f"“{text}”不在所选范围内。请核对姓名或编号，或改选其他条件。")
        elif len(same) > 1:
            numbers = "、".join(f"{one.number}（{'、'.join(one.parts['sector'])}）" for one in same)
            problems.append(f"“{text}”有 {len(same)} 人：{numbers}。请改写编号。")
        else:
            found[same[0].subject_id] = same[0]
    if problems:
        raise ValidationError(problems)
    return list(found.values())


def _natural(text: str) -> list[tuple[int, Any]]:
    """3-12 comes after 3-2."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in NUMBERS.split(text) if part]


def _key(order: str, sectors: Mapping[str, int]) -> Callable[[CardHolder], tuple]:
    if order == "sector":
        return lambda one: (
            [(sectors.get(name, LAST), name) for name in one.parts["sector"]],
            one.stroke_key,
            _natural(one.number),
        )
    if order == "strokes":
        return lambda one: (one.stroke_key, one.name, _natural(one.number), one.subject_id)
    # Who has no seat in the hall comes after those who have one.
    return lambda one: (not one.seat_place, _natural(one.seat_place), _natural(one.number), one.name, one.subject_id)


def sector_places(source: CardSource) -> dict[str, int]:
    """{name: place} as the committee orders its sectors, the newest term's first."""
    rows = Sector.objects.filter(committee=source.assessment.committee_id).order_by("-term__number", "position")
    places: dict[str, int] = {}
    for name in rows.values_list("name", flat=True):
        places.setdefault(name, len(places))
    return places


def in_words(choice: Mapping[str, str], count: int) -> str:
    """What was chosen, for lists of jobs and for the log."""
    parts = [f"{label}：{choice[name]}" for name, label in FILTERS.items() if choice.get(name)]
    if choice.get("people"):
        typed = "、".join(filter(None, SEPARATORS.split(choice["people"])))
        parts.append(typed if len(typed) <= 60 else f"{typed[:60]}…")
    return f"{'，'.join(parts) or '全部'}，共 {count} 份，{ORDERS.get(choice.get('order', ''), ORDERS['seat'])}"
