"""请假: asked by or for a member, decided by the approver."""

from django.db import models
from django.db.models import Q

from activities.models.activity import Activity, Sitting
from audit.models import Tracked
from members.models import Committee, Seat
from members.scope import Scope


class LeaveRule(Tracked):
    """准假权限: up to how many half-days of one kind of meeting the organising office decides on leave.

    ``office_limit`` None: of any length; 0: never. What it does not decide the chair's office does.
    """

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="leave_rules", verbose_name="委员会")
    kind = models.CharField("会议类型", max_length=30, choices=Activity.Kind)
    office_limit = models.PositiveSmallIntegerField("组织处室可批的半天数", null=True, blank=True)

    class Meta:
        verbose_name = "准假权限"
        verbose_name_plural = "准假权限"
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind"], name="leave_rule_once_a_kind"),
            models.CheckConstraint(condition=~Q(kind=""), name="leave_rule_kind_given"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class LeaveQuerySet(models.QuerySet):
    def with_all_named(self) -> "LeaveQuerySet":
        """With the rows whose names a list shows."""
        return self.select_related(
            *("activity__office", "seat__member", "seat__sector", "first_sitting", "last_sitting", "decided_by")
        )

    def about(self, text: str) -> "LeaveQuerySet":
        """Those whose meeting's or member's name contains ``text``."""
        return self.filter(Q(activity__name__icontains=text) | Q(seat__member__name__icontains=text))


class Leave(Tracked):
    """请假: asked by or for a member, decided by the approver; covers the whole activity or a run of sittings."""

    class State(models.TextChoices):
        APPLIED = "applied", "待审批"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"

    class Approver(models.TextChoices):
        OFFICE = "office", "组织处室"
        CHAIR = "chair", "主席办公室"

    class Kind(models.TextChoices):
        OFFICIAL = "official", "公务"
        SICK = "sick", "病假"
        PERSONAL = "personal", "事假"
        OTHER = "other", "其他"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="leaves", verbose_name="会议活动")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="leaves", verbose_name="委员")
    first_sitting = models.ForeignKey(
        Sitting, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="起始场次"
    )
    last_sitting = models.ForeignKey(
        Sitting, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="结束场次"
    )
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.PERSONAL)
    reason = models.CharField("事由", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.APPLIED)
    approver = models.CharField("审批方", max_length=10, choices=Approver, default=Approver.OFFICE)
    answer = models.CharField("不同意的理由", max_length=200, blank=True)
    decided_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "请假"
        verbose_name_plural = "请假"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["applied", "approved", "refused"]), name="leave_state"),
            models.CheckConstraint(
                condition=Q(state="applied") | Q(decided_by__isnull=False), name="leave_decided_by_somebody"
            ),
            models.CheckConstraint(condition=Q(approver__in=["office", "chair"]), name="leave_approver"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="leave_refused_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.activity} · {self.get_state_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="activity__office", member=("seat__member",))
