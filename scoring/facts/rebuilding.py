"""The facts once more from the source tables: to find out whether the stored ones are right, and to put them right."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction

from members.models import Committee
from scoring import stale
from scoring.facts.rows import Read, Row, batches
from scoring.facts.writing import NOUNS, apply, difference
from scoring.models import Fact


class Difference(NamedTuple):
    """A stored fact that should not be (``wanted`` None), a missing one (``stored`` None), or one that differs."""

    stored: Row | None
    wanted: Row | None

    def __str__(self) -> str:
        row = self.wanted or self.stored
        where = f"对象 {row.subject_id} 的 {row.key}"
        if self.stored is None:
            return f"{where}：缺少，应有 {row.happened_on} {row.attributes or '（无属性）'}"
        if self.wanted is None:
            return f"{where}：多余，原始记录中没有"
        pairs = zip(Row._fields, self.stored, self.wanted, strict=True)
        return f"{where}：" + "，".join(f"{name} 现为 {old}，应为 {new}" for name, old, new in pairs if old != new)


def rebuild(committee: Committee | None = None, check: bool = False) -> list[Difference]:
    """Compare all facts (of one committee) with the records; unless ``check``, write what differs and mark the cards.

    Returns what differed, in order of kind and key.
    """
    with transaction.atomic():
        found: list[Difference] = []
        known: set[str] = set()
        for read in _reads(committee, is_locked=not check):
            known |= read.sources
            found += _settle(read, check)
        stored = Fact.objects.all() if committee is None else Fact.objects.filter(committee=committee)
        lost = set(stored.values_list("source", flat=True).distinct()) - known
        for sources in batches(sorted(lost), 1000):
            found += _settle(Read(set(sources), []), check)
    return found


def _reads(committee: Committee | None, is_locked: bool) -> Iterator[Read]:
    for noun in NOUNS.values():
        rows = noun.MODEL.objects.all() if committee is None else noun.MODEL.objects.filter(committee=committee)
        for ids in batches(rows.order_by("pk").values_list("pk", flat=True), noun.BATCH):
            yield noun.read(ids, is_locked)


def _settle(read: Read, check: bool) -> list[Difference]:
    change = difference(read)
    if not change.gone and not change.added:
        return []
    stored = {}
    for values in Fact.objects.filter(pk__in=change.gone).values_list(*Row._fields):
        row = Row(*values)
        stored[row.subject_id, row.key] = row
    wanted = {(row.subject_id, row.key): row for row in change.added}
    if not check:
        apply(change)
        stale.mark(change.touched)
    names = sorted({*stored, *wanted}, key=lambda name: (name[1], name[0]))
    return [Difference(stored.get(name), wanted.get(name)) for name in names]
