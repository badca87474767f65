"""Which cards a change marks."""

import datetime

import pytest

from audit.actions import act
from members.services import add_group_membership, change_seat, set_post
from scoring.facts import rewrite
from scoring.models import Assessment, Stale
from tests.cast import (
    DAY,
    TERM_START,
    make_activity,
    make_attendance,
    make_committee,
    make_contribution,
    make_proposal,
    make_seat,
)
from tests.scoring.later import GROUP_RULES, open_with, second_seat
from tests.scoring.year import FIRST, LAST, RULES, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    return make_year(3)


def marked(assessment):
    """Primary keys of the marked subjects; the marks are taken away."""
    rows = Stale.objects.filter(assessment=assessment)
    found = set(rows.values_list("subject", flat=True))
    rows.delete()
    return found


def test_record_marks_its_subjects_and_no_others(year):
    make_proposal(year.place, year.seats[:2])
    assert marked(year.assessment) == {subject.pk for subject in year.subjects[:2]}


def test_attendance_marks_only_whose_fact_changed(year):
    activity = make_activity(year.place, year.seats)
    marked(year.assessment)
    make_attendance(activity, {year.seats[1]: "absent"})
    assert marked(year.assessment) == {year.subjects[1].pk}


def test_new_signers_and_former_ones_are_marked(year):
    proposal = make_proposal(year.place, [year.seats[0]])
    marked(year.assessment)
    with act(user=None, verb="test"):
        signer = proposal.proposers.get()
        signer.seat = year.seats[1]
        signer.save()
        rewrite([("proposal", proposal.pk)])
    assert marked(year.assessment) == {subject.pk for subject in year.subjects[:2]}


def test_fact_outside_the_window_marks_nothing(year):
    make_contribution(year.place, year.seats[0], day=FIRST - datetime.timedelta(days=1))
    assert marked(year.assessment) == set()


def test_facts_of_earlier_years_that_a_gate_reads_mark_the_card():
    text = RULES.replace(
        'tests = [{ of = { kind = "public_service" }, at_least = 1 }]',
        'tests = [{ of = { kind = "public_service" }, at_least = 1, years = 2 }]',
    )
    year = make_year(1, text=text)
    make_contribution(year.place, year.seats[0], day=FIRST - datetime.timedelta(days=1))
    assert marked(year.assessment) == {year.subjects[0].pk}


def test_published_assessment_is_never_marked(year):
    with act(user=None, verb="test"):
        year.assessment.state = Assessment.State.PUBLISHED
        year.assessment.save()
    make_contribution(year.place, year.seats[0])
    assert marked(year.assessment) == set()


def test_seats_own_change_marks_its_card(year):
    set_post(user=None, seat=year.seats[0], code="standing_member", from_on=DAY)
    assert marked(year.assessment) == {year.subjects[0].pk}
    change_seat(user=None, seat=year.seats[1], left_on=DAY)
    assert marked(year.assessment) == {year.subjects[1].pk}


def test_record_of_an_earlier_seat_marks_the_persons_card(year):
    again = second_seat(year, year.seats[0], DAY + datetime.timedelta(days=60))
    marked(year.assessment)
    make_contribution(year.place, year.seats[0])
    assert marked(year.assessment) == {again.subject.pk}


def test_joining_a_group_marks_groups_that_take_their_members_figures(year):
    groups = open_with(year.place, GROUP_RULES)
    add_group_membership(user=None, seat=year.seats[0], group=year.place.group, from_on=TERM_START)
    assert marked(groups) == {year.place.group.subject.pk}


def test_draft_ruleset_cannot_stop_a_record(year):
    row = year.ruleset
    with act(user=None, verb="test"):
        row.state, row.toml, row.digest, row.switches = "draft", "", "", {}
        row.save()
    make_contribution(year.place, year.seats[0], day=FIRST - datetime.timedelta(days=400))
    assert marked(year.assessment) == {year.subjects[0].pk}


def test_seat_of_another_committee_marks_nothing_here(year):
    other = make_committee("linhe")
    make_contribution(other, make_seat(other))
    assert (marked(year.assessment), (FIRST, LAST)) == (set(), (year.assessment.from_on, year.assessment.to_on))
