"""Judgement: gates on one card; grades by quota, ties, partitions and places over all cards of an assessment.

Judgement never touches points, but for a zeroing veto, which adds one last line −total.
"""
from fractions import Fraction
from typing import NamedTuple

from .card import Line
from .counting import admitted_by, objects, required


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
    verdicts = {}
    for gate in [g for g in gates if g.zero] + [g for g in gates if not g.zero]:
        verdict = verdicts[gate.code] = _verdict(rules, card, counts, gate)
        if gate.zero and not verdict.met and card.total > 0:
            card.lines.append(Line.veto(rules.nodes[0], rules.window[1], card.total, gate))
            card.figures[0] = 0
    card.gates = [verdicts[g.code] for g in gates]
    names = rules.grade_names
    ceilings = [names.index(v.gate.ceiling) for v in card.gates if v.gate.ceiling and not v.met]
    card.ceiling = names[max(ceilings)] if ceilings else ""
    card.grade_by_threshold = next((g.name for n, g in enumerate(rules.ruleset.grades)
                                    if n >= max(ceilings, default=0) and (g.at_least is None or card.total >= g.at_least)), None)


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
        by_year = [card.figure(test.figure)] + [dict(earlier[year - b])[test.figure] for b in range(1, test.years)
                                                 if test.figure in dict(earlier.get(year - b, ()))]
    else:
        counter, convened = rules.tests[gate.code, n]
        by_year = []
        for back in range(test.years):
            entries = [(day, matter, quantity, 0, key) for day, matter, quantity, b, key in counts[counter.index] if b == back]
            found = objects(entries)
            by_year.append(sum(Fraction(q, 100) for _, _, q, _ in found) if test.count == "quantity" else len(found))
        if test.years_by == "each":             # a year without a day of service is no year that failed
            by_year = [n for back, n in enumerate(by_year) if card.person.days_within(*rules.window_of("", back))]
        elif test.count == "objects" and test.years > 1:
            by_year = [len({matter for _, matter, _, _, _ in counts[counter.index]})] + [0] * (test.years - 1)
        if test.at_least is not None and test.years == 1:
            called = len(objects(counts[convened.index])) if convened else None
            bound = required(rules, bound, (card.person.months, card.person.of_months), called)
    if test.years_by == "each":
        have = max(by_year, default=0) if test.at_least is not None else min(by_year, default=0)
    else:
        have = sum(by_year)
    known = len(by_year) == test.years or (test.at_least is None and test.years_by == "sum")
    return Reading(test, have, bound, not known or (have >= bound if test.at_least is not None else have <= bound))


# --- grades and places of a whole assessment -----------------------------------------------------------------------

class Standing(NamedTuple):
    """What placing needs of one card."""
    key: str
    total: int
    ranked: bool
    partition: tuple
    ceiling: str
    figures: dict               # category code → printed figure
    outside: dict = {}          # code of a category printed apart → figure


class Placing(NamedTuple):
    place: int | None           # 1, 2, 2, 4 within the partition; None when not ranked
    among: int                  # ranked subjects of the partition
    tied: int                   # how many share the place, oneself included
    grade: str | None
    band: str
    outside: dict               # code → place on that category alone


def standing(card):
    """Standing of a document (dict) as card.plain() makes it."""
    return Standing(card["subject"], card["total"], card["ranked"], tuple(card["partition"]), card["ceiling"],
                    {n["code"]: n["figure"] for n in card["nodes"]}, card["outside"])


def place(rules, standings):
    """Standings in any order → {key: Placing}. Partitions never mix; those not ranked get neither place nor grade."""
    groups, out = {}, {}
    for one in standings:
        if one.ranked:
            groups.setdefault(one.partition, []).append(one)
        else:
            out[one.key] = Placing(None, 0, 0, None, "", {})
    for group in groups.values():
        grades = _grades(rules.ruleset.grades, group)
        places = _places(group, lambda one: one.total)
        apart = {code: _places([o for o in group if code in o.outside], lambda o, c=code: o.outside[c])
                 for code in {c for o in group for c in o.outside}}
        rank, size = rules.ruleset.rank, len(group)
        shown = rank.places and size >= rank.smallest
        for one in group:
            at, tied = places[one.key]
            band = next((b.name for b in rank.bands if at <= b.to * size), "") if shown else ""
            out[one.key] = Placing(at if shown else None, size, tied if shown else 0, grades[one.key], band,
                                   {c: p[one.key][0] for c, p in sorted(apart.items()) if one.key in p} if shown else {})
    return out


def _places(group, figure):
    values = sorted((figure(one) for one in group), reverse=True)
    first, count = {}, {}
    for n, value in enumerate(values, 1):
        first.setdefault(value, n)
        count[value] = count.get(value, 0) + 1
    return {one.key: (first[figure(one)], count[figure(one)]) for one in group}


def _grades(grades, group):
    """{key: grade name or None}: best grade first, filled by total among those whom bounds and ceilings admit."""
    names = [g.name for g in grades]
    left = sorted(group, key=lambda one: (-one.total, one.key))
    found, charged = {one.key: None for one in group}, 0
    for n, grade in enumerate(grades):
        open_to = [one for one in left if (grade.at_least is None or one.total >= grade.at_least)
                   and (not one.ceiling or names.index(one.ceiling) <= n)]
        if grade.share is not None or grade.places is not None:
            limits = [grade.places] if grade.places is not None else []
            if grade.share is not None:
                limits.append(grade.share.numerator * len(group) // grade.share.denominator)
            places = min(limits)
            charged, places = max(0, charged - places), max(0, places - charged)
            chosen = _fill(grade, open_to, places)
            charged += max(0, len(chosen) - places)
        else:
            chosen = open_to
        for one in chosen:
            found[one.key] = grade.name
        left = [one for one in left if found[one.key] is None]
    return found


def _fill(grade, open_to, places):
    """Those who get one of the places; `open_to` by total, best first. A tie at the edge goes by the grade's policy."""
    if len(open_to) <= places or places == 0:
        return open_to if places else []
    edge = open_to[places - 1].total
    above = [one for one in open_to if one.total > edge]
    tied = [one for one in open_to if one.total == edge]
    if len(above) + len(tied) <= places:
        return above + tied
    if grade.tie == "in":
        return above + tied
    if grade.tie == "out":
        return above
    rank = {one.key: tuple(one.figures.get(code, 0) for code in grade.compare) for one in tied}
    tied.sort(key=lambda one: rank[one.key], reverse=True)
    room = places - len(above)
    edge = rank[tied[room - 1].key]
    if rank[tied[room].key] == edge:                # still tied after every category: out
        return above + [one for one in tied if rank[one.key] > edge]
    return above + tied[:room]
