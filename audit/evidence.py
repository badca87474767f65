"""Files that prove records: kept under random names outside the web root, one row each, and found again.

A file comes before its row, so no row is ever without one; what a failed save leaves is removed by ``saving`` or, after
a crash, by ``manage.py sweep_evidence``.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from audit.actions import current_action_id
from audit.filetypes import Checked
from audit.models import Evidence

SETTLED_SECONDS = 3600  # a file without a row may belong to a save that has not ended yet

_written: ContextVar[list[str] | None] = ContextVar("evidence_written", default=None)


def keep(committee: Any, file: Checked) -> Evidence:
    """Store a checked file and its row, inside ``act`` and inside ``saving``. OSError when the disk refuses."""
    written = _written.get()
    if written is None:
        raise RuntimeError("Evidence is kept only inside audit.evidence.saving().")
    stored_as = secrets.token_hex(20)
    written.append(stored_as)
    _write(path_of(stored_as), file.content)
    return Evidence.objects.create(
        committee=committee,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        digest=hashlib.sha256(file.content).hexdigest(),
        stored_as=stored_as,
        action_id=current_action_id(),
    )


@contextmanager
def saving() -> Iterator[None]:
    """Around the whole transaction of a save: at its end files whose rows were not committed are gone."""
    token = _written.set([])
    try:
        yield
    finally:
        written = _written.get()
        _written.reset(token)
        if written:
            committed = set(Evidence.objects.filter(stored_as__in=written).values_list("stored_as", flat=True))
            for stored_as in set(written) - committed:
                path_of(stored_as).unlink(missing_ok=True)


def opened(evidence: Evidence) -> BinaryIO:
    """The stored file; FileNotFoundError when somebody removed it."""
    return path_of(evidence.stored_as).open("rb")


def sweep(*, now: float | None = None) -> list[str]:
    """Remove files without a row that are older than SETTLED_SECONDS; returns their names."""
    folder = Path(settings.EVIDENCE_DIR)
    latest = (now or time.time()) - SETTLED_SECONDS
    found = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    known = set(Evidence.objects.values_list("stored_as", flat=True))
    stray = [path for path in found if path.name not in known and path.stat().st_mtime < latest]
    for path in stray:
        path.unlink(missing_ok=True)
    return sorted(path.name for path in stray)


def damaged() -> list[Evidence]:
    """Rows whose file is gone or is no longer what was stored."""
    return [row for row in Evidence.objects.order_by("pk") if not _is_whole(row)]


def path_of(stored_as: str) -> Path:
    return Path(settings.EVIDENCE_DIR) / stored_as


def _is_whole(evidence: Evidence) -> bool:
    try:
        with opened(evidence) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == evidence.digest
    except FileNotFoundError:
        return False


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
