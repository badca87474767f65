"""A checked ruleset prepared for scoring: `compile(ruleset) → Rules`.

Conditions are tried once per distinct signature (kind, attributes) of a fact and remembered in `Rules.memo`: about fifty
signatures instead of every fact times every rule. A memo entry says which rules may make a line of such a fact
(`Maker`) and which counters (needs, ratios, gates) count it. Dates and posts remain to be tested fact by fact.
"""

from fractions import Fraction

from . import schema as s
from .check import check, under
from .labels import Labels
from .persons import FIRST, LAST, ONE, Person, add_months
from .plain import render


def compile(ruleset):
    """→ Rules. Raises RulesetError when the ruleset cannot be explained."""
    problems = check(ruleset)
    if problems:
        raise s.RulesetError([render(p) for p in problems])
    return Rules(ruleset)


def attributes_of(text):
    """ "name=code;name=code" → dict."""
    return dict(pair.split("=", 1) for pair in text.split(";")) if text else {}


def holds(where, values):
    """Whether every condition holds; "!x" excludes, an absent attribute reads as ""."""
    for name, codes in where:
        value = values.get(name, "")
        if codes[0].startswith("!"):
            if "!" + value in codes:
                return False
        elif value not in codes:
            return False
    return True


def matches(scope, kind, values):
    """Whether a fact with these attributes is in the scope. Attendance is read by the scope's unit only, and outcomes
    exempt and not_recorded are in scope only where they are named: unknown is not zero."""
    if kind not in scope.kinds:
        return False
    stage = values.get("stage", "")
    if stage in ("sitting", "meeting"):
        if stage != scope.unit:
            return False
        outcome = values.get("outcome", "")
        if outcome in ("exempt", "not_recorded") and not any(n == "outcome" and outcome in c for n, c in scope.where):
            return False
    return holds(scope.where, values)


class Variant:
    """A row with its multipliers: hundredths = quantity × num ÷ den (before the share). `row` None: manual points."""

    __slots__ = ("den", "factors", "multipliers", "num", "points", "row")

    def __init__(self, row, factors):
        value = row.points if row else Fraction(1)
        for factor in factors:
            value *= factor.factor
        self.row, self.factors, self.num, self.den = row, factors, value.numerator, value.denominator
        self.points = _plain_points(row.points) if row else None
        self.multipliers = [{"name": f.name, "num": f.factor.numerator, "den": f.factor.denominator} for f in factors]


def _plain_points(value):
    """Hundredths, or text such as "1/3" when the row's points are finer than that."""
    scaled = value * 100
    return scaled.numerator if scaled.denominator == 1 else str(value)


class Item:
    """A rule that makes lines, or one line."""

    def __init__(self, order, rule, node, event):
        self.order, self.rule, self.node, self.event = order, rule, node, event
        self.restricted = bool(rule.who or rule.excepted)


class Maker:
    """A rule as it meets one signature: the rows and multipliers whose conditions hold, in order."""

    __slots__ = ("event", "first", "fixed", "item", "last", "manual", "restricted", "rows", "shown_only", "times")

    def __init__(self, item, first, last, rows, times, shown_only):
        self.item, self.rows, self.times, self.shown_only = item, rows, times, shown_only
        self.first = max(first, item.rule.valid_from or FIRST)
        self.last = min(last, item.rule.valid_to or LAST)
        self.event, self.restricted, self.manual = item.event, item.restricted, isinstance(item.rule.value, s.Manual)
        dated = any(r and (r.valid_from or r.valid_to) for r in rows) or any(t.valid_from or t.valid_to for t in times)
        self.fixed = None if dated else Variant(rows[0], times)

    def variant(self, day):
        """The first row valid on the day with the multipliers valid on it; None without a row."""
        for row in self.rows:
            if _valid(row, day):
                return Variant(row, tuple(t for t in self.times if _valid(t, day)))
        return None


def _valid(thing, day):
    return (thing.valid_from or FIRST) <= day <= (thing.valid_to or LAST)


class Counter:
    """Facts to be counted by a need, a ratio or a gate's test."""

    def __init__(self, index, scopes, event, valid_from=None, valid_to=None, convened=False, years=1):
        self.index, self.scopes, self.event, self.years = index, scopes, event, years
        self.valid_from, self.valid_to = valid_from or FIRST, valid_to or LAST
        if convened:  # every meeting called, however it was attended; exempt ones excepted
            self.scopes = tuple(
                s.Scope(
                    sc.kinds,
                    (
                        *tuple(w for w in sc.where if w[0] not in ("outcome", "leave", "part")),
                        ("outcome", tuple(o for o in set(s.MEETING_OUTCOMES + s.SITTING_OUTCOMES) if o != "exempt")),
                    ),
                    sc.unit,
                )
                for sc in scopes
            )


class Node:
    def __init__(self, index, code, name, parent, cap, floor, outside, weight, category):
        self.index, self.code, self.name, self.parent, self.cap = index, code, name, parent, cap
        self.floor = floor if isinstance(floor, int) else None
        self.outside, self.weight, self.category, self.depth = outside, weight, category, 0


