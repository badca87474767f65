"""Grades by quota, ties, partitions, places and bands."""

from fractions import Fraction

import pytest

from scoring.engine import Placing, Standing, compile, place, score, standing
from scoring.engine import schema as s
from tests.engine.make import make_fact, make_rule, make_ruleset, make_subject


def make_rules(*grades, **rank):
    return compile(make_ruleset(grades=grades, rank=s.Rank(**rank)))


def make_standing(key, total, partition=(), ranked=True, ceiling="", figures=None, outside=None):
    return Standing(key, total, ranked, partition, ceiling, figures or {}, outside or {})


def graded(rules, *standings):
    return {key: placing.grade for key, placing in place(rules, standings).items()}


def test_places_are_1_2_2_4():
    got = place(make_rules(), [make_standing(k, t) for k, t in zip("abcd", (90, 80, 80, 70), strict=True)])
    assert {k: (p.place, p.tied, p.among) for k, p in got.items()} == {
        "a": (1, 1, 4),
        "b": (2, 2, 4),
        "c": (2, 2, 4),
        "d": (4, 1, 4),
    }


def test_partitions_never_mix():
    got = place(
        make_rules(by=("post",)), [make_standing("a", 90, ("member",)), make_standing("b", 80, ("standing_member",))]
    )
    assert [p.place for p in got.values()] == [1, 1]


def test_those_not_ranked_are_listed_without_place_grade_or_part_in_a_share():
    quota = s.Grade("优秀", share=Fraction(1, 5), tie="out")
    standings = [make_standing(str(n), n) for n in range(9)] + [make_standing("away", 100, ranked=False)]
    got = place(make_rules(quota), standings)
    assert (got["away"].place, got["away"].grade, got["8"].grade, got["7"].grade) == (None, None, "优秀", None)


def test_small_partition_gets_no_places_but_grades():
    rules = make_rules(s.Grade("称职"), smallest=3)
    got = place(rules, [make_standing("a", 2), make_standing("b", 1)])
    assert [(p.place, p.tied, p.band, p.grade) for p in got.values()] == [(None, 0, "", "称职")] * 2
    assert place(rules, [make_standing(k, 1) for k in "abc"])["a"].place == 1


def test_switched_off_places_are_not_given():
    assert place(make_rules(places=False), [make_standing("a", 2)])["a"].place is None


def test_bands_by_share_of_the_ranked():
    bands = (s.Band("前三分之一", Fraction(1, 3)), s.Band("中间", Fraction(2, 3)))
    got = place(make_rules(bands=bands), [make_standing(str(n), -n) for n in range(6)])
    assert [got[str(n)].band for n in range(6)] == ["前三分之一", "前三分之一", "中间", "中间", "", ""]


def test_category_printed_apart_is_ranked_apart():
    got = place(make_rules(), [make_standing("a", 90, outside={"x": 100}), make_standing("b", 80, outside={"x": 300})])
    assert [(p.place, p.outside) for p in got.values()] == [(1, {"x": 2}), (2, {"x": 1})]


def test_grade_takes_the_smaller_of_share_and_number():
    rules = make_rules(s.Grade("优秀", share=Fraction(1, 2), places=1, tie="out"), s.Grade("称职"))
    assert graded(rules, *[make_standing(str(n), -n) for n in range(4)]) == {
        "0": "优秀",
        "1": "称职",
        "2": "称职",
        "3": "称职",
    }


def test_bound_and_quota_hold_together_and_unused_places_lapse():
    rules = make_rules(
        s.Grade("优秀", 9000, Fraction(1, 2), tie="out"),
        s.Grade("良好", 8000, Fraction(1, 4), tie="out"),
        s.Grade("称职"),
    )
    assert graded(
        rules, make_standing("a", 9500), make_standing("b", 8900), make_standing("c", 8800), make_standing("d", 100)
    ) == {"a": "优秀", "b": "良好", "c": "称职", "d": "称职"}


def test_excess_of_a_tie_that_is_let_in_is_charged_to_the_next_quota():
    """8 ranked: 优秀 2 places; 1 above and 3 tied → 4, excess 2; 良好 3 places − 2 = 1."""
    rules = make_rules(
        s.Grade("优秀", share=Fraction(1, 4), tie="in"), s.Grade("良好", places=3, tie="out"), s.Grade("称职")
    )
    totals = {"a": 99, "b": 90, "c": 90, "d": 90, "e": 80, "f": 70, "g": 60, "h": 50}
    got = graded(rules, *[make_standing(k, t) for k, t in totals.items()])
    assert got == dict.fromkeys("abcd", "优秀") | {"e": "良好"} | dict.fromkeys("fgh", "称职")


