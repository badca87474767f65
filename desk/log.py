"""The change log: every act of a committee, what each wrote row by row, and the history of one record with its parts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.db import models
from django.urls import reverse

from activities.models import Activity, Attendance, Invitation, Leave, Offer, Sitting
from audit.differences import Difference, Names, differences, names_of
from audit.models import Action, Evidence, Tracked
from desk.changes import states_before, tracked_models
from desk.entries import PAGES
from members.access import Verb, committees_beyond_own, visible
from members.models import User
from scoring.engine.differences import Group
from scoring.engine.differences import differences as changes_of_rules
from scoring.engine.schema import RulesetError
from scoring.models import Category, Gate, Grade, Rule, Ruleset, Run, Talk
from scoring.ruleset_versions import content_after

ACTS_AT_ONCE = 500  # whose changes a file of the log reads together
ROWS_SHOWN = 50  # rows on the page of an act
ROWS_OF_ACT = 20  # rows of each act in a record's history
DRAFT = "draft"
# Acts about what a member writes for himself until he hands it in; parts of a draft say nothing of its state.
PRIVATE_VERBS = {"起草提案", "修改提案草稿", "删除提案草稿", "起草社情民意信息", "修改草稿", "删除草稿"}

# Of these the log says who, when and why that something was written, and nothing more.
SEALED: dict[type[Tracked], str] = {Talk: "内容只有主席办公室能看。"}
OWNER = "委员会"  # the same for every row of the log

# Records told with their parts: (model of the part, its foreign key, the model that this key points to).
Parts = tuple[tuple[type[Tracked], str, type[Tracked]], ...]
RECORDS: dict[type[Tracked], Parts] = {
    Activity: (
        (Invitation, "activity", Activity),
        (Offer, "activity", Activity),
        (Leave, "activity", Activity),
        (Sitting, "activity", Activity),
        (Attendance, "sitting", Sitting),
    ),
    Sitting: ((Attendance, "sitting", Sitting),),
    Ruleset: tuple((model, "ruleset", Ruleset) for model in (Category, Rule, Gate, Grade)),
}
# How a ruleset is stored, which no sentence needs: the page of an act tells what it says.
STORED = {Category, Rule, Gate, Grade}
# Whom to ask about staff, where members see more than rows about themselves.
STAFFED: dict[type[Tracked], type[models.Model]] = {Ruleset: Run}


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one row. ``hidden``: who alone reads what it says, "" when the reader may."""

    kind: str
    title: str
    happened: str  # 新增, 修改, 删除
    differences: list[Difference]
    public_id: str
    url: str
    hidden: str
    is_stored: bool = False  # columns are a ruleset's codes and structure, for files and not for reading


@dataclass(frozen=True, slots=True)
class Told:
    """One act on a record, with its changes."""

    action: Action
    changes: list[Change]

    @property
    def more(self) -> int:
        return max(len(self.changes) - ROWS_OF_ACT, 0)


_Pair = tuple[Any | None, Any | None]  # history states of one row before and after


# ---------------------------------------------------------------- one act
def written_by(action: Action) -> list[tuple[type[Tracked], int]]:
    """[(model, primary key)] of every tracked row the act wrote. One query a model, whatever their number."""
    return [
        (model, pk)
        for model in tracked_models()
        for pk in sorted(set(model.history.filter(action=action).order_by().values_list("id", flat=True)))
    ]


def changes_in(user: User, action: Action, rows: Sequence[tuple[type[Tracked], int]]) -> list[Change]:
    """What the act did to these rows, as ``user`` may read it. A few queries for each model among them."""
    pairs: list[_Pair] = []
    for model, group in groupby(rows, key=lambda row: row[0]):
        keys = [pk for _, pk in group]
        first: dict[int, Any] = {}
        last: dict[int, Any] = {}
        for state in model.history.filter(action=action, id__in=keys).order_by("history_id"):
            first.setdefault(state.id, state)
            last[state.id] = state
        before = states_before(model, {pk: one for pk, one in first.items() if one.history_type != "+"})
        pairs += [(before.get(pk), last[pk]) for pk in keys]
    return _told(user, pairs, [action.verb] * len(pairs))


