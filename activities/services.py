"""Verbs on meetings and leave. Attendance and contributions have theirs in files of their own, and are named here too."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from activities.attendances import ChangedSinceError, Mark, mark_in_words, record_attendance
from activities.contributions import (
    ContributionEntry,
    add_contribution_kind,
    change_contribution,
    contribution_id,
    decide_contribution,
    record_contribution,
    record_contributions,
    withdraw_contribution,
)
from activities.models import Activity, Attendance, Invitation, Leave, Sitting
from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import check_fields, check_once, check_order, check_same_committee, is_own, locked_state
from members.ids import natural_id
from members.models import Committee, Grant, Group, Office, Seat, SpecialCommittee, User
from members.signals import announce

__all__ = [
    "ChangedSinceError",
    "ContributionEntry",
    "Mark",
    "activity_id",
    "add_contribution_kind",
    "change_activity",
    "change_contribution",
    "contribution_id",
    "decide_contribution",
    "decide_leave",
    "invite",
    "mark_in_words",
    "record_activity",
    "record_attendance",
    "record_contribution",
    "record_contributions",
    "record_leave",
    "withdraw_contribution",
]

ACTIVITY_FIELDS = ("kind", "name", "place", "starts_on", "ends_on", "is_mandatory", "special_committee", "group")


def activity_id(committee: Committee, kind: str, name: str, starts_on: datetime.date) -> uuid.UUID:
    """Public id that follows from an activity's natural key, for sheets and the demonstration."""
    return natural_id(committee.code, "activity", kind, name.strip(), starts_on.isoformat())


