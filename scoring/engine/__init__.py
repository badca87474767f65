"""Scoring as pure functions of a ruleset, a subject and facts. Standard library only: no Django, no database, no clock."""

from .compile import Rules, compile
from .placing import Placing, Standing, place, standing
from .schema import Fact, FactError, MemberFigures, Ruleset, RulesetError, Span, Subject
from .score import check_manual, score
from .toml import dumps, loads

__all__ = [
    "Fact",
    "FactError",
    "MemberFigures",
    "Placing",
    "Rules",
    "Ruleset",
    "RulesetError",
    "Span",
    "Standing",
    "Subject",
    "check_manual",
    "compile",
    "dumps",
    "loads",
    "place",
    "score",
    "standing",
]
