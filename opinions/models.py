"""社情民意信息: reports on social conditions and public opinion, and what became of them."""

import datetime

from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Subquery

from audit.models import Tracked
from members.models import Committee, Office, Seat
from members.scope import Scope


class Level(models.TextChoices):
    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"
    NATION = "nation", "全国"


LEVELS = list(Level.values)


class Organ(Tracked):
    """A body that adopts reports or is sent them (采用单位): what the forms offer; a new one is added as typed."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="organs", verbose_name="委员会")
    level = models.CharField("级别", max_length=10, choices=Level)
    name = models.CharField("名称", max_length=60)
    is_active = models.BooleanField("供选用", default=True)

    class Meta:
        verbose_name = "采用单位"
        verbose_name_plural = "采用单位"
        ordering = ["level", "name"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "level", "name"], name="organ_once_a_level"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="organ_level"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")


class OpinionReportQuerySet(models.QuerySet):
    def with_signers(self) -> "OpinionReportQuerySet":
        """Each with its writers, adoptions and instructions, its own and those of the composites it went into.

        Seven more queries for any number of rows.
        """
        signers = Reporter.objects.select_related("seat__member")
        parts = CompositePart.objects.select_related("composite", "source")
        return self.prefetch_related(
            Prefetch("reporters", signers),
            Prefetch("parts", parts.prefetch_related(Prefetch("source__reporters", signers))),
            Prefetch("used_in", parts.prefetch_related("composite__adoptions", "composite__instructions")),
            "adoptions",
            "instructions",
        )

    def about(self, text: str) -> "OpinionReportQuerySet":
        """Those whose title, number or writer's name contains ``text``."""
        signed = Reporter.objects.filter(seat__member__name__icontains=text).values("report")
        return self.filter(Q(title__icontains=text) | Q(number=text) | Q(pk__in=signed))

    def adopted(
        self, level: str = "", first: datetime.date | None = None, last: datetime.date | None = None
    ) -> "OpinionReportQuerySet":
        """Adopted themselves or in a composite, at any level and on any day unless told."""
        adopted = Adoption.objects.all()
        for lookup, value in (("level", level), ("adopted_on__gte", first), ("adopted_on__lte", last)):
            if value:
                adopted = adopted.filter(**{lookup: value})
        composites = CompositePart.objects.filter(composite__in=adopted.values("report"))
        return self.filter(Q(pk__in=adopted.values("report")) | Q(pk__in=composites.values("source")))

    def collected(self) -> "OpinionReportQuerySet":
        """What was handed in: no drafts, and no composites, which the office writes itself."""
        return self.in_hand().filter(is_composite=False)

    def with_bodies(self) -> "OpinionReportQuerySet":
        """Each with ``lead_sector`` and ``lead_special``, names of the first writer's sector and special committee."""
        lead = Reporter.objects.filter(report=OuterRef("pk"), role="lead")
        return self.annotate(
            lead_sector=Subquery(lead.values("seat__sector__name")[:1]),
            lead_special=Subquery(lead.values("seat__special_committee__name")[:1]),
        )

    def in_hand(self) -> "OpinionReportQuerySet":
        """All but drafts: what the office has received."""
        return self.exclude(state=OpinionReport.State.DRAFT)

    def waiting(self) -> "OpinionReportQuerySet":
        """Submitted, and neither issued nor put aside yet."""
        return self.filter(state=OpinionReport.State.SUBMITTED)


