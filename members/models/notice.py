"""站内通知: what a user is told, where else he wants to hear of it, and whether that was sent."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.models import Identified
from members.models.account import User
from members.models.committee import Committee
from members.scope import Scope

LONGEST_CODE = 40


class NoticeQuerySet(models.QuerySet):
    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def mark_read(self) -> int:
        """Returns how many were unread."""
        return self.unread().update(read_at=timezone.now())


class Notice(Identified):
    """站内通知; says that something waits, never a personal detail. The same is not said twice before it is read."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name="收件人")
    text = models.CharField("内容", max_length=200)
    url = models.CharField("链接", max_length=200, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "站内通知"
        verbose_name_plural = "站内通知"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "text", "url"], condition=Q(read_at__isnull=True), name="notice_unread_once"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", member=("user__member",))


class NoticeAddress(models.Model):
    """通知方式: the address at which a user wants to be told over one channel; without a row he is not."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_addresses", verbose_name="收件人")
    channel = models.CharField("通知方式", max_length=LONGEST_CODE)
    address = models.CharField("地址", max_length=254)

    class Meta:
        verbose_name = "通知方式"
        verbose_name_plural = "通知方式"
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="notice_address_once")]

    def __str__(self) -> str:
        return self.channel


class NoticeDelivery(models.Model):
    """One notice on its way over one channel: the outbox that the sweep looks into."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        NEEDLESS = "needless", "不必发送"  # read, or switched off, before it was sent
        FAILED = "failed", "发送失败"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name="站内通知")
    channel = models.CharField("通知方式", max_length=LONGEST_CODE)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    due_at = models.DateTimeField("不早于")
    last_error = models.CharField("最近一次错误", max_length=200, blank=True)

    class Meta:
        verbose_name = "通知发送"
        verbose_name_plural = "通知发送"
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notice_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "needless", "failed"]), name="notice_delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.get_state_display()}"
