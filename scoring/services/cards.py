"""From facts to stored cards: read, score, write. Used by the chunks of a run and for cards that became stale.

Two workers may compute the same card at once, and the later writer may have read the older facts. Therefore every
computation notes, before it reads a fact, which Stale rows there were and when each card was last computed; the writer
locks the subjects and leaves alone every card that somebody else computed since. What that one had not seen yet has a
Stale row of its own, which is deleted only by a computation that noted it.
"""

import gc
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit.actions import act
from members.models import Subject
from scoring import clock
from scoring.compiled import compiled
from scoring.engine import FactError, score, standing
from scoring.loading import Loaded, load
from scoring.models import Assessment, ReportCard, Run, Stale, SubjectError
from scoring.services.basis import OPEN_STATES, lock_subjects, rules_of, subjects_at_once
from scoring.stale import mark_all

BROKEN = "数据有误，未能计分"
BAD_DATA = (ValueError, TypeError, KeyError, AttributeError)  # what wrong rows raise; never the database itself
UPSERTED = [
    *("total", "is_ranked", "not_ranked_reason", "document", "digest"),
    *("ruleset_digest", "standing", "computed_at"),
]
UNPLACED = {
    **{"place": None, "grade": "", "grade_reason": "", "cohort": ""},
    **{"band": "", "among": 0, "tied": 0, "outside_places": {}},
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scored:
    """One subject's result: a document with what is stored beside it, or the sentence why there is none."""

    subject_id: int
    total: int = 0
    is_ranked: bool = False
    reason: str = ""
    document: str = ""
    standing: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was there before the facts were read."""

    stale: dict[int, list[int]]  # subject id → ids of its Stale rows
    computed: dict[int, datetime]  # subject id → when its card was last computed


@dataclass(frozen=True, slots=True)
class Stored:
    written: int  # cards whose bytes changed
    unchanged: int
    failed: int  # subjects with an error
    left: int  # subjects that somebody else computed meanwhile
    removed: int  # cards of those who are no longer subjects of the assessment

    @property
    def handled(self) -> int:
        return self.written + self.unchanged + self.failed + self.removed

    @property
    def has_moved(self) -> bool:
        """Whether places may have changed."""
        return bool(self.written or self.failed or self.removed)


def note(assessment: Assessment, subject_ids: Iterable[int]) -> Noted:
    """Must come before the facts are read."""
    stale: dict[int, list[int]] = {}
    rows = Stale.objects.filter(assessment=assessment, subject__in=list(subject_ids))
    for pk, subject_id in rows.order_by("pk").values_list("pk", "subject_id"):
        stale.setdefault(subject_id, []).append(pk)
    cards = ReportCard.objects.filter(assessment=assessment, subject__in=list(subject_ids))
    return Noted(stale, dict(cards.values_list("subject_id", "computed_at")))


# ---------------------------------------------------------------- scoring
def compute(assessment: Assessment, subject_ids: Sequence[int]) -> tuple[list[Scored], set[int]]:
    """(results, ids of those who have no card in this assessment). Reads a constant number of queries, stores nothing.

    A subject whose data cannot be scored gets a sentence instead of a document; the others are not touched by it.
    """
    rules = rules_of(assessment)
    loaded, unread = load_each(assessment, subject_ids)
    with collector_paused():
        scored = [_score(rules, *one) for one in loaded]
    scored += [Scored(subject_id, error=sentence) for subject_id, sentence in unread.items()]
    return scored, set(subject_ids) - {one.subject_id for one in scored}


def load_each(assessment: Assessment, subject_ids: Sequence[int]) -> tuple[list[Loaded], dict[int, str]]:
    """(subjects with their facts, {subject id: why its rows cannot be read}); those without a card are in neither."""
    try:
        return load(assessment, subject_ids), {}
    except BAD_DATA:
        log.exception("assessment %s: cannot load together, trying one by one", assessment.pk)
    loaded, unread = [], {}
    for subject_id in subject_ids:
        try:
            loaded += load(assessment, [subject_id])
        except BAD_DATA as error:
            unread[subject_id] = _sentence("考核对象的资料", error)
    return loaded, unread


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection inside: 500 members' lines are many objects and no cycles; looking for some took half of
    the time of scoring."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _score(rules, subject_id, subject, facts) -> Scored:
    try:
        plain = score(rules, subject, facts).plain()
    except Exception as error:  # noqa: BLE001 – whatever it is, the other subjects go on
        return Scored(subject_id, error=why_not(rules, subject_id, subject, facts, error))
    return Scored(subject_id, plain["total"], plain["ranked"], plain["reason"], canonical(plain), _standing(plain))


def canonical(plain: dict) -> str:
    """The same text as the engine's Card.document(), whose plain values are needed twice here."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _standing(plain: dict) -> str:
    """The engine's Standing of a card, as text."""
    return canonical(standing(plain)._asdict())


def why_not(rules, subject_id, subject, facts, error) -> str:
    """The sentence for a subject whose scoring raised ``error``."""
    if isinstance(error, FactError):
        return str(error)[:500]
    log.error("subject %s cannot be scored", subject_id, exc_info=error)
    return _culprit(rules, subject, facts, error)


def _culprit(rules, subject, facts, error) -> str:
    """Which record it is, found by scoring the facts one at a time."""
    for fact in facts:
        try:
            score(rules, subject, [fact]).plain()
        except Exception as found:  # noqa: BLE001 – whatever it is, it is what the sentence says
            return _sentence(f"记录“{fact.key}”", found)
    return _sentence("全部记录合并计算时", error)


def _sentence(where: str, error: Exception) -> str:
    said = f"{type(error).__name__}: {error}"
    return f"{where}不能计分，系统读到的是“{said[:200]}”。请核对并重新保存这条记录；仍不能计分时，请联系系统管理员。"[
        :500
    ]


# ---------------------------------------------------------------- storing
def store(
    assessment: Assessment, noted: Noted, scored: Sequence[Scored], gone: Iterable[int] = (), run: Run | None = None
) -> Stored:
    """Writes results inside the caller's transaction. ``gone``: subjects whose card must not exist."""
    gone = set(gone)
    ids = sorted({one.subject_id for one in scored} | gone)
    lock_subjects(ids)
    found = {
        card.subject_id: card
        for card in ReportCard.objects.filter(assessment=assessment, subject__in=ids).only(
            "subject_id", "computed_at", "digest", "ruleset_digest", "not_ranked_reason"
        )
    }
    left = {i for i in ids if (found[i].computed_at if i in found else None) != noted.computed.get(i)}
    good = [one for one in scored if one.subject_id not in left and not one.error]
    bad = [one for one in scored if one.subject_id not in left and one.error]
    gone -= left
    at = clock.now()
    written = _write_cards(assessment, good, found, at)
    _write_errors(assessment, bad, run, at)
    removed = _remove(assessment, gone & found.keys())
    if written or bad or removed:
        _mark_readers(assessment, sorted({one.subject_id for one in [*good, *bad]} | gone))
    repaired = {one.subject_id for one in good} | gone
    SubjectError.objects.filter(assessment=assessment, subject__in=repaired).delete()
    handled = repaired | {one.subject_id for one in bad}
    Stale.objects.filter(pk__in=[pk for i in handled for pk in noted.stale.get(i, ())]).delete()
    return Stored(written, len(good) - written, len(bad), len(left), removed)


def _write_cards(assessment, good, found, at) -> int:
    """Upserts the cards whose bytes changed, dates the others; returns how many changed."""
    rows, same = [], []
    for one in good:
        digest = hashlib.sha256(one.document.encode()).hexdigest()
        before = found.get(one.subject_id)
        is_same = before and (before.digest, before.ruleset_digest) == (digest, assessment.ruleset.digest)
        if is_same and before.not_ranked_reason != BROKEN:
            same.append(one.subject_id)
        else:
            rows.append(_row(assessment, one, digest, at))
    cards = ReportCard.objects.filter(assessment=assessment)
    if same:
        cards.filter(subject__in=same).update(computed_at=at)
    unranked = [row.subject_id for row in rows if not row.is_ranked and row.subject_id in found]
    if unranked:
        cards.filter(subject__in=unranked).update(**UNPLACED)
    if rows:
        ReportCard.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["assessment", "subject"], update_fields=UPSERTED
        )
    return len(rows)


