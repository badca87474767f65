"""Cards: what is stored, when it is written again, and what survives when two compute at once."""

import datetime
import hashlib
import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.actions import act
from scoring.models import Assessment, ReportCard, Stale, SubjectError
from scoring.services import cards, runs
from scoring.services.assessments import open_assessment, score_now
from scoring.services.basis import subjects_at_once
from tests.scoring.year import FIRST, LAST, RULES, YEAR, add_fact, cards_of, fresh, make_ruleset, make_year

pytestmark = pytest.mark.django_db

GROUP_RULES = """
code = "short-group"
title = "活动组测试办法"
year = 2026
subjects = "group"
first_day = 2026-01-01
last_day = 2026-12-31

[total]
name = "总分"
floor = "none"

[[category]]
code = "members"
name = "组员"
floor = "none"

[[rule]]
code = "sum"
name = "组员得分合计"
category = "members"
clause = "第一条"
members = { figure = "total", by = "sum" }
"""


def mark(year, *subjects):
    for subject in subjects:
        Stale.objects.create(assessment=year.assessment, subject=subject)


def refresh(year):
    return cards.refresh(assessment=fresh(year.assessment))


def total(year, number="0001"):
    return cards_of(year.assessment)[number][1]


# ---------------------------------------------------------------- what is stored
def test_card_digest_is_of_the_stored_bytes():
    year = make_year(1)
    add_fact(year.subjects[0])
    mark(year, year.subjects[0])
    refresh(year)
    card = ReportCard.objects.get()
    assert (card.digest, card.ruleset_digest) == (
        hashlib.sha256(card.document.encode()).hexdigest(),
        year.ruleset.digest,
    )


def test_card_document_is_the_engines():
    year = make_year(1)
    add_fact(year.subjects[0])
    mark(year, year.subjects[0])
    refresh(year)
    card = ReportCard.objects.get()
    found = json.loads(card.document)
    assert (found["subject"], found["total"], card.total) == (str(year.subjects[0].public_id), 500, 500)
    assert card.document == json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_card_of_one_not_ranked_says_why():
    year = make_year(2)
    with act(user=None, verb="test"):
        year.seats[0].not_scored_reason = "驻外工作"
        year.seats[0].save()
    mark(year, *year.subjects)
    refresh(year)
    rows = ReportCard.objects.order_by("subject__seat__number").values_list("is_ranked", "not_ranked_reason")
    assert list(rows) == [(False, "驻外工作"), (True, "")]


# ---------------------------------------------------------------- refreshing
def test_refresh_computes_the_marked_and_removes_their_marks():
    year = make_year(3)
    for subject in year.subjects:
        add_fact(subject)
    mark(year, year.subjects[0], year.subjects[0], year.subjects[2])
    stored = refresh(year)
    assert (stored.written, list(cards_of(year.assessment)), Stale.objects.count()) == (2, ["0001", "0003"], 0)


def test_refresh_keeps_marks_that_come_while_it_computes():
    year = make_year(1)
    (subject,) = year.subjects
    assessment = fresh(year.assessment)
    mark(year, subject)
    noted = cards.note(assessment, [subject.pk])
    scored, gone = cards.compute(assessment, [subject.pk])
    add_fact(subject)
    mark(year, subject)
    with transaction.atomic():
        cards.store(assessment, noted, scored, gone)
    assert (total(year), Stale.objects.count()) == (0, 1)
    refresh(year)
    assert (total(year), Stale.objects.count()) == (500, 0)


def test_slower_writer_does_not_undo_a_newer_card():
    year = make_year(1)
    (subject,) = year.subjects
    assessment = fresh(year.assessment)
    mark(year, subject)
    refresh(year)
    noted = cards.note(assessment, [subject.pk])
    old, gone = cards.compute(assessment, [subject.pk])
    add_fact(subject)
    mark(year, subject)
    refresh(year)
    with transaction.atomic():
        stored = cards.store(assessment, noted, old, gone)
    assert (stored.left, stored.written, total(year)) == (1, 0, 500)


def test_slower_writer_is_stopped_also_by_a_newer_card_of_the_same_bytes():
    year = make_year(1)
    (subject,) = year.subjects
    assessment = fresh(year.assessment)
    mark(year, subject)
    refresh(year)
    noted = cards.note(assessment, [subject.pk])
    fact = add_fact(subject)
    with_fact, gone = cards.compute(assessment, [subject.pk])
    fact.delete()
    mark(year, subject)
    refresh(year)
    with transaction.atomic():
        cards.store(assessment, noted, with_fact, gone)
    assert total(year) == 0


def test_unchanged_card_is_dated_and_not_rewritten():
    year = make_year(1)
    mark(year, *year.subjects)
    refresh(year)
    before = ReportCard.objects.get()
    mark(year, *year.subjects)
    stored = refresh(year)
    after = ReportCard.objects.get()
    assert (stored.written, stored.unchanged, after.computed_at >= before.computed_at) == (0, 1, True)
    assert (after.public_id, after.digest) == (before.public_id, before.digest)


def test_changed_card_keeps_its_public_id():
    year = make_year(1)
    mark(year, *year.subjects)
    refresh(year)
    before = ReportCard.objects.get().public_id
    add_fact(year.subjects[0])
    mark(year, *year.subjects)
    refresh(year)
    assert (ReportCard.objects.get().public_id, total(year)) == (before, 500)


