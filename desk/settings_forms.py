"""Forms of the settings: a new part of a committee, and one that is there."""

from typing import Any

from django import forms

from desk.founding import free_code
from desk.settings_parts import Kind
from members.access import Verb, visible
from members.models import Committee, Grant, Group, Office, Sector, SpecialCommittee, Term
from members.parts import (
    Part,
    add_group,
    add_office,
    add_sector,
    add_special_committee,
    add_term,
    change_part,
)
from members.recording import DayField, KnownRecord, RecordForm, row_field

# model → fields of the form of a new part, and of one that is there
FIELDS: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Term: (("committee", "number", "starts_on"), ("starts_on", "ends_on")),
    Sector: (("term", "name"), ("name",)),
    SpecialCommittee: (("committee", "name"), ("name", "closed_on")),
    Group: (("committee", "name", "kind"), ("name", "kind", "closed_on")),
    Office: (("committee", "name"), ("name", "closed_on")),
}
ADD = {Group: add_group, Office: add_office, SpecialCommittee: add_special_committee}
NUMBER = "“第几届”应是 1 到 99 的数字，例如 10。"


class PartForm(RecordForm):
    """Of all fields those that the kind of part has."""

    verb = Verb.SETTING

    committee = row_field("委员会", Committee, required=True)
    term = row_field("届", Term, required=True)
    number = forms.IntegerField(
        label="第几届",
        min_value=1,
        max_value=99,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NUMBER),
    )
    name = forms.CharField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类型", choices=Group.Kind)
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期", required=False, help_text="还没有结束的不填")
    closed_on = DayField(
        label="停用日期", required=False, help_text="最后一天。停用后新的记录不再列出它，已有的记录保留；在用的不填"
    )

    def __init__(self, *args: Any, kind: Kind, names: tuple[str, ...], **options: Any):
        self.model = kind.model
        super().__init__(*args, **options)
        self.what = str(kind.model._meta.verbose_name)
        self.fields = {name: self.fields[name] for name in names}

    def grant_of(self, committee_id: int) -> Grant:
        return next(grant for grant in self.grants if grant.committee_id == committee_id)


class NewPartForm(PartForm):
    """Adds a part at the end of its list."""

    submit = "新增"

    def __init__(self, *args: Any, kind: Kind, **options: Any):
        super().__init__(*args, kind=kind, names=FIELDS[kind.model][0], **options)
        self.title = f"新增{kind.label}"
        for name, model in (("committee", Committee), ("term", Term)):
            if name in self.fields:
                self._offer(name, model)

    def _offer(self, name: str, model: type) -> None:
        rows = visible(self.user, model, Verb.SETTING)
        if model is Term:
            rows = rows.select_related("committee").order_by("-starts_on")
        self.offer(name, rows)
        field = self.fields[name]
        field.empty_label = None
        first = list(rows[:2])
        field.initial = first[0].public_id if first else None
        if len(first) == 1:
            field.widget = forms.HiddenInput()

    def save(self) -> Part | None:
        found = self.cleaned_data
        if self.model is Term:
            committee = found["committee"]
            return self._add(add_term, committee, number=found["number"], starts_on=found["starts_on"])
        if self.model is Sector:
            term = found["term"]
            return self._add(add_sector, term.committee, term=term, **self._named(Sector.objects.filter(term=term)))
        committee = found["committee"]
        named = self._named(self.model.objects.filter(committee=committee))
        if self.model is Group:
            named["kind"] = found["kind"]
        return self._add(ADD[self.model], committee, **named)

    def _named(self, siblings: Any) -> dict[str, Any]:
        """Name, code and position of a part at the end of the list."""
        name = self.cleaned_data["name"]
        taken = dict(siblings.values_list("code", "position"))
        return {"name": name, "code": free_code(name, taken), "position": max(taken.values(), default=0) + 1}

    def _add(self, service: Any, committee: Committee, **fields: Any) -> Part | None:
        return self.attempt(service, committee=committee, grant=self.grant_of(committee.pk), **fields)


class PartChangeForm(KnownRecord, PartForm):
    """Renames a part, or ends it."""

    def __init__(self, *args: Any, kind: Kind, part: Part, **options: Any):
        self.part = part
        names = FIELDS[kind.model][1]
        initial = {name: getattr(part, name) for name in names}
        super().__init__(*args, kind=kind, names=(*names, "seen"), initial=initial, committee=part.committee, **options)
        self.title = f"{kind.label}：{part}"

    def save(self) -> Part | None:
        changes = {name: self.cleaned_data[name] for name in self.initial}
        is_changed = self.attempt(change_part, part=self.part, grant=self.grant_of(self.part.committee_id), **changes)
        return None if is_changed is None else self.part
