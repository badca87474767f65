"""Refuses a ruleset that cannot be explained: `check(ruleset) → [Problem]`, each a Chinese sentence with its place.

Shape and types are plain.py's business; here are codes that must exist, bounds that must make sense, and combinations
of words that no sentence on a card could explain.
"""

from datetime import timedelta

from . import schema as s
from .check_judgement import gates_of, grades_of
from .check_rules import ONE_LINE, rules_of
from .check_scopes import excepted, unknown_kind
from .codec import Problem


def check(ruleset):
    """→ problems in the order of the file; empty when the ruleset may be used."""
    return [
        *_head(ruleset),
        *_windows(ruleset),
        *_categories(ruleset),
        *rules_of(ruleset),
        *_once(ruleset),
        *gates_of(ruleset),
        *grades_of(ruleset),
    ]


def _head(r):
    if r.subjects not in s.SUBJECT_KINDS:
        yield Problem("", None, "subjects", f"写的是“{r.subjects}”，应为 {'、'.join(s.SUBJECT_KINDS)} 之一。")
    if not r.code or not r.title:
        yield Problem("", None, "code", "代码和名称不能为空。")
    if r.version < 1:
        yield Problem("", None, "version", f"写的是 {r.version}，版本号从 1 开始。")
    yield from _days("", None, r.first_day, r.last_day)
    yield from _node("total", None, r.total_cap, r.total_floor)
    w = r.switches
    if w.credit not in ("stage", "event"):
        yield Problem(
            "switches",
            None,
            "credit",
            f"写的是“{w.credit}”，应为 stage（按立案、采用等环节之日）或 event（按提交、举办之日）。",
        )
    if not 0 <= w.decimals <= 2:
        yield Problem("switches", None, "decimals", f"写的是 {w.decimals}，应为 0 至 2。")
    if not 0 <= w.min_months <= 12:
        yield Problem("switches", None, "min_months", f"写的是 {w.min_months}，应为 0 至 12 个月。")
    for name in ("present_from", "part_from"):
        for kind, share in getattr(w, name):
            if kind not in s.KINDS and not kind.startswith("x-"):
                yield unknown_kind("switches", None, f"{name}.{kind}", kind)
            if not 0 < share <= 1:
                yield Problem("switches", None, f"{name}.{kind}", f"写的是 {share}，应为大于 0 且不超过 1 的比例。")
    present = dict(w.present_from)
    for kind, share in w.part_from:
        if share >= present.get(kind, 1):
            yield Problem(
                "switches", None, f"part_from.{kind}", f"部分出席线 {share} 应低于出席线 {present.get(kind, 1)}。"
            )
    for n, e in enumerate(w.excluded, 1):
        yield from excepted("switches", None, f"excluded[{n}]", e)


def _days(table, index, first, last):
    if first > last:
        yield Problem(table, index, "last_day", f"{last} 早于开始日 {first}，结束日应不早于开始日。")


def _windows(r):
    seen = set()
    for i, w in enumerate(r.windows):
        if w.kind not in s.KINDS and not w.kind.startswith("x-"):
            yield unknown_kind("window", i, "kind", w.kind)
        if w.kind in seen:
            yield Problem("window", i, "kind", f"“{w.kind}”的期间写了两次，每类事项只能有一个期间。")
        seen.add(w.kind)
        yield from _days("window", i, w.first_day, w.last_day)


def _node(table, index, cap, floor):
    if cap is not None and cap < 0:
        yield Problem(table, index, "cap", "上限不能小于 0。")
    if isinstance(floor, int) and floor > 0:
        yield Problem(table, index, "floor", "下限不能大于 0；每人都有的分请写成一条 base 规则。")


