"""What one act changed, read from the histories of all tracked rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from audit.models import Action, Tracked

SHOWN = 100  # changed rows that a page lists
CHUNK = 500  # keys in one query: SQLite takes few parameters
SILENT = {"id", "public_id", "telephone_hash", "initials", "full_pinyin", "stroke_key"}
SECRET = {"telephone_cipher"}


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
        before = _states_before(model, {pk: one for pk, one in first.items() if one.history_type != "+"})
        for pk, one in last.items():
            yield Touched(model, pk, before.get(pk), None if one.history_type == "-" else one)


def _states_before(model: type[models.Model], first: dict[int, Any]) -> dict[int, Any]:
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
            lines = [*_differences(one)]
            if lines:
                found.append({"what": f"{one.model._meta.verbose_name} {one.after.instance}", "lines": lines})
            if len(found) == SHOWN:
                break
    return found


def _differences(one: Touched) -> Iterator[list[str]]:
    for field in one.model._meta.concrete_fields:
        old, new = getattr(one.before, field.attname), getattr(one.after, field.attname)
        if old == new or field.name in SILENT:
            continue
        if field.name in SECRET:
            yield ["电话", "（原号码）" if old else "", "（新号码）"]
        else:
            yield [str(field.verbose_name), _shown(one.before, field), _shown(one.after, field)]


def _shown(state: Any, field: models.Field) -> str:
    value = getattr(state, field.attname)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.is_relation:
        return str(getattr(state, field.name))
    return str(dict(field.flatchoices).get(value, value))
