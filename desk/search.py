"""Finding by a few keys: people, meetings, proposals, reports and other records that the user may see."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Model, Q, When
from django.http import QueryDict
from django.urls import reverse

from activities.models import Activity, Contribution
from members.access import visible
from members.models import Member, Seat, User
from members.names import normalise_name
from members.people import number_key
from members.telephone import UnreadableTelephone, decrypt, lookup_hash
from opinions.models import OpinionReport
from proposals.models import Proposal

LONGEST = 60
SHOWN = 8  # of each kind; the list of the kind has the others
LAST_DIGITS = 4


class Rank(IntEnum):
    """How well a hit answers; the smaller the better."""

    EXACT = 0  # name, number, telephone, whole title
    SPELLED = 1  # all initials, whole pinyin
    BEGINS = 2
    INSIDE = 3


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    detail: str
    url: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, best first; ``more`` leads to all of them, "" when all are here."""

    label: str
    hits: list[Hit]
    more: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was sought, as read, and what answers it: the kind with the best hit first."""

    text: str
    groups: list[Group]

    @property
    def meant(self) -> Hit | None:
        """The one hit that Enter opens: the only exact one, or the only one at all."""
        hits = [hit for group in self.groups for hit in group.hits]
        some = [hit for hit in hits if hit.rank is Rank.EXACT] or hits
        return some[0] if len(some) == 1 else None

    @property
    def others(self) -> int:
        """How many hits there are besides one."""
        return sum(len(group.hits) for group in self.groups) - 1


def asked(query: QueryDict) -> str:
    """What was typed into the box, in one spelling."""
    return unicodedata.normalize("NFKC", query.get("q", "").replace("\0", "")).strip()[:LONGEST]


def search(user: User, text: str) -> Found:
    """Hits for ``text``; five or six queries for any number of rows, none for an empty text."""
    if not text:
        return Found(text, [])
    groups = [find_people(user, text), *(_records(user, text, kind) for kind in KINDS)]
    groups = [group for group in groups if group.hits]
    return Found(text, sorted(groups, key=lambda group: group.hits[0].rank))


# ---------------------------------------------------------------- people
def find_people(user: User, text: str) -> Group:
    """Everybody once, by the latest seat. One query, and one more for a text of digits."""
    name, letters, number = normalise_name(text), _letters(text), number_key(text)
    by_telephone = set(_by_telephone(user, text))
    sought = Q(member__name__contains=name) | Q(number__iendswith=number) | Q(member__in=by_telephone)
    if letters:
        sought |= Q(member__initials__startswith=letters) | Q(member__full_pinyin__startswith=letters)
    seats = visible(user, Seat).filter(sought).select_related("member", "sector", "term")
    latest: dict[int, Seat] = {}
    for seat in seats.order_by("-term__number", "-joined_on", "number"):
        latest.setdefault(seat.member_id, seat)
    ranked = [(_rank(seat, name, letters, number, by_telephone), seat) for seat in latest.values()]
    hits = [_person(seat, rank) for rank, seat in sorted((one for one in ranked if one[0] is not None), key=_order)]
    return Group("委员", hits[:SHOWN], _more("cards", text) if len(hits) > SHOWN else "")


def _order(one: tuple[Rank, Seat]) -> tuple:
    rank, seat = one
    return rank, len(seat.member.initials), seat.member.stroke_key, seat.number


def _person(seat: Seat, rank: Rank) -> Hit:
    left = f"，{seat.left_on:%Y-%m-%d} 离任" if seat.left_on else ""
    detail = f"{seat.sector.name}，编号 {seat.number}{left}"
    return Hit(seat.member.name, detail, reverse("seat", args=[seat.public_id]), rank)


def _rank(seat: Seat, name: str, letters: str, number: str, by_telephone: set[int]) -> Rank | None:
    """None for a seat whose number merely ends like the sought one."""
    member = seat.member
    if member.name == name or number_key(seat.number).lower() == number.lower():
        return Rank.EXACT
    if letters and letters in {member.initials, member.full_pinyin}:
        return Rank.SPELLED
    if member.name.startswith(name):
        return Rank.BEGINS
    if letters and (member.initials.startswith(letters) or member.full_pinyin.startswith(letters)):
        return Rank.BEGINS
    if member.pk in by_telephone:
        return Rank.BEGINS if len(number) <= LAST_DIGITS else Rank.EXACT
    return Rank.INSIDE if name in member.name else None


def _letters(text: str) -> str:
    """What may be initials or pinyin; "" for a text with anything but letters."""
    plain = text.lower().replace(" ", "").replace("'", "").replace("ü", "v")
    return plain if plain.isascii() and plain.isalpha() else ""


def _by_telephone(user: User, text: str) -> Iterator[int]:
    """Members with this telephone, or with these last four digits.

    A whole number is found by its keyed hash. The last four stand in no column: the numbers are read one by one.
    """
    if not (text.isascii() and text.isdigit()):
        return
    members = visible(user, Member).exclude(telephone_cipher="")
    if len(text) == LAST_DIGITS:
        for pk, cipher in members.values_list("pk", "telephone_cipher"):
            if _read(cipher).endswith(text):
                yield pk
    elif len(text) > LAST_DIGITS:
        try:
            yield from members.filter(telephone_hash=lookup_hash(text)).values_list("pk", flat=True)
        except ValueError:
            return


def _read(cipher: str) -> str:
    try:
        return decrypt(cipher)
    except UnreadableTelephone:
        return ""


# ---------------------------------------------------------------- records
@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its column of titles, its number ("" for none), its list and the page of one."""

    label: str
    model: type[Model]
    title: str
    number: str
    day: str
    list: str
    page: str
    detail: Callable[[Any], str]
    related: tuple[str, ...] = ()


def _numbered(row: Any) -> str:
    return f"{row.year} 年 {row.number or '未编号'}，{row.get_state_display()}"


KINDS = (
    Kind("会议活动", Activity, "name", "", "starts_on", "activities", "activity", lambda row: f"{row.starts_on}"),
    Kind("提案", Proposal, "title", "number", "submitted_on", "proposals", "proposal", _numbered),
    Kind("社情民意", OpinionReport, "title", "number", "submitted_on", "opinions", "opinion", _numbered),
    Kind(
        "其他履职",
        Contribution,
        "title",
        "",
        "happened_on",
        "contributions",
        "contribution",
        lambda row: f"{row.happened_on}，{row.kind}",
        ("kind",),
    ),
)


def _records(user: User, text: str, kind: Kind) -> Group:
    sought = Q(**{f"{kind.title}__icontains": text})
    if kind.number:
        sought |= Q(**{f"{kind.number}__iexact": text})
    exact = Q(**{kind.title: text}) | (Q(**{f"{kind.number}__iexact": text}) if kind.number else Q(pk__in=[]))
    rows = visible(user, kind.model).filter(sought).select_related(*kind.related)
    rows = rows.annotate(is_exact=Case(When(exact, then=True), default=False)).order_by(
        "-is_exact", f"-{kind.day}", "-pk"
    )
    hits = list(_hits(rows[: SHOWN + 1], kind))
    return Group(kind.label, hits[:SHOWN], _more(kind.list, text) if len(hits) > SHOWN else "")


def _hits(rows: Iterable[Any], kind: Kind) -> Iterator[Hit]:
    for row in rows:
        rank = Rank.EXACT if row.is_exact else Rank.INSIDE
        yield Hit(getattr(row, kind.title), kind.detail(row), reverse(kind.page, args=[row.public_id]), rank)


def _more(name: str, text: str) -> str:
    return f"{reverse(name)}?{urlencode({'q': text})}"
