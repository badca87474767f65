"""承办: the units that answer a filed proposal, how they are urged, and what the office keeps about that."""

import datetime

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from audit.models import Tracked
from members.models import Committee
from members.scope import Scope

REPLY_CLASSES = (
    ("A", "所提问题已经解决或采纳"),
    ("B", "列入计划逐步解决或采纳"),
    ("C", "因条件限制暂不能解决"),
    ("D", "留作参考"),
)
DAYS_TO_REPLY = 90


class UndertakingQuerySet(models.QuerySet):
    def active(self) -> "UndertakingQuerySet":
        """Those that were not handed back."""
        return self.filter(handed_back_on__isnull=True)

    def waiting(self) -> "UndertakingQuerySet":
        """Those of filed proposals whose unit has not replied yet."""
        return self.active().filter(replied_on__isnull=True, proposal__state="filed")

    def with_term(self) -> "UndertakingQuerySet":
        """Each with ``term_on``, the day by which the reply is awaited now, and ``last_urged_on``.

        The day that was asked for when the unit was urged last; the due day otherwise.
        """
        urged = Urging.objects.filter(undertaking=OuterRef("pk")).order_by("-urged_on", "-pk")
        asked = urged.filter(next_due_on__isnull=False).values("next_due_on")[:1]
        return self.annotate(
            term_on=Coalesce(Subquery(asked), F("due_on")),
            last_urged_on=Subquery(urged.values("urged_on")[:1]),
        )

    def due_within(self, day: datetime.date, days: int) -> "UndertakingQuerySet":
        """Those whose reply is awaited from ``day`` on, at most ``days`` days later."""
        last = day + datetime.timedelta(days=days)
        return self.waiting().with_term().filter(term_on__gte=day, term_on__lte=last)

    def overdue(self, day: datetime.date) -> "UndertakingQuerySet":
        """Those whose reply was awaited before ``day``."""
        return self.waiting().with_term().filter(term_on__lt=day)


class Undertaking(Tracked):
    """承办: the unit that answers a filed proposal. A second handling is another row with the next ``round``."""

    class Role(models.TextChoices):
        MAIN = "main", "主办"
        JOINT = "joint", "会办"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="undertakings", verbose_name="提案")
    unit = models.CharField("承办单位", max_length=100)
    role = models.CharField("分工", max_length=5, choices=Role, default=Role.MAIN)
    round = models.PositiveSmallIntegerField("第几次办理", default=1)
    assigned_on = models.DateField("交办日期", null=True, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    note = models.CharField("交办说明", max_length=200, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    reply_class = models.CharField("答复类别", max_length=2, blank=True)
    reply_text = models.CharField("答复摘要", max_length=2000, blank=True)
    handed_back_on = models.DateField("退办日期", null=True, blank=True)
    handed_back_reason = models.CharField("退办理由", max_length=200, blank=True)

    objects = UndertakingQuerySet.as_manager()

    class Meta:
        verbose_name = "承办"
        verbose_name_plural = "承办"
        ordering = ["proposal", "round", "-role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "unit", "round"],
                condition=Q(handed_back_on__isnull=True),
                name="undertaking_unit_once",
            ),
            models.CheckConstraint(condition=Q(role__in=["main", "joint"]), name="undertaking_role"),
            models.CheckConstraint(condition=Q(round__gte=1), name="undertaking_round_from_one"),
            models.CheckConstraint(
                condition=Q(handed_back_on__isnull=True) | (~Q(handed_back_reason="") & Q(replied_on__isnull=True)),
                name="undertaking_handed_back_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(assigned_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("assigned_on")),
                name="undertaking_due_after_assignment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_role_display()}）"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="proposal__office", member=("proposal__proposers__seat__member",))


class Urging(Tracked):
    """催办: the office reminds a unit whose reply is awaited; ``next_due_on`` is the day asked for then."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    undertaking = models.ForeignKey(Undertaking, models.CASCADE, related_name="urgings", verbose_name="承办")
    urged_on = models.DateField("催办日期")
    note = models.CharField("催办情况", max_length=200)
    next_due_on = models.DateField("要求答复日期", null=True, blank=True)

    class Meta:
        verbose_name = "催办"
        verbose_name_plural = "催办"
        ordering = ["urged_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="urging_with_note"),
            models.CheckConstraint(
                condition=Q(next_due_on__isnull=True) | Q(next_due_on__gte=F("urged_on")),
                name="urging_asks_for_a_later_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.urged_on} {self.note}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(
            committee="committee",
            office="undertaking__proposal__office",
            member=("undertaking__proposal__proposers__seat__member",),
        )


class UndertakingUnit(Tracked):
    """A name of a unit that is offered when proposals are assigned; a new one is added as it is typed."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="undertaking_units", verbose_name="委员会")
    name = models.CharField("名称", max_length=100)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_open = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "承办单位名称"
        verbose_name_plural = "承办单位名称"
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="undertaking_unit_name_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class ReplyClass(Tracked):
    """What a letter of a reply means in this committee; REPLY_CLASSES where it has no rows."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="reply_classes", verbose_name="委员会")
    code = models.CharField("字母", max_length=2)
    meaning = models.CharField("含义", max_length=60)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "答复类别"
        verbose_name_plural = "答复类别"
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["committee", "code"], name="reply_class_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.meaning}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class HandlingSetting(Tracked):
    """How long units have to reply in this committee; DAYS_TO_REPLY where it has no row."""

    committee = models.OneToOneField(Committee, models.PROTECT, related_name="handling_setting", verbose_name="委员会")
    days_to_reply = models.PositiveSmallIntegerField("答复期限（天）", default=DAYS_TO_REPLY)

    class Meta:
        verbose_name = "提案办理设置"
        verbose_name_plural = "提案办理设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(days_to_reply__gte=1, days_to_reply__lte=730), name="handling_setting_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.days_to_reply} 天"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")
