"""A ruleset as plain values (dict, list, str, int, bool, Decimal, date) and back; toml.py only spells these.

`from_plain` reads leniently (one code instead of a list, one table instead of a list of tables, absent keys take their
defaults) and strictly (an unknown key or a wrong type is a problem with its place). `to_plain` writes every key.
The same functions serve the `terms` JSON of a stored rule, where exact numbers are strings.
"""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from . import schema as s


class Problem(NamedTuple):
    """One reason to refuse: table ("rule"), position in it (0-based, None for single tables), key, Chinese text."""
    table: str
    index: int | None
    key: str
    text: str


TABLES = {"": "文件开头", "total": "总分 [total]", "switches": "开关 [switches]", "labels": "名称 [labels]", "rank": "排名 [rank]",
          "window": "期间 [[window]]", "category": "类别 [[category]]", "rule": "规则 [[rule]]", "once": "不重复计分 [[once]]",
          "gate": "必选项 [[gate]]", "grade": "等次 [[grade]]"}


class Reader:
    """Collects problems; `at` is the (table, index) being read."""

    def __init__(self):
        self.problems, self.table, self.index = [], "", None

    def refuse(self, key, found, expected):
        self.problems.append(Problem(self.table, self.index, key, f"写的是 {show(found)}，应为{expected}。"))


def show(value):
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


@dataclass(frozen=True)
class Codec:
    """read(reader, key, value) → value or None with a problem noted; write(value) → plain value."""
    read: object
    write: object


def _text(reader, key, value):
    if isinstance(value, str):
        return value
    return reader.refuse(key, value, "带引号的文字")


def _bool(reader, key, value):
    if isinstance(value, bool):
        return value
    return reader.refuse(key, value, " true 或 false")


def _int(reader, key, value):
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return reader.refuse(key, value, "整数")


def _date(reader, key, value):
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return reader.refuse(key, value, "日期，如 2026-01-01")


def _fraction(reader, key, value):
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if isinstance(value, int) or value.is_finite():
            return Fraction(value)
    elif isinstance(value, str):
        try:
            if "e" not in value.lower():
                return Fraction(value)
        except (ValueError, ZeroDivisionError):
            pass
    return reader.refuse(key, value, "数字，如 2.5，或分数，如 \"1/3\"")


def _hundredths(reader, key, value):
    number = _fraction(reader, key, value)
    if number is None:
        return None
    if (number * 100).denominator != 1:
        return reader.refuse(key, value, "不超过两位小数的分值")
    return int(number * 100)


def number(value):
    """A fraction as the shortest exact plain number: int, Decimal, or "a/b" when it never ends."""
    value = Fraction(value)
    if value.denominator == 1:
        return int(value)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places, scaled = 0, value
    while scaled.denominator != 1:
        places, scaled = places + 1, scaled * 10
    return Decimal(int(scaled)).scaleb(-places)


def _write_factor(value):
    return int(value) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _strings(reader, key, value):
    values = [value] if isinstance(value, str) else value
    if isinstance(values, list) and all(isinstance(v, str) for v in values):
        return tuple(values)
    return reader.refuse(key, value, "一个代码或若干代码的列表")


def _floor(reader, key, value):
    return value if value in (s.NONE, s.UNSTATED) else _hundredths(reader, key, value)


def _need(reader, key, value):
    return value if value == s.ALL else _int(reader, key, value)


def _same(value):
    return value


TEXT = Codec(_text, _same)
BOOL = Codec(_bool, _same)
INT = Codec(_int, _same)
DATE = Codec(_date, _same)
POINTS = Codec(_fraction, number)
FACTOR = Codec(_fraction, _write_factor)
HUNDREDTHS = Codec(_hundredths, lambda v: number(Fraction(v, 100)))
STRINGS = Codec(_strings, list)
FLOOR = Codec(_floor, lambda v: v if isinstance(v, str) else number(Fraction(v, 100)))
NEED = Codec(_need, _same)


def optional(codec):
    """None is written "none"."""
    return Codec(lambda r, k, v: None if v == s.NONE else codec.read(r, k, v),
                 lambda v: s.NONE if v is None else codec.write(v))


def tables(codec):
    """A list of tables; one table may stand alone."""
    def read(reader, key, value):
        values = [value] if isinstance(value, dict) else value
        if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
            return reader.refuse(key, value, "表 { … } 或表的列表")
        return tuple(codec.read(reader, f"{key}[{n}]", v) for n, v in enumerate(values, 1))
    return Codec(read, lambda values: [codec.write(v) for v in values])


