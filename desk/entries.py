"""What somebody wrote last: each act with the record it was about, and whether it can be taken back here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from django.db.models import Count, Min, Model, QuerySet
from django.urls import reverse

from activities.models import Activity, Attendance, Contribution, Invitation, Leave, Sitting
from audit.models import Action
from desk.models import ImportBatch
from desk.undo import FINAL
from members.access import visible
from members.models import GroupMembership, Member, Post, Seat, User
from opinions.models import Adoption, CompositePart, Forwarding, Instruction, OpinionReport, Organ, Reporter
from proposals.models import Evaluation, Honour, Proposal, Proposer, Undertaking, UndertakingUnit, Urging
from scoring.models import Adjustment, Appraisal

# Rows that an act is about, the weightiest first → its page and the path to the public id that the page wants.
PAGES: dict[type[Model], tuple[str, str]] = {
    Activity: ("activity", "public_id"),
    Contribution: ("contribution", "public_id"),
    Proposal: ("proposal", "public_id"),
    OpinionReport: ("opinion", "public_id"),
    Adjustment: ("adjustment", "public_id"),
    Appraisal: ("appraisal", "public_id"),
    Seat: ("seat", "public_id"),
    Member: ("", "public_id"),
    Sitting: ("attendance", "public_id"),
    Attendance: ("attendance", "sitting__public_id"),
    Leave: ("activity", "activity__public_id"),
    Invitation: ("activity", "activity__public_id"),
    Undertaking: ("proposal", "proposal__public_id"),
    Evaluation: ("proposal", "undertaking__proposal__public_id"),
    Urging: ("proposal", "undertaking__proposal__public_id"),
    Honour: ("proposal", "proposal__public_id"),
    Proposer: ("proposal", "proposal__public_id"),
    Adoption: ("opinion", "report__public_id"),
    Instruction: ("opinion", "report__public_id"),
    Forwarding: ("opinion", "report__public_id"),
    Reporter: ("opinion", "report__public_id"),
    CompositePart: ("opinion", "composite__public_id"),
    Post: ("seat", "seat__public_id"),
    GroupMembership: ("seat", "seat__public_id"),
    Organ: ("", "pk"),
    UndertakingUnit: ("", "pk"),
}
# Rows whose own words leave out what they are part of → the path to that.
PARTS: dict[type[Model], str] = {
    Sitting: "activity",
    Attendance: "sitting__activity",
    Undertaking: "proposal",
    Evaluation: "undertaking__proposal",
    Urging: "undertaking__proposal",
    Adoption: "report",
    Instruction: "report",
    Forwarding: "report",
}
RUN = 6  # acts read for one shown: marks of one sheet are shown as one


@dataclass(slots=True)
class Entry:
    """One act, or a run of the same acts on the same page; ``action`` is the newest of them."""

    action: Action
    about: str
    url: str
    is_record: bool
    times: int = 1

    @property
    def is_undone(self) -> bool:
        return hasattr(self.action, "undone_by")

    @property
    def may_undo(self) -> bool:
        return self.is_record and not self.is_undone and self.action.verb not in FINAL


@dataclass(frozen=True, slots=True)
class _Head:
    """The weightiest row an act wrote, and how many of that kind."""

    model: type[Model]
    pk: int
    count: int


def my_entries(user: User) -> QuerySet[Action]:
    """Own acts, newest first, for ``entries_of``."""
    return Action.objects.of(user).exclude(committee=None).select_related("undone_by").order_by("-pk")


def latest_entries(user: User, shown: int) -> list[Entry]:
    """The last acts that were about a record, runs of marks joined: a changed password is no entry of the office's.

    At most three queries for each kind of record, whatever is shown.
    """
    entries = entries_of(user, list(my_entries(user)[: shown * RUN]))
    return _joined(entry for entry in entries if entry.is_record or entry.url)[:shown]


def entries_of(user: User, actions: Sequence[Action]) -> list[Entry]:
    heads = _heads(actions)
    rows = _rows(user, heads.values())
    batches = {
        batch.action_id: batch
        for batch in visible(user, ImportBatch).without_contents().filter(action__in=[one.pk for one in actions])
    }
    return [_entry(action, heads.get(action.pk), rows, batches.get(action.pk)) for action in actions]


def _entry(
    action: Action, head: _Head | None, rows: dict[tuple[type[Model], int], tuple[str, str]], batch: ImportBatch | None
) -> Entry:
    if batch is not None:
        return Entry(action, f"{batch.label} {batch.number}", reverse("import", args=[batch.public_id]), False)
    if head is None:
        return Entry(action, action.reason, "", False)
    about, url = rows.get((head.model, head.pk), (f"{head.model._meta.verbose_name}（已删除）", ""))
    return Entry(action, about + (f" 等 {head.count} 项" if head.count > 1 else ""), url, True)


def _heads(actions: Sequence[Action]) -> dict[int, _Head]:
    """{action: its weightiest row}. One query a model."""
    heads: dict[int, _Head] = {}
    wanted = [action.pk for action in actions]
    for model in PAGES:
        written = model.history.filter(action__in=wanted).order_by().values("action")
        for one in written.annotate(first=Min("id"), count=Count("id", distinct=True)):
            heads.setdefault(one["action"], _Head(model, one["first"], one["count"]))
    return heads


def _rows(user: User, heads: Iterable[_Head]) -> dict[tuple[type[Model], int], tuple[str, str]]:
    """{(model, primary key): (words, address)} of the rows that are there and that the user may see."""
    keys: dict[type[Model], list[int]] = {}
    for head in heads:
        keys.setdefault(head.model, []).append(head.pk)
    found = {}
    for model, some in keys.items():
        page, path = PAGES[model]
        steps = [field.name for field in model._meta.fields if field.is_relation and field.name != "committee"]
        seen = visible(user, model).filter(pk__in=some)
        addresses = dict(seen.values_list("pk", path))
        whole = PARTS.get(model, "")
        for row in seen.select_related(*steps, *_names_of(model), *([whole] if whole else [])):
            found[model, row.pk] = (_words(row, whole), reverse(page, args=[addresses[row.pk]]) if page else "")
    return found


def _words(row: Model, whole: str) -> str:
    """What the row says of itself, and after it what it is part of."""
    return f"{row} · {reduce(getattr, whole.split('__'), row)}" if whole else str(row)


def _names_of(model: type[Model]) -> list[str]:
    """What the words of a row that is about a seat or a sitting are made of."""
    names = {field.name for field in model._meta.fields}
    return [f"{name}__{of}" for name, of in (("seat", "member"), ("sitting", "activity")) if name in names]


def _joined(entries: Iterable[Entry]) -> list[Entry]:
    """Neighbours with the same verb on the same page as one; one that was undone stands alone."""
    joined: list[Entry] = []
    for entry in entries:
        last = joined[-1] if joined else None
        if last and entry.url and (last.action.verb, last.url) == (entry.action.verb, entry.url) and not last.is_undone:
            last.times += 1
        else:
            joined.append(entry)
    return joined
