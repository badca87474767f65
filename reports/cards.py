"""Report cards (成绩单) for paper, many at once: a card as texts, a constant number of queries for any number of them.

A published year is read from its edition's slices alone, so that the same edition prints the same bytes; before there is
one, from the cards of the moment, and each page says that they are not settled.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.utils import timezone

from members.models import PostCode, Subject
from members.names.spelling import display_name
from reports.records import part_row, record_rows, unranked, whole_day
from scoring import clock, editions, evidence
from scoring.cardview import CardView, arrange, fact_keys
from scoring.compiled import Compiled, compiled, compiled_text, digest_of
from scoring.engine.edition import text_of
from scoring.engine.sentences import points
from scoring.models import Assessment, Edition, EditionCard, Objection, ReportCard, Ruleset, Stale
from scoring.printed import printed, special_committees
from scoring.services.assessments import score_now
from scoring.services.basis import FINAL_STATES, OPEN_STATES

MARKS = {Assessment.State.APPROVED: "已审定，尚未公布"}  # every other state before publication:
PROVISIONAL = "暂计，未经审定"
POSTS = dict(PostCode.choices)
# What layouts/card.typ sets: heading, name, mark, check, holder, person, parts, grade, total, last, records, foot, error.
Card = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CardSource:
    """Of what the cards of a job are made. ``edition`` None: of the cards as they are now."""

    assessment: Assessment  # with committee and ruleset
    edition: Edition | None

    @property
    def at(self) -> datetime | None:
        return self.edition.published_at if self.edition else None


def source_of(assessment: Assessment) -> CardSource:
    """The edition that holds now, if there is one."""
    edition = editions.current(assessment)
    return CardSource(assessment, edition)


def cards(source: CardSource, subject_ids: Sequence[int]) -> list[Card]:
    """In the order of ``subject_ids``; who has no card at all is left out."""
    made = _Published(source) if source.edition else _Live(source)
    return made.cards(subject_ids)


class _Maker:
    """What both kinds of cards say alike."""

    def __init__(self, source: CardSource) -> None:
        self.assessment, self.edition = source.assessment, source.edition

    def heading(self, short_name: str) -> str:
        is_person = self.assessment.subject_kind == Subject.Kind.MEMBER
        kind = "委员" if is_person else self.assessment.get_subject_kind_display()
        return f"{short_name}{kind}履职成绩单"

    def person(self, found: Mapping[str, Any], post: str | None) -> list[tuple[str, str, int]]:
        """[(label, text, columns it takes), …], six columns a row."""
        name = display_name(found["name"])
        if self.assessment.subject_kind != Subject.Kind.MEMBER:
            return [("名称", name, 5)]
        texts = {
            "性别": found.get("sex", ""),
            "民族": found.get("ethnicity", ""),
            "界别": found.get("sector", ""),
            "党派": found.get("party", ""),
            "专委会": "、".join(special_committees(found)),
        }
        return [
            ("姓名", name, 1),
            *((label, text or "—", 1) for label, text in texts.items()),
            ("职务", POSTS.get(post, POSTS[PostCode.MEMBER]), 3),
            ("编号", found.get("number", ""), 1),
        ]

    def filled(self, view: CardView) -> dict[str, Any]:
        return {
            "parts": [part_row(part) for part in (*view.parts, *view.outside)],
            "total": points(view.total),
            "records": record_rows(view, self.assessment),
            "error": "",
        }

    def basis(self, rules: Ruleset, at: datetime) -> str:
        assessment, local = self.assessment, timezone.localtime(at)
        return (
            f"本成绩单按《{rules.title}》第 {rules.version} 版计算，"
            f"计 {whole_day(assessment.from_on)}至{whole_day(assessment.to_on)}的记录，"
            f"截至 {whole_day(local)} {local:%H:%M}"
        )

    @property
    def ending(self) -> str:
        told = "如有出入，请在网上成绩单页申请更正，或告诉机关工作人员。"
        return ("示例数据，人名均为程序生成。" if self.assessment.committee.is_demonstration else "") + told

    def former(self, subject_ids: Sequence[int], at: datetime) -> dict[int, int]:
        """{subject: total} in last year's edition as it was at ``at``, so that a later correction of it changes nothing.

        A person keeps it in a new term.
        """
        assessment = self.assessment
        before = Edition.objects.filter(
            assessment__committee=assessment.committee_id,
            assessment__year=assessment.year - 1,
            assessment__subject_kind=assessment.subject_kind,
            published_at__lte=at,
        ).order_by("number")
        last = before.only("pk").last()
        if last is None:
            return {}
        own = dict(Subject.objects.filter(pk__in=subject_ids).values_list("pk", "seat__member_id"))
        people = {member for member in own.values() if member}
        rows = EditionCard.objects.filter(edition=last)
        rows = rows.filter(subject__seat__member__in=people) if people else rows.filter(subject__in=subject_ids)
        found = {
            member or subject: json.loads(summary)["card"]["total"]
            for subject, member, summary in rows.values_list("subject_id", "subject__seat__member_id", "summary")
        }
        return {pk: found[member or pk] for pk, member in own.items() if (member or pk) in found}


def _last(former: Mapping[int, int], subject_id: int) -> str:
    return f"去年 {points(former[subject_id])} 分" if subject_id in former else ""


def _digest(digest: str) -> str:
    """Its first 16 digits, in fours."""
    return " ".join(digest[start : start + 4] for start in range(0, min(16, len(digest)), 4))


def _grade(view: CardView, grade: str, reason: str, state: str) -> str:
    if not view.is_ranked:
        return unranked(view)
    told = f"等次：{grade or '未定'}" + (f"（{state}）" if state else "")
    return f"{told}。{reason}" if reason else told


# ---------------------------------------------------------------- published
class _Published(_Maker):
    @cached_property
    def rules(self) -> Compiled:
        return compiled_text(self.edition.ruleset)

    @cached_property
    def words(self) -> dict[str, str]:
        return {rule.code: rule.sentence for rule in self.rules.words.rules}

    @cached_property
    def ruleset(self) -> Ruleset:
        """The row whose text the edition holds; an approved ruleset never changes."""
        own = self.assessment.ruleset
        digest = digest_of(self.edition.ruleset)
        if own.digest == digest:
            return own
        rows = Ruleset.objects.filter(committee=self.assessment.committee_id, digest=digest)
        return rows.order_by("version").last() or own

    def cards(self, subject_ids: Sequence[int]) -> list[Card]:
        rows = EditionCard.objects.filter(edition=self.edition, subject__in=subject_ids).defer("summary")
        found = {row.subject_id: row for row in rows}
        former = self.former(subject_ids, self.edition.published_at)
        return [self._card(found[pk], _last(former, pk)) for pk in subject_ids if pk in found]

    def _card(self, row: EditionCard, last: str) -> Card:
        found = json.loads(row.document)
        view = arrange(
            document=text_of(found["card"]),
            ruleset=self.rules.ruleset,
            words=self.words,
            titles={key: (title, ()) for key, (title, _) in found["titles"].items()},
        )
        placing = found["placing"]
        return {
            "heading": self.heading(found["edition"]["committee"]["short_name"]),
            "name": f"（{found['edition']['year']} 年度）",
            "mark": "",
            "check": f"校验码 {row.check_code}　（可在本系统“核验成绩单”页核对真伪）",
            "holder": found["printed"]["name"],
            "person": self.person(found["printed"], found["card"].get("post")),
            "grade": _grade(view, placing["grade"], placing["grade_reason"], ""),
            "last": last,
            **self.filled(view),
            "foot": f"{self.basis(self.ruleset, self.edition.published_at)}；{self.edition.name}。"
            f"明细摘要 {_digest(row.digest)}。{self.ending}",
        }


# ---------------------------------------------------------------- not published
class _Live(_Maker):
    @cached_property
    def words(self) -> dict[str, str]:
        return {rule.code: rule.sentence for rule in compiled(self.assessment.ruleset).words.rules}

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    def cards(self, subject_ids: Sequence[int]) -> list[Card]:
        related = ("seat__member", "seat__sector", "seat__special_committee", "seat__second_special_committee")
        rows = Subject.objects.select_related(*related, "special_committee", "group").in_bulk(subject_ids)
        stored = {
            row.subject_id: row
            for row in ReportCard.objects.filter(assessment=self.assessment, subject__in=subject_ids).defer("standing")
        }
        documents, errors = self._documents(rows, stored)
        titles = evidence.titles({key for text in documents.values() for key in fact_keys(text)})
        former = self.former(subject_ids, self.now)
        waiting = self._objections(subject_ids)
        made = []
        for pk in subject_ids:
            if pk in documents:
                card = stored.get(pk) if pk in stored and stored[pk].document == documents[pk] else None
                made.append(self._card(rows[pk], documents[pk], card, titles, _last(former, pk), waiting.get(pk, 0)))
            elif pk in rows and pk in errors:
                made.append(self._broken(rows[pk], errors[pk]))
        return made

    def _documents(self, rows: Mapping[int, Subject], stored: Mapping[int, ReportCard]) -> tuple[dict, dict]:
        """({subject: document}, {subject: why there is none}): those out of date are computed now, and not stored."""
        documents = {pk: row.document for pk, row in stored.items()}
        if self.assessment.state not in OPEN_STATES:
            return documents, {}
        digest = self.assessment.ruleset.digest
        marks = Stale.objects.filter(assessment=self.assessment, subject__in=rows)
        late = {pk for pk in rows if pk not in stored or stored[pk].ruleset_digest != digest}
        late |= set(marks.values_list("subject_id", flat=True))
        errors = {}
        if late:
            scored = score_now(assessment=self.assessment, subjects=[rows[pk] for pk in sorted(late)])
            for pk, one in scored.items():
                if one.document:
                    documents[pk] = one.document
                else:
                    documents.pop(pk, None)
                    errors[pk] = one.error
        return documents, errors

    def _objections(self, subject_ids: Sequence[int]) -> dict[int, int]:
        rows = Objection.objects.filter(card__assessment=self.assessment, card__subject__in=subject_ids).unfinished()
        return dict(rows.order_by().values_list("card__subject").annotate(count=Count("pk")))

    def _head(self, subject: Subject, post: str | None) -> Card:
        return {
            "heading": self.heading(self.assessment.committee.short_name),
            "name": f"（{self.assessment.year} 年度）",
            "mark": MARKS.get(self.assessment.state, PROVISIONAL),
            "check": "未公布的成绩单没有校验码",
            "holder": subject.name,
            "person": self.person(printed(subject), post),
        }

    def _card(self, subject, document, stored, titles, last, waiting) -> Card:
        """``stored`` is None for a card that was computed just now."""
        view = arrange(
            document=document,
            ruleset=compiled(self.assessment.ruleset).ruleset,
            words=self.words,
            titles=titles,
            is_open=lambda address: False,
        )
        is_final = self.assessment.state in FINAL_STATES
        grade = (stored.grade if stored else "") or view.grade_by_threshold
        state = "已审定" if is_final else "暂计" if stored and stored.grade else "暂计，按分数线"
        told = [f"{self.basis(self.assessment.ruleset, stored.computed_at if stored else self.now)}。"]
        if not is_final:
            told.append("暂计，最终得分和等次以主席会议审定为准。")
        if waiting:
            told.append(f"有 {waiting} 件更正申请尚未办结。")
        if stored:
            told.append(f"明细摘要 {_digest(stored.digest)}。")
        return {
            **self._head(subject, json.loads(document).get("post")),
            "grade": _grade(view, grade, stored.grade_reason if stored else "", state),
            "last": last,
            **self.filled(view),
            "foot": "".join(told) + self.ending,
        }

    def _broken(self, subject: Subject, error: str) -> Card:
        empty = dict.fromkeys(("grade", "total", "last", "check"), "")
        filled = {**empty, "parts": [], "records": [], "error": error, "foot": self.ending}
        return {**self._head(subject, None), **filled}


def names_of(made: Iterable[Card]) -> list[str]:
    """Of everybody in them, as printed: characters that no font has are looked for in these."""
    return [card["holder"] for card in made]
