"""What every plain form of a record has in common: days in any shape, lists of names, the office that answers for it."""

import datetime
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from members.access import Verb, grants_for, visible
from members.columns import CellError, Context
from members.columns import date as read_day
from members.matching import Matcher
from members.models import Committee, Grant, Office, Seat, User
from members.models.committee import PartQuerySet

CLASH = "与别人刚刚保存的记录冲突，没有保存。请返回列表看看是否已经登记；如没有，请再保存一次。"
CHANGED = (
    "您打开这一页之后，别人改过这条记录，为免覆盖没有保存。请先记下您要改的内容，返回后重新打开，核对别人的修改再改。"
)
LONGEST_NAMES = 20_000
SPOKEN_DAYS = {"今天": 0, "昨天": -1, "前天": -2}
OPTIONAL = "（选填）"
REQUIRED = "“{label}”没有填，请填写。"
TOO_LONG = "“{label}”有 %(show_value)d 个字，最多 %(limit_value)d 个字，请缩短。"


class DayField(forms.CharField):
    """One text box for a day: 2026-11-21, 2026年11月21日, 11.21 (this year) or 今天. Cleans to a date or None."""

    def __init__(self, **options: Any):
        options.setdefault("help_text", "例如 2026-11-21、11.21 或 今天")
        super().__init__(**options)
        self.widget.attrs.update({"autocomplete": "off", "inputmode": "text"})

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.date) else value

    def has_changed(self, initial: Any, value: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(value or "")

    def clean(self, value: Any) -> datetime.date | None:
        text = super().clean(value)
        if not text:
            return None
        today = timezone.localdate()
        if text in SPOKEN_DAYS:
            return today + datetime.timedelta(days=SPOKEN_DAYS[text])
        try:
            # What is typed is text: 11.20 is the 20th, unlike a number in a sheet that lost its zero.
            return read_day(text, Context(committee=None, year=today.year))
        except CellError as error:
            raise ValidationError(f"“{plain(self.label)}”填的是“{text}”，{error}") from error


class NamesField(forms.CharField):
    """A list of names, numbers or initials; the form turns it into seats with ``RecordForm.seats``."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **options: Any):
        options.setdefault("max_length", LONGEST_NAMES)
        options.setdefault("help_text", "姓名、委员编号或拼音首字母，用顿号、逗号、空格或换行分开；重名的请填编号")
        super().__init__(**options)


def plain(label: Any) -> str:
    return str(label or "").removesuffix(OPTIONAL)


class RecordForm(forms.Form):
    """A form that logs one record for an office. Subclasses call services inside ``attempt``.

    ``model`` and ``verb`` decide under which grants. Choices hold only rows the user may see. ``more``
    names the fields that are seldom needed: the page folds them away. ``conditional`` names those that are required
    in most cases, which must not be called optional.
    """

    model: type[models.Model]
    verb = Verb.LOG
    title = ""
    submit = "保存"
    more: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, user: User, committee: Committee | None = None, **options: Any):
        super().__init__(*args, label_suffix="", **options)
        self.user = user
        self.grants = grants_for(user, self.verb, self.model)
        self.committees = {grant.committee_id: grant.committee for grant in self.grants}
        if committee is not None:
            self.committees = {committee.pk: committee}
        if "office" in self.fields:
            self._offer_offices()
        for name, field in self.fields.items():
            field.error_messages["required"] = REQUIRED.format(label=field.label)
            field.error_messages["max_length"] = TOO_LONG.format(label=field.label)
            if isinstance(field, forms.ChoiceField):
                # Same words for what was not offered: a tampered value and an old page look alike to the user.
                field.error_messages["invalid_choice"] = f"“{field.label}”选的不在可选范围内，请重新选择。"
            is_required = field.required or name in self.conditional
            if not is_required and not isinstance(field, forms.BooleanField):
                field.label = f"{field.label}{OPTIONAL}"

    def _offer_offices(self) -> None:
        offices = self._still_open("office", offices_for(self.user, self.model))
        field = self.fields["office"]
        field.queryset = offices
        field.empty_label = None
        if len(self.committees) > 1:
            field.label_from_instance = lambda office: f"{office.committee.short_name} {office}"
        if len(offices) == 1:
            field.initial = offices[0]
            field.widget = forms.HiddenInput()

    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.more]

    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.more]

    def is_more_open(self) -> bool:
        """A folded field with an error, or with something in it, must be seen."""
        return any(name in self.errors or name in self.changed_data for name in self.more) if self.is_bound else False

    def offer(self, name: str, queryset: models.QuerySet, empty: str = "—") -> None:
        """Let a select choose among these rows, named by public id."""
        field = self.fields[name]
        field.queryset = self._still_open(name, queryset)
        field.to_field_name = "public_id"
        if not field.required:
            field.empty_label = empty

    def _still_open(self, name: str, queryset: models.QuerySet) -> models.QuerySet:
        """Without closed parts of a committee; a record may stay with the one it has."""
        if not isinstance(queryset, PartQuerySet):
            return queryset
        kept = self.initial.get(name)
        own = queryset.filter(pk=kept.pk) if isinstance(kept, models.Model) else queryset.filter(public_id=kept or None)
        return queryset.open_on(timezone.localdate()) | own

    def only_my_committees(self, queryset: models.QuerySet) -> models.QuerySet:
        return queryset.filter(committee__in=self.committees)

    def seats(self, name: str, among: Iterable[Seat]) -> list[Seat]:
        """The seats meant by a NamesField; its problems become the field's errors."""
        text = self.cleaned_data.get(name, "")
        if not text:
            return []
        found = Matcher(among).match(text)
        for problem in found.problems:
            self.add_error(name, problem)
        return found.seats

    def office_seats(self, day: datetime.date | None) -> list[Seat]:
        """Seats serving on ``day`` in the committee of the chosen office; none before one is chosen."""
        office = self.cleaned_data.get("office")
        if office is None or day is None:
            return []
        return list(serving(self.user, office.committee, day))

    def grant(self, office: Office) -> Grant | None:
        """The grant under which the user logs for this office."""
        fitting = (g for g in self.grants if g.committee_id == office.committee_id and g.office_id in {None, office.pk})
        return next(fitting, None)

    def attempt(self, service: Callable[..., Any], **arguments: Any) -> Any:
        """Call a service as this user; what it refuses becomes the form's errors and the result is None."""
        try:
            return service(user=self.user, **arguments)
        except ValidationError as error:
            self.take_errors(error)
        except IntegrityError:
            # Somebody was a moment faster, between the service's look and its write.
            self.add_error(None, CLASH)
        return None

    def take_errors(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, found in error.message_dict.items():
            self.add_error(name if name in self.fields else None, found)


class DecideForm(forms.Form):
    """One of the buttons of a decision and, where the service wants one, a reason. No button decides nothing."""

    problem = "没有办理：请点页面上的按钮作出决定，理由最多 200 个字。"

    decision = forms.ChoiceField()
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Any, *decisions: str):
        super().__init__(data)
        self.fields["decision"].choices = [(decision, decision) for decision in decisions]


class NewRecord(forms.Form):
    """Mixed into forms that log a new record: a page that is sent twice, by a second click, logs it once.

    The page carries a number; the record's public id follows from it and the user.
    """

    once = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def new_id(self, part: str = "") -> uuid.UUID:
        """The public id of the record, or of one of several; a random one for a page without a number."""
        once = self.cleaned_data.get("once") or uuid.uuid4()
        return uuid.uuid5(self.user.public_id, f"{once}/{part}")

    def add(self, service: Callable[..., Any], **arguments: Any) -> Any:
        """As ``attempt``, or the record that the same page has logged already."""
        public_id = self.new_id()
        row = self.logged([public_id]).first() or self.attempt(service, public_id=public_id, **arguments)
        if row is None and (row := self.logged([public_id]).first()):
            self.errors.clear()
        return row

    def logged(self, public_ids: list[uuid.UUID]) -> models.QuerySet:
        return visible(self.user, self.model).filter(public_id__in=public_ids)


class KnownRecord(forms.Form):
    """Mixed into forms that change a record: refuses what was typed over a state that is no longer stored.

    The page carries a digest of what it showed.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["seen"].initial = digest_of(self.initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen = cleaned.get("seen")
        if seen and seen != self.fields["seen"].initial:
            self.add_error(None, CHANGED)
        return cleaned


def digest_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of a form's values; rows count by primary key."""
    shown = {name: value.pk if isinstance(value, models.Model) else str(value) for name, value in values.items()}
    return hashlib.sha256(repr(sorted(shown.items())).encode()).hexdigest()


def offices_for(user: User, model: type[models.Model]) -> models.QuerySet[Office]:
    """The offices for which the user may log ``model``: those of the grants, all of the committee under a wide one."""
    allowed = models.Q(pk__in=[])
    for grant in grants_for(user, Verb.LOG, model):
        allowed |= models.Q(pk=grant.office_id) if grant.office_id else models.Q(committee=grant.committee_id)
    return visible(user, Office).filter(allowed).select_related("committee")


def serving(user: User, committee: Committee, day: datetime.date) -> models.QuerySet[Seat]:
    """Visible seats of a committee held on ``day``, with what a list of names shows."""
    seats = visible(user, Seat).filter(committee=committee).serving_on(day)
    return seats.select_related("member", "sector").in_stroke_order()


def office_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label="记录处室", queryset=Office.objects.none(), to_field_name="public_id")


