"""What published pages read, and whether the database still says what was published."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet

from members.models import Committee, Subject
from scoring.engine import edition as text
from scoring.engine import standing
from scoring.engine.edition_changes import changes
from scoring.evidence import titles
from scoring.loading import load
from scoring.models import Assessment, Edition, EditionCard, ReportCard
from scoring.services.placing import COLUMNS
from scoring.services.publishing import card_columns, card_id, edition_id
from scoring.subjects import subjects

LIGHT = ("document", "ruleset", "changes")  # columns no list needs


def current(assessment: Assessment) -> Edition | None:
    """The edition that pages show instead of live cards: the last one, while the year is published; without documents."""
    if assessment.state != Assessment.State.PUBLISHED:
        return None
    return Edition.objects.filter(assessment=assessment).order_by("number").defer(*LIGHT).last()


def editions_of(assessment: Assessment) -> list[Edition]:
    """Newest first, without documents."""
    found = Edition.objects.filter(assessment=assessment).select_related("published_by")
    return list(found.order_by("-number").defer(*LIGHT))


def latest_of(assessments: Iterable[Assessment]) -> dict[int, Edition]:
    """{assessment's primary key: its last edition}, without documents; one query."""
    found = Edition.objects.filter(assessment__in=list(assessments)).order_by("number").defer(*LIGHT)
    return {edition.assessment_id: edition for edition in found}


def changes_of(edition: Edition) -> dict[str, Any]:
    """What a correction changed, as edition_changes.changes tells it; {} of a first edition."""
    found: dict[str, Any] = json.loads(edition.changes)
    return found


@dataclass(frozen=True, slots=True)
class Published:
    """One card of an edition, with the names that lists of live cards use. ``document`` has what is printed."""

    subject: Any  # public_id, name and seat.sector.name, as lists read them of a live subject
    check_code: str
    name: str
    sector: str
    total: int
    is_ranked: bool
    not_ranked_reason: str
    cohort: str
    place: int | None
    tied: int
    among: int
    grade: str
    grade_reason: str
    band: str
    stroke_key: str
    is_stale: bool = False


def published(row: EditionCard) -> Published:
    """From the summary alone: nothing live is read but the subject's public id."""
    found = json.loads(row.summary)
    card, placing, printed = found["card"], found["placing"], found["printed"]
    return Published(
        subject=SimpleNamespace(
            public_id=row.subject.public_id,
            name=printed["name"],
            seat=SimpleNamespace(sector=SimpleNamespace(name=printed.get("sector", ""))),
        ),
        check_code=row.check_code,
        name=printed["name"],
        sector=printed.get("sector", ""),
        total=card["total"],
        is_ranked=card["ranked"],
        not_ranked_reason=card["reason"],
        stroke_key=printed.get("stroke_key", ""),
        **{name: placing[name] for name in COLUMNS if name != "outside_places"},
    )


def cards_of(rows: QuerySet[EditionCard], edition: Edition) -> list[Published]:
    """All of an edition's cards that are among ``rows``: by place, then by total, ties by strokes."""
    found = [published(row) for row in rows.filter(edition=edition).defer("document").select_related("subject")]
    return sorted(found, key=lambda one: (one.place or 1 << 30, -one.total, one.stroke_key, str(one.subject.public_id)))


def by_subject(rows: QuerySet[EditionCard], edition: Edition, subject_ids: Iterable[int]) -> dict[int, Published]:
    """{subject id: card} of those asked for."""
    found = rows.filter(edition=edition, subject__in=list(subject_ids)).defer("document").select_related("subject")
    return {row.subject_id: published(row) for row in found}


def by_assessment(rows: QuerySet[EditionCard], subject: Subject) -> dict[Assessment, Published]:
    """The subject's cards of the years that are published now, each of the last edition; nothing of live cards."""
    state = Assessment.State.PUBLISHED
    found = rows.filter(subject=subject, edition__assessment__state=state).order_by("edition__number")
    found = found.select_related("edition__assessment", "subject")
    unread = ("document", *(f"edition__{name}" for name in LIGHT))
    return {row.edition.assessment: published(row) for row in found.defer(*unread)}


def cohorts(cards: Iterable[Published]) -> list[tuple[str, list[Published]]]:
    """[(cohort, its cards)], the largest cohort first: like roster.cohorts, of an edition."""
    found: dict[str, list[Published]] = {}
    for card in cards:
        if card.is_ranked:
            found.setdefault(card.cohort, []).append(card)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


# ---------------------------------------------------------------- pending corrections
@dataclass(frozen=True, slots=True)
class Pending:
    """A record of a published year that differs from the edition: added, gone or changed since."""

    name: str
    what: str
    title: str
    happened_on: date


def pending(assessment: Assessment) -> list[Pending]:
    """Live facts of the year against those of its last edition; [] when it never was published."""
    edition = Edition.objects.filter(assessment=assessment).order_by("number").last()
    if edition is None:
        return []
    published_facts = {
        key: {fact[1]: fact for fact in entry["facts"]}
        for key, entry in json.loads(edition.document)["subjects"].items()
    }
    live: dict[str, dict[str, list]] = {}
    names: dict[str, str] = {}
    for one in load(assessment, subjects(assessment)):
        live[one.subject.key] = {fact.key: text.plain_fact(fact) for fact in one.facts}
    for key, name in _names(published_facts.keys() | live.keys()):
        names[key] = name
    found = list(_differences(published_facts, live))
    titles = _titles(fact[1] for _, _, fact in found)
    out = []
    for key, what, fact in found:
        title = titles.get("/".join(fact[1].split("/")[:2]), fact[1])
        out.append(Pending(names.get(key, key), what, title, date.fromisoformat(fact[0])))
    return sorted(out, key=lambda one: (one.happened_on, one.name, one.title))


def _differences(before: dict, after: dict) -> Iterator[tuple[str, str, list]]:
    for key in before.keys() | after.keys():
        old, new = before.get(key, {}), after.get(key, {})
        for fact in old.keys() | new.keys():
            if old.get(fact) != new.get(fact):
                what = "补记" if fact not in old else "已删去" if fact not in new else "已改动"
                yield key, what, new.get(fact) or old[fact]


def _names(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    rows = Subject.objects.filter(public_id__in=list(keys)).select_related("seat__member", "special_committee", "group")
    return ((str(row.public_id), row.name) for row in rows)


def _titles(keys: Iterable[str]) -> dict[str, str]:
    return {key: title for key, (title, _) in titles(keys).items()}


# ---------------------------------------------------------------- verifying the database
def verify_committee(committee: Committee, year: int | None = None) -> Iterator[str]:
    """Every edition of the committee, oldest first: its text, its row, its cards, the chain, and live rows of published
    years. Yields Chinese sentences; nothing when all is as it was published. With a ``year`` only that year's editions."""
    previous = text.origin(committee.code)
    last: dict[int, dict[str, Any]] = {}
    for edition in Edition.objects.filter(assessment__committee=committee).select_related("assessment").order_by("id"):
        where = f"{committee.short_name} {edition}"
        is_asked = year in (None, edition.assessment.year)
        problems = [*_chain(edition, previous, last.get(edition.assessment_id))]
        previous = edition.digest
        try:
            document = json.loads(edition.document)
            last[edition.assessment_id] = document
        except ValueError:
            document = None
        if is_asked:
            problems += text.verify(edition.document)
            if document is not None and not problems:
                problems += [*_row(edition, document), *_cards(edition, document)]
            elif document is not None:
                problems += _guarded(edition, document)
            yield from (f"{where}：{problem}" for problem in problems)
    assessments = Assessment.objects.filter(committee=committee, state=Assessment.State.PUBLISHED)
    for assessment in assessments.select_related("ruleset").order_by("year", "subject_kind"):
        if year in (None, assessment.year):
            yield from _live(assessment, last.get(assessment.pk))


def _guarded(edition: Edition, document: dict[str, Any]) -> list[str]:
    """The row and its cards against a document that is itself damaged, as far as that can be told."""
    try:
        return [*_row(edition, document), *_cards(edition, document)]
    except (KeyError, TypeError, AttributeError, ValueError):
        return []


def _chain(edition: Edition, previous: str, before: dict[str, Any] | None) -> Iterator[str]:
    if edition.previous_digest != previous:
        yield f"previous_digest 是 {edition.previous_digest}，上一版的摘要是 {previous}：中间有定版被删、被改或被插入。"
    expected = before["number"] + 1 if before else 0
    if edition.number != expected:
        yield f"number 是 {edition.number}，按顺序应是 {expected}。"
    try:
        document = json.loads(edition.document)
        if before and document["changes"] != json.loads(text.text_of(changes(before, document))):
            yield "更正内容与前后两版的差别不符。"
    except (ValueError, KeyError, TypeError):
        return


def _row(edition: Edition, document: dict[str, Any]) -> Iterator[str]:
    """Every column of the row against the document."""
    assessment = edition.assessment
    expected = {
        "public_id": edition_id(document["committee"]["code"], document),
        "number": document["number"],
        "digest": text.digest_of(edition.document, document["digest"]),
        "previous_digest": document["previous"],
        "reason": document["reason"],
        "ruleset": document["ruleset"]["toml"],
        "changes": text.text_of(document["changes"]),
    }
    for name, value in expected.items():
        if getattr(edition, name) != value:
            yield f"{name} 与定版文本不符：{_short(getattr(edition, name))}，应为 {_short(value)}。"
    belongs = (assessment.committee.code, assessment.year, assessment.subject_kind)
    if belongs != (document["committee"]["code"], document["year"], document["kind"]):
        yield f"assessment 指向 {assessment}，与定版文本不符。"
    if edition.published_at.astimezone(UTC).isoformat() != document["published_at"]:
        yield f"published_at 与定版文本不符：{edition.published_at.isoformat()}，应为 {document['published_at']}。"
    if str(edition.published_by.public_id) != document["published_by"]["key"]:
        yield f"published_by 与定版文本不符，应为 {document['published_by']['name']}。"


def _cards(edition: Edition, document: dict[str, Any]) -> Iterator[str]:
    """Every column of every slice against the document; by code, since a slice's subject may itself have been changed."""
    digest = text.digest_of(edition.document, document["digest"])
    expected = {text.check_code(digest, key): key for key in document["subjects"]}
    code = document["committee"]["code"]
    there = set()
    for row in edition.cards.select_related("subject").order_by("pk"):
        key = expected.get(row.check_code) or (
            str(row.subject.public_id) if str(row.subject.public_id) in document["subjects"] else None
        )
        if key is None:
            yield f"多出一份成绩单（校验码 {row.check_code}）。"
            continue
        there.add(key)
        name = document["subjects"][key]["printed"]["name"]
        if str(row.subject.public_id) != key:
            yield f"{name}的成绩单 subject 指向 {row.subject}，与定版文本不符。"
        columns = {**card_columns(digest, document, key), "public_id": card_id(code, digest, key)}
        for column, value in columns.items():
            if getattr(row, column) != value:
                yield f"{name}的成绩单 {column} 与定版文本不符。"
    for key in document["subjects"].keys() - there:
        yield f"{document['subjects'][key]['printed']['name']}的成绩单不见了（edition）。"


def _live(assessment: Assessment, document: dict[str, Any] | None) -> Iterator[str]:
    """Live rows of a published year, which nothing changes any more: the assessment, its ruleset, its cards."""
    if document is None:
        yield f"{assessment}的状态是“公布”，但没有定版。"
        return
    stated = {"from_on": document["first_day"], "to_on": document["last_day"]}
    for name, value in stated.items():
        if getattr(assessment, name).isoformat() != value:
            yield f"{assessment}的 {name} 是 {getattr(assessment, name)}，定版是 {value}。"
    ruleset = assessment.ruleset
    belongs = (ruleset.committee_id, ruleset.year, ruleset.subject_kind)
    is_own = belongs == (assessment.committee_id, assessment.year, assessment.subject_kind)
    if not is_own or ruleset.toml != document["ruleset"]["toml"]:
        yield f"{assessment}的考核办法（{assessment.ruleset}）与定版的办法不符。"
    if hashlib.sha256(assessment.ruleset.toml.encode()).hexdigest() != assessment.ruleset.digest:
        yield f"{assessment.ruleset}的文本与审定时的摘要不符。"
    there = set()
    for card in ReportCard.objects.filter(assessment=assessment).select_related("subject__seat__member"):
        key = str(card.subject.public_id)
        there.add(key)
        entry = document["subjects"].get(key)
        if entry is None:
            yield f"{assessment}：{card.subject}有成绩单，定版里没有。"
            continue
        for name, value in _columns(document, entry).items():
            if getattr(card, name) != value:
                yield (
                    f"{assessment}：{entry['printed']['name']}的成绩单 {name} 与定版不符："
                    f"{_short(getattr(card, name))}，应为 {_short(value)}。"
                )
    for key in document["subjects"].keys() - there:
        yield f"{assessment}：{document['subjects'][key]['printed']['name']}的成绩单不见了。"


def _columns(document: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """What a live card's row should hold."""
    card, written = entry["card"], text.text_of(entry["card"])
    return {
        "total": card["total"],
        "is_ranked": card["ranked"],
        "not_ranked_reason": card["reason"][:200],
        "standing": text.text_of(standing(card)._asdict()),
        "document": written,
        "digest": text.digest_of(written, "sha256"),
        "ruleset_digest": document["ruleset"]["sha256"],
        **{name: entry["placing"][name] for name in COLUMNS},
    }


def _short(value: Any) -> str:
    return str(value) if len(str(value)) <= 40 else f"{str(value)[:40]}…"
