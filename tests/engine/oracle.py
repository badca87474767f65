"""A second, slow implementation of docs/rules.md, written without the engine's code, to compare the engine with.

Every step is a plain loop over all lines in the order of the rules. `card()` gives one subject's card as a dict,
`places()` the grades and places of many; oracle_lines.py makes the lines.
"""

from fractions import Fraction
from math import floor

from scoring.engine import Standing
from scoring.engine import schema as s
from tests.engine.oracle_lines import (
    Line,
    Reader,
    amount,
    has_served,
    holds,
    is_meant,
    lines_of,
    months_served,
    post_of_year,
    required,
    rounded,
    year_before,
)

# --- choice: what does not count loses all it earned ---------------------------------------------------------------


def objects_of(lines):
    out = {}
    for line in lines:
        out.setdefault(line.matter, []).append(line)
    return out


def keep_highest(lines):
    """→ the lines that still count."""
    kept = [min(same, key=lambda x: (-x.earned, x.on, x.fact)) for same in objects_of(lines).values()]
    for line in lines:
        if line not in kept:
            line.take("highest", line.earned)
    return kept


def is_under(ruleset, rule, heading):
    parents, at = {c.code: c.parent for c in ruleset.categories}, rule.category
    while at in parents and at != heading:
        at = parents[at]
    return rule.code == heading or at == heading


def keep_once(ruleset, group, alive):
    for matter in set(objects_of([line for lines in alive.values() for line in lines])) - {""}:
        sums = {}  # heading → sum, in the order listed
        for heading in group.headings:
            codes = [rule.code for rule in ruleset.rules if is_under(ruleset, rule, heading)]
            found = [line for code in codes for line in alive[code] if line.matter == matter]
            if found:
                sums[heading] = sum(line.earned for line in found)
        if len(sums) < 2:
            continue
        best = max(sums.values())
        kept = next(h for h in sums if group.keep == "first" or sums[h] == best)
        for rule in ruleset.rules:
            if any(is_under(ruleset, rule, h) for h in sums if h != kept):
                for line in alive[rule.code]:
                    if line.matter == matter:
                        line.take("once", line.earned)
                alive[rule.code] = [line for line in alive[rule.code] if line.matter != matter]


def keep_places(rule, lines):
    """Skip and limit."""
    room = 10**9 if rule.limit is None else rule.limit
    if rule.count == "objects":
        sizes = objects_of(lines)
        order = sorted(
            sizes,
            key=lambda m: (-abs(sum(x.earned for x in sizes[m])), min(x.on for x in sizes[m]), m),
        )
        for n, matter in enumerate(order):
            for line in sizes[matter]:
                if not rule.skip <= n < rule.skip + room:
                    line.take("skip" if n < rule.skip else "limit", line.earned)
        return
    at = 0
    for line in sorted(lines, key=lambda x: (-abs(Fraction(x.earned, x.quantity)), x.on, x.matter, x.fact)):
        skipped = min(max(rule.skip * 100 - at, 0), line.quantity)
        over = min(max(at + line.quantity - (rule.skip + room) * 100, 0), line.quantity)
        after_skip = rounded(Fraction(line.earned * (line.quantity - skipped), line.quantity))
        after_limit = rounded(Fraction(line.earned * (line.quantity - skipped - over), line.quantity))
        if skipped:
            line.take("skip", line.earned - after_skip)
        if over:
            line.take("limit", after_skip - after_limit)
        at += line.quantity


def choose(ruleset, made):
    alive = {}
    for rule in ruleset.rules:
        for line in made[rule.code]:
            line.counted = line.earned
        alive[rule.code] = [line for line in made[rule.code] if not line.is_shown_only]
        if rule.highest:
            alive[rule.code] = keep_highest(alive[rule.code])
    for group in ruleset.once:
        keep_once(ruleset, group, alive)
    for rule in ruleset.rules:
        if rule.skip or rule.limit is not None:
            keep_places(rule, alive[rule.code])


# --- the tree ------------------------------------------------------------------------------------------------------