def record_activity(
    *,
    user: User | None,
    committee: Committee,
    office: Office,
    kind: str,
    name: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    halves: Sequence[tuple[datetime.date, str]],
    invited: Sequence[Seat],
    place: str = "",
    is_mandatory: bool = True,
    special_committee: SpecialCommittee | None = None,
    group: Group | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Activity:
    """A meeting or activity with its sittings and the people invited; nobody's attendance is known yet.

    ``halves``: (day, "am" | "pm" | "day"). The sittings' ids follow from the activity's. ValidationError: {field: sentence}.
    """
    check_same_committee(
        committee, office=office, special_committee=special_committee, group=group, invited=list(invited)
    )
    activity = Activity(
        public_id=public_id or uuid.uuid4(),
        committee=committee,
        office=office,
        kind=kind,
        name=name.strip(),
        place=place.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        is_mandatory=is_mandatory,
        special_committee=special_committee,
        group=group,
    )
    _check_activity(activity)
    check_once(invited, "invited", "应到名单")
    with act(user=user, verb="登记会议活动", grant=grant, committee=committee):
        activity.save()
        _add_sittings(activity, halves)
        _invite(activity, invited)
        announce(Activity, [("activity", activity.pk)])
    return activity


def change_activity(
    *,
    user: User | None,
    activity: Activity,
    halves: Sequence[tuple[datetime.date, str]] | None = None,
    reason: str = "",
    grant: Grant | None = None,
    **changes: Any,
) -> None:
    """Change ACTIVITY_FIELDS and, where given, the half-days. A half-day with attendance is not taken away."""
    if unknown := set(changes) - set(ACTIVITY_FIELDS):
        raise TypeError(f"an activity has no {', '.join(sorted(unknown))}")
    check_same_committee(
        activity.committee, special_committee=changes.get("special_committee"), group=changes.get("group")
    )
    for name, value in changes.items():
        setattr(activity, name, value)
    _check_activity(activity)
    with act(user=user, verb="修改会议活动", reason=reason, grant=grant, committee=activity.committee):
        activity.save()
        if halves is not None:
            kept = {(sitting.held_on, sitting.half): sitting for sitting in activity.sittings.all()}
            _remove_sittings([sitting for key, sitting in kept.items() if key not in set(halves)])
            _add_sittings(activity, [key for key in halves if key not in kept], len(kept))
            _mark_approved_leaves(activity, {sitting.pk for sitting in kept.values()}, user, grant)
        announce(Activity, [("activity", activity.pk)])


def invite(*, user: User | None, activity: Activity, seats: Sequence[Seat], grant: Grant | None = None) -> int:
    """Add people to the invited; those who are already are passed over. Returns how many were added."""
    check_same_committee(activity.committee, invited=list(seats))
    invited = set(activity.invitations.values_list("seat_id", flat=True))
    new = {seat.pk: seat for seat in seats if seat.pk not in invited}
    if not new:
        return 0
    with act(user=user, verb="补充应到名单", grant=grant, committee=activity.committee):
        _invite(activity, list(new.values()))
        announce(Activity, [("activity", activity.pk)])
    return len(new)


def record_leave(
    *,
    user: User | None,
    activity: Activity,
    seat: Seat,
    kind: str,
    reason: str,
    first_sitting: Sitting | None = None,
    last_sitting: Sitting | None = None,
    grant: Grant | None = None,
) -> Leave:
    """Leave asked by or for an invited seat: from ``first_sitting`` to ``last_sitting``, empty = from or to the end."""
    if not activity.invitations.filter(seat=seat).exists():
        raise ValidationError({"seat": f"{seat}不在“{activity}”的应到名单中，不需要请假。请核对姓名或会议。"})
    for field, given in (("first_sitting", first_sitting), ("last_sitting", last_sitting)):
        if given is not None and given.activity_id != activity.pk:
            raise ValidationError({field: f"场次“{given}”不是“{activity}”的场次，请改选。"})
    leave = Leave(
        committee=activity.committee,
        activity=activity,
        seat=seat,
        kind=kind,
        reason=reason.strip(),
        first_sitting=first_sitting,
        last_sitting=last_sitting,
    )
    check_fields(leave)
    if not _covered(leave):
        raise ValidationError({"last_sitting": "结束场次早于起始场次，请改正其中一个。"})
    same = activity.leaves.filter(seat=seat, first_sitting=first_sitting, last_sitting=last_sitting)
    if known := same.exclude(state=Leave.State.REFUSED).first():
        raise ValidationError({"seat": f"{seat}的这次请假已登记过（{known.get_state_display()}），不必重复登记。"})
    with act(user=user, verb="登记请假", grant=grant, committee=activity.committee):
        leave.save()
    return leave


def decide_leave(*, user: User, leave: Leave, is_approved: bool, reason: str = "", grant: Grant | None = None) -> None:
    """Approve or refuse. An approved leave marks 请假 at the sittings it covers where nothing or 缺席 is recorded.

    A refused one touches no attendance. Nobody decides on his own leave.
    """
    if is_own(user, [leave.seat]):
        raise ValidationError("不能审批自己的请假，请由他人审批。")
    with act(user=user, verb="审批请假", reason=reason, grant=grant, committee=leave.committee):
        state = Leave.State(locked_state(leave))
        if state != Leave.State.APPLIED:
            raise ValidationError(f"{leave.seat}的这次请假已经是“{state.label}”，不能再次审批。")
        leave.state = Leave.State.APPROVED if is_approved else Leave.State.REFUSED
        leave.decided_by = user
        leave.save()
        if is_approved:
            for sitting in _covered(leave):
                _mark_leave(leave, sitting, user, grant)


# ---------------------------------------------------------------- parts of the above
def _check_activity(activity: Activity) -> None:
    check_fields(activity)
    check_order("ends_on", activity.starts_on, activity.ends_on, ("开始日期", "结束日期"))
    same = Activity.objects.filter(
        committee=activity.committee, kind=activity.kind, name=activity.name, starts_on=activity.starts_on
    ).exclude(pk=activity.pk)
    if same.exists():
        raise ValidationError(
            {
                "name": f"{activity.starts_on} 已登记过“{activity.name}”（{activity.get_kind_display()}）。请打开原记录修改，或改名称、日期。"
            }
        )


def _add_sittings(activity: Activity, halves: Sequence[tuple[datetime.date, str]], already: int = 0) -> None:
    if not halves and not already:
        raise ValidationError({"halves": f"“{activity}”没有场次，请至少填一个半天，例如“{activity.starts_on} 上午”。"})
    rows = []
    for day, half in halves:
        if not activity.starts_on <= day <= activity.ends_on:
            raise ValidationError(
                {"halves": f"场次 {day} 不在会期 {activity.starts_on} 至 {activity.ends_on} 之内，请改正场次或会期。"}
            )
        key = natural_id(activity.committee.code, "sitting", str(activity.public_id), day.isoformat(), half)
        row = Sitting(public_id=key, committee=activity.committee, activity=activity, held_on=day, half=half)
        check_fields(row)
        if any((other.held_on, other.half) == (day, half) for other in rows):
            raise ValidationError({"halves": f"场次“{row}”填了两次，请只留一次。"})
        rows.append(row)
    create_all(Sitting, rows)


def _remove_sittings(sittings: Sequence[Sitting]) -> None:
    for sitting in sittings:
        if sitting.attendances.exists():
            raise ValidationError({"halves": f"场次“{sitting}”已登记出席，不能取消。请先清空这一场的登记。"})
    delete_all(Sitting, sittings)


def _invite(activity: Activity, seats: Sequence[Seat]) -> None:
    create_all(Invitation, [Invitation(committee=activity.committee, activity=activity, seat=seat) for seat in seats])


def _covered(leave: Leave) -> list[Sitting]:
    """The sittings a leave covers, in the order of days; mornings come before afternoons."""
    sittings = list(leave.activity.sittings.all())
    first = sittings.index(leave.first_sitting) if leave.first_sitting_id else 0
    last = sittings.index(leave.last_sitting) if leave.last_sitting_id else len(sittings) - 1
    return sittings[first : last + 1]


def _mark_leave(leave: Leave, sitting: Sitting, user: User | None, grant: Grant | None) -> None:
    row = sitting.attendances.filter(seat=leave.seat).first()
    if row is None or row.outcome == Attendance.Outcome.ABSENT:
        mark = (Attendance.Outcome.LEAVE, leave.kind, "")
        record_attendance(user=user, sitting=sitting, marks={leave.seat_id: mark}, grant=grant)


def _mark_approved_leaves(activity: Activity, known: set[int], user: User | None, grant: Grant | None) -> None:
    """Leave that was approved before a half-day was added covers it too."""
    leaves = activity.leaves.filter(state=Leave.State.APPROVED).select_related("first_sitting", "last_sitting")
    for leave in leaves:
        for sitting in _covered(leave):
            if sitting.pk not in known:
                _mark_leave(leave, sitting, user, grant)
