"""年度考核: one per committee, year and kind of subject, with its cards and what people decide beside them."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.models import Evidence, Identified, Tracked
from members.models import Committee, Office, Subject
from members.scope import Scope
from scoring.models.ruleset import LONGEST_CODE, Ruleset


class Assessment(Tracked):
    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        RECORDING = "recording", "记录中"
        DATA_CHECK = "data_check", "数据核对"
        MEMBER_CHECK = "member_check", "委员核对"
        APPROVED = "approved", "审定"
        PUBLISHED = "published", "公布"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="assessments", verbose_name="委员会")
    year = models.PositiveSmallIntegerField("年度")
    subject_kind = models.CharField("考核对象", max_length=20, choices=Subject.Kind, default=Subject.Kind.MEMBER)
    ruleset = models.ForeignKey(Ruleset, models.PROTECT, related_name="assessments", verbose_name="考核办法")
    from_on = models.DateField("起始日期")
    to_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    placed_at = models.DateTimeField("排名时间", null=True, blank=True)
    member_check_until = models.DateField("委员核对截止日期", null=True, blank=True)

    class Meta:
        verbose_name = "年度考核"
        verbose_name_plural = "年度考核"
        ordering = ["-year", "subject_kind"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "subject_kind"], name="assessment_once_a_year"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="assessment_window"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "recording", "data_check", "member_check", "approved", "published"]),
                name="assessment_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee.short_name} {self.year} 年度{self.get_subject_kind_display()}考核"

    @property
    def takes_objections(self) -> bool:
        """Members may object from the first record to the last day of the checking window."""
        states = {self.State.RECORDING, self.State.DATA_CHECK, self.State.MEMBER_CHECK}
        return self.state in states and not self.is_check_over

    @property
    def is_check_over(self) -> bool:
        return self.member_check_until is not None and timezone.localdate() > self.member_check_until

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class ReportCard(Identified):
    """履职成绩单: one subject's result, with every line.

    ``document`` is the engine's canonical JSON text; ``digest`` is the SHA-256 of exactly those bytes. Points are in
    hundredths. Place, grade and what goes with them are set when the assessment is placed, and are empty for subjects
    not ranked. ``standing`` is the little of the document that placing needs, so that it need not read all documents.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="cards", verbose_name="年度考核")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="cards", verbose_name="考核对象")
    total = models.IntegerField("总分（百分之一分）")
    is_ranked = models.BooleanField("参加排名", default=True)
    not_ranked_reason = models.CharField("不排名的理由", max_length=200, blank=True)
    cohort = models.CharField("同类范围", max_length=200, blank=True)
    place = models.PositiveIntegerField("名次", null=True, blank=True)
    grade = models.CharField("等次", max_length=40, blank=True)
    grade_reason = models.CharField("等次说明", max_length=300, blank=True)
    among = models.PositiveIntegerField("同类人数", default=0)
    tied = models.PositiveIntegerField("并列人数", default=0)
    band = models.CharField("档次", max_length=40, blank=True)
    outside_places = models.JSONField("单列项目名次", default=dict)
    standing = models.TextField("排名依据", blank=True)
    document = models.TextField("得分明细")
    digest = models.CharField("明细 SHA-256", max_length=64)
    ruleset_digest = models.CharField("办法 SHA-256", max_length=64)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = "履职成绩单"
        verbose_name_plural = "履职成绩单"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "subject"], name="card_once"),
            models.CheckConstraint(condition=Q(is_ranked=True) | Q(place__isnull=True), name="card_place_if_ranked"),
        ]
        indexes = [models.Index(fields=["assessment", "-total"], name="card_by_total")]

    def __str__(self) -> str:
        return f"{self.subject} {self.total / 100:.2f}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee", member=("subject__seat__member",))


class AdjustmentQuerySet(models.QuerySet):
    def about(self, text: str) -> "AdjustmentQuerySet":
        """Those whose reason or member's name contains ``text``."""
        return self.filter(Q(reason__icontains=text) | Q(subject__seat__member__name__icontains=text))


class Adjustment(Tracked):
    """加减分（人工）: the only thing entered by hand; approved by a second person it is a fact like any other."""

    class Effect(models.TextChoices):
        POINTS = "points", "加减分"
        VETO = "veto", "一票否决"
        EXEMPTION = "exemption", "免于考核"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待复核"
        APPROVED = "approved", "已复核"
        REFUSED = "refused", "未通过"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="提出处室")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="adjustments", verbose_name="考核对象")
    effect = models.CharField("类别", max_length=10, choices=Effect, default=Effect.POINTS)
    rule = models.CharField("规则代码", max_length=LONGEST_CODE, blank=True)
    points = models.IntegerField("分值（百分之一分）", null=True, blank=True)
    happened_on = models.DateField("日期")
    reason = models.CharField("理由", max_length=500)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey("members.User", models.PROTECT, related_name="+", verbose_name="提出人")
    decided_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = "人工加减分"
        verbose_name_plural = "人工加减分"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_has_reason"),
            models.CheckConstraint(condition=Q(effect__in=["points", "veto", "exemption"]), name="adjustment_effect"),
            models.CheckConstraint(condition=Q(state__in=["proposed", "approved", "refused"]), name="adjustment_state"),
            models.CheckConstraint(
                condition=~Q(effect="points") | (Q(points__isnull=False) & ~Q(rule="")),
                name="adjustment_points_of_rule",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="adjustment_second_person",
                violation_error_message="人工加减分须由另一人复核：提出人不能复核自己提出的加减分。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_effect_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office", member=("subject__seat__member",))
