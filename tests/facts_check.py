"""After a test that edits records: the stored facts are what a rebuild from the records gives."""

from members.models import Committee
from scoring.facts import rebuild


def assert_facts_clean(committee: Committee | None = None) -> None:
    assert [str(difference) for difference in rebuild(committee, check=True)] == []
