"""The health checks of docker-compose.yml: python -m cppcc.healthcheck web|worker|beat

Exit code 0 when that process of this container is healthy, 1 with one line of reason when it is not.
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

BEAT_SILENCE_SECONDS = 30


def web():
    """The web server answers /healthz."""
    host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".*") or "127.0.0.1"
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Host": host}), timeout=3):
            return None
    except (urllib.error.URLError, OSError) as error:
        return f"{address}: {error}"


def worker():
    """A worker of this container has lately written its beat into the database."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc.settings")
    django.setup()
    from django.db import DatabaseError

    from cppcc.health import worker_state

    try:
        state = worker_state(name__contains=socket.gethostname())
    except DatabaseError as error:
        return f"database: {error}"
    return None if state == "ok" else f"worker: {state}"


def beat():
    """Beat has lately finished a tick (cppcc.celery.Beat touches a file)."""
    from cppcc.settings import CELERY_BEAT_ALIVE_FILE

    try:
        age = time.time() - Path(CELERY_BEAT_ALIVE_FILE).stat().st_mtime
    except FileNotFoundError:
        return "beat: has not ticked yet"
    return None if age < BEAT_SILENCE_SECONDS else f"beat: last tick {age:.0f} s ago"


CHECKS = {"web": web, "worker": worker, "beat": beat}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in CHECKS:
        sys.exit(CHECKS[sys.argv[1]]())
    sys.exit(__doc__)
