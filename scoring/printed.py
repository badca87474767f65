"""What paper and lists say of a subject besides its card: made of live rows, kept in editions, read alike from both."""

from collections.abc import Mapping, Sequence
from typing import Any

from members.models import Subject


def printed(subject: Subject, groups: Sequence[str] = ()) -> dict[str, Any]:
    """Of the moment; "" or [] for what it has not. The subject comes with its seat's member, sector and committees."""
    seat = subject.seat
    if seat is None:
        return {"name": subject.name}
    return {
        "name": seat.member.name,
        "sex": seat.member.get_sex_display(),
        "ethnicity": seat.member.ethnicity,
        "party": seat.member.party,
        "number": seat.number,
        "seat_place": seat.place,
        "stroke_key": seat.member.stroke_key,
        "sector": seat.sector.name,
        "special_committee": seat.special_committee.name if seat.special_committee else "",
        "second_special_committee": seat.second_special_committee.name if seat.second_special_committee else "",
        "groups": list(groups),
        "unit": seat.unit,
        "duty": seat.duty,
    }


def special_committees(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Both of a printed subject, the first one first."""
    names = (found.get("special_committee", ""), found.get("second_special_committee", ""))
    return tuple(filter(None, names))


def parts_of(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """{name of a filter: values by which lists find a printed subject}."""
    return {
        "special_committee": special_committees(found),
        "sector": tuple(filter(None, [found.get("sector", "")])),
        "party": tuple(filter(None, [found.get("party", "")])),
        "group": tuple(found.get("groups", ())),
    }
