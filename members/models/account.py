"""Accounts and what they may do."""

import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from audit.models import Identified, Tracked
from members.models.committee import Committee, Office
from members.models.person import Member
from members.scope import Scope


class Role(models.TextChoices):
    MEMBER = "member", "委员"
    CLERK = "clerk", "录入员"
    CHAIR_OFFICE = "chair_office", "主席办公室"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


class User(AbstractUser, Identified):
    """An account. What it may do is said by its grants alone; ``member`` links it to a person's own card.

    ``committee`` is the one whose system administrator keeps the account; its grants may lie in others as well.
    ``past_passwords`` holds hashes, newest first. A higher ``session_epoch`` ends every session begun under a lower one.
    """

    first_name = None
    last_name = None
    name = models.CharField("姓名", max_length=60, blank=True)
    member = models.OneToOneField(
        Member, models.PROTECT, null=True, blank=True, related_name="user", verbose_name="委员本人"
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name="委员会"
    )
    must_change_password = models.BooleanField("须修改初始密码", default=False)
    first_password_at = models.DateTimeField("初始密码发放时间", null=True, blank=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    past_passwords = models.JSONField("用过的密码（散列值）", default=list, editable=False)
    session_epoch = models.PositiveIntegerField("登录批次", default=0, editable=False)

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django ends the sessions of an account whose password changes; a closed account's must not wake up with it.
        key = "members.models.User.get_session_auth_hash"
        return salted_hmac(key, f"{self.password}/{self.session_epoch}", secret=secret, algorithm="sha256").hexdigest()

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="grants__committee")


class GrantQuerySet(models.QuerySet):
    def active_on(self, day: datetime.date) -> "GrantQuerySet":
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), from_on__lte=day)


class Grant(Tracked):
    """授权: one role in one committee, for one office or (office empty) for the whole committee, with dates."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="grants", verbose_name="委员会")
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="处室"
    )
    from_on = models.DateField("开始日期")
    to_on = models.DateField("结束日期", null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        verbose_name_plural = "授权"
        ordering = ["committee", "user", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=[role.value for role in ADMIN_ROLES]),
                name="grant_one_administrator_role",
                violation_error_message="系统、安全、审计三员须由不同的人担任：该账号已有其中一种管理员授权。",
            ),
            models.CheckConstraint(condition=Q(role__in=list(Role.values)), name="grant_role"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="grant_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        place = f"{self.committee.short_name}{self.office or ''}"
        return f"{self.user} · {self.get_role_display()} · {place}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee")
