"""Service, months and posts."""

from datetime import date

import pytest

from scoring.engine import Span
from scoring.engine.persons import Person, add_months, pieces

YEAR = date(2026, 1, 1), date(2026, 12, 31)


def make_person(posts=(), served=((date(2020, 1, 1), None),), kind="member", year=YEAR):
    return Person(kind, tuple(Span(*p) for p in posts), tuple(Span("seat", *s) for s in served), *year)


@pytest.mark.parametrize(
    ("from_on", "to_on", "months"),
    [
        (date(2026, 9, 16), None, 4),  # 15 days of September
        (date(2026, 9, 17), None, 3),
        (date(2020, 1, 1), date(2026, 1, 15), 1),
        (date(2020, 1, 1), date(2026, 1, 14), 0),
        (date(2020, 1, 1), date(2025, 12, 31), 0),
        (date(2026, 2, 14), date(2026, 2, 28), 1),  # 15 of 28 days
        (date(2026, 2, 15), date(2026, 2, 28), 0),
    ],
)
def test_month_counts_from_fifteen_days(from_on, to_on, months):
    assert make_person(served=[(from_on, to_on)]).months == months


def test_overlapping_seats_count_their_days_once():
    person = make_person(served=[(date(2026, 1, 1), date(2026, 1, 10)), (date(2026, 1, 5), date(2026, 1, 14))])
    assert (person.days, person.months) == (14, 0)


def test_two_short_services_of_one_month_add_up():
    assert (
        make_person(served=[(date(2026, 1, 1), date(2026, 1, 8)), (date(2026, 1, 20), date(2026, 1, 26))]).months == 1
    )


def test_window_that_starts_in_december_has_its_own_months():
    person = make_person(served=[(date(2025, 12, 17), None)], year=(date(2025, 12, 1), date(2026, 11, 30)))
    assert (person.months, person.of_months) == (12, 12)


def test_post_of_the_year_is_the_one_held_on_most_days():
    assert (
        make_person([("member", date(2021, 1, 1), date(2026, 6, 30)), ("standing_member", date(2026, 7, 1))]).post
        == "standing_member"
    )
    assert (
        make_person([("standing_member", date(2021, 1, 1), date(2026, 7, 2)), ("member", date(2026, 7, 3))]).post
        == "standing_member"
    )


def test_post_of_the_year_is_the_later_on_a_tie():
    """2026 has 365 days; of 364 days of service half and half."""
    served = [(date(2026, 1, 1), date(2026, 12, 30))]
    assert (
        make_person(
            [("standing_member", date(2021, 1, 1), date(2026, 7, 1)), ("member", date(2026, 7, 2))], served
        ).post
        == "member"
    )


def test_only_days_of_service_count_for_the_post_of_the_year():
    posts = [("member", date(2021, 1, 1), date(2026, 8, 31)), ("standing_member", date(2026, 9, 1))]
    assert make_person(posts, [(date(2026, 8, 1), None)]).post == "standing_member"


@pytest.mark.parametrize(
    ("day", "post"),
    [
        (date(2026, 3, 1), "member"),
        (date(2026, 4, 1), "vice_chair"),
        (date(2026, 4, 30), "vice_chair"),
        (date(2026, 5, 1), "member"),
    ],
)
def test_post_on_a_day_is_the_highest_held(day, post):
    person = make_person([("member", date(2021, 1, 1)), ("vice_chair", date(2026, 4, 1), date(2026, 4, 30))])
    assert person.post_on(day) == post


def test_local_post_goes_before_member_and_after_standing_member():
    person = make_person([("member", date(2021, 1, 1)), ("x-adviser", date(2021, 1, 1))])
    assert person.post_on(date(2026, 1, 1)) == "x-adviser"
    person = make_person([("standing_member", date(2021, 1, 1)), ("x-adviser", date(2021, 1, 1))])
    assert person.post_on(date(2026, 1, 1)) == "standing_member"


def test_subject_without_posts_is_a_member():
    assert make_person().post_on(date(2026, 1, 1)) == "member"


def test_group_serves_always_and_has_no_post():
    person = make_person(served=(), kind="group")
    assert (person.months, person.post, person.serves(date(1900, 1, 1))) == (12, "", True)


def test_member_without_seat_never_serves():
    person = make_person(served=())
    assert (person.days, person.months, person.serves(date(2026, 1, 1))) == (0, 0, False)


def test_serving_includes_first_and_last_day():
    person = make_person(served=[(date(2026, 2, 1), date(2026, 2, 2))])
    assert [person.serves(date(2026, m, d)) for m, d in ((1, 31), (2, 1), (2, 2), (2, 3))] == [False, True, True, False]


def test_months_are_added_at_the_end_of_short_months():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_quarters_are_three_month_pieces_of_the_window():
    assert pieces(date(2025, 12, 1), date(2026, 11, 30), 3) == [
        (date(2025, 12, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 11, 30)),
    ]


def test_days_of_a_post_held_twice_are_added():
    """委员 150 + 70 days, 常委 145: 委员."""
    posts = [
        ("member", date(2021, 1, 1), date(2026, 5, 30)),
        ("standing_member", date(2026, 5, 31), date(2026, 10, 22)),
        ("member", date(2026, 10, 23)),
    ]
    assert make_person(posts).post == "member"


def test_post_that_begins_on_the_last_day_is_held_a_day():
    posts = [("standing_member", date(2026, 12, 31))]
    assert make_person(posts, served=[(date(2026, 12, 31), None)]).post == "standing_member"
