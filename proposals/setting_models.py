"""提案工作设置: which office proposals go to, and the reasons for not filing that it offers."""

from django.core.validators import MaxLengthValidator
from django.db import models

from audit.models import Tracked
from members.models import Committee, Office
from members.scope import Scope

LONGEST_REASONS = 5_000


class ProposalSetting(Tracked):
    """A committee's own; without a row the defaults of ``proposals.settings`` hold."""

    committee = models.OneToOneField(Committee, models.PROTECT, related_name="proposal_setting", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="受理处室")
    refusal_reasons = models.TextField(
        "不予立案的理由",
        blank=True,
        max_length=LONGEST_REASONS,
        validators=[MaxLengthValidator(LONGEST_REASONS)],
        help_text="一行一条",
    )

    class Meta:
        verbose_name = "提案工作设置"
        verbose_name_plural = "提案工作设置"

    def __str__(self) -> str:
        return f"{self.committee.short_name}提案工作设置"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office")
