"""Golden cases: a ruleset, subjects, facts and what must come out, in TOML an office can read. Format: docs/rules.md.

`run(case, read)` → list of Chinese sentences, one per difference; empty when the case holds. Nothing here can write
expectations.
"""

import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction

from . import schema as s
from .compile import compile
from .placing import Standing, place, standing
from .plain import LISTS
from .score import score
from .sentences import points
from .toml import loads, ruleset_from

CASE_KEYS = (
    "title",
    "clause",
    "note",
    "ruleset",
    "refused",
    "subject",
    "fact",
    "facts",
    "expect",
    "standing",
    "placing",
    "grades",
)
SUBJECT_KEYS = ("key", "kind", "post", "posts", "served", "attributes", "exempt", "members", "earlier")
FACT_KEYS = (
    "on",
    "origin",
    "kind",
    "object",
    "key",
    "quantity",
    "position",
    "sharers",
    "matter",
    "subject",
    "sitting",
    "sittings",
)
LINE_KEYS = ("rule", "fact", "counted", "earned", "taken", "on", "clause", "share", "times", "sentence")
EXPECT_KEYS = (
    "subject",
    "error",
    "total",
    "lines",
    "figures",
    "outside",
    "months",
    "post",
    "ranked",
    "reason",
    "threshold",
    "ceiling",
    "gates",
    "grade",
    "place",
    "band",
)


class CaseError(ValueError):
    """A case file that says something unclear; the text tells where."""


def cases_in(text):
    """[(title, case)] of a file: the file itself, or its [[case]] tables, which inherit the file's ruleset, subjects
    and facts where they state none of their own."""
    try:
        plain = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"不是有效的 TOML：{error}") from error
    common = {k: v for k, v in plain.items() if k != "case"}
    found = [common | case for case in plain["case"]] if "case" in plain else [common]
    for n, case in enumerate(found, 1):
        only(case, CASE_KEYS, f"第 {n} 个用例")
        if not case.get("title"):
            raise CaseError(f"第 {n} 个用例没有写 title。")
    return [(case["title"], case) for case in found]


def run(case, read):
    """One case of cases_in(). `read(path)` gives the text of a ruleset file named by the case."""
    try:
        rules = compile(_ruleset(case, read))
    except s.RulesetError as error:
        if "refused" not in case:
            return [f"办法被拒绝：{p}" for p in error.problems]
        return _refusals(case["refused"], error.problems)
    if "refused" in case:
        return ["办法应被拒绝，却通过了。"]
    if "standing" in case:
        return _check_placings(rules, case)
    subjects = _subjects(case, rules)
    facts = _facts(case, subjects)
    expects = {e.get("subject", next(iter(subjects))): e for e in listed(case.get("expect", []))}
    if not expects:
        raise CaseError("没有写 [[expect]]，什么也没有检验。")
    for key in expects:
        if key not in subjects:
            raise CaseError(f"[[expect]] 写了没有的对象“{key}”。")
    out, cards = [], {}
    for key, subject in subjects.items():
        try:
            cards[key] = score(rules, subject, facts[key]).plain()
        except s.FactError as error:
            wanted = expects.get(key, {}).get("error")
            if not wanted or wanted not in str(error):
                out.append(f"{key}：出错：{error}")
            continue
        if "error" in expects.get(key, {}):
            out.append(f"{key}：应当出错（{expects[key]['error']}），却算出了 {points(cards[key]['total'])} 分。")
    placings = place(rules, [standing(card) for card in cards.values()])
    for key, expect in expects.items():
        if key in cards and "error" not in expect:
            out += [f"{key}：{difference}" for difference in _differences(expect, cards[key], placings[key])]
    return out


def listed(value):
    """One table may stand for a list of one."""
    return [value] if isinstance(value, dict) else value


def only(table, keys, where):
    unknown = [k for k in table if k not in keys]
    if unknown:
        raise CaseError(f"{where}里没有“{'、'.join(unknown)}”这个键；可用的有：{'、'.join(keys)}。")


