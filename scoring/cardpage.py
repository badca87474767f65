"""What the page of a report card needs: whose card, as of when, computed now if what is stored is out of date."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404

from activities.models import Activity, Contribution
from members.access import visible
from members.models import Subject, User
from opinions.models import OpinionReport
from proposals.models import Proposal
from scoring import clock, evidence
from scoring.beside import Beside, beside, beside_published
from scoring.cardview import CardView, arrange, fact_keys
from scoring.compiled import TamperedRuleset, compiled
from scoring.editionpage import PublishedPage, published_page
from scoring.engine.schema import RulesetError
from scoring.models import Adjustment, Appraisal, Assessment, EditionCard, ReportCard, Stale, SubjectError
from scoring.positions import position, position_published
from scoring.services.assessments import score_now
from scoring.services.basis import FINAL_STATES, OPEN_STATES
from scoring.subjects import CardSubjects

# Pages of records, by url name: whoever may see the row may open its page.
RECORDS = {
    "activity": Activity,
    "proposal": Proposal,
    "opinion": OpinionReport,
    "contribution": Contribution,
    "adjustment": Adjustment,
    "appraisal": Appraisal,
}
SERVICE = ("committee_id", "kind", "seat__joined_on", "seat__left_on")


@dataclass(frozen=True, slots=True)
class CardPage:
    """``view`` None: the card cannot be computed, and ``error`` says why in Chinese.

    ``grade`` is what the last placing gave, otherwise what the total alone would bring (``is_grade_settled`` False).
    """

    view: CardView | None
    error: str
    grade: str
    grade_reason: str
    is_grade_settled: bool
    as_of: datetime
    is_computed_now: bool
    is_provisional: bool
    beside: Beside | None = None
    edition: EditionCard | None = None
    position: str = ""


def covering(assessments: QuerySet[Assessment], subjects: QuerySet[Subject]) -> list[Assessment]:
    """Those in which one of the subjects has a card: of its kind and committee and, for members, while they served."""
    rows = list(subjects.values_list(*SERVICE))
    return [one for one in assessments if any(_covers(one, *row) for row in rows)]


def _covers(assessment, committee_id, kind, joined_on, left_on) -> bool:
    if (assessment.committee_id, assessment.subject_kind) != (committee_id, kind):
        return False
    if joined_on is None:
        return True
    return joined_on <= assessment.to_on and (left_on is None or left_on >= assessment.from_on)


def subject_in(assessment: Assessment, subjects: QuerySet[Subject]) -> Subject:
    """The subject whose card it is; a person with two seats in the year has one card, that of the latest."""
    own = subjects.filter(committee=assessment.committee_id, kind=assessment.subject_kind)
    held = [pk for pk, *row in own.order_by("pk").values_list("pk", *SERVICE) if _covers(assessment, *row)]
    if not held:
        raise Http404
    card_holder = CardSubjects(held[:1]).of(assessment, held[0])
    return Subject.objects.select_related(
        "committee", "seat__member", "seat__sector", "seat__special_committee", "special_committee", "group"
    ).get(pk=card_holder)


def card_page(user: User, assessment: Assessment, subject: Subject) -> CardPage:
    """The stored card, or, when records changed since, one computed now and shown but not stored.

    Of a published year the edition's, whatever has become of the live rows.
    """
    if published := published_page(user, assessment, subject):
        return _published(user, assessment, subject, published)
    stored = ReportCard.objects.filter(assessment=assessment, subject=subject).first()
    is_open = assessment.state in OPEN_STATES
    is_late = stored is None or stored.ruleset_digest != assessment.ruleset.digest
    is_late = is_late or Stale.objects.filter(assessment=assessment, subject=subject).exists()
    document, error = (stored.document if stored else ""), ""
    if is_open and is_late:
        document, error = _computed(assessment, subject)
    elif failed := SubjectError.objects.filter(assessment=assessment, subject=subject).first():
        document, error = "", failed.message
    is_computed_now = is_open and is_late
    as_of = clock.now() if is_computed_now else stored.computed_at
    found = beside(user, assessment, subject, document, is_open) if document else None
    view = _view(user, assessment, document, found) if document else None
    is_settled = bool(stored and stored.grade) and not is_computed_now
    return CardPage(
        view=view,
        error=error,
        grade=stored.grade if is_settled else (view.grade_by_threshold if view else ""),
        grade_reason=stored.grade_reason if is_settled else "",
        is_grade_settled=is_settled,
        as_of=as_of,
        is_computed_now=is_computed_now,
        is_provisional=assessment.state not in FINAL_STATES,
        beside=found,
        position=position(assessment, stored, view.total) if view else "",
        edition=visible(user, EditionCard)
        .filter(edition__assessment=assessment, subject=subject)
        .select_related("edition")
        .order_by("-edition__number")
        .first(),
    )


def _published(user: User, assessment: Assessment, subject: Subject, found: PublishedPage) -> CardPage:
    may_open = _openable(user, found.titles.values())
    total, published_at = json.loads(found.document)["total"], found.published_at
    at_its_side = beside_published(user, assessment, subject, total, published_at, found.beside)
    view = arrange(
        document=found.document,
        ruleset=found.rules.ruleset,
        words={rule.code: rule.sentence for rule in found.rules.words.rules},
        titles=found.titles,
        is_open=lambda address: address in may_open,
        uncredited=at_its_side.uncredited,
    )
    return CardPage(
        view=view,
        error="",
        grade=found.placing["grade"],
        grade_reason=found.placing["grade_reason"],
        is_grade_settled=bool(found.placing["grade"]),
        as_of=found.published_at,
        is_computed_now=False,
        is_provisional=False,
        beside=at_its_side,
        edition=found.row,
        position=position_published(assessment, found.row.edition, found.placing, total),
    )


def _computed(assessment, subject) -> tuple[str, str]:
    """(document, "") or ("", why not)."""
    try:
        found = score_now(assessment=assessment, subjects=[subject])[subject.pk]
    except ValidationError as refusal:
        return "", "".join(refusal.messages)
    except (RulesetError, TamperedRuleset) as refusal:
        return "", f"考核办法不能使用：{refusal}"
    return found.document, found.error


def _view(user, assessment, document, found) -> CardView:
    ruleset = compiled(assessment.ruleset).ruleset
    uncredited = found.uncredited if found else []
    titles = evidence.titles([*fact_keys(document), *(one.key for one in uncredited)])
    may_open = _openable(user, titles.values())
    return arrange(
        document=document,
        ruleset=ruleset,
        words={rule.code: rule.sentence for rule in compiled(assessment.ruleset).words.rules},
        titles=titles,
        is_open=lambda address: address in may_open,
        uncredited=uncredited,
    )


def _openable(user: User, found: Iterable) -> set[tuple]:
    """Those addresses (url name, public id) whose row the user may see: one query for each kind of record."""
    asked: dict[str, set] = {}
    for _title, address in found:
        if address and address[0] in RECORDS:
            asked.setdefault(address[0], set()).add(address[1])
    may_open = set()
    for name, ids in asked.items():
        rows = visible(user, RECORDS[name]).filter(public_id__in=ids).values_list("public_id", flat=True)
        seen = {str(public_id) for public_id in rows}
        may_open |= {(name, one) for one in ids if str(one) in seen}
    return may_open