def test_excess_larger_than_the_next_quota_goes_on_to_the_one_after():
    """1 place, 4 tied: excess 3; 良好 2 places → 0, excess 1 left; 中 2 places → 1."""
    rules = make_rules(
        s.Grade("优秀", places=1, tie="in"),
        s.Grade("良好", places=2, tie="out"),
        s.Grade("中", places=2, tie="out"),
        s.Grade("差"),
    )
    totals = {"a": 90, "b": 90, "c": 90, "d": 90, "e": 80, "f": 70}
    assert graded(rules, *[make_standing(k, t) for k, t in totals.items()]) == dict.fromkeys("abcd", "优秀") | {
        "e": "中",
        "f": "差",
    }


def test_tie_that_fits_the_places_is_in_whatever_the_policy():
    rules = make_rules(s.Grade("优秀", places=2, tie="out"), s.Grade("称职"))
    assert graded(rules, make_standing("a", 9), make_standing("b", 9), make_standing("c", 8)) == {
        "a": "优秀",
        "b": "优秀",
        "c": "称职",
    }


def test_categories_are_compared_in_turn_and_a_remaining_tie_is_out():
    rules = compile(
        make_ruleset(
            categories=(s.Category("p", "提案"), s.Category("o", "信息")),
            grades=(s.Grade("优秀", places=2, tie="categories", compare=("p", "o")), s.Grade("称职")),
        )
    )
    got = graded(
        rules,
        make_standing("a", 9, figures={"p": 5, "o": 1}),
        make_standing("b", 9, figures={"p": 4, "o": 3}),
        make_standing("c", 9, figures={"p": 4, "o": 3}),
        make_standing("d", 9, figures={"p": 4, "o": 2}),
    )
    assert got == {"a": "优秀", "b": "称职", "c": "称职", "d": "称职"}


@pytest.mark.parametrize(("p", "o", "best"), [((4, 4), (2, 3), "b"), ((5, 4), (0, 9), "a")])
def test_second_category_decides_only_when_the_first_is_equal(p, o, best):
    rules = compile(
        make_ruleset(
            categories=(s.Category("p", "提案"), s.Category("o", "信息")),
            grades=(s.Grade("优秀", places=1, tie="categories", compare=("p", "o")), s.Grade("称职")),
        )
    )
    got = graded(
        rules,
        make_standing("a", 9, figures={"p": p[0], "o": o[0]}),
        make_standing("b", 9, figures={"p": p[1], "o": o[1]}),
    )
    assert [k for k, grade in got.items() if grade == "优秀"] == [best]


def test_ceiling_lets_the_next_one_have_the_place():
    rules = make_rules(s.Grade("优秀", places=1, tie="out"), s.Grade("良好", 80), s.Grade("称职"))
    assert graded(rules, make_standing("a", 99, ceiling="称职"), make_standing("b", 90)) == {"a": "称职", "b": "优秀"}


def test_subject_no_grade_admits_has_none():
    assert graded(make_rules(s.Grade("优秀", 9000)), make_standing("a", 10)) == {"a": None}


def test_no_places_take_nobody():
    rules = make_rules(s.Grade("优秀", share=Fraction(1, 5), tie="in"), s.Grade("称职"))
    assert graded(rules, make_standing("a", 9), make_standing("b", 9)) == {"a": "称职", "b": "称职"}


def test_as_many_as_there_are_places_are_all_in():
    rules = make_rules(s.Grade("优秀", places=2, tie="out"), s.Grade("称职"))
    assert graded(rules, make_standing("a", 9), make_standing("b", 8)) == {"a": "优秀", "b": "优秀"}


def test_figure_that_is_not_known_compares_as_nothing():
    rules = compile(make_ruleset(grades=(s.Grade("优秀", places=1, tie="categories", compare=("c",)), s.Grade("称职"))))
    assert graded(rules, make_standing("a", 9), make_standing("b", 9, figures={"c": 1})) == {"a": "称职", "b": "优秀"}
    assert graded(rules, make_standing("a", 9), make_standing("b", 9, figures={"c": -1})) == {"a": "优秀", "b": "称职"}


def test_placing_of_one_who_is_not_ranked_is_empty():
    assert place(make_rules(), [make_standing("a", 9, ranked=False)]) == {"a": Placing(None, 0, 0, None, "", {})}


def test_small_partition_gets_no_places_apart_either():
    got = place(make_rules(smallest=2), [make_standing("a", 9, outside={"x": 1})])
    assert got["a"].outside == {}


def test_standing_is_read_from_the_document_of_a_card():
    categories = s.Category("c", "本类"), s.Category("x", "单项", outside=True)
    gate = s.Gate("g", "必选", (s.Test((s.Scope(("opinion",)),), at_least=1),), clause="一", ceiling="称职")
    ruleset = make_ruleset(
        make_rule(),
        make_rule("y", category="x"),
        categories=categories,
        gates=(gate,),
        rank=s.Rank(("post",)),
        grades=(s.Grade("优秀", 1), s.Grade("称职")),
    )
    card = score(compile(ruleset), make_subject(), [make_fact()]).plain()
    assert standing(card) == Standing(
        "甲", 100, True, ("member",), "称职", {"total": 100, "c": 100, "x": 100}, {"x": 100}
    )
