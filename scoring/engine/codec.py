"""Codecs between plain values (of TOML or JSON) and the parts of the dataclasses: read(reader, key, value), write(value)."""

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


def read_fraction(reader, key, value):
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if isinstance(value, int) or value.is_finite():
            return Fraction(value)
    elif isinstance(value, str):
        try:
            if "e" not in value.lower():
                return Fraction(value)
        except (ValueError, ZeroDivisionError):
            pass
    return reader.refuse(key, value, '数字，如 2.5，或分数，如 "1/3"')


def _hundredths(reader, key, value):
    number = read_fraction(reader, key, value)
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


def same(value):
    return value


TEXT = Codec(_text, same)
BOOL = Codec(_bool, same)
INT = Codec(_int, same)
DATE = Codec(_date, same)
POINTS = Codec(read_fraction, number)
FACTOR = Codec(read_fraction, _write_factor)
HUNDREDTHS = Codec(_hundredths, lambda v: number(Fraction(v, 100)))
STRINGS = Codec(_strings, list)
FLOOR = Codec(_floor, lambda v: v if isinstance(v, str) else number(Fraction(v, 100)))
NEED = Codec(_need, same)


def optional(codec):
    """None is written "none"."""
    return Codec(
        lambda r, k, v: None if v == s.NONE else codec.read(r, k, v), lambda v: s.NONE if v is None else codec.write(v)
    )


def tables(codec):
    """A list of tables; one table may stand alone."""

    def read(reader, key, value):
        values = [value] if isinstance(value, dict) else value
        if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
            return reader.refuse(key, value, "表 { … } 或表的列表")
        return tuple(codec.read(reader, f"{key}[{n}]", v) for n, v in enumerate(values, 1))

    return Codec(read, lambda values: [codec.write(v) for v in values])


def read_where(reader, key, value, names):
    out = []
    for name, codes in value.items():
        if names is not None and name not in names and not name.startswith("x-"):
            reader.problems.append(
                Problem(
                    reader.table,
                    reader.index,
                    f"{key}.{name}",
                    f"没有“{name}”这个键；可用的条件有：{'、'.join(names)}，本地条件以 x- 开头。",
                )
            )
            continue
        codes = _strings(reader, f"{key}.{name}", codes)
        if codes is not None:
            out.append((name, codes))
    return tuple(sorted(out))


def table(cls, fields, where=None, names=s.ATTRIBUTES):
    """A dataclass as a table. `fields`: {key: (attribute, codec)}; `where`: attribute taking the remaining keys as
    conditions, limited to `names` (None: any name)."""
    required = {f.name for f in cls.__dataclass_fields__.values() if f.default is f.default_factory}  # both MISSING

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
            kwargs[where] = read_where(reader, key, rest, names)
            ok = ok and len(reader.problems) == before
        else:
            for name in rest:
                ok = False
                reader.problems.append(
                    Problem(
                        reader.table,
                        reader.index,
                        f"{key}.{name}" if key else name,
                        f"没有“{name}”这个键；可用的键有：{'、'.join(k for k in fields if k != 'value')}。",
                    )
                )
        present = {fields[name][0] for name in value if name in fields} | {where}
        for name, (attribute, _) in fields.items():
            if attribute in required and attribute not in present:
                ok = False
                reader.problems.append(
                    Problem(reader.table, reader.index, f"{key}.{name}" if key else name, f"缺少“{name}”，必须写明。")
                )
        return cls(**kwargs) if ok else None

    def write(value):
        out = {name: codec.write(getattr(value, attribute)) for name, (attribute, codec) in fields.items()}
        if where is not None:
            out |= {name: list(codes) for name, codes in getattr(value, where)}
        return out

    return Codec(read, write)


def fields(**codecs):
    """Keys equal to their attributes."""
    return {name: (name, codec) for name, codec in codecs.items()}


def pairs(codec):
    def read(reader, key, value):
        if not isinstance(value, dict):
            return reader.refuse(key, value, "表：代码 = 值")
        return tuple(
            sorted((name, codec.read(reader, f"{key}.{name}" if key else name, item)) for name, item in value.items())
        )

    return Codec(read, lambda pairs: {name: codec.write(item) for name, item in pairs})
