"""A file that somebody is bringing in: what was in it, how it is read, and what became of it."""

import datetime
import json
from typing import Any

from django.db import models
from django.utils import timezone

from audit.models import Action, Identified, Tracked
from desk.sheets.kinds import KINDS
from members.models import Committee, Office, User
from members.scope import Scope
from members.telephone import decrypt, encrypt

DAYS_OPEN = 30  # after which an unconfirmed batch is offered to be discarded


class SealedJSONField(models.TextField):
    """JSON, encrypted with the key of telephone numbers: rows of a file hold them, and whatever else stood beside them."""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(decrypt(value))

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""


class ImportBatchQuerySet(models.QuerySet):
    def without_contents(self) -> "ImportBatchQuerySet":
        """For lists: without the rows of the file."""
        return self.defer("book", "columns", "mends", "outcome")

    def waiting(self) -> "ImportBatchQuerySet":
        """Those that wait for somebody to match, mend or confirm."""
        return self.filter(state__in=ImportBatch.OPEN)

    def expired(self) -> "ImportBatchQuerySet":
        """Those that have waited so long that nobody will confirm them."""
        return self.waiting().filter(uploaded_at__lt=timezone.now() - datetime.timedelta(days=DAYS_OPEN))


class ImportBatch(Identified):
    """One uploaded sheet. Until it is confirmed nothing of it is among the records.

    The rows of the file are kept only while they are needed: after confirming, those that were left out.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "待对应列"
        CHECKED = "checked", "待确认"
        DONE = "done", "已导入"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    OPEN = (State.UPLOADED, State.CHECKED)

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name="记录处室")
    kind = models.CharField("类型", max_length=20)
    year = models.PositiveSmallIntegerField("年度", null=True)
    file_name = models.CharField("文件名", max_length=120)
    digest = models.CharField("SHA-256", max_length=64)
    source = models.CharField("来源", max_length=300)  # as the Action keeps it
    header = models.CharField("表头摘要", max_length=64, db_index=True)  # equal for files with the same headings
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    state = models.CharField("状态", max_length=10, choices=State, default=State.UPLOADED)
    revision = models.PositiveIntegerField("第几次核对", default=0)  # a page made before the last check is too old
    book = SealedJSONField("内容", default=dict)  # see desk/sheets/stored.py
    columns = models.JSONField("列的对应", default=dict)  # column number → field; empty until somebody said
    mends = SealedJSONField("改正", default=list)  # [[sheet, row, column number, text], …]
    outcome = SealedJSONField("核对结果", default=dict)  # see desk/batches.py
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    same = models.PositiveIntegerField("相同", default=0)
    warnings = models.PositiveIntegerField("提示", default=0)
    errors = models.PositiveIntegerField("错误", default=0)
    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="+", verbose_name="导入操作")
    undo_action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="+", verbose_name="撤销操作")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["uploaded", "checked", "done", "undone", "discarded"]),
                name="import_batch_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "undone"]) | models.Q(action__isnull=False),
                name="import_batch_done_by_an_action",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.number}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office")

    @property
    def label(self) -> str:
        return KINDS[self.kind].label

    @property
    def unit(self) -> str:
        return KINDS[self.kind].unit

    @property
    def number(self) -> str:
        """批次号: the day and a running number of at least four digits."""
        return f"{timezone.localtime(self.uploaded_at):%Y%m%d}{self.pk:04d}"

    @property
    def token(self) -> str:
        """What is typed to undo the batch."""
        return self.number[-4:]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def chosen(self) -> dict[int, str] | None:
        """Column number → field, as somebody decided; None before."""
        chosen: dict[str, Any] = self.columns
        return {int(place): name for place, name in chosen.items()} if chosen else None


class SignOff(Tracked):
    """A gap that people have looked at and leave as it is, with the reason; see desk/gaps.py for the keys."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name="处室")
    key = models.CharField("缺漏", max_length=200)
    reason = models.CharField("理由", max_length=200)

    class Meta:
        verbose_name = "缺漏说明"
        verbose_name_plural = "缺漏说明"
        constraints = [
            models.UniqueConstraint(fields=["committee", "key"], name="sign_off_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="sign_off_with_reason"),
        ]

    def __str__(self) -> str:
        return self.reason

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", office="office")
