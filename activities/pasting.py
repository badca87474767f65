"""粘贴名单: the list, then what was recognised in it, then the marks. Two plain forms on one page."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities import services
from activities.models import Sitting
from activities.pasted import Entry, parse
from activities.rollcall import EXCEPTIONS, NAMES_OF_MARKS, RollRow, attendance_grant, is_pair, mark_of
from members.matching import Matcher
from members.models import User

LONGEST = 20_000
KEEPS_PART = {"present", "late", "left_early", "partial"}


class PasteForm(forms.Form):
    """Reads the list (``entries``), and saves what the user confirmed of it (``save``)."""

    use_required_attribute = False

    text = forms.CharField(
        label="名单",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="从微信等处复制来的文字，例如：请假：张三、李四 王五，赵六（上午）",
        error_messages={
            "required": "“名单”没有填，请把名单粘贴进来。",
            "max_length": "“名单”有 %(show_value)d 个字，最多 %(limit_value)d 个字，请分几次粘贴。",
        },
    )
    mark = forms.ChoiceField(
        label="没有写明的记为",
        choices=EXCEPTIONS,
        initial="leave:personal",
        error_messages={"invalid_choice": "“没有写明的记为”选的不在可选范围内，请重新选择。"},
    )

    def __init__(self, data: Any, *, user: User, sitting: Sitting, rows: list[RollRow]):
        super().__init__(data, label_suffix="")
        self.user, self.sitting, self.rows = user, sitting, {row.key: row for row in rows}
        self.refused: set[int] = set()

    def entries(self) -> list[dict[str, Any]]:
        """What the page shows of each entry: the entry, whom it may mean, and what is chosen so far."""
        found = parse(
            self.cleaned_data["text"], Matcher(row.seat for row in self.rows.values()), self.cleaned_data["mark"]
        )
        return [self._shown(number, entry) for number, entry in enumerate(found)]

    def _shown(self, number: int, entry: Entry) -> dict[str, Any]:
        candidates = [self.rows[str(seat.public_id)] for seat in entry.candidates]
        is_here = entry.is_about(self.sitting.half)
        chosen = candidates[0].key if entry.is_sure and is_here else ""
        return {
            "entry": entry,
            "is_here": is_here,
            "candidates": candidates,
            "who": self.data.get(f"who-{number}", chosen),
            "mark": self.data.get(f"mark-{number}", entry.mark),
        }

    def shown(self, entries: list[dict[str, Any]]) -> str:
        """The marks that the page shows, for the hidden field; the user has been told of those in ``refused``."""
        before = self._seen()
        shown = {}
        for entry in entries:
            for row in entry["candidates"]:
                is_known = row.key in before and row.seat.pk not in self.refused
                shown[row.key] = before[row.key] if is_known else [row.mark, row.part]
        return json.dumps(shown, separators=(",", ":"))

    def _seen(self) -> dict[str, list[str]]:
        try:
            shown = json.loads(self.data.get("shown") or "{}")
        except (ValueError, RecursionError):
            return {}
        return {key: pair for key, pair in shown.items() if is_pair(pair)} if isinstance(shown, dict) else {}

    def save(self, entries: list[dict[str, Any]]) -> int | None:
        """How many rows changed, or None when something is wrong, which is then among the errors."""
        marks = {}
        for entry in entries:
            if not entry["who"]:
                continue
            row = self.rows.get(entry["who"])
            if row is None or entry["mark"] not in NAMES_OF_MARKS or not entry["mark"]:
                self.add_error(None, f"“{entry['entry'].text}”选的不在可选范围内，请重新选择。")
                continue
            marks[row.seat.pk] = mark_of(entry["mark"], row.part if entry["mark"] in KEEPS_PART else "")
        if self.errors:
            return None
        if not marks:
            self.add_error(None, "名单里没有选定任何人，没有保存。请在“是谁”里选人，或改名单后重新核对。")
            return None
        try:
            return services.record_attendance(
                user=self.user,
                sitting=self.sitting,
                marks=marks,
                seen={self.rows[key].seat.pk: mark_of(*pair) for key, pair in self._seen().items() if key in self.rows},
                grant=attendance_grant(self.user, self.sitting),
            )
        except ValidationError as error:
            self.refused = set(getattr(error, "stored", ()))
            self.add_error(None, error.messages)
            return None
