"""The engine against oracle.py, an independent reading of docs/rules.md, on made-up rulesets and facts."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring.engine import compile, place, score
from scoring.engine.check import check
from tests.engine import chance, oracle

relaxed = settings(suppress_health_check=list(HealthCheck))


def engine_card(ruleset, subject, facts):
    plain = score(compile(ruleset), subject, facts).plain()
    return {
        "total": plain["total"],
        "months": plain["months"],
        "post": plain["post"],
        "ranked": plain["ranked"],
        "lines": sorted((x["rule"], x["fact"], x["earned"], x["counted"]) for x in plain["lines"]),
        "figures": {node["code"]: node["figure"] for node in plain["nodes"]},
        "gates": {gate["code"]: gate["met"] for gate in plain["gates"]},
        "ceiling": plain["ceiling"],
        "grade": plain["grade_by_threshold"],
    }


@settings(relaxed, max_examples=150)
@given(st.randoms(use_true_random=False))
def test_engine_and_oracle_print_the_same_card(random):
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    subject, facts = chance.subject_in(random, ruleset), chance.facts_in(random, ruleset)
    assert engine_card(ruleset, subject, facts) == oracle.card(ruleset, subject, facts)


@settings(relaxed, max_examples=150)
@given(st.randoms(use_true_random=False))
def test_engine_and_oracle_give_the_same_grades_and_places(random):
    ruleset = chance.placing_ruleset_in(random)
    assume(not check(ruleset))
    standings = chance.standings_in(random, ruleset)
    given_ = place(compile(ruleset), standings)
    assert {key: (p.place, p.grade, p.band) for key, p in given_.items()} == oracle.places(ruleset, standings)
