"""Rulesets as TOML, without loss: loads(dumps(r)) == r, and dumps(loads(text)) is the canonical text that is approved.

Reading is the standard library's tomllib with decimals kept exact; the writer below knows only what a ruleset needs.
"""

import re
import tomllib
from datetime import date
from decimal import Decimal

from .check import check
from .codec import Problem
from .plain import LISTS, from_plain, render, to_plain
from .schema import RulesetError


def loads(text):
    """TOML text → Ruleset. Raises RulesetError with Chinese sentences that give table, line, key, found and expected."""
    try:
        plain = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RulesetError([f"文件不是有效的 TOML：{error}。请检查这一行的引号、括号和等号。"]) from error
    return ruleset_from(plain, text)


def ruleset_from(plain, text=""):
    """Plain values → Ruleset, checked; `text` only serves to find line numbers."""
    ruleset, problems = from_plain(plain)
    problems = problems or check(ruleset)
    if problems:
        raise RulesetError([render(p, line_of(p, text)) for p in problems])
    return ruleset


def dumps(ruleset):
    """Ruleset → canonical TOML with every key, defaults included."""
    plain, out = to_plain(ruleset), []
    for name, value in plain.items():
        if name in LISTS:
            for item in value:
                out += ["", f"[[{name}]]", *_pairs(item)]
        elif isinstance(value, dict):
            inner = {k: v for k, v in value.items() if isinstance(v, dict)}
            out += ["", f"[{name}]", *_pairs({k: v for k, v in value.items() if k not in inner})]
            for key, table in inner.items():
                out += ["", f"[{name}.{key}]", *_pairs(table)]
        else:
            out += _pairs({name: value})
    return "\n".join(out) + "\n"


def dumps_part(name, plain):
    """One table of a ruleset, e.g. ("rule", plain values) → TOML text."""
    return "\n".join([f"[[{name}]]", *_pairs(plain)]) + "\n"


def loads_part(name, text):
    """TOML text of exactly one [[name]] table → its plain values. Raises RulesetError in a Chinese sentence."""
    try:
        plain = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RulesetError([f"文字不是有效的 TOML：{error}。请检查这一行的引号、括号和等号。"]) from error
    found = plain.get(name)
    if set(plain) != {name} or not isinstance(found, list) or len(found) != 1:
        raise RulesetError(
            [f"写的是 {len(found) if isinstance(found, list) else 0} 个 [[{name}]]，应恰好写一个，且没有别的内容。"]
        )
    return found[0]


def _pairs(table):
    return [f"{_key(k)} = {_value(v, top=True)}" for k, v in table.items()]


def _key(key):
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _string(key)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _string(text):
    return (
        '"'
        + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c) for c in text)
        + '"'
    )


def _value(value, top=False):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (int, date)):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    if top and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"    {_value(v)},\n" for v in value) + "]"
    return "[" + ", ".join(_value(v) for v in value) + "]"


def line_of(problem: Problem, text):
    """1-based line of the problem's table and, inside it, its key; None when it cannot be found."""
    lines = text.splitlines()
    header = f"[[{problem.table}]]" if problem.index is not None else f"[{problem.table}]" if problem.table else None
    start = 0
    if header:
        found = [n for n, line in enumerate(lines) if line.strip().startswith(header)]
        if len(found) <= (problem.index or 0):
            return None
        start = found[problem.index or 0]
    key = problem.key.split(".")[0].split("[")[0]
    for n in range(start + bool(header), len(lines)):
        if lines[n].startswith("["):
            break
        if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", lines[n]):
            return n + 1
    return start + 1 if header else None
