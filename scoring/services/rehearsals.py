"""Rehearsals (试算): asked for, computed in chunks by the workers of the runs, summed up at the end.

They read facts and cards, and write nothing but their own rows.
"""

import json
import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from audit.actions import act
from members.models import Committee, User
from scoring import clock, engine
from scoring.compiled import TamperedRuleset, compiled, digest_of
from scoring.engine.moves import Moves
from scoring.models import Assessment, Rehearsal, RehearsalChunk, ReportCard, Ruleset, Stale
from scoring.rehearsal import reading, summed_up
from scoring.services.basis import subjects_at_once
from scoring.services.cards import collector_paused, load_each, why_not
from scoring.services.leases import ENDED, LostLeaseError, bury, finish, give_back, is_free, take
from scoring.services.rulesets import in_year
from scoring.subjects import subjects

OPEN = (Rehearsal.State.WAITING, Rehearsal.State.RUNNING)
KEPT = 20  # of each committee
AT_ONCE = 100  # subjects of a chunk: small, so that several workers take part and progress is seen
RING_AT_ONCE = 20

log = logging.getLogger(__name__)


# ---------------------------------------------------------------- asking
def years_for(ruleset: Ruleset) -> list[int]:
    """Years on whose facts the ruleset can be rehearsed: its own, then those with something to compare with, newest
    first. Its own comes last when there is nothing yet to compare with.
    """
    scope = {"committee": ruleset.committee_id, "subject_kind": ruleset.subject_kind}
    approved = Ruleset.objects.filter(**scope, state=Ruleset.State.APPROVED)
    years = {
        *Assessment.objects.filter(**scope).values_list("year", flat=True),
        *approved.values_list("year", flat=True),
    }
    others = sorted(years - {ruleset.year}, reverse=True)
    return [ruleset.year, *others] if ruleset.year in years else [*others, ruleset.year]


def rehearse(*, user: User | None, ruleset: Ruleset, year: int) -> Rehearsal:
    """Asks for a rehearsal of the ruleset, as it reads now, on the year's facts; a worker starts it within seconds.

    One that is open for the same text is returned instead of a second one. ValidationError for a ruleset that cannot be
    used and for a year that ``years_for`` does not offer.
    """
    if year not in years_for(ruleset):
        raise ValidationError(f"{year} 年没有年度考核，也没有审定的考核办法，不能试算。请另选一年。")
    content = _checked(ruleset)
    if content.year != year:  # dates of validity move too, or rules that begin in the draft's year would find nothing
        content = in_year(content, year)
    text = engine.dumps(content)
    with act(user=user, verb="试算考核办法", committee=ruleset.committee):
        Ruleset.objects.select_for_update(no_key=True).get(pk=ruleset.pk)
        for earlier in Rehearsal.objects.filter(ruleset=ruleset, year=year, state__in=OPEN):
            if earlier.digest == digest_of(text):
                return earlier
            _end(earlier, Rehearsal.State.FAILED, "办法已修改，由新的试算代替")
        rehearsal = Rehearsal(ruleset=ruleset, year=year, toml=text, digest=digest_of(text), asked_by=user)
        _compare_with(rehearsal, content)
        ids = subjects(_assessment(rehearsal))
        rehearsal.total = len(ids)
        rehearsal.save()
        size = min(AT_ONCE, subjects_at_once())
        RehearsalChunk.objects.bulk_create(
            RehearsalChunk(rehearsal=rehearsal, position=position, subject_ids=ids[start : start + size])
            for position, start in enumerate(range(0, len(ids), size))
        )
        prune(ruleset.committee)
    return rehearsal


def _checked(ruleset: Ruleset) -> engine.Ruleset:
    try:
        return compiled(ruleset).rules.ruleset
    except engine.RulesetError as error:
        raise ValidationError(list(error.problems)) from error
    except TamperedRuleset as error:
        raise ValidationError(str(error)) from error


def _compare_with(rehearsal: Rehearsal, content: engine.Ruleset) -> None:
    """Sets what the rehearsal is compared with, and its days: those the year's assessment would get on approval."""
    scope = {
        "committee": rehearsal.ruleset.committee_id,
        "subject_kind": rehearsal.ruleset.subject_kind,
        "year": rehearsal.year,
    }
    rehearsal.from_on, rehearsal.to_on = content.first_day, content.last_day
    assessment = Assessment.objects.filter(**scope).select_related("ruleset").first()
    if assessment is not None:
        former = assessment.ruleset
        window = compiled(former).ruleset if former.digest else None
        if window is None or (assessment.from_on, assessment.to_on) != (window.first_day, window.last_day):
            rehearsal.from_on, rehearsal.to_on = assessment.from_on, assessment.to_on
    else:
        former = Ruleset.objects.filter(**scope, state=Ruleset.State.APPROVED).first()
    has_cards = assessment is not None and ReportCard.objects.filter(assessment=assessment).exists()
    rehearsal.assessment = assessment if has_cards else None
    rehearsal.former = former if former is not None and former.digest else None