def rulesets_in(action: Action) -> list[tuple[Ruleset, list[Group]]]:
    """[(ruleset, what the act changed of it in sentences)] of those it changed; of a new one or a broken one nothing.

    A few queries for each ruleset, of which an act seldom writes more than one.
    """
    keys = Ruleset.history.filter(action=action, history_type="~").order_by().values("id")
    return [(row, told) for row in Ruleset.objects.filter(pk__in=keys) if (told := _sentences_of(row, action))]


def _sentences_of(row: Ruleset, action: Action) -> list[Group]:
    earlier = row.history.filter(action__lt=action.pk).select_related("action").order_by("-history_id").first()
    if earlier is None:
        return []
    try:
        return changes_of_rules(content_after(row, earlier.action)[0], content_after(row, action)[0])
    except (RulesetError, KeyError):
        return []  # one of the two was not yet finished; the draft's own page says where


def count_changes(actions: models.QuerySet) -> int:
    """How many rows these acts wrote, each as often as they wrote it. One query a model."""
    ids = actions.order_by().values("pk")
    return sum(model.history.filter(action__in=ids).count() for model in tracked_models())


def changes_in_all(user: User, actions: Iterable[Action]) -> Iterator[tuple[Action, list[Change]]]:
    """Each act with what it did to every row, as ``user`` may read it; a few queries a model for every ACTS_AT_ONCE."""
    rest = iter(actions)
    while some := list(islice(rest, ACTS_AT_ONCE)):
        acts = {one.pk: one for one in some}
        pairs: list[_Pair] = []
        for model in tracked_models():
            states = list(model.history.filter(action__in=list(acts)).order_by("history_id"))
            pairs += _pairs(model, states)
        pairs.sort(key=lambda pair: pair[1].action_id)
        told = _told(user, pairs, [acts[state.action_id].verb for _, state in pairs])
        changes: dict[int, list[Change]] = {}
        for (_, state), change in zip(pairs, told, strict=True):
            changes.setdefault(state.action_id, []).append(change)
        yield from ((one, changes.get(one.pk, [])) for one in some)


def _pairs(model: type[Tracked], states: Sequence[Any]) -> Iterator[_Pair]:
    """(state before, last state) of each row and act. ``states``: all of some acts, oldest first."""
    first: dict[int, Any] = {}
    found: dict[tuple[int, int], list[Any]] = {}
    for state in states:
        first.setdefault(state.id, state)
        found.setdefault((state.action_id, state.id), []).append(state)
    latest = states_before(model, {pk: one for pk, one in first.items() if one.history_type != "+"})
    for (_, pk), some in found.items():
        yield (None if some[0].history_type == "+" else latest.get(pk)), some[-1]
        latest[pk] = some[-1]


def evidence_of(action: Action) -> list[Evidence]:
    return list(Evidence.objects.filter(action=action).order_by("pk")[:ROWS_SHOWN])


# ---------------------------------------------------------------- one record
def record_of(user: User, public_id: str) -> Tracked | None:
    """The record of that public id that has a history page, if the user works for its committee and may see it."""
    for model in RECORDS:
        staffed = committees_beyond_own(user, Verb.VIEW, STAFFED.get(model, model))
        row = visible(user, model).filter(public_id=public_id, committee__in=staffed).first()
        if row is not None:
            return row
    return None


def history_of(user: User, row: Tracked, text: str = "") -> list[Told]:
    """The acts on the record and its parts, newest first; with ``text`` only rows that are called so.

    Queries: one for the history of each model, and a few for the names.
    """
    states = list(type(row).history.filter(id=row.pk).select_related("action__user"))
    keys: dict[type[Tracked], set[int]] = {type(row): {row.pk}}
    for model, name, owner in RECORDS[type(row)]:
        owners = keys.get(owner, set())
        found = list(model.history.filter(**{f"{name}__in": sorted(owners)}).select_related("action__user"))
        keys[model] = {state.id for state in found}
        states += found
    states.sort(key=lambda state: (state.action_id, state.instance_type is not type(row), state.history_id))
    latest: dict[tuple[type[Tracked], int], Any] = {}
    pairs: list[_Pair] = []
    for state in states:
        key = (state.instance_type, state.id)
        pairs.append((latest.get(key) if state.history_type != "+" else None, state))
        latest[key] = state
    changes = _told(user, pairs, [""] * len(pairs))
    told = []
    for _, some in groupby(zip(pairs, changes, strict=True), key=lambda one: one[0][1].action_id):
        group = list(some)
        kept = [change for _, change in group if text in change.title]
        if kept:
            told.append(Told(group[0][0][1].action, kept))
    return told[::-1]