def _refusals(wanted, problems):
    wanted = [wanted] if isinstance(wanted, str) else wanted
    out = [f"拒绝的理由里应有“{w}”，实为：{' / '.join(problems)}" for w in wanted if not any(w in p for p in problems)]
    if len(problems) != len(wanted):
        out.append(f"应有 {len(wanted)} 条拒绝的理由，实有 {len(problems)} 条：{' / '.join(problems)}")
    return out


def _ruleset(case, read):
    """A path, or a table in the format of a ruleset with short defaults for what a case does not care about."""
    found = case.get("ruleset")
    if isinstance(found, str):
        return loads(read(found))
    if found is None:
        raise CaseError('没有写办法：ruleset = "路径" 或 [ruleset] 表。')
    plain = {"code": "case", "title": case.get("title", "用例"), "year": 2026} | found
    plain.setdefault("first_day", date(plain["year"], 1, 1))
    plain.setdefault("last_day", date(plain["year"], 12, 31))
    plain["total"] = {"floor": s.NONE} | plain.get("total", {})
    if "category" not in plain:
        plain["category"] = [{"code": "c", "name": "本类", "floor": s.NONE}]
    for name in LISTS:
        if name in plain:
            plain[name] = listed(plain[name])
    plain["category"] = [{"name": c.get("code"), "floor": s.NONE} | c for c in plain["category"]]
    only_category = plain["category"][0]["code"] if len(plain["category"]) == 1 else None
    for name in ("rule", "gate"):
        items = []
        for item in plain.get(name, []):
            item = {"name": item.get("code")} | item
            if not item.get("clause") and not item.get("source"):
                item["source"] = "本例"
            if name == "rule" and only_category:
                item.setdefault("category", only_category)
            items.append(item)
        plain[name] = items
    return ruleset_from(plain)


# --- subjects and facts --------------------------------------------------------------------------------------------


def _spans(value, code, default):
    if value is None:
        return default
    values = [value] if isinstance(value, dict) else value
    for v in values:
        only(v, ("code", "from", "to"), "期间")
    return tuple(s.Span(v.get("code", code), v.get("from", date(1900, 1, 1)), v.get("to")) for v in values)


def _subjects(case, rules):
    out = {}
    for table in listed(case.get("subject", [{}])):
        only(table, SUBJECT_KEYS, "[[subject]] ")
        key = table.get("key", "甲")
        always = (s.Span("", date(1900, 1, 1), None),)
        posts = _spans(
            table.get("posts"), "member", (s.Span(table["post"], date(1900, 1, 1), None),) if "post" in table else ()
        )
        out[key] = s.Subject(
            key=key,
            kind=table.get("kind", rules.ruleset.subjects),
            posts=posts,
            served=_spans(table.get("served"), "seat", always),
            attributes=tuple(sorted(table.get("attributes", {}).items())),
            exempt=table.get("exempt", ""),
            figures=tuple(
                s.MemberFigures(m["key"], m.get("ranked", True), _figures(m["figures"]))
                for m in listed(table.get("members", []))
            ),
            earlier=tuple((int(year), _figures(f)) for year, f in table.get("earlier", {}).items()),
        )
    return out


def _figures(table):
    return tuple(sorted((code, _hundredths(value)) for code, value in table.items()))


def _hundredths(value):
    scaled = Fraction(value) * 100
    if scaled.denominator != 1:
        raise CaseError(f"{value} 超过两位小数。")
    return int(scaled)


def _facts(case, subjects):
    out = {key: [] for key in subjects}
    tables = listed(case.get("fact", [])) + listed(case.get("facts", []))
    for number, table in enumerate(tables, 1):
        for name in table:
            if name not in FACT_KEYS and name not in s.ATTRIBUTES and not name.startswith("x-"):
                raise CaseError(
                    f"第 {number} 条事实里没有“{name}”这个键；可用的有：{'、'.join(FACT_KEYS + s.ATTRIBUTES)}，本地的以 x- 开头。"
                )
        whose = table.get("subject", next(iter(subjects)))
        for key in [whose] if isinstance(whose, str) else whose:
            if key not in out:
                raise CaseError(f"第 {number} 条事实写了没有的对象“{key}”。")
            out[key] += _fact(table, number)
    return out


