"""Who did what: one Action per user act, to which every history row points."""

import uuid

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from audit.actions import current_action_id


class Identified(models.Model):
    """A row that is named outside the database by a UUID, never by its primary key."""

    public_id = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class ActionQuerySet(models.QuerySet):
    def of(self, user) -> "ActionQuerySet":
        """The user's own acts. Everybody may see what he did himself; others' acts are for the auditor."""
        return self.filter(user=user)


class Action(Identified):
    """One act of one user: who, under which grant, by which route, why and when.

    ``user`` is null only for acts of the system itself (a run, the demonstration's seed).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="actions", verbose_name="操作人"
    )
    grant = models.ForeignKey("members.Grant", models.PROTECT, null=True, related_name="+", verbose_name="依据授权")
    committee = models.ForeignKey(
        "members.Committee", models.PROTECT, null=True, related_name="+", verbose_name="委员会"
    )
    verb = models.CharField("操作", max_length=60)
    reason = models.CharField("理由", max_length=500, blank=True)
    route = models.CharField("入口", max_length=200, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name="撤销的操作"
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "操作"
        verbose_name_plural = "操作"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class ActionStamp(models.Model):
    """Mixed into every history table: the act under which the row was written.

    The default asks for the act that is open now, so a tracked row saved outside ``audit.actions.act`` fails
    instead of leaving a change nobody answers for.
    """

    action = models.ForeignKey(Action, models.PROTECT, default=current_action_id, related_name="+", verbose_name="操作")

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """History of a tracked model; who and why are read from the Action, not from columns of its own."""

    def __init__(self, **options):
        options.setdefault("bases", (ActionStamp,))
        options.setdefault("get_user", _nobody)
        options.setdefault("user_db_constraint", False)
        options.setdefault("inherit", True)
        super().__init__(**options)

    def finalize(self, sender, **kwargs):
        """Also refuse the write itself: without a transaction the row would stay while its history row failed."""
        super().finalize(sender, **kwargs)
        if issubclass(sender, self.cls) and not sender._meta.abstract:
            models.signals.pre_save.connect(_answered_for, sender=sender, weak=False)
            models.signals.pre_delete.connect(_answered_for, sender=sender, weak=False)


def _answered_for(sender, **kwargs) -> None:
    current_action_id()


def _nobody(instance=None, **kwargs) -> None:
    """The Action says who; the library's own user column stays empty."""


class Tracked(Identified):
    """A row that can change a score: each of its states is kept with the Action that made it."""

    history = History()

    class Meta:
        abstract = True


class Evidence(Identified):
    """A file that proves a record. Served only through a view that asks the record's access."""

    committee = models.ForeignKey("members.Committee", models.PROTECT, related_name="+", verbose_name="委员会")
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    digest = models.CharField("SHA-256", max_length=64)
    stored_as = models.CharField("存储名", max_length=100, unique=True)
    action = models.ForeignKey(Action, models.PROTECT, related_name="+", verbose_name="操作")

    class Meta:
        verbose_name = "佐证材料"
        verbose_name_plural = "佐证材料"

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