class Tree:
    def __init__(self, ruleset, lines):
        self.ruleset, self.lines = ruleset, lines
        self.nodes = {c.code: c for c in ruleset.categories}
        self.nodes[s.TOTAL] = s.Category(s.TOTAL, "", "", cap=ruleset.total_cap, floor=ruleset.total_floor)

    def above(self, code):
        """The category and those it counts in, innermost first: up to the total or to one printed apart."""
        out = [code]
        while out[-1] != s.TOTAL and not self.nodes[out[-1]].outside:
            out.append(self.nodes[out[-1]].parent)
        return out

    def beneath(self, code):
        return [line for line in self.lines if code in self.above(line.category)]

    def figure(self, code):
        return sum(line.counted for line in self.beneath(code))

    def settle(self, code):
        for child in self.nodes.values():
            if child.parent == code:
                self.settle(child.code)
        node = self.nodes[code]
        if node.cap is not None:
            self.cut(code, self.figure(code) - node.cap)
        if isinstance(node.floor, int):
            self.give_back(code, node.floor - self.figure(code))
        if node.weight != 1 and rounded(self.figure(code) * node.weight) != self.figure(code):
            weighed = rounded(self.figure(code) * node.weight) - self.figure(code)
            last = Line("weight", code, self.ruleset.last_day, 0, "", "", weighed, is_fixed=True, counted=weighed)
            self.lines.append(last)

    def inner(self, line, code):
        """The categories between a line and the one being settled."""
        above = self.above(line.category)
        return [self.nodes[c] for c in above[: above.index(code)]]

    def cut(self, code, excess):
        for line in sorted(self.beneath(code), key=Line.place, reverse=True):
            if excess > 0 and line.counted > 0 and not line.is_fixed:
                room = [self.figure(c.code) - c.floor for c in self.inner(line, code) if isinstance(c.floor, int)]
                taken = min([excess, line.counted, *room])
                if taken > 0:
                    line.take(f"cap:{code}", taken)
                    excess -= taken

    def give_back(self, code, lack):
        for line in sorted(self.beneath(code), key=Line.place, reverse=True):
            if lack > 0 and line.counted < 0 and not line.is_fixed:
                room = [c.cap - self.figure(c.code) for c in self.inner(line, code) if c.cap is not None]
                given = min([lack, -line.counted, *room])
                if given > 0:
                    line.take(f"floor:{code}", -given)
                    lack -= given


# --- judgement -----------------------------------------------------------------------------------------------------


def holds_test(reader, test, figures):
    states, all_pairs = [], []
    for back in range(test.years):
        first, last = year_before(reader.ruleset.first_day, reader.ruleset.last_day, back)
        is_served = has_served(reader.subject, first, last)
        served = months_served(reader.subject, first, last)
        if test.figure:
            year = figures if not back else dict(dict(reader.subject.earlier).get(reader.ruleset.year - back, ()))
            states.append((year.get(test.figure), test.at_least))
        else:
            convened = amount(reader.convened(test.of, test.credit, back), test.count)
            bound = test.at_least
            if bound is not None:
                bound = required(reader, bound, test.of, served, convened) if test.years == 1 else bound * 100
            pairs = reader.credited(test.of, test.credit, back)
            all_pairs += pairs
            states.append((amount(pairs, test.count) if is_served else None, bound))
    upper = test.at_most if test.figure or test.at_most is None else test.at_most * 100
    if test.years_by == "each":
        return any(have is None or (have >= bound if bound is not None else have <= upper) for have, bound in states)
    have = sum(h for h, _ in states if h is not None) if test.figure else amount(all_pairs, test.count)
    if upper is not None:
        return have <= upper
    if test.figure:
        return any(h is None for h, _ in states) or have >= test.at_least
    return have >= states[0][1]


def gates_met(reader, post, figures, zeroing):
    """{gate: met} of the gates meant for this subject, either those that zero the total or the others."""
    out = {}
    for gate in reader.ruleset.gates:
        if gate.zero != zeroing or not is_meant(gate.who, gate.excepted, reader.subject, post):
            continue
        exempting = s.Scope(("adjustment",), (("effect", ("exemption",)), ("rule", (gate.code,))))
        results = [holds_test(reader, test, figures) for test in gate.tests]
        is_met = all(results) if gate.match == "all" else any(results)
        out[gate.code] = is_met or bool(reader.credited((exempting,), "", must_serve=False))
    return out


def best_grade(ruleset, total, ceiling):
    names = [g.name for g in ruleset.grades]
    lowest = names.index(ceiling) if ceiling else 0
    for g in ruleset.grades[lowest:]:
        if g.at_least is None or total >= g.at_least:
            return g.name
    return None


