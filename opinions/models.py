"""社情民意信息: reports on social conditions and public opinion, and what became of them."""

from django.db import models
from django.db.models import Prefetch, Q

from audit.models import Tracked
from members.models import Committee, Office, Seat
from members.scope import Scope


class Level(models.TextChoices):
    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"
    NATION = "nation", "全国"


LEVELS = list(Level.values)


class OpinionReportQuerySet(models.QuerySet):
    def with_signers(self) -> "OpinionReportQuerySet":
        """Each with its writers, adoptions and instructions loaded, in three more queries for any number of rows."""
        signers = Reporter.objects.select_related("seat__member")
        return self.prefetch_related(Prefetch("reporters", signers), "adoptions", "instructions")

    def about(self, text: str) -> "OpinionReportQuerySet":
        """Those whose title, number or writer's name contains ``text``."""
        signed = Reporter.objects.filter(seat__member__name__icontains=text).values("report")
        return self.filter(Q(title__icontains=text) | Q(number=text) | Q(pk__in=signed))

    def adopted_at(self, level: str) -> "OpinionReportQuerySet":
        return self.filter(pk__in=Adoption.objects.filter(level=level).values("report"))


class OpinionReport(Tracked):
    class State(models.TextChoices):
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
            models.CheckConstraint(condition=Q(state__in=["submitted", "issued", "not_used"]), name="opinion_state"),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_on__isnull=False), name="opinion_issued_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office", member=("reporters__seat__member",))


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
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.get_role_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="report__office", member=("seat__member",))


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
