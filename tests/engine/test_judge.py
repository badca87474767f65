"""Gates on one card: what they count, over which years, and what they do."""

from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import Span, compile, score
from scoring.engine import schema as s
from tests.engine.make import make_fact, make_rule, make_ruleset, make_subject

ARTICLE = (s.Scope(("article",)),)
GRADES = (s.Grade("优秀", 9000), s.Grade("良好", 100), s.Grade("称职"))


def make_gate(*tests, **changes):
    return s.Gate(**{"code": "g", "name": "必选", "tests": tests, "clause": "第九条"} | changes)


def judged(gate, some_facts, subject=None, **changes):
    gates = gate if isinstance(gate, tuple) else (gate,)
    return score(
        compile(make_ruleset(make_rule(), gates=gates, grades=GRADES, **changes)), subject or make_subject(), some_facts
    )


@pytest.mark.parametrize(("articles", "met"), [(0, False), (1, False), (2, True), (3, True)])
def test_at_least_counts_distinct_objects(articles, met):
    facts = [make_fact(str(n)) for n in range(articles)] + [make_fact("0", attributes="level=city")] * bool(articles)
    assert judged(make_gate(s.Test(ARTICLE, at_least=2)), facts).gates[0].met is met


@pytest.mark.parametrize(("articles", "met"), [(0, True), (1, True), (2, False)])
def test_at_most_counts_distinct_objects(articles, met):
    assert (
        judged(make_gate(s.Test(ARTICLE, at_most=1)), [make_fact(str(n)) for n in range(articles)]).gates[0].met is met
    )


def test_objects_count_whether_they_earned_or_not():
    gate = make_gate(s.Test((s.Scope(("opinion",)),), at_least=1))
    assert judged(gate, [make_fact(kind="opinion")]).gates[0].met


def test_quantities_are_counted_where_the_test_says_so():
    assert judged(make_gate(s.Test(ARTICLE, at_least=3, count="quantity")), [make_fact(quantity=300)]).gates[0].met


@pytest.mark.parametrize(("match", "met"), [("all", False), ("any", True)])
def test_all_or_any_of_the_tests(match, met):
    gate = make_gate(s.Test(ARTICLE, at_least=1), s.Test((s.Scope(("opinion",)),), at_least=1), match=match)
    assert judged(gate, [make_fact()]).gates[0].met is met


@pytest.mark.parametrize(("bound", "met"), [(100, True), (101, False)])
def test_figure_is_read_in_hundredths(bound, met):
    assert judged(make_gate(s.Test(figure="c", at_least=bound)), [make_fact()]).gates[0].met is met


def test_facts_outside_the_year_or_the_service_do_not_count():
    gate = make_gate(s.Test(ARTICLE, at_least=1))
    subject = make_subject(served=(Span("seat", date(2026, 3, 1)),))
    assert (
        not judged(gate, [make_fact("a", on=date(2025, 12, 31)), make_fact("b", on=date(2026, 2, 1))], subject)
        .gates[0]
        .met
    )


def test_several_years_are_summed_and_an_object_of_both_counts_once():
    gate = make_gate(s.Test(ARTICLE, at_least=2, years=2))
    old, new = make_fact("a", on=date(2025, 5, 1)), make_fact("a", on=date(2026, 5, 1), attributes="level=city")
    assert not judged(gate, [old, new]).gates[0].met
    assert judged(gate, [old, make_fact("b")]).gates[0].met


def test_facts_before_the_years_of_a_gate_do_not_count():
    gate = make_gate(s.Test(ARTICLE, at_least=1, years=2))
    assert not judged(gate, [make_fact("a", on=date(2024, 12, 31))]).gates[0].met
    assert judged(gate, [make_fact("a", on=date(2025, 1, 1))]).gates[0].met


def test_each_year_fails_only_when_every_year_fails():
    gate = make_gate(s.Test(ARTICLE, at_least=2, years=2, years_by="each"))
    two = [make_fact(n, on=date(2025, 5, 1)) for n in "ab"]
    assert judged(gate, [*two, make_fact("c")]).gates[0].met
    assert not judged(gate, [two[0], make_fact("c")]).gates[0].met


