"""The demonstration's published year, as open as a committee might decide: the honour list, and a public page."""

from members.models import Subject
from reports.models import Openness
from reports.openness import SECTIONS, Step, set_openness
from scoring import editions
from scoring.models import Assessment


def make_open(assessment: Assessment) -> Openness | None:
    """Of a published year of members, by whoever published it; nothing for any other."""
    edition = editions.current(assessment)
    if edition is None or assessment.subject_kind != Subject.Kind.MEMBER:
        return None
    return set_openness(
        user=edition.published_by,
        assessment=assessment,
        step=Step.HONOURS,
        is_public=True,
        sections=tuple(SECTIONS),
        basis=f"{assessment.year + 1}年1月主席会议",
    )
