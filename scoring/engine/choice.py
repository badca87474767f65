"""What drops lines before the tree: highest, once, skip, limit – in this order. A dropped line stays at 0 with the reason."""

from fractions import Fraction

from .numbers import div


def choose(rules, lines):
    """Sets `counted` and `taken` of the lines of one card."""
    by_item = {}
    for line in lines:
        by_item.setdefault(line.item.order, []).append(line)
    for order, own in by_item.items():
        if rules.items[order].rule.highest:
            _highest(own)
    for once, headings in rules.once:
        _once(rules, once, headings, by_item)
    for order, own in by_item.items():
        rule = rules.items[order].rule
        if rule.skip or rule.limit is not None:
            live = [line for line in own if not line.dropped]
            (_by_quantity if rule.count == "quantity" else _by_object)(rule, live)


def _objects(lines):
    out = {}
    for line in lines:
        if not line.dropped:
            out.setdefault(line.matter, []).append(line)
    return out


def _highest(lines):
    for own in _objects(lines).values():
        best = min(own, key=lambda line: (-line.earned, line.on, line.key))
        for line in own:
            if line is not best:
                line.drop("highest", best=best)


def _once(rules, once, headings, by_item):
    """Each object counts under the heading with the greatest sum (tie, or keep = first: the one listed first)."""
    found = {}
    for place, heading in enumerate(headings):
        for order in heading:
            for matter, own in _objects(by_item.get(order, ())).items():
                found.setdefault(matter, {}).setdefault(place, []).extend(own)
    for places in found.values():
        if len(places) < 2:
            continue
        best = (
            min(places)
            if once.keep == "first"
            else max(places, key=lambda p: (sum(line.counted for line in places[p]), -p))
        )
        for place, own in places.items():
            if place != best:
                for line in own:
                    line.drop("once", once=once, kept=once.headings[best])


def _by_object(rule, lines):
    """Objects by the size of their sum (a deduction's size is what it takes), then the earliest day, then the object's key."""
    groups = sorted(
        _objects(lines).items(),
        key=lambda g: (-abs(sum(line.counted for line in g[1])), min(line.on for line in g[1]), g[0]),
    )
    for place, (_, own) in enumerate(groups, 1):
        for line in own:
            if place <= rule.skip:
                line.drop("skip", place=place)
            elif rule.limit is not None and place > rule.skip + rule.limit:
                line.drop("limit", place=place)


def _by_quantity(rule, lines):
    """As above counted in units: lines by what one unit brings; a line across the edge counts in part."""
    ordered = sorted(
        (line for line in lines if line.quantity > 0),
        key=lambda line: (-abs(_unit(line)), line.on, line.matter, line.key),
    )
    skip, room = rule.skip * 100, None if rule.limit is None else rule.limit * 100
    for line in ordered:
        left = line.quantity
        skipped = min(skip, left)
        skip, left = skip - skipped, left - skipped
        allowed = left if room is None else min(room, left)
        room = None if room is None else room - allowed
        if allowed < line.quantity:
            earned = line.counted
            after_skip = div(earned * (line.quantity - skipped), line.quantity)
            kept = div(earned * allowed, line.quantity)
            if skipped:
                line.take("skip", earned - after_skip, units=skipped)
            if left > allowed:
                line.take("limit", after_skip - kept, units=left - allowed)


def _unit(line):
    """Value of one unit, comparable exactly: hundredths of a point per unit as a fraction."""
    return Fraction(line.counted, line.quantity)
