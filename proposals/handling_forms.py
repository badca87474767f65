"""What the office keeps about handling proposals, as a page; and the filters that lists of proposals share."""

from typing import Any

from django import forms
from django.utils import timezone

from members.listing import FilterForm
from members.models import Committee
from members.recording import KnownRecord, RecordForm
from proposals.handling import HANDLING
from proposals.handling_settings import change_handling, days_to_reply, reply_classes, unit_names
from proposals.models import HandlingSetting

COUNT = {"inputmode": "numeric"}
LONGEST_LIST = 20_000


def _lines(label: str, rows: int, help_text: str, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class HandlingForm(KnownRecord, RecordForm):
    """The term to reply, the classes of replies, the names of units, one a line."""

    model = HandlingSetting
    title = "提案办理设置"

    days = forms.IntegerField(
        label="答复期限（天）",
        widget=forms.TextInput(attrs=COUNT),
        help_text="交办时没有另填期限的，从交办日起算",
        error_messages={"invalid": "“答复期限”不是天数，请填整数，例如 90。"},
    )
    classes = _lines("答复类别", 5, "每行一类：字母、空格、含义，例如“A 所提问题已经解决”", True)
    units = _lines("承办单位", 14, "每行一个，交办时供选用；交办时填的新单位会自动加在最后", False)

    def __init__(self, *args: Any, committee: Committee, **options: Any):
        initial = {
            "days": days_to_reply(committee),
            "classes": "\n".join(f"{code} {meaning}" for code, meaning in reply_classes(committee)),
            "units": "\n".join(unit_names(committee)),
        }
        super().__init__(*args, committee=committee, initial=initial, **options)
        self.committee = committee

    def clean_classes(self) -> list[tuple[str, str]]:
        found = []
        for line in self.cleaned_data["classes"].splitlines():
            code, _, meaning = line.strip().partition(" ")
            if not code:
                continue
            if len(code) > 2 or not meaning.strip():
                raise forms.ValidationError(
                    f"“{line.strip()}”不是“字母、空格、含义”，例如“A 所提问题已经解决”。字母最多两个，请改正。"
                )
            found.append((code, meaning.strip()))
        return found

    def clean_units(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["units"].splitlines() if line.strip()]

    def save(self) -> bool:
        given = self.cleaned_data
        self.attempt(
            change_handling,
            committee=self.committee,
            days=given["days"],
            classes=given["classes"],
            units=given["units"],
            grant=next((grant for grant in self.grants if grant.committee_id == self.committee.pk), None),
        )
        return True


class PeriodFilter(FilterForm):
    """A year, or all years of a term; this year when neither is given."""

    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs=COUNT))
    term = forms.IntegerField(label="届次", required=False, widget=forms.TextInput(attrs=COUNT))

    def narrow(self, rows: Any) -> Any:
        year, term = self.chosen("year"), self.chosen("term")
        if year:
            rows = rows.filter(year=year)
        if term:
            rows = rows.filter(term__number=term)
        return rows


class HandlingFilter(FilterForm):
    """Mixed into the filter of the list of proposals: how far each is, whose unit's and whose sector's it is."""

    handling = forms.ChoiceField(
        label="办理", required=False, choices=[("", "全部"), *((word, name) for word, (name, _) in HANDLING.items())]
    )
    unit = forms.CharField(label="主办单位", required=False)
    sector = forms.CharField(label="第一提案人界别", required=False)
    term = forms.IntegerField(label="届次", required=False, widget=forms.TextInput(attrs=COUNT))

    def narrow(self, rows: Any) -> Any:
        if self.chosen("handling"):
            rows = rows.handled(self.chosen("handling"), timezone.localdate())
        if self.chosen("unit"):
            rows = rows.handled_by(self.chosen("unit"))
        if self.chosen("sector"):
            sector = self.chosen("sector")
            rows = rows.with_lead_sector().filter(
                **({"lead_sector__isnull": True} if sector == COLLECTIVE else {"lead_sector": sector})
            )
        if self.chosen("term"):
            rows = rows.filter(term__number=self.chosen("term"))
        return rows


COLLECTIVE = "集体提案"  # a collective proposal has no lead, hence no sector
