"""The path from facts to a card: `score(rules, subject, facts) → Card`.

Order (docs/rules.md): scope → first matching row × quantity → multipliers → share → round → highest → once → skip →
limit → need → cap tree, leaves first → total → zeroing veto → thresholds and ceilings. Quota grades and places need the
other subjects and are judge.place().
"""

from . import schema as s
from .attendance import meetings
from .card import Card, Line
from .choice import choose
from .counting import admitted_by
from .judge import judge
from .numbers import div, down
from .sentences import points as spelt
from .single import single
from .tree import settle


def score(rules, subject, facts):
    """→ Card of one subject. `facts` in any order, of this and (for gates over several years) earlier years; the same key
    twice counts once. Raises FactError when manual points lie outside their rule's bounds."""
    person = rules.person(subject)
    card = Card(rules, subject, person)
    if subject.exempt:
        card.lines, card.figures, card.gates = [], [0] * len(rules.nodes), []
        return card
    counts = [[] for _ in rules.counters]
    facts = in_order(rules, facts)
    card.exemptions = {
        rules.values(f.attributes).get("rule")
        for f in facts
        if f.kind == "adjustment" and rules.values(f.attributes).get("effect") == "exemption" and rules.covers(f)
    }
    lines = _lines(rules, subject, person, facts, counts)
    choose(rules, lines)
    for item in rules.singles:
        lines += single(rules, subject, person, item, counts)
    card.figures = settle(rules, lines)
    card.lines = lines
    judge(rules, card, counts)
    return card


def in_order(rules, facts):
    """Distinct facts and the meetings derived from them, by day and key."""
    ordered = sorted(facts)
    seen, distinct = set(), []
    for fact in ordered:
        if fact[1] not in seen:
            seen.add(fact[1])
            distinct.append(fact)
    derived = meetings(rules, distinct)
    if derived:
        distinct += derived
        distinct.sort()
    return distinct


def _lines(rules, subject, person, facts, counts):
    memo, out, admitted = rules.memo, [], {}
    attributes = dict(subject.attributes)
    spans = person.spans
    whole = spans[0] if len(spans) == 1 else None

    def admits(item, day):
        key = item.order, person.post_on(day)
        if key not in admitted:
            admitted[key] = admitted_by(item.rule, attributes | {"post": key[1]})
        return admitted[key]

    for fact in facts:
        happened_on, key, origin_on, kind, signature, quantity, position, sharers, matter = fact
        makers, counted = memo[kind, signature]
        for index, event, windows in counted:
            day = origin_on if event else happened_on
            for back, first, last in windows:
                if first <= day <= last and person.serves(day):
                    counts[index].append((day, matter or key, quantity, back, key))
        for maker in makers:
            day = origin_on if maker.event else happened_on
            if not maker.first <= day <= maker.last:
                continue
            if not (whole[0] <= day <= whole[1] if whole else person.serves(day)):
                continue
            if maker.restricted and not admits(maker.item, day):
                continue
            line = Line(maker.item, day, key, kind, matter or key, quantity, signature)
            if maker.manual:
                line.earned = _manual(maker.item.rule, quantity, key) if not maker.shown_only else 0
                line.shown_only = line.dropped = maker.shown_only
            else:
                variant = maker.fixed or maker.variant(day)
                if variant is None:
                    continue
                line.variant = variant
                rule = maker.item.rule
                if rule.share or rule.named:
                    _shared(line, rule, position, sharers)
                else:
                    a, b = variant.num * quantity, variant.den
                    line.earned = (2 * a + b) // (2 * b) if a >= 0 else -((-2 * a + b) // (2 * b))
            line.counted = line.earned
            out.append(line)
    return out


def _manual(rule, points, key):
    low, high = rule.value.low, rule.value.high
    if not low <= points <= high:
        raise s.FactError(
            f"规则“{rule.name}”的核定分应在 {spelt(low)} 至 {spelt(high)} 分之间，"
            f"{f'记录 {key} ' if key else ''}写的是 {spelt(points)} 分；请重新核定。"
        )
    return points


def check_manual(rule, points):
    """Refuses manual points (hundredths) outside the bounds of a rule, with the sentence a form shows."""
    _manual(rule, points, "")


def share_of(rule, position, sharers):
    """(numerator, denominator) of the signer's part; None when it is the whole."""
    if rule.named is not None:
        if position > rule.named:
            return 0, 1
        sharers = min(sharers, rule.named)
    if sharers <= 1 or not rule.share:
        return None
    if rule.share == "equal":
        return 1, sharers
    if rule.share == "first":
        return (1, 1) if position == 1 else (0, 1)
    return (1, 2) if position == 1 else (1, 2 * (sharers - 1))


def _shared(line, rule, position, sharers):
    share, variant = share_of(rule, position, sharers), line.variant
    line.share, line.position, line.sharers = share, position, sharers
    a, b = variant.num * line.quantity, variant.den
    if share is None:
        line.earned = div(a, b)
    elif not rule.conserve or not share[0]:
        line.earned = div(a * share[0], b * share[1])
    else:  # the others are cut down to 0.01, the first gets the rest
        k = min(sharers, rule.named or sharers)
        other = down(a, b * (k if rule.share == "equal" else 2 * (k - 1)))
        line.earned = div(a, b) - (k - 1) * other if position == 1 else other
