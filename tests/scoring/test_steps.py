"""Steps that still score: found by scoring one more thing, printed with exactly what it brings."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring import engine
from scoring.cardview import arrange
from scoring.engine.check import check
from scoring.steps import MOST, Way, steps, with_facts
from tests.engine import chance, chance_facts

relaxed = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def ways_in(random, ruleset):
    """What the ruleset asks for, as things to do: half of them on any day, half on their own."""
    made = [
        fact for fact in chance_facts.facts_asked_in(random, ruleset) if fact.kind not in {"adjustment", "appraisal"}
    ]
    return [
        Way(fact.matter, fact.key, (fact,), until=fact.happened_on if chance.often(random) else None) for fact in made
    ]


@relaxed
@given(st.randoms(use_true_random=False))
def test_what_the_card_shows_adds_up_to_the_total(random):
    """Every point stands on a line under its rule: sum of the lines = what the rules brought = the total shown."""
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    facts = [*chance_facts.facts_in(random, ruleset), *chance_facts.facts_asked_in(random, ruleset)]
    rules, subject = engine.compile(ruleset), chance_facts.subject_in(random, ruleset)
    try:
        document = engine.score(rules, subject, facts).document()
    except engine.FactError:
        assume(False)
    view = arrange(document=document, ruleset=ruleset, words={}, titles={})
    shown = [*view.own, *(rule for part in view.parts for rule in rules_under(part))]
    lines = [line for rule in shown for line in rule.lines]
    assert view.total == sum(rule.counted for rule in shown) == sum(line.points for line in lines)
    assert all(line.sentence for line in lines)


def rules_under(part):
    return [*part.rules, *(rule for below in part.parts for rule in rules_under(below))]


@relaxed
@given(st.randoms(use_true_random=False))
def test_on_record_a_step_raises_the_total_by_exactly_the_printed_points(random):
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    rules, subject = engine.compile(ruleset), chance_facts.subject_in(random, ruleset)
    today = chance.day_in(random, ruleset.first_day, ruleset.last_day)
    facts = chance_facts.facts_in(random, ruleset)
    try:
        before = engine.score(rules, subject, facts).total
    except engine.FactError:
        assume(False)
    found = steps(rules, subject, facts, ways_in(random, ruleset), today)
    after = [engine.score(rules, subject, with_facts(facts, step.facts)).total for step in found]
    assert [total - before for total in after] == [step.points for step in found]
    assert all(step.points > 0 for step in found)
    assert len(found) <= MOST
    assert found == sorted(found, key=lambda step: (-step.points, step.until))
