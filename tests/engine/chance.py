"""Rulesets made up out of a `random.Random`, for the comparison with oracle.py; their facts are in chance_facts.py.

Everything is small and close together: few days, few objects, few codes, so that ties, edges and cut lines are common.
"""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from scoring.engine import schema as s
from tests.engine.make import make_rule, make_ruleset

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
YEARS = (
    YEAR,
    YEAR,
    (date(2025, 12, 1), date(2026, 11, 30)),
    (date(2024, 1, 1), date(2024, 12, 31)),
    (date(2025, 12, 16), date(2026, 12, 15)),
    (date(2026, 3, 10), date(2026, 12, 31)),
)
MEETINGS = ("study", "plenary", "x-forum")
THINGS = ("article", "proposal", "opinion")
LEVELS = ("county", "city", "nation")
POSTS = ("chair", "standing_member", "member", "x-adviser")
PLUS = [Fraction(n) for n in ("0", "1", "1", "2", "2", "2.5", "7", "1/3", "25", "0.125", "0.5")]
MINUS = [Fraction(n) for n in ("-0.5", "-3", "-3", "-8", "-8", "-1/3", "-0.125")]


def often(chance, n=2):
    """True once in n."""
    return chance.randrange(n) == n - 1


def day_in(chance, first, last):
    """Mostly near the ends of the window or of a month, sometimes just outside."""
    length = (last - first).days
    if often(chance, 4):
        return first + timedelta(chance.choice([-1, 0, 1, 14, 15, 180, 181, 182, length - 1, length, length + 1]))
    return first + timedelta(chance.randrange(0, length + 1, 15))


def dates(chance, first, last):
    if not often(chance, 10):
        return {}
    a, b = sorted([day_in(chance, first, last), day_in(chance, first, last)])
    return chance.choice([{"valid_from": a}, {"valid_to": b}, {"valid_from": a, "valid_to": b}])


def codes_in(chance, codes):
    chosen = tuple(sorted(set(chance.choices(codes, k=chance.randint(1, 2)))))
    return tuple("!" + c for c in chosen) if often(chance, 4) else chosen


def where_in(chance):
    """Conditions on the attributes the facts have."""
    name, codes = chance.choice(
        [("level", LEVELS), ("stage", ("submitted", "filed")), ("form", ("single", "composite", ""))]
    )
    return ((name, codes_in(chance, codes)),)


def who_in(chance):
    if not often(chance, 6):
        return ()
    return chance.choice(
        [(("post", codes_in(chance, POSTS)),), (("sector", codes_in(chance, ("economy", "arts", ""))),)]
    )


def excepted_in(chance):
    if not often(chance, 8):
        return ()
    return (s.Excepted((("post", codes_in(chance, POSTS)),), "另有安排"),)


def scope_in(chance, unit=""):
    """Of meetings with the outcome said, or of things."""
    if often(chance, 3):
        unit = unit or chance.choice(["meeting", "sitting"])
        outcomes = s.MEETING_OUTCOMES if unit == "meeting" else s.SITTING_OUTCOMES
        where = [("outcome", codes_in(chance, outcomes))]
        if often(chance, 4):
            where.append(("part", codes_in(chance, ("speaker", ""))))
        if often(chance, 5):
            where.append(("leave", codes_in(chance, ("official", "sick", ""))))
        if often(chance, 4):
            where.append(("mandatory", codes_in(chance, ("yes", "no"))))
        return s.Scope(tuple(sorted(set(chance.choices(MEETINGS, k=2)))), tuple(where), unit)
    kinds = tuple(sorted(set(chance.choices(THINGS, k=chance.randint(1, 2)))))
    return s.Scope(kinds, where_in(chance) if often(chance, 4) else ())


def scopes_in(chance):
    return tuple(scope_in(chance) for _ in range(chance.randint(1, 3)))


# --- rules ---------------------------------------------------------------------------------------------------------


def rows_in(chance, window, negative):
    points = MINUS if negative else PLUS
    rows = [
        s.Row(
            chance.choice(points + MINUS if often(chance, 12) else points), where_in(chance), **dates(chance, *window)
        )
        for _ in range(chance.randint(0, 2))
    ]
    if often(chance, 8) and rows:
        return s.Rows(tuple(rows))
    return s.Rows((*rows, s.Row(chance.choice(points))))


def choice_words(chance, points, may_measure=True):
    count = "quantity" if may_measure and often(chance, 5) else "objects"
    return {
        "highest": count == "objects" and often(chance, 3),
        "skip": 0 if min(points) < 0 < max(points) else chance.choice([0, 0, 0, 1, 2]),
        "limit": chance.choice([None, None, 1, 2, 3]),
        "count": count,
    }


