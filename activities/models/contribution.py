"""Contributions of members other than attendance, proposals and reports."""

import uuid

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from audit.models import Evidence, Tracked
from members.models import Committee, Office, Subject
from members.scope import Scope

LOCAL = "x-"


class ContributionKindQuerySet(models.QuerySet):
    def reportable(self) -> "ContributionKindQuerySet":
        """Those that members may hand in themselves today."""
        return self.filter(is_open=True, is_reportable=True)

    def with_use(self) -> "ContributionKindQuerySet":
        """Each with ``used_count``, the contributions of this kind in any state."""
        return self.annotate(used_count=Count("contributions"))


class ContributionKind(Tracked):
    """A kind of contribution the office may log; local kinds have codes that begin with ``x-``.

    ``is_reportable``: members may hand it in themselves, ``office`` then looks at it (None: the committee's first).
    """

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="contribution_kinds", verbose_name="委员会")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=60)
    unit = models.CharField("单位", max_length=10, default="次")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_open = models.BooleanField("在用", default=True)
    is_reportable = models.BooleanField("委员可以自己申报", default=False)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由哪个处室核实"
    )

    objects = ContributionKindQuerySet.as_manager()

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

    @property
    def is_local(self) -> bool:
        return self.code.startswith(LOCAL)

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class ContributionQuerySet(models.QuerySet):
    def verified(self) -> "ContributionQuerySet":
        """Those that are facts: logged or confirmed by staff."""
        return self.filter(state="verified")

    def with_bodies(self) -> "ContributionQuerySet":
        """Each with ``lead_sector`` and ``lead_special``, names of its member's sector and special committee.

        What a special committee did itself is its own; what groups did is neither's.
        """
        return self.annotate(
            lead_sector=F("subject__seat__sector__name"),
            lead_special=Coalesce(F("subject__special_committee__name"), F("subject__seat__special_committee__name")),
        )

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