def test_year_without_service_does_not_fail():
    gate = make_gate(s.Test(ARTICLE, at_least=1, years=2, years_by="each"))
    assert judged(gate, [], make_subject(served=(Span("seat", date(2026, 1, 1)),))).gates[0].met
    assert not judged(gate, []).gates[0].met


def test_figures_of_two_years():
    gate = make_gate(s.Test(figure="total", at_least=6000, years=2, years_by="each"))
    assert not judged(gate, [], make_subject(earlier=((2025, (("total", 5999),)),))).gates[0].met
    assert judged(gate, [], make_subject(earlier=((2025, (("total", 6000),)),))).gates[0].met


def test_figure_of_a_year_that_is_not_known_does_not_fail():
    assert judged(make_gate(s.Test(figure="total", at_least=6000, years=2, years_by="each")), []).gates[0].met


def test_gate_of_others_is_not_on_the_card():
    gate = make_gate(s.Test(ARTICLE, at_least=1), who=(("post", ("standing_member",)),))
    assert judged(gate, []).gates == []


def test_excepted_people_have_no_gate():
    gate = make_gate(s.Test(ARTICLE, at_least=1), excepted=(s.Excepted((("sector", ("a",)),), "另行规定"),))
    assert judged(gate, [], make_subject(attributes=(("sector", "a"),))).gates == []
    assert len(judged(gate, [], make_subject(attributes=(("sector", "b"),))).gates) == 1


def test_lowest_ceiling_holds():
    high = make_gate(s.Test(ARTICLE, at_least=5), ceiling="良好")
    low = make_gate(s.Test(ARTICLE, at_least=5), code="h", ceiling="称职")
    card = judged((low, high), [make_fact(quantity=10000)])
    assert (card.ceiling, card.grade_by_threshold) == ("称职", "称职")


def test_gate_that_is_met_leaves_every_grade_open():
    card = judged(make_gate(s.Test(ARTICLE, at_least=1), ceiling="称职"), [make_fact(quantity=10000)])
    assert (card.ceiling, card.grade_by_threshold) == ("", "优秀")


@pytest.mark.parametrize(("quantity", "grade"), [(9000, "优秀"), (8999, "良好"), (100, "良好"), (99, "称职")])
def test_grade_by_threshold_uses_lower_bounds(quantity, grade):
    assert judged((), [make_fact(quantity=quantity)]).grade_by_threshold == grade


def test_zeroing_veto_adds_one_last_line():
    veto = make_gate(s.Test((s.Scope(("adjustment",), (("effect", ("veto",)),)),), at_most=0), zero=True)
    card = judged(veto, [make_fact(quantity=300), make_fact("v", "adjustment", attributes="effect=veto")])
    assert (card.total, [line.counted for line in card.lines]) == (0, [300, -300])


def test_veto_never_raises_a_negative_total():
    rule = make_rule(value=s.Rows((s.Row(Fraction(-1)),)))
    veto = make_gate(s.Test(ARTICLE, at_most=0), zero=True)
    card = score(compile(make_ruleset(rule, gates=(veto,))), make_subject(), [make_fact()])
    assert (card.total, len(card.lines)) == (-100, 1)


def test_other_gates_read_the_total_after_a_veto():
    veto = make_gate(s.Test(ARTICLE, at_most=0), zero=True)
    passing = make_gate(s.Test(figure="total", at_least=1), code="h")
    card = judged((passing, veto), [make_fact()])
    assert [(v.gate.code, v.met) for v in card.gates] == [("h", False), ("g", False)]


def test_approved_exemption_lets_a_gate_count_as_met():
    gate = make_gate(s.Test(ARTICLE, at_least=1), ceiling="称职")
    card = judged(gate, [make_fact("e", "adjustment", attributes="effect=exemption;rule=g")])
    assert (card.gates[0].met, card.gates[0].exempted, card.ceiling) == (True, True, "")


