"""Taking back everything one act wrote: what it changed is as before, what it added is gone."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from activities.models import Activity, Attendance, Contribution, Invitation, Leave, Offer, Sitting
from audit.actions import act
from audit.history import delete_all, update_all
from audit.models import Action, ActionStamp
from desk.batches import locked
from desk.changes import CHUNK, Touched, touched_by, tracked_models
from desk.models import ImportBatch
from members import merging
from members.access import Verb, may, visible
from members.models import Grant, GroupMembership, Member, Post, Seat, Subject, User
from members.signals import announce, gathered
from opinions.models import Adoption, CompositePart, Forwarding, Instruction, OpinionReport, Organ, Reporter
from proposals.models import Evaluation, Honour, Proposal, Proposer, Undertaking, UndertakingUnit, Urging
from scoring.models import Adjustment, Appraisal, Fact, Objection, ReportCard, Stale, SubjectError

LISTED = 50  # of what stands in the way
FINAL = {merging.VERB}  # also moved what has no history: accounts
# Which object's facts a row belongs to: (kind of facts_changed, path to its primary key).
OWNERS: dict[type[models.Model], tuple[str, str]] = {
    Activity: ("activity", "pk"),
    Invitation: ("activity", "activity_id"),
    Offer: ("activity", "activity_id"),
    Sitting: ("activity", "activity_id"),
    Leave: ("activity", "activity_id"),
    Attendance: ("activity", "sitting__activity_id"),
    Contribution: ("contribution", "pk"),
    Adjustment: ("adjustment", "pk"),
    Appraisal: ("appraisal", "pk"),
    Proposal: ("proposal", "pk"),
    Proposer: ("proposal", "proposal_id"),
    Undertaking: ("proposal", "proposal_id"),
    Honour: ("proposal", "proposal_id"),
    Evaluation: ("proposal", "undertaking__proposal_id"),
    Urging: ("proposal", "undertaking__proposal_id"),
    OpinionReport: ("opinion", "pk"),
    Reporter: ("opinion", "report_id"),
    Adoption: ("opinion", "report_id"),
    Instruction: ("opinion", "report_id"),
    CompositePart: ("opinion", "source_id"),
    Forwarding: ("opinion", "report_id"),
    Subject: ("subject", "pk"),
    Seat: ("subject", "subject"),
    Post: ("subject", "seat__subject"),
    GroupMembership: ("subject", "seat__subject"),
    Member: ("subject", "seats__subject"),
}
OFFERED = {Organ, UndertakingUnit}  # names that forms offer: nothing is scored by them, nothing refers to them
COMPUTED = {Fact, Stale, SubjectError, ReportCard}  # go with the record they are made of


@dataclass(frozen=True, slots=True)
class Later:
    """Something that happened after the act and would be lost: a row changed, or one that needs a row to be removed."""

    what: str
    happened: str
    user: str = ""
    at: datetime.datetime | None = None


class UndoRefused(ValidationError):
    """`later` says why."""

    def __init__(self, later: Sequence[Later]):
        super().__init__("没有撤销：在那以后，下列记录又有变动，撤销会丢掉这些变动。请先处理它们。")
        self.later = later


def undo_batch(*, user: User, grant: Grant | None, batch: ImportBatch, reason: str) -> bool:
    """Take a confirmed batch back under one Action. False when it was undone already.

    UndoRefused, with the list, when any of its rows was changed since or another record has come to need it.
    """
    with transaction.atomic():
        batch = locked(batch)
        if batch.state == ImportBatch.State.UNDONE:
            return False
        if batch.state != ImportBatch.State.DONE or batch.action is None:
            raise ValidationError(f"这批数据{batch.get_state_display()}，没有可以撤销的内容。")
        words = f"批次 {batch.number}：{reason}"
        with act(user=user, verb="撤销导入", reason=words, grant=grant, committee=batch.committee) as action:
            take_back(batch.action)
            batch.state, batch.undo_action = ImportBatch.State.UNDONE, action
            batch.book, batch.mends, batch.outcome = {}, [], {}
            batch.save()
    return True


def undo_action(*, user: User, action: Action) -> bool:
    """Take back one of the user's own acts on records, in an act of its own. False when it was undone already.

    An undo is an act too: undoing it does the first again. ValidationError for another's act, for one that wrote more
    than records, or when the user may no longer change them; UndoRefused as ``undo_batch``.
    """
    with transaction.atomic():
        action = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
        if action.user_id != user.pk:
            raise ValidationError("没有撤销：这是别人做的操作，请联系对方撤销。")
        if Action.objects.filter(undoes=action).exists():
            return False
        touched = list(touched_by(action))
        _check_may_undo(user, action, touched)
        with act(
            user=user,
            verb="撤销操作",
            reason=f"{action.verb}，{timezone.localtime(action.at):%Y-%m-%d %H:%M}",
            grant=action.grant,
            committee=action.committee,
            undoes=action,
        ):
            take_back(action)
    return True


def _check_may_undo(user: User, action: Action, touched: Sequence[Touched]) -> None:
    """Only records, and only those the user may log today."""
    if not touched or action.verb in FINAL or {one.model for one in touched} - set(OWNERS) - OFFERED:
        raise ValidationError(f"没有撤销：“{action.verb}”不能在这里撤销，请到相应的页面上改回。")
    for model, keys in _keys(one for one in touched if one.after is not None).items():
        for some in _chunks(keys):
            there = model._base_manager.filter(pk__in=some).count()
            if visible(user, model, Verb.LOG).filter(pk__in=some).count() != there:
                raise ValidationError("没有撤销：您现在没有修改这些记录的授权，请联系有授权的同事。")
    for model in {one.model for one in touched if one.after is None}:
        if not may(user, Verb.LOG, model, action.committee):
            raise ValidationError("没有撤销：您现在没有登记这类记录的授权，请联系有授权的同事。")


def take_back(action: Action) -> None:
    """Restore what `action` changed, remove what it added, bring back what it removed; inside another act."""
    touched = list(touched_by(action))
    _lock(touched)
    if later := [*_changed_since(touched), *_needed_since(touched)]:
        raise UndoRefused(later)
    with gathered(take_back):
        owners = set(_owners(touched))
        _write_back(touched)
        owners |= set(_owners(touched))
        there = set(Subject.objects.values_list("pk", flat=True)) if owners else set()
        announce(take_back, sorted(one for one in owners if one[0] != "subject" or one[1] in there))


def _lock(touched: Sequence[Touched]) -> None:
    for model, keys in _keys(touched).items():
        for some in _chunks(keys):
            list(model._base_manager.select_for_update().filter(pk__in=some).values_list("pk", flat=True))


def _keys(touched: Iterable[Touched]) -> dict[type[models.Model], list[int]]:
    """{model: primary keys}, models that refer to others first."""
    keys = defaultdict(list)
    for one in touched:
        keys[one.model].append(one.pk)
    return {model: sorted(keys[model]) for model in sorted(keys, key=_depth, reverse=True)}


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


@cache
def _depth(model: type[models.Model]) -> int:
    """How long the longest chain of references from the model to other tracked models is."""
    targets = {field.related_model for field in model._meta.concrete_fields if field.is_relation} - {model}
    return 1 + max((_depth(target) for target in targets & set(tracked_models())), default=0)


# ---------------------------------------------------------------- what stands in the way
def _changed_since(touched: Sequence[Touched]) -> Iterator[Later]:
    """Rows that are not as the act left them. What was changed and changed back is no hindrance."""
    after = {(one.model, one.pk): one.after for one in touched}
    for model, keys in _keys(touched).items():
        names = [field.attname for field in model._meta.concrete_fields]
        for some in _chunks(keys):
            now = model._base_manager.in_bulk(some)
            other = [pk for pk in some if _values(now.get(pk), names) != _values(after[model, pk], names)]
            rows = model.history.filter(id__in=other).select_related("action__user").order_by("history_id")
            for one in {one.id: one for one in rows}.values():
                name = f"{model._meta.verbose_name} {one.instance}"
                happened = "已删除" if one.history_type == "-" else f"已由“{one.action.verb}”改动"
                yield Later(name, happened, str(one.action.user or "系统"), one.action.at)


def _values(row: models.Model | None, names: Sequence[str]) -> list | None:
    return None if row is None else [getattr(row, name) for name in names]


def _needed_since(touched: Sequence[Touched]) -> Iterator[Later]:
    """Rows that were not there at the act and refer to one that it added."""
    added, written = _keys(one for one in touched if one.before is None), _keys(touched)
    for model, keys in added.items():
        for relation in model._meta.get_fields(include_hidden=True):
            other = relation.related_model
            if not (relation.one_to_many or relation.one_to_one) or not relation.auto_created:
                continue
            if issubclass(other, ActionStamp) or other in COMPUTED:
                continue
            own = set(written.get(other, ()))
            for some in _chunks(keys):
                for row in other._base_manager.filter(**{f"{relation.field.name}__in": some}):
                    if row.pk not in own:
                        yield Later(f"{other._meta.verbose_name} {row}", "用到了要撤销的记录")
    for some in _chunks(added.get(Subject, [])):
        for row in Objection.objects.filter(card__subject__in=some):
            yield Later(f"{Objection._meta.verbose_name} {row}", "用到了要撤销的记录")


# ---------------------------------------------------------------- writing
def _write_back(touched: Sequence[Touched]) -> None:
    """Rows that point at an added one first let go of it; then the added go, then all others are as they were."""
    added = [one for one in touched if one.before is None and one.after is not None]
    changed = [one for one in touched if one.before is not None and one.after is not None]
    removed = [one for one in touched if one.before is not None and one.after is None]
    new = {(one.model, one.pk) for one in added}
    first = [one for one in changed if _points_at(one, new)]
    _restore(first)
    for model, keys in _keys(added).items():
        for some in _chunks(keys[::-1]):
            delete_all(model, model._base_manager.filter(pk__in=some).order_by("-pk"))
    for one in sorted(removed, key=lambda one: _depth(one.model)):
        one.before.instance.save(force_insert=True)
    _restore([one for one in changed if one not in first])


def _points_at(one: Touched, new: set[tuple[type[models.Model], int]]) -> bool:
    return any(
        (field.related_model, getattr(one.after, field.attname)) in new
        for field in one.model._meta.concrete_fields
        if field.is_relation
    )


def _restore(changed: Iterable[Touched]) -> None:
    by_model = defaultdict(list)
    for one in changed:
        by_model[one.model].append(one.before.instance)
    for model, rows in by_model.items():
        update_all(model, rows, [field.name for field in model._meta.concrete_fields if not field.primary_key])


def _owners(touched: Sequence[Touched]) -> Iterator[tuple[str, int]]:
    """The objects whose facts the rows that are there now belong to."""
    for model, keys in _keys(touched).items():
        if model in OWNERS:
            kind, path = OWNERS[model]
            for some in _chunks(keys):
                for pk in model._base_manager.filter(pk__in=some).values_list(path, flat=True):
                    if pk is not None:
                        yield kind, pk
