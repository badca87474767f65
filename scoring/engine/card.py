"""A report card as the engine makes it: lines, figures, gates. `Card.plain()` and `Card.document()` are what is stored."""

import json

from .compile import holds
from .document import plain


class Line:
    """One rule applied to one fact (or a base, need, ratio, conversion, veto); all points in hundredths.

    `taken`: [(by, points)], so that earned − Σ points = counted; points given back to a deduction are negative.
    """

    __slots__ = (
        "about",
        "converts",
        "counted",
        "dropped",
        "earned",
        "item",
        "key",
        "kind",
        "matter",
        "node",
        "on",
        "order",
        "position",
        "quantity",
        "share",
        "sharers",
        "shown_only",
        "signature",
        "taken",
        "variant",
    )

    def __init__(self, item, on, key, kind, matter, quantity, signature):
        self.item, self.on, self.key, self.kind, self.matter, self.quantity = item, on, key, kind, matter, quantity
        self.signature = signature
        if item is not None:
            self.node, self.order = item.node, item.order
        self.variant = self.share = self.about = None
        self.position = self.sharers = 1
        self.taken = ()
        self.dropped = self.shown_only = self.converts = False

    @classmethod
    def conversion(cls, node, on, change, figure):
        line = cls(None, on, "", "", "", 100, "")
        line.node, line.order, line.converts = node, 1 << 30, True
        line.earned = line.counted = change
        line.about = {"word": "weight", "figure": figure}
        return line

    @classmethod
    def veto(cls, node, on, total, gate):
        line = cls(None, on, "", "", "", 100, "")
        line.node, line.order, line.converts = node, 1 << 31, True
        line.earned = line.counted = -total
        line.about = {"word": "veto", "gate": gate}
        return line

    def take(self, by, points, **about):
        self.taken += ((by, points, about),)
        self.counted -= points

    def drop(self, by, **about):
        self.taken += ((by, self.counted, about),)
        self.counted, self.dropped = 0, True


class Card:
    """Everything about one subject's year. figures are in the order of rules.nodes; gates are judge.Verdict."""

    def __init__(self, rules, subject, person):
        self.rules, self.subject, self.person = rules, subject, person
        self.lines, self.figures, self.gates = [], [], []
        self.ceiling, self.exemptions = "", ()
        self.grade_by_threshold = None
        switches = rules.ruleset.switches
        self.reason = subject.exempt
        if not self.reason:
            if not person.days:
                self.reason = "本年度内未任委员" if subject.kind == "member" else "本年度内没有履职期间"
            elif person.months < switches.min_months:
                self.reason = f"任职计 {person.months} 个月，不足 {switches.min_months} 个月"
        values = dict(subject.attributes) | {"post": person.post}
        if not self.reason:
            self.reason = next((e.reason for e in switches.excluded if holds(e.where, values)), "")
        self.ranked = not self.reason
        self.partition = tuple(values.get(name, "") for name in rules.ruleset.rank.by)

    @property
    def total(self):
        return self.figures[0]

    def figure(self, code):
        return self.figures[self.rules.node[code].index]

    def plain(self):
        """The document as plain values; see docs/rules.md, "The card"."""
        return plain(self)

    def document(self):
        """Canonical JSON: sorted keys, whole hundredths, no spaces, text as it is."""
        return json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
