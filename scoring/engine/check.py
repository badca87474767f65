"""Refuses a ruleset that cannot be explained: `check(ruleset) → [Problem]`, each a Chinese sentence with its place.

Shape and types are plain.py's business; here are codes that must exist, bounds that must make sense, and combinations
of words that no sentence on a card could explain.
"""
from datetime import timedelta

from . import schema as s
from .plain import Problem
from .sentences import points


def check(ruleset):
    """→ problems in the order of the file; empty when the ruleset may be used."""
    return [*_head(ruleset), *_windows(ruleset), *_categories(ruleset), *_rules(ruleset), *_once(ruleset),
            *_gates(ruleset), *_grades(ruleset)]


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
        yield Problem("switches", None, "credit", f"写的是“{w.credit}”，应为 stage（按立案、采用等环节之日）或 event（按提交、举办之日）。")
    if not 0 <= w.decimals <= 2:
        yield Problem("switches", None, "decimals", f"写的是 {w.decimals}，应为 0 至 2。")
    if not 0 <= w.min_months <= 12:
        yield Problem("switches", None, "min_months", f"写的是 {w.min_months}，应为 0 至 12 个月。")
    for name in ("present_from", "part_from"):
        for kind, share in getattr(w, name):
            if kind not in s.KINDS and not kind.startswith("x-"):
                yield _kind("switches", None, f"{name}.{kind}", kind)
            if not 0 < share <= 1:
                yield Problem("switches", None, f"{name}.{kind}", f"写的是 {share}，应为大于 0 且不超过 1 的比例。")
    present = dict(w.present_from)
    for kind, share in w.part_from:
        if share >= present.get(kind, 1):
            yield Problem("switches", None, f"part_from.{kind}", f"部分出席线 {share} 应低于出席线 {present.get(kind, 1)}。")
    for n, e in enumerate(w.excluded, 1):
        yield from _excepted("switches", None, f"excluded[{n}]", e)


def _days(table, index, first, last):
    if first > last:
        yield Problem(table, index, "last_day", f"{last} 早于开始日 {first}，结束日应不早于开始日。")


def _windows(r):
    seen = set()
    for i, w in enumerate(r.windows):
        if w.kind not in s.KINDS and not w.kind.startswith("x-"):
            yield _kind("window", i, "kind", w.kind)
        if w.kind in seen:
            yield Problem("window", i, "kind", f"“{w.kind}”的期间写了两次，每类事项只能有一个期间。")
        seen.add(w.kind)
        yield from _days("window", i, w.first_day, w.last_day)


def _kind(table, index, key, kind):
    return Problem(table, index, key, f"没有“{kind}”这类事项；可用的有：{'、'.join(s.KINDS)}，本地事项以 x- 开头。")


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
            yield Problem("category", i, "provenance", "写了权重，须同时说明这一部分分数的来源（自评、互评、部门评价……）。")
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
                yield Problem("total", None, "floor", f"规则“{rule.name}”会扣分，总分须写明 floor：最低分，或 \"none\" 表示不设下限。")
            if code in silent:
                yield Problem("category", silent[code][0], "floor",
                              f"其中的规则“{rule.name}”会扣分，类别“{silent[code][1].name}”须写明 floor：最低分（如 0，扣完为止），或 \"none\" 表示不设下限。")
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


def _rules(r):
    codes = {c.code for c in r.categories}
    seen = set(codes) | {s.TOTAL}
    for i, rule in enumerate(r.rules):
        if not rule.code or rule.code in seen:
            yield Problem("rule", i, "code", f"代码“{rule.code}”为空，或与别的规则、类别重复。")
        seen.add(rule.code)
        if rule.category not in codes:
            yield Problem("rule", i, "category", f"类别“{rule.category}”不存在；规则须写在一个已有的类别下。")
        if rule.credit not in ("", "stage", "event"):
            yield Problem("rule", i, "credit", f"写的是“{rule.credit}”，应为 stage、event，或留空表示同总开关。")
        if not rule.clause and not rule.source:
            yield Problem("rule", i, "clause", "须写明条款（clause）或依据（source），二者至少其一。")
        yield from _scopes("rule", i, "of", rule.of)
        yield from _posts("rule", i, "who", rule.who)
        yield from _dates("rule", i, "", rule.valid_from, rule.valid_to)
        for n, e in enumerate(rule.excepted, 1):
            yield from _excepted("rule", i, f"except[{n}]", e)
        yield from _value(r, i, rule, codes)
        yield from _changes(i, rule)


