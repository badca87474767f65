"""Print jobs: asked for by the chair's office, made in portions by the workers, joined, kept for a time, removed.

The portions are claimed as those of runs are (scoring/services/leases.py): what a killed worker held is made again by
another, and a file is whole or not there. A job that cannot be made says why, and leaves nothing.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Sum

from audit.actions import act
from members.models import Grant, User
from members.names.spelling import display_name
from reports import print_files
from reports.cards import Card, CardSource, cards, names_of, source_of
from reports.choice import chosen, entries_of, in_words, sector_places
from reports.models import PrintChunk, PrintJob
from reports.paper import MissingCharacters, forget, pdf
from scoring import clock
from scoring.models import Assessment
from scoring.services.leases import ENDED, LostLeaseError, bury, finish, give_back, is_free, take

OPEN = (PrintJob.State.WAITING, PrintJob.State.RUNNING)
KEPT_DAYS = 7  # a file
KEPT_JOBS = 200  # rows of each committee
CARDS_AT_ONCE = 40  # of a portion: more of them take more memory, not less time
LABELS_AT_ONCE = 24 * 40  # whole sheets
RING_AT_ONCE = 20

log = logging.getLogger(__name__)


class YearMoved(Exception):
    """What the job was asked for is not there any more: the year has gone on or back meanwhile."""


# ---------------------------------------------------------------- asking
def ask(
    *, user: User | None, assessment: Assessment, what: str, form: str, choice: Mapping[str, str], grant: Grant | None
) -> PrintJob:
    """A job for those that ``choice`` (reports/choice.py) is about; a worker starts it within seconds.

    ValidationError when nobody is chosen, and for people that are not found. One that is open for the same is returned
    instead of a second one.
    """
    source = source_of(assessment)
    found = chosen(entries_of(source), choice, sector_places(source))
    if not found:
        raise ValidationError("没有人符合所选条件，没有打印。请改选条件，或选“全部”。")
    kept = {name: value for name, value in choice.items() if value}
    if what == PrintJob.What.LABELS:
        form = PrintJob.Form.PDF
    same = PrintJob.objects.filter(
        assessment=assessment, edition=source.edition, what=what, form=form, chosen=kept, state__in=OPEN
    )
    if earlier := same.first():
        return earlier
    label, told = PrintJob.What(what).label, in_words(kept, len(found))
    with act(
        user=user,
        verb="制作打印文件",
        reason=f"{assessment}：{label}，{told}"[:500],
        grant=grant,
        committee=assessment.committee,
    ):
        job = PrintJob.objects.create(
            assessment=assessment,
            edition=source.edition,
            what=what,
            form=form,
            chosen=kept,
            told=told[:500],
            asked_by=user,
            total=len(found),
        )
        _cut(job, [one.subject_id for one in found])
        _prune(job)
    return job


def again(*, user: User, job: PrintJob, grant: Grant | None) -> PrintJob:
    """The same once more, as the year stands now."""
    return ask(user=user, assessment=job.assessment, what=job.what, form=job.form, choice=job.chosen, grant=grant)


def _cut(job: PrintJob, ids: Sequence[int]) -> None:
    size = CARDS_AT_ONCE if job.what == PrintJob.What.CARDS else LABELS_AT_ONCE
    portions = [list(ids[start : start + size]) for start in range(0, len(ids), size)]
    PrintChunk.objects.bulk_create(
        PrintChunk(job=job, position=position, subject_ids=portion) for position, portion in enumerate([*portions, []])
    )


def _prune(job: PrintJob) -> None:
    """Deletes the committee's oldest rows that hold no file."""
    found = PrintJob.objects.filter(assessment__committee=job.assessment.committee_id)
    kept = list(found.order_by("-pk").values_list("pk", flat=True)[:KEPT_JOBS])
    found.exclude(pk__in=kept).filter(state__in=[PrintJob.State.FAILED, PrintJob.State.REMOVED]).delete()


