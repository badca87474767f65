"""What a ruleset says that its authors may not have meant: `surprises(ruleset) → [Surprise]`, warnings, never refusals.

Judged from the ruleset alone, without records. Each kind errs on the side of silence: a warning that is wrong teaches
people to read none.
"""

from fractions import Fraction
from typing import NamedTuple

from . import schema as s
from .check import under, window
from .labels import Labels
from .sentences import exact, points

STAGES = {
    "proposal": ("submitted", "filed", "merged", "key", "outstanding", "not_filed", "passed_on"),
    "opinion": ("submitted", "issued", "adopted", "instructed"),
}
"""Stages that records of a kind can have; other kinds have none, or local ones."""
STAGE_OF = {"form": ("issued", "adopted", "instructed"), "organ": ("adopted",), "level": ("adopted", "instructed")}
"""Attributes of opinion reports that only some stages state."""


class Surprise(NamedTuple):
    """`kind`: twice | never | cap | grade; `table` and `code` name the part it is about, `text` is a Chinese sentence."""

    kind: str
    table: str
    code: str
    text: str


def surprises(ruleset):
    """→ warnings about a ruleset that check() accepts, in the order of the ruleset."""
    return [*_never(ruleset), *_twice(ruleset), *_caps(ruleset), *_grades(ruleset)]


# --- conditions ----------------------------------------------------------------------------------------------------


def _joined(*wheres):
    """Conditions that must hold together: {name: (codes or None, excluded codes)}; None when they cannot."""
    out = {}
    for where in wheres:
        for name, codes in where:
            taken, left_out = out.get(name, (None, frozenset()))
            if codes[0].startswith("!"):
                left_out = left_out | {c.removeprefix("!") for c in codes}
            else:
                taken = frozenset(codes) if taken is None else taken & frozenset(codes)
            out[name] = (taken, left_out)
    return out if all(taken is None or taken - left_out for taken, left_out in out.values()) else None


def _within(joined, where):
    """Whether whatever meets `joined` surely meets `where`."""
    for name, codes in where:
        taken, left_out = joined.get(name, (None, frozenset()))
        if codes[0].startswith("!"):
            banned = {c.removeprefix("!") for c in codes}
            if not (banned <= left_out or (taken is not None and not (taken - left_out) & banned)):
                return False
        elif taken is None or not taken - left_out <= set(codes):
            return False
    return True


def _possible(kind, unit, joined):
    """Whether a record of this kind can have such attributes at all."""
    stages = STAGES.get(kind)
    if joined is None or stages is None:
        return joined is not None
    taken, left_out = joined.get("stage", (None, frozenset()))
    left = {stage for stage in stages if (taken is None or stage in taken) and stage not in left_out}
    local = taken is not None and any(stage.startswith("x-") for stage in taken)
    if kind == "opinion":
        for name, where in STAGE_OF.items():
            codes, _ = joined.get(name, (None, None))
            if codes is not None and "" not in codes:
                left &= set(where)
    return bool(left) or local


def _days(*things):
    """The days on which all of them hold, as (first, last); None when there is none."""
    first = max((t[0] for t in things if t[0]), default=None)
    last = min((t[1] for t in things if t[1]), default=None)
    return None if first and last and first > last else (first, last)


def _dates(thing):
    return thing.valid_from, thing.valid_to


def _people(rule):
    """Whether anybody is left whom the rule is about."""
    joined = _joined(rule.who)
    return joined is not None and not (rule.who and any(_within(joined, e.where) for e in rule.excepted))


def _met_before(rows, n, joined):
    """Whether an earlier row always takes what would meet row n."""
    return any(not (r.valid_from or r.valid_to) and _within(joined, r.where) for r in rows[:n])


def _cases(r, rule):
    """[(scope, kind, row number, joined conditions, days)] – what records can earn a line under a rule of rows."""
    out = []
    for scope in rule.of:
        for kind in scope.kinds:
            for n, row in enumerate(rule.value.rows):
                joined = _joined(scope.where, row.where)
                days = _days(window(r, kind), _dates(rule), _dates(row))
                if days and _possible(kind, scope.unit, joined) and not _met_before(rule.value.rows, n, joined):
                    out.append((scope, kind, n, joined, days))
    return out


