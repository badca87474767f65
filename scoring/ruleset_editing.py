"""Changing one part of a draft: plain values in, a ruleset and the sentences about what is wrong out. No rows here."""

import dataclasses
import re
from typing import Any, NamedTuple

from members.names import initials
from scoring import engine
from scoring.compiled import digest_of
from scoring.engine import schema as s
from scoring.engine import words
from scoring.engine.check import check
from scoring.engine.codec import Problem
from scoring.engine.compile import Rules
from scoring.engine.plain import LISTS, from_plain, render, to_plain

Plain = dict[str, Any]
SINGLE = ("head", "total", "switches", "labels", "rank")  # parts of which a ruleset has one
HEAD = ("code", "title", "version", "year", "subjects", "first_day", "last_day", "adopted", "source", "note", "missing")
NAMES = {
    "head": "名称和期间",
    "total": "总分",
    "switches": "通用规定",
    "labels": "本地名称",
    "rank": "排名",
    "window": "单独的计分期间",
    "category": "类别",
    "rule": "规则",
    "once": "不重复计分",
    "gate": "必选项",
    "grade": "等次",
}


class Edited(NamedTuple):
    """``ruleset`` is None when the values have not even the right shape; ``problems`` are about the edited part."""

    ruleset: engine.Ruleset | None
    problems: list[Problem]


def fingerprint(ruleset: engine.Ruleset) -> str:
    """What a page carries, so that nothing is saved over a state that is no longer stored."""
    return digest_of(engine.dumps(ruleset))


def part_of(ruleset: engine.Ruleset, part: str, place: int | None) -> Plain:
    """Plain values of one part; IndexError when there is none at ``place``."""
    plain = to_plain(ruleset)
    if part == "head":
        return {name: plain[name] for name in HEAD}
    found = plain[part] if part in SINGLE else plain[part][place]
    return dict(found)


def with_part(ruleset: engine.Ruleset, part: str, place: int | None, values: Plain) -> Edited:
    """The ruleset with these values at ``place`` of the part, or at its end when ``place`` is None."""
    plain = to_plain(ruleset)
    if part == "head":
        plain |= values
    elif part in SINGLE:
        plain[part] = values
    elif place is None:
        plain[part] = [*plain[part], values]
        place = len(plain[part]) - 1
    else:
        plain[part][place] = values
    found, problems = from_plain(plain)
    if found is not None:
        problems = check(found)
        problems += _met_twice(found, part, place)
    table = "" if part == "head" else part
    return Edited(found, [one for one in problems if one.table == table and one.index in (place, None)])


def _met_twice(ruleset: engine.Ruleset, part: str, place: int | None) -> list[Problem]:
    """A code or a grade's name that another part has already: check() blames whichever comes later."""
    if part in SINGLE or part == "window" or place is None:
        return []
    key = "name" if part == "grade" else "code"
    alike = [
        n
        for n, one in enumerate(items_of(ruleset, part))
        if getattr(one, key) == getattr(items_of(ruleset, part)[place], key)
    ]
    if alike[0] < place or len(alike) == 1:
        return []
    return [Problem(part, place, key, "与后面的另一项重复，请换一个。")]


def without_part(ruleset: engine.Ruleset, part: str, place: int) -> engine.Ruleset:
    items = items_of(ruleset, part)
    return with_items(ruleset, part, items[:place] + items[place + 1 :])


def moved(ruleset: engine.Ruleset, part: str, place: int, by: int) -> engine.Ruleset:
    """With the part one place up (-1) or down (1): a rule among those of its category, a category among its siblings."""
    items = items_of(ruleset, part)
    group = {"rule": "category", "category": "parent"}.get(part)
    alike = [n for n, one in enumerate(items) if not group or getattr(one, group) == getattr(items[place], group)]
    at = alike.index(place) + by
    if not 0 <= at < len(alike):
        return ruleset
    other = alike[at]
    swapped = list(items)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    return with_items(ruleset, part, _parents_first(swapped) if part == "category" else tuple(swapped))


def _parents_first(categories: list[s.Category]) -> tuple[s.Category, ...]:
    """Each category right after its parent's earlier ones, siblings in the order given."""

    def beneath(code: str) -> list[s.Category]:
        return [one for c in categories if c.parent == code for one in (c, *beneath(c.code))]

    found = beneath(s.TOTAL)
    return tuple(found) if len(found) == len(categories) else tuple(categories)


