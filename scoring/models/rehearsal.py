"""试算: what a ruleset would make of a year's facts. It has rows of its own and never touches a card."""

from django.db import models
from django.db.models import Q

from audit.models import Identified
from members.scope import Scope
from scoring.models.assessment import Assessment
from scoring.models.ruleset import Ruleset
from scoring.models.run import Portion


class Rehearsal(Identified):
    """One rehearsal of a ruleset, as it read when it was asked for, on the facts of one year.

    Compared with the cards of ``assessment``; without one with what ``former`` makes of the same facts; without either
    with nothing. ``result`` is JSON, its keys as scoring/rehearsal.py makes them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "试算中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    ruleset = models.ForeignKey(Ruleset, models.CASCADE, related_name="rehearsals", verbose_name="考核办法")
    year = models.PositiveSmallIntegerField("年度")
    assessment = models.ForeignKey(
        Assessment, models.CASCADE, null=True, blank=True, related_name="rehearsals", verbose_name="对照的年度考核"
    )
    former = models.ForeignKey(
        Ruleset, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="对照的考核办法"
    )
    toml = models.TextField("试算文本")
    digest = models.CharField("试算文本 SHA-256", max_length=64)
    from_on = models.DateField("起始日期")
    to_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    total = models.PositiveIntegerField("对象数", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    result = models.TextField("结果", blank=True)
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "试算"
        verbose_name_plural = "试算"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ruleset", "year"],
                condition=Q(state__in=["waiting", "running"]),
                name="rehearsal_one_open_a_year",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed"]), name="rehearsal_state"
            ),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(result=""), name="rehearsal_done_has_result"),
        ]

    def __str__(self) -> str:
        return f"{self.ruleset} 在 {self.year} 年的试算"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="ruleset__committee")


class RehearsalChunk(Portion):
    """Some subjects of a rehearsal; ``result`` is the JSON list of what was found for each."""

    rehearsal = models.ForeignKey(Rehearsal, models.CASCADE, related_name="chunks")
    result = models.TextField(blank=True)

    class Meta(Portion.Meta):
        constraints = [models.UniqueConstraint(fields=["rehearsal", "position"], name="rehearsal_chunk_once")]

    def __str__(self) -> str:
        return f"{self.rehearsal_id}/{self.position}"
