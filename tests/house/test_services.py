"""The servers the tests start: there while asked for, gone without a trace afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import services
from tests.conftest import ROOT


def listens(url):
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def temporary_folder(monkeypatch):
    """A place of this test's own for what the servers write; pytest's may not be entered by other accounts."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.mark.faults
def test_servers_are_there_and_then_gone(monkeypatch, temporary_folder):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with services.both() as urls:
        during = ([listens(url) for url in urls.values()], len(list(temporary_folder.iterdir())))
    after = ([listens(url) for url in urls.values()], len(list(temporary_folder.iterdir())))
    assert (during, after) == (([True, True], 2), ([False, False], 0))


@pytest.mark.faults
def test_servers_end_when_the_command_fails(tmp_path):
    code = "import os, sys; print(os.environ['DATABASE_URL']); sys.exit(3)"
    done = subprocess.run(
        [sys.executable, "tests/services.py", sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, listens(done.stdout.strip())) == (3, False)


@pytest.mark.faults
def test_redis_comes_back_empty_at_the_same_address(redis_server):
    import redis

    client = redis.Redis.from_url(redis_server.url)
    client.set("bell", "rung")
    redis_server.stop()
    assert not listens(redis_server.url)
    redis_server.start()
    assert client.get("bell") is None


def test_given_addresses_are_taken_as_they_are(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://u@db/x")
    monkeypatch.setenv("TEST_REDIS_URL", "redis://r/1")
    with services.both() as urls:
        assert urls == {"DATABASE_URL": "postgres://u@db/x", "REDIS_URL": "redis://r/1"}


def test_missing_program_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(services, "site_packages", lambda: tmp_path)
    with pytest.raises(services.Unavailable) as missing:
        services.redis_program()
    assert str(missing.value) == "Redis: apt-get install redis-server, or set TEST_REDIS_URL=redis://HOST:PORT/NUMBER"


def test_free_port_is_free():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", services.free_port()))
        assert listener.getsockname()[0] == "127.0.0.1"


def test_port_nobody_listens_on_is_reported_when_its_process_ends():
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(4)"], env=os.environ)
    port = services.free_port()
    with pytest.raises(RuntimeError) as failure:
        services.wait_for_port(port, process)
    assert str(failure.value) == f"{sys.executable} ended with 4 before it listened on {port}"
