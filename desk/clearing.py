"""Clearing the demonstration: the one place where rows go without a history (docs/decisions)."""

import logging
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction

from audit.actions import act
from audit.models import Evidence
from members.models import Committee

OURS = {"members", "audit", "activities", "proposals", "opinions", "scoring", "reports", "desk"}
log = logging.getLogger(__name__)


def made_up() -> models.QuerySet[Committee]:
    """The committees that clearing removes."""
    return Committee.objects.filter(is_demonstration=True).order_by("code")


def check_clearing() -> None:
    """ValidationError when anything real is in the database."""
    real = Committee.objects.filter(is_demonstration=False).first()
    if real is not None:
        raise ValidationError(f"数据库里有正式的委员会（{real.name}），不能清空。清空只用于全是示例数据的数据库。")


def clear_demonstration() -> int:
    """Remove every row this project stores, accounts and histories included; returns how many went.

    One transaction; ValidationError when a real committee is there.
    """
    with transaction.atomic():
        # Of two who clear at once, or one who clears and one who changes a committee, the second waits.
        list(Committee.objects.select_for_update())
        check_clearing()
        files = list(Evidence.objects.values_list("stored_as", flat=True))
        count = sum(model._base_manager.all()._raw_delete(model._base_manager.db) for model in _tables())
        with act(user=None, verb="清空示例数据", reason=f"{count} 行"):
            pass
        transaction.on_commit(lambda: _remove_files(files))
    log.warning("The demonstration was cleared: %d rows.", count)
    return count


def _tables() -> list[type[models.Model]]:
    """All tables of ours and those that refer to them, the ones referred to first.

    References are checked at the end of the transaction. What a worker writes meanwhile holds on to its run: either it
    is there before the run goes, and goes with its own table afterwards, or it is refused.
    """
    tables = apps.get_models(include_auto_created=True)
    chosen = [model for model in tables if model._meta.app_label in OURS or _targets(model)]
    return sorted((model for model in chosen if model._meta.managed and not model._meta.proxy), key=_height)


def _targets(model: type[models.Model]) -> set[type[models.Model]]:
    """The tables of ours that the table refers to, itself left out."""
    found = {field.related_model for field in model._meta.concrete_fields if field.is_relation and field.db_constraint}
    return {target for target in found - {model} if target._meta.app_label in OURS}


@cache
def _height(model: type[models.Model]) -> int:
    """The length of the longest chain of references that begins at the table."""
    return 1 + max((_height(target) for target in _targets(model)), default=0)


def _remove_files(names: list[str]) -> None:
    for name in names:
        (Path(settings.EVIDENCE_DIR) / name).unlink(missing_ok=True)
