"""Celery's way in: fetch by key, call one service. A message carries keys of rows, never data."""

from celery import shared_task
from django.conf import settings

from scoring.services import rehearsals, runs

# Whoever still waits when the next sweep comes is rung for again.
RING = {"expires": settings.SWEEP_SECONDS, "ignore_result": True}


@shared_task(bind=True)
def sweep(self):
    """Beat calls it every SWEEP_SECONDS: rings for all that waits in the database."""
    runs.beat(self.request.hostname or "worker")
    due = runs.due()
    for chunk_id in due.chunk_ids:
        score_chunk.apply_async((chunk_id,), **RING)
    for run_id in due.run_ids:
        finish_run.apply_async((run_id,), **RING)
    for assessment_id in due.assessment_ids:
        refresh_stale.apply_async((assessment_id,), **RING)
    waiting = rehearsals.due()
    for chunk_id in waiting.chunk_ids:
        rehearse_chunk.apply_async((chunk_id,), **RING)
    for rehearsal_id in waiting.rehearsal_ids:
        finish_rehearsal.apply_async((rehearsal_id,), **RING)


@shared_task(bind=True)
def score_chunk(self, chunk_id):
    runs.beat(self.request.hostname or "worker")
    if runs.score_chunk(chunk_id=chunk_id):
        # The last chunk ends the run at once; if this message is lost, the next sweep rings.
        runs.finish_run_of(chunk_id=chunk_id)


@shared_task
def finish_run(run_id):
    runs.finish_run(run_id=run_id)


@shared_task
def refresh_stale(assessment_id):
    runs.refresh_stale(assessment_id=assessment_id)


@shared_task(bind=True)
def rehearse_chunk(self, chunk_id):
    runs.beat(self.request.hostname or "worker")
    if rehearsals.rehearse_chunk(chunk_id=chunk_id):
        rehearsals.finish_rehearsal_of(chunk_id=chunk_id)


@shared_task
def finish_rehearsal(rehearsal_id):
    rehearsals.finish_rehearsal(rehearsal_id=rehearsal_id)
