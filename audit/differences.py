"""What changed between two states of a tracked row, in the words of its columns."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

CHUNK = 500  # keys in one query: SQLite takes few parameters
SILENT = {"id", "public_id", "telephone_hash", "initials", "full_pinyin", "stroke_key", "before"}
SECRET = {"telephone_cipher"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One column: its Chinese name, what stood there, what stands there; "" for nothing."""

    label: str
    old: str
    new: str


class Names:
    """What the rows that changed columns point to are called: one query for each model, however many changes.

    ``changes``: (state before or None, state after or None) of each row, as ``differences`` takes them. A state is a
    row of a history, or a tracked row as it is.
    """

    def __init__(self, changes: Iterable[tuple[Any | None, Any | None]]):
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for before, after in changes:
            for field in model_of(after or before)._meta.concrete_fields:
                if field.is_relation:
                    old, new = (getattr(state, field.attname, None) for state in (before, after))
                    wanted[field.related_model] |= {old, new} - {None} if old != new else set()
        self._names = {model: names_of(model, sorted(keys)) for model, keys in wanted.items() if keys}

    def of(self, model: type[models.Model], pk: int) -> str:
        return self._names.get(model, {}).get(pk, "（已删除）")


def model_of(state: Any) -> type[models.Model]:
    return getattr(state, "instance_type", type(state))


def names_of(model: type[models.Model], keys: list[int]) -> dict[int, str]:
    """{primary key: what the row is called} of the rows that are there."""
    found = {}
    for start in range(0, len(keys), CHUNK):
        # A row is often called after a row it must have (a seat after its person): read along.
        for row in model._base_manager.select_related().filter(pk__in=keys[start : start + CHUNK]):
            found[row.pk] = str(row)
    return found


def differences(before: Any | None, after: Any | None, names: Names) -> Iterator[Difference]:
    """Column by column between two history states of one row; None stands for a row that was not there."""
    model = model_of(after or before)
    for field in model._meta.concrete_fields:
        old, new = (getattr(state, field.attname) if state is not None else None for state in (before, after))
        if old == new or field.name in SILENT or (old in (None, "") and new in (None, "")):
            continue
        if field.name in SECRET:
            yield Difference("电话", "（原号码）" if old else "", "（新号码）" if new else "")
        else:
            yield Difference(str(field.verbose_name), _shown(old, field, names), _shown(new, field, names))


def _shown(value: Any, field: models.Field, names: Names) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.is_relation:
        return names.of(field.related_model, value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    own_words = getattr(field.model, "words_of_codes", dict)().get(field.name, {})
    return str(own_words.get(value) or dict(field.flatchoices).get(value, value))
