"""Shipped rulesets: they load, lose nothing, compile, and stand for every entry of the published figures."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.engine import schema, toml
from scoring.engine.compile import compile as prepare

HERE = Path(__file__).resolve().parent
FILES = sorted((HERE.parent.parent / "scoring" / "rulesets").glob("*.toml"))
PUBLISHED = {r["id"]: r for r in json.loads((HERE / "published.json").read_text(encoding="utf-8"))["regulations"]}
# A regulation for two kinds of subject is two rulesets.
FILES_OF = {code: [code] for code in PUBLISHED} | {"guangshui_2017": ["guangshui_2017", "guangshui_2017_group"]}


def load(code):
    return toml.loads((FILES[0].parent / f"{code}.toml").read_text(encoding="utf-8"))


def entries(regulation):
    """{"regulation:category.item": what the file says of it} for every entry under items and bonus, and for the tables
    by level; "cut" stands for items nobody has seen."""
    found, code = {}, regulation["id"]
    for key in ("categories", "member_categories", "group_categories"):
        for category in regulation.get(key, ()):
            at = f"{code}:{category['code']}"
            if "by_level" in category:
                found[f"{at}.by_level"] = category["by_level"]
            if category.get("items") == "cut":
                found[f"{at}.items"] = category
                continue
            for item in category.get("items", ()):
                found[f"{at}.{item.get('code') or next(iter(item))}"] = item
    for item in [*regulation.get("items", ()), *regulation.get("bonus", ())]:
        found[f"{code}:{item['code']}"] = item
    return found


def numbers(value):
    """Every number in plain values, without its sign; a fraction or a number inside a text is none."""
    if isinstance(value, dict):
        return set().union(*map(numbers, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(numbers, value), set())
    return {abs(Fraction(str(value)))} if isinstance(value, (int, float)) and not isinstance(value, bool) else set()


def points_of(rule):
    """The points a rule states, without sign."""
    match rule.value:
        case schema.Rows(rows):
            found = {row.points for row in rows}
        case schema.Base(amounts):
            found = {amount.points for amount in amounts}
        case schema.Need(points):
            found = {points}
        case schema.Manual(low, high):
            found = {Fraction(low, 100), Fraction(high, 100)}
    return {abs(p) for p in found}


def test_every_published_regulation_has_its_file():
    assert sorted(c for codes in FILES_OF.values() for c in codes) == sorted(
        f.stem for f in FILES if not f.stem.startswith("sample")
    )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_ruleset_survives_the_round_trip(path):
    ruleset = toml.loads(path.read_text(encoding="utf-8"))
    canonical = toml.dumps(ruleset)
    assert toml.loads(canonical) == ruleset
    assert toml.dumps(toml.loads(canonical)) == canonical


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_ruleset_compiles_under_its_own_name(path):
    ruleset = toml.loads(path.read_text(encoding="utf-8"))
    assert prepare(ruleset).ruleset == ruleset
    assert ruleset.code == path.stem


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_published_entry_is_a_rule_or_named_as_missing(code):
    rulesets = [load(c) for c in FILES_OF[code]]
    stated = {rule.source for r in rulesets for rule in r.rules}
    missing = [text.split("：")[0] for r in rulesets for text in r.missing]
    assert [e for e in entries(PUBLISHED[code]) if e not in stated and e not in missing] == []
    assert [e for e in entries(PUBLISHED[code]) if e in stated and e in missing] == []


def test_published_entries_are_counted():
    counts = {code: len(entries(r)) for code, r in PUBLISHED.items()}
    assert counts == {
        "tongcheng_2019": 8,
        "anqing_2018": 3,
        "guangshui_2017": 18,
        "hefei_2015": 8,
        "hefei_county_city_template": 10,
        "minhang": 6,
        "yanbian_2022": 7,
        "xuanwei": 8,
    }


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_rule_cites_an_entry_and_states_only_its_figures(code):
    known = entries(PUBLISHED[code])
    for ruleset in map(load, FILES_OF[code]):
        for rule in ruleset.rules:
            if isinstance(rule.value, schema.Base):  # the full marks deductions start from: the category's
                categories = [*PUBLISHED[code].get("categories", ()), *PUBLISHED[code].get("member_categories", ())]
                seen = {f"{code}:{c['code']}": c for c in categories}[rule.source]
            else:
                seen = known[rule.source]
            assert points_of(rule) - numbers(seen) <= {Fraction(0)}, rule.code


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_cap_and_grade_is_a_published_figure(code):
    published = numbers(PUBLISHED[code])
    for ruleset in map(load, FILES_OF[code]):
        stated = [c.cap for c in ruleset.categories if c.cap is not None]
        stated += [g.at_least for g in ruleset.grades if g.at_least is not None]
        assert {Fraction(n, 100) for n in stated} - published == set()


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_open_reading_is_named_where_it_is_decided(code):
    rulesets = [load(c) for c in FILES_OF[code]]
    notes = " ".join(n.note for r in rulesets for n in (r, *r.categories, *r.rules, *r.once, *r.gates, *r.grades))
    named = {int(n) for n in re.findall(r"原文未明 (\d+)", notes)}
    assert named == set(range(1, len(PUBLISHED[code].get("ambiguities", ())) + 1))


@pytest.mark.parametrize("code", ["minhang", "xuanwei"])
def test_every_requirement_is_a_gate(code):
    gates = load(code).gates
    bounds = [t.at_least if t.at_least is not None else t.at_most + 1 for g in gates for t in g.tests]
    published = PUBLISHED[code]
    assert bounds == [m["min"] for m in published.get("minimums", ())] + [
        c.get("lt") or (1 if c["metric"] == "no proposal" else c["n"]) for c in published.get("counters", ())
    ]


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_ruleset_cites_where_it_was_seen(code):
    assert {load(c).source for c in FILES_OF[code]} == set(PUBLISHED[code]["sources"])


@pytest.mark.parametrize("code", PUBLISHED)
def test_no_clause_number_is_invented(code):
    clauses = [
        t.clause for c in FILES_OF[code] for r in [load(c)] for t in (*r.categories, *r.rules, *r.gates, *r.grades)
    ]
    assert [c for c in clauses if re.search(r"第.+[条款项]", c)] == []


def test_sample_has_a_rule_for_everything_that_gets_scored():
    scored = {kind for rule in load("sample").rules for scope in rule.of for kind in scope.kinds} | {
        word for rule in load("sample").rules for word in (rule.share, type(rule.value).__name__) if word
    }
    assert scored >= set(schema.KINDS) - {"adjustment", "appraisal"} | {"Manual", "Base", "Need", "Ratio", "half"}
