"""Whom to remind or to talk to: counted over a committee's years of assessment, each with the years and reasons.

Five queries and one pass over the cards, whatever the number of members. Nothing here changes anything.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.utils import timezone

from activities.models import Attendance
from members.models import Seat, Subject
from scoring.compiled import TamperedRuleset, compiled
from scoring.engine.schema import RulesetError
from scoring.engine.sentences import points
from scoring.models import Assessment, ReportCard, Talk

GATE_YEARS = 3  # of which gates are read: they stand in the documents, which weigh
GATES = '"gates":'


@dataclass(frozen=True, slots=True)
class Year:
    """What one card says of one year. ``unmet``: {code: (name, action, sentence)} of gates not met."""

    total: int
    is_last: bool
    grade: str
    unmet: dict[str, tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Candidate:
    subject: Subject
    years: list[tuple[int, Year]]  # the newest first
    reasons: list[str]
    actions: list[str]  # what the ruleset says is to be done, such as 约谈
    talks: list[Talk]  # of all years, the newest first


class Years:
    """The years of one committee up to ``assessment``, read once when first asked."""

    def __init__(self, assessment: Assessment):
        self.assessment = assessment

    def candidates(self, *, running: int, under: int | None, absences: int) -> list[Candidate]:
        """Serving members with a reason: the most reasons first, ties by strokes.

        A gate of the year with an action always is one; so is, ``running`` years or more in a row up to this one, the
        last grade, a total below ``under`` hundredths (None: not asked) or the same gate unmet; and ``absences`` or
        more meetings missed without leave in this year.
        """
        found = []
        for member_id, years in self._cards.items():
            subject = self._serving.get(member_id)
            if subject is None or self.assessment.year not in years:
                continue
            missed = self._absences.get(member_id, 0)
            reasons = self._reasons(years, running, under) + (
                [f"{self.assessment.year} 年缺席 {missed} 次会议活动"] if missed >= absences else []
            )
            if reasons:
                shown = sorted(years.items(), reverse=True)
                actions = [action for _, action, _ in years[self.assessment.year].unmet.values() if action]
                found.append(
                    Candidate(
                        subject, shown, reasons, list(dict.fromkeys(actions)), list(self._talks.get(member_id, []))
                    )
                )
        return sorted(found, key=_order)

    def _reasons(self, years: dict[int, Year], running: int, under: int | None) -> list[str]:
        now = years[self.assessment.year]
        found = [f"{action}：{sentence}" for _, action, sentence in now.unmet.values() if action]
        counted: list[tuple[str, Callable[[Year], bool]]] = []
        if now.is_last:
            counted.append((f"等次为“{now.grade}”", lambda year: year.is_last))
        if under is not None:
            counted.append((f"得分低于 {points(under)} 分", lambda year: year.total < under))
        for code, (name, action, _) in now.unmet.items():
            if not action:
                counted.append((f"未达到“{name.strip('“”')}”", lambda year, code=code: code in year.unmet))
        for words, holds in counted:
            run = self._run(years, holds)
            if len(run) >= running:
                listed = "、".join(str(year) for year in reversed(run))
                found.append(f"连续 {len(run)} 年{words}（{listed}）" if len(run) > 1 else f"{listed} 年{words}")
        return found

    def _run(self, years: dict[int, Year], holds: Callable[[Year], bool]) -> list[int]:
        """The years in a row, back from this one, of which it holds."""
        run, year = [], self.assessment.year
        while year in years and holds(years[year]):
            run.append(year)
            year -= 1
        return run

    # ---------------------------------------------------------------- what is read
    @cached_property
    def _assessments(self) -> dict[int, Assessment]:
        found = Assessment.objects.filter(
            committee=self.assessment.committee_id,
            subject_kind=Subject.Kind.MEMBER,
            year__lte=self.assessment.year,
        ).exclude(state=Assessment.State.DRAFT)
        return {one.pk: one for one in found.select_related("ruleset")}

    @cached_property
    def _cards(self) -> dict[int, dict[int, Year]]:
        """{member's primary key: {year: what his card says}} of ranked cards."""
        lowest = {pk: _lowest_grade(one) for pk, one in self._assessments.items()}
        rows = ReportCard.objects.filter(assessment__in=lowest, is_ranked=True)
        recent = [pk for pk, one in self._assessments.items() if one.year > self.assessment.year - GATE_YEARS]
        with_gates = rows.filter(assessment__in=recent).values_list("pk", "document")
        unmet = {pk: _unmet(document) for pk, document in with_gates.iterator(chunk_size=200)}
        found: dict[int, dict[int, Year]] = defaultdict(dict)
        for pk, assessment_id, member_id, total, grade in rows.values_list(
            "pk", "assessment_id", "subject__seat__member_id", "total", "grade"
        ):
            is_last = bool(grade) and grade == lowest[assessment_id]
            year = self._assessments[assessment_id].year
            found[member_id][year] = Year(total, is_last, grade, unmet.get(pk, {}))
        return found

    @cached_property
    def _serving(self) -> dict[int, Subject]:
        """{member's primary key: whose card of this year it is}, of those who still serve."""
        serving = Seat.objects.filter(committee=self.assessment.committee_id).serving_on(timezone.localdate())
        cards = ReportCard.objects.filter(
            assessment=self.assessment, subject__seat__member__in=serving.values("member_id")
        )
        subjects = Subject.objects.filter(pk__in=cards.values("subject_id"))
        found = subjects.select_related("seat__member", "seat__sector").order_by("pk")
        return {subject.seat.member_id: subject for subject in found}

    @cached_property
    def _absences(self) -> dict[int, int]:
        """{member's primary key: meetings of the year missed without leave}, a meeting of several half-days once."""
        missed = Attendance.objects.filter(
            committee=self.assessment.committee_id,
            outcome=Attendance.Outcome.ABSENT,
            sitting__held_on__range=(self.assessment.from_on, self.assessment.to_on),
        )
        counts = missed.values("seat__member_id").annotate(meetings=Count("sitting__activity", distinct=True))
        return dict(counts.values_list("seat__member_id", "meetings"))

    @cached_property
    def _talks(self) -> dict[int, list[Talk]]:
        rows = Talk.objects.filter(assessment__committee=self.assessment.committee_id).select_related(
            "assessment", "by", "subject__seat"
        )
        found = defaultdict(list)
        for talk in rows:
            found[talk.subject.seat.member_id if talk.subject.seat else None].append(talk)
        return found


def _order(candidate: Candidate) -> tuple[int, int, str, int]:
    member = candidate.subject.seat.member
    return -len(candidate.actions), -len(candidate.reasons), member.stroke_key, candidate.subject.pk


def _lowest_grade(assessment: Assessment) -> str:
    """Its name; "" of a ruleset with fewer than two grades, or that cannot be read."""
    try:
        grades: Sequence[Any] = compiled(assessment.ruleset).ruleset.grades
    except (RulesetError, TamperedRuleset):
        return ""
    return grades[-1].name if len(grades) > 1 else ""


def _unmet(document: str) -> dict[str, tuple[str, str, str]]:
    """Of a card's canonical text only the gates are read: the lines, nearly all of it, are not needed here.

    Inside a text of the document the quotes would be escaped, so that the name of the field is found and nothing else.
    """
    gates, _ = json.JSONDecoder().raw_decode(document, document.index(GATES) + len(GATES))
    return {
        gate["code"]: (gate["name"], gate["action"], gate["sentence"])
        for gate in gates
        if not gate["met"] and not gate["exempted"]
    }