def prune(committee: Committee) -> None:
    """Deletes the committee's older rehearsals; those still open stay."""
    found = Rehearsal.objects.filter(ruleset__committee=committee)
    kept = list(found.order_by("-pk").values_list("pk", flat=True)[:KEPT])
    found.exclude(pk__in=kept).exclude(state__in=OPEN).delete()


# ---------------------------------------------------------------- one chunk
def rehearse_chunk(*, chunk_id: int) -> bool:
    """Claims, computes and stores one chunk; False when there was nothing to claim.

    An error of the whole chunk is written on it; it waits for the next attempt, up to SCORING_ATTEMPTS.
    """
    chunk = take(RehearsalChunk.objects.filter(rehearsal__state__in=OPEN), chunk_id)
    if chunk is None:
        return False
    Rehearsal.objects.filter(pk=chunk.rehearsal_id, state=Rehearsal.State.WAITING).update(state=Rehearsal.State.RUNNING)
    try:
        finish(chunk, result=json.dumps(entries(chunk), ensure_ascii=False))
    except LostLeaseError:
        log.warning("rehearsal chunk %s was taken over by another worker", chunk)
        return False
    except Exception as error:
        log.exception("rehearsal chunk %s failed in attempt %s", chunk, chunk.attempt)
        give_back(chunk, f"{type(error).__name__}: {error}")
    return True


def entries(chunk: RehearsalChunk) -> list[dict[str, Any]]:
    """An entry (scoring/rehearsal.py) of each of the chunk's subjects that has a card; a constant number of queries."""
    rehearsal = _of_chunk(chunk)
    found = _scored(_assessment(rehearsal), chunk.subject_ids, has_moves=True)
    before = _before(rehearsal, chunk.subject_ids)
    for subject_id, entry in found.items():
        if subject_id in before:
            entry["before"] = before[subject_id]
    return [{"subject": subject_id, **entry} for subject_id, entry in sorted(found.items())]


def _of_chunk(chunk: RehearsalChunk) -> Rehearsal:
    return Rehearsal.objects.select_related("ruleset__committee", "former", "assessment").get(pk=chunk.rehearsal_id)


def _assessment(rehearsal: Rehearsal, ruleset: Ruleset | None = None) -> Assessment:
    """The year as the rehearsed rules (or another version) would score it; never saved."""
    row = rehearsal.ruleset
    if ruleset is None:
        ruleset = Ruleset(
            committee_id=row.committee_id, year=rehearsal.year, toml=rehearsal.toml, digest=rehearsal.digest
        )
        from_on, to_on = rehearsal.from_on, rehearsal.to_on
    else:
        content = compiled(ruleset).ruleset
        from_on, to_on = content.first_day, content.last_day
    return Assessment(
        committee_id=row.committee_id,
        year=rehearsal.year,
        subject_kind=row.subject_kind,
        ruleset=ruleset,
        from_on=from_on,
        to_on=to_on,
    )


def _scored(assessment: Assessment, subject_ids: list[int], *, has_moves: bool) -> dict[int, dict[str, Any]]:
    """{subject id: {"after", "moved"} or {"error"}}."""
    rules = compiled(assessment.ruleset).rules
    moves = Moves(rules) if has_moves else None
    loaded, unread = load_each(assessment, subject_ids)
    found: dict[int, dict[str, Any]] = {subject_id: {"error": said} for subject_id, said in unread.items()}
    with collector_paused():
        for subject_id, subject, facts in loaded:
            try:
                card = engine.score(rules, subject, facts)
                document = card.plain()
                after = reading(document) | {"standing": engine.standing(document)._asdict()}
                found[subject_id] = {"after": after} | ({"moved": moves.totals(card)} if moves else {})
            except Exception as error:  # noqa: BLE001 – whatever it is, the other subjects go on
                found[subject_id] = {"error": why_not(rules, subject_id, subject, facts, error)}
    return found


