"""Runs and what waits to be computed. These rows are the truth; Redis only rings."""

from django.db import models
from django.db.models import Q

from audit.models import Identified
from members.models import Subject
from members.scope import Scope
from scoring.models.assessment import Assessment


class Run(Identified):
    """One computation of a whole assessment, cut into chunks."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "计算中"
        PLACING = "placing", "排名中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="runs", verbose_name="年度考核")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    total = models.PositiveIntegerField("对象数", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    ruleset_digest = models.CharField("办法 SHA-256", max_length=64, blank=True)
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "计算任务"
        verbose_name_plural = "计算任务"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(state__in=["waiting", "running", "placing"]),
                name="run_one_open_an_assessment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.get_state_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")


class Portion(models.Model):
    """Some subjects of a computation, claimed by a conditional UPDATE with a lease by database time."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        CLAIMED = "claimed", "计算中"
        DONE = "done", "完成"
        POISON = "poison", "多次失败"

    position = models.PositiveIntegerField()
    subject_ids = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
        ordering = ["position"]


class Chunk(Portion):
    """About 500 subjects of a run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="chunks")

    class Meta(Portion.Meta):
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="chunk_position_once")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.position}"


class SubjectError(models.Model):
    """Why one subject could not be scored in a run; the others go on."""

    run = models.ForeignKey(Run, models.CASCADE, null=True, blank=True, related_name="errors")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="errors")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    message = models.CharField(max_length=500)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "subject"], name="subject_error_once")]

    def __str__(self) -> str:
        return self.message


class Stale(models.Model):
    """This card must be computed again. Many rows for one card are fine: exactly the ids read are deleted."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="stale")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["assessment", "subject"], name="stale_of_assessment")]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.subject_id}"


class WorkerBeat(models.Model):
    """When a worker last did something, by database time: how pages know that one is alive."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
