"""The golden cases together: how many, which words, how many that combine mechanisms – beside the worked examples.

What a case exercises is computed from its ruleset, its facts and the effects it expects (a cap counts where a line was
cut by it), never from a label.
"""

from pathlib import Path

import pytest

from scoring.engine import cases, schema

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILES = [p for p in sorted((HERE / "cases").glob("*.toml")) if not p.stem.startswith("w_examples")]
CASES = [
    pytest.param(p, case, id=f"{p.stem}: {title}")
    for p in FILES
    for title, case in cases.cases_in(p.read_text(encoding="utf-8"))
]
WORDS = {
    *("rows", "base", "manual", "need", "ratio"),
    *("times", "share"),
    *("highest", "once", "skip", "limit"),
    *("cap", "floor", "outside"),
    *("of", "who", "window", "credit"),
    *("gate", "grade", "rank"),
}
VALUES = {schema.Rows: "rows", schema.Base: "base", schema.Manual: "manual", schema.Need: "need", schema.Ratio: "ratio"}


def ruleset_of(case):
    return cases._ruleset(case, lambda path: (ROOT / path).read_text(encoding="utf-8"))


def facts_of(case):
    return cases.listed(case.get("fact", [])) + cases.listed(case.get("facts", []))


def dated(rule):
    rows = rule.value.rows if isinstance(rule.value, schema.Rows) else ()
    return any(t.valid_from or t.valid_to for t in (rule, *rows, *rule.times))


def words_of(case):
    """The words of the vocabulary whose effect the case states."""
    if "refused" in case:
        return set()
    ruleset, facts = ruleset_of(case), facts_of(case)
    rules = {rule.code: rule for rule in ruleset.rules}
    found = set()
    for expect in cases.listed(case.get("expect", [])):
        lines = cases.listed(expect.get("lines", []))
        used = [rules[line["rule"]] for line in lines if line["rule"] in rules]
        found |= {VALUES[type(rule.value)] for rule in used if type(rule.value) in VALUES}
        found |= {"of" for rule in used if rule.of}
        found |= {"who" for rule in used if rule.who or rule.excepted}
        found |= {"window" for rule in used if dated(rule)} | ({"window"} if ruleset.windows else set())
        found |= {
            "credit"
            for rule in used
            if "event" in (rule.credit, ruleset.switches.credit) and any("origin" in f for f in facts)
        }
        found |= {"times" for line in lines if line.get("times")}
        found |= {
            "share" for rule in used if (rule.share or rule.named) and any(f.get("sharers", 1) > 1 for f in facts)
        }
        for line in lines:
            taken = line.get("taken", [])
            found |= {by.split(":")[0] for by in ([taken] if isinstance(taken, str) else taken)}
        found |= {"outside"} if expect.get("outside") else set()
        found |= {"gate"} if expect.get("gates") else set()
        found |= {"grade"} if expect.get("grade") or expect.get("threshold") else set()
        found |= {"rank"} if expect.get("place") or expect.get("band") else set()
    for placing in cases.listed(case.get("placing", [])):
        found |= {"grade"} if placing.get("grade") else set()
        found |= {"rank"} if placing.get("place") or placing.get("band") else set()
        found |= {"outside"} if placing.get("outside") else set()
    return found | ({"grade"} if case.get("grades") else set())


def test_there_are_at_least_60_cases_in_at_least_20_files():
    assert len(FILES) >= 20
    assert len(CASES) >= 60


def test_every_word_is_in_a_case():
    assert len(WORDS) == 21
    assert set().union(*(words_of(p.values[1]) for p in CASES)) == WORDS


def test_at_least_15_cases_combine_four_or_more_mechanisms():
    combined = [p.id for p in CASES if len(words_of(p.values[1]) - {"of"}) >= 4]
    assert len(combined) >= 15


def test_every_shipped_ruleset_has_a_case():
    named = {p.values[1]["ruleset"] for p in CASES if isinstance(p.values[1].get("ruleset"), str)}
    assert named == {p.relative_to(ROOT).as_posix() for p in (ROOT / "scoring" / "rulesets").glob("*.toml")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_case_shows_its_arithmetic(path):
    blocks = path.read_text(encoding="utf-8").split("[[case]]")[1:]
    silent = [
        block.splitlines()[1] for block in blocks if not any(line.startswith("# ") for line in block.splitlines())
    ]
    assert silent == []


@pytest.mark.parametrize(("path", "case"), CASES)
def test_every_case_names_the_clause(path, case):
    assert case.get("clause")