def row_field(
    label: str, model: type[models.Model], required: bool = False, help_text: str = ""
) -> forms.ModelChoiceField:
    """A select of rows by public id; the form offers its rows with ``offer``."""
    return forms.ModelChoiceField(
        label=label,
        queryset=model._default_manager.none(),
        to_field_name="public_id",
        required=required,
        help_text=help_text,
    )


def year_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="年度",
        min_value=1954,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "“年度”不是年份，请填四位数字，例如 2026。",
            "min_value": "“年度”应在 1954 到 2100 之间，例如 2026。",
            "max_value": "“年度”应在 1954 到 2100 之间，例如 2026。",
        },
    )


def choices(*lists: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pairs in lists for pair in pairs if pair[0] != ""]


def form_page(
    request: HttpRequest,
    make_form: Callable[..., RecordForm],
    *,
    back: str,
    then: Callable[[Any], str] | None = None,
    template: str = "form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form and, when it is sent without errors, save it and go on.

    ``make_form(data)`` builds it; its ``save()`` returns the row, or None when a service refused. ``back``: where
    取消 leads; ``then(row)``: where saving leads (back when not given).
    """
    form = make_form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            row = form.save()
            if form.errors:
                # A form may call several services: all of them or none.
                transaction.set_rollback(True)
        if not form.errors:
            return redirect(then(row) if then else back)
    context = {"form": form, "title": form.title, "submit": form.submit, "back": back, **context}
    return render(request, template, context)