def _where_read(reader, key, value, names):
    out = []
    for name, codes in value.items():
        if names is not None and name not in names and not name.startswith("x-"):
            reader.problems.append(Problem(reader.table, reader.index, f"{key}.{name}",
                                           f"没有“{name}”这个键；可用的条件有：{'、'.join(names)}，本地条件以 x- 开头。"))
            continue
        codes = _strings(reader, f"{key}.{name}", codes)
        if codes is not None:
            out.append((name, codes))
    return tuple(sorted(out))


def table(cls, fields, where=None, names=s.ATTRIBUTES):
    """A dataclass as a table. `fields`: {key: (attribute, codec)}; `where`: attribute taking the remaining keys as
    conditions, limited to `names` (None: any name)."""
    required = {f.name for f in cls.__dataclass_fields__.values()
                if f.default is f.default_factory}      # both MISSING
    def read(reader, key, value):
        kwargs, rest, ok = {}, {}, True
        for name, item in value.items():
            if name not in fields:
                rest[name] = item
                continue
            attribute, codec = fields[name]
            before = len(reader.problems)
            got = codec.read(reader, f"{key}.{name}" if key else name, item)
            if len(reader.problems) > before:
                ok = False
            else:
                kwargs[attribute] = got
        if where is not None:
            before = len(reader.problems)
            kwargs[where] = _where_read(reader, key, rest, names)
            ok = ok and len(reader.problems) == before
        else:
            for name in rest:
                ok = False
                reader.problems.append(Problem(reader.table, reader.index, f"{key}.{name}" if key else name,
                                               f"没有“{name}”这个键；可用的键有：{'、'.join(k for k in fields if k != 'value')}。"))
        present = {fields[name][0] for name in value if name in fields} | {where}
        for name, (attribute, _) in fields.items():
            if attribute in required and attribute not in present:
                ok = False
                reader.problems.append(Problem(reader.table, reader.index, f"{key}.{name}" if key else name,
                                               f"缺少“{name}”，必须写明。"))
        return cls(**kwargs) if ok else None

    def write(value):
        out = {name: codec.write(getattr(value, attribute)) for name, (attribute, codec) in fields.items()}
        if where is not None:
            out |= {name: list(codes) for name, codes in getattr(value, where)}
        return out
    return Codec(read, write)


def _fields(**codecs):
    """Keys equal to their attributes."""
    return {name: (name, codec) for name, codec in codecs.items()}


DATES = {"from": ("valid_from", optional(DATE)), "to": ("valid_to", optional(DATE))}
WHO = Codec(lambda r, k, v: _where_read(r, k, v, None) if isinstance(v, dict) else r.refuse(k, v, "表 { … }"),
            lambda v: {name: list(codes) for name, codes in v})
SCOPE = table(s.Scope, {"kind": ("kinds", STRINGS), "unit": ("unit", TEXT)}, where="where")
EXCEPTED = table(s.Excepted, _fields(reason=TEXT), where="where", names=None)
ROW = table(s.Row, _fields(points=POINTS, name=TEXT) | DATES, where="where")
TIMES = table(s.Times, _fields(factor=FACTOR, name=TEXT) | DATES, where="where")
AMOUNT = table(s.Amount, {"points": ("points", POINTS), "post": ("posts", STRINGS)})

VALUES = {
    "rows": (s.Rows, Codec(lambda r, k, v: s.Rows(tables(ROW).read(r, k, v) or ()),
                           lambda v: tables(ROW).write(v.rows))),
    "base": (s.Base, Codec(lambda r, k, v: s.Base(tables(AMOUNT).read(r, k, v if isinstance(v, (dict, list)) else {"points": v}) or ()),
                           lambda v: tables(AMOUNT).write(v.amounts))),
    "manual": (s.Manual, table(s.Manual, _fields(low=HUNDREDTHS, high=HUNDREDTHS))),
    "need": (s.Need, table(s.Need, _fields(points=POINTS, n=NEED, partial=BOOL, every=TEXT))),
    "ratio": (s.Ratio, table(s.Ratio, _fields(points=POINTS, over=tables(SCOPE)))),
    "members": (s.Members, table(s.Members, _fields(figure=TEXT, by=TEXT))),
}

RULE_FIELDS = _fields(code=TEXT, name=TEXT, category=TEXT, clause=TEXT, source=TEXT, note=TEXT) | DATES | _fields(
    credit=TEXT, of=tables(SCOPE), who=WHO) | {"except": ("excepted", tables(EXCEPTED))} | _fields(
    times=tables(TIMES), share=TEXT, conserve=BOOL, named=optional(INT), highest=BOOL, skip=INT, limit=optional(INT),
    count=TEXT)
_RULE = table(s.Rule, RULE_FIELDS | {"value": ("value", Codec(lambda r, k, v: v, _same))})