# ---------------------------------------------------------------- words
def _told(user: User, pairs: Sequence[_Pair], verbs: Sequence[str]) -> list[Change]:
    """``pairs``: (state before or None, last state, which may be a deletion); ``verbs``: what each act did."""
    keys: dict[type[Tracked], set[int]] = {}
    for _, state in pairs:
        keys.setdefault(state.instance_type, set()).add(state.id)
    titles = {model: names_of(model, sorted(some)) for model, some in keys.items()}
    addresses = {model: _addresses(user, model, some) for model, some in keys.items()}
    drafts = {model: _drafts(model, some) for model, some in keys.items()}
    shown = [(before, None if state.history_type == "-" else state) for before, state in pairs]
    names = Names([pair for pair in shown if pair != (None, None)])
    changes = []
    for (before, state), (_, after), verb in zip(pairs, shown, verbs, strict=True):
        model = state.instance_type
        is_draft = verb in PRIVATE_VERBS or state.id in drafts[model] or _is_draft(model, after or before or state)
        hidden = SEALED.get(model, "草稿，内容只有起草人能看。" if is_draft else "")
        # What stood in a draft is not told when it is handed in; what was handed in is.
        was = None if before is not None and _is_draft(model, before) else before
        told = [] if hidden or (was, after) == (None, None) else differences(was, after, names)
        changes.append(
            Change(
                kind=str(model._meta.verbose_name),
                title="" if hidden else _title(state, titles[model]),
                happened="删除" if after is None else "新增" if before is None else "修改",
                differences=[one for one in told if one.label != OWNER],
                public_id=str(state.public_id),
                url=addresses[model].get(state.id, ""),
                hidden=hidden,
                is_stored=model in STORED,
            )
        )
    return changes


def _title(state: Any, titles: dict[int, str]) -> str:
    return _called(state) if state.instance_type in STORED else titles.get(state.id) or _called(state)


def _called(state: Any) -> str:
    """The name that a row had which is gone."""
    if state.instance_type in STORED:
        return _named(state)
    return str(getattr(state, "title", "") or getattr(state, "name", "") or "已删除")


def _named(part: Any) -> str:
    """What a part of a ruleset is called; a grade's code is its name."""
    return str(part.terms.get("name") or part.code)


def _has_drafts(model: type[Tracked]) -> bool:
    return model.access_scope().private is not None


def _is_draft(model: type[Tracked], state: Any) -> bool:
    return _has_drafts(model) and getattr(state, "state", "") == DRAFT


def _drafts(model: type[Tracked], keys: Iterable[int]) -> set[int]:
    """Those that are a draft now, or belong to one."""
    if not _has_drafts(model):
        return set()
    rows = model._base_manager.filter(model.access_scope().private, pk__in=sorted(keys))
    return set(rows.values_list("pk", flat=True))


def _addresses(user: User, model: type[Tracked], keys: Iterable[int]) -> dict[int, str]:
    """{primary key: page} of the rows that have one and that the user may see."""
    page, path = PAGES.get(model, ("", ""))
    if not page:
        return {}
    rows = visible(user, model).filter(pk__in=sorted(keys)).values_list("pk", path)
    return {pk: reverse(page, args=[public_id]) for pk, public_id in rows}


# ---------------------------------------------------------------- the list
def acts_on(actions: models.QuerySet, public_id: str) -> models.QuerySet:
    """Those acts that wrote the row of this public id. At most one query a model."""
    for model in tracked_models():
        found = model.history.filter(public_id=public_id).order_by()
        if found.exists():
            return actions.filter(pk__in=found.values("action"))
    return actions.none()