def _row(assessment, one, digest, at) -> ReportCard:
    return ReportCard(
        assessment=assessment,
        subject_id=one.subject_id,
        total=one.total,
        is_ranked=one.is_ranked,
        not_ranked_reason=one.reason[:200],
        document=one.document,
        digest=digest,
        ruleset_digest=assessment.ruleset.digest,
        standing=one.standing,
        computed_at=at,
    )


def _write_errors(assessment, bad, run, at) -> None:
    """Keeps the sentence; a card from before stays to be read, but takes no part in places."""
    if not bad:
        return
    SubjectError.objects.bulk_create(
        [
            SubjectError(run=run, assessment=assessment, subject_id=one.subject_id, message=one.error, at=at)
            for one in bad
        ],
        update_conflicts=True,
        unique_fields=["assessment", "subject"],
        update_fields=["run", "message", "at"],
    )
    ReportCard.objects.filter(assessment=assessment, subject__in=[one.subject_id for one in bad]).update(
        is_ranked=False, not_ranked_reason=BROKEN, computed_at=at, **UNPLACED
    )


def _remove(assessment, subject_ids) -> int:
    """Deletes the cards of those who are no longer subjects, with what hangs on them; returns how many."""
    if not subject_ids:
        return 0
    with act(user=None, verb="撤销成绩单", committee=assessment.committee, reason="不再是本年度的考核对象，成绩单撤销"):
        counts = ReportCard.objects.filter(assessment=assessment, subject__in=subject_ids).delete()[1]
    return counts[ReportCard._meta.label]