def _before(rehearsal: Rehearsal, subject_ids: list[int]) -> dict[int, dict[str, Any]]:
    """{subject id: reading} of the live cards, or of what the former ruleset makes of the same facts."""
    if rehearsal.assessment is not None:
        cards = ReportCard.objects.filter(assessment=rehearsal.assessment, subject__in=subject_ids)
        return {
            subject_id: reading(json.loads(document)) | {"ranked": ranked, "place": place, "grade": grade}
            for subject_id, document, ranked, place, grade in cards.values_list(
                "subject_id", "document", "is_ranked", "place", "grade"
            )
        }
    if rehearsal.former is None:
        return {}
    found = _scored(_assessment(rehearsal, rehearsal.former), subject_ids, has_moves=False)
    return {subject_id: entry["after"] for subject_id, entry in found.items() if "after" in entry}


# ---------------------------------------------------------------- the end
def finish_rehearsal(*, rehearsal_id: int) -> bool:
    """Sums up and closes a rehearsal once all its chunks have ended; False when they have not.

    Any number of workers may call it any number of times. The chunks go: what they held is in the result.
    """
    rehearsal = Rehearsal.objects.select_related("ruleset", "former", "assessment").get(pk=rehearsal_id)
    chunks = list(rehearsal.chunks.order_by("position"))
    if rehearsal.state not in OPEN or any(chunk.state not in ENDED for chunk in chunks):
        return False
    poisoned = [chunk for chunk in chunks if chunk.state == RehearsalChunk.State.POISON]
    if poisoned:
        _end(rehearsal, Rehearsal.State.FAILED, f"第 {poisoned[0].position + 1} 组多次没有算成：{poisoned[0].message}")
        return True
    try:
        result = _result(rehearsal, [entry for chunk in chunks for entry in json.loads(chunk.result)])
    except Exception as error:
        log.exception("rehearsal %s cannot be summed up", rehearsal.pk)
        _end(rehearsal, Rehearsal.State.FAILED, f"汇总时出错：{type(error).__name__}: {error}")
        return True
    _end(rehearsal, Rehearsal.State.DONE, "", json.dumps(result, ensure_ascii=False))
    return True


def _result(rehearsal: Rehearsal, found: list[dict[str, Any]]) -> dict[str, Any]:
    former = compiled(rehearsal.former).rules if rehearsal.former else None
    result = summed_up(compiled(_assessment(rehearsal).ruleset).rules, former, found)
    marks = Stale.objects.filter(assessment=rehearsal.assessment) if rehearsal.assessment else Stale.objects.none()
    return result | {"stale": marks.values("subject").distinct().count()}


def finish_rehearsal_of(*, chunk_id: int) -> None:
    """Ends the chunk's rehearsal if that was its last chunk."""
    rehearsal_id = RehearsalChunk.objects.filter(pk=chunk_id).values_list("rehearsal_id", flat=True).first()
    if rehearsal_id is not None:
        finish_rehearsal(rehearsal_id=rehearsal_id)


def _end(rehearsal: Rehearsal, state: str, message: str, result: str = "") -> None:
    ended = Rehearsal.objects.filter(pk=rehearsal.pk, state__in=OPEN).update(
        state=state, message=message[:500], result=result, done_at=clock.now()
    )
    if ended:
        RehearsalChunk.objects.filter(rehearsal=rehearsal).delete()


# ---------------------------------------------------------------- the sweep
@dataclass(frozen=True, slots=True)
class Due:
    """What the sweep rings for."""

    chunk_ids: list[int]
    rehearsal_ids: list[int]  # to be summed up


def due() -> Due:
    """What waits now. Also turns chunks whose last lease ran out into poison."""
    running = RehearsalChunk.objects.filter(rehearsal__state__in=OPEN)
    bury(running)
    free = running.filter(is_free(clock.now())).order_by("rehearsal_id", "position").values_list("pk", flat=True)
    unended = RehearsalChunk.objects.filter(rehearsal=OuterRef("pk")).exclude(state__in=ENDED)
    ended = Rehearsal.objects.filter(~Exists(unended), state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    return Due(list(free[:RING_AT_ONCE]), list(ended))


def drive(rehearsal: Rehearsal) -> Rehearsal:
    """Computes a rehearsal in this process, chunk after chunk, to its end. Workers may take part."""
    while rehearsal.state in OPEN:
        for chunk_id in due().chunk_ids:
            rehearse_chunk(chunk_id=chunk_id)
        finish_rehearsal(rehearsal_id=rehearsal.pk)
        rehearsal.refresh_from_db()
    return rehearsal
