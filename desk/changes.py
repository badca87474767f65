"""What one act changed, read from the histories of all tracked rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from audit.differences import CHUNK, Names, differences
from audit.models import Action, Tracked

SHOWN = 100  # changed rows that a page lists


@dataclass(frozen=True, slots=True)
class Touched:
    """One row that an act wrote. `before` and `after` are rows of its history; None: there was no row."""

    model: type[models.Model]
    pk: int
    before: Any
    after: Any


def tracked_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Tracked)]


def touched_by(action: Action) -> Iterator[Touched]:
    """Every row that `action` wrote, with its state before and after. Two queries for each model at most."""
    for model in tracked_models():
        first: dict[int, Any] = {}
        last: dict[int, Any] = {}
        for one in model.history.filter(action=action).order_by("history_id"):
            first.setdefault(one.id, one)
            last[one.id] = one
        before = states_before(model, {pk: one for pk, one in first.items() if one.history_type != "+"})
        for pk, one in last.items():
            yield Touched(model, pk, before.get(pk), None if one.history_type == "-" else one)


def states_before(model: type[models.Model], first: dict[int, Any]) -> dict[int, Any]:
    """The last state of each row before the act's `first` one."""
    before: dict[int, Any] = {}
    keys = sorted(first)
    for start in range(0, len(keys), CHUNK):
        for one in model.history.filter(id__in=keys[start : start + CHUNK]).order_by("history_id"):
            if one.history_id < first[one.id].history_id:
                before[one.id] = one
    return before


def changes_of(action: Action) -> list[dict[str, Any]]:
    """[{"what": "委员 张三", "lines": [[field, old, new], …]}, …] of rows that were there before; the first SHOWN."""
    found = []
    for one in touched_by(action):
        if one.before is not None and one.after is not None:
            names = Names([(one.before, one.after)])
            lines = [[column.label, column.old, column.new] for column in differences(one.before, one.after, names)]
            if lines:
                found.append({"what": f"{one.model._meta.verbose_name} {one.after.instance}", "lines": lines})
            if len(found) == SHOWN:
                break
    return found
