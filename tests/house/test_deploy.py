"""As a server is started: Django's own deployment checks, and no model without its migration."""

import os
import subprocess
import sys

from tests.conftest import ROOT
from tests.house.test_settings import SERVER


def manage(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def test_deployment_check_is_clean():
    expected = "System check identified no issues (1 silenced)."
    assert manage("check", "--deploy", "--fail-level", "WARNING", **SERVER) == (0, expected)


def test_every_model_has_its_migration():
    assert manage("makemigrations", "--check", "--dry-run") == (0, "No changes detected")


def test_wrong_setting_stops_the_start_with_one_last_line():
    code, output = manage("check", DEBUG="maybe")
    assert (code, output.splitlines()[-1]) == (
        1,
        "cppcc.environment.WrongSetting: DEBUG: found 'maybe', expected on or off",
    )