def _dates(table, index, key, first, last):
    if first and last and first > last:
        yield Problem(table, index, f"{key}.to" if key else "to", f"{last} 早于起始日 {first}，截止日应不早于起始日。")


def _excepted(table, index, key, e):
    yield from _posts(table, index, key, e.where)
    if not e.where:
        yield Problem(table, index, key, "没有写哪些人除外，应至少写一个条件，如 post = [\"chair\"]。")
    if not e.reason:
        yield Problem(table, index, key, "须写明除外的理由（reason），卡片上要印出来。")


def _scopes(table, index, key, scopes):
    for n, scope in enumerate(scopes, 1):
        at = f"{key}[{n}]"
        if not scope.kinds:
            yield Problem(table, index, f"{at}.kind", "没有写事项，应至少写一类。")
        for kind in scope.kinds:
            if kind not in s.KINDS and not kind.startswith("x-"):
                yield _kind(table, index, f"{at}.kind", kind)
        if scope.unit not in ("meeting", "sitting"):
            yield Problem(table, index, f"{at}.unit", f"写的是“{scope.unit}”，应为 meeting（按次会议）或 sitting（按半天）。")
        yield from _codes(table, index, at, scope.where, scope.unit)


def _codes(table, index, at, where, unit):
    for name, codes in where:
        if not codes:
            yield Problem(table, index, f"{at}.{name}", "条件没有写任何代码。")
        if any(c.startswith("!") for c in codes) and not all(c.startswith("!") for c in codes):
            yield Problem(table, index, f"{at}.{name}", "带 ! 的排除和不带 ! 的选取不能写在同一个条件里。")
        allowed = s.CODES.get(name)
        if name == "outcome":
            allowed = s.MEETING_OUTCOMES if unit == "meeting" else s.SITTING_OUTCOMES if unit == "sitting" else allowed
        for code in codes:
            bare = code.removeprefix("!")
            if name == "stage" and bare in ("sitting", "meeting"):
                yield Problem(table, index, f"{at}.{name}", f"“{bare}”不写成 stage，请写 unit = \"{bare}\"。")
            elif name == "outcome" and bare in ("late", "left_early") and unit == "meeting":
                yield Problem(table, index, f"{at}.{name}", "会议的结果里没有迟到、早退（算出席）；要按迟到、早退计分，请写 unit = \"sitting\"。")
            elif name == "outcome" and bare == "part" and unit == "sitting":
                yield Problem(table, index, f"{at}.{name}", "一个半天没有“部分出席”，请写 unit = \"meeting\"。")
            elif allowed and bare and bare not in allowed and not bare.startswith("x-"):
                yield Problem(table, index, f"{at}.{name}", f"没有“{bare}”；可用的有：{'、'.join(allowed)}，本地代码以 x- 开头。")


def _attendance(table, index, at, scopes, rows=()):
    """Attendance must say how it was attended: without it an absence would earn as much as presence."""
    for n, scope in enumerate(scopes, 1):
        kinds = [k for k in scope.kinds if k in s.MEETING_KINDS]
        said = [{name for name, _ in where} & {"outcome", "part"} for where in [scope.where, *(row.where for row in rows)]]
        if kinds and not said[0] and not (rows and all(said[1:])):
            yield Problem(table, index, f"{at}[{n}]", f"{'、'.join(kinds)} 是会议活动，须写明怎样出席才算（outcome，如 \"present\"），"
                                                      "否则缺席也会计分；可写在 of 里，或写在每一行 rows 里。")


def _posts(table, index, at, where):
    for name, codes in where:
        for code in codes if name == "post" else ():
            bare = code.removeprefix("!")
            if bare not in s.POSTS and not bare.startswith("x-"):
                yield Problem(table, index, f"{at}.post", f"没有“{bare}”这个职务；可用的有：{'、'.join(s.POSTS)}，本地职务以 x- 开头。")