# ---------------------------------------------------------------- one portion
def make_chunk(*, chunk_id: int) -> bool:
    """Claims and makes one portion; False when there was nothing to claim.

    A name that no font has ends the whole job. Another error is written on the portion; it waits for the next attempt,
    up to SCORING_ATTEMPTS.
    """
    chunk = take(PrintChunk.objects.filter(job__state__in=OPEN), chunk_id)
    if chunk is None:
        return False
    job = _job(chunk.job_id)
    PrintJob.objects.filter(pk=job.pk, state=PrintJob.State.WAITING).update(state=PrintJob.State.RUNNING)
    try:
        finish(chunk, pages=_made(job, chunk))
    except (MissingCharacters, YearMoved) as refusal:
        _fail(job, str(refusal))
    except LostLeaseError:
        log.warning("print chunk %s was taken over by another worker", chunk)
        return False
    except Exception as error:
        log.exception("print chunk %s failed in attempt %s", chunk, chunk.attempt)
        give_back(chunk, f"{type(error).__name__}: {error}")
    finally:
        forget()
    return True


def _job(pk: int) -> PrintJob:
    rows = PrintJob.objects.select_related("assessment__committee", "assessment__ruleset", "edition")
    return rows.defer("edition__document", "edition__changes").get(pk=pk)


def _made(job: PrintJob, chunk: PrintChunk) -> int:
    """Writes the portion's file; how many pages it has, 0 for those counted elsewhere."""
    if not chunk.subject_ids:
        whole = job.chunks.exclude(pk=chunk.pk).order_by("position")
        print_files.join(job.public_id, whole.values_list("position", flat=True), job.form)
        return 0
    source = CardSource(job.assessment, job.edition)
    if job.edition is None and source_of(job.assessment).edition is not None:
        raise YearMoved("制作期间年度考核已公布，暂计的内容不再适用，没有生成文件。请再做一次，内容将取自定版。")
    path = print_files.part_of(job.public_id, chunk.position, job.form)
    at = source.at or job.asked_at
    if job.what == PrintJob.What.LABELS:
        content = labels_pdf(labels(source, chunk.subject_ids), at, title=str(job))
    else:
        made = cards(source, chunk.subject_ids)
        if job.form == PrintJob.Form.ZIP:
            start = chunk.position * CARDS_AT_ONCE
            files = ((name_of(card, start + n, job.total), cards_pdf([card], at)) for n, card in enumerate(made, 1))
            print_files.write_zip(path, files, at)
            return len(made)
        content = cards_pdf(made, at, title=str(job), is_tagged=False)
    print_files.write(path, content)
    return print_files.pages_of(path)


def cards_pdf(made: Sequence[Card], at: datetime, *, title: str = "", is_tagged: bool = True) -> bytes:
    """One A4 page a card, as many as its records need. MissingCharacters for a name that no font can print."""
    name = title or f"{made[0]['holder']}{made[0]['heading']}"
    return pdf("card", {"title": name, "cards": made}, names=names_of(made), at=at, is_tagged=is_tagged)


def name_of(card: Card, position: int, total: int) -> str:
    """Of a card's file in the archive: numbered in print order, with name and number."""
    number = card["person"][-1][1] if len(card["person"]) > 1 else ""
    told = "-".join(filter(None, (f"{position:0{max(3, len(str(total)))}d}", card["holder"], number)))
    return "".join("_" if one in '\\/:*?"<>|' else one for one in told) + ".pdf"


