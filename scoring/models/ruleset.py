"""考核办法 as rows. The meaning of ``terms`` is the engine's dataclasses; the database never looks inside."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.models import Committee, Subject
from members.scope import Scope

LONGEST_CODE = 100  # of a rule, category, gate or grade


class RulesetQuerySet(models.QuerySet):
    def without_assessment(self) -> "RulesetQuerySet":
        """Approved, and the year they are about has not been opened."""
        from scoring.models.assessment import Assessment  # which imports rulesets from here

        same = {name: models.OuterRef(name) for name in ("committee", "year", "subject_kind")}
        return self.filter(~models.Exists(Assessment.objects.filter(**same)), state=Ruleset.State.APPROVED)


class Ruleset(Tracked):
    """One dated version of a committee's rules for a year and a kind of subject.

    From approval on, ``toml`` (canonical text) and ``digest`` (its SHA-256, hex) are what scoring compiles from.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        APPROVED = "approved", "已审定"
        REPLACED = "replaced", "已被新版替代"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="rulesets", verbose_name="委员会")
    year = models.PositiveSmallIntegerField("年度")
    subject_kind = models.CharField("考核对象", max_length=20, choices=Subject.Kind, default=Subject.Kind.MEMBER)
    version = models.PositiveSmallIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField("修订理由", max_length=500, blank=True)
    original = models.TextField(
        "办法原文", blank=True
    )  # what the regulation says, for whoever compares the rules with it
    switches = models.JSONField("总则", default=dict)
    toml = models.TextField("定稿文本", blank=True)
    digest = models.CharField("定稿 SHA-256", max_length=64, blank=True)
    approved_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审定人"
    )
    approved_at = models.DateTimeField("审定时间", null=True, blank=True)

    objects = RulesetQuerySet.as_manager()

    class Meta:
        verbose_name = "考核办法"
        verbose_name_plural = "考核办法"
        ordering = ["-year", "subject_kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "subject_kind", "version"], name="ruleset_version_once"
            ),
            models.UniqueConstraint(
                fields=["committee", "year", "subject_kind"],
                condition=Q(state="approved"),
                name="ruleset_one_approved_a_year",
            ),
            models.CheckConstraint(condition=Q(state__in=["draft", "approved", "replaced"]), name="ruleset_state"),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(toml="") & ~Q(digest="") & Q(approved_at__isnull=False)),
                name="ruleset_approved_has_text",
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="ruleset_revision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.year} 年第 {self.version} 版）"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class RulesetPart(Tracked):
    """A coded, ordered part of a ruleset with its terms."""

    code = models.CharField("代码", max_length=LONGEST_CODE)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    terms = models.JSONField("内容", default=dict)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="ruleset__committee")


class Category(RulesetPart):
    ruleset = models.ForeignKey(Ruleset, models.CASCADE, related_name="categories", verbose_name="考核办法")

    class Meta(RulesetPart.Meta):
        verbose_name = "计分类别"
        verbose_name_plural = "计分类别"
        constraints = [models.UniqueConstraint(fields=["ruleset", "code"], name="category_code_once")]


class Rule(RulesetPart):
    ruleset = models.ForeignKey(Ruleset, models.CASCADE, related_name="rules", verbose_name="考核办法")
    category = models.CharField("类别代码", max_length=LONGEST_CODE)
    clause = models.CharField("条款", max_length=100)
    valid_from = models.DateField("生效日期", null=True, blank=True)
    valid_to = models.DateField("失效日期", null=True, blank=True)

    class Meta(RulesetPart.Meta):
        verbose_name = "计分规则"
        verbose_name_plural = "计分规则"
        constraints = [
            models.UniqueConstraint(fields=["ruleset", "code"], name="rule_code_once"),
            models.CheckConstraint(condition=~Q(clause=""), name="rule_cites_its_clause"),
        ]


class Gate(RulesetPart):
    ruleset = models.ForeignKey(Ruleset, models.CASCADE, related_name="gates", verbose_name="考核办法")

    class Meta(RulesetPart.Meta):
        verbose_name = "必选项"
        verbose_name_plural = "必选项"
        constraints = [models.UniqueConstraint(fields=["ruleset", "code"], name="gate_code_once")]


class Grade(RulesetPart):
    ruleset = models.ForeignKey(Ruleset, models.CASCADE, related_name="grades", verbose_name="考核办法")

    class Meta(RulesetPart.Meta):
        verbose_name = "等次"
        verbose_name_plural = "等次"
        constraints = [models.UniqueConstraint(fields=["ruleset", "code"], name="grade_code_once")]
