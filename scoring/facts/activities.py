"""Sittings: one fact for each seat that was invited or recorded, and each half-day. The engine derives the meeting."""

from collections import defaultdict

from activities.models import Activity, Attendance, Invitation, Sitting
from scoring.facts.rows import Read, Row, attributes, existing

NOUN = "activity"
MODEL = Activity
BATCH = 50  # a plenary has some thousand facts
# The vocabulary of rules has no word for part of a sitting: who was there for part of it did not stay for all of it.
TOLD_AS = {Attendance.Outcome.PARTIAL: Attendance.Outcome.LEFT_EARLY.value}


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Five queries. No attendance row means not recorded, also where a leave was approved: unknown is not absent."""
    found, sources = existing(Activity, NOUN, ids, is_locked)
    activities = Activity.objects.in_bulk(found)
    invited = defaultdict(dict)
    for activity, subject, committee in Invitation.objects.filter(activity__in=found).values_list(
        "activity_id", "seat__subject", "seat__committee_id"
    ):
        invited[activity][subject] = committee
    recorded = defaultdict(dict)
    for sitting, subject, *record in Attendance.objects.filter(sitting__activity__in=found).values_list(
        "sitting_id", "seat__subject", "seat__committee_id", "outcome", "leave_kind", "part"
    ):
        recorded[sitting][subject] = record
    rows = []
    for sitting in Sitting.objects.filter(activity__in=found):
        activity = activities[sitting.activity_id]
        records = {subject: (committee, "", "", "") for subject, committee in invited[activity.pk].items()}
        rows += [
            sitting_row(activity, sitting, subject, *record)
            for subject, record in (records | recorded[sitting.pk]).items()
            if subject is not None
        ]
    return Read(sources, rows)


def sitting_row(
    activity: Activity, sitting: Sitting, subject: int, committee: int, outcome: str, leave: str = "", part: str = ""
) -> Row:
    """The fact of one half-day and one subject (a primary key); ``outcome`` "" when nothing is recorded."""
    matter = f"{activity.kind}/{activity.public_id}"
    return Row(
        source=f"{NOUN}/{activity.public_id}",
        committee_id=committee,
        subject_id=subject,
        happened_on=sitting.held_on,
        key=f"{matter}/sitting/{sitting.public_id}",
        origin_on=activity.starts_on,
        kind=activity.kind,
        attributes=attributes(
            stage="sitting",
            outcome=TOLD_AS.get(outcome, outcome) or "not_recorded",
            leave=leave,
            part=part,
            mandatory="yes" if activity.is_mandatory else "no",
        ),
        quantity=100,
        position=1,
        sharers=1,
        matter=matter,
    )