def _units(scopes):
    units = {scope.unit for scope in scopes}
    return units.pop() if len(units) == 1 else ""


def _value(r, i, rule, codes):
    value = rule.value
    if isinstance(value, (s.Rows, s.Need, s.Ratio)) and not rule.of:
        yield Problem("rule", i, "of", "没有写哪些事项（of）可以计分。")
    if isinstance(value, (s.Base, s.Members)) and rule.of:
        yield Problem("rule", i, "of", "基础分和成员得分不看事项，不能写 of。")
    yield from _attendance("rule", i, "of", rule.of, value.rows if isinstance(value, s.Rows) else ())
    match value:
        case s.Rows(rows):
            if not rows:
                yield Problem("rule", i, "rows", "没有写分值。")
            for n, row in enumerate(rows, 1):
                yield from _codes("rule", i, f"rows[{n}]", row.where, _units(rule.of))
                yield from _dates("rule", i, f"rows[{n}]", row.valid_from, row.valid_to)
                if not row.where and not row.valid_from and not row.valid_to and n < len(rows):
                    yield Problem("rule", i, f"rows[{n}]", "这一行没有条件，总是最先符合，它下面的各行永远用不上。")
        case s.Base(amounts):
            if not amounts:
                yield Problem("rule", i, "base", "没有写分值。")
            for n, a in enumerate(amounts, 1):
                yield from _posts("rule", i, f"base[{n}]", (("post", a.posts),))
                if a.points < 0:
                    yield Problem("rule", i, f"base[{n}]", "基础分不能是负数。")
                if not a.posts and n < len(amounts):
                    yield Problem("rule", i, f"base[{n}]", "没有写职务的一行适用于所有其他人，应写在最后。")
        case s.Manual(low, high):
            if low > high:
                yield Problem("rule", i, "manual", f"下限 {points(low)} 大于上限 {points(high)}。")
            for scope in rule.of:
                if not set(scope.kinds) <= {"adjustment", "appraisal"}:
                    yield Problem("rule", i, "of", "人工核定的分只来自 adjustment（加减分）或 appraisal（评价）。")
        case s.Need(mark, n, _, every):
            if mark < 0:
                yield Problem("rule", i, "need", "达标分不能是负数；扣分请用 rows。")
            if n != s.ALL and n < 1:
                yield Problem("rule", i, "need", f"需要 {n} 件没有意义，应至少 1 件，或 \"all\"。")
            if every not in ("year", "quarter"):
                yield Problem("rule", i, "need.every", f"写的是“{every}”，应为 year 或 quarter。")
            if n == s.ALL and not all(set(sc.kinds) <= set(s.MEETING_KINDS) or all(k in s.MEETING_KINDS or k.startswith("x-") for k in sc.kinds)
                                      for sc in rule.of):
                yield Problem("rule", i, "need.n", "“全部”只能用于会议和活动：只有它们才知道一共召集了几次。")
        case s.Ratio(mark, over):
            if mark < 0:
                yield Problem("rule", i, "ratio", "比率的满分不能是负数。")
            if not over:
                yield Problem("rule", i, "ratio.over", "没有写分母（over）。")
            yield from _scopes("rule", i, "ratio.over", over)
        case s.Members(figure, by):
            if by not in ("sum", "mean"):
                yield Problem("rule", i, "members.by", f"写的是“{by}”，应为 sum（合计）或 mean（平均）。")
            if r.subjects == "member":
                yield Problem("rule", i, "members", "成员得分只能用于专委会、活动组等集体的办法。")


_ONE_LINE = (s.Base, s.Need, s.Ratio, s.Members)


