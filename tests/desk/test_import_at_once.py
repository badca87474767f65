"""On PostgreSQL: one batch confirmed or undone from two windows at the same moment."""

import io
import threading

import pytest
from django.db import connection

from activities.models import Contribution
from desk.batches import confirm, match_columns, open_batch
from desk.models import ImportBatch
from desk.undo import undo_batch
from members.models import Role
from tests.cast import make_account
from tests.desk.sheets import make_hall
from tests.desk.uploads import GOOD, contributions

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CHOSEN = {1: "number", 2: "name", 3: "kind", 4: "title", 5: "happened_on", 6: "level"}


@pytest.fixture
def batch():
    """Checked, not confirmed."""
    place = make_hall()
    user = make_account(place, "clerk", Role.CLERK)
    batch, _ = open_batch(
        user=user,
        grant=None,
        kind="contributions",
        name="履职.xlsx",
        stream=io.BytesIO(contributions(place, GOOD)),
        committee=place.committee,
        office=place.offices[0],
        year=None,
    )
    return match_columns(user=user, grant=None, batch=batch, chosen=CHOSEN)


def at_once(call, **arguments):
    """What two calls at the same moment answered, and what they raised."""
    start, answers, errors = threading.Barrier(2, timeout=20), [], []

    def run():
        try:
            start.wait()
            answers.append(call(**arguments))
        except Exception as error:  # noqa: BLE001 – shown by the test's assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(answers), errors


def test_confirming_in_two_windows_stores_once(batch):
    found = at_once(confirm, user=batch.user, grant=None, batch=batch, revision=1, skip_bad_rows=False)
    assert found == ([True, True], [])
    assert (Contribution.objects.count(), Contribution.history.count()) == (1, 1)


def test_undoing_in_two_windows_is_one_undo(batch):
    confirm(user=batch.user, grant=None, batch=batch, revision=1, skip_bad_rows=False)
    done = ImportBatch.objects.get()
    assert at_once(undo_batch, user=done.user, grant=None, batch=done, reason="传错") == ([False, True], [])
    assert (Contribution.objects.count(), Contribution.history.count()) == (0, 2)
