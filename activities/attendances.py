"""Attendance at one sitting: what is written, and what is refused because somebody else was faster."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from activities.models import Attendance, Leave, Sitting
from audit.actions import act
from audit.history import create_all, delete_all, update_all
from members.checks import check_fields
from members.models import Grant, Seat, User
from members.signals import announce

# How one seat's mark at one sitting may be given: the outcome, or (outcome, kind of leave, part), or None for 未登记.
Mark = str | tuple[str, str, str] | None
NAMED_AT_MOST = 10


class ChangedSinceError(ValidationError):
    """Rows that somebody else changed after they were shown; nothing was written. ``stored``: {seat's key: mark}."""

    def __init__(self, sentences: list[str], stored: dict[int, Mark]):
        super().__init__({"marks": sentences})
        self.stored = stored


def record_attendance(
    *,
    user: User | None,
    sitting: Sitting,
    marks: Mapping[int, Mark],
    is_complete: bool | None = None,
    rest: str | None = None,
    seen: Mapping[int, Mark] | None = None,
    grant: Grant | None = None,
) -> int:
    """Write what the seats (by primary key) named in ``marks`` did at a sitting; returns how many rows changed.

    A mark of None takes the row away: 未登记 again. ``rest`` is the outcome for the invited who have no row after
    that; without it they stay unknown. ``is_complete`` True (登记完毕) is refused while anybody invited is unknown;
    None leaves it as it is. ``seen`` is what the seats' rows were when the user decided: a row that is something else by
    now is not written over. ValidationError: {"marks" | "is_complete": sentence}; ChangedSinceError for such rows.
    """
    with transaction.atomic():
        # Of two who save the same sitting one waits, and then sees what the other wrote.
        Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
        return _record_attendance(user, sitting, marks, is_complete, rest, seen or {}, grant)


def _record_attendance(
    user: User | None,
    sitting: Sitting,
    marks: Mapping[int, Mark],
    is_complete: bool | None,
    rest: str | None,
    seen: Mapping[int, Mark],
    grant: Grant | None,
) -> int:
    activity = sitting.activity
    invited = {row.seat_id: row.seat for row in activity.invitations.select_related("seat__member")}
    if strangers := set(marks) - set(invited):
        names = _names(Seat.objects.filter(pk__in=strangers).select_related("member"))
        raise ValidationError({"marks": f"{names}不在“{activity}”的应到名单中。请先补充应到名单，或核对姓名。"})
    rows = {row.seat_id: row for row in sitting.attendances.all()}
    wanted = {seat_id: _mark(mark) for seat_id, mark in marks.items()}
    _check_unchanged(invited, rows, wanted, seen)
    gone = [rows.pop(seat_id) for seat_id, mark in wanted.items() if mark is None and seat_id in rows]
    if rest is not None:
        wanted |= {seat_id: _mark(rest) for seat_id in invited if seat_id not in rows and wanted.get(seat_id) is None}
        gone = [row for row in gone if row.seat_id not in wanted]
    unknown = [seat for seat_id, seat in invited.items() if seat_id not in rows and wanted.get(seat_id) is None]
    if is_complete and unknown:
        raise ValidationError(
            {
                "is_complete": f"还有 {len(unknown)} 人未登记：{_names(unknown)}。请逐人标明，或把其余的人一并记为出席，再选“登记完毕”。"
            }
        )
    new, changed = _attendance_rows(sitting, invited, rows, wanted)
    is_flag_changed = is_complete is not None and sitting.is_complete != is_complete
    if not (gone or new or changed or is_flag_changed):
        return 0
    with act(user=user, verb="登记出席", grant=grant, committee=sitting.committee):
        delete_all(Attendance, gone)
        create_all(Attendance, new)
        update_all(Attendance, changed, ["outcome", "leave_kind", "part"])
        if is_flag_changed:
            sitting.is_complete = is_complete
            sitting.save()
        announce(Attendance, [("activity", activity.pk)])
    return len(gone) + len(new) + len(changed)


# ---------------------------------------------------------------- parts of the above
def _mark(mark: Mark) -> tuple[str, str, str] | None:
    return (mark, "", "") if isinstance(mark, str) else mark


def mark_in_words(mark: Mark) -> str:
    """A mark as a sentence names it: 请假（事假）, 出席（发言）, 未登记."""
    if mark is None:
        return "未登记"
    outcome, leave_kind, part = _mark(mark)
    notes = [dict(Leave.Kind.choices).get(leave_kind, leave_kind), Attendance.Part(part).label if part else ""]
    noted = "、".join(note for note in notes if note)
    return Attendance.Outcome(outcome).label + (f"（{noted}）" if noted else "")


def _check_unchanged(
    invited: Mapping[int, Seat],
    rows: Mapping[int, Attendance],
    wanted: Mapping[int, tuple[str, str, str] | None],
    seen: Mapping[int, Mark],
) -> None:
    """Refuse to write over a row that is neither what the user saw nor what the user wants; both values are named."""
    stored = {key: (row.outcome, row.leave_kind, row.part) for key, row in rows.items()}
    changed = {
        seat_id: stored.get(seat_id)
        for seat_id, mark in wanted.items()
        if seat_id in seen and stored.get(seat_id) not in (_mark(seen[seat_id]), mark)
    }
    if changed:
        sentences = [
            f"{invited[seat_id]}：别人已改为“{mark_in_words(mark)}”，您填的是“{mark_in_words(wanted[seat_id])}”，没有保存。"
            "请核对后再定。"
            for seat_id, mark in changed.items()
        ]
        raise ChangedSinceError(sentences, changed)


def _attendance_rows(
    sitting: Sitting,
    invited: Mapping[int, Seat],
    rows: Mapping[int, Attendance],
    wanted: Mapping[int, tuple[str, str, str] | None],
) -> tuple[list[Attendance], list[Attendance]]:
    """(rows to insert, rows to write) so that the sitting holds what is wanted; each checked."""
    new, changed = [], []
    for seat_id, mark in wanted.items():
        if mark is None:
            continue
        row = rows.get(seat_id) or Attendance(committee=sitting.committee, sitting=sitting, seat=invited[seat_id])
        if row.pk and (row.outcome, row.leave_kind, row.part) == mark:
            continue
        row.outcome, row.leave_kind, row.part = mark
        try:
            check_fields(row)
        except ValidationError as error:
            raise ValidationError({"marks": [f"{invited[seat_id]}：{text}" for text in error.messages]}) from error
        if row.leave_kind and row.outcome not in {Attendance.Outcome.LEAVE, Attendance.Outcome.EXEMPT}:
            raise ValidationError(
                {
                    "marks": f"{invited[seat_id]}记为“{row.get_outcome_display()}”，却填了请假类别。请改为“请假”，或清空类别。"
                }
            )
        (changed if row.pk else new).append(row)
    return new, changed


def _names(seats: Any) -> str:
    """At most NAMED_AT_MOST names for a message."""
    named = [str(seat) for seat in seats]
    return "、".join(named[:NAMED_AT_MOST]) + (f"等 {len(named)} 人" if len(named) > NAMED_AT_MOST else "")
