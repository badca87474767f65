"""The promises of docs/rules.md as properties, on rulesets and facts made up by Hypothesis."""

import random
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring.engine import compile, dumps, loads, score
from scoring.engine.check import check
from scoring.engine.schema import Rows
from tests.engine.make import fact_lists, facts, make_subject, rulesets

relaxed = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def scored(ruleset, some_facts):
    return score(compile(ruleset), make_subject(), some_facts)


@relaxed
@given(rulesets(), fact_lists, st.randoms(use_true_random=False))
def test_facts_in_any_order_or_typed_twice_give_the_same_bytes(ruleset, some_facts, chance):
    shuffled = some_facts + some_facts[:3]
    chance.shuffle(shuffled)
    assert scored(ruleset, shuffled).document() == scored(ruleset, some_facts).document()


@relaxed
@given(rulesets(), fact_lists)
def test_total_is_the_sum_of_the_counted_lines(ruleset, some_facts):
    card = scored(ruleset, some_facts)
    apart = {n.code for n in card.rules.nodes if _outside(n)}
    assert card.total == sum(line.counted for line in card.lines if line.node.code not in apart)


def _outside(node):
    return node is not None and (node.outside or _outside(node.parent))


@relaxed
@given(rulesets(), fact_lists)
def test_every_printed_figure_is_the_sum_of_its_lines_within_cap_and_floor(ruleset, some_facts):
    card = scored(ruleset, some_facts)
    for node, figure in zip(card.rules.nodes, card.figures, strict=True):
        assert node.cap is None or figure <= node.cap
        assert node.floor is None or figure >= node.floor
        assert figure == sum(line.counted for line in card.lines if _beneath(line.node, node))


def _beneath(node, above):
    while node is not above:
        if node is None or node.outside:
            return False
        node = node.parent
    return True


@relaxed
@given(rulesets(), fact_lists)
def test_what_was_taken_accounts_for_the_difference_between_earned_and_counted(ruleset, some_facts):
    for line in scored(ruleset, some_facts).plain()["lines"]:
        assert line["earned"] - sum(t["points"] for t in line["taken"]) == line["counted"]
        assert 0 <= line["counted"] <= line["earned"] or line["earned"] <= line["counted"] <= 0


@settings(relaxed, max_examples=250)
@given(rulesets(monotone=True), fact_lists, facts())
def test_one_more_fact_without_a_negative_line_never_lowers_the_total(ruleset, some_facts, more):
    assume(more.kind != "deduction" and more.kind != "study")
    assume(all(f.key != more.key for f in some_facts))
    assert scored(ruleset, [*some_facts, more]).total >= scored(ruleset, some_facts).total


@relaxed
@given(rulesets(), fact_lists)
def test_every_line_is_multiplied_exactly_and_rounded_once(ruleset, some_facts):
    card = scored(ruleset, some_facts)
    for line in card.lines:
        if line.variant is None or line.item.rule.conserve:
            continue
        exact = line.variant.row.points * line.quantity
        for factor in line.variant.factors:
            exact *= factor.factor
        if line.share:
            exact *= Fraction(*line.share)
        assert line.earned == _half_away(exact)


def _half_away(value):
    whole, rest = divmod(abs(value), 1)
    whole += rest >= Fraction(1, 2)
    return int(whole if value >= 0 else -whole)


@relaxed
@given(rulesets())
def test_toml_loses_nothing_and_is_canonical(ruleset):
    text = dumps(ruleset)
    assert loads(text) == ruleset
    assert dumps(loads(text)) == text


@relaxed
@given(rulesets(), fact_lists)
def test_generated_rulesets_are_accepted_and_speak(ruleset, some_facts):
    assert check(ruleset) == []
    for line in scored(ruleset, some_facts).plain()["lines"]:
        assert line["sentence"].endswith("。")


@relaxed
@given(rulesets(), fact_lists)
def test_facts_outside_the_year_change_nothing(ruleset, some_facts):
    away = [
        f._replace(
            happened_on=f.happened_on.replace(year=2024),
            origin_on=f.origin_on.replace(year=2024),
            key=f.key + "/old",
            matter=f.matter + "-old",
        )
        for f in some_facts
        if f.kind != "study"
    ]
    assert scored(ruleset, some_facts + away).document() == scored(ruleset, some_facts).document()


@pytest.mark.parametrize("seed", range(5))
def test_one_set_of_rules_gives_each_subject_the_same_card_as_rules_of_its_own(seed):
    """Memos of signatures, persons and sentences never leak from one subject to another."""
    chance = random.Random(seed)
    ruleset, some_facts = _example(chance)
    shared = compile(ruleset)
    for subset in (some_facts, some_facts[::2], some_facts[::3], some_facts):
        assert score(shared, make_subject(), subset).document() == scored(ruleset, subset).document()


def _example(chance):
    from datetime import timedelta

    from scoring.engine import schema as s
    from tests.engine.make import DAY, make_fact, make_rule, make_ruleset

    rules = [
        make_rule(
            f"r{n}",
            Rows((s.Row(Fraction(n + 1, 3), (("level", ("city",)),)), s.Row(Fraction(n)))),
            share="half",
            skip=n % 2,
            category="c",
        )
        for n in range(4)
    ]
    made = [
        make_fact(
            str(n),
            on=DAY + timedelta(chance.randrange(365)),
            attributes=chance.choice(["", "level=city"]),
            position=2,
            sharers=chance.randint(2, 4),
            quantity=chance.choice([100, 300]),
        )
        for n in range(30)
    ]
    return make_ruleset(*rules), made
