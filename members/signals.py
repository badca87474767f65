"""The one explicit signal between the records and the scores.

A service announces in its own transaction what it wrote; scoring (above) listens. Nothing else is a signal.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.dispatch import Signal

# objects: list of (kind, primary key); kind is one of activity, contribution, proposal, opinion, adjustment, appraisal
# and subject. "subject" means that the subject's own posts, dates or groups changed. Sent inside the transaction of the
# change.
facts_changed = Signal()

# Two subjects are about to become one: each receiver answers with the objects, as above, in which either takes part, or
# refuses with a ValidationError. Sent before anything moves; who merges announces the objects when all has moved.
subjects_merging = Signal()

_waiting: ContextVar[dict[tuple[str, int], None] | None] = ContextVar("facts_waiting", default=None)


def announce(sender: object, objects: Iterable[tuple[str, int]]) -> None:
    """Send ``facts_changed`` for the objects now, or at the end of the enclosing ``gathered`` block."""
    waiting = _waiting.get()
    if waiting is None:
        facts_changed.send(sender=sender, objects=list(objects))
    else:
        waiting.update(dict.fromkeys(objects))


def objects_of(sender: object, *, kept: int, gone: int) -> list[tuple[str, int]]:
    """What the apps above answer to ``subjects_merging`` for these two subjects, by primary key."""
    answers = subjects_merging.send(sender=sender, kept=kept, gone=gone)
    return [one for _, found in answers for one in found]


@contextmanager
def gathered(sender: object) -> Iterator[None]:
    """Send once, at the end, what many services announce inside: a sheet of 300 rows rewrites its facts in one go.

    Belongs inside the ``act`` that joins those services, so that it is still the same transaction. Nothing is sent
    when the block fails, since nothing of it is stored.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: dict[tuple[str, int], None] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if waiting:
        facts_changed.send(sender=sender, objects=list(waiting))
