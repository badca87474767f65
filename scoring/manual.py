"""Rules under which people enter points: which of a year's rules they are, what they take, and their bounds."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError

from scoring.compiled import TamperedRuleset, compiled
from scoring.engine.compile import matches
from scoring.engine.schema import Manual, Rule, RulesetError
from scoring.models import Assessment


def manual_rules(assessment: Assessment) -> list[Rule]:
    """The rules of the year under which a person enters points, in the order of the ruleset.

    ValidationError when the year's ruleset cannot be used.
    """
    try:
        rules = compiled(assessment.ruleset).ruleset.rules
    except (RulesetError, TamperedRuleset) as error:
        raise ValidationError({"rule": f"{assessment.year} 年考核办法不能使用：{error}"}) from error
    return [rule for rule in rules if isinstance(rule.value, Manual)]


def takes(rule: Rule, kind: str, **values: Any) -> bool:
    """Whether the rule reads a fact of the kind that names it; without ``of`` it reads whatever does."""
    return not rule.of or any(matches(scope, kind, {"rule": rule.code, **values}) for scope in rule.of)


def check_points(rule: Rule, points: int, field: str = "points") -> None:
    """Points outside the rule's bounds are refused, never cut down."""
    low, high = rule.value.low, rule.value.high
    if not low <= points <= high:
        raise ValidationError(
            {
                field: f"“分值”填的是 {in_points(points)}，“{rule.name}”规定在 {in_points(low)} 到 "
                f"{in_points(high)} 分之间。请改正分值，或改选规则。"
            }
        )


def check_holds(rule: Rule, day: datetime.date, field: str = "happened_on") -> None:
    if (rule.valid_from and day < rule.valid_from) or (rule.valid_to and day > rule.valid_to):
        raise ValidationError({field: f"规则“{rule.name}”在 {day} 不适用，请核对日期或改选规则。"})


def in_points(hundredths: int) -> str:
    """150 → "1.5", -200 → "-2"."""
    whole, rest = divmod(abs(hundredths), 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")
