"""A second, slow implementation of docs/rules.md, written without the engine's code, to compare the engine with.

Every step is a plain loop over all days, facts or lines, in the order of the rules; numbers are Fractions and, once a
line is rounded, whole hundredths. `card()` gives one subject's card as a dict, `places()` the grades and places of many.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from math import ceil, floor

from scoring.engine import schema as s

RANKS = ("chair", "vice_chair", "secretary_general", "standing_member")  # then local posts, then member
ATTENDED = ("present", "late", "left_early")
MISSED = ("leave", "absent")


@dataclass
class Line:
    rule: str
    category: str
    on: date
    order: int  # of the rule in the ruleset
    fact: str
    matter: str
    earned: int
    quantity: int = 100
    is_shown_only: bool = False
    is_fixed: bool = False  # weights and vetoes are never cut
    counted: int = 0

    def place(self):
        return (self.on, self.order, self.matter, self.fact)


# --- small things --------------------------------------------------------------------------------------------------


def rounded(exact):
    """Half away from zero."""
    whole = floor(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def attributes_of(fact):
    return dict(pair.split("=", 1) for pair in fact.attributes.split(";") if pair)


def holds(where, values):
    for name, codes in where:
        value = values.get(name, "")
        if codes[0].startswith("!"):
            if "!" + value in codes:
                return False
        elif value not in codes:
            return False
    return True


def within(day, first, last):
    return (first is None or first <= day) and (last is None or day <= last)


def days_of(first, last):
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def later_by_months(day, n):
    """For windows that begin on the 1st to the 28th."""
    years, month = divmod(day.month - 1 + n, 12)
    return day.replace(year=day.year + years, month=month + 1)


def pieces(first, last, months):
    """The window in pieces of so many months from its first day."""
    out, n = [], 0
    while later_by_months(first, n) <= last:
        out.append((later_by_months(first, n), min(later_by_months(first, n + months) - timedelta(1), last)))
        n += months
    return out


def year_before(first, last, years):
    """The same window so many years before. For windows that begin on the 1st to the 28th."""
    return later_by_months(first, -12 * years), later_by_months(last + timedelta(1), -12 * years) - timedelta(1)


# --- the person ----------------------------------------------------------------------------------------------------


def is_serving(subject, day):
    if subject.kind != "member" and not subject.served:
        return True
    return any(within(day, span.from_on, span.to_on) for span in subject.served)


def post_on(subject, day):
    if subject.kind != "member":
        return ""  # a group holds no post
    held = [span.code for span in subject.posts if within(day, span.from_on, span.to_on)]
    local = [code for code in held if code not in RANKS and code != "member"]
    for code in (*RANKS, *local, "member"):
        if code in held:
            return code
    return "member"


def post_of_year(ruleset, subject):
    count, latest = {}, {}
    for day in days_of(ruleset.first_day, ruleset.last_day):
        if is_serving(subject, day):
            post = post_on(subject, day)
            count[post] = count.get(post, 0) + 1
            latest[post] = day
    if not count:
        return post_on(subject, ruleset.last_day)
    return max(count, key=lambda post: (count[post], latest[post]))


def has_served(subject, first, last):
    return any(is_serving(subject, day) for day in days_of(first, last))


def months_served(subject, first, last):
    """(m, M)."""
    m, all_months = 0, pieces(first, last, 1)
    for start, end in all_months:
        if sum(is_serving(subject, day) for day in days_of(start, end)) >= 15:
            m += 1
    return m, len(all_months)


def is_meant(who, excepted, subject, post):
    values = {**dict(subject.attributes), "post": post}
    return holds(who, values) and not any(holds(e.where, values) for e in excepted)


# --- facts ---------------------------------------------------------------------------------------------------------


def with_meetings(ruleset, facts):
    """The facts, each once, leave of an exempt kind read as exempt, and one more fact for each meeting."""
    once = {}
    for fact in facts:
        values = attributes_of(fact)
        is_leave = values.get("stage") == "sitting" and values.get("outcome") == "leave"
        if is_leave and values.get("leave") in ruleset.switches.exempt_leave:
            values["outcome"] = "exempt"
        once[fact.key] = fact._replace(attributes=";".join(f"{k}={v}" for k, v in sorted(values.items())))
    out, meetings = list(once.values()), {}
    for fact in once.values():
        if attributes_of(fact).get("stage") == "sitting":
            meetings.setdefault((fact.kind, fact.matter), []).append(fact)
    return out + [meeting(ruleset, sittings) for sittings in meetings.values()]


def meeting(ruleset, sittings):
    sittings = sorted(sittings, key=lambda f: (f.happened_on, f.key))
    values = [attributes_of(f) for f in sittings]
    carried = {k: v for k, v in values[0].items() if all(other.get(k) == v for other in values)}
    parts = [v["part"] for v in values if v.get("part") and v["outcome"] != "exempt"]
    if parts:
        carried["part"] = parts[0]
    known = [v["outcome"] for v in values if v["outcome"] != "not_recorded"]
    unknown = len(values) - len(known)
    possible = {
        meeting_outcome(ruleset, sittings[0].kind, [*known, *guess])
        for guess in product(("present", "leave", "absent", "exempt"), repeat=unknown)
    }
    carried["outcome"] = possible.pop() if len(possible) == 1 else "not_recorded"
    carried["stage"] = "meeting"
    carried.pop("leave", None)
    leaves = {v.get("leave", "") for v in values if v["outcome"] in MISSED}
    if carried["outcome"] == "leave" and len(leaves) == 1 and leaves != {""}:
        carried["leave"] = leaves.pop()
    return sittings[-1]._replace(
        key=sittings[0].matter + "/meeting",
        origin_on=min(f.origin_on for f in sittings),
        attributes=";".join(f"{k}={v}" for k, v in sorted(carried.items())),
        quantity=100,
    )


def meeting_outcome(ruleset, kind, outcomes):
    convened = [o for o in outcomes if o != "exempt"]
    if not convened:
        return "exempt"
    a = Fraction(sum(o in ATTENDED for o in convened), len(convened))
    if a >= dict(ruleset.switches.present_from).get(kind, 1):
        return "present"
    part_from = dict(ruleset.switches.part_from).get(kind)
    if part_from is not None and a >= part_from:
        return "part"
    return "leave" if all(o == "leave" for o in convened if o not in ATTENDED) else "absent"


def is_in(scopes, fact):
    values = attributes_of(fact)
    for scope in scopes:
        if fact.kind not in scope.kinds:
            continue
        if values.get("stage") in ("sitting", "meeting") and values["stage"] != scope.unit:
            continue
        if values.get("outcome") in ("exempt", "not_recorded") and not any(
            name == "outcome" and values["outcome"] in codes for name, codes in scope.where
        ):
            continue
        if holds(scope.where, values):
            return True
    return False


class Reader:
    """The facts of one subject as one ruleset sees them."""

    def __init__(self, ruleset, subject, facts):
        self.ruleset, self.subject = ruleset, subject
        self.facts = with_meetings(ruleset, facts)

    def credit(self, fact, override):
        return fact.happened_on if (override or self.ruleset.switches.credit) == "stage" else fact.origin_on

    def window(self, kind):
        for window in self.ruleset.windows:
            if window.kind == kind:
                return window.first_day, window.last_day
        return self.ruleset.first_day, self.ruleset.last_day

    def credited(self, scopes, credit, years_back=0, must_serve=True):
        """[(day, fact)] in scope, credited in the window of their kind to somebody serving."""
        out = []
        for fact in self.facts:
            day = self.credit(fact, credit)
            first, last = year_before(*self.window(fact.kind), years_back)
            if is_in(scopes, fact) and first <= day <= last and (is_serving(self.subject, day) or not must_serve):
                out.append((day, fact))
        return sorted(out, key=lambda pair: (pair[0], pair[1].matter, pair[1].key))

    def of_rule(self, rule, scopes):
        return [(d, f) for d, f in self.credited(scopes, rule.credit) if within(d, rule.valid_from, rule.valid_to)]

    def convened(self, scopes, credit, years_back=0):
        """Meetings the subject was convened to, whatever he did there."""
        told = ("outcome", "part", "leave")
        asked = []
        for scope in scopes:
            where = tuple((name, codes) for name, codes in scope.where if name not in told)
            outcomes = (("outcome", (*s.SITTING_OUTCOMES[:5], "part", "not_recorded")),)
            asked.append(s.Scope(scope.kinds, where + outcomes, scope.unit))
        return self.credited(asked, credit, years_back)


def amount(pairs, count):
    """How many distinct objects, or how much, in hundredths of one."""
    if count == "quantity":
        return sum(fact.quantity for _, fact in pairs)
    return 100 * len({fact.matter for _, fact in pairs})


# --- lines of one rule ---------------------------------------------------------------------------------------------


def row_lines(reader, rule, order):
    out = []
    for day, fact in reader.of_rule(rule, rule.of):
        if not is_meant(rule.who, rule.excepted, reader.subject, post_on(reader.subject, day)):
            continue
        values = attributes_of(fact)
        rows = [r for r in rule.value.rows if holds(r.where, values) and within(day, r.valid_from, r.valid_to)]
        if not rows:
            continue
        exact = rows[0].points * fact.quantity
        for t in rule.times:
            if holds(t.where, values) and within(day, t.valid_from, t.valid_to):
                exact *= t.factor
        earned = shared(rule, exact, fact.position, fact.sharers)
        out.append(Line(rule.code, rule.category, day, order, fact.key, fact.matter, earned, fact.quantity))
    return out


def shared(rule, exact, position, k):
    if rule.named is not None:
        if position > rule.named:
            return 0
        k = min(k, rule.named)
    if not rule.share or k == 1:
        return rounded(exact)
    if rule.share == "first":
        return rounded(exact) if position == 1 else 0
    if rule.share == "half":
        first, other = exact / 2, exact / 2 / (k - 1)
    else:
        first, other = exact / k, exact / k
    if not rule.conserve:
        return rounded(first if position == 1 else other)
    cut = floor(abs(other)) * (1 if exact >= 0 else -1)
    return rounded(exact) - (k - 1) * cut if position == 1 else cut


def manual_lines(reader, rule, order):
    scopes = rule.of or (s.Scope(("adjustment", "appraisal"), (("rule", (rule.code,)),)),)
    out = []
    for day, fact in reader.of_rule(rule, scopes):
        if attributes_of(fact).get("effect", "points") != "points":
            continue
        if not is_meant(rule.who, rule.excepted, reader.subject, post_on(reader.subject, day)):
            continue
        if not rule.value.low <= fact.quantity <= rule.value.high:
            raise s.FactError(fact.key)
        is_self = attributes_of(fact).get("role") == "self"
        earned = 0 if is_self else fact.quantity
        out.append(Line(rule.code, rule.category, day, order, fact.key, fact.matter, earned, is_shown_only=is_self))
    return out


def base_lines(reader, rule, order):
    ruleset = reader.ruleset
    if not within(ruleset.first_day, rule.valid_from, rule.valid_to):
        return []
    for a in rule.value.amounts:
        if not a.posts or post_of_year(ruleset, reader.subject) in a.posts:
            m, of = months_served(reader.subject, ruleset.first_day, ruleset.last_day)
            exact = a.points * 100 * (Fraction(m, of) if ruleset.switches.prorate_base else 1)
            return [Line(rule.code, rule.category, ruleset.first_day, order, "", "", rounded(exact))]
    return []


def required(reader, n, scopes, served, convened):
    """N in hundredths of one, less for part of a year."""
    m, of = served
    if not reader.ruleset.switches.prorate_needs or m == of:
        return n * 100
    n = 100 * ceil(Fraction(n * m, of))
    if all(kind in s.MEETING_KINDS for scope in scopes for kind in scope.kinds):
        n = min(n, convened)
    return n


def need_lines(reader, rule, order):
    need, ruleset = rule.value, reader.ruleset
    window = reader.window(rule.of[0].kinds[0])
    out = []
    for first, last in pieces(*window, 3) if need.every == "quarter" else [window]:
        counting = [(d, f) for d, f in reader.of_rule(rule, rule.of)]
        convened = [
            (d, f) for d, f in reader.convened(rule.of, rule.credit) if within(d, rule.valid_from, rule.valid_to)
        ]
        served = months_served(reader.subject, ruleset.first_day, ruleset.last_day)
        if need.every == "quarter":
            counting = [(d, f) for d, f in counting if first <= d <= last]
            convened = [(d, f) for d, f in convened if first <= d <= last]
            served = months_served(reader.subject, first, last)
        if need.every == "quarter" and ruleset.switches.prorate_needs and not served[0]:
            continue
        if need.n == s.ALL:
            n = amount(convened, rule.count)
            if not n:
                continue
        else:
            n = required(reader, need.n, rule.of, served, amount(convened, rule.count))
        have = amount(counting, rule.count)
        part = Fraction(1 if have >= n else Fraction(have, n) if need.partial else 0)
        on = day_reached(counting, rule.count, n) or first
        out.append(Line(rule.code, rule.category, on, order, "", "", rounded(need.points * 100 * part)))
    return out


def day_reached(pairs, count, n):
    """The day of the object with which n are there, or of the last one; objects by their first day."""
    day_of, size_of = {}, {}
    for day, fact in pairs:
        day_of.setdefault(fact.matter, day)
        size_of[fact.matter] = size_of.get(fact.matter, 0) + fact.quantity if count == "quantity" else 100
    have, reached = 0, None
    for matter in sorted(day_of, key=lambda m: (day_of[m], m)):
        if have < n:
            reached = day_of[matter]
        have += size_of[matter]
    return reached


def ratio_lines(reader, rule, order):
    above, below = reader.of_rule(rule, rule.of), reader.of_rule(rule, rule.value.over)
    a, b = amount(above, "objects"), amount(below, "objects")
    if not b:
        return []
    on = max(day for day, _ in above + below)
    earned = rounded(rule.value.points * 100 * min(Fraction(a, b), 1))
    return [Line(rule.code, rule.category, on, order, "", "", earned)]


def members_lines(reader, rule, order):
    members = [m for m in reader.subject.figures if rule.value.by == "sum" or m.ranked]
    if not members:
        return []
    total = Fraction(sum(dict(m.figures).get(rule.value.figure, 0) for m in members))
    earned = rounded(total if rule.value.by == "sum" else total / len(members))
    return [Line(rule.code, rule.category, reader.ruleset.last_day, order, "", "", earned)]


def lines_of(reader, rule, order):
    if isinstance(rule.value, s.Rows):
        return row_lines(reader, rule, order)
    if isinstance(rule.value, s.Manual):
        return manual_lines(reader, rule, order)
    if not has_served(reader.subject, reader.ruleset.first_day, reader.ruleset.last_day):
        return []
    if not is_meant(rule.who, rule.excepted, reader.subject, post_of_year(reader.ruleset, reader.subject)):
        return []
    words = {s.Base: base_lines, s.Need: need_lines, s.Ratio: ratio_lines, s.Members: members_lines}
    return words[type(rule.value)](reader, rule, order)


# --- choice: `counted` of what does not count becomes 0 ------------------------------------------------------------


def objects_of(lines):
    out = {}
    for line in lines:
        out.setdefault(line.matter, []).append(line)
    return out


def keep_highest(lines):
    """→ the lines that still count."""
    kept = []
    for same in objects_of(lines).values():
        kept.append(min(same, key=lambda line: (-line.earned, line.on, line.fact)))
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
                alive[rule.code] = [line for line in alive[rule.code] if line.matter != matter]


def keep_places(rule, lines):
    """Skip and limit: what each line counts."""
    room = Fraction(10**9) if rule.limit is None else rule.limit
    if rule.count == "objects":
        sizes = objects_of(lines)
        order = sorted(
            sizes,
            key=lambda m: (-abs(sum(x.earned for x in sizes[m])), min(x.on for x in sizes[m]), m),
        )
        for n, matter in enumerate(order):
            for line in sizes[matter]:
                line.counted = line.earned if rule.skip <= n < rule.skip + room else 0
        return
    at = 0
    for line in sorted(lines, key=lambda x: (-abs(Fraction(x.earned, x.quantity)), x.on, x.matter, x.fact)):
        start, end = max(at, rule.skip * 100), min(at + line.quantity, (rule.skip + room) * 100)
        line.counted = rounded(Fraction(line.earned) * max(end - start, 0) / line.quantity)
        at += line.quantity


def choose(ruleset, made):
    alive = {}
    for rule in ruleset.rules:
        for line in made[rule.code]:
            line.counted = 0
        alive[rule.code] = [line for line in made[rule.code] if not line.is_shown_only]
        if rule.highest:
            alive[rule.code] = keep_highest(alive[rule.code])
    for group in ruleset.once:
        keep_once(ruleset, group, alive)
    for rule in ruleset.rules:
        if rule.skip or rule.limit is not None:
            keep_places(rule, alive[rule.code])
        else:
            for line in alive[rule.code]:
                line.counted = line.earned


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
                taken = max(min([excess, line.counted, *room]), 0)
                line.counted -= taken
                excess -= taken

    def give_back(self, code, lack):
        for line in sorted(self.beneath(code), key=Line.place, reverse=True):
            if lack > 0 and line.counted < 0 and not line.is_fixed:
                room = [c.cap - self.figure(c.code) for c in self.inner(line, code) if c.cap is not None]
                given = max(min([lack, -line.counted, *room]), 0)
                line.counted += given
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
    """total, months, post, ranked, lines [(rule, fact, earned, counted)], figures, gates, ceiling, grade."""
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
        "lines": sorted((line.rule, line.fact, line.earned, line.counted) for line in tree.lines),
        "figures": figures,
        "gates": met,
        "ceiling": ceiling,
        "grade": None if subject.exempt else best_grade(ruleset, figures[s.TOTAL], ceiling),
    }


# --- grades by quota, and places -----------------------------------------------------------------------------------


def places(ruleset, standings):
    """{key: (place, grade, band)} of standings with key, total, ranked, partition, ceiling, figures."""
    out = {standing.key: (None, None, "") for standing in standings}
    for partition in {standing.partition for standing in standings}:
        ranked = [x for x in standings if x.ranked and x.partition == partition]
        given = grades_of(ruleset, ranked)
        for x in ranked:
            place = band = None
            if ruleset.rank.places and len(ranked) >= ruleset.rank.smallest:
                place = 1 + sum(other.total > x.total for other in ranked)
                band = next((b.name for b in ruleset.rank.bands if place <= b.to * len(ranked)), "")
            out[x.key] = (place, given.get(x.key), band or "")
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