def _changes(i, rule):
    one_line = isinstance(rule.value, _ONE_LINE)
    word = {s.Base: "基础分", s.Need: "达标分", s.Ratio: "比率分", s.Members: "成员得分", s.Manual: "人工核定的分"}.get(type(rule.value))
    used = [name for name, on in (("times", rule.times), ("share", rule.share), ("highest", rule.highest), ("skip", rule.skip),
                                  ("limit", rule.limit is not None), ("named", rule.named is not None)) if on]
    if one_line:
        for name in used:
            yield Problem("rule", i, name, f"{word}只有一行，说不清对它怎样{_DOES[name]}，请去掉 {name}。")
    elif isinstance(rule.value, s.Manual):
        for name in ("times", "share", "named"):
            if name in used:
                yield Problem("rule", i, name, f"{word}由人直接核定，不能再{_DOES[name]}，请去掉 {name}。")
    if rule.share not in ("", "first", "half", "equal"):
        yield Problem("rule", i, "share", f"写的是“{rule.share}”，应为 first（第一人得全部）、half（第一人一半，其余均分）、equal（均分），或留空。")
    if rule.conserve and rule.share not in ("half", "equal"):
        yield Problem("rule", i, "conserve", "只有 half、equal 会产生尾差，没有份额可分时不能写 conserve。")
    if rule.named is not None and rule.named < 1:
        yield Problem("rule", i, "named", f"写的是 {rule.named}，应至少为 1。")
    if rule.skip < 0:
        yield Problem("rule", i, "skip", f"写的是 {rule.skip}，应不小于 0。")
    if rule.limit is not None and rule.limit < 1:
        yield Problem("rule", i, "limit", f"写的是 {rule.limit}，应至少为 1；一件都不计的规则请删去。")
    if rule.count not in ("objects", "quantity"):
        yield Problem("rule", i, "count", f"写的是“{rule.count}”，应为 objects（按件）或 quantity（按数量）。")
    if rule.count == "quantity" and rule.highest:
        yield Problem("rule", i, "highest", "按数量计的规则里同一件的几行要相加，不能同时就高，请去掉其一。")
    values = [row.points for row in rule.value.rows] if isinstance(rule.value, s.Rows) else \
        [rule.value.low, rule.value.high] if isinstance(rule.value, s.Manual) else [0]
    if rule.skip and min(values) < 0 < max(values):
        yield Problem("rule", i, "skip", "这条规则既加分又扣分，从第几件起说不清是先数加分还是先数扣分，请分成两条规则。")
    for n, t in enumerate(rule.times, 1):
        if t.factor < 0:
            yield Problem("rule", i, f"times[{n}]", "系数不能是负数。")
        yield from _codes("rule", i, f"times[{n}]", t.where, _units(rule.of))
        yield from _dates("rule", i, f"times[{n}]", t.valid_from, t.valid_to)


_DOES = {"times": "乘系数", "share": "分份额", "highest": "就高", "skip": "从第几件起", "limit": "限件数", "named": "限前几名"}


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
            if heading in rules and isinstance(rules[heading].value, _ONE_LINE):
                yield Problem("once", i, "headings", f"规则“{rules[heading].name}”不逐件计分，不能参加不重复计分。")
            for code in under(heading, rules, parents):
                if code in covered:
                    yield Problem("once", i, "headings", f"规则“{rules[code].name}”同时属于“{covered[code]}”和“{heading}”，说不清按哪一项计。")
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


def _gates(r):
    figures = {s.TOTAL} | {c.code for c in r.categories}
    grades = {g.name for g in r.grades}
    seen = set()
    for i, g in enumerate(r.gates):
        if not g.code or g.code in seen:
            yield Problem("gate", i, "code", f"代码“{g.code}”为空或重复。")
        seen.add(g.code)
        if not g.clause and not g.source:
            yield Problem("gate", i, "clause", "须写明条款（clause）或依据（source），二者至少其一。")
        if g.match not in ("all", "any"):
            yield Problem("gate", i, "match", f"写的是“{g.match}”，应为 all（各项都要）或 any（任一项即可）。")
        if g.ceiling and g.ceiling not in grades:
            yield Problem("gate", i, "ceiling", f"没有“{g.ceiling}”这个等次；可用的有：{'、'.join(grades)}。")
        if not g.tests:
            yield Problem("gate", i, "tests", "没有写任何条件。")
        yield from _posts("gate", i, "who", g.who)
        for n, e in enumerate(g.excepted, 1):
            yield from _excepted("gate", i, f"except[{n}]", e)
        for n, t in enumerate(g.tests, 1):
            yield from _test(i, f"tests[{n}]", t, figures)