class OpinionReport(Tracked):
    """A report somebody handed in, or a composite (综合) that the office wrote from several of them.

    A composite has no writers of its own: what becomes of it is credited to the writers of its sources. A draft is
    seen by its writers alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已报送"
        ISSUED = "issued", "已编发"
        NOT_USED = "not_used", "未采用"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="opinion_reports", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, related_name="opinion_reports", verbose_name="记录处室")
    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("编号", max_length=20, blank=True)
    title = models.CharField("题目", max_length=200)
    submitted_on = models.DateField("报送日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    issued_on = models.DateField("编发日期", null=True, blank=True)
    body = models.TextField("正文", blank=True, max_length=5000)
    is_composite = models.BooleanField("综合信息", default=False)
    not_used_reason = models.CharField("未采用的理由", max_length=200, blank=True)
    matter = models.CharField("来源提案", max_length=60, blank=True, help_text="proposal/公开编号；由提案转来时填写")

    objects = OpinionReportQuerySet.as_manager()

    class Meta:
        verbose_name = "社情民意信息"
        verbose_name_plural = "社情民意信息"
        ordering = ["-submitted_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "number"], condition=~Q(number=""), name="opinion_number_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "issued", "not_used"]), name="opinion_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_on__isnull=False), name="opinion_issued_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(number="", is_composite=False), name="opinion_draft_has_no_number"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def has_outcome(self) -> bool:
        """Adopted or instructed upon, itself or in a composite. No query after ``with_signers``."""
        reports = [self, *(part.composite for part in self.used_in.all())]
        return any(report.adoptions.all() or report.instructions.all() for report in reports)

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(
            committee="committee", office="office", member=("reporters__seat__member",), private=Q(state="draft")
        )


class Reporter(Tracked):
    class Role(models.TextChoices):
        LEAD = "lead", "第一撰稿人"
        COSIGNER = "cosigner", "联名人"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    report = models.ForeignKey(OpinionReport, models.CASCADE, related_name="reporters", verbose_name="信息")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="reporters", verbose_name="委员")
    role = models.CharField("身份", max_length=10, choices=Role, default=Role.LEAD)
    position = models.PositiveSmallIntegerField("署名次序", default=1)
    is_confirmed = models.BooleanField("本人已确认", default=True)
    is_declined = models.BooleanField("本人不联名", default=False)

    class Meta:
        verbose_name = "信息报送人"
        verbose_name_plural = "信息报送人"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "seat"], name="reporter_once"),
            models.UniqueConstraint(fields=["report", "position"], name="reporter_position_once"),
            models.UniqueConstraint(fields=["report"], condition=Q(role="lead"), name="reporter_one_lead"),
            models.CheckConstraint(condition=Q(role__in=["lead", "cosigner"]), name="reporter_role"),
            models.CheckConstraint(condition=Q(position__gte=1), name="reporter_position_from_one"),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | Q(is_declined=False), name="reporter_not_confirmed_and_declined"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.get_role_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(
            committee="committee",
            office="report__office",
            member=("seat__member",),
            private=Q(report__state="draft"),
        )


class CompositePart(Tracked):
    """来源: one report that went into a composite."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    composite = models.ForeignKey(OpinionReport, models.CASCADE, related_name="parts", verbose_name="综合信息")
    source = models.ForeignKey(OpinionReport, models.PROTECT, related_name="used_in", verbose_name="来源信息")

    class Meta:
        verbose_name = "综合信息的来源"
        verbose_name_plural = "综合信息的来源"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["composite", "source"], name="composite_part_once"),
            models.CheckConstraint(condition=~Q(composite=models.F("source")), name="composite_part_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.composite} · {self.source}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="composite__office", member=("source__reporters__seat__member",))


class Adoption(Tracked):
    """采用: by which organ, at which level, alone or as part of a composite."""

    class Form(models.TextChoices):
        SINGLE = "single", "单篇"
        COMPOSITE = "composite", "综合"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    report = models.ForeignKey(OpinionReport, models.CASCADE, related_name="adoptions", verbose_name="信息")
    level = models.CharField("采用级别", max_length=10, choices=Level)
    organ = models.CharField("采用单位", max_length=60)
    form = models.CharField("采用方式", max_length=10, choices=Form, default=Form.SINGLE)
    adopted_on = models.DateField("采用日期")

    class Meta:
        verbose_name = "采用"
        verbose_name_plural = "采用"
        ordering = ["adopted_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "level", "organ"], name="adoption_once_an_organ"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="adoption_level"),
            models.CheckConstraint(condition=Q(form__in=["single", "composite"]), name="adoption_form"),
        ]

    def __str__(self) -> str:
        return f"{self.organ}采用（{self.get_form_display()}）"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="report__office", member=("report__reporters__seat__member",))


class Instruction(Tracked):
    """批示: a leader's written instruction on a report."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    report = models.ForeignKey(OpinionReport, models.CASCADE, related_name="instructions", verbose_name="信息")
    level = models.CharField("批示级别", max_length=10, choices=Level)
    given_by = models.CharField("批示领导职务", max_length=60)
    instructed_on = models.DateField("批示日期")

    class Meta:
        verbose_name = "批示"
        verbose_name_plural = "批示"
        ordering = ["instructed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "level", "given_by"], name="instruction_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="instruction_level"),
        ]

    def __str__(self) -> str:
        return f"{self.given_by}批示"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="report__office", member=("report__reporters__seat__member",))


class Forwarding(Tracked):
    """转报: the report was sent on to an organ of a higher level. It scores nothing until somebody there adopts it."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    report = models.ForeignKey(OpinionReport, models.CASCADE, related_name="forwardings", verbose_name="信息")
    level = models.CharField("级别", max_length=10, choices=Level)
    organ = models.CharField("报送单位", max_length=60)
    forwarded_on = models.DateField("转报日期")

    class Meta:
        verbose_name = "转报"
        verbose_name_plural = "转报"
        ordering = ["forwarded_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "level", "organ"], name="forwarding_once_an_organ"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="forwarding_level"),
        ]

    def __str__(self) -> str:
        return f"转报{self.organ}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="report__office", member=("report__reporters__seat__member",))
