"""提案: 提 → 立 → 办 → 督 → 评."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from audit.models import Tracked
from members.models import Committee, Office, Seat, Subject, Term
from members.scope import Scope
from proposals.evaluation_models import Evaluation
from proposals.handling import HandlingQuerySet
from proposals.setting_models import ProposalSetting
from proposals.undertaking_models import HandlingSetting, ReplyClass, Undertaking, UndertakingUnit, Urging

__all__ = [
    "Evaluation",
    "HandlingSetting",
    "Honour",
    "Proposal",
    "ProposalQuerySet",
    "ProposalSetting",
    "Proposer",
    "ReplyClass",
    "Undertaking",
    "UndertakingUnit",
    "Urging",
]

LONGEST_TEXT = 20_000


class ProposalQuerySet(HandlingQuerySet):
    def with_signers(self) -> "ProposalQuerySet":
        """Each with its signers and honours loaded, in two more queries for any number of rows."""
        signers = Proposer.objects.select_related("seat__member")
        return self.prefetch_related(Prefetch("proposers", signers), "honours")

    def in_hand(self) -> "ProposalQuerySet":
        """What was handed in: no drafts, and none that was returned to be mended."""
        return self.exclude(state__in=[Proposal.State.DRAFT, Proposal.State.RETURNED])

    def with_bodies(self) -> "ProposalQuerySet":
        """Each with ``lead_sector`` and ``lead_special``, names of the first signer's sector and special committee.

        A collective proposal has no sector, and the special committee that made it.
        """
        lead = self.model.objects.filter(pk=OuterRef("pk"), proposers__role="lead")
        special = Subquery(lead.values("proposers__seat__special_committee__name")[:1])
        return self.with_lead_sector().annotate(lead_special=Coalesce(special, F("sponsor__special_committee__name")))

    def signed_by(self, number: str) -> "ProposalQuerySet":
        """Those that the member with this number signed."""
        signed = Proposer.objects.filter(proposal=OuterRef("pk"), seat__number=number, is_confirmed=True)
        return self.filter(Exists(signed))

    def about(self, text: str) -> "ProposalQuerySet":
        """Those whose title, number or signer's name contains ``text``."""
        signed = Proposer.objects.filter(seat__member__name__icontains=text).values("proposal")
        return self.filter(Q(title__icontains=text) | Q(number=text) | Q(pk__in=signed))


class Proposal(Tracked):
    class Way(models.TextChoices):
        INDIVIDUAL = "individual", "个人提案"
        JOINT = "joint", "联名提案"
        COLLECTIVE = "collective", "集体提案"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已提交"
        FILED = "filed", "立案"
        NOT_FILED = "not_filed", "不予立案"
        MERGED = "merged", "并案"
        PASSED_ON = "passed_on", "转社情民意"
        RETURNED = "returned", "退回修改"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="proposals", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, related_name="proposals", verbose_name="记录处室")
    term = models.ForeignKey(Term, models.PROTECT, related_name="proposals", verbose_name="届")
    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("案号", max_length=20, blank=True)
    title = models.CharField("案由", max_length=200)
    text = models.TextField(
        "正文", blank=True, max_length=LONGEST_TEXT, validators=[MaxLengthValidator(LONGEST_TEXT)], default=""
    )
    way = models.CharField("提出方式", max_length=12, choices=Way, default=Way.INDIVIDUAL)
    sponsor = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="sponsored_proposals", verbose_name="集体提案单位"
    )
    submitted_on = models.DateField("提交日期")
    state = models.CharField("状态", max_length=12, choices=State, default=State.SUBMITTED)
    decided_on = models.DateField("审查日期", null=True, blank=True)
    decision_reason = models.CharField("审查意见", max_length=500, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入提案"
    )
    opinion = models.CharField(
        "转成的信息", max_length=60, blank=True, default="", help_text="opinion/公开编号；转社情民意时填写"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "提案"
        verbose_name_plural = "提案"
        ordering = ["-submitted_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "number"], condition=~Q(number=""), name="proposal_number_once_a_year"
            ),
            models.CheckConstraint(condition=Q(way__in=["individual", "joint", "collective"]), name="proposal_way"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "filed", "not_filed", "merged", "passed_on", "returned"]),
                name="proposal_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"]) | Q(decided_on__isnull=False),
                name="proposal_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_into__isnull=False), name="proposal_merged_into_one"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["not_filed", "returned"]) | ~Q(decision_reason=""),
                name="proposal_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=F("submitted_on")),
                name="proposal_decided_after_submission",
            ),
            models.CheckConstraint(
                condition=Q(opinion="") | Q(state="passed_on"), name="proposal_opinion_only_when_passed_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '未编号'} {self.title}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(
            committee="committee", office="office", member=("proposers__seat__member",), private=Q(state="draft")
        )


class ProposerQuerySet(models.QuerySet):
    def unanswered(self) -> "ProposerQuerySet":
        """Co-signers who were asked and have neither signed nor declined."""
        return self.filter(role="cosigner", is_confirmed=False, is_declined=False)


class Proposer(Tracked):
    """A signer; only a confirmed one counts, and one that declined stays named.

    ``position`` is the order of the signatures, 1 first.
    """

    class Role(models.TextChoices):
        LEAD = "lead", "第一提案人"
        COSIGNER = "cosigner", "联名人"
        COLLECTIVE = "collective", "集体提案主要执笔人"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="proposers", verbose_name="提案")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="proposers", verbose_name="委员")
    role = models.CharField("身份", max_length=12, choices=Role, default=Role.LEAD)
    position = models.PositiveSmallIntegerField("署名次序", default=1)
    is_confirmed = models.BooleanField("本人已确认", default=True)
    is_declined = models.BooleanField("本人谢绝", default=False)

    objects = ProposerQuerySet.as_manager()

    class Meta:
        verbose_name = "提案人"
        verbose_name_plural = "提案人"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "seat"], name="proposer_once"),
            models.UniqueConstraint(fields=["proposal", "position"], name="proposer_position_once"),
            models.UniqueConstraint(fields=["proposal"], condition=Q(role="lead"), name="proposer_one_lead"),
            models.CheckConstraint(condition=Q(role__in=["lead", "cosigner", "collective"]), name="proposer_role"),
            models.CheckConstraint(condition=Q(position__gte=1), name="proposer_position_from_one"),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | Q(is_declined=False), name="proposer_confirmed_or_declined"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.get_role_display()}"

    @property
    def is_unanswered(self) -> bool:
        """Asked to co-sign, and neither signed nor declined."""
        return self.role == self.Role.COSIGNER and not self.is_confirmed and not self.is_declined

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(
            committee="committee",
            office="proposal__office",
            member=("seat__member",),
            private=Q(proposal__state="draft"),
        )


class Honour(Tracked):
    """重点提案、优秀提案: a decision of people, with its day and reason."""

    class Kind(models.TextChoices):
        KEY = "key", "重点提案"
        OUTSTANDING = "outstanding", "优秀提案"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="honours", verbose_name="提案")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    decided_on = models.DateField("确定日期")
    reason = models.CharField("理由", max_length=200)
    leading_chair = models.CharField("领衔督办", max_length=60, blank=True)

    class Meta:
        verbose_name = "提案荣誉"
        verbose_name_plural = "提案荣誉"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "kind"], name="honour_once"),
            models.CheckConstraint(condition=Q(kind__in=["key", "outstanding"]), name="honour_kind"),
            models.CheckConstraint(condition=~Q(reason=""), name="honour_with_reason"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="proposal__office", member=("proposal__proposers__seat__member",))
