"""出席情况: what a seat did at a sitting."""

from django.db import models
from django.db.models import Q

from activities.models.activity import Sitting
from audit.models import Tracked
from members.models import Committee, Seat
from members.scope import Scope


class Attendance(Tracked):
    """What one seat did at one sitting. No row means 未登记: unknown is not absent."""

    class Outcome(models.TextChoices):
        PRESENT = "present", "出席"
        LATE = "late", "迟到"
        LEFT_EARLY = "left_early", "早退"
        PARTIAL = "partial", "部分参加"
        LEAVE = "leave", "请假"
        ABSENT = "absent", "缺席"
        EXEMPT = "exempt", "免于出席"

    class Part(models.TextChoices):
        NONE = "", "—"
        SPEAKER = "speaker", "发言"
        LEAD_WRITER = "lead_writer", "执笔"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="attendances", verbose_name="场次")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendances", verbose_name="委员")
    outcome = models.CharField("出席情况", max_length=12, choices=Outcome)
    leave_kind = models.CharField("请假类别", max_length=20, blank=True)
    part = models.CharField("担任角色", max_length=20, choices=Part, blank=True)

    class Meta:
        verbose_name = "出席情况"
        verbose_name_plural = "出席情况"
        constraints = [
            models.UniqueConstraint(fields=["sitting", "seat"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["present", "late", "left_early", "partial", "leave", "absent", "exempt"]),
                name="attendance_outcome",
            ),
            models.CheckConstraint(
                condition=Q(leave_kind="") | Q(outcome__in=["leave", "exempt"]), name="attendance_leave_kind_on_leave"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.sitting} · {self.get_outcome_display()}"

    @classmethod
    def words_of_codes(cls) -> dict[str, dict[str, str]]:
        """What a history calls the codes of a column that has no choices of its own."""
        from activities.models.leave import Leave  # which knows sittings

        return {"leave_kind": dict(Leave.Kind.choices)}

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="sitting__activity__office", member=("seat__member",))
