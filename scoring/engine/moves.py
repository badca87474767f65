"""What one change by a tenth would do to a total: the points of a rule, or the weight of a category.

Nothing is read again. A rule's lines as they were before the tree get a tenth more and the tree is settled anew; where an
object counts under one of several headings, the choice among them is made anew as well. A category's figure gets a tenth
more after its cap, as its weight would give it. A veto that has zeroed a total stays.
"""

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from .card import Line
from .choice import choose
from .compile import Rules
from .numbers import div
from .schema import TOTAL
from .tree import settle

LINEAR, CHOICE = "linear", "choice"  # how a moved total is found


class Move(NamedTuple):
    key: str  # "rule:code" or "category:code"
    name: str
    method: str  # LINEAR | CHOICE


class Moves:
    """All changes that one ruleset offers, prepared once for many cards."""

    def __init__(self, rules):
        self.rules = rules
        self.chosen = {
            order for once, headings in rules.once if once.keep == "greatest" for under in headings for order in under
        }
        self.made = {item.order for item in rules.makers}
        self.trees = {
            node.code: self._heavier(node) for node in rules.nodes if node.code != TOTAL and not _is_apart(node)
        }

    def _heavier(self, node):
        ruleset = self.rules.ruleset
        weight = node.weight * Fraction(11, 10)
        categories = tuple(replace(c, weight=weight) if c.code == node.code else c for c in ruleset.categories)
        return Rules(replace(ruleset, categories=categories))

    def all(self):
        """→ [Move] of every rule and category that leads into the total, in the order of the ruleset."""
        rules = [
            Move(f"rule:{item.rule.code}", item.rule.name, CHOICE if item.order in self.chosen else LINEAR)
            for item in self.rules.items
            if not _is_apart(item.node)
        ]
        return rules + [Move(f"category:{code}", self.rules.node[code].name, LINEAR) for code in self.trees]

    def totals(self, card):
        """Card → {key of a move: total in hundredths}, only where it differs from the card's total."""
        lines = [line for line in card.lines if line.item is not None]
        has_veto = any(line.about and line.about.get("word") == "veto" for line in card.lines)
        found = {}
        for order in sorted({line.order for line in lines if line.earned and not _is_apart(line.node)}):
            if order in self.chosen:
                moved = self._chosen_anew(lines, order)
            else:
                moved = [_copy(line, _more(_chosen(line)) if line.order == order else _chosen(line)) for line in lines]
            found[f"rule:{self.rules.items[order].rule.code}"] = settle(self.rules, moved)[0]
        for code, heavier in self.trees.items():
            if card.figure(code):
                moved = [_copy(line, _chosen(line), heavier.nodes) for line in lines]
                found[f"category:{code}"] = settle(heavier, moved)[0]
        if has_veto:
            found = {key: min(total, 0) for key, total in found.items()}
        return {key: total for key, total in found.items() if total != card.total}

    def _chosen_anew(self, lines, order):
        moved = [_copy(line, _more(line.earned) if line.order == order else line.earned) for line in lines]
        choose(self.rules, [line for line in moved if line.order in self.made])
        return moved


def _is_apart(node):
    """Whether the node is printed apart from the total, itself or with a category above it."""
    while node is not None:
        if node.outside:
            return True
        node = node.parent
    return False


def _more(points):
    return div(points * 11, 10)


def _chosen(line):
    """What the line counted before caps, floors and weights."""
    taken = sum(points for by, points, _ in line.taken if by.partition(":")[0] not in ("cap", "floor"))
    return line.earned - taken


def _copy(line, points, nodes=None):
    copy = Line(line.item, line.on, line.key, line.kind, line.matter, line.quantity, line.signature)
    if nodes is not None:
        copy.node = nodes[line.node.index]
    copy.earned = copy.counted = points
    copy.shown_only = copy.dropped = line.shown_only
    return copy
