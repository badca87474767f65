"""Strict readers for environment variables.

Each reader takes the variable's name and its default, and returns the value in its Python type. A value of the wrong
shape raises `WrongSetting`, whose message names the variable, what was found and what is expected: a typing error must
stop the start, not become a silent default.
"""

import os
import secrets
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "on", "true", "yes"}
NO = {"0", "off", "false", "no"}
POSTGRESQL_OPTIONS = {"sslmode", "sslrootcert", "application_name", "connect_timeout"}


class WrongSetting(ImproperlyConfigured):
    """An environment variable that cannot be used: which, what was found, what is expected."""

    def __init__(self, name, found, expected):
        super().__init__(f"{name}: found {found!r}, expected {expected}")


def given(name):
    """The variable's text without surrounding space, or None when it is missing or empty."""
    return os.environ.get(name, "").strip() or None


def text(name, default):
    found = given(name)
    return default if found is None else found


def switch(name, default):
    """on/off, true/false, yes/no, 1/0 in any case."""
    found = given(name)
    if found is None:
        return default
    if found.lower() in YES:
        return True
    if found.lower() in NO:
        return False
    raise WrongSetting(name, found, "on or off")


def whole(name, default, low, high):
    """A whole number from `low` to `high`, both included."""
    found = given(name)
    if found is None:
        return default
    expected = f"a whole number from {low} to {high}"
    if not (found.isascii() and found.isdigit()):
        raise WrongSetting(name, found, expected)
    number = int(found)
    if not low <= number <= high:
        raise WrongSetting(name, found, expected)
    return number


def names(name, default):
    """A list separated by commas; spaces around its parts and empty parts are dropped."""
    found = given(name)
    if found is None:
        return list(default)
    return [part.strip() for part in found.split(",") if part.strip()]


def folder(name, default):
    """An absolute path. Relative ones are refused: web, worker and beat may run from different folders."""
    found = given(name)
    if found is None:
        return Path(default)
    if not Path(found).is_absolute():
        raise WrongSetting(name, found, "an absolute path")
    return Path(found)


def one_of(name, default, allowed):
    found = given(name)
    if found is None:
        return default
    if found not in allowed:
        raise WrongSetting(name, found, "one of " + ", ".join(sorted(allowed)))
    return found


def database(name, default):
    """A Django database entry from sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME[?sslmode=…]."""
    found = text(name, default)
    parts = urlsplit(found)
    if parts.scheme == "sqlite":
        return _sqlite(name, found, parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(name, found, parts)
    raise WrongSetting(name, without_password(found), "sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")


def _sqlite(name, found, parts):
    path = unquote(parts.path)[1:]
    if parts.netloc or not path or parts.query:
        raise WrongSetting(name, found, "sqlite:///PATH (three slashes for a relative path, four for an absolute one)")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            # A transaction takes the write lock when it begins: two that read first and write later cannot
            # deadlock, and the timeout below really is waited for.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(name, found, parts):
    shown = without_password(found)
    expected = "postgres://USER:PASSWORD@HOST:PORT/NAME"
    try:
        port = parts.port
    except ValueError:
        raise WrongSetting(name, shown, expected + " with a port from 0 to 65535") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = set(options) - POSTGRESQL_OPTIONS
    if unknown:
        allowed = ", ".join(sorted(POSTGRESQL_OPTIONS))
        raise WrongSetting(name, shown, f"no other options than {allowed} (unknown: {', '.join(sorted(unknown))})")
    if not parts.hostname or not parts.path.strip("/"):
        raise WrongSetting(name, shown, expected)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path)[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": str(port or 5432),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def without_password(url):
    """The address as it may appear in a message."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:***@{host}").geturl()


def broker(name):
    """redis://… or rediss://…, or memory:// when nothing is given."""
    found = text(name, "memory://")
    parts = urlsplit(found)
    if found != "memory://" and (parts.scheme not in {"redis", "rediss"} or not parts.hostname):
        raise WrongSetting(
            name, without_password(found), "redis://HOST:PORT/NUMBER, rediss://HOST:PORT/NUMBER or memory://"
        )
    return found


def site(name, default):
    """https://HOST or http://HOST, with a port where one is needed and without a path."""
    found = text(name, default).removesuffix("/")
    parts = urlsplit(found)
    if parts.scheme not in {"http", "https"} or not parts.hostname or found != f"{parts.scheme}://{parts.netloc}":
        raise WrongSetting(name, without_password(found), "https://HOST")
    return found


class Mail(NamedTuple):
    """A mail server and who writes, in the order of the settings."""

    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    is_ssl: bool = False
    is_tls: bool = False
    sender: str = "webmaster@localhost"


MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail(name):
    """A mail server from smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS, or None when nothing is given.

    smtps speaks TLS from the start, smtp+tls after STARTTLS, smtp never.
    """
    found = given(name)
    if found is None:
        return None
    parts = urlsplit(found)
    options = dict(parse_qsl(parts.query))
    expected = "smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS (or smtp+tls, smtp)"
    if parts.scheme not in MAIL_PORTS or not parts.hostname or set(options) != {"from"} or "@" not in options["from"]:
        raise WrongSetting(name, without_password(found), expected)
    try:
        port = parts.port
    except ValueError:
        raise WrongSetting(name, without_password(found), expected + " with a port from 0 to 65535") from None
    return Mail(
        parts.hostname,
        port or MAIL_PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtps",
        parts.scheme == "smtp+tls",
        options["from"],
    )


def secret(name, path, is_required):
    """A secret of at least 50 characters, from the environment or, for a bare clone, from a file made on first use.

    `is_required` refuses the file: a production server must be given its secrets, or each restart of a container
    would make new ones, sign everybody out and leave encrypted telephone numbers unreadable.
    """
    found = given(name)
    if found is None:
        if is_required:
            raise WrongSetting(name, "", "at least 50 random characters (required when DEBUG is off)")
        return _kept(Path(path))
    if len(found) < 50 or len(set(found)) < 5:
        raise WrongSetting(name, f"{len(found)} characters", "at least 50 random characters")
    return found


def _kept(path):
    """The secret in the file `path`, made (readable by its owner alone) when the file does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        # link() fails when another process was first; both then read the same secret.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
