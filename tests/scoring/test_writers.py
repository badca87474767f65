"""Two writers of one card at the same moment, on the database that lets them."""

import threading

import pytest
from django.db import connection, transaction

from scoring.models import Stale
from scoring.services import cards
from tests.faults.waiting import wait_until
from tests.scoring.year import add_fact, cards_of, fresh, make_year

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Writer(threading.Thread):
    """Stores, in a connection of its own, what was computed before."""

    def __init__(self, assessment, noted, scored):
        super().__init__()
        self.work, self.stored = (assessment, noted, scored), None

    def run(self):
        try:
            with transaction.atomic():
                self.stored = cards.store(*self.work)
        finally:
            connection.close()


def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the activity of its first look
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def test_writer_of_older_facts_waits_and_then_gives_way():
    year = make_year(1)
    (subject,) = year.subjects
    assessment = fresh(year.assessment)
    Stale.objects.create(assessment=assessment, subject=subject)
    older = cards.note(assessment, [subject.pk]), cards.compute(assessment, [subject.pk])[0]
    add_fact(subject)
    newer = cards.note(assessment, [subject.pk]), cards.compute(assessment, [subject.pk])[0]
    slow = Writer(assessment, *older)
    with transaction.atomic():
        cards.store(assessment, *newer)
        slow.start()
        wait_until(is_somebody_waiting, "the second writer at the first one's lock")
    slow.join(20)
    assert (slow.stored.left, slow.stored.written, cards_of(assessment)["0001"][1]) == (1, 0, 500)


def test_record_is_saved_while_cards_are_written():
    year = make_year(1)
    (subject,) = year.subjects
    assessment = fresh(year.assessment)
    found = cards.note(assessment, [subject.pk]), cards.compute(assessment, [subject.pk])[0]
    recorder = threading.Thread(target=lambda: (add_fact(subject), connection.close()))
    with transaction.atomic():
        cards.store(assessment, *found)
        recorder.start()
        recorder.join(20)  # refers to the locked subject, and does not wait for the end of this transaction
        is_still_waiting = recorder.is_alive()
    recorder.join(20)
    assert not is_still_waiting
