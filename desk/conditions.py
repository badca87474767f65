"""What the office's desk asks of a year before it moves on: no open gap but those signed off with a reason."""

from collections.abc import Iterable

from django.urls import reverse

from desk.doubles import DOUBLES
from desk.gaps import MISSING, sections
from members.models import User
from scoring.checks import Obstacle
from scoring.models import Assessment


def open_gaps(user: User, assessment: Assessment) -> Iterable[Obstacle]:
    """One obstacle for each kind of gap that is open in the assessment's year and committee."""
    where = f"{reverse('gaps')}?year={assessment.year}"
    for section in sections(user, assessment.year, [*MISSING, *DOUBLES]):
        ours = [gap for gap in section.open if gap.committee_id == assessment.committee_id]
        count = sum(gap.subject_kind in {"", assessment.subject_kind} for gap in ours)
        if count:
            yield Obstacle(f"“{section.label}”还有 {count} 项，请补好，或写明理由留着。", "查漏补缺", where)