def rule_in(chance, code, category, window, subjects):
    words = ["rows"] * 7 + ["minus", "minus", "base", "manual", "need", "need", "ratio"]
    words += ["members"] * 3 * (subjects != "member")
    word = chance.choice(words)
    common = {
        "category": category,
        "credit": chance.choice(["", "", "", "stage", "event"]),
        "who": who_in(chance),
        "excepted": excepted_in(chance),
        **dates(chance, *window),
    }
    if word in ("rows", "minus"):
        share = chance.choice(["", "", "", "first", "half", "half", "equal"])
        times = [
            s.Times(Fraction(chance.choice(["1/2", "1/3", "2", "0"])), where_in(chance), **dates(chance, *window))
            for _ in range(chance.choice([0, 0, 1, 2]))
        ]
        of = (s.Scope(("deduction",)),) if word == "minus" and often(chance) else scopes_in(chance)
        value = rows_in(chance, window, word == "minus")
        changes = {
            "times": tuple(times),
            "share": share,
            "conserve": share in ("half", "equal") and often(chance),
            "named": chance.choice([None, None, None, 1, 2, 3]),
            **choice_words(chance, [row.points for row in value.rows]),
        }
        return make_rule(code, value, of, **common, **changes)
    if word == "manual":
        value = s.Manual(*chance.choice([(0, 2000), (-1000, 0), (-500, 1000)]))
        of = ()
        if often(chance, 3):
            by = tuple(chance.sample(("self", "peer", "external"), chance.randint(1, 2)))
            of = (s.Scope(("appraisal",), (("by", by),) if often(chance, 2) else ()),)
        return make_rule(code, value, of, **common, **choice_words(chance, [value.low, value.high], False))
    if word == "base":
        amounts = [s.Amount(chance.choice(PLUS), (chance.choice(POSTS),)) for _ in range(chance.randint(0, 2))]
        if not amounts or often(chance):
            amounts.append(s.Amount(chance.choice(PLUS)))
        return make_rule(code, s.Base(tuple(amounts)), **common)
    if word == "ratio":
        return make_rule(code, s.Ratio(chance.choice(PLUS), scopes_in(chance)), scopes_in(chance), **common)
    if word == "members":
        value = s.Members(chance.choice([s.TOTAL, "c0"]), chance.choice(["sum", "mean"]))
        return make_rule(code, value, **common)
    n, of = chance.randint(1, 4), scopes_in(chance)
    if {kind for scope in of for kind in scope.kinds} <= set(MEETINGS) and often(chance):
        n = s.ALL
    need = s.Need(chance.choice(PLUS), n, often(chance), chance.choice(["year", "year", "quarter"]))
    return make_rule(code, need, of, count=chance.choice(["objects", "objects", "quantity"]), **common)


def categories_in(chance):
    """Up to five, three deep."""
    out, depth = [], {s.TOTAL: 0}
    for n in range(chance.randint(1, 5)):
        parent = chance.choice([code for code in depth if depth[code] < 3])
        depth[f"c{n}"] = depth[parent] + 1
        out.append(
            s.Category(
                f"c{n}",
                f"类{n}",
                parent,
                cap=chance.choice([None, None, None, 0, 100, 333, 600, 1500, 3000]),
                floor=chance.choice([s.NONE, s.NONE, 0, -100, -333]),
                weight=chance.choice([Fraction(1)] * 6 + [Fraction(3, 10), Fraction(1, 3)]),
                provenance="测试",
                outside=often(chance, 8),
            )
        )
    return tuple(out)


def _rules_under(heading, rules, categories):
    parents, out = {c.code: c.parent for c in categories}, set()
    for rule in rules:
        at = rule.category
        while at in parents and at != heading:
            at = parents[at]
        if heading in (rule.code, at):
            out.add(rule.code)
    return out


def once_in(chance, code, rules, categories):
    headings = [r.code for r in rules if isinstance(r.value, s.Rows | s.Manual)] + [c.code for c in categories]
    if len(headings) < 2 or not often(chance):
        return ()
    chosen, covered = [], set()
    for heading in chance.sample(headings, min(len(headings), 3)):
        beneath = _rules_under(heading, rules, categories)
        if not covered & beneath:
            chosen.append(heading)
            covered |= beneath
    if len(chosen) < 2:
        return ()
    return (s.Once(code, tuple(chosen), chance.choice(["greatest", "first"])),)


# --- gates, grades -------------------------------------------------------------------------------------------------

GRADES = ("优秀", "良好", "称职", "不称职")


def test_in(chance, categories):
    at_least = often(chance)
    common = {"years": chance.choice([1, 1, 1, 2, 3]), "years_by": chance.choice(["sum", "each"])}
    if often(chance, 3):
        bound = chance.choice([0, 1, 100, 250, 500])
        figure = chance.choice([s.TOTAL, *(c.code for c in categories)])
        return s.Test(figure=figure, **{"at_least" if at_least else "at_most": bound}, **common)
    if often(chance, 8):
        return s.Test((s.Scope(("adjustment",), (("effect", ("veto",)),)),), at_most=0)
    bound = chance.choice([1, 1, 2, 3, 5]) if at_least else chance.choice([0, 0, 1, 2])
    of = scopes_in(chance)
    return s.Test(
        of,
        **{"at_least" if at_least else "at_most": bound},
        count=chance.choice(["objects", "objects", "quantity"]),
        credit=chance.choice(["", "", "stage", "event"]),
        **common,
    )


