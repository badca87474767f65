"""The form of one part of a draft: its boxes on the page, and the plain values they hold."""

import re
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from members.recording import CHANGED, plain
from scoring.engine.codec import Problem
from scoring.ruleset_fields import WHERE, Box, Context, Table
from scoring.ruleset_parts import Part, Plain, spec_of


class Shown(NamedTuple):
    """One box or one table of the page."""

    field: Any
    label: str = ""
    help: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()


class PartForm(forms.Form):
    """One part of a draft. ``values``: its plain values; after is_valid() ``plain`` holds the new ones."""

    use_required_attribute = False

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, part: str, values: Plain, context: Context, seen: str):
        super().__init__(data, label_suffix="")
        self.part, self.values, self.context, self.shown_state = part, values, context, seen
        self.plain: Plain = {}
        self.fields["seen"].initial = seen
        self.spec = spec_of(part, values)
        for one in self.spec:
            if isinstance(one, Table):
                self._add_table(one)
            else:
                self._add(one.name, one, _get(values, one.path))

    def _add(self, name: str, one: Box, value: Any) -> None:
        field = one.field(self.context)
        field.label, field.help_text = one.label, one.help
        field.initial = one.show(value, self.context) if value is not None else None
        if isinstance(field, forms.ChoiceField):
            known = [code for code, _ in field.choices]
            if field.initial not in (None, *known):
                field.choices = [*field.choices, (field.initial, field.initial)]
            field.error_messages["invalid_choice"] = f"“{one.label}”选的不在可选范围内，请重新选择。"
        if "max_length" in field.error_messages or hasattr(field, "max_length"):
            field.error_messages["max_length"] = f"“{one.label}”最多 %(limit_value)d 个字，请缩短。"
        self.fields[name] = field

    def _add_table(self, table: Table) -> None:
        rows = self._rows(table)
        count = len(rows) + table.extra
        counter = f"{table.name}-rows"
        if self.is_bound:
            text = self.data.get(counter, "")
            count = min(int(text), 200) if text.isascii() and text.isdigit() else 0
        self.fields[counter] = forms.CharField(required=False, widget=forms.HiddenInput, initial=str(count))
        for n in range(count):
            values = rows[n] if n < len(rows) else None
            for one in table.boxes:
                self._add(f"{table.name}-{n}-{_slug(one)}", one, _of_row(table, one, values))

    def _rows(self, table: Table) -> list[Plain]:
        found = _get(self.values, table.path) if table.path else self.values
        if table.pairs:
            first, second = table.boxes
            return [{first.path: code, second.path: value} for code, value in found.items()]
        return list(found)

    # ------------------------------------------------------------ read
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("seen") != self.shown_state:
            self.add_error(None, CHANGED)
        self.kept: dict[str, list[int]] = {}
        out = _copy(self.values) if self.part != "labels" else {}
        for one in self.spec:
            if isinstance(one, Box):
                _set(out, one.path, self._read(one.name, one))
                continue
            rows = self._read_rows(one)
            if one.pairs:
                first, second = one.boxes
                found: Any = {row[first.path]: row[second.path] for row in rows}
            else:
                found = rows
            if one.path:
                _set(out, one.path, found)
            else:
                out |= found
        self.plain = out
        return cleaned

    def _read_rows(self, table: Table) -> list[Plain]:
        rows, kept = [], []
        n = 0
        while f"{table.name}-{n}-{_slug(table.boxes[0])}" in self.fields:
            names = {one.path: f"{table.name}-{n}-{_slug(one)}" for one in table.boxes}
            if any(self._is_filled(name, one) for one, name in zip(table.boxes, names.values(), strict=True)):
                row: Plain = {}
                for one in table.boxes:
                    value = self._read(names[one.path], one)
                    if one.path == WHERE:
                        row |= value if isinstance(value, dict) else {}
                    else:
                        row[one.path] = value
                rows.append(row)
                kept.append(n)
            n += 1
        self.kept[table.name] = kept
        return rows

    def _is_filled(self, name: str, one: Box) -> bool:
        value = self.cleaned_data.get(name)
        is_select = isinstance(self.fields[name], forms.ChoiceField)
        if name in self.errors:
            return True
        return value not in ("", None, False) and not (
            is_select and value == (one.empty or self.fields[name].choices[0][0])
        )

    def _read(self, name: str, one: Box) -> Any:
        value = self.cleaned_data.get(name)
        if name in self.errors:
            return one.empty
        if isinstance(value, str) and not value.strip() and one.path not in TEXTS:
            if one.path in REQUIRED:
                self.add_error(name, f"“{plain(one.label)}”没有填，请填写。")
            return one.empty
        if value is None:
            if one.path in REQUIRED:
                self.add_error(name, f"“{plain(one.label)}”没有填，请填写。")
            return one.empty
        try:
            return one.read(value, self.context)
        except ValidationError as error:
            self.add_error(name, [f"“{one.label}”：{text}" for text in error.messages])
            return one.empty

    def take(self, problems: list[Problem]) -> None:
        """Problems of the part become errors of the boxes they are about."""
        for problem in problems:
            self.add_error(self._field_of(problem.key), problem.text)

    def _field_of(self, key: str) -> str | None:
        exact = key.replace(".", "-")
        if exact in self.fields:
            return exact
        found = re.match(r"([\w.]+?)(?:\[(\d+)\])?(?:\.(.*))?$", key)
        if not found:
            return None
        name, n, rest = found[1].replace(".", "-"), found[2], found[3] or ""
        if name in self.fields:
            return name
        table = next((one for one in self.spec if isinstance(one, Table) and one.name == name), None)
        if table is None or n is None or int(n) > len(self.kept.get(name, [])):
            return None
        row = f"{name}-{self.kept[name][int(n) - 1]}-"
        inner = rest.partition("[")[0].partition(".")[0]
        boxes = {_slug(one) for one in table.boxes}
        return row + (inner if inner in boxes else "where" if "where" in boxes else _slug(table.boxes[0]))

    # ------------------------------------------------------------ shown
    def usual(self) -> list[Shown]:
        return [self._shown(one) for one in self.spec if not one.more]

    def rare(self) -> list[Shown]:
        return [self._shown(one) for one in self.spec if one.more]

    def is_rare_open(self) -> bool:
        """What is folded away and not as usual must be seen."""
        return any(self._has_something(one) for one in self.spec if one.more)

    def _has_something(self, one: Part) -> bool:
        names = [name for name in self.fields if name == one.name or name.startswith(f"{one.name}-")]
        if any(name in self.errors for name in names):
            return True
        if isinstance(one, Table):
            return bool(self._rows(one))
        return _get(self.values, one.path) not in (one.empty, "", "none", None, 0, False, "objects", "1", 1)

    def _shown(self, one: Part) -> Shown:
        if isinstance(one, Box):
            return Shown(self[one.name])
        rows = []
        n = 0
        while f"{one.name}-{n}-{_slug(one.boxes[0])}" in self.fields:
            rows.append(tuple(self[f"{one.name}-{n}-{_slug(part)}"] for part in one.boxes))
            n += 1
        return Shown(None, one.label, one.help, tuple(rows))


TEXTS = {"name", "clause", "source", "note", "reason", "action", "provenance", "colour", "title", "adopted", "word"}
REQUIRED = {
    "points",
    "factor",
    "need.points",
    "need.n",
    "ratio.points",
    "manual.low",
    "manual.high",
    "first_day",
    "last_day",
    "kind",
}


def _slug(one: Box) -> str:
    return "where" if one.path == WHERE else one.path


def _of_row(table: Table, one: Box, values: Plain | None) -> Any:
    if values is None:
        return None
    if one.path != WHERE:
        return values.get(one.path, one.empty)
    own = {other.path for other in table.boxes}
    return {name: codes for name, codes in values.items() if name not in own}


def _get(values: Plain, path: str) -> Any:
    for name in path.split("."):
        values = values[name]
    return values


def _set(values: Plain, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for name in way:
        values = values[name]
    values[last] = value


def _copy(value: Any) -> Any:
    return {name: _copy(one) for name, one in value.items()} if isinstance(value, dict) else value