def test_exemption_of_another_gate_or_year_does_not_help():
    gate = make_gate(s.Test(ARTICLE, at_least=1))
    other = make_fact("e", "adjustment", attributes="effect=exemption;rule=h")
    old = make_fact("f", "adjustment", on=date(2025, 1, 1), attributes="effect=exemption;rule=g")
    assert not judged(gate, [other, old]).gates[0].met


@pytest.mark.parametrize(("from_on", "met"), [(date(2026, 1, 1), False), (date(2026, 7, 1), True)])
def test_gate_is_prorated_for_part_of_a_year(from_on, met):
    """2 articles: of 3 asked in a year, ⌈3·6/12⌉ = 2 in half a year."""
    gate = make_gate(s.Test(ARTICLE, at_least=3))
    facts = [make_fact(n, on=date(2026, 8, 1)) for n in "ab"]
    subject = make_subject(served=(Span("seat", from_on),))
    assert judged(gate, facts, subject, switches=s.Switches(prorate_needs=True)).gates[0].met is met
    assert not judged(gate, facts, subject).gates[0].met


def test_upper_bound_is_never_prorated():
    gate = make_gate(s.Test(ARTICLE, at_most=2))
    subject = make_subject(served=(Span("seat", date(2026, 7, 1)),))
    facts = [make_fact(n, on=date(2026, 8, 1)) for n in "ab"]
    assert judged(gate, facts, subject, switches=s.Switches(prorate_needs=True)).gates[0].met


def test_window_of_the_kind_rules_gates_too():
    gate = make_gate(s.Test(ARTICLE, at_least=1))
    window = s.Window("article", date(2025, 12, 1), date(2026, 11, 30))
    assert judged(gate, [make_fact(on=date(2025, 12, 1))], windows=(window,)).gates[0].met
    assert not judged(gate, [make_fact(on=date(2026, 12, 1))], windows=(window,)).gates[0].met


@pytest.mark.parametrize(("quantities", "have", "met"), [((150, 100), "2.5", False), ((150, 150), 3, True)])
def test_quantities_of_a_gate_are_added_exactly(quantities, have, met):
    facts = [make_fact(str(n), quantity=q) for n, q in enumerate(quantities)]
    gate = judged(make_gate(s.Test(ARTICLE, at_least=3, count="quantity")), facts).plain()["gates"][0]
    assert (gate["have"], gate["need"], gate["met"]) == (have, 3, met)


def test_quantities_of_several_years_are_added():
    gate = make_gate(s.Test(ARTICLE, at_least=4, count="quantity", years=2))
    facts = [make_fact("a", on=date(2025, 5, 1), quantity=200), make_fact("a", attributes="level=city", quantity=200)]
    assert judged(gate, facts).gates[0].met


@pytest.mark.parametrize(("old", "new", "met"), [(0, 2, True), (2, 2, False), (2, 1, True)])
def test_upper_bound_of_each_year_fails_only_when_every_year_exceeds_it(old, new, met):
    gate = make_gate(s.Test(ARTICLE, at_most=1, years=2, years_by="each"))
    facts = [make_fact(f"o{n}", on=date(2025, 5, 1)) for n in range(old)] + [make_fact(f"n{n}") for n in range(new)]
    assert judged(gate, facts).gates[0].met is met


def test_member_who_never_served_has_nothing_and_fails_nothing_of_each_year():
    for test in (
        s.Test(ARTICLE, at_least=1, years=2, years_by="each"),
        s.Test(ARTICLE, at_most=0, years=2, years_by="each"),
    ):
        reading = judged(make_gate(test), [], make_subject(served=())).gates[0].readings[0]
        assert (reading.have, reading.met) == (0, True)


