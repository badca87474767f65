"""Subjects and facts as the engine gets them."""

import datetime
import json

import pytest
from django.db import transaction

from audit.actions import act
from members.models import User
from members.services import add_group_membership, change_seat, set_post
from scoring import engine
from scoring.engine import Span
from scoring.facts import rewrite
from scoring.loading import load
from scoring.models import Adjustment, Assessment, Fact, ReportCard
from scoring.services import cards
from scoring.subjects import subjects
from tests.cast import DAY, TERM_START, make_activity, make_attendance, make_contribution, make_seat
from tests.scoring.later import GROUP_RULES, open_with, second_seat
from tests.scoring.year import FIRST, LAST, RULES, fresh, make_year

pytestmark = pytest.mark.django_db

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def year():
    return make_year(2)


def loaded(year, n=0):
    return load(year.assessment, [year.subjects[n].pk])[0]


# ---------------------------------------------------------------- who
def test_everybody_who_served_a_day_of_the_year_has_a_card(year):
    change_seat(user=None, seat=year.seats[0], left_on=FIRST)
    make_seat(year.place, "末日", joined_on=LAST)
    make_seat(year.place, "早退", left_on=FIRST - ONE_DAY)
    make_seat(year.place, "后来", joined_on=LAST + ONE_DAY)
    names = [found.subject_id for found in load(year.assessment, subjects(year.assessment))]
    last = make_seat(year.place, "又一", joined_on=DAY).subject.pk
    assert len(names) == 3
    assert subjects(year.assessment) == sorted([*names, last])


def test_person_with_two_seats_has_one_card_by_the_later(year):
    again = second_seat(year, year.seats[0], DAY)
    assert subjects(year.assessment) == sorted([again.subject.pk, year.subjects[1].pk])
    assert load(year.assessment, [year.subjects[0].pk]) == []


def test_order_is_the_order_asked_for(year):
    ids = [subject.pk for subject in reversed(year.subjects)]
    assert [found.subject_id for found in load(year.assessment, ids)] == ids


# ---------------------------------------------------------------- the subject
def test_subject_carries_posts_service_and_attributes(year):
    part = year.place.special_committees
    seat = make_seat(
        year.place,
        "单志松",
        sex="male",
        party="民盟",
        ethnicity="回族",
        special_committee=part[0],
        second_special_committee=part[1],
    )
    set_post(user=None, seat=seat, code="standing_member", from_on=DAY)
    add_group_membership(user=None, seat=seat, group=year.place.group, from_on=TERM_START)
    (found,) = load(year.assessment, [seat.subject.pk])
    assert found.subject == engine.Subject(
        key=str(seat.subject.public_id),
        kind="member",
        posts=(Span("member", TERM_START, DAY - ONE_DAY), Span("standing_member", DAY, None)),
        served=(Span("seat", TERM_START, None),),
        attributes=(
            ("ethnicity", "回族"),
            ("group", "first-group"),
            ("party", "民盟"),
            ("second_special_committee", "economy"),
            ("sector", "science"),
            ("sector_group", "first-group"),
            ("sex", "male"),
            ("special_committee", "proposals"),
        ),
    )


def test_reason_not_to_be_scored_comes_from_the_seat(year):
    change_seat(user=None, seat=year.seats[0], not_scored_reason="驻外工作")
    assert loaded(year).subject.exempt == "驻外工作"


@pytest.mark.parametrize(("rule", "expected"), [("", "重病住院"), ("no_service", "")])
def test_approved_exemption_is_a_reason_unless_it_names_a_rule(year, rule, expected):
    users = [User.objects.create(username=name) for name in ("clerk", "chair")]
    with act(user=None, verb="test"):
        Adjustment.objects.create(
            committee=year.place.committee,
            office=year.place.offices[0],
            subject=year.subjects[0],
            effect="exemption",
            rule=rule,
            happened_on=DAY,
            reason="重病住院",
            state="approved",
            proposed_by=users[0],
            decided_by=users[1],
        )
    assert (loaded(year).subject.exempt, loaded(year, 1).subject.exempt) == (expected, "")


def test_two_seats_give_one_subject_with_all_its_service(year):
    seat = year.seats[0]
    again = second_seat(year, seat, DAY)
    with act(user=None, verb="test"):
        again.posts.create(committee=again.committee, code="standing_member", from_on=DAY)
    (found,) = load(year.assessment, [again.subject.pk])
    assert (found.subject.key, found.subject.served, found.subject.posts) == (
        str(again.subject.public_id),
        (Span("seat", TERM_START, DAY - ONE_DAY), Span("seat", DAY, None)),
        (Span("member", TERM_START, DAY - ONE_DAY), Span("standing_member", DAY, None)),
    )