def _fact(table, number):
    kind, on = table["kind"], table["on"]
    thing = str(table.get("object", number))
    attributes = {n: c for n, c in table.items() if n in s.ATTRIBUTES or n.startswith("x-")}
    if "sittings" in table:
        out = []
        for n, outcome in enumerate(_expand(table["sittings"]), 1):
            values = {k: c for k, c in attributes.items() if k != "leave" or outcome == "leave"} | {
                "stage": "sitting",
                "outcome": outcome,
            }
            out.append(_make(table, kind, on, thing, values, f"sitting/{n}"))
        return out
    if "outcome" in attributes and "stage" not in attributes:
        return [_make(table, kind, on, thing, attributes | {"stage": "sitting"}, f"sitting/{table.get('sitting', 1)}")]
    return [
        _make(
            table, kind, on, thing, attributes, "/".join(attributes[n] for n in ("stage", "organ") if n in attributes)
        )
    ]


def _expand(text):
    """ "present*6 leave*2" → eight outcomes."""
    for part in text.split():
        outcome, _, times = part.partition("*")
        yield from [outcome] * int(times or 1)


def _make(table, kind, on, thing, attributes, tail):
    key = table.get("key", f"{kind}/{thing}" + (f"/{tail}" if tail else ""))
    return s.Fact(
        on,
        key,
        table.get("origin", on),
        kind,
        ";".join(f"{n}={c}" for n, c in sorted(attributes.items())),
        _hundredths(table.get("quantity", 1)),
        table.get("position", 1),
        table.get("sharers", 1),
        table.get("matter", f"{kind}/{thing}"),
    )


# --- comparison ----------------------------------------------------------------------------------------------------


def _differences(expect, card, placing):
    only(expect, EXPECT_KEYS, "[[expect]] ")
    for name in ("total", "lines"):
        if name not in expect:
            raise CaseError(f"[[expect]] 须写明 {name}。")
    yield from _lines(listed(expect["lines"]), card["lines"])
    if _hundredths(expect["total"]) != card["total"]:
        yield f"总分应为 {expect['total']}，实为 {points(card['total'])}。"
    nodes = {n["code"]: n["figure"] for n in card["nodes"]}
    for name, figures in (("figures", nodes), ("outside", card["outside"])):
        for code, value in expect.get(name, {}).items():
            if code not in figures:
                yield f"没有类别“{code}”。"
            elif figures[code] != _hundredths(value):
                yield f"类别 {code} 应为 {value}，实为 {points(figures[code])}。"
    gates = {g["code"]: g["met"] for g in card["gates"]}
    for code, met in expect.get("gates", {}).items():
        if gates.get(code) != met:
            yield f"必选项 {code} 应{'符合' if met else '不符合'}，实为{'没有' if code not in gates else '符合' if gates[code] else '不符合'}。"
    found = {
        "months": card["months"],
        "post": card["post"],
        "ranked": card["ranked"],
        "reason": card["reason"],
        "threshold": card["grade_by_threshold"] or "",
        "ceiling": card["ceiling"],
        "grade": placing.grade or "",
        "place": placing.place or 0,
        "band": placing.band,
    }
    for name, value in found.items():
        if name in expect and expect[name] != value:
            yield f"{_NAMES[name]}应为“{expect[name]}”，实为“{value}”。"


_NAMES = {
    "months": "任职月数",
    "post": "职务",
    "ranked": "是否参加排名",
    "reason": "不排名的原因",
    "threshold": "按分数的等次",
    "ceiling": "等次上限",
    "grade": "等次",
    "place": "名次",
    "band": "分段",
}


