"""What the health addresses say, and when."""

from datetime import timedelta

from django.db.models.functions import Now

from scoring.models import WorkerBeat

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make_beat(seconds_ago):
    return WorkerBeat.objects.create(name="worker@here", at=Now() - timedelta(seconds=seconds_ago))


def test_healthz_touches_no_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"web": "ok"})


def test_readyz_is_ok_with_a_worker_that_moves(client, db):
    make_beat(seconds_ago=5)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "worker": "ok"})


def test_readyz_says_that_no_worker_moves(client, db):
    make_beat(seconds_ago=120)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "worker": "none seen lately"})


def test_health_answers_are_not_stored(client):
    assert client.get("/healthz")["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_health_refuses_writes(client):
    assert client.post("/healthz").status_code == 405


def test_every_answer_carries_the_strict_headers(client):
    answer = client.get("/healthz")
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_every_answer_carries_the_strict_policy(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert sorted(policy.split("; ")) == [
        "base-uri 'none'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
