"""What every test may ask for. Factories live beside the tests that use them, servers in tests/services.py."""

import contextlib
import gc
import os
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from cppcc.celery import app as celery
from tests import services

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "migrated"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "client", "admin_client", "django_db_setup"}

hypothesis.settings.register_profile("test", derandomize=True, deadline=None, max_examples=100)
hypothesis.settings.register_profile("full", derandomize=False, deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


def pytest_configure(config):
    # Playwright keeps an event loop in the test's thread; Django would refuse its own, blocking database calls there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # A password costs 0.2 s to hash as it should be; tests make hundreds of accounts.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if number := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
        take_redis(int(number))
    if connection.vendor == "postgresql" and not os.environ.get("TEST_DATABASE_URL"):
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
        if not number:
            make_template()


def make_template():
    """Migrate one database of the throw-away server, for all processes and phases to copy: ten seconds less for each."""
    import psycopg2

    url = os.environ["DATABASE_URL"]
    server = psycopg2.connect(url)
    server.autocommit = True
    with contextlib.closing(server), server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if cursor.fetchone():
            return
        cursor.execute(f"CREATE DATABASE {TEMPLATE}")
    address = url.rpartition("/")[0]
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": f"{address}/{TEMPLATE}"}, check=True)


def take_redis(number):
    """Give this process of several a numbered database of Redis of its own: tests empty theirs."""
    if settings.REDIS_URL.startswith("redis"):
        url = f"{settings.REDIS_URL.rpartition('/')[0]}/{number}"
        settings.REDIS_URL = settings.CELERY_BROKER_URL = os.environ["REDIS_URL"] = url
        celery.conf.broker_url = url


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what uses the database, so that the PostgreSQL phase of dev.py can select it."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
        if "processes" in getattr(item, "fixturenames", ()):
            item.add_marker("faults")


def pytest_collection_finish():
    """What is imported by now stays to the end: not walking through it again and again saves a twentieth of the time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session):
    """Under CI a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    is_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    if is_ci and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def evidence_dir(tmp_path, settings):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return settings.EVIDENCE_DIR


@pytest.fixture
def sent():
    """Objects of every facts_changed sent during the test, in order."""
    heard = []

    def hear(objects, **kwargs):
        heard.append(objects)

    from members.signals import facts_changed

    facts_changed.connect(hear)
    yield heard
    facts_changed.disconnect(hear)


# ---------------------------------------------------------------- real processes
class Processes:
    """Starts this project's own processes on the test's database and broker, and ends them all."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cppcc.settings",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.started = []

    def start(self, *command, **environment):
        """Start `command` in its own process group; its output goes to `<folder>/<number>.log`."""
        with open(self.folder / f"{len(self.started)}.log", "wb") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        process.log = Path(log.name)
        self.started.append(process)
        return process

    def worker(self, *options, concurrency=1, **environment):
        """A Celery worker with `concurrency` child processes (prefork)."""
        return self.start(
            *(sys.executable, "-m", "celery", "-A", "cppcc", "worker", "--concurrency", concurrency),
            *("--without-gossip", "--without-mingle", *options),
            **environment,
        )

    def beat(self, **environment):
        return self.start(sys.executable, "-m", "celery", "-A", "cppcc", "beat", "--pidfile=", **environment)

    def manage(self, *arguments, **environment):
        """Run `manage.py` to its end and return what it printed; SubprocessError, with what it said, on failure."""
        return self.run("manage.py", *arguments, **environment)

    def run(self, *arguments, **environment):
        """Run Python with these arguments to its end, as `manage` does."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise subprocess.SubprocessError(f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def kill(self, process):
        """SIGKILL to the process and its children, as when a machine's memory runs out."""
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait(10)

    def close(self):
        for process in self.started:
            self.kill(process)


def test_database_url():
    """The URL of the database this test runs on, for another process. PostgreSQL only: SQLite's is in memory."""
    entry = connection.settings_dict
    assert connection.vendor == "postgresql", "run as: python tests/services.py pytest -m 'postgres or faults' …"
    return f"postgres://{entry['USER']}:{entry['PASSWORD']}@{entry['HOST']}:{entry['PORT']}/{entry['NAME']}"


test_database_url.__test__ = False


@pytest.fixture
def processes(transactional_db, tmp_path):
    """Real processes on the test's PostgreSQL database and on an emptied Redis; ended with the test."""
    import redis

    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    started = Processes(tmp_path, DATABASE_URL=test_database_url(), BEAT_ALIVE_FILE=str(tmp_path / "beat-alive"))
    yield started
    started.close()


@pytest.fixture
def redis_server():
    """A Redis of this test's own, to stop and start: give its `url` to the processes as REDIS_URL."""
    server = services.Redis(services.redis_program())
    server.start()
    yield server
    server.close()


@pytest.fixture
def postgres_url():
    """The URL of a PostgreSQL of this test's own."""
    with services.postgres() as url:
        yield url


# ---------------------------------------------------------------- Chromium
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": str(services.chromium_program()),
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def axe():
    """axe(page) → the accessibility violations of the page as shown: [(rule id, how many nodes)]."""
    from axe_playwright_python.sync_playwright import Axe

    def violations(page):
        found = Axe().run(page).response["violations"]
        return [(violation["id"], len(violation["nodes"])) for violation in found]

    return violations
