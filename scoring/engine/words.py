"""A ruleset in Chinese words, from the same data it scores by: what staff proofread and members read.

`in_words(ruleset) → Words`; every switch is printed with the choice made, so that a silent regulation has no hidden answer.
"""

from typing import NamedTuple

from . import schema as s
from .compile import Rules
from .sentences import exact, exact_factor, heading_name, points, test_words


class Entry(NamedTuple):
    """One rule, category, gate, grade … in words."""

    code: str
    name: str
    category: str  # code of the category a rule or category stands in
    clause: str
    depth: int
    sentence: str


class Words(NamedTuple):
    title: str
    head: tuple[str, ...]
    switches: tuple[str, ...]
    categories: tuple[Entry, ...]
    rules: tuple[Entry, ...]
    once: tuple[Entry, ...]
    gates: tuple[Entry, ...]
    grades: tuple[Entry, ...]
    rank: str
    missing: tuple[str, ...]


def in_words(ruleset):
    """→ Words of a ruleset that check() accepts."""
    rules = Rules(ruleset)
    return Words(
        title=ruleset.title,
        head=tuple(head_words(ruleset)),
        switches=tuple(switches_words(rules)),
        categories=tuple(
            Entry(
                n.code,
                n.name,
                n.parent.code if n.parent else "",
                n.category.clause if n.category else "",
                n.depth,
                category_words(n),
            )
            for n in rules.nodes
        ),
        rules=tuple(
            Entry(
                i.rule.code,
                i.rule.name,
                i.rule.category,
                i.rule.clause or i.rule.source,
                i.node.depth + 1,
                rule_words(rules, i.rule),
            )
            for i in rules.items
        ),
        once=tuple(Entry(o.code, o.name or "不重复计分", "", o.clause, 0, once_words(rules, o)) for o in ruleset.once),
        gates=tuple(Entry(g.code, g.name, "", g.clause or g.source, 0, gate_words(rules, g)) for g in ruleset.gates),
        grades=tuple(Entry(g.name, g.name, "", g.clause, 0, grade_words(rules, g)) for g in ruleset.grades),
        rank=rank_words(rules),
        missing=ruleset.missing,
    )


def head_words(r):
    """Whom the ruleset is about, its days, and what stands above its clauses."""
    subjects = {"member": "委员", "special_committee": "专门委员会", "group": "活动组、工作室等集体"}[r.subjects]
    yield f"适用于{subjects}，{r.year} 年度，计分期间 {day(r.first_day)}至{day(r.last_day)}，第 {r.version} 版。"
    for text in (r.adopted, r.source and f"依据：{r.source}", r.note):
        if text:
            yield text


def day(value):
    return f"{value.year}年{value.month}月{value.day}日"


def _dates(thing):
    if thing.valid_from and thing.valid_to:
        return f"（{day(thing.valid_from)}至{day(thing.valid_to)}）"
    if thing.valid_from:
        return f"（自{day(thing.valid_from)}起）"
    return f"（到{day(thing.valid_to)}止）" if thing.valid_to else ""


def _codes(rules, name, codes):
    names = [rules.labels.code(name, c.removeprefix("!")) or "未注明" for c in codes]
    return ("除" + "、".join(names) + "外") if codes[0].startswith("!") else "、".join(names)


def where_words(rules, where):
    """Conditions joined by “且”; each names what it tests when its codes alone would not say."""
    plain = ("stage", "level", "form", "outcome", "way", "role", "part", "leave", "post")
    return "且".join(
        _codes(rules, n, c) if n in plain else f"{rules.labels.name(n)}为{_codes(rules, n, c)}" for n, c in where
    )


def scope_words(rules, scopes):
    out = []
    for scope in scopes:
        kinds = "、".join(rules.labels.kind(k) for k in scope.kinds)
        unit = "（按半天）" if scope.unit == "sitting" else ""
        where = where_words(rules, scope.where)
        out.append(f"{kinds}{unit}" + (f"（{where}）" if where else ""))
    return "，或".join(out)


def measure_of(rules, rule):
    if any(scope.unit == "sitting" for scope in rule.of):
        return "半天"
    return rules.labels.measure([k for scope in rule.of for k in scope.kinds])


def _score_words(value):
    return f"{'扣' if value < 0 else '计'} {exact(abs(value))} 分"


def rule_words(rules, rule):
    """One rule as one sentence: whom, what, how much, how changed, how chosen."""
    parts = [_VALUES[type(rule.value)](rules, rule)]
    parts += [
        f"{f'{where_words(rules, t.where)}的' if t.where else '一律'}乘 {exact_factor(t.factor)}{_dates(t)}"
        for t in rule.times
    ]
    parts += list(_choices(rules, rule))
    if rule.credit and rule.credit != rules.ruleset.switches.credit:
        parts.append("按提交、举办之日归年" if rule.credit == "event" else "按立案、采用等环节之日归年")
    text = "；".join(parts)
    if rule.who:
        text = f"仅限{where_words(rules, rule.who)}：" + text
    text += "".join(f"（{where_words(rules, e.where)}除外：{e.reason}）" for e in rule.excepted)
    return f"{text}{_dates(rule)}。"


