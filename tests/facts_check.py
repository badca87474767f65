"""After a test that edits records: the stored facts are what a rebuild from the records gives."""

import pytest

from members.models import Committee
from scoring.facts import rebuild


def assert_facts_clean(committee: Committee | None = None) -> None:
    assert [str(difference) for difference in rebuild(committee, check=True)] == []


@pytest.fixture(autouse=True)
def facts_stay_clean(request):
    """Imported by the conftest.py of folders whose tests edit records: each database test there ends with the check."""
    uses_database = request.node.get_closest_marker("django_db") or "db" in request.fixturenames
    if uses_database:
        request.getfixturevalue("db")  # so that this fixture ends before the database does
    yield
    if uses_database:
        assert_facts_clean()