def _rule_read(reader, key, value):
    words = [word for word in VALUES if word in value]
    if len(words) != 1:
        reader.problems.append(Problem(reader.table, reader.index, words[1] if words else "code",
                                       f"写了 {len(words)} 个计分词（{'、'.join(words) or '无'}）；每条规则须写明且只能写一个：{'、'.join(VALUES)}。"))
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
CATEGORY = table(s.Category, _fields(code=TEXT, name=TEXT, parent=TEXT, clause=TEXT, note=TEXT, cap=optional(HUNDREDTHS),
                                     floor=FLOOR, outside=BOOL, weight=FACTOR, provenance=TEXT))
ONCE = table(s.Once, _fields(code=TEXT, name=TEXT, headings=STRINGS, keep=TEXT, clause=TEXT, note=TEXT))


def _bound(reader, key, value):
    return None if value == s.NONE else _fraction(reader, key, value)


_TEST = table(s.Test, _fields(of=tables(SCOPE), figure=TEXT, at_least=Codec(_bound, _same), at_most=Codec(_bound, _same),
                              count=TEXT, years=INT, years_by=TEXT, credit=TEXT, name=TEXT))


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
GATE = table(s.Gate, _fields(code=TEXT, name=TEXT, clause=TEXT, source=TEXT, note=TEXT, match=TEXT, tests=tables(TEST), who=WHO)
             | {"except": ("excepted", tables(EXCEPTED))} | _fields(ceiling=TEXT, zero=BOOL, action=TEXT))
GRADE = table(s.Grade, _fields(name=TEXT, at_least=optional(HUNDREDTHS), share=optional(FACTOR), places=optional(INT),
                               tie=TEXT, compare=STRINGS, colour=TEXT, clause=TEXT, note=TEXT))
BAND = table(s.Band, _fields(name=TEXT, to=FACTOR))
RANK = table(s.Rank, _fields(by=STRINGS, places=BOOL, smallest=INT, bands=tables(BAND)))
WINDOW = table(s.Window, _fields(kind=TEXT, first_day=DATE, last_day=DATE))


def _pairs(codec):
    def read(reader, key, value):
        if not isinstance(value, dict):
            return reader.refuse(key, value, "表：代码 = 值")
        return tuple(sorted((name, codec.read(reader, f"{key}.{name}" if key else name, item)) for name, item in value.items()))
    return Codec(read, lambda pairs: {name: codec.write(item) for name, item in pairs})


SWITCHES = table(s.Switches, _fields(credit=TEXT, prorate_needs=BOOL, prorate_base=BOOL, min_months=INT, exempt_leave=STRINGS,
                                     decimals=INT, excluded=tables(EXCEPTED), present_from=_pairs(FACTOR),
                                     part_from=_pairs(FACTOR)))
HEAD = _fields(code=TEXT, title=TEXT, version=INT, year=INT, subjects=TEXT, first_day=DATE, last_day=DATE, adopted=TEXT,
               source=TEXT, note=TEXT, missing=STRINGS)
LISTS = {"window": ("windows", WINDOW), "category": ("categories", CATEGORY), "rule": ("rules", RULE), "once": ("once", ONCE),
         "gate": ("gates", GATE), "grade": ("grades", GRADE)}
_HEAD = table(s.Ruleset, HEAD)
TOTAL = {"name": ("total_name", TEXT), "cap": ("total_cap", optional(HUNDREDTHS)), "floor": ("total_floor", FLOOR)}
FORMAT = 1


def from_plain(plain):
    """→ (Ruleset or None, [Problem]); shape only, combinations are judged by check.py."""
    reader = Reader()
    plain = dict(plain)
    if plain.pop("format", FORMAT) != FORMAT:
        reader.problems.append(Problem("", None, "format", f"只认识格式 {FORMAT}。"))
    parts = {"switches": SWITCHES, "rank": RANK, "labels": _pairs(TEXT)}
    found = {}
    for name, codec in parts.items():
        reader.table = name
        if name in plain:
            value = plain.pop(name)
            found[name] = codec.read(reader, "", value) if isinstance(value, dict) else reader.refuse(name, value, f"一个 [{name}] 表")
    reader.table = "total"
    total = plain.pop("total", {})
    if not isinstance(total, dict):
        total = reader.refuse("total", total, "一个 [total] 表") or {}
    for name, value in total.items():
        if name in TOTAL:
            found[TOTAL[name][0]] = TOTAL[name][1].read(reader, name, value)
        else:
            reader.problems.append(Problem("total", None, name, f"没有“{name}”这个键；可用的键有：{'、'.join(TOTAL)}。"))
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
    out["labels"] = _pairs(TEXT).write(ruleset.labels)
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
