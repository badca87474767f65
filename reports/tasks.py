"""Celery's way in: fetch by key, call one service. A message carries keys of rows, never data."""

from celery import shared_task
from django.conf import settings

from reports import print_jobs
from scoring.services import runs

# Whoever still waits when the next sweep comes is rung for again.
RING = {"expires": settings.SWEEP_SECONDS, "ignore_result": True}


@shared_task
def sweep_prints():
    """Beat calls it every SWEEP_SECONDS: rings for all that waits in the database."""
    due = print_jobs.due()
    for chunk_id in due.chunk_ids:
        make_print_chunk.apply_async((chunk_id,), **RING)
    for job_id in due.job_ids:
        finish_print_job.apply_async((job_id,), **RING)


@shared_task(bind=True)
def make_print_chunk(self, chunk_id):
    runs.beat(self.request.hostname or "worker")
    if print_jobs.make_chunk(chunk_id=chunk_id):
        # The next portion is rung for at once; if this message is lost, the next sweep rings.
        for ready in print_jobs.finish_job_of(chunk_id=chunk_id):
            make_print_chunk.apply_async((ready,), **RING)


@shared_task
def finish_print_job(job_id):
    print_jobs.finish_job(job_id=job_id)


@shared_task
def clean_prints():
    """Files are kept for some days."""
    print_jobs.clean()