# --- a rule nothing can match --------------------------------------------------------------------------------------


def _never(r):
    for rule in r.rules:
        if not _people(rule):
            yield Surprise("never", "rule", rule.code, f"“{rule.name}”限定的人又都被除外，没有人能按它计分。")
        elif isinstance(rule.value, s.Rows):
            yield from _never_rows(r, rule)
        elif isinstance(rule.value, (s.Need, s.Ratio)):
            found = [
                kind
                for scope in rule.of
                for kind in scope.kinds
                if _days(window(r, kind), _dates(rule)) and _possible(kind, scope.unit, _joined(scope.where))
            ]
            if not found:
                yield Surprise("never", "rule", rule.code, _NOBODY.format(rule.name))
        elif not _days((r.first_day, r.last_day), _dates(rule)):
            yield Surprise("never", "rule", rule.code, _NOBODY.format(rule.name))


_NOBODY = (
    "“{}”没有任何记录能符合：所写的条件互相矛盾、这类记录没有这个环节，或有效日期不在计分期间内。请核对条件和日期。"
)


def _never_rows(r, rule):
    met = {n for _, _, n, _, _ in _cases(r, rule)}
    if not met:
        yield Surprise("never", "rule", rule.code, _NOBODY.format(rule.name))
        return
    for n, row in enumerate(rule.value.rows):
        if n not in met:
            yield Surprise(
                "never",
                "rule",
                rule.code,
                f"“{rule.name}”的第 {n + 1} 行（{exact(row.points)} 分）没有记录能符合：与前面的条件矛盾，或总是被上面的行先取走。"
                "请调整次序或条件。",
            )


# --- two rules that credit the same record -------------------------------------------------------------------------


def _twice(r):
    earning = [(rule, _cases(r, rule)) for rule in r.rules if isinstance(rule.value, s.Rows) and _people(rule)]
    parents = {c.code: c.parent for c in r.categories}
    rules = {rule.code: rule for rule in r.rules}
    together = [[set(under(h, rules, parents)) for h in o.headings] for o in r.once]
    labels = Labels(r.labels)
    for n, (a, of_a) in enumerate(earning):
        for b, of_b in earning[n + 1 :]:
            if _joined(a.who, b.who) is None or _apart(r, a, b, together):
                continue
            kind = _shared(a, of_a, b, of_b)
            if kind:
                yield Surprise(
                    "twice",
                    "rule",
                    b.code,
                    f"同一条{labels.kind(kind)}记录可以同时按“{a.name}”和“{b.name}”计分。"
                    "如果只应计一次，请加一条不重复计分，或把条件写到互不重叠。",
                )


def _apart(r, a, b, together):
    """Whether the ruleset says itself how the two go together: once, the first n here and the others there, or one of
    them printed apart from the total."""
    once = any(
        a.code in one and b.code in other
        for headings in together
        for one in headings
        for other in headings
        if one is not other
    )
    return once or _follows(a, b) or _follows(b, a) or _is_outside(r, a) != _is_outside(r, b)


def _follows(a, b):
    """Whether b starts with the object after the last one that a counts."""
    return a.limit is not None and a.of == b.of and a.skip + a.limit <= b.skip


def _is_outside(r, rule):
    categories = {c.code: c for c in r.categories}
    return any(c.outside for c in _above(categories, rule.category))


def _above(categories, code):
    while code in categories:
        yield categories[code]
        code = categories[code].parent


def _shared(a, of_a, b, of_b):
    """A kind of record that earns points under both."""
    for one, kind, n, _, days in of_a:
        if a.value.rows[n].points <= 0:
            continue
        for other, kind_too, m, _, days_too in of_b:
            if kind != kind_too or one.unit != other.unit or b.value.rows[m].points <= 0 or not _days(days, days_too):
                continue
            both = _joined(one.where, a.value.rows[n].where, other.where, b.value.rows[m].where)
            if both is None or not _possible(kind, one.unit, both):
                continue
            if not _met_before(a.value.rows, n, both) and not _met_before(b.value.rows, m, both):
                return kind
    return None