def _mark_readers(assessment, subject_ids) -> None:
    """Marks the cards that read these cards' figures: groups of their members' year, gates over several years."""
    others = Assessment.objects.filter(
        committee=assessment.committee_id, year__gte=assessment.year, state__in=OPEN_STATES
    ).exclude(pk=assessment.pk)
    later = []
    for other in others.exclude(ruleset__digest="").select_related("ruleset"):
        rules = compiled(other.ruleset)
        reads_groups = other.year == assessment.year and assessment.subject_kind == Subject.Kind.MEMBER
        if reads_groups and other.subject_kind != Subject.Kind.MEMBER and rules.reads_members:
            mark_all(other)
        is_later = 0 < other.year - assessment.year <= rules.earlier_years
        if is_later and other.subject_kind == assessment.subject_kind:
            later += [Stale(assessment=other, subject_id=pk) for pk in subject_ids]
    Stale.objects.bulk_create(later)


# ---------------------------------------------------------------- verbs
def refresh(*, assessment: Assessment) -> Stored:
    """Computes again the cards of (at most subjects_at_once()) subjects that have Stale rows.

    Exactly the Stale rows read at the start are deleted, in the transaction that writes the cards: marks that arrive
    meanwhile survive.
    """
    waiting = Stale.objects.filter(assessment=assessment).order_by("subject_id").values_list("subject_id", flat=True)
    subject_ids = list(waiting.distinct()[: subjects_at_once()])
    return refresh_subjects(assessment, subject_ids)


def refresh_subjects(assessment: Assessment, subject_ids: Sequence[int]) -> Stored:
    """Notes, reads and scores, then writes in one short transaction."""
    noted = note(assessment, subject_ids)
    scored, gone = compute(assessment, subject_ids)
    with transaction.atomic():
        return store(assessment, noted, scored, gone)


def score_now(*, assessment: Assessment, subjects: Iterable[Subject]) -> dict[int, Scored]:
    """{subject id: its result as of now}; for showing a stale card. Stores nothing."""
    scored, _gone = compute(assessment, [subject.pk for subject in subjects])
    return {one.subject_id: one for one in scored}
