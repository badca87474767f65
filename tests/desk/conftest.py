"""One committee for all tests of a module: making it costs more than most imports do."""

import pytest
from django.db import transaction

from tests.desk.sheets import make_hall


@pytest.fixture(scope="module")
def shared_hall(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_hall("hall")
        transaction.set_rollback(True)


@pytest.fixture
def hall(shared_hall):
    """The committee of make_hall; what the test does to it is undone."""
    with transaction.atomic():
        yield shared_hall
        transaction.set_rollback(True)
