"""What a person can say over the telephone about one line, category or gate of a card. Chinese, from the card's own data."""

from fractions import Fraction

from . import schema as s


def points(hundredths):
    """Hundredths as people write them: 300 → 3, 250 → 2.5, 208 → 2.08."""
    sign, whole, rest = "-" if hundredths < 0 else "", *divmod(abs(hundredths), 100)
    return f"{sign}{whole}" if not rest else f"{sign}{whole}.{rest:02d}".rstrip("0")


def exact(value):
    """A fraction of points: 2.5, or 1/3 when it never ends."""
    whole, rest = divmod(value.numerator * 100, value.denominator)  # an int has both, too
    return f"{value.numerator}/{value.denominator}" if rest else points(whole)


def line_sentence(rules, line):
    """The calculation, the clause, what took points away, and what is left."""
    text = _memo_calculation(rules, line)
    if not line.taken:
        return text + "。"
    reasons = [_REASONS[by.split(":")[0]](rules, line, by, about) for by, _, about in line.taken]
    counted = line.counted
    got = f"实扣 {points(-counted)} 分" if line.earned < 0 else f"实得 {points(counted)} 分"
    return f"{text}；{'；'.join(reasons)}，{got}。"


def _memo_calculation(rules, line):
    if line.about is not None or line.shown_only:
        return _calculation(rules, line)
    key = (
        line.order,
        id(line.variant),
        line.quantity,
        line.share,
        line.position,
        line.sharers,
        line.signature if line.variant else (line.signature, line.earned),
    )
    text = rules.words.get(key)
    if text is None or text[1] is not line.variant:  # the variant is kept so that its id stays its own
        if len(rules.words) > 20000:
            rules.words.clear()
        text = rules.words[key] = (_calculation(rules, line), line.variant)
    return text[0]


def clause(thing):
    """“，按第六条”, or the source when no clause is known."""
    named = thing.clause or thing.source
    return f"，按{named}" if named else ""


def _calculation(rules, line):
    if line.item is None:
        about = line.about
        if about["word"] == "veto":
            return f"因“{about['gate'].name}”，总分 {points(-line.earned)} 分归零{clause(about['gate'])}"
        weight = line.node.weight
        return (
            f"折算：本项 {points(about['figure'])} 分，权重 {exact(weight)}，计 {points(about['figure'] + line.earned)} 分"
            f"（来源：{line.node.category.provenance}）"
        )
    rule = line.item.rule
    if line.shown_only:
        return f"自评 {points(line.quantity)} 分，仅作参考，不计分{clause(rule)}"
    if isinstance(rule.value, s.Manual):
        if line.kind == "appraisal":
            who = rules.labels.code("by", rules.values(line.signature).get("by", "")) or rules.labels.kind(line.kind)
            return f"{who} {points(line.earned)} 分{clause(rule)}"
        return f"核定{'扣' if line.earned < 0 else ''} {points(abs(line.earned))} 分{clause(rule)}"
    if line.about is not None:
        return _SINGLE[type(rule.value)](rules, line, rule, line.about) + clause(rule)
    verb = "扣" if line.earned < 0 else "计"
    result = f"{verb} {points(abs(line.earned))} 分"
    parts = _parts(rules, line, rule)
    return (f"{' × '.join(parts)}，{result}" if len(parts) > 1 else result) + clause(rule)


def _parts(rules, line, rule):
    variant = line.variant
    row = f"{exact(abs(variant.row.points))} 分"
    parts = [row]
    if line.quantity != 100:
        parts.append(f"{points(line.quantity)} {rules.labels.measure((line.kind,))}")
    parts += [f"{exact_factor(t.factor)}（{t.name or '系数'}）" for t in variant.factors]
    if line.share is not None:
        if rule.named is not None and line.position > rule.named:
            parts.append(f"0（署名第 {line.position}，只计前 {rule.named} 名）")
        elif line.share == (0, 1):
            parts.append("0（第一提案人得分，本人为联名人）")
        else:
            parts.append(f"{exact_factor(Fraction(*line.share))}（署名第 {line.position}，共 {line.sharers} 人）")
    return parts


def exact_factor(value):
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _base_words(rules, line, rule, about):
    if line.earned == about["points"] * 100:
        return f"基础分，计 {points(line.earned)} 分"
    return f"基础分 {exact(about['points'])} 分，任职计 {about['months']} 个月（共 {about['of_months']} 个月），计 {points(line.earned)} 分"


