"""Runs: one computation of a whole assessment, cut into chunks that workers claim.

The rows of Run and Chunk are the truth. A message only rings; it may be lost, come late or come twice.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from audit.actions import act
from members.models import User
from scoring import clock
from scoring.compiled import TamperedRuleset
from scoring.engine import RulesetError
from scoring.models import Assessment, Chunk, ReportCard, Run, Stale, SubjectError, WorkerBeat
from scoring.objections_told import settle
from scoring.services import cards
from scoring.services.basis import OPEN_STATES, check_open, rules_of, subjects_at_once
from scoring.services.leases import ENDED, LostLeaseError, bury, finish, give_back, is_free, take
from scoring.services.placing import place_assessment
from scoring.subjects import subjects

OPEN = (Run.State.WAITING, Run.State.RUNNING, Run.State.PLACING)
RING_AT_ONCE = 100
WORKER_FORGOTTEN = timedelta(days=1)

log = logging.getLogger(__name__)


# ---------------------------------------------------------------- asking
def rescore(*, user: User | None, assessment: Assessment) -> Run:
    """Asks for a computation of all subjects; returns the run, which a worker starts within seconds.

    While a run with the same ruleset is open it is returned instead of a second one. Makes no broker call.
    Raises ValidationError for a closed assessment and for a ruleset that cannot be used.
    """
    check_open(assessment)
    try:
        rules_of(assessment)
    except (RulesetError, TamperedRuleset) as error:
        raise ValidationError(f"考核办法“{assessment.ruleset.title}”不能使用：{error}") from error
    with act(user=user, verb="重新计算", committee=assessment.committee):
        Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
        open_run = Run.objects.filter(assessment=assessment, state__in=OPEN).first()
        if open_run and open_run.ruleset_digest == assessment.ruleset.digest:
            return open_run
        if open_run:
            _end(open_run, Run.State.FAILED, "考核办法已更换，由新的计算代替")
        ids = subjects(assessment)  # by primary key: a chunk's facts lie beside one another in their index
        run = Run.objects.create(
            assessment=assessment, asked_by=user, total=len(ids), ruleset_digest=assessment.ruleset.digest
        )
        size = subjects_at_once()
        parts = [ids[start : start + size] for start in range(0, len(ids), size)]
        Chunk.objects.bulk_create(
            Chunk(run=run, position=position, subject_ids=part) for position, part in enumerate(parts)
        )
    return run


# ---------------------------------------------------------------- one chunk
def score_chunk(*, chunk_id: int) -> bool:
    """Claims, computes and stores one chunk; False when there was nothing to claim.

    An error of the whole chunk is written on it; it waits for the next attempt, up to SCORING_ATTEMPTS.
    """
    chunk = claim(chunk_id)
    if chunk is None:
        return False
    try:
        compute_chunk(chunk)
    except LostLeaseError:
        log.warning("chunk %s was taken over by another worker", chunk)
        return False
    except Exception as error:
        log.exception("chunk %s failed in attempt %s", chunk, chunk.attempt)
        give_back(chunk, f"{type(error).__name__}: {error}")
    return True


def compute_chunk(chunk: Chunk) -> None:
    """Scores a claimed chunk and stores its cards and its end in one transaction; LostLeaseError when the claim is lost."""
    run = Run.objects.select_related("assessment__ruleset", "assessment__committee").get(pk=chunk.run_id)
    noted = cards.note(run.assessment, chunk.subject_ids)
    scored, gone = cards.compute(run.assessment, chunk.subject_ids)
    with transaction.atomic():
        finish(chunk)
        cards.store(run.assessment, noted, scored, gone, run)


def claim(chunk_id: int) -> Chunk | None:
    """Takes the chunk; None when somebody else has it or it ended, or its run has."""
    chunk = take(Chunk.objects.filter(run__state__in=(Run.State.WAITING, Run.State.RUNNING)), chunk_id)
    if chunk is not None:
        Run.objects.filter(pk=chunk.run_id, state=Run.State.WAITING).update(state=Run.State.RUNNING)
    return chunk


# ---------------------------------------------------------------- the end of a run
def finish_run(*, run_id: int) -> bool:
    """Places the assessment and closes the run, once all its chunks have ended; False when they have not.

    Any number of workers may call it any number of times, also after one was killed in the middle.
    """
    run = Run.objects.select_related("assessment__ruleset", "assessment__committee").get(pk=run_id)
    if run.state not in OPEN or run.chunks.exclude(state__in=ENDED).exists():
        return False
    poisoned = list(run.chunks.filter(state=Chunk.State.POISON).order_by("position"))
    if poisoned:
        _end(run, Run.State.FAILED, _poison_words(poisoned))
        return True
    Run.objects.filter(pk=run.pk, state__in=OPEN).update(state=Run.State.PLACING)
    drop_former_subjects(run.assessment)
    with transaction.atomic():
        place_assessment(assessment=run.assessment)
        settle(run.assessment)
        _end(run, Run.State.DONE, "")
    return True


def finish_run_of(*, chunk_id: int) -> None:
    """Ends the chunk's run if that was its last chunk."""
    finish_run(run_id=Chunk.objects.values_list("run_id", flat=True).get(pk=chunk_id))


