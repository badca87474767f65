"""Where the bytes of print jobs lie: a folder for each job, each file whole or not there.

Portions of a job are files of their own; when all are there, they are joined and removed.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pikepdf
from django.conf import settings
from django.utils import timezone

JOINER = "import json, sys, pikepdf; pikepdf.Job(json.load(sys.stdin)).run()"
SETTLED_SECONDS = 3600  # a folder without a row may belong to a job that is just being asked for


def folder_of(public_id: UUID) -> Path:
    return Path(settings.PRINT_DIR) / public_id.hex


def part_of(public_id: UUID, position: int, form: str) -> Path:
    return folder_of(public_id) / f"{position:06d}.{form}"


def made_of(public_id: UUID, form: str) -> Path:
    """The whole file."""
    return folder_of(public_id) / f"made.{form}"


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Where to write what becomes ``path`` if nothing goes wrong; who reads ``path`` never sees half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        yield aside
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.chmod(0o600)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    with _whole(path) as aside:
        aside.write_bytes(content)


def write_zip(path: Path, files: Iterable[tuple[str, bytes]], at: datetime) -> None:
    """(name, bytes) each; the archive says ``at`` of every one, so that the same files make the same archive."""
    with _whole(path) as aside, zipfile.ZipFile(aside, "w") as archive:
        for name, content in files:
            archive.writestr(_entry(name, at), content)


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    local = timezone.localtime(at)
    entry = zipfile.ZipInfo(name, local.timetuple()[:6])
    entry.create_system, entry.external_attr = 3, 0o600 << 16
    return entry


def join(public_id: UUID, positions: Iterable[int], form: str) -> None:
    """All portions, in their order, as one file. FileNotFoundError when one is gone."""
    parts = [part_of(public_id, position, form) for position in positions]
    with _whole(made_of(public_id, form)) as aside:
        if form == "zip":
            _join_zip(parts, aside)
        else:
            _join_pdf(parts, aside)


def _join_pdf(parts: list[Path], target: Path) -> None:
    """The first one gives the file its title and time. In a process of its own, so that its memory is given back."""
    for part in parts:
        part.stat()
    first, *others = map(str, parts)
    job = ["qpdf", first, "--deterministic-id", "--pages", ".", *others, "--", str(target)]
    subprocess.run([sys.executable, "-c", JOINER], input=json.dumps(job), text=True, capture_output=True, check=True)


def _join_zip(parts: list[Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w") as whole:
        for part in parts:
            with zipfile.ZipFile(part) as archive:
                for entry in archive.infolist():
                    whole.writestr(entry, archive.read(entry))


def pages_of(path: Path) -> int:
    with pikepdf.open(path) as found:
        return len(found.pages)


def forget_parts(public_id: UUID, form: str) -> None:
    """What a finished job needs no more."""
    made = made_of(public_id, form)
    for path in folder_of(public_id).iterdir():
        if path != made:
            path.unlink(missing_ok=True)


def remove(public_id: UUID) -> None:
    shutil.rmtree(folder_of(public_id), ignore_errors=True)


def sweep(known: Iterable[UUID], *, now: float | None = None) -> list[str]:
    """Remove folders of no job that are older than SETTLED_SECONDS, and what killed workers left aside; their names."""
    root = Path(settings.PRINT_DIR)
    latest = (now or time.time()) - SETTLED_SECONDS
    names = {one.hex for one in known}
    found = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    stray = [path for path in found if path.name not in names and path.stat().st_mtime < latest]
    for path in stray:
        shutil.rmtree(path, ignore_errors=True)
    half = [path for path in root.glob("*/.*") if path.stat().st_mtime < latest]
    for path in half:
        path.unlink(missing_ok=True)
    return sorted(path.name for path in (*stray, *half))
