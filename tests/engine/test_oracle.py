"""The engine against oracle.py, an independent reading of docs/rules.md, on made-up rulesets and facts."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring.engine import FactError, compile, loads, place, score, standing
from scoring.engine.check import check
from tests.engine import chance, chance_facts, oracle

SHIPPED = sorted((Path(__file__).parents[2] / "scoring" / "rulesets").glob("*.toml"))
# A real Random, seeded by Hypothesis: it is not shrunk, but makes twenty times as many examples in the same time.
randoms = st.randoms(use_true_random=True)
relaxed = settings(suppress_health_check=list(HealthCheck))


def line_of(line):
    taken = tuple((t["by"], t["points"]) for t in line["taken"])
    return line["rule"], line["fact"], line["on"], line["earned"], line["counted"], taken


def engine_card(ruleset, subject, facts):
    plain = score(compile(ruleset), subject, facts).plain()
    return {
        "total": plain["total"],
        "months": plain["months"],
        "post": plain["post"],
        "ranked": plain["ranked"],
        "partition": plain["partition"],
        "lines": sorted(line_of(x) for x in plain["lines"]),
        "figures": {node["code"]: node["figure"] for node in plain["nodes"]},
        "outside": plain["outside"],
        "gates": {gate["code"]: gate["met"] for gate in plain["gates"]},
        "ceiling": plain["ceiling"],
        "grade": plain["grade_by_threshold"],
    }


@settings(relaxed, max_examples=500)
@given(randoms)
def test_engine_and_oracle_print_the_same_card(random):
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    expect_same_card(ruleset, chance_facts.subject_in(random, ruleset), chance_facts.facts_in(random, ruleset))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@settings(relaxed, max_examples=15)
@given(random=randoms)
def test_engine_and_oracle_agree_on_shipped_rulesets(path, random):
    ruleset = loads(path.read_text(encoding="utf-8"))
    expect_same_card(ruleset, chance_facts.subject_in(random, ruleset), chance_facts.facts_asked_in(random, ruleset))


def expect_same_card(ruleset, subject, facts):
    try:
        expected = oracle.card(ruleset, subject, facts)
    except FactError:  # manual points outside their bounds: both refuse
        with pytest.raises(FactError):
            engine_card(ruleset, subject, facts)
    else:
        assert engine_card(ruleset, subject, facts) == expected


@settings(relaxed, max_examples=60)
@given(randoms)
def test_engine_and_oracle_rank_the_same_subjects_alike(random):
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    rules, ours, theirs = compile(ruleset), [], []
    for key in "甲乙丙丁戊"[: random.randint(1, 5)]:
        subject, facts = chance_facts.subject_in(random, ruleset, key), chance_facts.facts_in(random, ruleset)
        try:
            theirs.append(oracle.standing(key, oracle.card(ruleset, subject, facts)))
        except FactError:
            continue
        ours.append(standing(score(rules, subject, facts).plain()))
    assert ours == theirs
    assert as_tuples(place(rules, ours)) == oracle.places(ruleset, theirs)


@settings(relaxed, max_examples=250)
@given(randoms)
def test_engine_and_oracle_give_the_same_grades_and_places(random):
    ruleset = chance.placing_ruleset_in(random)
    assume(not check(ruleset))
    standings = chance_facts.standings_in(random, ruleset)
    assert as_tuples(place(compile(ruleset), standings)) == oracle.places(ruleset, standings)


def as_tuples(placings):
    return {key: tuple(placing) for key, placing in placings.items()}