def gates_in(chance, categories, grades):
    out = []
    for n in range(chance.choice([0, 0, 1, 2])):
        tests = [test_in(chance, categories) for _ in range(chance.randint(1, 2))]
        out.append(
            s.Gate(
                f"g{n}",
                f"门{n}",
                tuple(tests),
                chance.choice(["all", "any"]),
                "第九条",
                who=who_in(chance),
                excepted=excepted_in(chance),
                ceiling=chance.choice(["", *(g.name for g in grades)]),
                zero=often(chance, 4),
            )
        )
    return tuple(out)


def grades_in(chance, categories=(), quotas=False):
    bounds = sorted(chance.choices([0, 100, 250, 500, 1000, 2500], k=3), reverse=True)
    out = []
    for name, bound in zip(GRADES[: chance.randint(1, 4)], [*bounds, None], strict=False):
        changes = {}
        if quotas and not often(chance, 4):
            share, places = chance.choice(
                [(Fraction(1, 5), None), (Fraction(1, 3), None), (None, 2), (Fraction(1, 2), 3), (None, 0)]
            )
            tie = chance.choice(["in", "out", "categories"])
            compare = tuple(chance.sample([c.code for c in categories], chance.randint(1, len(categories))))
            changes = {"share": share, "places": places, "tie": tie, "compare": compare if tie == "categories" else ()}
        if often(chance, 5):
            bound = None
        out.append(s.Grade(name, bound, **changes))
    return tuple(out)


def switches_in(chance):
    lines = [{}, {}, {"study": Fraction(2, 3)}, {"study": Fraction(1, 2), "plenary": Fraction(1, 2)}]
    present = chance.choice(lines)
    part = {k: Fraction(1, 3) for k in MEETINGS} if often(chance, 3) else {}
    return s.Switches(
        credit=chance.choice(["stage", "event"]),
        prorate_needs=not often(chance, 4),
        prorate_base=often(chance, 3),
        min_months=chance.choice([0, 0, 3, 6]),
        present_from=tuple(present.items()),
        part_from=tuple(part.items()),
        exempt_leave=chance.choice([(), ("official",)]),
        excluded=excepted_in(chance),
    )


def ruleset_in(chance):
    return tree_in(chance) if often(chance, 3) else whole_in(chance)


def tree_in(chance):
    """Little but a tight tree over additions and deductions, and the words that choose."""
    categories = tuple(
        replace(c, cap=chance.choice([None, 0, 100, 100, 333]), floor=chance.choice([s.NONE, 0, -100, -333]))
        for c in categories_in(chance)
    )
    rules = []
    for n in range(chance.randint(2, 6)):
        value = s.Rows((s.Row(chance.choice(MINUS if often(chance) else PLUS)),))
        of = (s.Scope((chance.choice([*THINGS, "deduction"]),)),)
        category = chance.choice(categories).code
        words = choice_words(chance, [value.rows[0].points]) if often(chance) else {}
        rules.append(make_rule(f"r{n}", value, of, category=category, **words))
    return make_ruleset(
        *rules,
        code="tree",
        categories=categories,
        once=once_in(chance, "o", rules, categories) if often(chance, 3) else (),
        total_cap=chance.choice([None, 0, 100, 600]),
        total_floor=chance.choice([s.NONE, 0, -100]),
    )


def whole_in(chance):
    """Every word."""
    subjects = chance.choice(["member", "member", "member", "member", "group", "special_committee"])
    window, categories = chance.choice(YEARS), categories_in(chance)
    codes = [c.code for c in categories]
    rules = [rule_in(chance, f"r{n}", chance.choice(codes), window, subjects) for n in range(chance.randint(1, 6))]
    grades = grades_in(chance, categories, often(chance))
    own = chance.choice([(date(window[0].year - 1, 12, 1), date(window[0].year, 11, 30)), YEARS[2]])
    return make_ruleset(
        *rules,
        subjects=subjects,
        year=window[1].year,
        first_day=window[0],
        last_day=window[1],
        windows=tuple(
            s.Window(kind, *own) for kind in chance.sample(["proposal", "study"], chance.choice([0, 0, 1, 2]))
        ),
        categories=categories,
        once=once_in(chance, "o1", rules, categories) + once_in(chance, "o2", rules, categories),
        rank=s.Rank(chance.choice([(), ("post",), ("sector", "post")])),
        gates=gates_in(chance, categories, grades),
        grades=grades,
        total_cap=chance.choice([None, None, 0, 333, 1000, 2500]),
        total_floor=chance.choice([s.NONE, 0, 0, -100]),
        switches=switches_in(chance),
    )


def placing_ruleset_in(chance):
    categories = tuple(s.Category(f"c{n}", f"类{n}", floor=s.NONE) for n in range(3))
    bands = tuple(s.Band(f"段{n}", Fraction(n, 3)) for n in range(1, chance.randint(1, 4)))
    return make_ruleset(
        make_rule(category="c0"),
        categories=categories,
        grades=grades_in(chance, categories, quotas=True),
        rank=s.Rank(("x-part",), not often(chance, 6), chance.choice([1, 1, 3, 5]), bands),
    )
