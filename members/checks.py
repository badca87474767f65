"""Checks that every service makes before it writes, with sentences for the person who typed the value."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from members.models import Committee, Seat, User

LONGEST_CHOICES = 12


def check_fields(row: models.Model) -> None:
    """Check a row's own columns without a query (unlike ``full_clean``, so that thousands can be checked).

    Relations, uniqueness and constraints are left to the caller. ValidationError: {field: [Chinese sentence]}.
    """
    fields = {field.name: field for field in row._meta.concrete_fields}
    passed_over = [name for name, field in fields.items() if field.is_relation or field.primary_key]
    try:
        row.clean_fields(exclude=passed_over)
    except ValidationError as error:
        raise ValidationError(
            {
                name: [_sentence(fields[name], getattr(row, name), one) for one in found]
                for name, found in error.error_dict.items()
            }
        ) from error


def _sentence(field: models.Field, value: Any, error: ValidationError) -> str:
    label = f"“{field.verbose_name}”"
    if error.code in {"blank", "null"}:
        return f"{label}没有填，请填写。"
    if error.code == "max_length":
        return f"{label}有 {len(str(value))} 个字，最多 {field.max_length} 个字，请缩短。"
    if error.code == "invalid_choice":
        names = [str(name) for code, name in field.choices if code != ""]
        return f"{label}填的是“{value}”，应为{'、'.join(names[:LONGEST_CHOICES])}之一，请改选。"
    return f"{label}填的是“{value}”：{''.join(error.messages)}请改正。"


def check_same_committee(committee: Committee, **rows: Any) -> None:
    """Every row given by field name (None is passed over, lists are gone through) must be this committee's.

    ValidationError names the field and the row.
    """
    for field, given in rows.items():
        for row in given if isinstance(given, list | tuple) else [given]:
            if row is not None and row.committee_id != committee.pk:
                raise ValidationError({field: f"“{row}”不属于{committee.short_name}，请改选本委员会的。"})


def check_order(field: str, earlier: datetime.date | None, later: datetime.date | None, names: tuple[str, str]) -> None:
    """``later`` must not lie before ``earlier``; nothing to check when one of them is None."""
    if earlier is not None and later is not None and later < earlier:
        first, second = names
        raise ValidationError(
            {field: f"“{second}”是 {later}，早于“{first}”{earlier}。{second}不能早于{first}，请改正其中一个日期。"}
        )


def check_once(seats: Iterable[Seat], field: str, what: str) -> None:
    """The same seat must not be named twice."""
    met = set()
    for seat in seats:
        if seat.pk in met:
            raise ValidationError({field: f"“{seat}”在{what}中出现了两次，请只留一次。"})
        met.add(seat.pk)


def check_serving(seats: Iterable[Seat], day: datetime.date, field: str) -> None:
    """Everybody named must hold the seat on ``day``."""
    for seat in seats:
        if seat.joined_on > day or (seat.left_on is not None and seat.left_on < day):
            served = f"{seat.joined_on} 至 {seat.left_on or '今'}"
            raise ValidationError({field: f"{seat}的任期是 {served}，{day} 不在任期内。请核对姓名或日期。"})


def is_own(user: User | None, seats: Iterable[Seat]) -> bool:
    """Whether the user is the person of one of the seats."""
    return user is not None and user.member_id is not None and user.member_id in {seat.member_id for seat in seats}


def check_not_own(user: User | None, seats: Iterable[Seat], what: str) -> None:
    """Staff who are members themselves leave what decides on their own score to others."""
    if is_own(user, seats):
        raise ValidationError(f"这是您本人的履职，不能由本人{what}，请由他人{what}。")


def locked_state(row: models.Model) -> str:
    """The stored ``state`` of the row now, held until the transaction ends: of two who decide at once one waits.

    What was loaded before may be out of date.
    """
    states = type(row)._default_manager.select_for_update(no_key=True).filter(pk=row.pk)
    return states.values_list("state", flat=True).get()
