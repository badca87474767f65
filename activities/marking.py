"""出席登记 one mark at a time: what the page's script sends and is answered, as JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from activities import services
from activities.models import Attendance, Sitting
from activities.rollcall import RESTS, RollRow, attendance_grant, is_pair, mark_of, pair_of
from members.models import User

UNREADABLE = "这一页与服务器的程序不是同一版本，没有保存。请刷新页面后再登记。"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is wanted of one sitting, by the seats' primary keys, and what the page showed before."""

    marks: dict[int, services.Mark]
    seen: dict[int, services.Mark]
    rest: str | None
    is_complete: bool | None


def read_changes(body: bytes, rows: list[RollRow]) -> Changes:
    """``{"marks": {seat: {"seen": [mark, part], "mark": [mark, part]}}, "rest": "present" | "", "is_complete": bool | null}``.

    Seats by public id. ValidationError for anything else.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    marks = sent.get("marks") if isinstance(sent, dict) else None
    if not isinstance(marks, dict) or not all(map(_is_change, marks.values())):
        raise ValidationError({"marks": UNREADABLE})
    rest, is_complete = sent.get("rest", ""), sent.get("is_complete")
    # Lists, not sets: what is sent may be unhashable, and 1 is not True.
    if rest not in list(dict(RESTS)) or not (is_complete is None or isinstance(is_complete, bool)):
        raise ValidationError({"marks": UNREADABLE})
    keys = {row.key: row.seat.pk for row in rows}
    if set(marks) - set(keys):
        raise ValidationError({"marks": "名单中的人已被移出应到名单，没有保存。请刷新页面后再登记。"})
    return Changes(
        {keys[key]: mark_of(*change["mark"]) for key, change in marks.items()},
        {keys[key]: mark_of(*change["seen"]) for key, change in marks.items()},
        rest or None,
        is_complete,
    )


def _is_change(value: Any) -> bool:
    return isinstance(value, dict) and is_pair(value.get("seen")) and is_pair(value.get("mark"))


def save_changes(*, user: User, sitting: Sitting, rows: list[RollRow], body: bytes) -> tuple[int, dict[str, Any]]:
    """(HTTP status, answer). 200: {"marks": {seat: [mark, part]} of every seat with a row, "is_complete"}.

    400: {"errors": [sentence]}. 409, nothing written: {"errors", "conflicts": [[seat, [mark, part] stored, by whom]]}.
    """
    try:
        changes = read_changes(body, rows)
        services.record_attendance(
            user=user,
            sitting=sitting,
            marks=changes.marks,
            seen=changes.seen,
            rest=changes.rest,
            is_complete=changes.is_complete,
            grant=attendance_grant(user, sitting),
        )
    except services.ChangedSinceError as error:
        keys, names = {row.seat.pk: row.key for row in rows}, last_marked_by(sitting, error.stored)
        return 409, {
            "errors": error.messages,
            "conflicts": [
                [keys[seat_id], pair_of(mark), names.get(seat_id, "别人")] for seat_id, mark in error.stored.items()
            ],
        }
    except ValidationError as error:
        return 400, {"errors": error.messages}
    return 200, {"marks": stored_marks(sitting, rows), "is_complete": sitting.is_complete}


def last_marked_by(sitting: Sitting, seat_ids: Iterable[int]) -> dict[int, str]:
    """{seat's primary key: name of whoever wrote its mark last}."""
    rows = Attendance.history.filter(sitting=sitting, seat_id__in=list(seat_ids)).select_related("action__user")
    return {row.seat_id: str(row.action.user or "系统") for row in rows.order_by("history_id")}


def stored_marks(sitting: Sitting, rows: list[RollRow]) -> dict[str, list[str]]:
    """{seat's public id: [mark, part]} of every row as stored now."""
    keys = {row.seat.pk: row.key for row in rows}
    found = Attendance.objects.filter(sitting=sitting).values_list("seat_id", "outcome", "leave_kind", "part")
    return {keys[seat_id]: pair_of(mark) for seat_id, *mark in found if seat_id in keys}
