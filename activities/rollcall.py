"""出席登记: the form of one sitting. A row for everybody invited, and a box for exceptions by name."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities import services
from activities.models import Attendance, Leave, Sitting
from members.access import Verb, grants_for
from members.matching import Matcher
from members.models import Grant, Seat, User
from members.recording import NamesField

Outcome = Attendance.Outcome
MARKS = [
    ("", "？未登记"),
    (Outcome.PRESENT.value, "○ 出席"),
    (Outcome.LATE.value, "◇ 迟到"),
    (Outcome.LEFT_EARLY.value, "◇ 早退"),
    *((f"leave:{kind.value}", f"△ 请假（{kind.label}）") for kind in Leave.Kind),
    ("leave:", "△ 请假"),
    (Outcome.ABSENT.value, "× 缺席"),
    (Outcome.EXEMPT.value, "－ 免于出席"),
]
NAMES_OF_MARKS = dict(MARKS)
COMPLETE = "complete"
EXCEPTIONS = [pair for pair in MARKS if pair[0] not in {"", "leave:"}]
RESTS = [("", "保持未登记"), (Outcome.PRESENT.value, "一并记为出席")]


@dataclass(frozen=True, slots=True)
class RollRow:
    """One line of the table: the seat, and its mark and part as codes."""

    seat: Seat
    mark: str
    part: str
    part_label: str

    @property
    def key(self) -> str:
        return str(self.seat.public_id)

    @property
    def mark_name(self) -> str:
        return NAMES_OF_MARKS.get(self.mark, self.mark)


def roll_rows(sitting: Sitting, seats: list[Seat], attendances: list[Attendance]) -> list[RollRow]:
    """One row for each seat, in the order given; without an attendance it is 未登记."""
    known = {row.seat_id: row for row in attendances}
    return [_roll_row(seat, known.get(seat.pk)) for seat in seats]


def _roll_row(seat: Seat, row: Attendance | None) -> RollRow:
    if row is None:
        return RollRow(seat, "", "", "")
    is_leave = row.outcome == Outcome.LEAVE
    mark = f"leave:{row.leave_kind}" if is_leave else row.outcome
    return RollRow(seat, mark, row.part, row.get_part_display() if row.part else "")


class RollCallForm(forms.Form):
    """Saves only what differs from what the page showed, so two people at one sitting do not undo one another."""

    title = "出席登记"
    submit = "保存"
    use_required_attribute = False

    names = NamesField(label="姓名（选填）", required=False)
    names_mark = forms.ChoiceField(label="上面的人标为", choices=EXCEPTIONS, initial="leave:personal")
    rest = forms.ChoiceField(label="其余未登记的人", choices=RESTS, required=False)
    is_complete = forms.BooleanField(label="登记完毕", required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, user: User, sitting: Sitting, rows: list[RollRow]):
        marks = {row.key: [row.mark, row.part] for row in rows}
        shown = json.dumps(marks | {COMPLETE: sitting.is_complete}, separators=(",", ":"))
        super().__init__(data, initial={"is_complete": sitting.is_complete, "shown": shown}, label_suffix="")
        self.user, self.sitting, self.rows = user, sitting, rows
        self.grants: list[Grant] = grants_for(user, Verb.LOG, Attendance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        shown = self._shown()
        marks = self._changed_rows(shown)
        is_complete = bool(cleaned.get("is_complete"))
        cleaned["is_complete"] = None if is_complete == shown.get(COMPLETE) else is_complete
        found = Matcher(row.seat for row in self.rows).match(cleaned.get("names", ""))
        for problem in found.problems:
            self.add_error("names", problem.replace("没有找到", "不在应到名单中"))
        if "names_mark" in cleaned:
            marks |= {seat.pk: _mark(cleaned["names_mark"], "") for seat in found.seats}
        cleaned["marks"] = marks
        return cleaned

    def _shown(self) -> dict[str, Any]:
        """What the page showed, as it says itself; {} when that cannot be read, so that everything counts as changed."""
        try:
            shown = json.loads(self.cleaned_data.get("shown") or "{}")
        except ValueError:
            return {}
        return shown if isinstance(shown, dict) else {}

    def _changed_rows(self, shown: dict[str, Any]) -> dict[int, services.Mark]:
        """{seat's primary key: mark} of the selects that were changed on the page."""
        marks = {}
        for row in self.rows:
            asked = [self.data.get(f"mark-{row.key}", ""), self.data.get(f"part-{row.key}", "")]
            if f"mark-{row.key}" not in self.data or asked == shown.get(row.key):
                continue
            if asked[0] not in NAMES_OF_MARKS:
                self.add_error(None, f"{row.seat}的出席情况“{asked[0]}”不在可选范围内，请重新选择。")
                continue
            marks[row.seat.pk] = _mark(*asked)
        return marks

    def shown_rows(self) -> list[RollRow]:
        """The rows as typed, when the form comes back with errors."""
        if not self.is_bound:
            return self.rows
        return [
            RollRow(
                row.seat,
                self.data.get(f"mark-{row.key}", row.mark),
                self.data.get(f"part-{row.key}", row.part),
                row.part_label,
            )
            for row in self.rows
        ]

    def save(self) -> int | None:
        """How many rows changed, or None when the service refused."""
        given, activity = self.cleaned_data, self.sitting.activity
        fitting = (g for g in self.grants if g.office_id in {None, activity.office_id})
        try:
            return services.record_attendance(
                user=self.user,
                sitting=self.sitting,
                marks=given["marks"],
                rest=given["rest"] or None,
                is_complete=given["is_complete"],
                grant=next(fitting, None),
            )
        except ValidationError as error:
            for name, found in error.message_dict.items():
                self.add_error(name if name in self.fields else None, found)
            return None


def _mark(code: str, part: str) -> services.Mark:
    if not code:
        return None
    outcome, _, leave_kind = code.partition(":")
    return outcome, leave_kind, part
