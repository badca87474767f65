"""How far a run is, what went wrong, and whether anybody is working."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum

from scoring import clock
from scoring.models import Chunk, Run, SubjectError, WorkerBeat
from scoring.services.runs import OPEN

WORKER_SILENCE = timedelta(seconds=60)


def worker_silence() -> timedelta | None:
    """How long ago any worker last did something; None when there never was one."""
    last = WorkerBeat.objects.order_by("-at").values_list("at", flat=True).first()
    return None if last is None else max(timedelta(), clock.now() - last)


def is_worker_alive() -> bool:
    silence = worker_silence()
    return silence is not None and silence < WORKER_SILENCE


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page of a run shows."""

    done: int  # subjects
    total: int
    is_open: bool
    is_worker_alive: bool
    errors: list[SubjectError]  # of the run's subjects that could not be scored, with their subjects
    poisoned: list[Chunk]

    @property
    def percent(self) -> int:
        return 100 if not self.total else self.done * 100 // self.total


def progress_of(run: Run) -> Progress:
    """Where the run stands, in a constant number of queries."""
    chunks = Chunk.objects.filter(run=run)
    errors = SubjectError.objects.filter(assessment=run.assessment_id, run=run).select_related(
        "subject__seat__member", "subject__special_committee", "subject__group"
    )
    return Progress(
        done=chunks.aggregate(sum=Sum("done"))["sum"] or 0,
        total=run.total,
        is_open=run.state in OPEN,
        is_worker_alive=is_worker_alive(),
        errors=list(errors.order_by("pk")),
        poisoned=list(chunks.filter(state=Chunk.State.POISON).order_by("position")),
    )
