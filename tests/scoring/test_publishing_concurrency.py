"""Two people cannot publish at once, nor while the records change under them: on a server where that can happen."""

import os
import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from audit.actions import act
from members.models import Notice
from scoring import checks, stale
from scoring.editions import pending, verify_committee
from scoring.engine import edition as text
from scoring.models import Assessment, Edition, EditionCard, Fact, Stale
from scoring.services.publishing import publish
from tests.cast import make_account
from tests.scoring.closing import compute, make_closing_year
from tests.scoring.year import YEAR, add_fact, fresh

ROUNDS = 300 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 4

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def year():
    """With an account for each member, who is told of every edition."""
    made = make_closing_year()
    for n, seat in enumerate(made.seats):
        make_account(made.place, f"member-{n}", "member", seat=seat)
    return made


@pytest.fixture
def closed(monkeypatch):
    """No gaps: they depend on the day the test runs on, and are not what is asked about here."""
    monkeypatch.setitem(checks._checks, "gaps", ("", lambda user, assessment: []))


def stand_approved(year):
    """The year back at 审定 with its cards as the records are now, by whatever means."""
    Assessment.objects.filter(pk=year.assessment.pk).update(state="member_check")
    Stale.objects.filter(assessment=year.assessment).delete()
    compute(year)
    with act(user=year.approver, verb="test"):
        row = fresh(year.assessment)
        row.state = "approved"
        row.save()


def together(*verbs):
    """Run the verbs at the same moment, each on a connection of its own; → what each returned or raised."""
    barrier, found = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(n, verb):
        try:
            barrier.wait()
            found[n] = verb()
        except ValidationError as error:
            found[n] = " ".join(error.messages)
        except Exception as error:  # noqa: BLE001 – whatever it is, the test says so
            found[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def publishing(year):
    return lambda: publish(user=year.publisher, assessment=fresh(year.assessment), typed=str(YEAR), reason="又一次")


def test_of_two_who_publish_at_once_one_is_refused(year, closed):
    outcomes = []
    for n in range(ROUNDS):
        stand_approved(year)
        found = together(publishing(year), publishing(year))
        outcomes.append(sorted(type(one).__name__ for one in found))
        assert Edition.objects.filter(assessment=year.assessment).count() == n + 1
    assert outcomes == [["Edition", "str"]] * ROUNDS
    assert Notice.objects.count() == len(year.seats) * ROUNDS  # of what was refused nobody hears
    assert list(verify_committee(year.place.committee)) == []


def test_record_saved_while_publishing_is_in_the_edition_or_pending(year, closed):
    def saving():
        with transaction.atomic():
            fact = add_fact(year.subjects[0])
            stale.mark({year.subjects[0].pk: [date(YEAR, 3, 10)]})
        return fact

    for _ in range(ROUNDS):
        stand_approved(year)
        published, fact = together(publishing(year), saving)
        assert isinstance(fact, Fact)
        if isinstance(published, Edition):
            assert text.verify(published.document) == []
            assert [one.what for one in pending(fresh(year.assessment))] == ["补记"]
        else:
            assert "审定之后又改动了 1 份成绩单的记录" in published
    assert EditionCard.objects.count() == 3 * Edition.objects.count()
