"""A ruleset as plain values (dict, list, str, int, bool, Decimal, date) and back; toml.py only spells these.

`from_plain` reads leniently (one code instead of a list, one table instead of a list of tables, absent keys take their
defaults) and strictly (an unknown key or a wrong type is a problem with its place). `to_plain` writes every key.
The same functions serve the `terms` JSON of a stored rule, where exact numbers are strings.
"""

from fractions import Fraction

from . import schema as s
from .codec import (
    BOOL,
    DATE,
    FACTOR,
    FLOOR,
    HUNDREDTHS,
    INT,
    NEED,
    POINTS,
    STRINGS,
    TEXT,
    Codec,
    Problem,
    Reader,
    fields,
    number,
    optional,
    pairs,
    read_fraction,
    read_where,
    same,
    table,
    tables,
)

TABLES = {
    "": "文件开头",
    "total": "总分 [total]",
    "switches": "开关 [switches]",
    "labels": "名称 [labels]",
    "rank": "排名 [rank]",
    "window": "期间 [[window]]",
    "category": "类别 [[category]]",
    "rule": "规则 [[rule]]",
    "once": "不重复计分 [[once]]",
    "gate": "必选项 [[gate]]",
    "grade": "等次 [[grade]]",
}
DATES = {"from": ("valid_from", optional(DATE)), "to": ("valid_to", optional(DATE))}
WHO = Codec(
    lambda r, k, v: read_where(r, k, v, None) if isinstance(v, dict) else r.refuse(k, v, "表 { … }"),
    lambda v: {name: list(codes) for name, codes in v},
)
SCOPE = table(s.Scope, {"kind": ("kinds", STRINGS), "unit": ("unit", TEXT)}, where="where")
EXCEPTED = table(s.Excepted, fields(reason=TEXT), where="where", names=None)
ROW = table(s.Row, fields(points=POINTS, name=TEXT) | DATES, where="where")
TIMES = table(s.Times, fields(factor=FACTOR, name=TEXT) | DATES, where="where")
AMOUNT = table(s.Amount, {"points": ("points", POINTS), "post": ("posts", STRINGS)})
VALUES = {
    "rows": (
        s.Rows,
        Codec(lambda r, k, v: s.Rows(tables(ROW).read(r, k, v) or ()), lambda v: tables(ROW).write(v.rows)),
    ),
    "base": (
        s.Base,
        Codec(
            lambda r, k, v: s.Base(
                tables(AMOUNT).read(r, k, v if isinstance(v, (dict, list)) else {"points": v}) or ()
            ),
            lambda v: tables(AMOUNT).write(v.amounts),
        ),
    ),
    "manual": (s.Manual, table(s.Manual, fields(low=HUNDREDTHS, high=HUNDREDTHS))),
    "need": (s.Need, table(s.Need, fields(points=POINTS, n=NEED, partial=BOOL, every=TEXT))),
    "ratio": (s.Ratio, table(s.Ratio, fields(points=POINTS, over=tables(SCOPE)))),
    "members": (s.Members, table(s.Members, fields(figure=TEXT, by=TEXT))),
}
RULE_FIELDS = (
    fields(code=TEXT, name=TEXT, category=TEXT, clause=TEXT, source=TEXT, note=TEXT)
    | DATES
    | fields(credit=TEXT, of=tables(SCOPE), who=WHO)
    | {"except": ("excepted", tables(EXCEPTED))}
    | fields(
        times=tables(TIMES),
        share=TEXT,
        conserve=BOOL,
        named=optional(INT),
        highest=BOOL,
        skip=INT,
        limit=optional(INT),
        count=TEXT,
    )
)
_RULE = table(s.Rule, RULE_FIELDS | {"value": ("value", Codec(lambda r, k, v: v, same))})


