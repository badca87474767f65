"""委员评议: what the signers say of a reply."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.models import Committee, Seat
from members.scope import Scope
from proposals.undertaking_models import Undertaking


class Evaluation(Tracked):
    """委员评议: how satisfied a signer is with the reply of one round."""

    class Satisfaction(models.TextChoices):
        SATISFIED = "satisfied", "满意"
        ACCEPTABLE = "acceptable", "基本满意"
        DISSATISFIED = "dissatisfied", "不满意"

    class Source(models.TextChoices):
        SELF = "self", "本人填写"
        PAPER = "paper", "纸质意见表"
        TELEPHONE = "telephone", "电话征询"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    undertaking = models.ForeignKey(Undertaking, models.CASCADE, related_name="evaluations", verbose_name="承办")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="evaluations", verbose_name="委员")
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction)
    evaluated_on = models.DateField("评议日期")
    note = models.CharField("说明", max_length=500, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source, default=Source.PAPER)

    class Meta:
        verbose_name = "提案办理评议"
        verbose_name_plural = "提案办理评议"
        constraints = [
            models.UniqueConstraint(fields=["undertaking", "seat"], name="evaluation_once"),
            models.CheckConstraint(
                condition=Q(satisfaction__in=["satisfied", "acceptable", "dissatisfied"]),
                name="evaluation_satisfaction",
            ),
            models.CheckConstraint(condition=Q(source__in=["self", "paper", "telephone"]), name="evaluation_source"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.get_satisfaction_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="undertaking__proposal__office", member=("seat__member",))
