"""Meetings and activities, who was invited, who came; and the other contributions of members."""

from activities.models.activity import Activity, ActivityQuerySet, Invitation, Offer, Sitting, SittingQuerySet
from activities.models.attendance import Attendance
from activities.models.contribution import Contribution, ContributionKind, ContributionQuerySet
from activities.models.leave import Leave, LeaveRule

__all__ = [
    "Activity",
    "ActivityQuerySet",
    "Attendance",
    "Contribution",
    "ContributionKind",
    "ContributionQuerySet",
    "Invitation",
    "Leave",
    "LeaveRule",
    "Offer",
    "Sitting",
    "SittingQuerySet",
]
