"""Meetings and activities, who was invited, who came; and the other contributions of members."""

import uuid

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from audit.models import Evidence, Tracked
from members.models import Committee, Group, Office, Seat, SpecialCommittee, Subject
from members.scope import Scope


class ActivityQuerySet(models.QuerySet):
    def with_turnout(self) -> "ActivityQuerySet":
        """Each with ``invited_count``, ``sitting_count`` and ``complete_count`` (sittings 登记完毕)."""
        sittings = Sitting.objects.filter(activity=OuterRef("pk"))
        return self.annotate(
            invited_count=_counted(Invitation.objects.filter(activity=OuterRef("pk"))),
            sitting_count=_counted(sittings),
            complete_count=_counted(sittings.filter(is_complete=True)),
        )

    def not_fully_recorded(self) -> "ActivityQuerySet":
        """Those with a sitting that is not 登记完毕."""
        return self.filter(Exists(Sitting.objects.filter(activity=OuterRef("pk"), is_complete=False)))


def _counted(rows: models.QuerySet) -> Coalesce:
    """The number of ``rows`` of each outer row, as a subquery: joins of two to-many relations would multiply."""
    counted = rows.order_by().values("activity").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


class Activity(Tracked):
    """A meeting or an activity: one or more sittings under one name."""

    class Kind(models.TextChoices):
        PLENARY = "plenary", "全体会议"
        STANDING_MEETING = "standing_meeting", "常委会议"
        CHAIR_MEETING = "chair_meeting", "主席会议"
        CONSULTATION = "consultation", "协商"
        INSPECTION = "inspection", "视察"
        RESEARCH = "research", "调研"
        OVERSIGHT = "oversight", "民主监督"
        STUDY = "study", "学习培训"
        SECTOR_ACTIVITY = "sector_activity", "界别活动"
        COMMITTEE_ACTIVITY = "committee_activity", "专委会活动"
        OTHER_ACTIVITY = "other_activity", "其他活动"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="activities", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, related_name="activities", verbose_name="组织处室")
    kind = models.CharField("类型", max_length=30, choices=Kind)
    name = models.CharField("名称", max_length=200)
    place = models.CharField("地点", max_length=100, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    is_mandatory = models.BooleanField("应当参加", default=True)
    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办专委会"
    )
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办活动组")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "会议活动"
        verbose_name_plural = "会议活动"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind", "name", "starts_on"], name="activity_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_start"),
            models.CheckConstraint(condition=~Q(kind=""), name="activity_kind_given"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office", member=("invitations__seat__member",))


class Invitation(Tracked):
    """应到范围 kept as it was: who was invited, one row each."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="invitations", verbose_name="会议活动")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="invitations", verbose_name="委员")

    class Meta:
        verbose_name = "应到"
        verbose_name_plural = "应到"
        constraints = [models.UniqueConstraint(fields=["activity", "seat"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.activity} · {self.seat}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="activity__office", member=("seat__member",))


class SittingQuerySet(models.QuerySet):
    def with_outcomes(self, attendances: models.QuerySet) -> "SittingQuerySet":
        """Each with ``present_count``, ``leave_count``, ``absent_count``, ``marked_count`` over the attendances given."""
        outcomes = {"present": ["present", "late", "left_early"], "leave": ["leave"], "absent": ["absent"]}
        known = Q(attendances__in=attendances)
        counts = {
            f"{name}_count": Count("attendances", filter=known & Q(attendances__outcome__in=codes))
            for name, codes in outcomes.items()
        }
        return self.annotate(marked_count=Count("attendances", filter=known), **counts)


class Sitting(Tracked):
    """半天: the unit of attendance."""

    class Half(models.TextChoices):
        MORNING = "am", "上午"
        AFTERNOON = "pm", "下午"
        WHOLE = "day", "全天"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="sittings", verbose_name="会议活动")
    held_on = models.DateField("日期")
    half = models.CharField("时段", max_length=3, choices=Half, default=Half.WHOLE)
    is_complete = models.BooleanField("登记完毕", default=False)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = "半天场次"
        verbose_name_plural = "半天场次"
        ordering = ["held_on", "half", "id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "held_on", "half"], name="sitting_once"),
            models.CheckConstraint(condition=Q(half__in=["am", "pm", "day"]), name="sitting_half"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d}{self.get_half_display()}"

    def before(self) -> SittingQuerySet:
        """The sittings of the same activity before this one, the latest first."""
        earlier = Q(held_on__lt=self.held_on) | Q(held_on=self.held_on, half__lt=self.half)
        return Sitting.objects.filter(earlier, activity=self.activity_id).order_by("-held_on", "-half")

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="activity__office", member=("activity__invitations__seat__member",))


class Attendance(Tracked):
    """What one seat did at one sitting. No row means 未登记: unknown is not absent."""

    class Outcome(models.TextChoices):
        PRESENT = "present", "出席"
        LATE = "late", "迟到"
        LEFT_EARLY = "left_early", "早退"
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
                condition=Q(outcome__in=["present", "late", "left_early", "leave", "absent", "exempt"]),
                name="attendance_outcome",
            ),
            models.CheckConstraint(
                condition=Q(leave_kind="") | Q(outcome__in=["leave", "exempt"]), name="attendance_leave_kind_on_leave"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.sitting} · {self.get_outcome_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="sitting__activity__office", member=("seat__member",))


class Leave(Tracked):
    """请假: asked by or for a member, decided by the approver; covers the whole activity or a run of sittings."""

    class State(models.TextChoices):
        APPLIED = "applied", "待审批"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"

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
    decided_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )

    class Meta:
        verbose_name = "请假"
        verbose_name_plural = "请假"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["applied", "approved", "refused"]), name="leave_state"),
            models.CheckConstraint(
                condition=Q(state="applied") | Q(decided_by__isnull=False), name="leave_decided_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.activity} · {self.get_state_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="activity__office", member=("seat__member",))


class ContributionKind(Tracked):
    """A kind of contribution the office may log; local kinds have codes that begin with ``x-``."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="contribution_kinds", verbose_name="委员会")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=60)
    unit = models.CharField("单位", max_length=10, default="次")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_open = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "履职记录类型"
        verbose_name_plural = "履职记录类型"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "code"], name="contribution_kind_code_once"),
            models.UniqueConstraint(fields=["committee", "name"], name="contribution_kind_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class ContributionQuerySet(models.QuerySet):
    def verified(self) -> "ContributionQuerySet":
        """Those that are facts: logged or confirmed by staff."""
        return self.filter(state="verified")

    def about(self, text: str) -> "ContributionQuerySet":
        """Those whose title or member's name contains ``text``."""
        return self.filter(Q(title__icontains=text) | Q(subject__seat__member__name__icontains=text))


class Contribution(Tracked):
    """大会发言、调研报告、文史资料、公益、荣誉、扣分 …: what was done, never what it is worth."""

    class State(models.TextChoices):
        REPORTED = "reported", "待核实"
        VERIFIED = "verified", "已核实"
        RETURNED = "returned", "已退回"

    class Level(models.TextChoices):
        NONE = "", "—"
        COUNTY = "county", "县级"
        CITY = "city", "市级"
        PROVINCE = "province", "省级"
        NATION = "nation", "国家级"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="contributions", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, related_name="contributions", verbose_name="记录处室")
    kind = models.ForeignKey(ContributionKind, models.PROTECT, related_name="contributions", verbose_name="类型")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="contributions", verbose_name="对象")
    title = models.CharField("事项", max_length=200)
    happened_on = models.DateField("日期")
    level = models.CharField("级别", max_length=10, choices=Level, blank=True)
    role = models.CharField("角色", max_length=20, blank=True)
    quantity = models.DecimalField("数量", max_digits=7, decimal_places=2, default=1)
    position = models.PositiveSmallIntegerField("署名次序", default=1)
    sharers = models.PositiveSmallIntegerField("署名人数", default=1)
    work = models.UUIDField("同一成果", default=uuid.uuid4, db_index=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.VERIFIED)
    return_reason = models.CharField("退回理由", max_length=200, blank=True)
    reported_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报人"
    )
    verified_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="contributions", verbose_name="佐证材料"
    )

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = "履职记录"
        verbose_name_plural = "履职记录"
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "kind", "subject", "title", "happened_on"], name="contribution_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="contribution_quantity_positive"),
            models.CheckConstraint(
                condition=Q(position__gte=1, sharers__gte=F("position")), name="contribution_position_among_sharers"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "verified", "returned"]), name="contribution_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""), name="contribution_returned_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office", member=("subject__seat__member",))
