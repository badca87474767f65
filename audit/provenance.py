"""Who entered a record, when, from what, and what was changed since: the same words on every record's page."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import models

from audit.differences import Difference, Names, differences
from audit.models import Action, Tracked

SHOWN = 50  # latest acts a page lists
Part = tuple[type[Tracked], str]  # rows of this model whose foreign key of this name points at the record


@dataclass(frozen=True, slots=True)
class Line:
    """What one act did to one row: to the record itself (``part`` is "") or to a part of it, for example a post."""

    part: str
    happened: str  # 新增, 修改, 删除
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Step:
    """One act on the record."""

    user: str
    at: datetime.datetime
    verb: str
    reason: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Provenance:
    """``office``, ``at``: what a member is told. The rest is for staff: ``in_full`` says whether to show it.

    ``source``: the reason of the first act, which for an import names batch, file and sheet. ``steps``: newest first.
    """

    office: str
    user: str
    at: datetime.datetime | None
    source: str
    last_user: str
    last_at: datetime.datetime | None
    steps: list[Step]
    more: int  # acts older than the listed
    in_full: bool


def provenance(row: Tracked, *parts: Part, beside: Sequence[Tracked] = (), in_full: bool) -> Provenance:
    """Where a record came from. Queries: one for the history of each model given, one for each model they point to.

    ``parts`` are rows that belong to the record and have no page of their own, ``beside`` rows told along with it, as
    the person with the seat. ``in_full`` False reads the first act alone, for who may know only office and day.
    """
    history = type(row).history.filter(id=row.pk).order_by("history_id").select_related("action__user")
    first = history.select_related("action__grant__office").first()
    office = _office(row, first.action if first else None)
    if not in_full or first is None:
        at = first.action.at if first else None
        return Provenance(office, "", at, "", "", at, [], 0, in_full=False)
    states = list(history)
    for model, name in parts:
        found = model.history.filter(**{f"{name}_id": row.pk}).order_by("history_id").select_related("action__user")
        states.extend(found)
    for other in beside:
        states.extend(type(other).history.filter(id=other.pk).order_by("history_id").select_related("action__user"))
    whole = {type(row), *(type(other) for other in beside)}
    steps = list(_steps(row, states, {name for _, name in parts}, whole))
    origin, last = steps[0], steps[-1]
    return Provenance(
        office=office,
        user=origin.user,
        at=origin.at,
        source=origin.reason,
        last_user=last.user,
        last_at=last.at,
        steps=steps[: -SHOWN - 1 : -1],
        more=max(len(steps) - SHOWN, 0),
        in_full=True,
    )


def _office(row: Tracked, action: Action | None) -> str:
    """The office that answers for the record, else that of the grant it was entered under."""
    own = getattr(row, "office", None)
    if own is None and action is not None and action.grant is not None:
        own = action.grant.office
    return str(own or "")


def _steps(row: Tracked, states: list[Any], owner: set[str], whole: set[type]) -> Iterator[Step]:
    """The acts, oldest first, from the history states of the record and its parts."""
    states.sort(key=lambda state: (state.action_id, state.instance_type is not type(row), state.history_id))
    changes, latest = [], {}
    for state in states:
        key = (state.instance_type, state.id)
        changes.append((None, state) if state.history_type == "+" else (latest.get(key), state))
        latest[key] = state
    names = Names(_told_of(whole, before, state) for before, state in changes)
    for _, group in groupby(changes, key=lambda change: change[1].action_id):
        lines = []
        for before, state in group:
            line = _line(row, before, state, names, owner, whole)
            if line is not None:
                lines.append(line)
        action = state.action
        yield Step(str(action.user or "系统"), action.at, action.verb, action.reason, lines)


def _told_of(whole: set[type], before: Any | None, state: Any) -> tuple[Any | None, Any | None]:
    """Between which two states the columns are told: a part that goes is told as it was.

    What the record itself was at first is not told: its page shows it, and so do the changes since.
    """
    if state.history_type == "-":
        return state, None
    if before is None and state.instance_type in whole:
        return state, state
    return before, state


def _line(row: Tracked, before: Any | None, state: Any, names: Names, owner: set[str], whole: set[type]) -> Line | None:
    model = state.instance_type
    is_part = model is not type(row)
    told = _told(model, differences(*_told_of(whole, before, state), names), owner if is_part else set())
    happened = "删除" if state.history_type == "-" else "新增" if before is None else "修改"
    if happened != "删除" and not told:
        return None
    return Line(str(model._meta.verbose_name) if is_part else "", happened, told)


def _told(model: type[models.Model], found: Iterator[Difference], owner: set[str]) -> list[Difference]:
    """Without the columns that say whose part it is."""
    own = {str(model._meta.get_field(name).verbose_name) for name in owner | {"committee"} if _has(model, name)}
    return [one for one in found if one.label not in own]


def _has(model: type[models.Model], name: str) -> bool:
    return name in {field.name for field in model._meta.concrete_fields}
