"""Filters of the change log."""

import datetime
import uuid

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import Action
from desk.log import acts_on
from members.listing import FilterForm
from members.recording import DayField

SYSTEM = "系统"


class IdField(forms.Field):
    """A public id. Not a kind of CharField: its value has no length for FilterForm to measure."""

    def to_python(self, value: str | None) -> uuid.UUID | None:
        return forms.UUIDField(required=False).to_python(value)


class LogFilter(FilterForm):
    who = forms.CharField(label="操作人（姓名或账号）", required=False)
    from_on = DayField(label="从（日期）", required=False)
    to_on = DayField(label="到（日期）", required=False)
    verb = forms.CharField(label="操作", required=False)
    q = forms.CharField(label="理由或入口", required=False)
    record = IdField(label="记录编号", required=False)

    more = ("record",)

    def narrow(self, rows: QuerySet[Action]) -> QuerySet[Action]:
        who, text = self.chosen("who"), self.chosen("q")
        if who == SYSTEM:
            rows = rows.filter(user=None)
        elif who:
            rows = rows.filter(Q(user__name__icontains=who) | Q(user__username__icontains=who))
        if self.chosen("from_on"):
            rows = rows.filter(at__gte=_begin(self.chosen("from_on")))
        if self.chosen("to_on"):
            rows = rows.filter(at__lt=_begin(self.chosen("to_on") + datetime.timedelta(days=1)))
        if self.chosen("verb"):
            rows = rows.filter(verb__icontains=self.chosen("verb"))
        if text:
            rows = rows.filter(Q(reason__icontains=text) | Q(route__icontains=text) | Q(request_id=text))
        if self.chosen("record"):
            rows = acts_on(rows, self.chosen("record"))
        return rows

    def in_words(self) -> str:
        """What narrowed the list, for the act of an export."""
        told = [f"{field.label}：{self.chosen(field.name)}" for field in self if self.chosen(field.name)]
        return "；".join(told) or "全部"


class RowFilter(FilterForm):
    """Of a record's history: rows that are called so, for example one member of a sitting."""

    q = forms.CharField(label="姓名或名称", required=False)

    def text(self) -> str:
        self.is_valid()
        return self.chosen("q") or ""


def _begin(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
