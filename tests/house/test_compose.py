"""docker-compose.yml is true: each service's own command and health check, run here against real servers.

No image is built: what is tested is that the commands start this project, that the health checks pass when the
service works, and that they fail when it does not. Programs of the images (psql, redis-cli, redis-server) are this
machine's own; addresses, ports and folders are the test's.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.db.models.functions import Now

from scoring.models import WorkerBeat
from tests import services
from tests.conftest import ROOT

SECRET = "k3y-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"
ENV_FILE = {
    "SECRET_KEY": SECRET,
    "TELEPHONE_KEY": SECRET,
    "ALLOWED_HOSTS": "lz.example.cn",
    "POSTGRES_PASSWORD": "pw",
}
WAIT_SECONDS = 40


def interpolated(node, given):
    """The parsed file with ${NAME}, ${NAME:-default} and ${NAME:?message} filled as compose does."""

    def value(found):
        name, kind, rest = found.groups()
        if given.get(name):
            return given[name]
        if kind == ":?":
            raise KeyError(f"{name}: {rest}")
        return rest or ""

    if isinstance(node, dict):
        return {key: interpolated(part, given) for key, part in node.items()}
    if isinstance(node, list):
        return [interpolated(part, given) for part in node]
    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", value, node) if isinstance(node, str) else node


def compose(**given):
    return interpolated(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), given)["services"]


SERVICES = compose(**ENV_FILE)


def program(name):
    """This machine's program for a name an image has on its path."""
    return {
        "psql": lambda: services.postgres_folder() / "psql",
        "redis-server": services.redis_program,
        "redis-cli": lambda: Path(str(services.redis_program()).replace("-server", "-cli")),
    }.get(name, lambda: name)()


def environment(service, **ours):
    """The service's variables as compose sets them, with the test's addresses in their place."""
    venv = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**SERVICES[service]["environment"], "PATH": venv, "PYTHONPATH": str(ROOT), **ours}


def health(service, *extra, **variables):
    """(exit code, output) of the service's health check."""
    kind, name, *arguments = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD"
    command = [str(program(name)), *extra, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=30)
    return done.returncode, (done.stdout + done.stderr).strip()


def becomes_healthy(service, process, **variables):
    """Ask the health check, as the engine does at its interval, until it passes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        code, output = health(service, **variables)
        if code == 0:
            return "healthy"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    return f"{output}\n{process.log.read_text()}"


# ---------------------------------------------------------------- the file
def test_compose_has_the_five_services():
    assert sorted(SERVICES) == ["beat", "db", "redis", "web", "worker"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", sorted(ENV_FILE))
def test_compose_refuses_to_start_without(name):
    with pytest.raises(KeyError, match=name):
        compose(**{key: value for key, value in ENV_FILE.items() if key != name})


def test_compose_listens_on_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


# ---------------------------------------------------------------- db and redis
@pytest.mark.faults
def test_db_health_check_passes_on_postgres_and_fails_without():
    with services.postgres() as url:
        place = {"PGHOST": "127.0.0.1", "PGPORT": url.rpartition(":")[2].partition("/")[0]}
        admin = {**place, "PGUSER": "postgres"}
        for statement in ("CREATE USER cppcc SUPERUSER", "CREATE DATABASE cppcc OWNER cppcc"):
            subprocess.run([program("psql"), "-qc", statement, "postgres"], env=admin, check=True)
        assert health("db", **place)[0] == 0
    assert health("db", **place)[0] == 2


@pytest.mark.faults
def test_redis_command_never_evicts_and_its_health_check_passes(tmp_path, processes):
    name, *arguments = SERVICES["redis"]["command"]
    port = str(services.free_port())
    process = processes.start(program(name), *arguments, "--port", port, "--bind", "127.0.0.1", "--dir", tmp_path)
    services.wait_for_port(int(port), process)
    assert health("redis", "-p", port) == (0, "PONG")
    asked = [program("redis-cli"), "-p", port, "config", "get", "maxmemory-policy"]
    assert subprocess.run(asked, capture_output=True, text=True).stdout.split() == ["maxmemory-policy", "noeviction"]


# ---------------------------------------------------------------- our own processes
@pytest.fixture
def start(processes, tmp_path):
    """start(service) → (process, its variables), by the command of the compose file."""

    def start_service(name):
        variables = environment(
            name,
            DATABASE_URL=processes.environment["DATABASE_URL"],
            REDIS_URL=processes.environment["REDIS_URL"],
            EVIDENCE_DIR=str(tmp_path / "evidence"),
            STATIC_ROOT=str(tmp_path / "static"),
            BEAT_ALIVE_FILE=str(tmp_path / "beat-alive"),
            PORT=str(services.free_port()),
        )
        if name == "web":
            # The image's build does it (Dockerfile).
            collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
            subprocess.run(collect, cwd=ROOT, env=variables, check=True)
        return processes.start(*SERVICES[name]["command"], **variables), variables

    return start_service


@pytest.mark.faults
def test_web_command_migrates_and_answers_its_health_check(start, processes):
    process, variables = start("web")
    assert becomes_healthy("web", process, **variables) == "healthy"
    processes.kill(process)
    assert health("web", **variables)[0] == 1


@pytest.mark.faults
def test_beat_command_ticks_and_its_health_check_sees_it(start, tmp_path):
    process, variables = start("beat")
    assert becomes_healthy("beat", process, **variables) == "healthy"
    os.utime(tmp_path / "beat-alive", (0, 0))
    os.killpg(process.pid, signal.SIGSTOP)
    os.utime(tmp_path / "beat-alive", (0, 0))
    code, output = health("beat", **variables)
    assert (code, output.partition(" tick")[0]) == (1, "beat: last")


@pytest.mark.faults
def test_worker_is_healthy_as_long_as_it_works_off_beats_bell(start, processes):
    worker, variables = start("worker")
    start("beat")
    assert becomes_healthy("worker", worker, **variables) == "healthy"
    processes.kill(worker)
    WorkerBeat.objects.filter(name__contains=socket.gethostname()).update(at=Now() - timedelta(minutes=5))
    assert health("worker", **variables) == (1, "worker: none seen lately")