def test_refresh_places_again_and_dates_it():
    year = make_year(2)
    mark(year, *year.subjects)
    runs.refresh_stale(assessment_id=year.assessment.pk)
    first = fresh(year.assessment).placed_at
    add_fact(year.subjects[1])
    mark(year, year.subjects[1])
    runs.refresh_stale(assessment_id=year.assessment.pk)
    places = {number: card[2] for number, card in cards_of(year.assessment).items()}
    assert (places, fresh(year.assessment).placed_at > first) == ({"0001": 2, "0002": 1}, True)


def test_refresh_leaves_a_published_year_alone():
    year = make_year(1)
    mark(year, *year.subjects)
    with act(user=None, verb="test"):
        year.assessment.state = Assessment.State.PUBLISHED
        year.assessment.save()
    runs.refresh_stale(assessment_id=year.assessment.pk)
    assert (ReportCard.objects.count(), Stale.objects.count()) == (0, 1)


def test_refresh_removes_the_card_of_one_who_left_before_the_year():
    year = make_year(2)
    mark(year, *year.subjects)
    refresh(year)
    with act(user=None, verb="test"):
        year.seats[0].left_on = datetime.date(YEAR - 1, 6, 30)
        year.seats[0].save()
    mark(year, year.subjects[0])
    stored = refresh(year)
    assert (stored.removed, list(cards_of(year.assessment)), Stale.objects.count()) == (1, ["0002"], 0)


# ---------------------------------------------------------------- errors
def test_bad_record_keeps_the_last_card_but_takes_it_out_of_the_ranking():
    year = make_year(2)
    add_fact(year.subjects[0])
    mark(year, *year.subjects)
    runs.refresh_stale(assessment_id=year.assessment.pk)
    bad = add_fact(year.subjects[0], attributes="没有等号")
    mark(year, year.subjects[0])
    runs.refresh_stale(assessment_id=year.assessment.pk)
    card = ReportCard.objects.get(subject=year.subjects[0])
    assert (card.total, card.is_ranked, card.not_ranked_reason, card.place) == (500, False, "数据有误，未能计分", None)
    bad.delete()
    mark(year, year.subjects[0])
    runs.refresh_stale(assessment_id=year.assessment.pk)
    card.refresh_from_db()
    assert (card.is_ranked, card.not_ranked_reason, card.place, SubjectError.objects.count()) == (True, "", 1, 0)


# ---------------------------------------------------------------- showing
def test_score_now_shows_the_present_and_stores_nothing():
    year = make_year(1)
    (subject,) = year.subjects
    mark(year, subject)
    refresh(year)
    add_fact(subject)
    mark(year, subject)
    with CaptureQueriesContext(connection) as queries:
        found = score_now(assessment=fresh(year.assessment), subjects=[subject])
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []
    assert (found[subject.pk].total, total(year), Stale.objects.count()) == (500, 0, 1)


def test_score_now_gives_the_bytes_that_will_be_stored():
    year = make_year(1)
    (subject,) = year.subjects
    add_fact(subject)
    shown = score_now(assessment=fresh(year.assessment), subjects=[subject])[subject.pk].document
    mark(year, subject)
    refresh(year)
    assert ReportCard.objects.get().document == shown


def test_score_now_says_what_is_wrong_with_a_record():
    year = make_year(1)
    (subject,) = year.subjects
    add_fact(subject, key="public_service/bad", attributes="没有等号")
    found = score_now(assessment=fresh(year.assessment), subjects=[subject])[subject.pk]
    assert (found.document, found.error.startswith("记录“public_service/bad”不能计分")) == ("", True)


# ---------------------------------------------------------------- cards that read other cards
def test_changed_members_card_marks_the_groups_that_read_it():
    year = make_year(1)
    ruleset = make_ruleset(year.place.committee, GROUP_RULES, subject_kind="group")
    groups = open_assessment(
        user=None,
        committee=year.place.committee,
        year=YEAR,
        subject_kind="group",
        ruleset=ruleset,
        from_on=FIRST,
        to_on=LAST,
    )
    add_fact(year.subjects[0])
    mark(year, year.subjects[0])
    refresh(year)
    marked = list(Stale.objects.values_list("assessment", "subject__group__code"))
    mark(year, year.subjects[0])
    refresh(year)  # the same bytes: nothing more to tell
    assert (marked, Stale.objects.count()) == ([(groups.pk, "first-group")], 1)


def test_ruleset_of_a_card_is_recorded_even_if_the_bytes_are_the_same():
    year = make_year(1)
    mark(year, *year.subjects)
    refresh(year)
    other = RULES.replace('title = "测试用办法"', 'title = "测试用办法（更名）"')
    with act(user=None, verb="test"):
        year.ruleset.state = "replaced"
        year.ruleset.save()
        year.assessment.ruleset = make_ruleset(year.place.committee, other, version=2)
        year.assessment.save()
    mark(year, *year.subjects)
    refresh(year)
    assert ReportCard.objects.get().ruleset_digest == year.assessment.ruleset.digest


def test_many_stale_cards_are_computed_in_one_go(settings):
    settings.SCORING_CHUNK_SIZE = 2
    year = make_year(5)
    mark(year, *year.subjects)
    runs.refresh_stale(assessment_id=year.assessment.pk)
    assert (ReportCard.objects.exclude(place=None).count(), Stale.objects.count()) == (5, 0)


@pytest.mark.sqlite
def test_sqlite_writes_few_cards_at_once(settings):
    settings.SCORING_CHUNK_SIZE = 500
    small = subjects_at_once()
    settings.SCORING_CHUNK_SIZE = 20
    assert (small, subjects_at_once()) == (150, 20)