def card(ruleset, subject, facts):
    """total, months, post, ranked, partition, lines [(rule, fact, on, earned, counted, taken)], figures, outside, gates, …"""
    m, _ = months_served(subject, ruleset.first_day, ruleset.last_day)
    post = post_of_year(ruleset, subject)
    is_excluded = any(holds(e.where, {**dict(subject.attributes), "post": post}) for e in ruleset.switches.excluded)
    ranked = has_served(subject, ruleset.first_day, ruleset.last_day) and m >= ruleset.switches.min_months
    ranked = ranked and not subject.exempt and not is_excluded
    reader = Reader(ruleset, subject, () if subject.exempt else facts)
    made = {rule.code: [] for rule in ruleset.rules}
    if not subject.exempt:
        made = {rule.code: lines_of(reader, rule, n) for n, rule in enumerate(ruleset.rules)}
    choose(ruleset, made)
    tree = Tree(ruleset, [line for lines in made.values() for line in lines])
    tree.settle(s.TOTAL)
    figures = {code: tree.figure(code) for code in tree.nodes}
    met = gates_met(reader, post, figures, True) if not subject.exempt else {}
    if figures[s.TOTAL] > 0 and not all(met.values()):
        taken = -figures[s.TOTAL]
        tree.lines.append(Line("veto", s.TOTAL, ruleset.last_day, 0, "", "", taken, is_fixed=True, counted=taken))
        figures[s.TOTAL] = 0
    if not subject.exempt:
        met |= gates_met(reader, post, figures, False)
    names = [g.name for g in ruleset.grades]
    below = [names.index(g.ceiling) for g in ruleset.gates if g.ceiling and not met.get(g.code, True)]
    ceiling = names[max(below)] if below else ""
    return {
        "total": figures[s.TOTAL],
        "months": m,
        "post": post,
        "ranked": ranked,
        "partition": [{**dict(subject.attributes), "post": post}.get(name, "") for name in ruleset.rank.by],
        "lines": sorted((x.rule, x.fact, x.on.isoformat(), x.earned, x.counted, x.taken) for x in tree.lines),
        "figures": figures,
        "outside": {c.code: figures[c.code] for c in ruleset.categories if c.outside},
        "gates": met,
        "ceiling": ceiling,
        "grade": None if subject.exempt else best_grade(ruleset, figures[s.TOTAL], ceiling),
    }


def standing(key, one):
    """A card's dict as places() reads it."""
    return Standing(
        key, one["total"], one["ranked"], tuple(one["partition"]), one["ceiling"], one["figures"], one["outside"]
    )


# --- grades by quota, and places -----------------------------------------------------------------------------------


def places(ruleset, standings):
    """{key: (place, among, tied, grade, band, places on categories printed apart)} of engine standings."""
    out = {standing.key: (None, 0, 0, None, "", {}) for standing in standings}
    for partition in {standing.partition for standing in standings}:
        ranked = [x for x in standings if x.ranked and x.partition == partition]
        given = grades_of(ruleset, ranked)
        for x in ranked:
            if not ruleset.rank.places or len(ranked) < ruleset.rank.smallest:
                out[x.key] = (None, len(ranked), 0, given.get(x.key), "", {})
                continue
            place = 1 + sum(other.total > x.total for other in ranked)
            tied = sum(other.total == x.total for other in ranked)
            band = next((b.name for b in ruleset.rank.bands if place <= b.to * len(ranked)), "")
            apart = {code: 1 + sum(other.outside[code] > x.outside[code] for other in ranked) for code in x.outside}
            out[x.key] = (place, len(ranked), tied, given.get(x.key), band, apart)
    return out


def grades_of(ruleset, ranked):
    given, charged = {}, 0
    names = [g.name for g in ruleset.grades]
    for n, grade in enumerate(ruleset.grades):
        admitted = [
            x
            for x in ranked
            if x.key not in given
            and (grade.at_least is None or x.total >= grade.at_least)
            and (not x.ceiling or names.index(x.ceiling) <= n)
        ]
        if grade.share is None and grade.places is None:
            given.update({x.key: grade.name for x in admitted})
            continue
        quotas = [floor(grade.share * len(ranked))] if grade.share is not None else []
        quotas += [grade.places] if grade.places is not None else []
        quota = max(min(quotas) - charged, 0)
        charged = max(charged - min(quotas), 0)
        taken = filled(grade, admitted, quota)
        charged += max(len(taken) - quota, 0)
        given.update({x.key: grade.name for x in taken})
    return given


def filled(grade, admitted, quota):
    """Who gets the places: all whose equals still fit; of equals at the edge what the tie policy says."""

    def standing_by(x):
        compared = [x.figures[code] for code in grade.compare] if grade.tie == "categories" else []
        return [x.total, *compared]

    taken = []
    for x in admitted:
        better = sum(standing_by(other) > standing_by(x) for other in admitted)
        equal = sum(standing_by(other) == standing_by(x) for other in admitted)
        if better + equal <= quota or (grade.tie == "in" and better < quota):
            taken.append(x)
    return taken
