"""When members may check in at one sitting."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities.checkin import set_check_in
from activities.models import Sitting
from activities.rollcall import attendance_grant
from members.models import User

USUAL = {
    Sitting.Half.MORNING: ("08:00", "12:00"),
    Sitting.Half.AFTERNOON: ("13:30", "18:00"),
    Sitting.Half.WHOLE: ("08:00", "18:00"),
}


def clock_field(label: str, *, required: bool = True, help_text: str = "") -> forms.TimeField:
    """One text box for a time of the day: 8:30, 08：30 or 0830."""
    return ClockField(
        label=label if required else f"{label}（选填）",
        required=required,
        help_text=help_text,
        input_formats=["%H:%M", "%H%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off", "inputmode": "text", "size": 6}),
        error_messages={
            "required": f"“{label}”没有填，请填写，例如 08:30。",
            "invalid": f"“{label}”填的不是时间，请按 08:30 这样填写。",
        },
    )


class ClockField(forms.TimeField):
    def to_python(self, value: Any) -> datetime.time | None:
        return super().to_python(value.replace("：", ":").strip() if isinstance(value, str) else value)


class CheckInForm(forms.Form):
    use_required_attribute = False

    from_at = clock_field("签到开始")
    to_at = clock_field("签到结束")
    late_after = clock_field("迟到从", required=False, help_text="这个时间以后签到的记为迟到；不填就不记迟到")

    def __init__(self, data: Any, *, user: User, sitting: Sitting):
        usual = USUAL[Sitting.Half(sitting.half)]
        initial = {
            "from_at": sitting.check_in_from or usual[0],
            "to_at": sitting.check_in_to or usual[1],
            "late_after": sitting.late_after,
        }
        super().__init__(data, initial=initial, label_suffix="")
        self.user, self.sitting = user, sitting

    def save(self) -> bool:
        """False when the service refused, which is then among the errors."""
        try:
            set_check_in(
                user=self.user,
                sitting=self.sitting,
                **self.cleaned_data,
                grant=attendance_grant(self.user, self.sitting),
            )
        except ValidationError as error:
            for name, found in error.message_dict.items():
                self.add_error(name, found)
            return False
        return True
