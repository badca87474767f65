"""The first half of the oracle (see oracle.py): from a subject and facts to the lines of each rule, docs/rules.md read
word by word. Plain loops over all days and facts; numbers are Fractions until a line is rounded to whole hundredths.
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
    taken: tuple[tuple[str, int], ...] = ()  # (by, hundredths)

    def place(self):
        return (self.on, self.order, self.matter, self.fact)

    def take(self, by, points):
        self.taken += ((by, points),)
        self.counted -= points


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
        is_self = attributes_of(fact).get("role") == "self"
        if not is_self and not rule.value.low <= fact.quantity <= rule.value.high:
            raise s.FactError(fact.key)
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


def first_days(pairs):
    """{object: day of its first fact}; the pairs are in order of days."""
    out = {}
    for day, fact in pairs:
        out.setdefault(fact.matter, day)
    return out


def day_reached(pairs, count, n):
    """The day of the object with which n are there, or of the last one; objects by their first day."""
    day_of, size_of = first_days(pairs), {}
    for _, fact in pairs:
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
    on = max([*first_days(above).values(), *first_days(below).values()])
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
