"""Subjects, facts and standings made up out of a `random.Random`, for the rulesets of chance.py and for shipped ones."""

from datetime import date, timedelta

from scoring.engine import Fact, MemberFigures, Span, Standing, Subject
from scoring.engine import schema as s
from tests.engine.chance import LEVELS, MEETINGS, POSTS, THINGS, day_in, often


def spans_in(chance, codes, first, last):
    out = []
    for _ in range(chance.randint(1, 2)):
        a, b = sorted([day_in(chance, first, last), day_in(chance, first, last)])
        from_on, to_on = chance.choice([(date(2020, 1, 1), b), (a, b), (a, None), (date(2020, 1, 1), None)])
        out.append(Span(chance.choice(codes), from_on, to_on))
    return tuple(out)


def posts_in(chance, first, last):
    """None, any, or another post for about half of the window: its second half, or its middle."""
    if not often(chance, 3):
        return () if often(chance) else spans_in(chance, POSTS, first, last)
    half = timedelta(((last - first).days + 1) // 2 + chance.choice([-1, 0, 0, 1]))
    from_on = first + (half if often(chance) else timedelta(90))
    own, other = chance.sample(POSTS, 2)
    days = (date(2020, 1, 1), from_on - timedelta(1)), (from_on, from_on + half - timedelta(1)), (from_on + half, None)
    return tuple(Span(code, *span) for code, span in zip((own, other, own), days, strict=True))


def subject_in(chance, ruleset, key="甲"):
    window = ruleset.first_day, ruleset.last_day
    is_always = ruleset.code == "tree" or often(chance, 3)
    served = (Span("seat", date(2020, 1, 1)),) if is_always else spans_in(chance, ("seat",), *window)
    changes = {}
    if ruleset.subjects != "member":
        served = () if often(chance) else served
        changes["figures"] = tuple(
            MemberFigures(
                f"m{n}",
                not often(chance, 3),
                tuple((code, chance.randrange(-100, 500)) for code in (s.TOTAL, *_figures_read(ruleset))),
            )
            for n in range(chance.choice([0, 1, 3]))
        )
    return Subject(
        key,
        ruleset.subjects,
        posts_in(chance, *window) if ruleset.subjects == "member" else (),
        served,
        chance.choice([(), (("sector", "economy"),), (("sector", "arts"),)]),
        "不参加" if often(chance, 40) else "",
        earlier=tuple(
            (ruleset.year - back, ((s.TOTAL, chance.choice([0, 100, 300])), ("c0", 100)))
            for back in (1, 2)
            if often(chance)
        ),
        **changes,
    )


def _figures_read(ruleset):
    return sorted({r.value.figure for r in ruleset.rules if isinstance(r.value, s.Members)} - {s.TOTAL})


def facts_in(chance, ruleset):
    out = {}
    for _ in range(chance.choice([0, 6, 12, 20, 30])):
        for fact in _facts_of_one(chance, ruleset):
            out[fact.key] = fact
    return [*out.values(), *list(out.values())[: chance.randint(0, 2)]]  # some are typed twice


def _facts_of_one(chance, ruleset):
    kind = chance.choice([*THINGS, *THINGS, *MEETINGS, *MEETINGS, "deduction", "manual"])
    thing, on = chance.choice("ABCD"), day_in(chance, ruleset.first_day, ruleset.last_day)
    if often(chance, 12):
        on -= timedelta(365)
    if kind in MEETINGS:
        return _sittings(chance, kind, thing, on)
    origin = on - timedelta(chance.choice([0, 0, 1, 30, 200]))
    if kind == "manual":
        return [_adjustment(chance, ruleset, thing, on, origin)]
    stage, sharers = chance.choice(["submitted", "filed"]), chance.randint(1, 4)
    values = {"stage": stage, "level": chance.choice(LEVELS)}
    if often(chance):
        values["form"] = chance.choice(["single", "composite"])
    matter = f"proposal/{thing}" if kind == "opinion" and often(chance) else f"{kind}/{thing}"
    return [
        Fact(
            on,
            f"{kind}/{thing}/{stage}/{chance.randrange(2)}",
            origin,
            kind,
            written(values),
            chance.choice([100, 100, 100, 200, 150, 33]),
            chance.randint(1, sharers),
            sharers,
            matter,
        )
    ]


def written(values):
    return ";".join(f"{name}={code}" for name, code in sorted(values.items()))


def _sittings(chance, kind, thing, on, count=0):
    out = []
    for n in range(count or chance.choice([1, 1, 2, 3])):
        values = {"stage": "sitting", "outcome": chance.choice(["present"] * 4 + list(s.SITTING_OUTCOMES))}
        if values["outcome"] == "leave" and not often(chance, 4):
            values["leave"] = chance.choice(["official", "sick"])
        if often(chance, 5):
            values["part"] = chance.choice(["speaker", "lead_writer"])
        values["mandatory"] = "yes" if thing in "AB" else "no"
        day = on + timedelta(n * chance.randint(0, 1))
        out.append(Fact(day, f"{kind}/{thing}/sitting/{n}", day, kind, written(values), matter=f"{kind}/{thing}"))
    return out


BY = ("self", "peer", "external")


def _adjustment(chance, ruleset, thing, on, origin):
    kind = chance.choice(["adjustment", "appraisal"])
    values = {"effect": "points"} if kind == "adjustment" else {"by": chance.choice(BY)}
    manual = [rule for rule in ruleset.rules if isinstance(rule.value, s.Manual)]
    points = 0
    if manual and not often(chance, 3):
        rule = chance.choice(manual)
        values["rule"] = rule.code
        points = chance.randrange(rule.value.low, rule.value.high + 1, 50)
        if often(chance, 4):
            values["role"] = "self"
    elif often(chance, 3):
        values = {"effect": "veto"}
    elif ruleset.gates:
        values = {"effect": "exemption", "rule": chance.choice(ruleset.gates).code}
    return Fact(on, f"{kind}/{thing}", origin, kind, written(values), points, matter=f"{kind}/{thing}")


# --- facts that a ruleset asks for ---------------------------------------------------------------------------------


def facts_asked_in(chance, ruleset):
    """Facts that meet the conditions of the ruleset's own scopes, rows and multipliers."""
    asked = [(scope, row.where) for rule in ruleset.rules for scope in rule.of for row in _rows(rule)]
    asked += [(scope, ()) for gate in ruleset.gates for test in gate.tests for scope in test.of]
    asked += [(scope, ()) for r in ruleset.rules if isinstance(r.value, s.Ratio) for scope in r.value.over]
    out = {}
    for _ in range(chance.choice([0, 10, 30, 60]) if asked else 0):
        on = day_in(chance, ruleset.first_day, ruleset.last_day)
        scope, where = chance.choice(asked)
        kind, thing = chance.choice(scope.kinds), chance.choice("ABCDEF")
        if kind in ("adjustment", "appraisal"):
            made = [_adjustment(chance, ruleset, thing, on, on)]
        elif any(name == "outcome" for name, _ in (*scope.where, *where)):
            made = _sittings(chance, kind, thing, on, chance.choice([1, 2, 8]))
        else:
            made = [_asked(chance, kind, thing, on, (*scope.where, *where))]
        out |= {fact.key: fact for fact in made}
    return list(out.values())


def _rows(rule):
    return [s.Row(0), *rule.times, *(rule.value.rows if isinstance(rule.value, s.Rows) else ())]


def _asked(chance, kind, thing, on, where):
    values = {}
    for name, codes in where:
        code = chance.choice(codes)
        if code and not code.startswith("!"):
            values[name] = code
    sharers = chance.randint(1, 5)
    return Fact(
        on,
        f"{kind}/{thing}/{written(values)}",
        on - timedelta(chance.choice([0, 0, 30])),
        kind,
        written(values),
        chance.choice([100, 100, 200, 350]),
        chance.randint(1, sharers),
        sharers,
        f"proposal/{thing}" if kind == "opinion" and often(chance, 4) else f"{kind}/{thing}",
    )


# --- standings -----------------------------------------------------------------------------------------------------


def standings_in(chance, ruleset):
    """Few different totals, so that ties are common."""
    return [
        Standing(
            f"{n:02}",
            chance.choice([0, 99, 100, 250, 300, 500, 900, 1000, 2500, 9000]),
            not often(chance, 6),
            (chance.choice(["a", "a", "b"]),),
            chance.choice(["", "", "", *(g.name for g in ruleset.grades)]),
            {c.code: chance.choice([0, 100]) for c in ruleset.categories},
            {"c2": chance.choice([0, 50, 100])},
        )
        for n in range(chance.randint(0, 16))
    ]
