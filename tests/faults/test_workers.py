"""Real worker and beat processes on PostgreSQL and Redis, disturbed: the cards have the same bytes as undisturbed."""

import time

import pytest
import redis
from django.conf import settings as django_settings
from django.urls import reverse

from cppcc.celery import app
from members.models import Role
from scoring import progress
from scoring.models import Chunk, ReportCard, Run, Stale, SubjectError
from scoring.services import runs
from scoring.services.assessments import rescore
from tests.cast import make_account, make_contribution
from tests.faults.waiting import wait_until
from tests.scoring.year import cards_of, fill, fresh, make_year

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

SHORT = {"SCORING_LEASE_SECONDS": "2", "SCORING_SWEEP_SECONDS": "1"}
MEMBERS = 40


@pytest.fixture
def year(processes, settings):
    """A year with facts, and `year.expected`: its cards as one undisturbed process computes them in one chunk."""
    year = make_year(MEMBERS)
    fill(year)
    runs.drive(rescore(user=None, assessment=fresh(year.assessment)))
    year.expected = cards_of(year.assessment)
    ReportCard.objects.all().delete()
    settings.SCORING_CHUNK_SIZE = 1
    return year


def ask(year):
    return rescore(user=None, assessment=fresh(year.assessment))


def start(processes, **environment):
    """A beat and a worker of one child."""
    processes.beat(**SHORT, **environment)
    return processes.worker(**SHORT, **environment)


def states(run):
    return [chunk.state for chunk in Chunk.objects.filter(run=run)]


def ended(run):
    run.refresh_from_db()
    return run.state in {"done", "failed"} and run


def wait_for(run):
    return wait_until(lambda: ended(run), lambda: f"the end of the run; {run.state}, chunks {states(run)}")


def has_begun(run):
    found = states(run)
    return "done" in found and set(found) != {"done"}


# ---------------------------------------------------------------- workers
def test_worker_killed_in_the_middle_of_a_run_changes_no_byte(year, processes):
    run = ask(year)
    first = start(processes)
    wait_until(lambda: has_begun(run), "a chunk done and one not")
    processes.kill(first)
    between = set(states(run))
    processes.worker(**SHORT)
    wait_for(run)
    assert ("done" in between, between != {"done"}, run.state) == (True, True, "done")
    assert cards_of(year.assessment) == year.expected


def test_chunk_of_a_killed_worker_is_taken_over_when_its_lease_ends(year, processes, settings):
    settings.SCORING_LEASE_SECONDS = 2
    run = ask(year)
    lost = run.chunks.first()
    runs.claim(lost.pk)  # by this process, which does nothing more: as dead as a killed one
    start(processes)
    wait_for(run)
    lost.refresh_from_db()
    assert (run.state, lost.state, lost.attempt) == ("done", "done", 2)
    assert cards_of(year.assessment) == year.expected


def test_every_message_three_times_and_two_workers_give_one_result(year, processes):
    run = ask(year)
    for _ in range(3):
        for chunk in run.chunks.all():
            app.send_task("scoring.tasks.score_chunk", (chunk.pk,))
    start(processes)
    processes.worker("--hostname", "second@%h", **SHORT)
    wait_for(run)
    assert {chunk.attempt for chunk in run.chunks.all()} == {1}
    assert (run.state, cards_of(year.assessment)) == ("done", year.expected)


def test_chunk_that_always_fails_stops_after_five_attempts(year, processes):
    run = ask(year)
    broken = run.chunks.first()
    Chunk.objects.filter(pk=broken.pk).update(subject_ids=["不是编号"])
    start(processes)
    wait_for(run)
    broken.refresh_from_db()
    others = {chunk.state for chunk in run.chunks.exclude(pk=broken.pk)}
    assert (run.state, broken.state, broken.attempt, others) == ("failed", "poison", 5, {"done"})
    assert run.message.startswith("1 组共 1 个考核对象试算 5 次均未成功，已停止；其余各组已算完，名次未更新。")


# ---------------------------------------------------------------- Redis
def test_redis_emptied_with_messages_waiting_changes_no_byte(year, processes):
    bell = redis.Redis.from_url(django_settings.REDIS_URL)
    run = ask(year)
    start(processes)
    wait_until(lambda: bell.llen("celery") > 5 and has_begun(run), "waiting messages")
    with bell.pipeline(transaction=True) as both:
        both.llen("celery")
        both.flushdb()
        waiting, _ = both.execute()
    wait_for(run)
    assert (waiting >= 1, run.state, cards_of(year.assessment)) == (True, "done", year.expected)


def test_redis_stopped_hinders_no_request_and_the_run_follows(year, processes, redis_server, client):
    start(processes, REDIS_URL=redis_server.url)
    wait_until(progress.is_worker_alive, "a worker's beat")
    client.force_login(make_account(year.place, "office", Role.CHAIR_OFFICE))
    redis_server.stop()
    started = time.monotonic()
    answer = client.post(reverse("rescore", args=[year.assessment.public_id]))
    seconds = time.monotonic() - started
    run = Run.objects.latest("pk")
    assert (answer.status_code, run.state, seconds < 2) == (302, "waiting", True)
    redis_server.start()
    wait_for(run)
    assert (run.state, cards_of(year.assessment)) == ("done", year.expected)


# ---------------------------------------------------------------- one record
def test_saved_record_reaches_the_card_and_the_places(year, processes):
    start(processes)
    wait_for(ask(year))
    last = year.seats[0]
    before = cards_of(year.assessment)[last.number]
    make_contribution(year.place, last, title="清理河道", quantity=1)
    wait_until(lambda: not Stale.objects.exists(), "the stale card")
    wait_until(lambda: cards_of(year.assessment)[last.number][2] != before[2], "the new place")
    assert cards_of(year.assessment)[last.number][1] == before[1] + 500
    assert SubjectError.objects.count() == 0
