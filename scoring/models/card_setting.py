"""成绩单设置: what a committee shows on its members' report cards."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.models import Committee
from members.scope import Scope


class CardSetting(Tracked):
    """A committee's own; without a row nothing beyond one's own points is shown."""

    class Digest(models.TextChoices):
        SHA256 = "sha256", "SHA-256"
        SM3 = "sm3", "SM3（国密）"

    committee = models.OneToOneField(Committee, models.PROTECT, related_name="card_setting", verbose_name="委员会")
    shows_position = models.BooleanField("委员可以查看自己的位次", default=False)
    edition_digest = models.CharField("定版摘要算法", max_length=6, choices=Digest, blank=True)

    class Meta:
        verbose_name = "成绩单设置"
        verbose_name_plural = "成绩单设置"
        constraints = [
            models.CheckConstraint(condition=Q(edition_digest__in=["", "sha256", "sm3"]), name="card_setting_digest")
        ]

    def __str__(self) -> str:
        return f"{self.committee.short_name}成绩单设置"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")
