"""What a person did and no rule credits, each with the reason. What is no fact yet is found by ``scoring.waiting``."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from scoring import engine
from scoring.engine.compile import matches
from scoring.engine.schema import Rule
from scoring.engine.words import where_words

# What a code says about a record, in the order in which people would say it.
TOLD = ("stage", "level", "form", "way", "outcome", "leave", "part", "role")
WITHOUT_POINTS = {"exempt": "免于出席，不计分也不扣分。", "not_recorded": "出席情况还没有登记，登记后再计分。"}


@dataclass(frozen=True, slots=True)
class Uncredited:
    """``key``: "kind/public id"; ``rule``: the code of the rule it would come under, "" when there is none.

    ``office``: whose record it is as long as it is no fact, a public id as text, "" for nobody's; None for a fact, which
    every reader of the card may see.
    """

    key: str
    on: date
    reason: str
    rule: str = ""
    title: str = ""  # "" : looked up by the key
    office: str | None = None


def object_of(key: str) -> str:
    """ "kind/public id" of a fact's key or of the key of a meeting made of half-days."""
    return "/".join(key.split("/")[:2])


# ---------------------------------------------------------------- facts
def without_line(
    rules: engine.Rules, subject: engine.Subject, facts: Iterable[engine.Fact], lines: Iterable[dict], until: date
) -> list[Uncredited]:
    """Objects on record up to ``until`` within the ruleset's year that no line stands on, newest first.

    ``lines``: those of the card's document.
    """
    lines = list(lines)
    credited = {object_of(line["fact"]) for line in lines} | {
        object_of(key) for line in lines for key in line.get("facts", ())
    }
    first, last = rules.window
    latest = {}
    for fact in sorted(facts):
        if first <= fact.happened_on <= min(last, until) and object_of(fact.key) not in credited:
            latest[object_of(fact.key)] = fact
    found = [_explained(rules, subject, key, fact) for key, fact in latest.items()]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _explained(rules, subject, key, fact) -> Uncredited:
    rule = rule_for(rules, subject, fact)
    return Uncredited(key, fact.happened_on, _reason(rules, subject, fact, rule), rule.code if rule else "")


def rule_for(rules: engine.Rules, subject: engine.Subject, fact: engine.Fact) -> Rule | None:
    """The rule the record is nearest to: the first that takes it, else one open to the person, else one of its kind."""
    values = rules.values(fact.attributes)
    named = values.get("rule")
    reading = [
        item.rule
        for item in rules.items
        if (item.rule.code == named if named else any(fact.kind in scope.kinds for scope in item.rule.of))
    ]
    taking = [rule for rule in reading if any(matches(scope, fact.kind, values) for scope in rule.of)]
    post = rules.person(subject).post_on(fact.happened_on)
    open_ = [
        rule for rule in reading if not rule.who or all(post in codes for name, codes in rule.who if name == "post")
    ]
    return next(iter([*taking, *open_, *reading]), None)


def _reason(rules, subject, fact, rule) -> str:
    values = rules.values(fact.attributes)
    if values.get("effect", "points") != "points":
        return "这是对考核结果的认定，本身不计分。"
    if values.get("outcome") in WITHOUT_POINTS:
        return WITHOUT_POINTS[values["outcome"]]
    if not rules.person(subject).serves(fact.happened_on):
        return "当天不在任职期间，不计分。"
    if rule is None:
        return f"本年度考核办法没有给{rules.labels.kind(fact.kind)}计分的规则。"
    quoted = f"“{rule.name}”" + (f"（{rule.clause}）" if rule.clause else "")
    if any(matches(scope, fact.kind, values) for scope in rule.of):
        limits = f"仅限{where_words(rules, rule.who)}，" if rule.who else ""
        return f"{limits}不符合{quoted}的对象或日期要求，不计分。"
    asked = {name for scope in rule.of for name, _ in scope.where}
    asked |= {name for row in getattr(rule.value, "rows", ()) for name, _ in row.where}
    told = "、".join(rules.labels.code(name, values[name]) for name in TOLD if name in asked and values.get(name))
    return f"目前的情况是{told or '其他'}，还不符合{quoted}的计分条件。"


# ---------------------------------------------------------------- both
def joined(rules: engine.Rules, waiting: Iterable[Uncredited], without: Iterable[Uncredited]) -> list[Uncredited]:
    """Both, newest first, each with a rule of its kind if there is one. Who waits has the word on a record in both."""
    told = {one.key: one for one in [*without, *waiting]}
    placed = [one if one.rule else replace(one, rule=_rule_of_kind(rules, one.key)) for one in told.values()]
    return sorted(placed, key=lambda one: (one.on, one.key), reverse=True)


def _rule_of_kind(rules: engine.Rules, key: str) -> str:
    kind = key.partition("/")[0]
    reading = (rule.code for rule in rules.ruleset.rules if any(kind in scope.kinds for scope in rule.of))
    return next(reading, "")
