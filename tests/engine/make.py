"""Factories for engine tests: rulesets and facts out of a few words, and Hypothesis strategies for both."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from scoring.engine import Fact, Ruleset, Span, Subject
from scoring.engine import schema as s

DAY = date(2026, 1, 1)
ALWAYS = (Span("seat", date(2020, 1, 1)),)


def make_ruleset(*rules, **changes):
    """A ruleset of 2026 with one category "c" without bounds, unless told otherwise."""
    values = {
        "code": "test",
        "title": "测试办法",
        "year": 2026,
        "first_day": DAY,
        "last_day": date(2026, 12, 31),
        "total_floor": s.NONE,
        "categories": (s.Category("c", "本类", floor=s.NONE),),
        "rules": rules,
    }
    return Ruleset(**values | changes)


def make_rule(code="r", value=None, of=None, **changes):
    """A rule of one point an article, unless told otherwise."""
    value = value or s.Rows((s.Row(Fraction(1)),))
    if of is None:
        of = () if isinstance(value, (s.Base, s.Manual, s.Members)) else (s.Scope(("article",)),)
    return s.Rule(
        **{"code": code, "name": code, "category": "c", "value": value, "of": of, "clause": "第一条"} | changes
    )


def make_fact(object_id="A", kind="article", on=DAY, attributes="", **changes):
    matter = f"{kind}/{object_id}"
    values = {
        "happened_on": on,
        "key": f"{matter}/{attributes}",
        "origin_on": on,
        "kind": kind,
        "attributes": attributes,
        "matter": matter,
    }
    return Fact(**values | changes)


def make_subject(**changes):
    return Subject(**{"key": "甲", "served": ALWAYS} | changes)


# --- strategies ----------------------------------------------------------------------------------------------------

LEVELS = ("county", "city", "nation")
days = st.integers(0, 364).map(lambda n: DAY + timedelta(n))
plus = st.sampled_from([Fraction(n) for n in ("0", "1", "2.5", "7", "1/3", "25", "0.125")])
minus = st.sampled_from([Fraction(n) for n in ("-0.5", "-3", "-8", "-1/3")])
SCOPES = (
    s.Scope(("article",)),
    s.Scope(("proposal",)),
    s.Scope(("proposal", "opinion")),
    s.Scope(("study",), (("outcome", ("present", "leave")),)),
    s.Scope(("study",), (("outcome", ("present",)),), "sitting"),
)


@st.composite
def row_rules(draw, code, category, negative):
    of = draw(st.sampled_from([(s.Scope(("deduction",)),)] if negative else [(scope,) for scope in SCOPES]))
    points = minus if negative else plus
    rows = [s.Row(draw(points), (("level", (draw(st.sampled_from(LEVELS)),)),)) for _ in range(draw(st.integers(0, 2)))]
    rows.append(s.Row(draw(points)))
    times = tuple(
        s.Times(Fraction(draw(st.sampled_from(["1/2", "1/3", "2"]))), (("form", ("composite",)),))
        for _ in range(draw(st.integers(0, 1)))
    )
    share = draw(st.sampled_from(["", "first", "half", "equal"]))
    return make_rule(
        code,
        s.Rows(tuple(rows)),
        of,
        category=category,
        times=times,
        share=share,
        conserve=share in ("half", "equal") and draw(st.booleans()),
        highest=draw(st.booleans()),
        skip=draw(st.integers(0, 2)),
        limit=draw(st.none() | st.integers(1, 3)),
        named=draw(st.none() | st.integers(1, 3)),
    )


@st.composite
def rulesets(draw, monotone=False):
    """Trees up to three deep with caps, floors, weights; rows, base, need; and, unless `monotone`, once and ratio."""
    categories, codes = [], [s.TOTAL]
    for n in range(draw(st.integers(1, 4))):
        cap = draw(st.none() | st.integers(0, 4000))
        floor = draw(st.sampled_from([s.NONE, 0, 0, -300]))
        weight = draw(st.sampled_from([Fraction(1)] * 5 + [Fraction(3, 10)]))
        categories.append(
            s.Category(
                f"c{n}",
                f"类{n}",
                draw(st.sampled_from(codes)),
                cap=cap,
                floor=floor,
                weight=weight,
                provenance="测试",
                outside=draw(st.integers(0, 5)) == 0,
            )
        )
        codes.append(f"c{n}")
    rules = []
    for n in range(draw(st.integers(1, 5))):
        category = draw(st.sampled_from(codes[1:]))
        kind = draw(st.sampled_from(["row", "row", "row", "minus", "base", "need"] + ([] if monotone else ["ratio"])))
        code = f"r{n}"
        if kind in ("row", "minus"):
            rules.append(draw(row_rules(code, category, kind == "minus")))
        elif kind == "base":
            rules.append(make_rule(code, s.Base((s.Amount(draw(plus)),)), category=category))
        elif kind == "need":
            need = s.Need(
                draw(plus), draw(st.integers(1, 4)), draw(st.booleans()), draw(st.sampled_from(["year", "quarter"]))
            )
            rules.append(make_rule(code, need, (draw(st.sampled_from(SCOPES)),), category=category))
        else:
            rules.append(make_rule(code, s.Ratio(draw(plus), (SCOPES[2],)), (SCOPES[1],), category=category))
    once = ()
    headings = [r.code for r in rules if isinstance(r.value, s.Rows)]
    if not monotone and len(headings) > 1 and draw(st.booleans()):
        once = (s.Once("once", tuple(headings), draw(st.sampled_from(["greatest", "first"]))),)
    return make_ruleset(
        *rules,
        categories=tuple(categories),
        once=once,
        total_cap=draw(st.none() | st.integers(0, 6000)),
        total_floor=draw(st.sampled_from([s.NONE, 0, -500])),
        switches=s.Switches(credit=draw(st.sampled_from(["stage", "event"]))),
    )


@st.composite
def facts(draw):
    kind = draw(st.sampled_from(["article", "proposal", "opinion", "deduction", "study"]))
    thing, day = draw(st.sampled_from("ABCDEF")), draw(days)
    sharers = draw(st.integers(1, 4))
    if kind == "study":
        sitting = draw(st.integers(1, 3))
        outcome = draw(st.sampled_from(["present", "present", "late", "leave", "absent", "exempt", "not_recorded"]))
        return Fact(
            day,
            f"study/{thing}/sitting/{sitting}",
            day,
            kind,
            f"outcome={outcome};stage=sitting",
            matter=f"study/{thing}",
        )
    level, form = draw(st.sampled_from(LEVELS)), draw(st.sampled_from(["single", "composite"]))
    stage = draw(st.sampled_from(["submitted", "filed"]))
    matter = f"proposal/{thing}" if kind in ("proposal", "opinion") else f"{kind}/{thing}"
    return Fact(
        day,
        f"{kind}/{thing}/{stage}",
        draw(days),
        kind,
        f"form={form};level={level};stage={stage}",
        draw(st.sampled_from([100, 100, 200, 150])),
        draw(st.integers(1, sharers)),
        sharers,
        matter,
    )


fact_lists = st.lists(facts(), max_size=14, unique_by=lambda fact: fact.key)
