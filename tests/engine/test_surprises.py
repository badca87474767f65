"""What would surprise: each kind with one ruleset in which it must be found and a neighbour in which it must not."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from scoring import rulesets
from scoring.engine import loads
from scoring.engine import schema as s
from scoring.engine.check import check
from scoring.engine.surprises import surprises
from tests.engine.make import make_rule, make_ruleset


def scope(kind="proposal", **where):
    return (s.Scope((kind,), tuple((name, tuple(codes.split())) for name, codes in sorted(where.items()))),)


def rows(*told):
    return s.Rows(tuple(s.Row(Fraction(p), tuple((n, tuple(c.split())) for n, c in w.items())) for p, w in told))


FILED = make_rule("filed", rows((5, {})), scope(stage="filed"))
LEVELS = rows((8, {"level": "city"}), (4, {}))
MEMBER = (("post", ("member",)),)
STANDING = (("post", ("standing_member",)),)
ADOPTED = scope("opinion", stage="adopted")
CAPPED = (s.Category("c", "本类", floor=s.NONE, cap=500),)
ONCE = (s.Once("o", ("filed", "b")),)
GOOD, FAIR = s.Grade("优秀", 9000), s.Grade("称职", 6000)
BASE = make_rule("base", s.Base((s.Amount(Fraction(80)),)))


def found(ruleset):
    assert check(ruleset) == []
    return [(one.kind, one.code) for one in surprises(ruleset)]


@pytest.mark.parametrize(
    ("must", "surprising", "neighbour"),
    [
        (
            ("twice", "b"),
            make_ruleset(FILED, make_rule("b", rows((3, {})), scope(stage="filed key"))),
            make_ruleset(FILED, make_rule("b", rows((3, {})), scope(stage="key"))),
        ),
        (
            ("twice", "b"),
            make_ruleset(FILED, make_rule("b", rows((3, {})), scope(stage="filed"))),
            make_ruleset(FILED, make_rule("b", rows((3, {})), scope(stage="filed")), once=ONCE),
        ),
        (
            ("twice", "b"),
            make_ruleset(FILED, make_rule("b", rows((3, {})), scope(stage="filed"), who=MEMBER)),
            make_ruleset(replace(FILED, who=STANDING), make_rule("b", rows((3, {})), scope(stage="filed"), who=MEMBER)),
        ),
        (  # the first here, the others there
            ("twice", "b"),
            make_ruleset(replace(FILED, limit=2), make_rule("b", rows((3, {})), scope(stage="filed"), skip=1)),
            make_ruleset(replace(FILED, limit=1), make_rule("b", rows((3, {})), scope(stage="filed"), skip=1)),
        ),
        (  # a row of nothing above takes what the other rule pays
            ("twice", "b"),
            make_ruleset(FILED, make_rule("b", rows((3, {})), scope(stage="filed", role="cosigner"))),
            make_ruleset(
                replace(FILED, value=rows((0, {"role": "cosigner"}), (5, {}))),
                make_rule("b", rows((3, {})), scope(stage="filed", role="cosigner")),
            ),
        ),
        (
            ("never", "b"),
            make_ruleset(make_rule("b", rows((3, {})), scope("opinion", stage="filed"))),
            make_ruleset(make_rule("b", rows((3, {})), scope("opinion", stage="issued"))),
        ),
        (
            ("never", "b"),
            make_ruleset(make_rule("b", rows((3, {})), ADOPTED, valid_to=date(2025, 12, 31))),
            make_ruleset(make_rule("b", rows((3, {})), ADOPTED, valid_to=date(2026, 1, 1))),
        ),
        (  # one row that an earlier one always takes
            ("never", "b"),
            make_ruleset(make_rule("b", rows((8, {"level": "city nation"}), (4, {"level": "city"})), ADOPTED)),
            make_ruleset(make_rule("b", rows((4, {"level": "city"}), (8, {"level": "city nation"})), ADOPTED)),
        ),
        (
            ("cap", "c"),
            make_ruleset(make_rule("b", LEVELS, ADOPTED), categories=CAPPED),
            make_ruleset(make_rule("b", rows((5, {"level": "city"}), (4, {})), ADOPTED), categories=CAPPED),
        ),
        (  # half of eight is within five
            ("cap", "c"),
            make_ruleset(
                make_rule("b", LEVELS, ADOPTED, times=(s.Times(Fraction(3, 4)),)),
                categories=CAPPED,
            ),
            make_ruleset(
                make_rule("b", LEVELS, ADOPTED, times=(s.Times(Fraction(1, 2)),)),
                categories=CAPPED,
            ),
        ),
        (
            ("grade", "优秀"),
            make_ruleset(BASE, grades=(GOOD, FAIR)),
            make_ruleset(BASE, FILED, grades=(GOOD, FAIR)),
        ),
        (
            ("grade", "称职"),
            make_ruleset(FILED, grades=(GOOD, replace(FAIR, at_least=9000))),
            make_ruleset(
                FILED,
                grades=(GOOD, replace(FAIR, at_least=9000)),
                gates=(s.Gate("g", "门槛", (s.Test(figure="total", at_least=9500),), clause="一", ceiling="称职"),),
            ),
        ),
    ],
)
def test_a_surprise_is_found_and_its_neighbour_is_not(must, surprising, neighbour):
    assert (found(surprising), found(neighbour)) == ([must], [])


def test_what_shipped_regulations_surprise_with_is_what_their_texts_say():
    """Half of one regulation was never seen, so that its grades cannot be reached; three pay some records twice."""
    told = {name: {one.kind for one in surprises(loads(rulesets.shipped(name)))} for name in rulesets.names()}
    assert {name: kinds for name, kinds in told.items() if kinds} == {
        "anqing_2018": {"grade"},
        "hefei_county_city_template": {"twice"},
        "sample": {"twice", "cap"},
        "yanbian_2022": {"twice"},
    }
