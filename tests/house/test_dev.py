"""dev.py: what it decides before it starts anything."""

import subprocess
import sys

import pytest

import dev
from tests.conftest import ROOT


def phase(name):
    return next(dev.Phase(*entry) for entry in dev.PHASES if entry[0] == name)


def test_phases_run_in_this_order():
    assert [entry[0] for entry in dev.PHASES] == [
        "engine",
        "sqlite",
        "postgres",
        "faults",
        "browser",
        "timed",
        "office",
    ]


def test_budgets_are_ten_minutes_together():
    assert sum(entry[2] for entry in dev.PHASES) == 600


@pytest.mark.parametrize(
    ("name", "paths", "expected"),
    [
        ("engine", [], ["tests/engine"]),
        ("sqlite", [], ["tests"]),
        ("engine", ["tests/engine/test_cap.py", "tests/house"], ["tests/engine/test_cap.py"]),
        ("sqlite", ["tests/engine/test_cap.py", "tests/house"], ["tests/house"]),
    ],
)
def test_phase_takes_its_share_of_the_paths(name, paths, expected):
    assert phase(name).paths(paths) == expected


def test_full_grids_are_left_out_unless_asked_for():
    assert phase("browser").arguments([], is_full=False)[2] == "(browser and not timed) and not full"
    assert phase("browser").arguments([], is_full=True)[2] == "browser and not timed"


@pytest.mark.parametrize(("is_ci", "is_good"), [(False, True), (True, False)])
def test_skipped_phase_fails_under_ci(monkeypatch, is_ci, is_good):
    monkeypatch.setattr(dev, "IS_CI", is_ci)
    skipped = phase("browser")
    skipped.skip("Chromium: apt-get install chromium")
    assert (skipped.is_good, skipped.summary) == (is_good, "skipped: Chromium: apt-get install chromium")


def test_tests_do_not_see_the_callers_settings(monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "SHEET_MAX_ROWS", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("HOME", "/home/li")
    clean = dev.clean_environment()
    assert {name for name in clean if dev.SETTINGS.fullmatch(name)} == set()
    assert clean["HOME"] == "/home/li"


def test_environment_without_interpreter_does_not_work(tmp_path):
    assert dev.works(tmp_path / "bin" / "python") is False


def test_unknown_benchmark_is_answered_with_those_there_are():
    done = subprocess.run([sys.executable, "dev.py", "bench", "nothing"], cwd=ROOT, capture_output=True, text=True)
    there = ", ".join(sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))) or "none"
    assert (done.returncode, done.stderr) == (1, f"dev.py bench: no bench/nothing.py (there are: {there})\n")
