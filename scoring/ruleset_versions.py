"""Every state a draft has been in, read from its history: what took a change back, and what can be gone back to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from audit.models import Action
from members.models import User
from members.recording import CHANGED
from scoring import engine
from scoring.compiled import from_parts
from scoring.models import Category, Gate, Grade, Rule, Ruleset
from scoring.services.rulesets import restore_draft

SHOWN = 100
PARTS = (Category, Rule, Gate, Grade)
UNDONE, DONE_AGAIN = "撤销：", "重做："
TITLES = {"保存考核办法": "存为草稿", "保存办法原文": "改了办法原文"}


@dataclass(frozen=True, slots=True)
class Version:
    """The draft as one act left it; ``what`` says what the act did."""

    action: Action
    what: str


def versions(row: Ruleset) -> list[Version]:
    """The latest first; one query. The first is what is stored now."""
    acts: dict[int, Action] = {}
    for state in row.history.select_related("action__user").order_by("-history_id"):
        acts.setdefault(state.action_id, state.action)
        if len(acts) > SHOWN:
            break
    return [
        Version(one, TITLES.get(one.verb) or one.reason.removeprefix("已") or one.verb)
        for one in list(acts.values())[:SHOWN]
    ]


def content_after(row: Ruleset, action: Action) -> tuple[engine.Ruleset, str]:
    """(the draft as the act left it, the regulation's text as it stood then). Two queries for each kind of part.

    Each change of the rules writes all parts anew, so those of the last act before that wrote any are those there were.
    """
    state = row.history.filter(action__lte=action.pk).order_by("-history_id").first()
    made = [model.history.filter(ruleset=row.pk, history_type="+", action__lte=action.pk) for model in PARTS]
    last = max((rows.order_by("-action_id").values_list("action_id", flat=True).first() or 0) for rows in made)
    parts = [_standing(model, row, last) for model in PARTS]
    return from_parts(state.switches, *parts), state.original


def _standing(model: Any, row: Ruleset, action: int) -> Sequence[Any]:
    """The parts that the act made and did not remove again itself."""
    states = model.history.filter(ruleset=row.pk, action=action)
    gone = set(states.filter(history_type="-").values_list("id", flat=True))
    made = {state.id: state for state in states.filter(history_type="+").order_by("history_id") if state.id not in gone}
    return sorted(made.values(), key=lambda state: state.position)


def go_back(*, user: User, row: Ruleset, to: str, seen: str) -> str:
    """Make the draft what the act of public id ``to`` left; → what it says now. ``seen``: the newest act on the page.

    ValidationError when somebody changed the draft since, and for an act that is none of the draft's.
    """
    Ruleset.objects.select_for_update().get(pk=row.pk)
    found = versions(row)
    if not found or str(found[0].action.public_id) != seen:
        raise ValidationError(CHANGED)
    at = next((n for n, one in enumerate(found) if str(one.action.public_id) == to), None)
    if at is None:
        raise ValidationError("没有恢复：要恢复的那一步已不在列表里，请刷新页面再试。")
    content, original = content_after(row, found[at].action)
    last = found[0].what
    taken_back = (
        f"{DONE_AGAIN}{last.removeprefix(UNDONE)}"
        if last.startswith(UNDONE)
        else f"{UNDONE}{last.removeprefix(DONE_AGAIN)}"
    )
    reason = taken_back if at == 1 else f"恢复到这一步之后的样子：{found[at].what}"
    restore_draft(user=user, ruleset=row, content=content, original=original, reason=reason[:500])
    return reason