def _rule_read(reader, key, value):
    words = [word for word in VALUES if word in value]
    if len(words) != 1:
        reader.problems.append(
            Problem(
                reader.table,
                reader.index,
                words[1] if words else "code",
                f"写了 {len(words)} 个计分词（{'、'.join(words) or '无'}）；每条规则须写明且只能写一个：{'、'.join(VALUES)}。",
            )
        )
        return None
    word = words[0]
    before = len(reader.problems)
    if not isinstance(value[word], dict) and word not in ("rows", "base"):
        return reader.refuse(word, value[word], "表 { … }")
    got = VALUES[word][1].read(reader, word, value[word])
    rest = {k: v for k, v in value.items() if k != word}
    rule = _RULE.read(reader, key, rest | {"value": got})
    return rule if len(reader.problems) == before else None


def _rule_write(rule):
    plain = _RULE.write(rule)
    del plain["value"]
    word = next(w for w, (cls, _) in VALUES.items() if type(rule.value) is cls)
    return plain | {word: VALUES[word][1].write(rule.value)}


RULE = Codec(_rule_read, _rule_write)
CATEGORY = table(
    s.Category,
    fields(
        code=TEXT,
        name=TEXT,
        parent=TEXT,
        clause=TEXT,
        note=TEXT,
        cap=optional(HUNDREDTHS),
        floor=FLOOR,
        outside=BOOL,
        weight=FACTOR,
        provenance=TEXT,
    ),
)
ONCE = table(s.Once, fields(code=TEXT, name=TEXT, headings=STRINGS, keep=TEXT, clause=TEXT, note=TEXT))


def _bound(reader, key, value):
    return None if value == s.NONE else read_fraction(reader, key, value)


_TEST = table(
    s.Test,
    fields(
        of=tables(SCOPE),
        figure=TEXT,
        at_least=Codec(_bound, same),
        at_most=Codec(_bound, same),
        count=TEXT,
        years=INT,
        years_by=TEXT,
        credit=TEXT,
        name=TEXT,
    ),
)


def _test_read(reader, key, value):
    """Bounds are objects, or points when the test reads a figure."""
    test = _TEST.read(reader, key, value)
    if test is None:
        return None
    scale = 100 if test.figure else 1
    bounds = {}
    for name in ("at_least", "at_most"):
        bound = getattr(test, name)
        if bound is not None and (bound * scale).denominator != 1:
            return reader.refuse(f"{key}.{name}", bound, "整数件数，或不超过两位小数的分值")
        bounds[name] = None if bound is None else int(bound * scale)
    return s.Test(**{f: getattr(test, f) for f in s.Test.__dataclass_fields__} | bounds)


def _test_write(test):
    plain = _TEST.write(test)
    for name in ("at_least", "at_most"):
        bound = plain[name]
        plain[name] = s.NONE if bound is None else number(Fraction(bound, 100 if test.figure else 1))
    return plain


TEST = Codec(_test_read, _test_write)
GATE = table(
    s.Gate,
    fields(code=TEXT, name=TEXT, clause=TEXT, source=TEXT, note=TEXT, match=TEXT, tests=tables(TEST), who=WHO)
    | {"except": ("excepted", tables(EXCEPTED))}
    | fields(ceiling=TEXT, zero=BOOL, action=TEXT),
)
GRADE = table(
    s.Grade,
    fields(
        name=TEXT,
        at_least=optional(HUNDREDTHS),
        share=optional(FACTOR),
        places=optional(INT),
        tie=TEXT,
        compare=STRINGS,
        colour=TEXT,
        clause=TEXT,
        note=TEXT,
    ),
)
BAND = table(s.Band, fields(name=TEXT, to=FACTOR))
RANK = table(s.Rank, fields(by=STRINGS, places=BOOL, smallest=INT, bands=tables(BAND)))
WINDOW = table(s.Window, fields(kind=TEXT, first_day=DATE, last_day=DATE))
SWITCHES = table(
    s.Switches,
    fields(
        credit=TEXT,
        prorate_needs=BOOL,
        prorate_base=BOOL,
        min_months=INT,
        exempt_leave=STRINGS,
        decimals=INT,
        excluded=tables(EXCEPTED),
        present_from=pairs(FACTOR),
        part_from=pairs(FACTOR),
    ),
)
HEAD = fields(
    code=TEXT,
    title=TEXT,
    version=INT,
    year=INT,
    subjects=TEXT,
    first_day=DATE,
    last_day=DATE,
    adopted=TEXT,
    source=TEXT,
    note=TEXT,
    missing=STRINGS,
)
LISTS = {
    "window": ("windows", WINDOW),
    "category": ("categories", CATEGORY),
    "rule": ("rules", RULE),
    "once": ("once", ONCE),
    "gate": ("gates", GATE),
    "grade": ("grades", GRADE),
}
_HEAD = table(s.Ruleset, HEAD)
TOTAL = {"name": ("total_name", TEXT), "cap": ("total_cap", optional(HUNDREDTHS)), "floor": ("total_floor", FLOOR)}
FORMAT = 1


