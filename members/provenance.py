"""Where a record came from, as far as the reader may know."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from audit.models import Tracked
from audit.provenance import Part, Provenance, provenance
from members.access import Verb, committees_beyond_own
from members.models import User


def provenance_for(
    user: User, row: Tracked, *parts: Part, beside: Sequence[Tracked] = (), private: Collection[str] = ()
) -> Provenance:
    """``provenance`` in full for staff of the row's committee; a member is told the office and the day.

    Views put it into the context as ``provenance`` and include templates/audit/provenance.html. ``private``: verbs of
    which only who and when is told, for example what a draft said before it was handed in.
    """
    model = type(row)
    staffed = committees_beyond_own(user, Verb.VIEW, model) | committees_beyond_own(user, Verb.LOG, model)
    found = provenance(row, *parts, beside=beside, in_full=row.committee_id in staffed)
    steps = [replace(step, lines=[]) if step.verb in private else step for step in found.steps]
    return replace(found, steps=steps)
