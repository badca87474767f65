"""Places, grades and bands over all cards of an assessment, from what each card's engine made of it."""

import json

from django.db import connection, transaction

from scoring import clock
from scoring.engine import Placing, Standing, place
from scoring.models import Assessment, ReportCard
from scoring.services.basis import lock_subjects, rules_of

COLUMNS = ("cohort", "place", "grade", "grade_reason", "band", "among", "tied", "outside_places")
EVERYBODY = "全体"


def place_assessment(*, assessment: Assessment) -> int:
    """Writes place, grade and band of every card and dates the placing; returns how many cards changed.

    One transaction that locks the subjects, so that no card changes and no other placing runs meanwhile. Cards that cannot be ranked keep
    neither place nor grade. Running it again changes nothing.
    """
    rules = rules_of(assessment)
    with transaction.atomic():
        cards = ReportCard.objects.filter(assessment=assessment).exclude(standing="").order_by("pk")
        lock_subjects(cards.values_list("subject_id", flat=True))
        before, standings = {}, {}
        for pk, is_ranked, text, *columns in cards.values_list("pk", "is_ranked", "standing", *COLUMNS):
            before[pk] = tuple(columns)
            standings[pk] = standing_of(text, is_ranked)
        placings = place(rules, standings.values())
        after = {pk: _columns(rules, standing, placings[standing.key]) for pk, standing in standings.items()}
        changed = {pk: columns for pk, columns in after.items() if columns != before[pk]}
        _write(changed)
        assessment.placed_at = clock.now()
        Assessment.objects.filter(pk=assessment.pk).update(placed_at=assessment.placed_at)
    return len(changed)


def standing_of(text: str, is_ranked: bool) -> Standing:
    """A card marked as broken after it was computed is not ranked, whatever its last document says."""
    found = json.loads(text)
    return Standing(**{**found, "ranked": found["ranked"] and is_ranked, "partition": tuple(found["partition"])})


def _columns(rules, standing: Standing, placing: Placing) -> tuple:
    if not standing.ranked:
        return ("", None, "", "", "", 0, 0, {})
    return (
        _cohort(rules, standing.partition),
        placing.place,
        placing.grade or "",
        _grade_reason(rules, standing, placing),
        placing.band,
        placing.among,
        placing.tied,
        placing.outside,
    )


def _cohort(rules, partition: tuple[str, ...]) -> str:
    """Within whom one is ranked, in words: 常委 · 经济界."""
    names = rules.ruleset.rank.by
    words = [rules.labels.code(name, code) for name, code in zip(names, partition, strict=True) if code]
    return (" · ".join(words) or EVERYBODY)[:200]


def _grade_reason(rules, standing: Standing, placing: Placing) -> str:
    """Why the grade is not the one that the total alone would bring."""
    grades = rules.ruleset.grades
    by_total = next((g.name for g in grades if g.at_least is None or standing.total >= g.at_least), "")
    if not by_total or by_total == (placing.grade or ""):
        return ""
    now = f"定为“{placing.grade}”" if placing.grade else "不定等次"
    if standing.ceiling and _is_below(rules, standing.ceiling, by_total):
        return f"总分达到“{by_total}”，但有必选项未完成，最高可定“{standing.ceiling}”；{now}"[:300]
    return f"总分达到“{by_total}”，但“{by_total}”名额已满，{now}"[:300]


def _is_below(rules, ceiling: str, grade: str) -> bool:
    return rules.grade_names.index(ceiling) > rules.grade_names.index(grade)


def _write(changed: dict[int, tuple]) -> None:
    """One prepared statement for all rows: a CASE over thousands of keys took ten times as long."""
    if not changed:
        return
    fields = [ReportCard._meta.get_field(name) for name in COLUMNS]
    quote = connection.ops.quote_name
    setting = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(ReportCard._meta.db_table)} SET {setting} WHERE id = %s"
    rows = [
        [*(field.get_db_prep_save(value, connection) for field, value in zip(fields, columns, strict=True)), pk]
        for pk, columns in sorted(changed.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
