"""A total moved by a tenth must be the total that scoring the changed ruleset gives."""

import datetime
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from scoring.engine import Fact, Rules, Span, Subject, loads, score
from scoring.engine.moves import Moves
from scoring.engine.schema import Rows

FOLDER = Path(__file__).resolve().parent.parent.parent / "scoring" / "rulesets"
SIGNATURES = [
    ("plenary", "outcome=present;stage=sitting"),
    ("plenary", "outcome=absent;stage=sitting"),
    ("standing_meeting", "outcome=present;stage=sitting"),
    ("study", "outcome=present;stage=sitting"),
    ("research", "outcome=present;part=speaker;stage=sitting"),
    ("proposal", "role=lead;stage=submitted;way=joint"),
    ("proposal", "role=lead;stage=filed;way=individual"),
    ("proposal", "role=lead;stage=outstanding;way=individual"),
    ("opinion", "role=lead;stage=submitted"),
    ("opinion", "form=single;level=city;organ=a;role=lead;stage=adopted"),
    ("opinion", "form=single;level=nation;organ=b;role=lead;stage=adopted"),
    ("public_service", ""),
    ("article", "level=county"),
    ("honour", "level=city"),
]


def year_of(ruleset, seed):
    """A member with some sixty facts, several stages of one object among them."""
    chance = random.Random(seed)
    days = (ruleset.last_day - ruleset.first_day).days
    facts = []
    for n in range(60):
        kind, attributes = chance.choice(SIGNATURES)
        matter = f"{kind}/{chance.randrange(12)}"
        on = ruleset.first_day + datetime.timedelta(chance.randrange(days))
        facts.append(Fact(on, f"{matter}/{n}", on, kind, attributes, matter=matter))
    since = datetime.date(2010, 1, 1)
    return Subject("a", posts=(Span("member", since),), served=(Span("seat", since),)), facts


def heavier(ruleset, key):
    """The ruleset with what the move names a tenth higher."""
    what, _, code = key.partition(":")
    more = Fraction(11, 10)
    if what == "category":
        parts = (replace(c, weight=c.weight * more) if c.code == code else c for c in ruleset.categories)
        return replace(ruleset, categories=tuple(parts))
    rules = []
    for rule in ruleset.rules:
        if rule.code == code:
            rows = tuple(replace(row, points=row.points * more) for row in rule.value.rows)
            rule = replace(rule, value=Rows(rows))
        rules.append(rule)
    return replace(ruleset, rules=tuple(rules))


RULESETS = [
    ruleset
    for path in sorted(FOLDER.glob("*.toml"))
    if (ruleset := loads(path.read_text(encoding="utf-8"))).subjects == "member"
]


@pytest.mark.parametrize("ruleset", RULESETS, ids=lambda ruleset: ruleset.code)
def test_moved_totals_are_those_of_the_changed_ruleset(ruleset):
    rules = Rules(ruleset)
    moves = Moves(rules)
    by_code = {rule.code: rule for rule in ruleset.rules}
    for seed in range(3):
        subject, facts = year_of(ruleset, seed)
        card = score(rules, subject, facts)
        moved = moves.totals(card)
        for move in moves.all():
            what, _, code = move.key.partition(":")
            if what == "category" or isinstance(by_code[code].value, Rows):
                expected = score(Rules(heavier(ruleset, move.key)), subject, facts).total
                rounded = sum(line.item is not None and line.item.rule.code == code for line in card.lines)
                assert abs(moved.get(move.key, card.total) - expected) <= rounded, (seed, move)