class Rules:
    """A ruleset ready to score with; holds memos, so one per process and ruleset is best."""

    def __init__(self, ruleset):
        self.ruleset, self.labels = ruleset, Labels(ruleset.labels)
        self.windows = {w.kind: (w.first_day, w.last_day) for w in ruleset.windows}
        self.window = (ruleset.first_day, ruleset.last_day)
        self._make_tree()
        self.counters, self.items = [], []
        for order, rule in enumerate(ruleset.rules):
            self.items.append(self._item(order, rule))
        self.makers = [i for i in self.items if isinstance(i.rule.value, (s.Rows, s.Manual))]
        self.singles = [i for i in self.items if not isinstance(i.rule.value, (s.Rows, s.Manual))]
        self.tests = {}
        for gate in ruleset.gates:
            for n, test in enumerate(gate.tests):
                if test.of:
                    event = (test.credit or ruleset.switches.credit) == "event"
                    self.tests[gate.code, n] = (
                        self._counter(test.of, event, years=test.years),
                        self._counter(test.of, event, convened=True) if on_meetings(test.of) else None,
                    )
        by_code = {i.rule.code: i.rule for i in self.items}
        parents = {c.code: c.parent for c in ruleset.categories}
        order_of = {i.rule.code: i.order for i in self.items}
        self.once = [
            (o, [frozenset(order_of[c] for c in under(h, by_code, parents)) for h in o.headings]) for o in ruleset.once
        ]
        self.grade_names = [g.name for g in ruleset.grades]
        self.memo, self.people, self.readings = _Memo(self), {}, {}
        self.exempt_leave = frozenset(ruleset.switches.exempt_leave)
        self.present_from, self.part_from = dict(ruleset.switches.present_from), dict(ruleset.switches.part_from)
        self.meetings, self.words = {}, {}

    def _make_tree(self):
        r = self.ruleset
        root = Node(0, s.TOTAL, r.total_name, None, r.total_cap, r.total_floor, False, Fraction(1), None)
        found = {s.TOTAL: root}
        for c in r.categories:
            found[c.code] = Node(0, c.code, c.name, found[c.parent], c.cap, c.floor, c.outside, c.weight, c)
        self.nodes = []  # parents first, in the order of the file

        def walk(node, depth):
            node.index, node.depth = len(self.nodes), depth
            self.nodes.append(node)
            for child in found.values():
                if child.parent is node:
                    walk(child, depth + 1)

        walk(root, 0)
        self.node = found

    def _item(self, order, rule):
        event = (rule.credit or self.ruleset.switches.credit) == "event"
        item = Item(order, rule, self.node[rule.category], event)
        item.scopes = rule.of
        if isinstance(rule.value, s.Manual) and not rule.of:
            item.scopes = (s.Scope(("adjustment", "appraisal"), (("rule", (rule.code,)),)),)
        if isinstance(rule.value, (s.Need, s.Ratio)):
            item.have = self._counter(rule.of, event, rule.valid_from, rule.valid_to)
        if isinstance(rule.value, s.Need):
            item.convened = self._counter(rule.of, event, rule.valid_from, rule.valid_to, convened=True)
        if isinstance(rule.value, s.Ratio):
            item.over = self._counter(rule.value.over, event, rule.valid_from, rule.valid_to)
        return item

    def _counter(self, scopes, event, valid_from=None, valid_to=None, convened=False, years=1):
        self.counters.append(Counter(len(self.counters), scopes, event, valid_from, valid_to, convened, years))
        return self.counters[-1]

    def person(self, subject):
        key = (subject.kind, subject.posts, subject.served)
        person = self.people.get(key)
        if person is None:
            if len(self.people) > 10000:
                self.people.clear()
            person = self.people[key] = Person(*key, *self.window)
        return person

    def values(self, attributes):
        """Attributes as a dict; leave of an exempt kind reads as outcome exempt."""
        values = self.readings.get(attributes)
        if values is None:
            values = attributes_of(attributes)
            if values.get("outcome") == "leave" and values.get("leave") in self.exempt_leave:
                values["outcome"] = "exempt"
            self.readings[attributes] = values
        return values

    def window_of(self, kind, years_back=0):
        first, last = self.windows.get(kind, self.window)
        if years_back:
            last = add_months(last + ONE, -12 * years_back) - ONE
            first = add_months(first, -12 * years_back)
        return first, last

    def covers(self, fact):
        """Whether a fact is credited in this year."""
        first, last = self.window_of(fact.kind)
        return first <= (fact.origin_on if self.ruleset.switches.credit == "event" else fact.happened_on) <= last


def on_meetings(scopes):
    """Whether every kind in the scopes is one that is convened."""
    return bool(scopes) and all(k in s.MEETING_KINDS for scope in scopes for k in scope.kinds)


class _Memo(dict):
    """(kind, attributes) → (makers, [(counter index, event, [(years back, first, last)])])."""

    def __init__(self, rules):
        super().__init__()
        self.rules = rules

    def __missing__(self, signature):
        rules, (kind, attributes) = self.rules, signature
        values = rules.values(attributes)
        first, last = rules.window_of(kind)
        makers = []
        for item in rules.makers:
            if not any(matches(scope, kind, values) for scope in item.scopes):
                continue
            if isinstance(item.rule.value, s.Manual):
                if values.get("effect", "points") == "points":
                    makers.append(Maker(item, first, last, (None,), (), values.get("role") == "self"))
                continue
            rows = tuple(row for row in item.rule.value.rows if holds(row.where, values))
            if rows:
                makers.append(
                    Maker(item, first, last, rows, tuple(t for t in item.rule.times if holds(t.where, values)), False)
                )
        counted = []
        for counter in rules.counters:
            if any(matches(scope, kind, values) for scope in counter.scopes):
                spans = []
                for back in range(counter.years):
                    a, b = rules.window_of(kind, back)
                    spans.append(
                        (
                            back,
                            max(a, counter.valid_from) if not back else a,
                            min(b, counter.valid_to) if not back else b,
                        )
                    )
                counted.append((counter.index, counter.event, spans))
        self[signature] = found = (tuple(makers), tuple(counted))
        return found
