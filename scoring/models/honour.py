"""What people decide with the ranking before them, and beside it: 优秀名单, and 提醒、约谈. Neither touches a score."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.models import Subject
from members.scope import Scope
from scoring.models.assessment import Assessment


class CommendationQuerySet(models.QuerySet):
    def standing(self) -> "CommendationQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)


class Commendation(Tracked):
    """One name on a year's honour list (优秀委员 and the like), with the reason it was chosen for.

    A name taken off again keeps its row, with day, reason and who did it.
    """

    TITLE = "优秀委员"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="commendations", verbose_name="年度考核")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="commendations", verbose_name="对象")
    title = models.CharField("称号", max_length=40, default=TITLE)
    reason = models.CharField("理由", max_length=300)
    decided_on = models.DateField("决定日期")
    decided_by = models.ForeignKey("members.User", models.PROTECT, related_name="+", verbose_name="登记人")
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下人"
    )
    withdrawal = models.CharField("撤下理由", max_length=300, blank=True)

    objects = CommendationQuerySet.as_manager()

    class Meta:
        verbose_name = "优秀名单"
        verbose_name_plural = "优秀名单"
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(title=""), name="commendation_has_reason"),
            models.UniqueConstraint(
                fields=["assessment", "subject", "title"],
                condition=Q(withdrawn_on__isnull=True),
                name="commendation_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawal="")
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal="")),
                name="commendation_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.title}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")


class Talk(Tracked):
    """已提醒、已约谈: that somebody spoke with a member about the year, when, and what the list said of him then."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "提醒"
        TALK = "talk", "约谈"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="talks", verbose_name="年度考核")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="talks", verbose_name="对象")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    held_on = models.DateField("日期")
    note = models.CharField("说明", max_length=300, blank=True)
    reasons = models.CharField("当时的缘由", max_length=1000, blank=True)
    by = models.ForeignKey("members.User", models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "提醒约谈"
        verbose_name_plural = "提醒约谈"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["reminder", "talk"]), name="talk_kind"),
            models.UniqueConstraint(fields=["assessment", "subject", "kind", "held_on"], name="talk_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()} {self.held_on}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")