def _rows(rules, rule):
    measure = measure_of(rules, rule)
    scope = scope_words(rules, rule.of)
    rows = rule.value.rows
    if len(rows) == 1 and not rows[0].where:
        return f"{scope}，每{measure}{_score_words(rows[0].points)}{_dates(rows[0])}"
    told = [
        f"{row.name or where_words(rules, row.where) or '其余'}{_score_words(row.points)}{_dates(row)}" for row in rows
    ]
    return f"{scope}，每{measure}：" + "，".join(told) + ("（依次看，先符合的为准）" if len(rows) > 1 else "")


def _base(rules, rule):
    told = []
    for amount in rule.value.amounts:
        posts = "、".join(rules.labels.code("post", p) for p in amount.posts)
        told.append(f"{posts or ('其他人' if told else '每人')} {exact(amount.points)} 分")
    return "基础分，年初即计：" + "，".join(told)


def _manual(rules, rule):
    names = {name for scope in rule.of for name, _ in scope.where}
    how = _given_by(rules, rule) if names <= {"by", "role", "rule"} else f"由人核定（{scope_words(rules, rule.of)}）"
    return f"{how}，{points(rule.value.low)} 至 {points(rule.value.high)} 分，须写理由并经第二人批准"


def _given_by(rules, rule):
    """Who gives the points: a person decides, or what is said in appraisals counts; a self part may be for reference."""
    decided, said, shown = not rule.of, [], False
    for scope in rule.of:
        where = dict(scope.where)
        decided = decided or "adjustment" in scope.kinds
        if "appraisal" not in scope.kinds:
            continue
        codes = [code for code in where.get("by", ()) if not code.startswith("!")]
        if "self" in where.get("role", ()):
            shown = True
        else:
            said += [rules.labels.code("by", code) for code in codes] or [rules.labels.kind("appraisal")]
    note = f"（{rules.labels.code('by', 'self')}仅作参考）" if shown else ""
    counted = f"按{'、'.join(dict.fromkeys(said))}计分" if said else ""
    return "，或".join(filter(None, ("由人核定" if decided or not said else "", counted))) + note


def _need(rules, rule):
    need, measure = rule.value, measure_of(rules, rule)
    each = "每季度" if need.every == "quarter" else "全年"
    asked = "凡召集的都参加" if need.n == s.ALL else f"达到 {need.n} {measure}"
    short = f"不足的按比例计（已有数 ÷ {'应有数' if need.n == s.ALL else need.n}）" if need.partial else "不足的计 0 分"
    return f"{scope_words(rules, rule.of)}，{each}{asked}计 {exact(need.points)} 分，{short}"


def _ratio(rules, rule):
    return (
        f"{exact(rule.value.points)} 分 ×（{scope_words(rules, rule.of)}的件数）÷（{scope_words(rules, rule.value.over)}的件数），"
        f"最多 {exact(rule.value.points)} 分；分母为 0 时不计"
    )


def _members(rules, rule):
    how = "平均（只算参加排名的成员）" if rule.value.by == "mean" else "合计"
    return f"成员的“{rules.node[rule.value.figure].name if rule.value.figure in rules.node else rule.value.figure}”得分{how}，成员以期末为准"


_VALUES = {s.Rows: _rows, s.Base: _base, s.Manual: _manual, s.Need: _need, s.Ratio: _ratio, s.Members: _members}


def _choices(rules, rule):
    measure = "份" if not rule.of else measure_of(rules, rule)
    if rule.named is not None:
        yield f"署名多人的只计前 {rule.named} 名"
    if rule.share:
        yield {
            "first": "联名的全部归第一人",
            "half": "联名的第一人得一半，其余的人均分另一半",
            "equal": "联名的平均分",
        }[rule.share] + ("（尾差归第一人）" if rule.conserve else "")
    if rule.highest:
        yield "同一件就高不就低"
    by = "按数量数" if rule.count == "quantity" else ""
    if rule.skip:
        yield f"从第 {rule.skip + 1} {measure}起计{by}"
    if rule.limit is not None:
        yield f"最多计 {rule.limit} {measure}{by}，取分值高的"
    elif rule.count == "quantity" and isinstance(rule.value, s.Need):
        yield "按数量数"


def category_words(node):
    parts = []
    if node.cap is not None:
        parts.append(f"最高 {points(node.cap)} 分")
    if node.floor is not None:
        parts.append(f"最低 {points(node.floor)} 分" + ("（扣完为止）" if node.floor == 0 else ""))
    if node.weight != 1:
        parts.append(f"按权重 {exact(node.weight)} 折算（来源：{node.category.provenance}）")
    if node.outside:
        parts.append("单列，不计入总分")
    if node.category and node.category.note:
        parts.append(node.category.note.rstrip("。"))
    return f"{node.name}：{'，'.join(parts) or '不设上下限'}。"


