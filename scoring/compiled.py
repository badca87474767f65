"""Rulesets as the engine wants them: dataclasses out of rows, compiled once per process and digest."""

import datetime
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scoring import engine
from scoring.engine.persons import add_months
from scoring.engine.plain import from_plain, render
from scoring.engine.schema import Members, RulesetError
from scoring.engine.words import Words, in_words
from scoring.models import Ruleset

KEPT = 16  # compiled rulesets held by a process; a committee uses three or four a year
# What the columns of a rule's row hold; its other keys are in `terms`. The word "from" is no column name.
RULE_COLUMNS = {"code": "code", "category": "category", "clause": "clause", "from": "valid_from", "to": "valid_to"}


class TamperedRuleset(RuntimeError):
    """The stored text of an approved ruleset does not have the digest it was approved under."""


@dataclass(frozen=True)
class Reach:
    """The days a ruleset looks at, earlier years of its gates included; both ends belong to it."""

    first: datetime.date
    last: datetime.date
    by_event: bool  # some rule or gate credits by the object's day

    def touches(self, *days: datetime.date) -> bool:
        return any(self.first <= day <= self.last for day in days)


class Compiled:
    """One ruleset text with everything that is derived from it and costly."""

    def __init__(self, ruleset: engine.Ruleset, digest: str) -> None:
        self.ruleset, self.digest = ruleset, digest

    @cached_property
    def rules(self) -> engine.Rules:
        return engine.compile(self.ruleset)

    @cached_property
    def words(self) -> Words:
        """The ruleset in Chinese; RulesetError when it cannot be explained."""
        return in_words(self.rules.ruleset)

    @cached_property
    def reach(self) -> Reach:
        ruleset = self.ruleset
        tests = [test for gate in ruleset.gates for test in gate.tests]
        years = max([test.years for test in tests if test.of], default=1)
        spans = [(ruleset.first_day, ruleset.last_day), *((w.first_day, w.last_day) for w in ruleset.windows)]
        credits_ = {ruleset.switches.credit, *(rule.credit for rule in ruleset.rules), *(test.credit for test in tests)}
        return Reach(
            add_months(min(first for first, _ in spans), -12 * (years - 1)),
            max(last for _, last in spans),
            "event" in credits_,
        )

    @cached_property
    def earlier_years(self) -> int:
        """How many earlier years' printed figures the gates read."""
        tests = (test for gate in self.ruleset.gates for test in gate.tests)
        return max([test.years - 1 for test in tests if test.figure], default=0)

    @cached_property
    def reads_members(self) -> bool:
        """Whether a rule takes the printed figures of a group's members."""
        return any(isinstance(rule.value, Members) for rule in self.ruleset.rules)


_kept: OrderedDict[str, Compiled] = OrderedDict()
_lock = threading.Lock()


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def compiled(row: Ruleset) -> Compiled:
    """The ruleset of a row, made ready once per process and digest.

    An approved one is read from its canonical text, which must still have its digest (TamperedRuleset); a draft is read
    from its rows each time. RulesetError when a draft's rows do not make a ruleset.
    """
    if not row.digest:
        ruleset = from_rows(row)
        return Compiled(ruleset, digest_of(engine.dumps(ruleset)))
    found = _known(row.digest)
    if found is not None:
        return found
    if digest_of(row.toml) != row.digest:
        raise TamperedRuleset(f"{row}的定稿文本与审定时的摘要不符，文本已被改动。请从备份恢复后再计分。")
    return _keep(Compiled(engine.loads(row.toml), row.digest))


def compiled_text(text: str) -> Compiled:
    """The same of a canonical text, such as an edition's."""
    digest = digest_of(text)
    return _known(digest) or _keep(Compiled(engine.loads(text), digest))


def _known(digest: str) -> Compiled | None:
    with _lock:
        found = _kept.get(digest)
        if found is not None:
            _kept.move_to_end(digest)
        return found


def _keep(made: Compiled) -> Compiled:
    with _lock:
        _kept[made.digest] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def from_rows(row: Ruleset) -> engine.Ruleset:
    """Rows → the engine's Ruleset, unchecked for combinations. RulesetError names what the rows do not say."""
    return from_parts(row.switches, row.categories.all(), row.rules.all(), row.gates.all(), row.grades.all())


def from_parts(
    switches: dict[str, Any], categories: Iterable, rules: Iterable, gates: Iterable, grades: Iterable
) -> engine.Ruleset:
    """The same of parts that need not be stored any more: each in its order, with the columns of a part's row."""
    plain: dict[str, Any] = dict(switches)
    plain |= {
        "category": [{"code": part.code} | part.terms for part in categories],
        "rule": [_rule_plain(part) for part in rules],
        "gate": [{"code": part.code} | part.terms for part in gates],
        "grade": [{"name": part.code} | part.terms for part in grades],
    }
    ruleset, problems = from_plain(plain)
    if problems:
        raise RulesetError([render(problem) for problem in problems])
    return ruleset


def _rule_plain(part: Any) -> dict[str, Any]:
    columns = {key: getattr(part, column) for key, column in RULE_COLUMNS.items()}
    return {key: "none" if value is None else value for key, value in columns.items()} | part.terms
