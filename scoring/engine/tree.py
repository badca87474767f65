"""Caps and floors, leaves first. The tree only cuts or gives back; every printed figure is the sum of its lines."""

from .card import Line
from .numbers import div


def settle(rules, lines):
    """Applies caps, floors and weights to the lines; appends one line 折算 per weighted category.

    → printed figures in the order of rules.nodes, in hundredths.
    """
    nodes = rules.nodes
    beneath = [[] for _ in nodes]
    for line in lines:
        beneath[line.node.index].append(line)
    figures = [0] * len(nodes)
    for node in reversed(nodes):  # parents come first in the list, so this is leaves first
        own = beneath[node.index]
        figure = figures[node.index] = sum([line.counted for line in own])
        if node.cap is not None and figure > node.cap:
            _cut(node, own, figures, figure - node.cap)
        elif node.floor is not None and figure < node.floor:
            _give_back(node, own, figures, node.floor - figure)
        if node.weight != 1:
            figure = figures[node.index]
            change = div(figure * node.weight.numerator, node.weight.denominator) - figure
            if change:
                line = Line.conversion(node, rules.window[1], change, figure)
                lines.append(line)
                own.append(line)
                figures[node.index] += change
        if node.parent is not None and not node.outside:
            beneath[node.parent.index] += own
    return figures


def latest_first(lines):
    return sorted(lines, key=lambda line: (line.on, line.order, line.matter, line.key), reverse=True)


def _path(line, node):
    """Categories between a line and the node, the node left out."""
    out, at = [], line.node
    while at is not node:
        out.append(at)
        at = at.parent
    return out


def _cut(node, lines, figures, excess):
    """From the positive lines, latest first, never taking an inner category below its floor."""
    for line in latest_first([line for line in lines if line.counted > 0 and not line.converts]):
        path = _path(line, node)
        part = min([excess, line.counted] + [figures[n.index] - n.floor for n in path if n.floor is not None])
        if part > 0:
            excess -= part
            _move(line, path, node, figures, -part, f"cap:{node.code}")
        if not excess:
            break


def _give_back(node, lines, figures, lack):
    """To the deductions, latest first, never taking an inner category above its cap."""
    for line in latest_first([line for line in lines if line.counted < 0 and not line.converts]):
        path = _path(line, node)
        part = min([lack, -line.counted] + [n.cap - figures[n.index] for n in path if n.cap is not None])
        if part > 0:
            lack -= part
            _move(line, path, node, figures, part, f"floor:{node.code}")
        if not lack:
            break


def _move(line, path, node, figures, part, by):
    line.take(by, -part)
    for n in path:
        figures[n.index] += part
    figures[node.index] += part
