"""Problems of rules: value words, and words that no sentence on a card could explain together."""

from . import schema as s
from .check_scopes import attendance, codes_of, dates, excepted, posts_of, scopes_of, unit_of
from .codec import Problem
from .sentences import points


def rules_of(r):
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
        yield from scopes_of("rule", i, "of", rule.of)
        yield from posts_of("rule", i, "who", rule.who)
        yield from dates("rule", i, "", rule.valid_from, rule.valid_to)
        for n, e in enumerate(rule.excepted, 1):
            yield from excepted("rule", i, f"except[{n}]", e)
        yield from _value(r, i, rule, codes)
        yield from _changes(i, rule)


def _value(r, i, rule, codes):
    value = rule.value
    if isinstance(value, (s.Rows, s.Need, s.Ratio)) and not rule.of:
        yield Problem("rule", i, "of", "没有写哪些事项（of）可以计分。")
    if isinstance(value, (s.Base, s.Members)) and rule.of:
        yield Problem("rule", i, "of", "基础分和成员得分不看事项，不能写 of。")
    yield from attendance("rule", i, "of", rule.of, value.rows if isinstance(value, s.Rows) else ())
    match value:
        case s.Rows(rows):
            if not rows:
                yield Problem("rule", i, "rows", "没有写分值。")
            for n, row in enumerate(rows, 1):
                yield from codes_of("rule", i, f"rows[{n}]", row.where, unit_of(rule.of))
                yield from dates("rule", i, f"rows[{n}]", row.valid_from, row.valid_to)
                if not row.where and not row.valid_from and not row.valid_to and n < len(rows):
                    yield Problem("rule", i, f"rows[{n}]", "这一行没有条件，总是最先符合，它下面的各行永远用不上。")
        case s.Base(amounts):
            if not amounts:
                yield Problem("rule", i, "base", "没有写分值。")
            for n, a in enumerate(amounts, 1):
                yield from posts_of("rule", i, f"base[{n}]", (("post", a.posts),))
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
                yield Problem("rule", i, "need", f'需要 {n} 件没有意义，应至少 1 件，或 "all"。')
            if every not in ("year", "quarter"):
                yield Problem("rule", i, "need.every", f"写的是“{every}”，应为 year 或 quarter。")
            if n == s.ALL and not all(
                set(sc.kinds) <= set(s.MEETING_KINDS)
                or all(k in s.MEETING_KINDS or k.startswith("x-") for k in sc.kinds)
                for sc in rule.of
            ):
                yield Problem("rule", i, "need.n", "“全部”只能用于会议和活动：只有它们才知道一共召集了几次。")
        case s.Ratio(mark, over):
            if mark < 0:
                yield Problem("rule", i, "ratio", "比率的满分不能是负数。")
            if not over:
                yield Problem("rule", i, "ratio.over", "没有写分母（over）。")
            yield from scopes_of("rule", i, "ratio.over", over)
        case s.Members(_, by):
            if by not in ("sum", "mean"):
                yield Problem("rule", i, "members.by", f"写的是“{by}”，应为 sum（合计）或 mean（平均）。")
            if r.subjects == "member":
                yield Problem("rule", i, "members", "成员得分只能用于专委会、活动组等集体的办法。")


ONE_LINE = (s.Base, s.Need, s.Ratio, s.Members)


def _changes(i, rule):
    one_line = isinstance(rule.value, ONE_LINE)
    word = {s.Base: "基础分", s.Need: "达标分", s.Ratio: "比率分", s.Members: "成员得分", s.Manual: "人工核定的分"}.get(
        type(rule.value)
    )
    used = [
        name
        for name, on in (
            ("times", rule.times),
            ("share", rule.share),
            ("highest", rule.highest),
            ("skip", rule.skip),
            ("limit", rule.limit is not None),
            ("named", rule.named is not None),
        )
        if on
    ]
    if one_line:
        for name in used:
            yield Problem("rule", i, name, f"{word}只有一行，说不清对它怎样{_DOES[name]}，请去掉 {name}。")
    elif isinstance(rule.value, s.Manual):
        for name in ("times", "share", "named"):
            if name in used:
                yield Problem("rule", i, name, f"{word}由人直接核定，不能再{_DOES[name]}，请去掉 {name}。")
    if rule.share not in ("", "first", "half", "equal"):
        yield Problem(
            "rule",
            i,
            "share",
            f"写的是“{rule.share}”，应为 first（第一人得全部）、half（第一人一半，其余均分）、equal（均分），或留空。",
        )
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
    if rule.count == "quantity" and isinstance(rule.value, s.Manual):
        yield Problem("rule", i, "count", "人工核定的分没有数量，只能按件计（objects）。")
    if rule.count == "quantity" and rule.highest:
        yield Problem("rule", i, "highest", "按数量计的规则里同一件的几行要相加，不能同时就高，请去掉其一。")
    values = (
        [row.points for row in rule.value.rows]
        if isinstance(rule.value, s.Rows)
        else [rule.value.low, rule.value.high]
        if isinstance(rule.value, s.Manual)
        else [0]
    )
    if rule.skip and min(values) < 0 < max(values):
        yield Problem(
            "rule", i, "skip", "这条规则既加分又扣分，从第几件起说不清是先数加分还是先数扣分，请分成两条规则。"
        )
    for n, t in enumerate(rule.times, 1):
        if t.factor < 0:
            yield Problem("rule", i, f"times[{n}]", "系数不能是负数。")
        yield from codes_of("rule", i, f"times[{n}]", t.where, unit_of(rule.of))
        yield from dates("rule", i, f"times[{n}]", t.valid_from, t.valid_to)


_DOES = {
    "times": "乘系数",
    "share": "分份额",
    "highest": "就高",
    "skip": "从第几件起",
    "limit": "限件数",
    "named": "限前几名",
}