def copied(ruleset: engine.Ruleset, part: str, place: int) -> engine.Ruleset:
    items = items_of(ruleset, part)
    one = items[place]
    if part == "window":  # a kind of record has one window
        return ruleset
    taken = {other.name for other in items}
    name = f"{one.name or '未命名'}（副本）"
    while name in taken:
        name += "2"
    new = (
        dataclasses.replace(one, name=name)
        if part == "grade"
        else dataclasses.replace(one, name=name, code=free_code(ruleset, one.code))
    )
    return with_items(ruleset, part, (*items[: place + 1], new, *items[place + 1 :]))


def uses_of(ruleset: engine.Ruleset, part: str, place: int) -> list[str]:
    """Names of the parts that would be left without what they name if this one were deleted."""
    one = items_of(ruleset, part)[place]
    key = one.name if part == "grade" else getattr(one, "code", "")
    used = [r.name for r in ruleset.rules if part == "category" and r.category == key]
    used += [c.name for c in ruleset.categories if part == "category" and c.parent == key]
    used += [o.name or "不重复计分" for o in ruleset.once if part in ("category", "rule") and key in o.headings]
    used += [g.name for g in ruleset.gates if part == "grade" and g.ceiling == key]
    used += [g.name for g in ruleset.gates if part == "category" and any(test.figure == key for test in g.tests)]
    return used + [g.name for g in ruleset.grades if part == "category" and key in g.compare]


def items_of(ruleset: engine.Ruleset, part: str) -> tuple[Any, ...]:
    return getattr(ruleset, LISTS[part][0])


def with_items(ruleset: engine.Ruleset, part: str, items: tuple[Any, ...]) -> engine.Ruleset:
    return dataclasses.replace(ruleset, **{LISTS[part][0]: items})


def free_code(ruleset: engine.Ruleset, name: str) -> str:
    """A code from the name's pinyin initials, or from a code, numbered where it is taken."""
    taken = {"total", *(one.code for part in ("category", "rule", "once", "gate") for one in items_of(ruleset, part))}
    stem = re.sub(r"_\d+$", "", re.sub(r"[^a-z0-9_]", "", (name if name.isascii() else initials(name)).lower())) or "x"
    n = 1
    while (code := stem[:60] if n == 1 else f"{stem[:60]}_{n}") in taken:
        n += 1
    return code


# ---------------------------------------------------------------- in words, also of what is not finished
def problems_of(ruleset: engine.Ruleset) -> list[str]:
    return [render(one) for one in check(ruleset)]


class Said:
    """Sentences of single parts, also of a ruleset that check() refuses; "" where there is no sentence to be made."""

    def __init__(self, ruleset: engine.Ruleset) -> None:
        self.ruleset = ruleset
        try:
            self.rules: Rules | None = Rules(dataclasses.replace(ruleset, rules=(), gates=(), once=()))
            self.rules.ruleset = ruleset
        except KeyError:  # a category under one that does not exist
            self.rules = None

    def sentence(self, part: str, one: Any) -> str:
        say = {
            "rule": words.rule_words,
            "once": words.once_words,
            "gate": words.gate_words,
            "grade": words.grade_words,
            "category": lambda rules, category: words.category_words(rules.node[category.code]),
            "window": lambda rules, w: (
                f"{rules.labels.kind(w.kind)}的期间为{words.day(w.first_day)}至{words.day(w.last_day)}。"
            ),
        }[part]
        if self.rules is None:
            return ""
        try:
            return say(self.rules, one)
        except (KeyError, IndexError, StopIteration, TypeError):
            return ""

    def single(self, part: str) -> list[str]:
        if self.rules is None:
            return []
        match part:
            case "head":
                return list(words.head_words(self.ruleset))
            case "total":
                return [words.category_words(self.rules.nodes[0])]
            case "switches":
                return list(words.switches_words(self.rules))
            case "rank":
                return [words.rank_words(self.rules)]
        return [f"{code}：{word}" for code, word in self.ruleset.labels]

    def of(self, part: str, place: int | None) -> list[str]:
        if part in SINGLE:
            return self.single(part)
        items = items_of(self.ruleset, part)
        sentence = self.sentence(part, items[len(items) - 1 if place is None else place])
        return [sentence] if sentence else []
