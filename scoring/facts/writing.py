"""Replace the facts of changed objects whole, in the caller's transaction, and mark the cards that this touches."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from members.models import Seat, Subject
from opinions.models import OpinionReport
from proposals.models import Proposal
from scoring import stale
from scoring.facts import activities, adjustments, appraisals, contributions, opinions, proposals
from scoring.facts.rows import Read, Row, batches
from scoring.models import Fact

NOUNS = {noun.NOUN: noun for noun in (activities, contributions, proposals, opinions, adjustments, appraisals)}
DELETED_AT_ONCE = 5000
INSERTED_AT_ONCE = 2000


class Change(NamedTuple):
    """What has to happen to the stored facts of some sources."""

    gone: list[int]  # primary keys
    added: list[Row]
    touched: dict[int, set[datetime.date]]  # subject → days of the changed object, old and new


def on_facts_changed(sender: Any, objects: list[tuple[str, int]], **kwargs: Any) -> None:
    """Receiver of members.signals.facts_changed."""
    rewrite(objects)


def rewrite(objects: Iterable[tuple[str, int]]) -> None:
    """Bring the facts of these objects, (kind, primary key), up to date and mark old and new subjects stale.

    Kinds: activity, contribution, proposal, opinion, adjustment, appraisal and subject (its own posts, dates or groups
    changed).
    Deleted objects lose their facts. The number of queries does not depend on the number of objects (up to a batch).
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, pk in objects:
        wanted[kind].add(pk)
    subject_ids = wanted.pop("subject", set())
    with transaction.atomic():
        if subject_ids:
            for kind, ids in _signed_by(subject_ids).items():
                wanted[kind] |= ids
        if reports := wanted.get(opinions.NOUN):
            reports |= opinions.sources_of(reports)
        touched: dict[int, set[datetime.date]] = defaultdict(set)
        for kind, ids in sorted(wanted.items()):
            for read in _reads(kind, sorted(ids)):
                change = difference(read)
                apply(change)
                for subject, days in change.touched.items():
                    touched[subject] |= days
        stale.mark(touched, always=subject_ids)


def _reads(kind: str, ids: list[int]) -> Iterator[Read]:
    noun = NOUNS[kind]
    for some in batches(ids, noun.BATCH):
        yield noun.read(some)


def difference(read: Read) -> Change:
    """Stored against expected facts of the sources; one query."""
    stored = {}
    for pk, *values in Fact.objects.filter(source__in=read.sources).values_list("pk", *Row._fields):
        row = Row(*values)
        stored[row.subject_id, row.key] = (pk, row)
    expected = {(row.subject_id, row.key): row for row in read.rows}
    gone = [pk for name, (pk, row) in stored.items() if expected.get(name) != row]
    added = [row for name, row in expected.items() if name not in stored or stored[name][1] != row]
    changed = {(row.subject_id, row.source) for row in added}
    changed |= {(row.subject_id, row.source) for name, (_, row) in stored.items() if expected.get(name) != row}
    touched: dict[int, set[datetime.date]] = defaultdict(set)
    for row in [*expected.values(), *(row for _, row in stored.values())]:
        if (row.subject_id, row.source) in changed:
            touched[row.subject_id] |= {row.happened_on, row.origin_on}
    return Change(gone, added, touched)


def apply(change: Change) -> None:
    for pks in batches(change.gone, DELETED_AT_ONCE):
        Fact.objects.filter(pk__in=pks).delete()
    Fact.objects.bulk_create((Fact(**row._asdict()) for row in change.added), batch_size=INSERTED_AT_ONCE)


def _signed_by(subject_ids: set[int]) -> dict[str, set[int]]:
    """Objects whose facts for groups may change with a seat's, a group's or a special committee's own change.

    They are the objects signed by the seat, or by the seats that belong to the group; at most five queries.
    """
    kinds = dict(Subject.objects.filter(pk__in=subject_ids).values_list("pk", "kind"))
    signers = {pk for pk, kind in kinds.items() if kind == Subject.Kind.MEMBER}
    if groups := set(kinds) - signers:
        seats = Seat.objects.filter(
            Q(group_memberships__group__subject__in=groups)
            | Q(special_committee__subject__in=groups)
            | Q(second_special_committee__subject__in=groups)
        )
        signers |= set(seats.values_list("subject", flat=True))
    signed = Fact.objects.filter(subject__in=signers, kind__in=[proposals.NOUN, opinions.NOUN])
    public_ids = defaultdict(set)
    for source in signed.values_list("source", flat=True).distinct():
        noun, public_id = source.split("/")
        public_ids[noun].add(public_id)
    found = {}
    for noun, model in ((proposals.NOUN, Proposal), (opinions.NOUN, OpinionReport)):
        if public_ids[noun]:
            rows = model.objects.filter(public_id__in=public_ids[noun])
            found[noun] = set(rows.values_list("pk", flat=True))
    return found
