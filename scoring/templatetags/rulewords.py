"""What the approved ruleset pays for a kind of record, in its own words: ``{% rule_words committee day kind as words %}``."""

import datetime
from typing import Any

from django import template

from members.models import Committee, Subject
from scoring.compiled import Compiled, TamperedRuleset, compiled
from scoring.engine.schema import RulesetError
from scoring.models import Ruleset

register = template.Library()


@register.simple_tag(takes_context=True)
def rule_words(context: dict[str, Any], committee: Committee, when: datetime.date | int, kind: str) -> list[str]:
    """Sentences of the rules that read records of ``kind``, each with title and clause; [] when there are none.

    ``when``: a day, whose ruleset is the one in whose window it lies, or the year of a ruleset. Only the approved
    rulesets of members speak. One query for a page, however often it asks about a committee; one more for each
    ruleset that this process has not compiled yet.
    """
    for found in _approved(context, committee):
        ruleset = found.ruleset
        if ruleset.year == when if isinstance(when, int) else ruleset.first_day <= when <= ruleset.last_day:
            return _sentences(found, kind)
    return []


def _approved(context: dict[str, Any], committee: Committee) -> list[Compiled]:
    """The committee's approved rulesets of members, the newest first; kept on the request."""
    kept = getattr(context.get("request"), "__dict__", {}).setdefault("_approved_rulesets", {})
    if committee.pk not in kept:
        rows = Ruleset.objects.filter(
            committee=committee, subject_kind=Subject.Kind.MEMBER, state=Ruleset.State.APPROVED
        )
        kept[committee.pk] = [found for row in rows.defer("toml", "switches") if (found := _compiled(row))]
    return kept[committee.pk]


def _compiled(row: Ruleset) -> Compiled | None:
    try:
        return compiled(row)
    except (RulesetError, TamperedRuleset):  # the pages of rulesets and runs say what is wrong with it
        return None


def _sentences(found: Compiled, kind: str) -> list[str]:
    reading = {rule.code for rule in found.ruleset.rules if any(kind in scope.kinds for scope in rule.of)}
    title = found.words.title.removeprefix("《").removesuffix("》")
    return [f"按《{title}》{entry.clause}：{entry.sentence}" for entry in found.words.rules if entry.code in reading]
