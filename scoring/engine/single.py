"""Rules that make one line whatever the number of facts: base, need, ratio, members."""

from fractions import Fraction

from . import schema as s
from .card import Line
from .compile import on_meetings
from .counting import admitted_by, count, how_many, objects, required
from .numbers import hundredths
from .persons import pieces


def single(rules, subject, person, item, counts):
    rule = item.rule
    values = dict(subject.attributes) | {"post": person.post}
    if not admitted_by(rule, values) or not person.days:
        return []
    match rule.value:
        case s.Base():
            return _base(rules, person, item)
        case s.Need():
            return _need(rules, person, item, counts)
        case s.Ratio():
            return _ratio(rules, item, counts)
        case s.Members():
            return _members(rules, subject, item)


def _one(item, day, value, /, **about):
    line = Line(item, day, "", "", "", 100, "")
    line.earned = line.counted = hundredths(value)
    line.about = about
    return [line]


def _base(rules, person, item):
    """Dated the first day of the window; valid_from/to are tested on that day."""
    first = rules.window[0]
    if not (item.rule.valid_from or first) <= first <= (item.rule.valid_to or first):
        return []
    for amount in item.rule.value.amounts:
        if not amount.posts or person.post in amount.posts:
            points = amount.points
            if rules.ruleset.switches.prorate_base and person.of_months:
                points = points * person.months / person.of_months
            return _one(item, first, points, points=amount.points, months=person.months, of_months=person.of_months)
    return []


def _need(rules, person, item, counts):
    need = item.rule.value
    window = rules.window_of(item.rule.of[0].kinds[0])
    out = []
    for within in pieces(*window, 3) if need.every == "quarter" else [None]:
        months = person.months_within(*within) if within else (person.months, person.of_months)
        got = objects(counts[item.have.index], within)
        convened = how_many(objects(counts[item.convened.index], within), item.rule.count)
        wanted = (
            convened
            if need.n == s.ALL
            else required(rules, need.n, months, convened if on_meetings(item.rule.of) else None)
        )
        if (need.n == s.ALL and not convened) or (within and rules.ruleset.switches.prorate_needs and not months[0]):
            continue  # nothing was convened, or the person did not serve in this quarter: no line
        n, reached = count(got, item.rule.count, wanted)
        part = min(n, Fraction(wanted)) / wanted if need.partial and wanted else int(n >= wanted)
        day = reached or (within or window)[0]
        out += _one(
            item,
            day,
            need.points * part,
            points=need.points,
            have=n,
            need=wanted,
            stated=need.n,
            within=within,
            partial=need.partial,
            facts=[key for *_, key in got],
        )
    return out


def _ratio(rules, item, counts):
    a, b = objects(counts[item.have.index]), objects(counts[item.over.index])
    if not b:
        return []
    points = item.rule.value.points
    day = max(entry[0] for entry in a + b)
    return _one(
        item,
        day,
        min(points, points * len(a) / len(b)),
        points=points,
        have=len(a),
        over=len(b),
        facts=[key for *_, key in a],
    )


def _members(rules, subject, item):
    """Sum of all members' printed figures, or their mean over the ranked ones; dated the last day."""
    value = item.rule.value
    figures = [dict(m.figures).get(value.figure, 0) for m in subject.figures if value.by == "sum" or m.ranked]
    if not figures:
        return []
    points = Fraction(sum(figures), 100 * (len(figures) if value.by == "mean" else 1))
    return _one(
        item,
        rules.window[1],
        points,
        count=len(figures),
        by=value.by,
        figure=value.figure,
        facts=[m.key for m in subject.figures],
    )
