"""What is published beside each card: the months, meetings attended of those invited to, records without points.

It is computed once, from the snapshot that the edition is made of, and kept in the edition: a published page reads no
record of its year.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from activities.models import Invitation
from members.models import Seat, Subject, User
from scoring.doings import months, turnout
from scoring.loading import Loaded
from scoring.models import Assessment
from scoring.services.basis import rules_of
from scoring.uncredited import joined, without_line
from scoring.waiting import not_yet

Plain = dict[str, Any]


def beside_cards(
    user: User, assessment: Assessment, loaded: Iterable[Loaded], rows: dict[int, Subject], cards: dict[str, Plain]
) -> dict[str, Plain]:
    """{subject's key: {months: [[first day, count]], turnout: {invited, attended, leave, absent, unknown} or None,
    uncredited: [{key, on, reason, rule, title, office}]}}.

    ``rows``: by primary key, with seats. ``cards``: the documents' by key. Of records without points those that ``user``,
    who publishes, may see: everything but drafts, which are nobody's business but their writers'. Whose each is stands
    with it: a reader is shown no more of them than live pages show him (scoring/beside.py).
    """
    rules = rules_of(assessment)
    first, last = rules.window
    over = min(last, timezone.localdate())
    waiting = not_yet(user, assessment, rows.values())
    invited = _invited(assessment, [row.seat for row in rows.values() if row.seat])
    found = {}
    for one in loaded:
        row = rows[one.subject_id]
        without = without_line(rules, one.subject, one.facts, cards[one.subject.key]["lines"], over)
        came = turnout(one.facts, invited[row.seat.member_id], first, over) if row.seat else None
        found[one.subject.key] = {
            "months": [[month.first.isoformat(), month.count] for month in months(one.facts, first, last)],
            "turnout": {name: getattr(came, name) for name in came.__slots__} if came else None,
            "uncredited": [_plain(record) for record in joined(rules, waiting[row.pk], without)],
        }
    return found


def _invited(assessment: Assessment, seats: list[Seat]) -> dict[int, set[str]]:
    """{member: public ids of the activities around the year to which the person was invited}. One query."""
    found = defaultdict(set)
    invitations = Invitation.objects.filter(
        seat__member__in={seat.member_id for seat in seats},
        activity__ends_on__gte=assessment.from_on,
        activity__starts_on__lte=assessment.to_on,
    )
    for member, activity in invitations.values_list("seat__member_id", "activity__public_id"):
        found[member].add(str(activity))
    return found


def _plain(record: Any) -> Plain:
    named = {name: getattr(record, name) for name in ("key", "reason", "rule", "title", "office")}
    return {**named, "on": record.on.isoformat()}
