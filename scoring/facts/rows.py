"""What every noun's module makes: rows of facts, and the sources they are the whole of."""

import datetime
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db import models


class Row(NamedTuple):
    """A fact to be stored: the columns of scoring_fact without its primary key."""

    source: str
    committee_id: int
    subject_id: int
    happened_on: datetime.date
    key: str
    origin_on: datetime.date
    kind: str
    attributes: str
    quantity: int
    position: int
    sharers: int
    matter: str


class Read(NamedTuple):
    """All facts of some sources: what is stored under one of ``sources`` and not in ``rows`` has to go."""

    sources: set[str]
    rows: list[Row]


def attributes(**codes: str) -> str:
    """Canonical text "name=code;name=code", names sorted, empty codes left out.

    Organs and offices are free text: the two separators are replaced by their full-width forms.
    """
    return ";".join(
        f"{name}={code.replace(';', '；').replace('=', '＝')}" for name, code in sorted(codes.items()) if code
    )


def existing(model: type[models.Model], noun: str, ids: Iterable[int], is_locked: bool) -> tuple[list[int], set[str]]:
    """(primary keys of ``ids`` that still exist, sources of all of them); deleted rows are found in their history.

    The lock makes a second transaction that changes the same object wait until this one's facts are visible to it.
    FOR NO KEY UPDATE, because both have already taken the weaker key lock by inserting rows that point to the object.
    """
    rows = model._default_manager.filter(pk__in=ids).order_by("pk")
    if is_locked:
        rows = rows.select_for_update(no_key=True)
    found = dict(rows.values_list("pk", "public_id"))
    missing = [pk for pk in ids if pk not in found]
    public_ids: set[Any] = set(found.values())
    if missing:
        public_ids |= set(model.history.filter(id__in=missing).values_list("public_id", flat=True))
    return list(found), {f"{noun}/{public_id}" for public_id in public_ids}


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most ``size``."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
