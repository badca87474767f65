"""Two people change one object at the same time: whoever commits last leaves the facts of both."""

import threading

import pytest
from django.db import connection, transaction

from opinions.services import record_adoption
from scoring.models import Fact
from tests.cast import DAY, make_committee, make_report, make_seat
from tests.facts_check import assert_facts_clean

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_adoptions_at_once_are_both_facts():
    place = make_committee()
    report = make_report(place, [make_seat(place)])
    first_wrote, errors = threading.Barrier(2, timeout=20), []

    def adopt(organ):
        """Both are inside their transaction, their row inserted, before either rewrites the facts."""
        try:
            with transaction.atomic():
                list(report.adoptions.all())
                first_wrote.wait()
                record_adoption(user=None, report=report, level="county", organ=organ, adopted_on=DAY)
        except Exception as error:  # noqa: BLE001 – shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=adopt, args=(organ,)) for organ in ("县委", "县政府")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    keys = Fact.objects.filter(key__contains="/adopted/").values_list("key", flat=True)
    assert (errors, sorted(key.rpartition("/")[2] for key in keys)) == ([], ["县委", "县政府"])
    assert_facts_clean()
