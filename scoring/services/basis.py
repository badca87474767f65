"""What every computation of an assessment asks first: is it open, and by which compiled ruleset."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from members.models import Subject
from scoring.compiled import compiled
from scoring.engine import Rules
from scoring.models import Assessment

OPEN_STATES = (
    Assessment.State.DRAFT,
    Assessment.State.RECORDING,
    Assessment.State.DATA_CHECK,
    Assessment.State.MEMBER_CHECK,
)
FINAL_STATES = (Assessment.State.APPROVED, Assessment.State.PUBLISHED)
# SQLite has one lock for all writers; so many cards are written in about a tenth of a second.
AT_ONCE_ON_SQLITE = 150


def subjects_at_once() -> int:
    """How many cards one transaction writes."""
    size = settings.SCORING_CHUNK_SIZE
    return min(size, AT_ONCE_ON_SQLITE) if connection.vendor == "sqlite" else size


def rules_of(assessment: Assessment) -> Rules:
    """The assessment's ruleset, compiled.

    Raises ValidationError for a ruleset that was never approved, RulesetError for a text that is not a ruleset,
    TamperedRuleset for one that was changed after its approval.
    """
    row = assessment.ruleset
    if not row.digest:
        raise ValidationError(f"考核办法“{row.title}”尚未审定，不能计分。请先审定考核办法。")
    return compiled(row).rules


def check_open(assessment: Assessment) -> None:
    """Raises ValidationError for an approved or published assessment: its numbers no longer move."""
    if assessment.state not in OPEN_STATES:
        raise ValidationError(
            f"{assessment}已{assessment.get_state_display()}，成绩不再变动。如需更正，请由主席办公室重新开放本年度考核。"
        )


def lock_subjects(subject_ids: Iterable[int]) -> None:
    """Makes writers of these subjects' cards wait for one another until the transaction ends; always in one order.

    NO KEY UPDATE: writers of records, whose rows only refer to the subjects, do not wait.
    """
    rows = Subject.objects.select_for_update(no_key=True).filter(pk__in=list(subject_ids)).order_by("pk")
    list(rows.values_list("pk"))
