"""Filters that lists of several nouns share: when it was, when it was entered, and whose sector or special committee."""

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from members.listing import FilterForm
from members.recording import DayField

NO_BODY = "无"  # asks for the rows that belong to no sector, or to no special committee


class DayFilter(FilterForm):
    """Rows from a day to a day, and those entered from a day to a day; all four days included.

    ``day`` names the column that says when it was.
    """

    day = ""

    from_on = DayField(label="日期从", required=False)
    to_on = DayField(label="日期到", required=False)
    entered_from_on = DayField(label="录入从", required=False)
    entered_to_on = DayField(label="录入到", required=False)

    days = ("from_on", "to_on", "entered_from_on", "entered_to_on")

    def narrow(self, rows: Any) -> Any:
        for name, lookup in (("from_on", "gte"), ("to_on", "lte")):
            if self.chosen(name):
                rows = rows.filter(**{f"{self.day}__{lookup}": self.chosen(name)})
        first, last = self.chosen("entered_from_on"), self.chosen("entered_to_on")
        if first or last:
            rows = self.entered(rows, first, last)
        return rows

    def entered(self, rows: Any, first: datetime.date | None, last: datetime.date | None) -> Any:
        return rows.filter(pk__in=entries(rows.model, first, last).values("id"))


class BodyFilter(FilterForm):
    """Rows by the sector and the special committee of whoever stands first; their QuerySet has ``with_bodies``."""

    sector = forms.CharField(label="界别", required=False)
    special = forms.CharField(label="专门委员会", required=False)

    bodies = ("sector", "special")

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows) if hasattr(super(), "narrow") else rows
        for name in self.bodies:
            if chosen := self.chosen(name):
                rows = self.with_bodies(rows).filter(**of_body(name, chosen))
        return rows

    def with_bodies(self, rows: Any) -> Any:
        return rows.with_bodies()


def of_body(name: str, chosen: str) -> dict[str, Any]:
    """The condition on rows of ``with_bodies``; ``name`` is sector or special."""
    return {f"lead_{name}__isnull": True} if chosen == NO_BODY else {f"lead_{name}": chosen}


def entries(model: type, first: datetime.date | None = None, last: datetime.date | None = None) -> QuerySet:
    """Rows of the history by which ``model``'s rows were entered, from the first to the last local day."""
    found = model.history.filter(history_type="+")
    if first:
        found = found.filter(history_date__gte=midnight(first))
    if last:
        found = found.filter(history_date__lt=midnight(last + datetime.timedelta(days=1)))
    return found


def midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
