#!/usr/bin/env python3
"""The one command of this repository; needs nothing but Python 3.11 or newer.

    python3 dev.py demo [--no-serve] [--port N]   a filled demonstration at http://127.0.0.1:8000
    python3 dev.py test [--full] [PATH…]          all tests, or those under PATH, in six phases
    python3 dev.py lint                           ruff, djlint and the house's own lints
    python3 dev.py bench NAME [ARGUMENT…]         bench/NAME.py

The first run makes .venv and installs the hashed lock file (requirements.txt, or requirements-dev.txt for all but
demo) into it. To change a package edit requirements.in or requirements-dev.in, then

    uv pip compile --generate-hashes --universal --python-version 3.11 --no-emit-index-url requirements.in -o requirements.txt
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("dev.py needs Python 3.11 or newer; this is %d.%d (%s)" % (*sys.version_info[:2], sys.executable))

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / "installed"
IS_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Ours, and only ours: what the caller has in these variables must not reach the tests.
SETTINGS = re.compile(
    "SECRET_KEY|TELEPHONE_KEY|DEBUG|ALLOWED_HOSTS|DATABASE_URL|REDIS_URL|EVIDENCE_.*|STATIC_ROOT|HTTPS|BEHIND_PROXY"
    "|BEAT_ALIVE_FILE|LOG_LEVEL|DJANGO_.*|SHEET_MAX_.*|PRINT_.*|PASSWORD_.*|SESSION_.*|SCORING_.*|PYTEST_.*"
)


# ---------------------------------------------------------------- the virtual environment
def lock_digest(name):
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def is_installed(name):
    # What the development lock installs contains what the other does, so one file with a line each is enough.
    lines = INSTALLED.read_text().split("\n") if INSTALLED.exists() else []
    return f"{name} {lock_digest(name)}" in lines and works(PYTHON)


def works(python):
    """False for an environment whose making was interrupted or whose interpreter was removed."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def install(name):
    """Make .venv hold the packages of the lock file `name`, from whatever state it is in."""
    if is_installed(name):
        return
    with open(ROOT / ".venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed(name):
            return
        started = time.monotonic()
        print(f"Installing {name} into .venv …", flush=True)
        if not works(PYTHON):
            make_environment()
        # Written only after the last package: an interrupted installation is repeated.
        INSTALLED.unlink(missing_ok=True)
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
        if subprocess.run([*pip, "-r", ROOT / name]).returncode:
            sys.exit(f"dev.py: could not install {name}; pip's message is above")
        names = ["requirements.txt"] if name == "requirements.txt" else ["requirements.txt", name]
        INSTALLED.write_text("".join(f"{each} {lock_digest(each)}\n" for each in names))
        print(f"… in {time.monotonic() - started:.0f} s", flush=True)


def make_environment():
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if done.returncode:
        version = "%d.%d" % sys.version_info[:2]
        print((done.stdout + done.stderr).strip())
        sys.exit(f"dev.py: could not make .venv (on Debian and Ubuntu: apt-get install python{version}-venv)")


def inside(name, arguments):
    """Install the lock file `name`, then go on with the same command under .venv's own interpreter."""
    install(name)
    if Path(sys.prefix) != VENV:
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev.py"), *arguments])


def run(*command, **variables):
    """Run a command in the repository; return its exit code."""
    sys.stdout.flush()
    return subprocess.run(list(command), cwd=ROOT, env={**os.environ, **variables}).returncode


def clean_environment():
    return {name: value for name, value in os.environ.items() if not SETTINGS.fullmatch(name)}


# ---------------------------------------------------------------- what a machine may lack
def services():
    sys.path.insert(0, str(ROOT))
    from tests import services

    return services


def is_wanted(find):
    """True when `find` finds no program, or only a wheel's: an installed one is preferred."""
    try:
        return find().is_relative_to(services().site_packages())
    except services().Unavailable:
        return True


def install_programs():
    """As root on Debian or Ubuntu, install the servers and programs the tests use and this machine lacks."""
    if os.geteuid() or not shutil.which("apt-get"):
        return
    found = services()
    wanted = {
        "postgresql": not os.environ.get("TEST_DATABASE_URL") and is_wanted(found.postgres_folder),
        "redis-server": not os.environ.get("TEST_REDIS_URL") and is_wanted(found.redis_program),
        "chromium": is_wanted(found.chromium_program),
        "fonts-noto-cjk": not any(Path("/usr/share/fonts").rglob("NotoSansCJK*")),
        "poppler-utils": not shutil.which("pdftotext"),
        "libreoffice-writer-nogui": is_wanted(found.office_program),
    }
    packages = [name for name, is_lacking in wanted.items() if is_lacking]
    if not packages:
        return
    print(f"Installing {' '.join(packages)} with apt-get …", flush=True)
    (ROOT / "var").mkdir(exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with open(ROOT / "var" / "apt-get.log", "wb") as log:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            command = ["apt-get", "-qq", *arguments]
            done = subprocess.run(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    if done.returncode:
        print("… apt-get failed (var/apt-get.log); going on with what is here", flush=True)


# ---------------------------------------------------------------- test
NOWHERE = "not postgres and not faults and not browser and not office"
# name, marker expression, budget in seconds, parallel processes, what must be there
PHASES = [
    ("engine", NOWHERE, 30, 2, ()),
    ("sqlite", NOWHERE, 190, 2, ()),
    ("postgres", "(postgres or database) and not sqlite and not faults and not browser", 165, 2, ("servers",)),
    ("faults", "faults", 70, 2, ("servers",)),
    ("browser", "browser and not timed", 120, 2, ("chromium",)),
    ("timed", "timed", 15, 0, ("chromium",)),
    ("office", "office", 10, 0, ("office",)),
]


class Phase:
    """One run of pytest: what it was told, how it ended."""

    def __init__(self, name, expression, budget, processes, needs):
        self.name, self.expression, self.budget, self.processes, self.needs = name, expression, budget, processes, needs
        self.seconds = 0.0
        self.summary = ""
        self.is_good = False

    def arguments(self, paths, is_full):
        expression = self.expression if is_full else f"({self.expression}) and not full"
        arguments = ["-q", "-m", expression, *self.paths(paths)]
        if self.processes > 1:
            # Both get neighbours, which share fixtures, and neither waits for the other's last long file.
            arguments += ["-n", str(self.processes), "--dist", "worksteal"]
        if self.name != "engine":
            arguments.append("--ignore=tests/engine")
        if "servers" not in self.needs:
            # Twelve seconds less for every process; tests/house/test_migrations.py and the other phases migrate.
            arguments.append("--nomigrations")
        return arguments

    def paths(self, paths):
        if self.name == "engine":
            return [path for path in paths if "tests/engine" in path] if paths else ["tests/engine"]
        return [path for path in paths if "tests/engine" not in path] if paths else ["tests"]

    def run(self, paths, is_full, environment):
        if not self.paths(paths):
            self.is_good, self.summary = True, "nothing asked for"
            return
        print(f"\n── {self.name}", flush=True)
        started = time.monotonic()
        with subprocess.Popen(
            [PYTHON, "-m", "pytest", *self.arguments(paths, is_full)],
            cwd=ROOT,
            env={**environment, "HYPOTHESIS_PROFILE": "full" if is_full else "test"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            for line in process.stdout:
                print(line, end="", flush=True)
                self.summary = line.strip(" =\n") or self.summary
        self.seconds = time.monotonic() - started
        # 5: no test matched, which is fine for a few named paths and not for the whole tree.
        self.is_good = process.returncode == 0 or (process.returncode == 5 and bool(paths))

    def skip(self, why):
        print(f"\n── {self.name}\nskipped: {why}", flush=True)
        self.summary, self.is_good = f"skipped: {why}", not IS_CI

    def line(self):
        note = "" if self.seconds <= self.budget else "  over budget"
        verdict = "ok  " if self.is_good else "FAIL"
        return f"{verdict} {self.name:9}{self.seconds:6.0f} s of {self.budget:3} s{note}  {self.summary}"


def test(paths, is_full):
    install_programs()
    phases = [Phase(*phase) for phase in PHASES]
    environment = clean_environment()
    with contextlib.ExitStack() as stack:
        servers, lacking = None, {}
        for phase in phases:
            if "servers" in phase.needs and servers is None and "servers" not in lacking:
                try:
                    servers = stack.enter_context(services().both())
                except services().Unavailable as missing:
                    lacking["servers"] = str(missing)
            for need, program in (("chromium", services().chromium_program), ("office", services().office_program)):
                if need in phase.needs:
                    try:
                        program()
                    except services().Unavailable as missing:
                        lacking[need] = str(missing)
            reasons = [lacking[need] for need in phase.needs if need in lacking]
            if reasons:
                phase.skip("; ".join(reasons))
            else:
                phase.run(paths, is_full, {**environment, **(servers or {} if "servers" in phase.needs else {})})
    print("\n" + "\n".join(phase.line() for phase in phases))
    total, budget = sum(phase.seconds for phase in phases), sum(phase.budget for phase in phases)
    print(f"     together {total:6.0f} s of {budget} s")
    return 0 if all(phase.is_good for phase in phases) else 1


# ---------------------------------------------------------------- lint
def lint():
    checks = {
        "ruff check": [PYTHON, "-m", "ruff", "check", "."],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "djlint": [VENV / "bin" / "djlint", "--lint", "--quiet", "templates"],
        "house": [PYTHON, "tests/house/lints.py"],
    }
    failed = []
    for name, command in checks.items():
        print(f"── {name}")
        if run(*command):
            failed.append(name)
    print(f"lint: {'failed in ' + ', '.join(failed) if failed else 'clean'}")
    return 1 if failed else 0


def bench(name, arguments):
    script = ROOT / "bench" / f"{name}.py"
    if not script.exists():
        there = ", ".join(sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))) or "none"
        sys.exit(f"dev.py bench: no bench/{name}.py (there are: {there})")
    return run(PYTHON, script, *arguments, PYTHONPATH=str(ROOT))


def parser():
    found = argparse.ArgumentParser(prog="dev.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="install, migrate, fill, score and serve the demonstration")
    demo.add_argument("--no-serve", action="store_true", help="stop before serving")
    demo.add_argument("--port", type=int, default=8000)
    tests = commands.add_parser("test", help="run the tests")
    tests.add_argument("--full", action="store_true", help="also full grids and counts, with fresh random examples")
    tests.add_argument("paths", nargs="*", metavar="PATH")
    commands.add_parser("lint", help="check style and house rules")
    benches = commands.add_parser("bench", help="run a benchmark")
    benches.add_argument("name", metavar="NAME")
    benches.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    return found


def main(arguments):
    asked = parser().parse_args(arguments)
    inside("requirements.txt" if asked.command == "demo" else "requirements-dev.txt", arguments)
    if asked.command == "demo":
        options = ["--port", str(asked.port)] + (["--no-serve"] if asked.no_serve else [])
        # On SQLite and in one process, whatever the caller's own settings name.
        return subprocess.run([PYTHON, "manage.py", "demo", *options], cwd=ROOT, env=clean_environment()).returncode
    if asked.command == "test":
        return test(asked.paths, asked.full)
    if asked.command == "lint":
        return lint()
    return bench(asked.name, asked.arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