def from_plain(plain):
    """→ (Ruleset or None, [Problem]); shape only, combinations are judged by check.py."""
    reader = Reader()
    plain = dict(plain)
    if plain.pop("format", FORMAT) != FORMAT:
        reader.problems.append(Problem("", None, "format", f"只认识格式 {FORMAT}。"))
    parts = {"switches": SWITCHES, "rank": RANK, "labels": pairs(TEXT)}
    found = {}
    for name, codec in parts.items():
        reader.table = name
        if name in plain:
            value = plain.pop(name)
            found[name] = (
                codec.read(reader, "", value)
                if isinstance(value, dict)
                else reader.refuse(name, value, f"一个 [{name}] 表")
            )
    reader.table = "total"
    total = plain.pop("total", {})
    if not isinstance(total, dict):
        total = reader.refuse("total", total, "一个 [total] 表") or {}
    for name, value in total.items():
        if name in TOTAL:
            found[TOTAL[name][0]] = TOTAL[name][1].read(reader, name, value)
        else:
            reader.problems.append(
                Problem("total", None, name, f"没有“{name}”这个键；可用的键有：{'、'.join(TOTAL)}。")
            )
    for name, (attribute, codec) in LISTS.items():
        reader.table, items = name, plain.pop(name, [])
        if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
            reader.problems.append(Problem(name, None, name, f"应写成若干个 [[{name}]] 表。"))
            continue
        got = []
        for reader.index, item in enumerate(items):
            got.append(codec.read(reader, "", item))
        reader.index = None
        found[attribute] = tuple(got)
    reader.table = ""
    head = _HEAD.read(reader, "", plain)
    if reader.problems:
        return None, reader.problems
    return s.Ruleset(**{f: getattr(head, f) for f in HEAD} | found), []


def to_plain(ruleset):
    """Every key, defaults included, in canonical order."""
    out = {"format": FORMAT} | _HEAD.write(ruleset)
    out["total"] = {name: codec.write(getattr(ruleset, attribute)) for name, (attribute, codec) in TOTAL.items()}
    out["switches"] = SWITCHES.write(ruleset.switches)
    out["labels"] = pairs(TEXT).write(ruleset.labels)
    for name, (attribute, codec) in LISTS.items():
        out[name] = [codec.write(item) for item in getattr(ruleset, attribute)]
    out["rank"] = RANK.write(ruleset.rank)
    return out


def render(problem, line=None):
    """「规则 [[rule]] 第 3 个（第 41 行）的 limit：写的是 …，应为 …。」"""
    where = TABLES.get(problem.table, problem.table)
    if problem.index is not None:
        where += f" 第 {problem.index + 1} 个"
    if line:
        where += f"（第 {line} 行）"
    return f"{where}的 {problem.key}：{problem.text}" if problem.key else f"{where}：{problem.text}"
