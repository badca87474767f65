"""The Celery application. Its settings are the CELERY_… names of cppcc/settings.py."""

import os
from pathlib import Path

from celery import Celery
from celery.beat import Scheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc.settings")

app = Celery("cppcc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Beat(Scheduler):
    """Beat with the schedule of the settings, kept in memory, touching a file at every tick.

    The schedule never changes while beat runs, so the usual schedule file would only be one more thing to lose.
    A tick that hangs (a broker that neither answers nor refuses) leaves the file old, and beat's health check fails.
    """

    def tick(self, *args, **kwargs):
        seconds = super().tick(*args, **kwargs)
        Path(self.app.conf.beat_alive_file).touch()
        # The file must stay younger than the health check's limit also while nothing is due.
        return min(seconds, 5)
