"""Edges of the scoring path that a golden case cannot show."""

from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import Standing, compile, place, score
from scoring.engine import schema as s
from scoring.engine.numbers import div, down, hundredths
from scoring.engine.persons import add_months, pieces
from tests.engine.make import make_fact, make_rule, make_ruleset, make_subject


@pytest.mark.parametrize(
    ("a", "b", "rounded", "cut"),
    [
        (125, 10, 13, 12),
        (-125, 10, -13, -12),
        (124, 10, 12, 12),
        (-124, 10, -12, -12),
        (1, 3, 0, 0),
        (-2, 3, -1, 0),
        (0, 7, 0, 0),
    ],
)
def test_division_rounds_half_away_from_zero_and_cuts_towards_zero(a, b, rounded, cut):
    assert (div(a, b), down(a, b)) == (rounded, cut)


@pytest.mark.parametrize(("points", "expected"), [("0.125", 13), ("-0.125", -13), ("1/3", 33), ("2.5", 250)])
def test_points_become_hundredths(points, expected):
    assert hundredths(Fraction(points)) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 30), 13, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_one(day, months, expected):
    assert add_months(day, months) == expected


def test_window_is_cut_into_pieces_that_meet():
    assert pieces(date(2025, 12, 1), date(2026, 11, 30), 3) == [
        (date(2025, 12, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 11, 30)),
    ]


def test_last_piece_ends_with_the_window():
    assert pieces(date(2026, 1, 1), date(2026, 2, 10)) == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 10)),
    ]


def test_window_of_one_day_is_one_piece():
    assert pieces(date(2026, 1, 1), date(2026, 1, 1)) == [(date(2026, 1, 1), date(2026, 1, 1))]


def test_who_is_not_ranked_has_no_place_and_is_counted_nowhere():
    rules = compile(make_ruleset(make_rule(value=s.Base((s.Amount(Fraction(1)),)))))
    placings = place(rules, [Standing("a", 900, False, (), "", {}), Standing("b", 100, True, (), "", {})])
    assert placings["a"]._asdict() == {"place": None, "among": 0, "tied": 0, "grade": None, "band": "", "outside": {}}
    assert placings["b"]._asdict() == {"place": 1, "among": 1, "tied": 1, "grade": None, "band": "", "outside": {}}


def test_nothing_of_a_quantity_is_a_line_of_nothing():
    rule = make_rule(value=s.Rows((s.Row(Fraction(2)),)), count="quantity", limit=1)
    card = score(compile(make_ruleset(rule)), make_subject(), [make_fact("a", quantity=0), make_fact("b")])
    assert [(line.key, line.counted, line.taken) for line in card.lines] == [
        ("article/a/", 0, ()),
        ("article/b/", 200, ()),
    ]


def test_line_of_a_base_prints_one_as_its_quantity():
    card = score(compile(make_ruleset(make_rule(value=s.Base((s.Amount(Fraction(7)),))))), make_subject(), [])
    assert [(line["quantity"], line["points"], line["earned"]) for line in card.plain()["lines"]] == [(100, 700, 700)]


def test_line_prints_its_multipliers_by_name():
    rule = make_rule(times=(s.Times(Fraction(1, 2), (("form", ("composite",)),), "综合"),))
    card = score(compile(make_ruleset(rule)), make_subject(), [make_fact(attributes="form=composite")])
    assert card.plain()["lines"][0]["multipliers"] == [{"name": "综合", "num": 1, "den": 2}]
