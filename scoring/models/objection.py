"""更正申请 and 我已核对: what members say about their own report cards."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.models import Evidence, Tracked
from members.models import Office, Subject
from members.scope import Scope
from scoring.models.assessment import Assessment, ReportCard
from scoring.models.ruleset import LONGEST_CODE


class ObjectionQuerySet(models.QuerySet):
    def waiting(self) -> "ObjectionQuerySet":
        """Those not decided yet."""
        return self.filter(state__in=[Objection.State.OPEN, Objection.State.ANSWERED])

    def to_correct(self) -> "ObjectionQuerySet":
        """Accepted, but the correction has not reached the card."""
        return self.filter(state=Objection.State.ACCEPTED, corrected_at__isnull=True)

    def unfinished(self) -> "ObjectionQuerySet":
        return self.waiting() | self.to_correct()


class Objection(Tracked):
    """异议、更正申请: against one line of a card, or for something left out (``fact_key`` and ``rule`` empty).

    ``about`` is the line as it read when it was disputed. ``office`` (none: whoever records for the whole committee)
    answers and advises, somebody else decides. ``before`` is what the card's places and lines stood on, so that those
    whose place moves because of the correction can be told; see scoring/objections_told.py.
    """

    class State(models.TextChoices):
        OPEN = "open", "已收到"
        ANSWERED = "answered", "核实中"
        ACCEPTED = "accepted", "已更正"
        REFUSED = "refused", "未更正"

    class Advice(models.TextChoices):
        CORRECT = "correct", "建议更正"
        KEEP = "keep", "建议不更正"

    committee = models.ForeignKey("members.Committee", models.PROTECT, related_name="+", verbose_name="委员会")
    card = models.ForeignKey(ReportCard, models.CASCADE, related_name="objections", verbose_name="履职成绩单")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复处室")
    rule = models.CharField("规则代码", max_length=LONGEST_CODE, blank=True)
    fact_key = models.CharField("记录", max_length=200, blank=True)
    about = models.CharField("所指计分", max_length=500, blank=True)
    text = models.CharField("说明", max_length=1000)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    advice = models.CharField("处室意见", max_length=10, choices=Advice, blank=True)
    answer = models.CharField("答复", max_length=1000, blank=True)
    raised_by = models.ForeignKey("members.User", models.PROTECT, related_name="+", verbose_name="申请人")
    raised_at = models.DateTimeField("申请时间", default=timezone.now)
    answered_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision = models.CharField("决定理由", max_length=1000, blank=True)
    corrected_at = models.DateTimeField("更正计入时间", null=True, blank=True)
    before = models.JSONField("更正前", default=dict, editable=False)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "更正申请"
        verbose_name_plural = "更正申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "accepted", "refused"]), name="objection_state"
            ),
            models.CheckConstraint(condition=Q(advice__in=["", "correct", "keep"]), name="objection_advice"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("raised_by")) & ~Q(answer="")),
                name="objection_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True)
                | (~Q(answered_by=F("raised_by")) & ~Q(answer="") & ~Q(advice="") & Q(answered_at__isnull=False)),
                name="objection_answered_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_by__isnull=False), name="objection_answered"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(answered_by__isnull=True) | ~Q(decided_by=F("answered_by")),
                name="objection_decided_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True) | Q(state="accepted"), name="objection_corrected_if_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card.subject}：{self.about or '漏记'}"

    @property
    def words(self) -> str:
        """The state as the member reads it: agreed is not yet corrected."""
        if self.state == self.State.ACCEPTED and self.corrected_at is None:
            return "同意更正，正在改"
        return self.get_state_display()

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office", member=("card__subject__seat__member",))


class Confirmation(Tracked):
    """我已核对: which card a member has looked at and found in order, and how often he was reminded to do so.

    Without ``at`` nobody has confirmed yet. ``digest`` is that of the card's document as it was shown.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="confirmations", verbose_name="年度考核")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="confirmations", verbose_name="考核对象")
    at = models.DateTimeField("核对时间", null=True, blank=True)
    digest = models.CharField("所见明细 SHA-256", max_length=64, blank=True)
    total = models.IntegerField("所见总分（百分之一分）", null=True, blank=True)
    reminders = models.PositiveSmallIntegerField("提醒次数", default=0)

    class Meta:
        verbose_name = "核对确认"
        verbose_name_plural = "核对确认"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "subject"], name="confirmation_once"),
            models.CheckConstraint(
                condition=Q(at__isnull=True, digest="", total__isnull=True)
                | (Q(at__isnull=False, total__isnull=False) & ~Q(digest="")),
                name="confirmation_of_a_card",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {'已核对' if self.at else '未核对'}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee", member=("subject__seat__member",))
