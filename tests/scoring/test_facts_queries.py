"""Rewriting, loading and marking cost the same number of queries for one object and for three."""

from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.actions import act
from members.models import User
from members.services import add_group_membership
from opinions.services import record_adoption
from proposals.services import honour_proposal
from scoring import evidence
from scoring.facts import rewrite
from scoring.loading import load
from scoring.models import Adjustment, Fact, Stale
from scoring.subjects import subjects
from tests.cast import (
    DAY,
    TERM_START,
    make_activity,
    make_attendance,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
)
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    """Three members of one group and one special committee, in an open assessment."""
    made = make_year(0)
    part = made.place.special_committees[0]
    made.seats = [make_seat(made.place, name, special_committee=part) for name in ("甲一", "乙二", "丙三")]
    for seat in made.seats:
        add_group_membership(user=None, seat=seat, group=made.place.group, from_on=TERM_START)
    made.clerk, made.chair = (User.objects.create(username=name) for name in ("clerk", "chair"))
    return made


def activity(year, seats):
    made = make_activity(year.place, seats)
    make_attendance(made, dict.fromkeys(seats, "present"))
    return made


def contribution(year, seats):
    return make_contribution(year.place, seats[0])


def proposal(year, seats):
    made = make_proposal(year.place, seats, filed_on=DAY)
    honour_proposal(user=None, proposal=made, kind="key", decided_on=DAY, reason="领衔督办")
    return made


def opinion(year, seats):
    made = make_report(year.place, seats, adopted=["city"])
    record_adoption(user=None, report=made, level="nation", organ="全国政协", adopted_on=DAY)
    return made


def adjustment(year, seats):
    with act(user=None, verb="test"):
        return Adjustment.objects.create(
            committee=year.place.committee,
            office=year.place.offices[0],
            subject=seats[0].subject,
            effect="points",
            rule="extra",
            points=100,
            happened_on=DAY,
            reason="突出贡献",
            state="approved",
            proposed_by=year.clerk,
            decided_by=year.chair,
        )


def subject(year, seats):
    return SimpleNamespace(pk=seats[0].subject.pk)


NOUNS = {
    "activity": activity,
    "contribution": contribution,
    "proposal": proposal,
    "opinion": opinion,
    "adjustment": adjustment,
}


def queries(verb, *args):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        verb(*args)
    return len(captured)


def from_nothing(objects):
    """Queries of writing all facts of the objects anew."""
    Fact.objects.all().delete()
    return queries(rewrite, objects)


@pytest.mark.parametrize("noun", NOUNS)
def test_rewriting_costs_the_same_for_one_and_for_three(year, noun):
    small = NOUNS[noun](year, year.seats[:1])
    large = [NOUNS[noun](year, year.seats) for _ in range(3)]
    rewrite([(noun, small.pk)])  # compiles the ruleset
    assert from_nothing([(noun, small.pk)]) == from_nothing([(noun, one.pk) for one in large])


def test_change_of_one_or_three_subjects_costs_the_same(year):
    for seat in year.seats:
        proposal(year, [seat])
        opinion(year, [seat])
    ids = [("subject", seat.subject.pk) for seat in year.seats]
    rewrite(ids)
    assert queries(rewrite, ids[:1]) == queries(rewrite, ids)


def test_loading_costs_the_same_for_one_and_for_three(year):
    for make in NOUNS.values():
        make(year, year.seats)
    ids = subjects(year.assessment)
    load(year.assessment, ids)
    assert queries(load, year.assessment, ids[:1]) == queries(load, year.assessment, ids)


def test_titles_cost_the_same_for_one_and_for_three_of_each_kind(year):
    one, three = [], []
    for make in NOUNS.values():
        made = [make(year, year.seats) for _ in range(3)]
        noun = make.__name__
        three += [f"{noun}/{row.public_id}/any" for row in made]
        one.append(three[-1])
    assert (queries(evidence.titles, one), queries(evidence.titles, three)) == (5, 5)


def test_marking_is_one_insert_for_many(year):
    made = activity(year, year.seats)
    Stale.objects.all().delete()
    Fact.objects.all().delete()
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        rewrite([("activity", made.pk)])
    inserts = [query for query in captured.captured_queries if query["sql"].startswith("INSERT")]
    assert (Stale.objects.count(), len(inserts)) == (3, 2)