# --- a cap below one record's points -------------------------------------------------------------------------------


def _caps(r):
    categories = {c.code: c for c in r.categories}
    for rule in r.rules:
        most = _most(rule)
        above = [(c.name, c.cap, "category", c.code) for c in _above(categories, rule.category)]
        if not _is_outside(r, rule):
            above.append((r.total_name, r.total_cap, "total", s.TOTAL))
        for name, cap, table, code in above:
            if cap is not None and most * 100 > cap:
                yield Surprise(
                    "cap",
                    table,
                    code,
                    f"“{name}”最高 {points(cap)} 分，而“{rule.name}”一次就可计 {exact(most)} 分，超出的部分永远得不到。"
                    "请核对上限和分值。",
                )
                break


def _most(rule):
    """The greatest points of one record or one line of a rule."""
    match rule.value:
        case s.Rows(rows):
            always = Fraction(1)
            for factor in rule.times:
                if not factor.where and not factor.valid_from and not factor.valid_to:
                    always *= factor.factor
            return max((row.points for row in rows), default=Fraction(0)) * always
        case s.Base(amounts):
            return max((a.points for a in amounts), default=Fraction(0))
        case s.Manual(_, high):
            return Fraction(high, 100)
        case s.Need(mark) | s.Ratio(mark):
            return mark
    return Fraction(0)


# --- an unreachable grade ------------------------------------------------------------------------------------------


def _grades(r):
    highest = _attainable(r, s.TOTAL)
    names = [g.name for g in r.grades]
    ceilings = {names.index(g.ceiling) for g in r.gates if g.ceiling in names}
    for n, grade in enumerate(r.grades):
        if grade.at_least is not None and highest is not None and grade.at_least > highest:
            yield Surprise(
                "grade",
                "grade",
                grade.name,
                f"“{grade.name}”要 {points(grade.at_least)} 分，而各项加起来最多只有 {points(highest)} 分，没有人能达到。"
                "请核对下限和各类别的上限。",
            )
        elif grade.places == 0:
            yield Surprise("grade", "grade", grade.name, f"“{grade.name}”的名额是 0，没有人能评上。")
        else:
            yield from _overtaken(r, n, grade, ceilings)


def _overtaken(r, n, grade, ceilings):
    for m, better in enumerate(r.grades[:n]):
        takes_all = better.share is None and better.places is None
        same = better.at_least is None or (grade.at_least is not None and better.at_least <= grade.at_least)
        if takes_all and same and not any(m < ceiling <= n for ceiling in ceilings):
            yield Surprise(
                "grade",
                "grade",
                grade.name,
                f"够得上“{grade.name}”的人都已经够得上前面的“{better.name}”，没有人会评为“{grade.name}”。请核对两个下限。",
            )
            return


def _attainable(r, code):
    """The most that a category can come to, in hundredths; None when nothing bounds it."""
    node = next((c for c in r.categories if c.code == code), None)
    cap = node.cap if node else r.total_cap
    parts = [_bound(r, rule) for rule in r.rules if rule.category == code]
    parts += [_attainable(r, c.code) for c in r.categories if c.parent == code and not c.outside]
    beneath = None if None in parts else sum(parts)
    bound = cap if beneath is None else beneath if cap is None else min(cap, beneath)
    if bound is None or node is None:
        return bound
    return -(-bound * node.weight.numerator // node.weight.denominator)


def _bound(r, rule):
    """The most that one rule can bring, in hundredths; None when only the number of records bounds it."""
    most = _most(rule) * 100
    match rule.value:
        case s.Rows(rows) if rows and most <= 0:
            return 0
        case s.Base():
            return -(-most.numerator // most.denominator)
        case s.Need(_, _, _, every):
            most *= 4 if every == "quarter" else 1
            return -(-most.numerator // most.denominator)
        case s.Ratio():
            return -(-most.numerator // most.denominator)
        case s.Manual(_, high) if high <= 0:
            return 0
    return None
