"""Choosing people for a list: everybody, by post, sector, special committee or group, by name; several at once."""

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from members.access import visible
from members.models import Committee, Group, PostCode, Seat, Sector, SpecialCommittee, Term
from members.recording import NamesField, RecordForm, serving

STANDING = [PostCode.CHAIR, PostCode.VICE_CHAIR, PostCode.SECRETARY_GENERAL, PostCode.STANDING_MEMBER]
CHAIRPERSONS = [PostCode.CHAIR, PostCode.VICE_CHAIR, PostCode.SECRETARY_GENERAL]
SCOPES = [("all", "全体委员"), ("standing", "常委会组成人员"), ("chairs", "主席会议组成人员")]
# Parts of a committee whose people may be invited together: code, heading of the choices, model.
PARTS = [("sector", "界别", Sector), ("special_committee", "专门委员会", SpecialCommittee), ("group", "活动组", Group)]


def _of_today(parts: QuerySet) -> QuerySet:
    """The sectors of the present term, and what is not closed."""
    today = timezone.localdate()
    return parts.filter(term__in=Term.objects.on_date(today)) if parts.model is Sector else parts.open_on(today)


class PeopleFields(RecordForm):
    """Mixed into forms with a list of people: ``scope`` and ``names``, together the people meant."""

    scope = forms.MultipleChoiceField(label="应到范围", required=False, widget=forms.CheckboxSelectMultiple)
    names = NamesField(label="名单", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.parts = {
            f"{code}:{row.public_id}": row
            for code, _, model in PARTS
            for row in _of_today(self.only_my_committees(visible(self.user, model)))
        }
        parts = [
            (heading, [(key, str(row)) for key, row in self.parts.items() if key.startswith(f"{code}:")])
            for code, heading, _ in PARTS
        ]
        self.fields["scope"].choices = [*SCOPES, *(pair for pair in parts if pair[1])]

    def plain_fields(self) -> list[forms.BoundField]:
        """The usual fields without those of this mixin."""
        return [field for field in self.usual_fields() if field.name not in {"scope", "names"}]

    def boxes(self) -> list[tuple[str, bool, list[forms.BoundField]]]:
        """[("", True, [全体委员 …]), ("界别", is one of them ticked, [boxes]), …] for the template."""
        boxes = list(self["scope"])
        ticked = self["scope"].value() or []
        found = [("", True, [box for box in boxes if ":" not in box.data["value"]])]
        for code, heading, _ in PARTS:
            group = [box for box in boxes if box.data["value"].startswith(f"{code}:")]
            if group:
                found.append((heading, any(box.data["value"] in ticked for box in group), group))
        return found

    def people(self, committee: Committee, day: datetime.date, usual: str = "") -> list[Seat]:
        """Who is meant on ``day``, each once; ``usual`` is the scope when nothing is ticked and nobody named."""
        chosen = self.cleaned_data.get("scope") or []
        if not chosen and not self.cleaned_data.get("names") and usual:
            chosen = [usual]
        named = self.seats("names", serving(self.user, committee, day))
        scoped = [seat for scope in chosen for seat in self._scoped(scope, serving(self.user, committee, day), day)]
        return list({seat.pk: seat for seat in [*scoped, *named]}.values())

    def _scoped(self, scope: str, seats: QuerySet[Seat], day: datetime.date) -> QuerySet[Seat]:
        """Of the serving seats those of one scope."""
        part = self.parts.get(scope)
        match scope.partition(":")[0]:
            case "all":
                return seats
            case "standing":
                return seats.holding_post(STANDING, day)
            case "chairs":
                return seats.holding_post(CHAIRPERSONS, day)
            case "sector":
                return seats.filter(sector=part)
            case "special_committee":
                return seats.in_special_committee(part)
            case "group":
                return seats.in_group(part, day)
        return seats.none()
