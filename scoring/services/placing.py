"""Places, grades and bands over all cards of an assessment, from what each card's engine made of it."""

import json

from django.db import connection, transaction

from scoring import clock
from scoring.engine import Placing, Standing, place
from scoring.engine.cohorts import placed
from scoring.models import Assessment, ReportCard
from scoring.services.basis import lock_subjects, rules_of

COLUMNS = ("cohort", "place", "grade", "grade_reason", "band", "among", "tied", "outside_places")


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
        after = {pk: columns_of(rules, standing, placings[standing.key]) for pk, standing in standings.items()}
        changed = {pk: columns for pk, columns in after.items() if columns != before[pk]}
        _write(changed)
        assessment.placed_at = clock.now()
        Assessment.objects.filter(pk=assessment.pk).update(placed_at=assessment.placed_at)
    return len(changed)


def standing_of(text: str, is_ranked: bool) -> Standing:
    """A card marked as broken after it was computed is not ranked, whatever its last document says."""
    found = json.loads(text)
    return Standing(**{**found, "ranked": found["ranked"] and is_ranked, "partition": tuple(found["partition"])})


def columns_of(rules, standing: Standing, placing: Placing) -> tuple:
    """Values of COLUMNS."""
    found = placed(rules, standing, placing)
    return tuple(found[name] for name in COLUMNS)


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