@pytest.mark.parametrize(
    ("test", "met"),
    [
        (s.Test(figure="total", at_least=5000, years=2), True),  # a sum with an unknown year is unknown
        (s.Test(figure="total", at_most=50, years=2), False),  # but this year alone exceeds 0.5
        (s.Test(figure="total", at_most=100, years=2), True),
        (s.Test(figure="total", at_most=50, years=2, years_by="each"), True),
        (s.Test(figure="total", at_most=50), False),
    ],
)
def test_figures_with_a_year_that_is_not_known(test, met):
    assert judged(make_gate(test), [make_fact()]).gates[0].met is met


@pytest.mark.parametrize(
    ("credit", "on", "origin_on", "exempted"),
    [
        ("stage", date(2026, 1, 1), date(2025, 1, 1), True),
        ("stage", date(2026, 12, 31), date(2025, 1, 1), True),
        ("stage", date(2027, 1, 1), date(2026, 1, 1), False),
        ("event", date(2027, 1, 1), date(2026, 12, 31), True),
        ("event", date(2026, 1, 1), date(2025, 12, 31), False),
    ],
)
def test_exemption_belongs_to_the_year_of_its_credit_date(credit, on, origin_on, exempted):
    gate = make_gate(s.Test(ARTICLE, at_least=1))
    fact = make_fact("e", "adjustment", on, "effect=exemption;rule=g", origin_on=origin_on)
    assert judged(gate, [fact], switches=s.Switches(credit=credit)).gates[0].exempted is exempted


def test_exemption_follows_the_window_of_adjustments():
    gate = make_gate(s.Test(ARTICLE, at_least=1))
    window = s.Window("adjustment", date(2025, 12, 1), date(2026, 11, 30))
    fact = make_fact("e", "adjustment", date(2025, 12, 1), "effect=exemption;rule=g")
    assert judged(gate, [fact], windows=(window,)).gates[0].exempted


@pytest.mark.parametrize(
    ("credit", "override", "met"),
    [("stage", "", False), ("event", "", True), ("stage", "event", True), ("event", "stage", False)],
)
def test_credit_date_of_a_gate(credit, override, met):
    gate = make_gate(s.Test(ARTICLE, at_least=1, credit=override))
    fact = make_fact(on=date(2027, 1, 1), origin_on=date(2026, 12, 31))
    assert judged(gate, [fact], switches=s.Switches(credit=credit)).gates[0].met is met


@pytest.mark.parametrize(
    ("on", "met"), [(date(2024, 12, 31), False), (date(2025, 1, 1), True), (date(2025, 12, 31), True)]
)
def test_earlier_year_is_the_same_window_a_year_before(on, met):
    gate = make_gate(s.Test(ARTICLE, at_least=1, years=2))
    assert judged(gate, [make_fact(on=on)]).gates[0].met is met


def test_earlier_window_ends_with_february_in_leap_years_too():
    window = s.Window("article", date(2024, 3, 1), date(2025, 2, 28))
    gate = make_gate(s.Test(ARTICLE, at_least=1, years=2))
    ruleset = make_ruleset(
        make_rule(), gates=(gate,), windows=(window,), year=2024, first_day=date(2024, 3, 1), last_day=date(2025, 2, 28)
    )
    assert score(compile(ruleset), make_subject(), [make_fact(on=date(2024, 2, 29))]).gates[0].met


def test_veto_of_a_single_hundredth_stands_under_the_total():
    rule = make_rule(value=s.Rows((s.Row(Fraction(1, 100)),)))
    veto = make_gate(s.Test(ARTICLE, at_most=0), zero=True)
    card = score(compile(make_ruleset(rule, gates=(veto,))), make_subject(), [make_fact()])
    assert [(line.node.code, line.counted) for line in card.lines] == [("c", 1), ("total", -1)]


def test_veto_of_nothing_adds_no_line():
    veto = make_gate(s.Test(ARTICLE, at_most=0), zero=True)
    rule = make_rule(value=s.Rows((s.Row(Fraction(0)),)))
    assert len(score(compile(make_ruleset(rule, gates=(veto,))), make_subject(), [make_fact()]).lines) == 1