def _categories(r):
    codes = {s.TOTAL: None}
    for i, c in enumerate(r.categories):
        if not c.code or c.code in codes:
            yield Problem("category", i, "code", f"代码“{c.code}”为空或重复；每个类别须有自己的代码，total 留给总分。")
        if c.parent not in codes:
            yield Problem("category", i, "parent", f"上级“{c.parent}”不存在或写在后面；上级类别须先写。")
        codes[c.code] = c.parent
        yield from _node("category", i, c.cap, c.floor)
        if not 0 < c.weight <= 1:
            yield Problem("category", i, "weight", f"写的是 {c.weight}，权重应大于 0 且不超过 1。")
        if c.weight != 1 and not c.provenance:
            yield Problem(
                "category", i, "provenance", "写了权重，须同时说明这一部分分数的来源（自评、互评、部门评价……）。"
            )
    silent = {c.code: (i, c) for i, c in enumerate(r.categories) if c.floor == s.UNSTATED}
    parents = {c.code: c.parent for c in r.categories}
    blamed = set()
    for rule in r.rules:
        if not deducts(rule):
            continue
        code = rule.category
        while code and code not in blamed:
            blamed.add(code)
            if code == s.TOTAL and r.total_floor == s.UNSTATED:
                yield Problem(
                    "total",
                    None,
                    "floor",
                    f'规则“{rule.name}”会扣分，总分须写明 floor：最低分，或 "none" 表示不设下限。',
                )
            if code in silent:
                yield Problem(
                    "category",
                    silent[code][0],
                    "floor",
                    f'其中的规则“{rule.name}”会扣分，类别“{silent[code][1].name}”须写明 floor：最低分（如 0，扣完为止），或 "none" 表示不设下限。',
                )
            code = None if code == s.TOTAL or code == (parents.get(code)) else parents.get(code)


def deducts(rule):
    """Whether a line of this rule can be negative."""
    match rule.value:
        case s.Rows(rows):
            return any(row.points < 0 for row in rows)
        case s.Manual(low):
            return low < 0
        case s.Members():
            return True
    return False


def _once(r):
    rules = {rule.code: rule for rule in r.rules}
    parents = {c.code: c.parent for c in r.categories}
    seen = set()
    for i, o in enumerate(r.once):
        if not o.code or o.code in seen:
            yield Problem("once", i, "code", f"代码“{o.code}”为空或重复。")
        seen.add(o.code)
        if o.keep not in ("greatest", "first"):
            yield Problem("once", i, "keep", f"写的是“{o.keep}”，应为 greatest（就高）或 first（按先列者）。")
        if len(o.headings) < 2:
            yield Problem("once", i, "headings", "至少写两个项目，才谈得上不重复计分。")
        covered = {}
        for heading in o.headings:
            if heading not in rules and heading not in parents:
                yield Problem("once", i, "headings", f"没有“{heading}”这条规则或类别。")
                continue
            if heading in rules and isinstance(rules[heading].value, ONE_LINE):
                yield Problem("once", i, "headings", f"规则“{rules[heading].name}”不逐件计分，不能参加不重复计分。")
            for code in under(heading, rules, parents):
                if code in covered:
                    yield Problem(
                        "once",
                        i,
                        "headings",
                        f"规则“{rules[code].name}”同时属于“{covered[code]}”和“{heading}”，说不清按哪一项计。",
                    )
                covered[code] = heading


def under(heading, rules, parents):
    """Codes of the rules under a heading (a rule, or a category with all beneath)."""
    if heading in rules:
        return [heading]
    out = []
    for code, rule in rules.items():
        at = rule.category
        while at in parents and at != heading:
            at = parents[at]
        if at == heading:
            out.append(code)
    return out


def follows(earlier, later):
    """Sentences about windows of two consecutive years that overlap or leave a gap, by kind; for locking."""
    kinds = {w.kind for w in earlier.windows} | {w.kind for w in later.windows} | {""}
    out = []
    for kind in sorted(kinds):
        a, b = window(earlier, kind), window(later, kind)
        if a[1] + timedelta(days=1) != b[0]:
            what = "重叠" if a[1] >= b[0] else "中断"
            out.append(
                f"{kind or '全部事项'}：上一年度到 {a[1]} 止，本年度从 {b[0]} 起，期间{what}；本年度应从 {a[1] + timedelta(days=1)} 起。"
            )
    return out


def window(ruleset, kind):
    """(first day, last day) of a kind of fact."""
    for w in ruleset.windows:
        if w.kind == kind:
            return w.first_day, w.last_day
    return ruleset.first_day, ruleset.last_day
