"""A committee, its terms and its parts."""

import datetime

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from audit.models import Tracked
from members.scope import Scope

code_validator = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", "代码只能用小写字母、数字、短横线和下划线，例如 yunhe。")


class Committee(Tracked):
    """A local committee of the CPPCC; committees of an installation form a tree of levels."""

    class Level(models.TextChoices):
        NATION = "nation", "全国"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    code = models.SlugField("代码", unique=True, validators=[code_validator])
    name = models.CharField("名称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=40)
    level = models.CharField("级别", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级委员会"
    )
    is_demonstration = models.BooleanField("示例数据", default=False, editable=False)
    trusts_own_phones = models.BooleanField("委员可在自己的手机上 30 天免登录", default=False)

    class Meta:
        verbose_name = "委员会"
        verbose_name_plural = "委员会"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["nation", "province", "city", "county"]), name="committee_level"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="committee_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="")


class TermQuerySet(models.QuerySet):
    def on_date(self, day: datetime.date) -> "TermQuerySet":
        """Terms running on ``day``."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class Term(Tracked):
    """届: usually five years."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="terms", verbose_name="委员会")
    number = models.PositiveSmallIntegerField("届次")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "届"
        verbose_name_plural = "届"
        ordering = ["committee", "number"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "number"], name="term_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="term_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}届"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class Sector(Tracked):
    """界别, listed anew in every term."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="sectors", verbose_name="委员会")
    term = models.ForeignKey(Term, models.PROTECT, related_name="sectors", verbose_name="届")
    code = models.SlugField("代码", max_length=40)
    name = models.CharField("名称", max_length=40)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "界别"
        verbose_name_plural = "界别"
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["term", "name"], name="sector_name_once"),
            models.UniqueConstraint(fields=["term", "code"], name="sector_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class PartQuerySet(models.QuerySet):
    def open_on(self, day: datetime.date) -> "PartQuerySet":
        """Parts that still exist on ``day``."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day))


class CommitteePart(Tracked):
    """What special committees, groups and offices have in common: a named part of one committee.

    ``closed_on`` is its last day. What it was part of stays as it is; nothing new is recorded for it.
    """

    code = models.SlugField("代码", max_length=40)
    name = models.CharField("名称", max_length=60)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    closed_on = models.DateField("停用日期", null=True, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class SpecialCommittee(CommitteePart):
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="special_committees", verbose_name="委员会")

    class Meta(CommitteePart.Meta):
        verbose_name = "专门委员会"
        verbose_name_plural = "专门委员会"
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="special_committee_name_once"),
            models.UniqueConstraint(fields=["committee", "code"], name="special_committee_code_once"),
        ]


class Group(CommitteePart):
    """界别活动组、联络组、委员工作室."""

    class Kind(models.TextChoices):
        SECTOR_GROUP = "sector_group", "界别活动组"
        LIAISON_GROUP = "liaison_group", "联络组"
        STUDIO = "studio", "委员工作室"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="groups", verbose_name="委员会")
    kind = models.CharField("类型", max_length=20, choices=Kind)

    class Meta(CommitteePart.Meta):
        verbose_name = "活动组"
        verbose_name_plural = "活动组"
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="group_name_once"),
            models.UniqueConstraint(fields=["committee", "code"], name="group_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["sector_group", "liaison_group", "studio"]), name="group_kind"
            ),
        ]


class Office(CommitteePart):
    """处室、科室: 谁组织谁记录 – each office logs what it organised."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="offices", verbose_name="委员会")

    class Meta(CommitteePart.Meta):
        verbose_name = "处室"
        verbose_name_plural = "处室"
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="office_name_once"),
            models.UniqueConstraint(fields=["committee", "code"], name="office_code_once"),
        ]
