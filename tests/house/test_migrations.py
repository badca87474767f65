"""The migrations make, on SQLite too, just the tables that the models describe."""

import os
import sqlite3
import subprocess
import sys

import pytest
from django.apps import apps

from tests.conftest import ROOT

pytestmark = pytest.mark.sqlite


def test_migrations_make_every_table_on_sqlite(tmp_path):
    path = tmp_path / "fresh.sqlite3"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{path}"}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with sqlite3.connect(path) as connection:
        made = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    described = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert described - made == set()
    assert made - described == {"django_migrations", "sqlite_sequence"}
