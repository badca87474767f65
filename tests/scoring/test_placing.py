"""Places, cohorts and grades as stored beside the cards."""

import pytest

from audit.actions import act
from scoring.models import ReportCard, Stale
from scoring.services import runs
from scoring.services.assessments import place_assessment
from tests.scoring.year import RULES, add_fact, cards_of, fresh, make_year

pytestmark = pytest.mark.django_db


def give(subject, services=0, extra=0):
    """`services` at 5 points each, and extra points."""
    for _ in range(services):
        add_fact(subject)
    if extra:
        add_fact(subject, "adjustment", attributes="effect=points;rule=extra", quantity=extra * 100)


def compute(year):
    Stale.objects.bulk_create(Stale(assessment=year.assessment, subject=subject) for subject in year.subjects)
    runs.refresh_stale(assessment_id=year.assessment.pk)


def column(year, *names):
    rows = ReportCard.objects.filter(assessment=year.assessment).order_by("subject__seat__number")
    return list(rows.values_list(*names, flat=len(names) == 1))


def test_equal_totals_share_a_place_and_the_next_one_is_skipped():
    year = make_year(4)
    for subject, services in zip(year.subjects, [1, 2, 2, 3], strict=True):
        give(subject, services)
    compute(year)
    assert column(year, "place", "tied", "among") == [(4, 1, 4), (2, 2, 4), (2, 2, 4), (1, 1, 4)]


def test_posts_are_ranked_apart():
    year = make_year(4)
    for seat in year.seats[2:]:
        set_standing(seat)
    for subject, services in zip(year.subjects, [1, 2, 3, 4], strict=True):
        give(subject, services)
    compute(year)
    assert column(year, "cohort", "place") == [("委员", 2), ("委员", 1), ("常委", 2), ("常委", 1)]


def set_standing(seat):
    with act(user=None, verb="test"):
        post = seat.posts.get()
        post.code = "standing_member"
        post.save()


def test_cohort_smaller_than_the_smallest_gets_no_places_but_grades():
    year = make_year(3)
    set_standing(year.seats[2])
    for subject in year.subjects:
        give(subject, 2)
    compute(year)
    assert column(year, "cohort", "place", "grade") == [
        ("委员", 1, "合格"),
        ("委员", 1, "合格"),
        ("常委", None, "合格"),
    ]


def test_those_not_ranked_are_listed_without_place_and_grade():
    year = make_year(3)
    with act(user=None, verb="test"):
        year.seats[0].not_scored_reason = "驻外工作"
        year.seats[0].save()
    for subject in year.subjects:
        give(subject, 4)
    compute(year)
    assert column(year, "place", "grade", "among") == [(None, "", 0), (1, "优秀", 2), (1, "优秀", 2)]


def test_quota_gives_the_next_grade_and_says_so():
    year = make_year(4)
    for subject, services in zip(year.subjects, [4, 5, 6, 7], strict=True):
        give(subject, services)
    compute(year)
    full = "总分达到“优秀”，但“优秀”名额已满，定为“合格”"
    assert column(year, "grade", "grade_reason") == [("合格", full), ("合格", full), ("优秀", ""), ("优秀", "")]


def test_unmet_gate_limits_the_grade_and_says_so():
    text = RULES.replace("low = -10, high = 10", "low = -10, high = 30")
    year = make_year(2, text=text)
    give(year.subjects[0], 0, extra=25)
    give(year.subjects[1], 2)
    compute(year)
    assert column(year, "place", "grade", "grade_reason") == [
        (1, "合格", "总分达到“优秀”，但有必选项未完成，最高可定“合格”；定为“合格”"),
        (2, "合格", ""),
    ]


def test_placing_again_changes_nothing():
    year = make_year(3)
    for subject, services in zip(year.subjects, [1, 2, 3], strict=True):
        give(subject, services)
    compute(year)
    before = cards_of(year.assessment)
    assert (place_assessment(assessment=fresh(year.assessment)), cards_of(year.assessment)) == (0, before)


def test_one_who_becomes_unranked_gives_up_the_place():
    year = make_year(2)
    give(year.subjects[0], 2)
    compute(year)
    with act(user=None, verb="test"):
        year.seats[0].not_scored_reason = "驻外工作"
        year.seats[0].save()
    compute(year)
    assert column(year, "place", "is_ranked") == [(None, False), (None, True)]