def _test(i, at, t, figures):
    if bool(t.of) == bool(t.figure):
        yield Problem("gate", i, at, "须写明数哪些事项（of）或看哪一项分数（figure），且只能写一种。")
    if (t.at_least is None) == (t.at_most is None):
        yield Problem("gate", i, at, "须写明至少（at_least）或至多（at_most），且只能写一种。")
    if t.figure and t.figure not in figures:
        yield Problem("gate", i, f"{at}.figure", f"没有“{t.figure}”这个类别。")
    if t.years < 1:
        yield Problem("gate", i, f"{at}.years", f"写的是 {t.years}，应至少为 1。")
    if t.years_by not in ("sum", "each"):
        yield Problem("gate", i, f"{at}.years_by", f"写的是“{t.years_by}”，应为 sum（各年合计）或 each（年年不达标才算不达标）。")
    if t.credit not in ("", "stage", "event"):
        yield Problem("gate", i, f"{at}.credit", f"写的是“{t.credit}”，应为 stage、event，或留空。")
    if t.count not in ("objects", "quantity"):
        yield Problem("gate", i, f"{at}.count", f"写的是“{t.count}”，应为 objects 或 quantity。")
    yield from _scopes("gate", i, f"{at}.of", t.of)
    yield from _attendance("gate", i, f"{at}.of", t.of)


def _grades(r):
    categories = {c.code for c in r.categories}
    seen, bound = set(), None
    for i, g in enumerate(r.grades):
        if not g.name or g.name in seen:
            yield Problem("grade", i, "name", f"等次名“{g.name}”为空或重复。")
        seen.add(g.name)
        if bound is not None and g.at_least is not None and g.at_least > bound:
            yield Problem("grade", i, "at_least", "等次须从高到低写，下限不能比上一等次高。")
        bound = g.at_least if g.at_least is not None else bound
        quota = g.share is not None or g.places is not None
        if g.share is not None and not 0 < g.share <= 1:
            yield Problem("grade", i, "share", f"写的是 {g.share}，比例应大于 0 且不超过 1。")
        if g.places is not None and g.places < 0:
            yield Problem("grade", i, "places", f"写的是 {g.places}，名额不能小于 0。")
        if quota and g.tie not in ("in", "out", "categories"):
            yield Problem("grade", i, "tie", f"写的是“{g.tie}”；有名额就须写明末位同分怎么办：in（都进）、out（都不进）、categories（依次比较各类别）。")
        if not quota and g.tie:
            yield Problem("grade", i, "tie", "没有名额限制，不存在末位同分，请留空。")
        if (g.tie == "categories") != bool(g.compare):
            yield Problem("grade", i, "compare", "tie = \"categories\" 须写明依次比较哪些类别（compare），其他情形留空。")
        for code in g.compare:
            if code not in categories:
                yield Problem("grade", i, "compare", f"没有“{code}”这个类别。")
    last = 0
    for band in r.rank.bands:
        if not last < band.to <= 1:
            yield Problem("rank", None, "bands", f"分段“{band.name}”的界 {band.to} 应大于前一段且不超过 1。")
        last = band.to
    if r.rank.smallest < 1:
        yield Problem("rank", None, "smallest", f"写的是 {r.rank.smallest}，应至少为 1。")


def follows(earlier, later):
    """Sentences about windows of two consecutive years that overlap or leave a gap, by kind; for locking."""
    kinds = {w.kind for w in earlier.windows} | {w.kind for w in later.windows} | {""}
    out = []
    for kind in sorted(kinds):
        a, b = window(earlier, kind), window(later, kind)
        if a[1] + timedelta(days=1) != b[0]:
            what = "重叠" if a[1] >= b[0] else "中断"
            out.append(f"{kind or '全部事项'}：上一年度到 {a[1]} 止，本年度从 {b[0]} 起，期间{what}；本年度应从 {a[1] + timedelta(days=1)} 起。")
    return out


def window(ruleset, kind):
    """(first day, last day) of a kind of fact."""
    for w in ruleset.windows:
        if w.kind == kind:
            return w.first_day, w.last_day
    return ruleset.first_day, ruleset.last_day