def drop_former_subjects(assessment: Assessment) -> None:
    """Removes the cards, marks and errors of those who are no longer subjects of the assessment."""
    now = set(subjects(assessment))
    former = set()
    for model in (ReportCard, Stale, SubjectError):
        former |= set(model.objects.filter(assessment=assessment).values_list("subject_id", flat=True)) - now
    if former:
        cards.refresh_subjects(assessment, sorted(former))


def _end(run: Run, state: str, message: str) -> None:
    Run.objects.filter(pk=run.pk, state__in=OPEN).update(state=state, message=message[:500], done_at=clock.now())
    run.refresh_from_db()


def _poison_words(poisoned: list[Chunk]) -> str:
    first = poisoned[0]
    count = sum(len(chunk.subject_ids) for chunk in poisoned)
    return (
        f"{len(poisoned)} 组共 {count} 个考核对象试算 {settings.SCORING_ATTEMPTS} 次均未成功，已停止；其余各组已算完，"
        f"名次未更新。第 {first.position + 1} 组的原因：{first.message}。请联系系统管理员处理后重新计算。"
    )


# ---------------------------------------------------------------- the sweep
@dataclass(frozen=True, slots=True)
class Due:
    """What the sweep rings for."""

    chunk_ids: list[int]
    run_ids: list[int]  # to be finished
    assessment_ids: list[int]  # with stale cards


def due() -> Due:
    """What waits to be computed now. Also turns chunks whose last lease ran out into poison."""
    running = Chunk.objects.filter(run__state__in=(Run.State.WAITING, Run.State.RUNNING))
    bury(running)
    free = running.filter(is_free(clock.now())).order_by("run_id", "position").values_list("pk", flat=True)
    unended = Chunk.objects.filter(run=OuterRef("pk")).exclude(state__in=ENDED)
    ended = Run.objects.filter(~Exists(unended), state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    stale = Assessment.objects.filter(Exists(Stale.objects.filter(assessment=OuterRef("pk"))), state__in=OPEN_STATES)
    return Due(list(free[:RING_AT_ONCE]), list(ended), list(stale.order_by("pk").values_list("pk", flat=True)))


def refresh_stale(*, assessment_id: int) -> None:
    """Computes the stale cards of an assessment and places it again.

    While a run is open the run's end does the placing.
    """
    assessment = Assessment.objects.select_related("ruleset", "committee").get(pk=assessment_id)
    if assessment.state not in OPEN_STATES or not assessment.ruleset.digest:
        return
    has_moved = False
    while True:
        stored = cards.refresh(assessment=assessment)
        has_moved |= stored.has_moved
        if stored.handled < subjects_at_once():  # the last ones, or another worker is at it too
            break
    if has_moved and not Run.objects.filter(assessment=assessment, state__in=OPEN).exists():
        place_assessment(assessment=assessment)
        settle(assessment)


def drive(run: Run, tell: Callable[[Run], None] = lambda run: None) -> Run:
    """Computes a run in this process, chunk after chunk, to its end. Workers may take part."""
    while run.state in OPEN:
        waiting = due()
        for chunk_id in waiting.chunk_ids:
            score_chunk(chunk_id=chunk_id)
            run.refresh_from_db()
            tell(run)
        finish_run(run_id=run.pk)
        run.refresh_from_db()
    return run


def beat(name: str) -> None:
    """Says that worker ``name`` is at work, by the database's clock; forgets workers long gone."""
    now = clock.now()
    WorkerBeat.objects.filter(at__lt=now - WORKER_FORGOTTEN).delete()
    WorkerBeat.objects.bulk_create(
        [WorkerBeat(name=name[:100], at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
