"""评价: what people say of somebody's year as a whole – the subject, colleagues by ballot, somebody outside."""

import datetime

from django.db import models
from django.db.models import F, Q

from audit.models import Evidence, Tracked
from members.models import Committee, Office, Subject
from members.scope import Scope
from scoring.models.assessment import Assessment
from scoring.models.ruleset import LONGEST_CODE


class AppraisalQuerySet(models.QuerySet):
    def about(self, text: str) -> "AppraisalQuerySet":
        """Those whose source, basis or member's name contains ``text``."""
        return self.filter(
            Q(source__icontains=text) | Q(basis__icontains=text) | Q(subject__seat__member__name__icontains=text)
        )

    def standing(self) -> "AppraisalQuerySet":
        """Those not refused."""
        return self.exclude(state=Appraisal.State.REFUSED)


class Appraisal(Tracked):
    """One figure under one rule of a year: given by ``source``, entered by a person, a fact once another approved it.

    ``points`` are hundredths. Of a peer part they are the mean of ``ballots`` ballots, and nothing is kept of who cast
    them. ``office`` is none where members hand in their own part themselves. What is given after the year's last day
    still belongs to the year: its fact is dated ``credited_on``. ``is_reference``: a self part that the rule shows
    beside the figure others decide, and does not count.
    """

    class By(models.TextChoices):
        SELF = "self", "自评"
        PEER = "peer", "互评"
        EXTERNAL = "external", "外部评价"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待复核"
        APPROVED = "approved", "已复核"
        REFUSED = "refused", "未通过"

    OWN, BALLOT = "本人自评", "民主测评"  # the sources of the self part and, unless named otherwise, of the peer part

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="appraisals", verbose_name="年度考核")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="appraisals", verbose_name="考核对象")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入处室")
    rule = models.CharField("规则代码", max_length=LONGEST_CODE)
    by = models.CharField("评价类别", max_length=10, choices=By)
    source = models.CharField("评价方", max_length=60)
    ballots = models.PositiveIntegerField("票数", null=True, blank=True)
    points = models.IntegerField("分值（百分之一分）")
    is_reference = models.BooleanField("仅作参考", default=False)
    given_on = models.DateField("评价日期")
    basis = models.CharField("依据", max_length=500, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    entered_by = models.ForeignKey("members.User", models.PROTECT, related_name="+", verbose_name="录入人")
    decided_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = "评价"
        verbose_name_plural = "评价"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "subject", "rule", "by", "source"],
                condition=~Q(state="refused"),
                name="appraisal_once_a_source",
            ),
            models.CheckConstraint(condition=Q(by__in=["self", "peer", "external"]), name="appraisal_by"),
            models.CheckConstraint(condition=Q(is_reference=False) | Q(by="self"), name="appraisal_reference_is_self"),
            models.CheckConstraint(condition=Q(state__in=["proposed", "approved", "refused"]), name="appraisal_state"),
            models.CheckConstraint(condition=~Q(rule="") & ~Q(source=""), name="appraisal_has_source"),
            models.CheckConstraint(
                condition=Q(by="self", ballots__isnull=True)
                | Q(by="peer", ballots__isnull=False, ballots__gte=1)
                | (Q(by="external") & (Q(ballots__isnull=True) | Q(ballots__gte=1))),
                name="appraisal_ballots",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=True, by="self")
                | (Q(office__isnull=False) & (~Q(basis="") | Q(evidence__isnull=False))),
                name="appraisal_entered_on_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False) & ~Q(decided_by=F("entered_by"))),
                name="appraisal_second_person",
                violation_error_message="评价须由另一人复核：录入人不能复核自己录入的评价。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_by_display()}"

    @property
    def credited_on(self) -> datetime.date:
        """The day of its fact: the day it was given, kept within the year."""
        return min(max(self.given_on, self.assessment.from_on), self.assessment.to_on)

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office", member=("subject__seat__member",))
