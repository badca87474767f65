"""Worker and beat inside one process, for `manage.py demo`: no Redis, no second process.

Messages travel through the memory:// broker, which reaches no further than this process.
"""

import contextlib
import threading
import time

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cppcc.celery import app


class _BeatThread(threading.Thread):
    """Rings for the schedule of the settings until stopped."""

    def __init__(self):
        super().__init__(name="beat", daemon=True)
        self.is_stopping = threading.Event()

    def run(self):
        entries = app.conf.beat_schedule.values()
        due = {entry["task"]: time.monotonic() for entry in entries}
        while not self.is_stopping.wait(0.1):
            for entry in entries:
                if time.monotonic() >= due[entry["task"]]:
                    due[entry["task"]] = time.monotonic() + entry["schedule"]
                    app.send_task(entry["task"], **entry["options"])


@contextlib.contextmanager
def worker():
    """Run one worker thread (pool solo) and one beat thread as long as the block lasts."""
    if settings.REDIS_URL != "memory://":
        raise ImproperlyConfigured("REDIS_URL is set: start celery's worker and beat instead (see README)")
    app.loader.import_default_modules()
    controller = app.WorkController(
        pool="solo", concurrency=1, loglevel="WARNING", without_heartbeat=True, without_mingle=True, without_gossip=True
    )
    thread = threading.Thread(target=controller.start, name="worker", daemon=True)
    beat = _BeatThread()
    thread.start()
    beat.start()
    try:
        yield
    finally:
        beat.is_stopping.set()
        beat.join(5)
        controller.stop()
        thread.join(5)