def _need_words(rules, line, rule, about):
    measure = rules.labels.measure([k for scope in rule.of for k in scope.kinds])
    if about["stated"] == s.ALL:
        asked = f"应参加 {exact(about['need'])} {measure}，须全部参加"
    elif about["need"] != about["stated"]:
        asked = f"要求 {about['stated']} {measure}，按任职时间折算为 {exact(about['need'])} {measure}"
    else:
        asked = f"要求 {about['need']} {measure}"
    when = f"{about['within'][0].isoformat()} 至 {about['within'][1].isoformat()} " if about["within"] else ""
    have = f"{when}已有 {exact(about['have'])} {measure}（{asked}）"
    if about["have"] >= about["need"]:
        return f"{have}，达标，计 {points(line.earned)} 分"
    if about["partial"]:
        return f"{have}，按比例计 {points(line.earned)} 分"
    return f"{have}，未达标，计 0 分"


def _ratio_words(rules, line, rule, about):
    return f"{about['have']} ÷ {about['over']}，满分 {exact(about['points'])} 分，计 {points(line.earned)} 分"


def _members_words(rules, line, rule, about):
    what = rules.node[about["figure"]].name if about["figure"] in rules.node else rules.labels.name(about["figure"])
    return f"{about['count']} 名成员的{what}{'平均' if about['by'] == 'mean' else '合计'}，计 {points(line.earned)} 分"


_SINGLE = {s.Base: _base_words, s.Need: _need_words, s.Ratio: _ratio_words, s.Members: _members_words}


def _highest_reason(rules, line, by, about):
    return f"同一件就高不就低，已按 {points(about['best'].earned)} 分的一项计"


def heading_name(rules, code):
    found = rules.node.get(code)
    return found.name if found else next(r.name for r in rules.ruleset.rules if r.code == code)


def _once_reason(rules, line, by, about):
    return f"不重复计分，本件按“{heading_name(rules, about['kept'])}”计"


def _skip_reason(rules, line, by, about):
    rule, measure = line.item.rule, rules.labels.measure((line.kind,))
    if "units" in about:
        return f"从第{rule.skip + 1}{measure}起，前面的 {points(about['units'])} {measure}不计"
    return f"从第{rule.skip + 1}{measure}起，本{measure}为第{about['place']}{measure}"


def _limit_reason(rules, line, by, about):
    rule, measure = line.item.rule, rules.labels.measure((line.kind,))
    if "units" in about:
        return f"最多计{rule.limit}{measure}，超出 {points(about['units'])} {measure}"
    return f"超出{rule.limit}{measure}（本{measure}为第{about['place'] - rule.skip}{measure}）"


def _cap_reason(rules, line, by, about):
    node = rules.node[by.split(":")[1]]
    return f"因{category_name(node)}已达 {points(node.cap)} 分上限"


def _floor_reason(rules, line, by, about):
    node = rules.node[by.split(":")[1]]
    return f"因{category_name(node)}已扣至 {points(node.floor)} 分下限"


def category_name(node):
    return node.name if node.parent is None or node.name.endswith(("类", "分")) else f"{node.name}类"


_REASONS = {
    "highest": _highest_reason,
    "once": _once_reason,
    "skip": _skip_reason,
    "limit": _limit_reason,
    "cap": _cap_reason,
    "floor": _floor_reason,
}


def node_sentence(node, figure):
    """“提案：20 分，上限 25 分，还可计 5 分。”"""
    text = f"{node.name}：{points(figure)} 分"
    if node.cap is not None:
        text += f"，上限 {points(node.cap)} 分"
        text += f"，还可计 {points(node.cap - figure)} 分" if figure < node.cap else "，已达上限"
    if node.floor is not None and figure == node.floor:
        text += f"，已到下限 {points(node.floor)} 分" if figure < 0 else ""
    return text + ("，单列，不计入总分" if node.outside else "") + "。"


def test_words(rules, test):
    """(what, measure) of a gate's test."""
    if test.figure:
        return test.name or rules.node[test.figure].name, "分"
    kinds = list(dict.fromkeys(k for scope in test.of for k in scope.kinds))
    return test.name or "、".join(rules.labels.kind(k) for k in kinds), rules.labels.measure(kinds)


def reading_words(rules, reading):
    test = reading.test
    what, measure = test_words(rules, test)
    show = points if test.figure else exact
    bound = "至少" if test.at_least is not None else "至多"
    years = f"近 {test.years} 年" if test.years > 1 else ""
    return f"{years}{what} {show(reading.have)} {measure}（要求{bound} {show(reading.need)} {measure}）"


def gate_sentence(rules, verdict):
    gate = verdict.gate
    text = f"{gate.name}：" + ("；" if gate.match == "all" else "，或").join(
        reading_words(rules, r) for r in verdict.readings
    )
    if verdict.exempted:
        return text + "，经批准免除。"
    if verdict.met:
        return text + "，符合。"
    return text + "，不符合" + "".join(effects(gate)) + clause(gate) + "。"


def effects(gate):
    if gate.zero:
        yield "，总分归零"
    if gate.ceiling:
        yield f"，等次最高为{gate.ceiling}"
    if gate.action:
        yield f"，{gate.action}"
