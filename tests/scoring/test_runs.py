"""Runs: asked for, claimed in chunks, finished; any number of times, by any number of workers."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.actions import act
from audit.models import Action
from scoring import clock, progress
from scoring.models import Chunk, ReportCard, Ruleset, Run, Stale, SubjectError, WorkerBeat
from scoring.services import runs
from scoring.services.assessments import rescore
from tests.scoring.year import RULES, YEAR, add_fact, cards_of, fill, fresh, make_ruleset, make_year

pytestmark = pytest.mark.django_db

BEFORE = datetime.timedelta(seconds=1)


def ask(year, size, settings):
    settings.SCORING_CHUNK_SIZE = size
    return rescore(user=None, assessment=fresh(year.assessment))


def run_out(chunk):
    """As if the worker had died and its lease had passed."""
    Chunk.objects.filter(pk=chunk.pk).update(leased_until=clock.now() - BEFORE)


# ---------------------------------------------------------------- asking
def test_rescore_cuts_the_subjects_into_chunks(settings):
    year = make_year(7)
    run = ask(year, 3, settings)
    sizes = [len(chunk.subject_ids) for chunk in run.chunks.all()]
    assert (run.state, run.total, sizes) == ("waiting", 7, [3, 3, 1])


def test_rescore_leaves_one_action_of_the_user():
    year = make_year(1)
    rescore(user=None, assessment=year.assessment)
    assert Action.objects.filter(verb="重新计算", committee=year.place.committee).count() == 1


def test_rescore_returns_the_open_run():
    year = make_year(2)
    first = rescore(user=None, assessment=year.assessment)
    assert rescore(user=None, assessment=year.assessment) == first


def test_rescore_replaces_an_open_run_of_another_ruleset():
    year = make_year(2)
    first = rescore(user=None, assessment=year.assessment)
    assessment = fresh(year.assessment)
    with act(user=None, verb="test"):
        year.ruleset.state = Ruleset.State.REPLACED
        year.ruleset.save()
        assessment.ruleset = make_ruleset(year.place.committee, RULES.replace("points = 5", "points = 6"), version=2)
        assessment.save()
    second = rescore(user=None, assessment=assessment)
    first.refresh_from_db()
    assert (first.state, first.message, second.state) == (
        "failed",
        "考核办法已更换，由新的计算代替",
        "waiting",
    )


def test_rescore_refuses_a_published_year():
    year = make_year(1)
    with act(user=None, verb="test"):
        year.assessment.state = "published"
        year.assessment.save()
    with pytest.raises(ValidationError) as refused:
        rescore(user=None, assessment=year.assessment)
    assert refused.value.messages == [
        "yunhe政协 2026 年度委员考核已公布，成绩不再变动。如需更正，请由主席办公室重新开放本年度考核。"
    ]


def test_rescore_refuses_a_ruleset_changed_after_approval():
    year = make_year(1)
    with act(user=None, verb="test"):
        year.ruleset.digest = "0" * 64
        year.ruleset.save()
    with pytest.raises(ValidationError, match="文本已被改动"):
        rescore(user=None, assessment=fresh(year.assessment))


# ---------------------------------------------------------------- computing
def test_run_ends_with_every_card_and_the_places(settings):
    year = make_year(7)
    fill(year)
    run = runs.drive(ask(year, 3, settings))
    assert (run.state, run.message, len(cards_of(year.assessment))) == ("done", "", 7)
    assert run.asked_at <= fresh(year.assessment).placed_at <= run.done_at


def test_run_gives_the_same_bytes_from_one_chunk_and_from_many(settings):
    year = make_year(11)
    fill(year)
    runs.drive(ask(year, 500, settings))
    from_one = cards_of(year.assessment)
    ReportCard.objects.all().delete()
    runs.drive(ask(year, 2, settings))
    assert cards_of(year.assessment) == from_one


def test_run_repeated_rewrites_no_card(settings):
    year = make_year(5)
    fill(year)
    runs.drive(ask(year, 2, settings))
    before = list(ReportCard.objects.order_by("pk").values("pk", "public_id", "digest", "place", "grade"))
    with CaptureQueriesContext(connection) as queries:
        runs.drive(ask(year, 2, settings))
    written = [q["sql"] for q in queries if 'INSERT INTO "scoring_reportcard"' in q["sql"]]
    assert list(ReportCard.objects.order_by("pk").values("pk", "public_id", "digest", "place", "grade")) == before
    assert written == []


def test_run_reads_facts_that_came_after_it_was_asked_for(settings):
    year = make_year(1)
    run = ask(year, 1, settings)
    add_fact(year.subjects[0])
    runs.drive(run)
    assert cards_of(year.assessment)["0001"][1] == 500


def test_run_of_nobody_is_done(settings):
    year = make_year(0)
    assert runs.drive(ask(year, 2, settings)).state == "done"


@pytest.mark.parametrize("size", [1, 3])
def test_chunk_takes_the_same_queries_whatever_its_size(settings, size):
    year = make_year(6)
    fill(year)
    runs.drive(ask(year, 6, settings))
    with act(user=None, verb="test"):
        for subject in year.subjects:
            add_fact(subject)
    run = ask(year, size, settings)
    with CaptureQueriesContext(connection) as queries:
        runs.score_chunk(chunk_id=run.chunks.first().pk)
    assert len(queries) == 23


# ---------------------------------------------------------------- claiming
def test_chunk_is_computed_once_for_two_messages(settings):
    year = make_year(2)
    chunk = ask(year, 2, settings).chunks.get()
    assert [runs.score_chunk(chunk_id=chunk.pk), runs.score_chunk(chunk_id=chunk.pk)] == [True, False]


def test_chunk_claimed_by_one_worker_is_refused_to_another(settings):
    year = make_year(2)
    chunk = ask(year, 2, settings).chunks.get()
    assert (runs.claim(chunk.pk).attempt, runs.claim(chunk.pk)) == (1, None)


def test_chunk_whose_lease_ran_out_goes_to_another_worker(settings):
    year = make_year(2)
    chunk = ask(year, 2, settings).chunks.get()
    runs.claim(chunk.pk)
    run_out(chunk)
    assert runs.claim(chunk.pk).attempt == 2


def test_chunk_taken_over_stores_nothing_for_the_slow_worker(settings):
    year = make_year(2)
    chunk = ask(year, 2, settings).chunks.get()
    slow = runs.claim(chunk.pk)
    run_out(chunk)
    runs.claim(chunk.pk)
    with pytest.raises(runs.LostLeaseError):
        runs.compute_chunk(slow)
    chunk.refresh_from_db()
    assert (ReportCard.objects.count(), chunk.state, chunk.attempt) == (0, "claimed", 2)


def test_chunk_of_an_ended_run_is_not_claimed(settings):
    year = make_year(2)
    run = ask(year, 2, settings)
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED)
    assert runs.claim(run.chunks.get().pk) is None


# ---------------------------------------------------------------- trouble
def test_chunk_whose_workers_die_is_poison_after_five_attempts(settings):
    year = make_year(3)
    run = ask(year, 2, settings)
    deadly, good = run.chunks.all()
    for _ in range(5):
        assert runs.due().chunk_ids == [deadly.pk, good.pk]
        runs.claim(deadly.pk)
        run_out(deadly)
    assert (runs.due().chunk_ids, runs.claim(deadly.pk)) == ([good.pk], None)
    runs.drive(run)
    assert (run.state, run.message, ReportCard.objects.count()) == (
        "failed",
        "1 组共 2 个考核对象试算 5 次均未成功，已停止；其余各组已算完，名次未更新。第 1 组的原因："
        "计算中的进程多次中断（可能是内存不足），没有留下错误说明。请联系系统管理员处理后重新计算。",
        1,
    )


def test_chunk_that_always_fails_is_poison_and_the_others_are_done(settings):
    year = make_year(3)
    run = ask(year, 1, settings)
    broken = run.chunks.first()
    Chunk.objects.filter(pk=broken.pk).update(subject_ids=["不是编号"])
    runs.drive(run)
    broken.refresh_from_db()
    states = [chunk.state for chunk in run.chunks.all()]
    assert (run.state, states, broken.attempt) == ("failed", ["poison", "done", "done"], 5)


def test_bad_record_of_one_subject_does_not_stop_the_others(settings):
    year = make_year(3)
    fill(year)
    bad = add_fact(
        year.subjects[1], "adjustment", key="adjustment/1", attributes="effect=points;rule=extra", quantity=5000
    )
    run = runs.drive(ask(year, 3, settings))
    (error,) = SubjectError.objects.all()
    said = f"规则“考核加分”的核定分应在 -10 至 10 分之间，记录 {bad.key} 写的是 50 分"
    assert (error.run, error.subject, error.message.startswith(said)) == (run, year.subjects[1], True)
    assert (run.state, sorted(cards_of(year.assessment))) == ("done", ["0001", "0003"])


def test_unreadable_record_is_named_in_the_error(settings):
    year = make_year(2)
    add_fact(year.subjects[0], key="public_service/good")
    add_fact(year.subjects[0], key="public_service/bad", attributes="没有等号")
    runs.drive(ask(year, 2, settings))
    (message,) = SubjectError.objects.values_list("message", flat=True)
    assert message == (
        "记录“public_service/bad”不能计分，系统读到的是“ValueError: dictionary update sequence element #0 has length 1; "
        "2 is required”。请核对并重新保存这条记录；仍不能计分时，请联系系统管理员。"
    )


def test_repaired_record_clears_the_error(settings):
    year = make_year(1)
    fact = add_fact(year.subjects[0], attributes="没有等号")
    runs.drive(ask(year, 1, settings))
    fact.attributes = ""
    fact.save()
    runs.drive(ask(year, 1, settings))
    assert (SubjectError.objects.count(), cards_of(year.assessment)["0001"][1:4]) == (0, (500, None, "不合格"))


# ---------------------------------------------------------------- the end
def test_run_stopped_while_placing_is_finished_by_the_next_sweep(settings):
    year = make_year(3)
    fill(year)
    run = ask(year, 3, settings)
    runs.score_chunk(chunk_id=run.chunks.get().pk)
    Run.objects.filter(pk=run.pk).update(state=Run.State.PLACING)
    assert runs.due().run_ids == [run.pk]
    runs.finish_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, [card[2] for card in cards_of(year.assessment).values()]) == ("done", [1, 2, 3])


def test_run_is_not_finished_before_its_last_chunk(settings):
    year = make_year(2)
    run = ask(year, 1, settings)
    runs.score_chunk(chunk_id=run.chunks.first().pk)
    assert (runs.finish_run(run_id=run.pk), runs.due().run_ids) == (False, [])


def test_run_finished_twice_is_finished_once(settings):
    year = make_year(1)
    run = ask(year, 1, settings)
    runs.score_chunk(chunk_id=run.chunks.get().pk)
    assert [runs.finish_run(run_id=run.pk), runs.finish_run(run_id=run.pk)] == [True, False]


def test_run_removes_cards_of_former_subjects(settings):
    year = make_year(2)
    runs.drive(ask(year, 2, settings))
    seat = year.seats[0]
    with act(user=None, verb="test"):
        seat.left_on = datetime.date(YEAR - 1, 6, 30)
        seat.save()
    runs.drive(ask(year, 2, settings))
    assert list(cards_of(year.assessment)) == ["0002"]


# ---------------------------------------------------------------- sweep and beat
def test_sweep_rings_for_open_assessments_with_stale_cards():
    year = make_year(1)
    Stale.objects.create(assessment=year.assessment, subject=year.subjects[0])
    open_ones = runs.due().assessment_ids
    with act(user=None, verb="test"):
        year.assessment.state = "approved"
        year.assessment.save()
    assert (open_ones, runs.due().assessment_ids) == ([year.assessment.pk], [])


def test_beat_keeps_one_row_for_a_worker():
    runs.beat("celery@one")
    first = WorkerBeat.objects.get().at
    runs.beat("celery@one")
    runs.beat("celery@two")
    assert (WorkerBeat.objects.count(), WorkerBeat.objects.get(name="celery@one").at >= first) == (2, True)


def test_clock_is_the_databases_and_aware():
    first, second = clock.now(), clock.now()
    assert (first.utcoffset(), first <= second) == (datetime.timedelta(), True)


def test_worker_is_alive_as_long_as_it_beats():
    before = progress.is_worker_alive()
    runs.beat("celery@one")
    now = progress.is_worker_alive()
    WorkerBeat.objects.update(at=clock.now() - datetime.timedelta(minutes=2))
    assert (before, now, progress.is_worker_alive()) == (False, True, False)


def test_progress_counts_subjects_and_lists_errors(settings):
    year = make_year(3)
    add_fact(year.subjects[0], attributes="没有等号")
    run = ask(year, 2, settings)
    runs.score_chunk(chunk_id=run.chunks.first().pk)
    run.refresh_from_db()
    shown = progress.progress_of(run)
    assert (shown.done, shown.total, shown.percent, shown.is_open, [error.subject for error in shown.errors]) == (
        2,
        3,
        66,
        True,
        [year.subjects[0]],
    )
