"""What the approved ruleset pays for a kind of record, in its own words: ``{% rule_words committee day kind as words %}``."""

import datetime

from django import template

from members.models import Committee, Subject
from scoring.compiled import Compiled, TamperedRuleset, compiled
from scoring.engine.schema import RulesetError
from scoring.models import Ruleset

register = template.Library()


@register.simple_tag
def rule_words(committee: Committee, when: datetime.date | int, kind: str) -> list[str]:
    """Sentences of the rules that read records of ``kind``, each with title and clause; [] when there are none.

    ``when``: a day, whose ruleset is the one in whose window it lies, or the year of a ruleset. Only the approved
    ruleset of members speaks. One query, two when this process has not compiled the ruleset yet.
    """
    found = _in_force(committee, when)
    return _sentences(found, kind) if found else []


@register.simple_tag
def rule_words_by_kind(committee: Committee, when: datetime.date | int, kinds: dict[str, str]) -> list[tuple]:
    """[(kind, its name, its sentences), …] for ``kinds`` {code: name}, in the queries of one."""
    found = _in_force(committee, when)
    return [(kind, name, _sentences(found, kind) if found else []) for kind, name in kinds.items()]


def _in_force(committee: Committee, when: datetime.date | int) -> Compiled | None:
    is_day = isinstance(when, datetime.date)
    years = (when.year - 1, when.year + 1) if is_day else (when, when)
    rows = Ruleset.objects.filter(
        committee=committee,
        subject_kind=Subject.Kind.MEMBER,
        state=Ruleset.State.APPROVED,
        year__range=years,
    )
    for row in rows.defer("toml", "switches"):
        try:
            found = compiled(row)
        except (RulesetError, TamperedRuleset):  # the pages of rulesets and runs say what is wrong with it
            continue
        if not is_day or found.ruleset.first_day <= when <= found.ruleset.last_day:
            return found
    return None


def _sentences(found: Compiled, kind: str) -> list[str]:
    reading = {rule.code for rule in found.ruleset.rules if any(kind in scope.kinds for scope in rule.of)}
    title = found.words.title.removeprefix("《").removesuffix("》")
    return [f"按《{title}》{entry.clause}：{entry.sentence}" for entry in found.words.rules if entry.code in reading]
