"""出席登记: the form of one sitting. A row for everybody invited, and a box for exceptions by name."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities import services
from activities.models import Attendance, Leave, Sitting
from members.access import Verb, grants_for
from members.matching import Matcher
from members.models import Grant, Seat, User
from members.names import display_name
from members.recording import NamesField

Outcome = Attendance.Outcome
MARKS = [
    ("", "？未登记"),
    (Outcome.PRESENT.value, "○ 出席"),
    (Outcome.LATE.value, "◇ 迟到"),
    (Outcome.LEFT_EARLY.value, "◇ 早退"),
    (Outcome.PARTIAL.value, "◇ 部分参加"),
    *((f"leave:{kind.value}", f"△ 请假（{kind.label}）") for kind in Leave.Kind),
    ("leave:", "△ 请假"),
    (Outcome.ABSENT.value, "× 缺席"),
    (Outcome.EXEMPT.value, "－ 免于出席"),
]
NAMES_OF_MARKS = dict(MARKS)
COMPLETE = "complete"
CARRY = "carry"  # the name of the button 沿用上一半天的例外
EXCEPTIONS = [pair for pair in MARKS if pair[0] not in {"", "leave:"}]
ORDERS = [("", "按姓氏笔画"), ("place", "按座位"), ("sector", "按界别"), ("number", "按编号")]
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
    def name(self) -> str:
        """As official lists have it: 王　琛."""
        return display_name(self.seat.member.name)

    @property
    def state(self) -> str:
        """The outcome without the kind of leave, "" for 未登记: what the page colours by."""
        return self.mark.partition(":")[0]

    @property
    def excuse(self) -> str:
        """What a list to sign says of who need not come: 请假, 免于出席."""
        return Outcome(self.state).label if self.state in {Outcome.LEAVE, Outcome.EXEMPT} else ""

    @property
    def mark_name(self) -> str:
        return NAMES_OF_MARKS.get(self.mark, self.mark)


def roll_rows(sitting: Sitting, seats: list[Seat], attendances: list[Attendance]) -> list[RollRow]:
    """One row for each seat, in the order given; without an attendance it is 未登记."""
    known = {row.seat_id: row for row in attendances}
    return [_roll_row(seat, known.get(seat.pk)) for seat in seats]


def in_order(rows: list[RollRow], order: str) -> list[RollRow]:
    """The rows by one of ORDERS; what is equal, and any other order, stays as it was. Seat 2-3 comes before 2-10."""
    if order == "place":
        return sorted(rows, key=lambda row: (not row.seat.place, _natural(row.seat.place)))
    if order == "number":
        return sorted(rows, key=lambda row: _natural(row.seat.number))
    if order == "sector":
        return sorted(rows, key=lambda row: (row.seat.sector.position, row.seat.sector_id))
    return rows


def _natural(text: str) -> list[tuple[str, int]]:
    """Figures compare as numbers, what is between them as text."""
    return [(between, int(figure or 0)) for between, figure in re.findall(r"(\D*)(\d*)", text)]


def exceptions_of(attendances: Iterable[Attendance]) -> dict[str, tuple[str, str]]:
    """{seat's public id: (mark, "")} of those on leave, absent or exempt: what usually lasts to the next half-day."""
    lasting = {Outcome.LEAVE, Outcome.ABSENT, Outcome.EXEMPT}
    rows = [row for row in attendances if row.outcome in lasting]
    return {str(row.seat.public_id): (_roll_row(row.seat, row).mark, "") for row in rows}


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

    def __init__(
        self,
        data: Any,
        *,
        user: User,
        sitting: Sitting,
        rows: list[RollRow],
        carried: Mapping[str, tuple[str, str]] | None = None,
    ):
        marks = {row.key: [row.mark, row.part] for row in rows}
        shown = json.dumps(marks | {COMPLETE: sitting.is_complete}, separators=(",", ":"))
        super().__init__(data, initial={"is_complete": sitting.is_complete, "shown": shown}, label_suffix="")
        self.user, self.sitting, self.rows, self.carried = user, sitting, rows, carried or {}
        self.refused: set[int] = set()

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
            marks |= {seat.pk: mark_of(cleaned["names_mark"], "") for seat in found.seats}
        if CARRY in self.data:
            marks = self._carried_marks() | marks
        cleaned["marks"] = marks
        cleaned["seen"] = {row.seat.pk: mark_of(*shown[row.key]) for row in self.rows if is_pair(shown.get(row.key))}
        return cleaned

    def carried_json(self) -> str:
        """What the page's script takes over: {seat: [mark, part]}."""
        return json.dumps(self.carried, separators=(",", ":"))

    def _carried_marks(self) -> dict[int, services.Mark]:
        """The exceptions of the half-day before, for those of whom nothing is known yet."""
        unknown = [row for row in self.rows if row.mark == "" and row.key in self.carried]
        return {row.seat.pk: mark_of(*self.carried[row.key]) for row in unknown}

    def _shown(self) -> dict[str, Any]:
        """What the page showed, as it says itself; {} when that cannot be read, so that everything counts as changed."""
        try:
            shown = json.loads(self.cleaned_data.get("shown") or "{}")
        except (ValueError, RecursionError):
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
            marks[row.seat.pk] = mark_of(*asked)
        return marks

    def shown_rows(self) -> list[RollRow]:
        """The rows as typed, when the form comes back with errors; a row that was left alone as it is stored now."""
        if not self.is_bound:
            return self.rows
        shown = self._shown()
        return [self._shown_row(row, shown.get(row.key)) for row in self.rows]

    def _shown_row(self, row: RollRow, shown: Any) -> RollRow:
        mark, part = self.data.get(f"mark-{row.key}", row.mark), self.data.get(f"part-{row.key}", row.part)
        return row if [mark, part] == shown else RollRow(row.seat, mark, part, row.part_label)

    def save(self) -> int | None:
        """How many rows changed, or None when the service refused."""
        given = self.cleaned_data
        try:
            return services.record_attendance(
                user=self.user,
                sitting=self.sitting,
                marks=given["marks"],
                rest=given["rest"] or None,
                is_complete=given["is_complete"],
                seen=given["seen"],
                grant=attendance_grant(self.user, self.sitting),
            )
        except ValidationError as error:
            self.refused = set(getattr(error, "stored", ()))
            for name, found in error.message_dict.items():
                self.add_error(name if name in self.fields else None, found)
            return None

    def shown_now(self) -> str:
        """The hidden field of the page that goes out, which shows rows as stored now.

        A row that was typed over keeps what was seen then, until its user has been told of somebody else's change.
        """
        shown = json.loads(self.initial["shown"])
        if self.is_bound:
            before = self._shown()
            shown[COMPLETE] = before.get(COMPLETE, shown[COMPLETE])
            for old, row in zip(self.rows, self.shown_rows(), strict=True):
                if row is not old and old.seat.pk not in self.refused and is_pair(before.get(row.key)):
                    shown[row.key] = before[row.key]
        return self.fields["shown"].widget.render("shown", json.dumps(shown, separators=(",", ":")), {"id": "id_shown"})


def attendance_grant(user: User, sitting: Sitting) -> Grant | None:
    """The grant under which the user logs attendance at this sitting."""
    grants = grants_for(user, Verb.LOG, Attendance)
    return next((grant for grant in grants if grant.office_id in {None, sitting.activity.office_id}), None)


def mark_of(code: str, part: str) -> services.Mark:
    """("leave:sick", "") as the page names it → ("leave", "sick", "") as the services do; no code is 未登记."""
    if not code:
        return None
    outcome, _, leave_kind = code.partition(":")
    return outcome, leave_kind, part


def pair_of(mark: services.Mark) -> list[str]:
    """The reverse of ``mark_of``."""
    if mark is None:
        return ["", ""]
    outcome, leave_kind, part = (mark, "", "") if isinstance(mark, str) else mark
    return [f"leave:{leave_kind}" if outcome == Outcome.LEAVE else outcome, part]


def is_pair(value: Any) -> bool:
    """True for a [mark, part] of the known codes."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(code, str) for code in value)
        and value[0] in NAMES_OF_MARKS
        and value[1] in Attendance.Part.values
    )
