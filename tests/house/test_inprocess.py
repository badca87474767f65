"""Worker and beat as threads of one process, as `manage.py demo` has them, on a SQLite file."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

RUN = """
import threading, time
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from cppcc import inprocess
from scoring.models import WorkerBeat

# The tables, but not by way of the migrations, which take ten seconds and have a test of their own.
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
deadline = time.monotonic() + 30
with inprocess.worker():
    while not WorkerBeat.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
print("beats", WorkerBeat.objects.count())
print("threads", sorted(thread.name for thread in threading.enumerate() if thread.name in ("beat", "worker")))
"""


@pytest.mark.sqlite
def test_worker_thread_works_off_the_beat_threads_bell_and_both_end(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "cppcc.settings",
            "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
            "LOG_LEVEL": "WARNING",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("beats 1\nthreads []\n", "")


def test_redis_address_refuses_the_threads():
    done = subprocess.run(
        [sys.executable, "-c", "from cppcc import inprocess\nwith inprocess.worker(): pass"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "cppcc.settings",
            "REDIS_URL": "redis://127.0.0.1:1/0",
        },
        capture_output=True,
        text=True,
    )
    assert done.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: "
        "REDIS_URL is set: start celery's worker and beat instead (see README)"
    )
