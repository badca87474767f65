"""A gate's file and the hours it is read for."""

import datetime
from typing import Any

from django import forms
from django.core import signing

from activities.checkin_forms import clock_field
from activities.models import Sitting
from activities.rollcall import RollRow
from desk.gate import Arrivals, arrivals, read_passages
from desk.sheets.limits import SheetRefused
from members.columns import SheetProblem
from members.models import Seat

HOURS = {
    Sitting.Half.MORNING: ("06:00", "12:00"),
    Sitting.Half.AFTERNOON: ("12:00", "18:00"),
    Sitting.Half.WHOLE: ("06:00", "18:00"),
}
SALT = "desk.gate"
UNKNOWN_SHOWN = 100


class GateForm(forms.Form):
    """Reads the file; what was found travels in the page, signed, until it is confirmed."""

    use_required_attribute = False

    file = forms.FileField(
        label="文件",
        help_text=".xlsx 或 .csv，要有“时间”和“姓名”或“编号”列。先核对，确认以前不会写入任何记录。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": "没有选择文件。请选择闸机导出的 .xlsx 或 .csv 文件。",
            "missing": "没有选择文件。请选择闸机导出的 .xlsx 或 .csv 文件。",
            "empty": "文件是空的（0 字节）。请检查是否选错了文件，或重新导出。",
            "invalid": "没有收到文件。请重新选择文件再上传。",
        },
    )
    from_at = clock_field("从几点")
    to_at = clock_field("到几点", help_text="只读这段时间的记录，每人取最早的一条")
    late_after = clock_field("迟到从", required=False, help_text="这个时间以后到的记为迟到；不填就不记迟到")

    def __init__(self, data: Any, files: Any, *, sitting: Sitting, rows: list[RollRow], others: list[Seat]):
        hours = HOURS[Sitting.Half(sitting.half)]
        initial = {"from_at": hours[0], "to_at": hours[1], "late_after": sitting.late_after}
        super().__init__(data, files, initial=initial, label_suffix="")
        self.sitting, self.rows, self.others = sitting, rows, others
        self.found: Arrivals | None = None
        self.reason = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"file", "from_at", "to_at"} <= set(cleaned):
            return cleaned
        try:
            passages, errors, self.reason = read_passages(cleaned["file"].name, cleaned["file"].file, self.sitting)
        except (SheetRefused, SheetProblem) as problem:
            self.add_error("file", str(problem))
            return cleaned
        hours = (cleaned["from_at"], cleaned["to_at"])
        self.found = arrivals(passages, self.sitting, [row.seat for row in self.rows], self.others, hours)
        self.found.errors = errors
        return cleaned

    def packed(self) -> str:
        """What to confirm, for the page's hidden field: times as text, by primary key; the unknown by their place."""
        late = self.cleaned_data["late_after"]
        found = {
            "seats": {pk: at.isoformat() for pk, at in self.found.seats.items()},
            "unknown": [[one.called, one.at.isoformat()] for one, _ in self.found.unknown[:UNKNOWN_SHOWN]],
            "late": late.isoformat() if late else "",
            "reason": self.reason,
            "sitting": str(self.sitting.public_id),
        }
        return signing.dumps(found, salt=SALT, compress=True)


class Confirmed:
    """What the page sends back: the times of the seats, with those that somebody was chosen for among the unknown."""

    def __init__(self, packed: str, data: Any, *, sitting: Sitting, rows: list[RollRow]):
        """signing.BadSignature for anything that this page of this sitting did not make."""
        found = signing.loads(packed, salt=SALT)
        if found["sitting"] != str(sitting.public_id):
            raise signing.BadSignature("of another sitting")
        self.reason = found["reason"]
        self.late_after = datetime.time.fromisoformat(found["late"]) if found["late"] else None
        self.seats = {int(pk): datetime.time.fromisoformat(at) for pk, at in found["seats"].items()}
        keys = {row.key: row.seat.pk for row in rows}
        for number, (_, at) in enumerate(found["unknown"]):
            chosen = keys.get(data.get(f"who-{number}", ""))
            if chosen:
                self.seats.setdefault(chosen, datetime.time.fromisoformat(at))
