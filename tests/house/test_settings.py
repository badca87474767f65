"""The settings: a bare clone starts, a server refuses wrong values, each with a message that can be acted on."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SECRET = "k3y-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"
SERVER = {"SECRET_KEY": SECRET, "TELEPHONE_KEY": SECRET, "ALLOWED_HOSTS": "lz.example.cn"}


def start(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def shown(expression, **environment):
    done = start(f"import cppcc.settings as s; print({expression})", **environment)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"DEBUG": "maybe"}, "DEBUG: found 'maybe', expected on or off"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY: found '5 characters', expected at least 50 random characters"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY: found '60 characters', expected at least 50 random characters"),
        (
            {"DEBUG": "off"},
            "SECRET_KEY: found '', expected at least 50 random characters (required when DEBUG is off)",
        ),
        (
            {"SECRET_KEY": SECRET},
            "TELEPHONE_KEY: found '', expected at least 50 random characters (required when DEBUG is off)",
        ),
        (
            {"DEBUG": "on", "ALLOWED_HOSTS": "lz.example.cn"},
            "DEBUG: found 'on', expected off, because ALLOWED_HOSTS names more than this machine",
        ),
        (
            {"DATABASE_URL": "mysql://root:pw@db/x"},
            "DATABASE_URL: found 'mysql://root:***@db/x', "
            "expected sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            {"DATABASE_URL": "sqlite://x.sqlite3"},
            "DATABASE_URL: found 'sqlite://x.sqlite3', "
            "expected sqlite:///PATH (three slashes for a relative path, four for an absolute one)",
        ),
        (
            {"DATABASE_URL": "postgres://u:pw@db:99999/x"},
            "DATABASE_URL: found 'postgres://u:***@db:99999/x', "
            "expected postgres://USER:PASSWORD@HOST:PORT/NAME with a port from 0 to 65535",
        ),
        (
            {"DATABASE_URL": "postgres://u:pw@db/x?sslmod=require"},
            "DATABASE_URL: found 'postgres://u:***@db/x?sslmod=require', expected no other options than "
            "application_name, connect_timeout, sslmode, sslrootcert (unknown: sslmod)",
        ),
        (
            {"DATABASE_URL": "postgres://u:pw@db"},
            "DATABASE_URL: found 'postgres://u:***@db', expected postgres://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            {"REDIS_URL": "amqp://guest:pw@mq"},
            "REDIS_URL: found 'amqp://guest:***@mq', "
            "expected redis://HOST:PORT/NUMBER, rediss://HOST:PORT/NUMBER or memory://",
        ),
        (
            {"EMAIL_URL": "smtps://office:pw@mail.example.cn"},
            "EMAIL_URL: found 'smtps://office:***@mail.example.cn', "
            "expected smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS (or smtp+tls, smtp)",
        ),
        ({"SITE_URL": "lz.example.cn"}, "SITE_URL: found 'lz.example.cn', expected https://HOST"),
        ({"SHEET_MAX_ROWS": "many"}, "SHEET_MAX_ROWS: found 'many', expected a whole number from 1 to 1000000"),
        ({"SHEET_MAX_ROWS": "0"}, "SHEET_MAX_ROWS: found '0', expected a whole number from 1 to 1000000"),
        ({"EVIDENCE_DIR": "evidence"}, "EVIDENCE_DIR: found 'evidence', expected an absolute path"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: found 'loud', expected one of DEBUG, ERROR, INFO, WARNING"),
    ],
)
def test_start_refuses_wrong_value(environment, message):
    done = start("import cppcc.settings", **environment)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"cppcc.environment.WrongSetting: {message}"


def test_bare_clone_is_for_this_machine_alone():
    assert shown("s.DEBUG, s.HTTPS, s.ALLOWED_HOSTS") == "True False ['127.0.0.1', 'localhost', '[::1]']"


def test_bare_clone_keeps_its_secret_between_starts():
    assert shown("s.SECRET_KEY") == shown("s.SECRET_KEY")


def test_secret_key_turns_debug_off_and_https_on():
    assert shown("s.DEBUG, s.HTTPS, s.SESSION_COOKIE_NAME", **SERVER) == "False True __Host-session"


def test_sqlite_waits_for_its_write_lock_from_the_start_of_a_transaction():
    assert shown("s.DATABASES['default']", DATABASE_URL="sqlite:////tmp/x.sqlite3") == str(
        {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "/tmp/x.sqlite3",
            "ATOMIC_REQUESTS": False,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    )


def test_postgres_url_is_read_with_escapes():
    fields = "[s.DATABASES['default'][k] for k in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')]"
    url = "postgres://cppcc:p%40ss@db/lan%20zhou?sslmode=require"
    assert shown(fields, DATABASE_URL=url) == "['cppcc', 'p@ss', 'db', '5432', 'lan zhou']"
    assert shown("s.DATABASES['default']['OPTIONS']", DATABASE_URL=url) == str(
        {"connect_timeout": 5, "sslmode": "require"}
    )


def test_message_is_acknowledged_only_after_its_work():
    names = ["CELERY_TASK_ACKS_LATE", "CELERY_TASK_REJECT_ON_WORKER_LOST", "CELERY_WORKER_PREFETCH_MULTIPLIER"]
    expression = f"[getattr(s, name) for name in {names}]"
    assert shown(expression) == "[True, True, 1]"


def test_celery_reads_every_setting_of_ours():
    code = (
        "from cppcc.celery import app; c = app.conf; "
        "print(c.task_acks_late, c.task_reject_on_worker_lost, c.worker_prefetch_multiplier, c.task_ignore_result, "
        "c.accept_content, c.broker_connection_max_retries, c.broker_transport_options['visibility_timeout'], "
        "c.beat_alive_file, c.task_always_eager)"
    )
    done = start(code, REDIS_URL="redis://127.0.0.1:1/0", BEAT_ALIVE_FILE="/tmp/alive")
    assert done.stdout.strip() == "True True 1 True ['json'] None 3600 /tmp/alive False"


def test_mail_server_is_read_and_switches_e_mail_on():
    given = {**SERVER, "EMAIL_URL": "smtp+tls://office:p%40w@mail.example.cn?from=office@example.cn"}
    names = (
        "(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_SSL, s.EMAIL_USE_TLS, s.DEFAULT_FROM_EMAIL)"
    )
    assert shown(names, **given) == "('mail.example.cn', 587, 'p@w', False, True, 'office@example.cn')"
    said = "(s.NOTICE_CHANNELS, s.SITE_URL, 'notices' in s.CELERY_BEAT_SCHEDULE)"
    assert shown(said, **given) == "(['members.delivery.Email'], 'https://lz.example.cn', True)"
    assert shown(said, **SERVER) == "([], 'https://lz.example.cn', False)"
