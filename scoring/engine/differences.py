"""What changed from one version of a ruleset to another, in the words people read: `differences(before, after)`."""

from typing import NamedTuple

from . import schema as s
from .compile import Rules
from .plain import CATEGORY, GATE, GRADE, ONCE, RULE
from .words import (
    category_words,
    gate_words,
    grade_words,
    head_words,
    once_words,
    rank_words,
    rule_words,
    switches_words,
)


class Change(NamedTuple):
    """`kind`: added | removed | changed | moved; sentences are "" where there is none; `more`: what the sentence does not say."""

    kind: str
    name: str
    before: str
    after: str
    more: tuple[str, ...] = ()


class Group(NamedTuple):
    heading: str
    changes: tuple[Change, ...]


BESIDE = {  # keys that a sentence does not print
    "name": "名称",
    "clause": "条款",
    "source": "依据",
    "note": "说明",
    "category": "所属类别",
    "parent": "上级类别",
    "provenance": "来源",
    "colour": "颜色",
}


def differences(before, after):
    """→ [Group] with changes only, in the order of the later version; both must be accepted by check()."""
    old, new = Rules(before), Rules(after)
    groups = [
        ("总的说明", _sentences(head_words(before), head_words(after))),
        ("计分的通用规定", _sentences(switches_words(old), switches_words(new))),
        *_categories(old, new),
        ("不重复计分", _parts(old, new, ONCE, before.once, after.once, once_words)),
        ("必选项", _parts(old, new, GATE, before.gates, after.gates, gate_words)),
        ("等次", _parts(old, new, GRADE, before.grades, after.grades, grade_words)),
        ("排名", _sentences([rank_words(old)], [rank_words(new)])),
        ("原文中没有列入计分的内容", _sentences(before.missing, after.missing)),
    ]
    return [Group(heading, tuple(changes)) for heading, changes in groups if changes]


def _sentences(before, after):
    before, after = list(before), list(after)
    gone = [Change("removed", "", one, "") for one in before if one not in after]
    return gone + [Change("added", "", "", one) for one in after if one not in before]


def _key(part):
    return part.name if isinstance(part, s.Grade) else part.code


def _parts(old, new, codec, before, after, words):
    earlier, later = {_key(p): p for p in before}, {_key(p): p for p in after}
    out = [Change("removed", p.name or _key(p), words(old, p), "") for k, p in earlier.items() if k not in later]
    for key, part in later.items():
        name = part.name or key
        if key not in earlier:
            out.append(Change("added", name, "", words(new, part)))
        elif earlier[key] != part or words(old, earlier[key]) != words(new, part):
            out.append(
                Change(
                    "changed",
                    name,
                    words(old, earlier[key]),
                    words(new, part),
                    tuple(_beside(old, new, codec.write(earlier[key]), codec.write(part))),
                )
            )
    kept = [key for key in earlier if key in later], [key for key in later if key in earlier]
    if kept[0] != kept[1]:
        out.append(
            Change(
                "moved",
                "次序",
                "、".join(earlier[k].name or k for k in kept[0]),
                "、".join(later[k].name or k for k in kept[1]),
            )
        )
    return out


def _beside(old, new, before, after):
    for key, title in BESIDE.items():
        if before.get(key) != after.get(key):
            a, b = before.get(key), after.get(key)
            if key in ("category", "parent"):
                a, b = _name(old, a), _name(new, b)
            yield f"{title}：{a or '（空）'} → {b or '（空）'}"


def _name(rules, code):
    return rules.node[code].name if code in rules.node else code


def _categories(old, new):
    """A group for the total and each category: its own bounds and the rules that stand in it now, or stood in it last."""
    codes = [*new.node, *(code for code in old.node if code not in new.node)]
    rules = _rules(old, new)
    for code in codes:
        node, former = new.node.get(code), old.node.get(code)
        changes = list(_category(old, new, former, node)) + rules.get(code, [])
        yield (node or former).name, changes


def _category(old, new, former, node):
    before, after = (category_words(one) if one else "" for one in (former, node))
    more = ()
    if former and node and former.category and node.category:
        more = tuple(_beside(old, new, CATEGORY.write(former.category), CATEGORY.write(node.category)))
    if before != after or more:
        kind = "changed" if former and node else "added" if node else "removed"
        yield Change(kind, (node or former).name, before, after, more)


def _rules(old, new):
    """{code of a category: changes}"""
    out = {}
    earlier = {r.code: r for r in old.ruleset.rules}
    later = {r.code: r for r in new.ruleset.rules}
    for code in [*new.node, *old.node]:
        if code in out:
            continue
        now = tuple(r for r in later.values() if r.category == code)
        then = tuple(r for r in earlier.values() if _place_of(r, later) == code)
        out[code] = _parts(old, new, RULE, then, now, rule_words)
    return out


def _place_of(rule, later):
    """A rule that moved is told where it stands now."""
    return later[rule.code].category if rule.code in later else rule.category
