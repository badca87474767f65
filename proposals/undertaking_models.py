"""承办: the units that answer a filed proposal."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.models import Committee
from members.scope import Scope


class Undertaking(Tracked):
    """承办: the unit that answers a filed proposal."""

    class Role(models.TextChoices):
        MAIN = "main", "主办"
        JOINT = "joint", "会办"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="undertakings", verbose_name="提案")
    unit = models.CharField("承办单位", max_length=100)
    role = models.CharField("分工", max_length=5, choices=Role, default=Role.MAIN)
    due_on = models.DateField("办理期限", null=True, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    reply_class = models.CharField("答复类别", max_length=2, blank=True)

    class Meta:
        verbose_name = "承办"
        verbose_name_plural = "承办"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "unit"], name="undertaking_unit_once"),
            models.CheckConstraint(condition=Q(role__in=["main", "joint"]), name="undertaking_role"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_role_display()}）"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="proposal__office", member=("proposal__proposers__seat__member",))
