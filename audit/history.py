"""The only module that writes tracked rows in bulk; each row still gets its history under the open act."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from audit.actions import current_action_id

BATCH = 500


def create_all(model: type[models.Model], rows: Sequence[Any]) -> list[Any]:
    """Insert ``rows`` of one tracked model with their history; returns them with primary keys."""
    if not rows:
        return []
    current_action_id()
    return bulk_create_with_history(list(rows), model, batch_size=BATCH)


def update_all(model: type[models.Model], rows: Sequence[Any], fields: Sequence[str]) -> int:
    """Write ``fields`` of the already changed ``rows``; returns the number of rows written."""
    if not rows:
        return 0
    current_action_id()
    return bulk_update_with_history(list(rows), model, list(fields), batch_size=BATCH)


def delete_all(model: type[models.Model], rows: Iterable[Any]) -> int:
    """Delete ``rows`` one history row each; returns how many went."""
    current_action_id()
    count = 0
    with transaction.atomic():
        for row in rows:
            row.delete()
            count += 1
    return count