def once_words(rules, once):
    names = "、".join(f"“{heading_name(rules, h)}”" for h in once.headings)
    keep = "分值高的一项（相同的按列在前的）" if once.keep == "greatest" else "列在最前的一项"
    return f"同一件在{names}中只计{keep}。"


def gate_words(rules, gate):
    told = []
    for test in gate.tests:
        what, measure = test_words(rules, test)
        scope = what if test.name or test.figure else scope_words(rules, test.of)
        bound, n = ("至少", test.at_least) if test.at_least is not None else ("至多", test.at_most)
        years = "" if test.years == 1 else f"{test.years} 年{'合计' if test.years_by == 'sum' else '中至少一年'}"
        told.append(f"{years}{scope}{bound} {points(n) if test.figure else n} {measure}")
    text = ("，并且" if gate.match == "all" else "，或者").join(told)
    if gate.who:
        text = f"仅限{where_words(rules, gate.who)}：" + text
    text += "".join(f"（{where_words(rules, e.where)}除外：{e.reason}）" for e in gate.excepted)
    effect = [
        t
        for on, t in ((gate.zero, "总分归零"), (gate.ceiling, f"等次最高为{gate.ceiling}"), (gate.action, gate.action))
        if on
    ]
    return (
        f"{gate.name}：{text}；达不到的{'，'.join(effect)}。"
        if effect
        else f"{gate.name}：{text}（只提示，不影响等次）。"
    )


_TIES = {"in": "末位同分的都进，超出的名额从下一等次扣", "out": "末位同分的都不进"}


def grade_words(rules, grade):
    parts = []
    if grade.at_least is not None:
        parts.append(f"{points(grade.at_least)} 分以上（含）")
    if grade.share is not None:
        parts.append(f"不超过参加排名人数的 {exact(grade.share * 100)} %（不足一人的舍去）")
    if grade.places is not None:
        parts.append(f"不超过 {grade.places} 名")
    if grade.tie == "categories":
        names = "、".join(rules.node[c].name for c in grade.compare)
        parts.append(f"末位同分的依次比较{names}，仍相同的都不进")
    elif grade.tie:
        parts.append(_TIES[grade.tie])
    return f"{grade.name}：{'，'.join(parts) or '其余'}。"


def rank_words(rules):
    rank = rules.ruleset.rank
    if not rank.places:
        return "不排名次。"
    by = "、".join(rules.labels.name(name) for name in rank.by)
    text = f"按{by}分别排名" if by else "全体一起排名"
    text += f"，不足 {rank.smallest} 人的只列名单" if rank.smallest > 1 else ""
    text += "".join(f"，前 {exact(b.to * 100)} % 为{b.name}" for b in rank.bands)
    return text + "；同分同名次，其后的名次顺延（1、2、2、4）。"


def switches_words(rules):
    """Every switch with the choice made."""
    w, r = rules.ruleset.switches, rules.ruleset
    yield "事项按立案、采用、批示等环节之日归年。" if w.credit == "stage" else "事项按提交、举办之日归年。"
    yield (
        "任职不满一年的，达标件数按月折算，不足一件进为一件，会议不超过任职期间召集的次数。"
        if w.prorate_needs
        else "任职不满一年的，达标件数不折算。"
    )
    yield "基础分按任职月数折算。" if w.prorate_base else "基础分不按任职月数折算。"
    yield f"任职不足 {w.min_months} 个月的只列名单，不排名。" if w.min_months else "任职月数不足的也参加排名。"
    yield "任职满 15 日的月份计为一个月。"
    present, part = dict(w.present_from), dict(w.part_from)
    for kind in sorted(present | part):
        share = present.get(kind, 1)
        whole = "须全程参加才算出席" if share == 1 else f"出席 {exact_factor(share)} 以上的半天算出席"
        partly = f"，{exact_factor(part[kind])} 以上的算部分出席" if kind in part else ""
        yield f"{rules.labels.kind(kind)}{whole}{partly}。"
    yield "其他会议须全程参加才算出席。" if present or part else "会议须全程参加才算出席。"
    if w.exempt_leave:
        yield f"{'、'.join(rules.labels.code('leave', c) for c in w.exempt_leave)}不计入应到。"
    else:
        yield "各种请假都计入应到。"
    for window in r.windows:
        yield f"{rules.labels.kind(window.kind)}的期间为{day(window.first_day)}至{day(window.last_day)}。"
    for e in w.excluded:
        yield f"{where_words(rules, e.where)}不参加排名：{e.reason}。"
    yield f"总分显示 {w.decimals} 位小数；每一行四舍五入到 0.01 分，总分不再舍入。"
