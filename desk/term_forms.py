"""The form of a new 届: its number, its first day, and who goes on."""

import datetime
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms

from desk.terms import Succession, check_succession, seats_of, start_term
from members.models import Seat, Term
from members.recording import DayField, RecordForm

FIVE_YEARS = 5


class SuccessionForm(RecordForm):
    """Shown twice: to choose who stays, and with ``confirm`` as a summary of what will be written."""

    # It is people above all that are written; a system administrator keeps terms but sees no members.
    model = Seat

    number = forms.IntegerField(
        label="新一届是第几届",
        min_value=1,
        max_value=99,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "“新一届是第几届”应是 1 到 99 的数字，例如 11。"
        ),
    )
    starts_on = DayField(label="新一届开始日期", help_text="换届全会开幕的日子；上一届的任期到前一天为止")
    stay = forms.MultipleChoiceField(label="连任的委员", required=False)

    def __init__(self, *args: Any, term: Term, **options: Any):
        super().__init__(*args, committee=term.committee, **options)
        self.term = term
        self.seats = {str(seat.public_id): seat for seat in seats_of(term)}
        self.fields["number"].initial = term.number + 1
        self.fields["starts_on"].initial = _years_after(term.starts_on, FIVE_YEARS)
        self.fields["stay"].choices = [(key, seat.number) for key, seat in self.seats.items()]
        self.fields["stay"].initial = list(self.seats)
        self.fields["stay"].error_messages["invalid_choice"] = "名单里有人已不在任，请返回重新打开本页再选。"

    def chosen(self) -> set[str]:
        """Whose box is ticked; everybody's at first."""
        return set(self.data.getlist("stay")) if self.is_bound else set(self.seats)

    def sectors(self) -> Iterator[tuple[str, list[tuple[Seat, bool]]]]:
        """(sector, [(seat, whether ticked), …])"""
        chosen = self.chosen()
        for sector, seats in groupby(self.seats.items(), key=lambda pair: pair[1].sector):
            yield str(sector), [(seat, key in chosen) for key, seat in seats]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("number") and cleaned.get("starts_on"):
            try:
                check_succession(self.term.committee, self.term, cleaned["number"], cleaned["starts_on"])
            except forms.ValidationError as error:
                self.take_errors(error)
        return cleaned

    def succession(self) -> Succession:
        chosen = set(self.cleaned_data["stay"])
        return Succession(
            old=self.term,
            number=self.cleaned_data["number"],
            starts_on=self.cleaned_data["starts_on"],
            staying=[seat for key, seat in self.seats.items() if key in chosen],
            leaving=[seat for key, seat in self.seats.items() if key not in chosen],
        )

    def save(self) -> Term | None:
        grant = next(one for one in self.grants if one.committee_id == self.term.committee_id)
        return self.attempt(start_term, succession=self.succession(), grant=grant)


def _years_after(day: datetime.date, years: int) -> datetime.date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)
