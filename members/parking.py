"""Uploaded files that wait, for an hour at most, until their owner has given his password. Nobody can open them."""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from members.models import User

PREFIX = "parked-"
SECONDS = 3600
SALT = "members.parking"


def parked(files: MultiValueDict, user: User) -> str:
    """Put the files beside the evidence and return a signed ticket for them. Those too large for evidence are dropped."""
    _clear()
    folder = Path(settings.EVIDENCE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for field, uploads in files.lists():
        for upload in uploads:
            if upload.size > settings.EVIDENCE_MAX_BYTES:
                continue
            name = PREFIX + secrets.token_hex(20)
            (folder / name).write_bytes(upload.read())
            found.append([field, name, upload.name, upload.content_type])
    return signing.dumps([user.pk, found], salt=SALT)


def taken(ticket: str, user: User) -> MultiValueDict:
    """The files of a ticket, as if they had just been uploaded, and gone from the disk.

    Nothing for a ticket that is too old, somebody else's or made up: the form then says that the file is missing.
    """
    files = MultiValueDict()
    try:
        owner, found = signing.loads(ticket, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return files
    for field, name, given_name, media_type in found if owner == user.pk else []:
        path = Path(settings.EVIDENCE_DIR) / name
        try:
            files.appendlist(field, SimpleUploadedFile(given_name, path.read_bytes(), media_type))
        except FileNotFoundError:
            continue
        path.unlink(missing_ok=True)
    return files


def _clear() -> None:
    """Remove what nobody came back for."""
    latest = time.time() - SECONDS
    for path in Path(settings.EVIDENCE_DIR).glob(PREFIX + "*"):
        if path.stat().st_mtime < latest:
            path.unlink(missing_ok=True)
