"""Judgement on one card: gates, ceiling, grade by threshold; quota grades and places are in placing.py.

Judgement never touches points, but for a zeroing veto, which adds one last line −total.
"""

from fractions import Fraction
from typing import NamedTuple

from .card import Line
from .counting import admitted_by, how_many, objects, required


class Reading(NamedTuple):
    """One test of a gate: what it found against what it asks (objects or hundredths)."""

    test: object
    have: int | Fraction
    need: int
    met: bool


class Verdict(NamedTuple):
    gate: object
    readings: tuple
    met: bool
    exempted: bool


def judge(rules, card, counts):
    """Sets gates, a zeroing line, ceiling and grade_by_threshold of a card whose figures are settled."""
    values = dict(card.subject.attributes) | {"post": card.person.post}
    gates = [g for g in rules.ruleset.gates if admitted_by(g, values)]
    # Every zeroing gate reads the total as it stood before any of them; the others read what is printed.
    verdicts = {g.code: _verdict(rules, card, counts, g) for g in gates if g.zero}
    vetoes = [v.gate for v in verdicts.values() if not v.met]
    if vetoes and card.total > 0:
        card.lines.append(Line.veto(rules.nodes[0], rules.window[1], card.total, vetoes[0]))
        card.figures[0] = 0
    verdicts |= {g.code: _verdict(rules, card, counts, g) for g in gates if not g.zero}
    card.gates = [verdicts[g.code] for g in gates]
    names = rules.grade_names
    ceilings = [names.index(v.gate.ceiling) for v in card.gates if v.gate.ceiling and not v.met]
    card.ceiling = names[max(ceilings)] if ceilings else ""
    card.grade_by_threshold = next(
        (
            g.name
            for n, g in enumerate(rules.ruleset.grades)
            if n >= max(ceilings, default=0) and (g.at_least is None or card.total >= g.at_least)
        ),
        None,
    )


def _verdict(rules, card, counts, gate):
    exempted = gate.code in card.exemptions
    readings = tuple(_reading(rules, card, counts, gate, n, test) for n, test in enumerate(gate.tests))
    met = (all if gate.match == "all" else any)(r.met for r in readings)
    return Verdict(gate, readings, met or exempted, exempted)


def _reading(rules, card, counts, gate, n, test):
    bound = test.at_least if test.at_least is not None else test.at_most
    if test.figure:
        earlier = dict(card.subject.earlier)
        year = rules.ruleset.year
        by_year = [card.figure(test.figure)] + [
            dict(earlier[year - b])[test.figure]
            for b in range(1, test.years)
            if test.figure in dict(earlier.get(year - b, ()))
        ]
    else:
        counter, convened = rules.tests[gate.code, n]
        by_year = []
        for back in range(test.years):
            entries = [
                (day, matter, quantity, 0, key) for day, matter, quantity, b, key in counts[counter.index] if b == back
            ]
            by_year.append(how_many(objects(entries), test.count))
        if test.years_by == "each":  # a year without a day of service is no year that failed
            by_year = [n for back, n in enumerate(by_year) if card.person.days_within(*rules.window_of("", back))]
        elif test.count == "objects" and test.years > 1:
            by_year = [len({matter for _, matter, _, _, _ in counts[counter.index]})] + [0] * (test.years - 1)
        if test.at_least is not None and test.years == 1:
            called = how_many(objects(counts[convened.index]), test.count) if convened else None
            bound = required(rules, bound, (card.person.months, card.person.of_months), called)
    if test.years_by == "each":
        have = max(by_year, default=0) if test.at_least is not None else min(by_year, default=0)
    else:
        have = sum(by_year)
    known = len(by_year) == test.years or (test.at_least is None and test.years_by == "sum")
    return Reading(test, have, bound, not known or (have >= bound if test.at_least is not None else have <= bound))
