"""会议活动: a meeting or activity with its half-days, and who was invited."""

import datetime

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from audit.models import Tracked
from members.models import Committee, Group, Office, Seat, SpecialCommittee
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
    signup_until = models.DateField("报名截止", null=True, blank=True)
    signup_limit = models.PositiveSmallIntegerField("名额", null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "会议活动"
        verbose_name_plural = "会议活动"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind", "name", "starts_on"], name="activity_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_start"),
            models.CheckConstraint(condition=~Q(kind=""), name="activity_kind_given"),
            models.CheckConstraint(
                condition=Q(signup_until__isnull=True) | Q(signup_until__lte=F("ends_on"), is_mandatory=False),
                name="activity_signup_before_its_end",
            ),
            models.CheckConstraint(
                condition=Q(signup_limit__isnull=True) | Q(signup_limit__gt=0, signup_until__isnull=False),
                name="activity_limit_of_a_signup",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        member = ("invitations__seat__member", "offers__seat__member")
        return Scope(committee="committee", office="office", member=member)

    @property
    def is_by_signup(self) -> bool:
        """Whether nobody is invited by duty: expected are those who signed up."""
        return self.signup_until is not None


class Invitation(Tracked):
    """应到 kept as it was: who was invited, or has signed up where that is asked for; one row each."""

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


class Offer(Tracked):
    """报名对象 kept as it was: who may sign up, one row each. Who did has an Invitation."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="offers", verbose_name="会议活动")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="offers", verbose_name="委员")

    class Meta:
        verbose_name = "报名对象"
        verbose_name_plural = "报名对象"
        constraints = [models.UniqueConstraint(fields=["activity", "seat"], name="offer_once")]

    def __str__(self) -> str:
        return f"{self.activity} · {self.seat}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="activity__office", member=("seat__member",))


class SittingQuerySet(models.QuerySet):
    def over(self, now: datetime.datetime) -> "SittingQuerySet":
        """Those that have ended at local time ``now``: a morning by noon, an afternoon or a day by six."""
        ended = [half for half, hour in (("am", 12), ("pm", 18), ("day", 18)) if now.hour >= hour]
        return self.filter(Q(held_on__lt=now.date()) | Q(held_on=now.date(), half__in=ended))

    def with_outcomes(self, attendances: models.QuerySet) -> "SittingQuerySet":
        """Each with ``present_count``, ``leave_count``, ``absent_count``, ``marked_count`` over the attendances given."""
        outcomes = {"present": ["present", "late", "left_early", "partial"], "leave": ["leave"], "absent": ["absent"]}
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
    # 扫码签到, on the day itself in local time; without both ends it is closed. A gate's file is read by the last too.
    check_in_from = models.TimeField("签到开始", null=True, blank=True)
    check_in_to = models.TimeField("签到结束", null=True, blank=True)
    late_after = models.TimeField("迟到从", null=True, blank=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = "半天场次"
        verbose_name_plural = "半天场次"
        ordering = ["held_on", "half", "id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "held_on", "half"], name="sitting_once"),
            models.CheckConstraint(condition=Q(half__in=["am", "pm", "day"]), name="sitting_half"),
            models.CheckConstraint(
                condition=Q(check_in_from__isnull=True, check_in_to__isnull=True)
                | Q(check_in_to__gt=F("check_in_from")),
                name="sitting_check_in_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d}{self.get_half_display()}"

    def is_check_in_open(self, now: datetime.datetime) -> bool:
        """Whether members may check in by themselves at local time ``now``."""
        if self.check_in_from is None or self.check_in_to is None or now.date() != self.held_on:
            return False
        return self.check_in_from <= now.time() <= self.check_in_to

    def is_late(self, at: datetime.time) -> bool:
        """Whether who arrives at local time ``at`` is late; nobody is where staff set no time."""
        return self.late_after is not None and at > self.late_after

    @property
    def spoken(self) -> str:
        """“3月10日上午”, as people say it."""
        return f"{self.held_on.month}月{self.held_on.day}日{self.get_half_display()}"

    def before(self) -> SittingQuerySet:
        """The sittings of the same activity before this one, the latest first."""
        earlier = Q(held_on__lt=self.held_on) | Q(held_on=self.held_on, half__lt=self.half)
        return Sitting.objects.filter(earlier, activity=self.activity_id).order_by("-held_on", "-half")

    @classmethod
    def access_scope(cls) -> Scope:
        member = ("activity__invitations__seat__member", "activity__offers__seat__member")
        return Scope(committee="committee", office="activity__office", member=member)