# ---------------------------------------------------------------- labels
def labels(source: CardSource, subject_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What stands on each envelope, in the order of ``subject_ids``."""
    found = {one.subject_id: one for one in entries_of(source, subject_ids)}
    return [_label(found[pk]) for pk in subject_ids if pk in found]


def _label(one: Any) -> dict[str, Any]:
    seat = "　".join(filter(None, (one.seat_place and f"座位 {one.seat_place}", one.number and f"编号 {one.number}")))
    lines = ["、".join(one.parts["sector"]), " ".join(filter(None, (one.unit, one.duty))), seat]
    return {
        "holder": one.name,
        "name": display_name(one.name),
        "title": "委员" if one.number else "",
        "lines": [line for line in lines if line],
    }


def labels_pdf(made: Sequence[dict[str, Any]], at: datetime, *, title: str) -> bytes:
    data = {"title": title, "labels": made}
    return pdf("label", data, names=[one["holder"] for one in made], at=at, is_tagged=False)


# ---------------------------------------------------------------- the end
def finish_job(*, job_id: int) -> bool:
    """Closes a job of which all portions ended, or one of them for good; False while there is something to do."""
    job = _job(job_id)
    if job.state not in OPEN:
        return False
    poisoned = job.chunks.filter(state=PrintChunk.State.POISON).order_by("position").first()
    if poisoned:
        _fail(job, f"第 {poisoned.position + 1} 组多次没有做成：{poisoned.message}")
        return True
    if job.chunks.exclude(state__in=ENDED).exists():
        return False
    path = print_files.made_of(job.public_id, job.form)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        _fail(job, "做好的文件不见了，可能有人清理了存放打印文件的文件夹。请再做一次。")
        return True
    pages = job.chunks.aggregate(sum=Sum("pages", default=0))["sum"]
    print_files.forget_parts(job.public_id, job.form)
    _end(job, PrintJob.State.DONE, size=size, pages=pages)
    return True


def finish_job_of(*, chunk_id: int) -> list[int]:
    """Ends the portion's job if that was its last; else the next portion, so that a worker need not wait for the sweep."""
    chunk = PrintChunk.objects.filter(pk=chunk_id).first()
    if chunk is None:
        return []
    finish_job(job_id=chunk.job_id)
    return _ready(PrintChunk.objects.filter(job=chunk.job_id, job__state__in=OPEN))[:1]


def _fail(job: PrintJob, message: str) -> None:
    if _end(job, PrintJob.State.FAILED, message=message[:500]):
        print_files.remove(job.public_id)


def _end(job: PrintJob, state: str, **columns: Any) -> bool:
    rows = PrintJob.objects.filter(pk=job.pk, state__in=OPEN)
    ended = bool(rows.update(state=state, done_at=clock.now(), **columns))
    if ended:
        PrintChunk.objects.filter(job=job).delete()
    return ended


# ---------------------------------------------------------------- the sweep
@dataclass(frozen=True, slots=True)
class Due:
    """What the sweep rings for."""

    chunk_ids: list[int]
    job_ids: list[int]  # to be closed


def due() -> Due:
    """What waits now. Also turns portions whose last lease ran out into poison."""
    open_ = PrintChunk.objects.filter(job__state__in=OPEN)
    bury(open_)
    unended = PrintChunk.objects.filter(job=OuterRef("pk")).exclude(state__in=ENDED)
    poisoned = PrintChunk.objects.filter(job=OuterRef("pk"), state=PrintChunk.State.POISON)
    jobs = PrintJob.objects.filter(state__in=OPEN)
    ended = jobs.filter(~Exists(unended)) | jobs.filter(Exists(poisoned))
    return Due(_ready(open_), list(ended.order_by("pk").values_list("pk", flat=True)))


def _ready(rows: Any) -> list[int]:
    """Those that may be made now: what joins a job waits for all the others."""
    others = PrintChunk.objects.filter(job=OuterRef("job"), position__lt=OuterRef("position"))
    unended = others.exclude(state=PrintChunk.State.DONE)
    free = rows.filter(is_free(clock.now())).exclude(Exists(unended), subject_ids=[])
    return list(free.order_by("job_id", "position").values_list("pk", flat=True)[:RING_AT_ONCE])


def drive(job: PrintJob) -> PrintJob:
    """Makes a job in this process, portion after portion, to its end. Workers may take part."""
    while job.state in OPEN:
        waiting = due()
        for chunk_id in waiting.chunk_ids:
            make_chunk(chunk_id=chunk_id)
        finish_job(job_id=job.pk)
        job.refresh_from_db()
    return job


def is_outdated(job: PrintJob) -> bool:
    """Whether the year has gone on since: its file says what another edition, or none, says now."""
    return job.edition_id is not None and getattr(source_of(job.assessment).edition, "pk", None) != job.edition_id


def done_of(job: PrintJob) -> int:
    """How many cards or labels are ready."""
    if job.state not in OPEN:
        return job.total if job.state == PrintJob.State.DONE else 0
    return job.chunks.aggregate(sum=Sum("done", default=0))["sum"]


def clean() -> None:
    """Removes files that were kept long enough, and folders that belong to no job."""
    over = clock.now() - timedelta(days=KEPT_DAYS)
    for job in PrintJob.objects.filter(state=PrintJob.State.DONE, done_at__lt=over):
        PrintJob.objects.filter(pk=job.pk).update(state=PrintJob.State.REMOVED)
        print_files.remove(job.public_id)
    print_files.sweep(
        PrintJob.objects.filter(state__in=[*OPEN, PrintJob.State.DONE]).values_list("public_id", flat=True)
    )