def _lines(expected, lines):
    """Each expected line finds exactly one line of the same rule and fact, and all of its stated keys agree."""
    left = list(lines)
    for line in expected:
        only(line, LINE_KEYS, "lines ")
        if "rule" not in line or "counted" not in line:
            raise CaseError("每一行须写明 rule 和 counted。")
        same = [got for got in left if got["rule"] == line["rule"] and _is(line.get("fact", ""), got)]
        if not same:
            yield f"少了一行：{line['rule']} {line.get('fact', '')} 计 {line['counted']} 分。"
            continue
        got = next((g for g in same if not list(_line_differences(line, g))), same[0])
        left.remove(got)
        yield from _line_differences(line, got)
    for got in left:
        yield f"多出一行：{got['rule']} {got['fact']} 计 {points(got['counted'])} 分（{got['sentence']}）"


def _is(name, line):
    """A line's fact may be named by its key, its object, or the object's bare id."""
    if not name:
        return True
    return (
        name in (line["fact"], line["matter"], line["matter"].partition("/")[2])
        or line["fact"].startswith(name + "/")
        or line["fact"].partition("/")[2] == name
        or line["fact"].partition("/")[2].startswith(name + "/")
    )


def _line_differences(line, got):
    where = f"{got['rule']} {got['fact']} 一行的"
    wanted = {"counted": _hundredths(line["counted"]), "earned": _hundredths(line.get("earned", line["counted"]))}
    for name, value in wanted.items():
        if got[name] != value:
            yield f"{where} {name} 应为 {points(value)}，实为 {points(got[name])}（{got['sentence']}）"
    taken = line.get("taken", [])
    taken = [taken] if isinstance(taken, str) else taken
    if [t["by"] for t in got["taken"]] != taken:
        yield f"{where} taken 应为 {'、'.join(taken) or '无'}，实为 {'、'.join(t['by'] for t in got['taken']) or '无'}。"
    share = f"{got['share']['num']}/{got['share']['den']}" if got["share"] else ""
    times = [f"{m['num']}/{m['den']}" if m["den"] != 1 else str(m["num"]) for m in got["multipliers"]]
    for name, value in (
        ("on", got["on"]),
        ("clause", got["clause"]),
        ("share", share),
        ("times", times),
        ("sentence", got["sentence"]),
    ):
        if name in line and str(line[name]) != str(value):
            yield f"{where} {name} 应为“{line[name]}”，实为“{value}”。"


def _check_placings(rules, case):
    """[[standing]]: totals to be placed; `count` makes several alike (key, key-2, …). [[placing]] and [grades] expected."""
    standings = []
    for table in listed(case["standing"]):
        only(table, ("key", "total", "count", "ranked", "partition", "ceiling", "figures", "outside"), "[[standing]] ")
        for n in range(1, table.get("count", 1) + 1):
            standings.append(
                Standing(
                    table["key"] if n == 1 else f"{table['key']}-{n}",
                    _hundredths(table["total"]),
                    table.get("ranked", True),
                    tuple(table.get("partition", [])),
                    table.get("ceiling", ""),
                    dict(_figures(table.get("figures", {}))),
                    dict(_figures(table.get("outside", {}))),
                )
            )
    got, out = place(rules, standings), []
    if "placing" not in case and "grades" not in case:
        raise CaseError("没有写 [[placing]] 或 [grades]，什么也没有检验。")
    for table in listed(case.get("placing", [])):
        only(table, ("key", "grade", "place", "band", "tied", "outside"), "[[placing]] ")
        one = got[table["key"]]._asdict()
        for name in table:
            if name != "key" and table[name] != (one[name] if one[name] is not None else 0 if name == "place" else ""):
                out.append(f"{table['key']} 的 {name} 应为“{table[name]}”，实为“{one[name]}”。")
    counted = {}
    for one in got.values():
        counted[one.grade or ""] = counted.get(one.grade or "", 0) + 1
    for grade, number in case.get("grades", {}).items():
        if counted.get(grade, 0) != number:
            out.append(f"等次“{grade}”应有 {number} 人，实有 {counted.get(grade, 0)} 人。")
    return out
