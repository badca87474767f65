"""A ranking as a table of texts: the one source of its PDF, Word, Excel and CSV, so that they agree cell by cell."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from members.access import Verb, visible
from members.models import Subject, User
from scoring import clock, editions, roster
from scoring.engine.sentences import points
from scoring.models import Assessment, EditionCard, ReportCard

FINAL = {Assessment.State.APPROVED, Assessment.State.PUBLISHED}


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: place, name, text or figure; figures are texts such as "12.5" and stand to the right."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    note: str
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """``columns`` hold for every section; ``foot`` is what the paper says about itself. ``at``: of what time it speaks."""

    title: str
    columns: list[Column]
    sections: list[Section]
    foot: str
    at: datetime

    @property
    def names(self) -> list[str]:
        """Of everybody in it."""
        place = [column.kind for column in self.columns].index("name")
        return [row[place] for section in self.sections for row in section.rows]


def ranking(user: User, assessment: Assessment) -> Ranking:
    """Published: as the edition has it; else from the cards as they are. Four queries for any number of rows."""
    edition = editions.current(assessment)
    if edition:
        rows = visible(user, EditionCard, Verb.RANK).filter(edition=edition)
        cards = editions.cards_of(rows, edition)
        cohorts, unranked = editions.cohorts(cards), editions.unranked(cards)
        found = rows.values_list("subject__public_id", "document")
        documents = {public_id: json.loads(text)["card"] for public_id, text in found}
        at = edition.published_at
    else:
        rows = visible(user, ReportCard, Verb.RANK).filter(assessment=assessment)
        cohorts, unranked = roster.cohorts(rows), list(roster.unranked(rows))
        found = rows.values_list("subject__public_id", "document")
        documents = {public_id: json.loads(text) for public_id, text in found}
        at = assessment.placed_at or clock.now()
    parts = _parts(documents.values())
    has_people = assessment.subject_kind == Subject.Kind.MEMBER
    table = _Table(documents, parts, has_people)
    sections = [_cohort(heading, cards, table) for heading, cards in cohorts]
    if unranked:
        sections.append(_unranked(unranked, table))
    return Ranking(
        title=f"{assessment.committee.short_name}{assessment.year}年度{assessment.get_subject_kind_display()}履职得分情况表",
        columns=_columns(parts, has_people),
        sections=sections,
        foot=_foot(assessment, edition, at),
        at=at,
    )


def _parts(documents: Iterable[dict[str, Any]]) -> dict[str, str]:
    """{code: name} of the categories right below the total."""
    for document in documents:
        root = document["nodes"][0]["code"]
        return {one["code"]: one["name"] for one in document["nodes"] if one["parent"] == root and not one["outside"]}
    return {}


def _columns(parts: Mapping[str, str], has_people: bool) -> list[Column]:
    return [
        Column("名次", "place"),
        Column("姓名" if has_people else "名称", "name"),
        *([Column("界别", "text")] if has_people else []),
        *(Column(name, "figure") for name in parts.values()),
        Column("总分", "figure"),
        Column("等次", "text"),
        Column("说明", "text"),
    ]


@dataclass(frozen=True, slots=True)
class _Table:
    """What every row is made from. ``documents``: {public id of the subject: its card}."""

    documents: Mapping[UUID, dict[str, Any]]
    parts: Mapping[str, str]
    has_people: bool

    def row(self, card: Any, place: str, grade: str, said: str) -> list[str]:
        figures = {one["code"]: one["figure"] for one in self.documents[card.subject.public_id]["nodes"]}
        return [
            place,
            card.subject.name,
            *([card.subject.seat.sector.name] if self.has_people else []),
            *(points(figures.get(code, 0)) for code in self.parts),
            points(card.total),
            grade,
            said,
        ]


def _cohort(heading: str, cards: list[Any], table: _Table) -> Section:
    has_places = bool(cards) and cards[0].place is not None
    note = "" if has_places else "本组只列得分，不排名次。"
    rows = [table.row(card, str(card.place or ""), card.grade, _said(card)) for card in cards]
    return Section(f"{heading or '全体'}（{len(cards)} 名）", note, rows)


def _said(card: Any) -> str:
    return "并列" if card.place and card.tied > 1 else ""


def _unranked(cards: list[Any], table: _Table) -> Section:
    rows = [table.row(card, "", "", card.not_ranked_reason) for card in cards]
    return Section(f"不参加排名（{len(cards)} 名）", "按姓氏笔画为序。", rows)


def _foot(assessment: Assessment, edition: Any, at: datetime) -> str:
    rules = assessment.ruleset
    local = timezone.localtime(at)
    state = (
        f"定版：{edition.name}" if edition else ("已审定" if assessment.state in FINAL else "未经审定，仅供内部参考")
    )
    told = (
        f"按《{rules.title}》第 {rules.version} 版计算，截至 {local.year}年{local.month}月{local.day}日 {local:%H:%M}；{state}。"
        "得分相同的名次并列，并列者按姓氏笔画为序；任职不满一年或不参加评价的另列，并注明理由。"
    )
    return told + ("示例数据，人名均为程序生成。" if assessment.committee.is_demonstration else "")
