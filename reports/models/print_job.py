"""打印任务: cards or labels of many, made in the background. Rows say what is wanted and how far it is; bytes are files."""

from django.db import models
from django.db.models import Q

from audit.models import Identified
from members.scope import Scope
from scoring.models import Assessment, Edition
from scoring.models.run import Portion


class PrintJob(Identified):
    """One file that somebody asked for.

    ``edition`` is what it is printed from; without one it is printed from the cards of the moment, and marked as such.
    ``chosen`` is who and in which order, as reports/choice.py writes it; ``told`` says the same in words. The file lies
    under PRINT_DIR (reports/print_files.py) and is removed after a time.
    """

    class What(models.TextChoices):
        CARDS = "cards", "履职成绩单"
        LABELS = "labels", "信封标签"

    class Form(models.TextChoices):
        PDF = "pdf", "一个 PDF 文件"
        ZIP = "zip", "一人一个 PDF，打成压缩包（ZIP）"

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "制作中"
        DONE = "done", "已做好"
        FAILED = "failed", "没有做成"
        REMOVED = "removed", "已过期清除"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="print_jobs", verbose_name="年度考核")
    edition = models.ForeignKey(
        Edition, models.CASCADE, null=True, blank=True, related_name="print_jobs", verbose_name="定版"
    )
    what = models.CharField("打印什么", max_length=10, choices=What, default=What.CARDS)
    form = models.CharField("文件", max_length=10, choices=Form, default=Form.PDF)
    chosen = models.JSONField("选择", default=dict)
    told = models.CharField("选择的内容", max_length=500)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        "members.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    total = models.PositiveIntegerField("份数", default=0)
    pages = models.PositiveIntegerField("页数", default=0)
    size = models.PositiveBigIntegerField("大小（字节）", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "打印任务"
        verbose_name_plural = "打印任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "removed"]), name="print_job_state"
            ),
            models.CheckConstraint(condition=Q(what__in=["cards", "labels"]), name="print_job_what"),
            models.CheckConstraint(condition=Q(form__in=["pdf", "zip"]), name="print_job_form"),
            models.CheckConstraint(condition=~Q(what="labels") | Q(form="pdf"), name="print_job_labels_are_one_pdf"),
            models.CheckConstraint(condition=~Q(state="done") | Q(size__gt=0), name="print_job_done_has_file"),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(message=""), name="print_job_failed_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}{self.get_what_display()}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")


class PrintChunk(Portion):
    """Some subjects of a job, in print order; the last chunk of a job has none and joins what the others made."""

    job = models.ForeignKey(PrintJob, models.CASCADE, related_name="chunks")
    pages = models.PositiveIntegerField(default=0)

    class Meta(Portion.Meta):
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="print_chunk_once")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"
