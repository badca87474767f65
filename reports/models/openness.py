"""公开程度: how much of a published year the committee lets the plenary, and the public, see."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.scope import Scope
from scoring.models import Assessment

LONGEST_BASIS = 200


class Openness(Tracked):
    """Of one year; without a row the mildest step holds and there is no public page.

    The steps build on one another. ``sections``: codes of what the public page has besides, of reports/openness.py.
    ``basis``: which meeting decided it; needed for everything but the mildest step without a public page.
    """

    class Step(models.IntegerChoices):
        OWN = 1, "仅本人，纸质一人一单"
        HONOURS = 2, "公布优秀名单"
        LEADING = 3, "公布各专委会前五"
        SCORES = 4, "公布全部得分"

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="openness", verbose_name="年度考核", editable=False
    )
    step = models.PositiveSmallIntegerField("公开程度", choices=Step, default=Step.OWN)
    is_public = models.BooleanField("开放公开页", default=False)
    sections = models.JSONField("公开页的内容", default=list, blank=True)
    basis = models.CharField("依据", max_length=LONGEST_BASIS, blank=True)

    class Meta:
        verbose_name = "公开程度"
        verbose_name_plural = "公开程度"
        constraints = [
            models.CheckConstraint(condition=Q(step__in=[1, 2, 3, 4]), name="openness_step"),
            models.CheckConstraint(
                condition=Q(step=1, is_public=False) | ~Q(basis=""),
                name="openness_has_basis",
                violation_error_message="没有写“依据”：把成绩单给别人看，要写明是哪次会议决定的。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment.year} 年度公开程度"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")