# ---------------------------------------------------------------- the facts
def test_facts_are_the_stored_rows_in_scoring_order(year):
    for day in (LAST, FIRST, DAY):
        make_contribution(year.place, year.seats[0], day=day)
    rows = Fact.objects.order_by("happened_on", "key").values_list(*engine.Fact._fields)
    assert loaded(year).facts == [engine.Fact(*row) for row in rows]


def test_facts_outside_the_window_stay_behind(year):
    for day in (FIRST - ONE_DAY, FIRST, LAST, LAST + ONE_DAY):
        make_contribution(year.place, year.seats[0], day=day)
    assert [fact.happened_on for fact in loaded(year).facts] == [FIRST, LAST]


def test_all_sittings_of_a_meeting_across_the_edge_come_along(year):
    halves = [(FIRST - ONE_DAY, "am"), (FIRST, "am"), (FIRST, "pm")]
    make_activity(year.place, year.seats, day=FIRST - ONE_DAY, halves=halves)
    make_activity(year.place, year.seats, day=FIRST - ONE_DAY)
    assert [fact.happened_on for fact in loaded(year).facts] == [FIRST - ONE_DAY, FIRST, FIRST]


def test_credit_by_event_brings_facts_whose_object_lies_in_the_window():
    year = make_year(1, text=RULES.replace("[switches]", '[switches]\ncredit = "event"'))
    made = make_contribution(year.place, year.seats[0], day=LAST)
    Fact.objects.filter(source=f"contribution/{made.public_id}").update(happened_on=LAST + 40 * ONE_DAY)
    assert [fact.origin_on for fact in loaded(year).facts] == [LAST]


def test_facts_of_both_seats_are_one_list_and_one_key_counts_once(year):
    seat = year.seats[0]
    again = second_seat(year, seat, DAY)
    activity = make_activity(year.place, [seat])
    make_attendance(activity, {seat: "present"})
    with act(user=None, verb="test"):
        activity.invitations.create(committee=activity.committee, seat=again)
        rewrite([("activity", activity.pk)])
    make_contribution(year.place, seat, day=FIRST)
    (found,) = load(year.assessment, [again.subject.pk])
    assert [(fact.kind, fact.attributes) for fact in found.facts] == [
        ("public_service", ""),
        ("standing_meeting", "mandatory=yes;outcome=present;stage=sitting"),
    ]


# ---------------------------------------------------------------- figures of others and of other years
def score_all(assessment):
    """Compute and store every card of an assessment."""
    assessment = fresh(assessment)
    ids = subjects(assessment)
    noted = cards.note(assessment, ids)
    scored, gone = cards.compute(assessment, ids)
    with transaction.atomic():
        cards.store(assessment, noted, scored, gone)


def test_group_reads_the_figures_of_its_members_on_the_last_day(year):
    groups = open_with(year.place, GROUP_RULES)
    add_group_membership(user=None, seat=year.seats[0], group=year.place.group, from_on=TERM_START)
    add_group_membership(
        user=None, seat=year.seats[1], group=year.place.group, from_on=TERM_START, to_on=LAST - ONE_DAY
    )
    make_contribution(year.place, year.seats[0])
    score_all(year.assessment)
    (found,) = load(groups, [year.place.group.subject.pk])
    assert found.subject == engine.Subject(
        key=str(year.place.group.subject.public_id),
        kind="group",
        attributes=(("group", "first-group"), ("group_kind", "sector_group")),
        figures=(
            engine.MemberFigures(
                str(year.subjects[0].public_id), True, (("services", 500), ("total", 500), ("work", 500))
            ),
        ),
    )


def test_gate_over_years_reads_the_figures_of_the_year_before(year):
    make_contribution(year.place, year.seats[0])
    score_all(year.assessment)
    text = RULES.replace(
        'tests = [{ of = { kind = "public_service" }, at_least = 1 }]',
        'tests = [{ figure = "total", at_least = 5, years = 2 }]',
    )
    later = open_with(year.place, text, year=2027)
    (found,) = load(later, [year.subjects[0].pk])
    assert found.subject.earlier == ((2026, (("services", 500), ("total", 500), ("work", 500))),)
    assert json.loads(ReportCard.objects.get(subject=year.subjects[0]).document)["total"] == 500
    assert Assessment.objects.count() == 2
