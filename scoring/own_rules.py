"""我们的考核办法: a committee's rules as its members read them, on the phone: what counts, what it is worth, until when."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from members.access import active_grants
from members.models import Role, Subject, User
from scoring.compiled import TamperedRuleset, compiled
from scoring.engine.schema import RulesetError
from scoring.models import Ruleset


def is_only_member(user: User) -> bool:
    """Whether the user reads rules for himself alone; staff keep the list of all."""
    return {grant.role for grant in active_grants(user)} == {Role.MEMBER}


def own_rules(rulesets: Sequence[Ruleset], user: User, today: date | None = None) -> dict[str, Any] | None:
    """What the page shows: the newest approved ruleset of members in words, and the others. None when there is none."""
    approved = [one for one in rulesets if one.state == Ruleset.State.APPROVED]
    of_members = [one for one in approved if one.subject_kind == Subject.Kind.MEMBER]
    for ruleset in of_members:
        try:
            found = compiled(ruleset)
        except (RulesetError, TamperedRuleset):
            continue
        caps = {one.code: one.cap for one in found.ruleset.categories}
        last, today = found.ruleset.last_day, today or timezone.localdate()
        return {
            "ruleset": ruleset,
            "rules": found.ruleset,
            "words": found.words,
            "parts": [part | {"cap": caps.get(part["code"])} for part in parts(found.words)],
            "days_left": (last - today).days + 1 if found.ruleset.first_day <= today <= last else None,
            "rulesets": list(rulesets),
            "has_card": user.member_id is not None,
        }
    return None


def parts(words: Any) -> list[dict[str, Any]]:
    """Each category in words with its rules."""
    return [
        {**part._asdict(), "rules": [rule for rule in words.rules if rule.category == part.code]}
        for part in words.categories
    ]
