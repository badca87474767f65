"""Counting objects for needs, ratios and gates; who a rule or gate applies to."""

from fractions import Fraction

from .compile import holds


def admitted_by(thing, values):
    """Whether `who` admits a subject with these attributes (post among them) and no exception takes it out."""
    return holds(thing.who, values) and not any(holds(e.where, values) for e in thing.excepted)


def objects(entries, within=None):
    """Counter entries → {matter: [first day, quantity, first key]}, in order of first day and matter."""
    out = {}
    for day, matter, quantity, back, key in entries:
        if back or (within and not within[0] <= day <= within[1]):
            continue
        if matter in out:
            out[matter] = (*min(out[matter][:2], (day, key)), out[matter][2] + quantity)
        else:
            out[matter] = (day, key, quantity)
    return sorted((day, matter, quantity, key) for matter, (day, key, quantity) in out.items())


def count(got, unit, wanted):
    """(how many, day on which the last one that matters came)."""
    n, reached = Fraction(0), None
    for day, _, quantity, _ in got:
        if n < wanted:
            reached = day
        n += Fraction(quantity, 100) if unit == "quantity" else 1
    return n, reached


def how_many(got, unit):
    """How many objects, or how much of them, counted as the rule or the test counts."""
    return sum((Fraction(quantity, 100) for _, _, quantity, _ in got), Fraction(0)) if unit == "quantity" else len(got)


def required(rules, n, months, convened):
    """N of a need or a gate for this person: pro-rated upwards, and for meetings at most the number convened while
    serving; both only with prorate_needs and only for part of a year."""
    m, of = months
    if not rules.ruleset.switches.prorate_needs or m >= of:
        return n
    wanted = -(-n * m // of)
    return wanted if convened is None else min(wanted, convened)
