"""会议活动: a meeting or activity with its half-days, and who was invited."""

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
