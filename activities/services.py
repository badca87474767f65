"""Verbs on meetings. Those on lists, attendance, leave and contributions have files of their own, and are named here."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from activities.attendances import ChangedSinceError, Mark, mark_in_words, record_attendance
from activities.contribution_kinds import (
    add_contribution_kind,
    change_contribution_kind,
    remove_contribution_kind,
)
from activities.contribution_reports import report_contribution, resend_contribution, take_back_report
from activities.contributions import (
    ContributionEntry,
    change_contribution,
    contribution_id,
    decide_contribution,
    record_contribution,
    record_contributions,
    reopen_contribution,
    withdraw_contribution,
)
from activities.invitations import (
    add_invitations,
    add_offers,
    invite,
    sign_up,
    tell_expected,
    uninvite,
    withdraw_sign_up,
)
from activities.leaves import (
    ask_leave,
    decide_leave,
    mark_approved_leaves,
    record_leave,
    set_leave_limits,
    sittings_of,
    to_decide,
    withdraw_leave,
)
from activities.models import Activity, Attendance, Sitting
from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import check_fields, check_once, check_order, check_same_committee
from members.ids import natural_id
from members.models import Committee, Grant, Group, Office, Seat, SpecialCommittee, User
from members.signals import announce

__all__ = [
    "ChangedSinceError",
    "ContributionEntry",
    "Mark",
    "activity_id",
    "add_contribution_kind",
    "ask_leave",
    "change_activity",
    "change_contribution",
    "change_contribution_kind",
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
    "remove_activity",
    "remove_contribution_kind",
    "reopen_contribution",
    "report_contribution",
    "resend_contribution",
    "set_leave_limits",
    "sign_up",
    "sittings_of",
    "take_back_report",
    "to_decide",
    "uninvite",
    "withdraw_contribution",
    "withdraw_leave",
    "withdraw_sign_up",
]

ACTIVITY_FIELDS = (
    *("kind", "name", "place", "starts_on", "ends_on", "is_mandatory", "special_committee", "group"),
    *("signup_until", "signup_limit"),
)


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
    signup_until: datetime.date | None = None,
    signup_limit: int | None = None,
    special_committee: SpecialCommittee | None = None,
    group: Group | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Activity:
    """A meeting or activity with its sittings and the people invited; nobody's attendance is known yet.

    ``halves``: (day, "am" | "pm" | "day"). With ``signup_until`` (the last day to sign up) nobody comes by duty:
    ``invited`` are those who may sign up, at most ``signup_limit`` of them. The sittings' ids follow from the activity's.
    ValidationError: {field: sentence}.
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
        is_mandatory=is_mandatory and signup_until is None,
        signup_until=signup_until,
        signup_limit=signup_limit,
        special_committee=special_committee,
        group=group,
    )
    _check_activity(activity)
    check_once(invited, "invited", "应到名单")
    with act(user=user, verb="登记会议活动", grant=grant, committee=committee):
        activity.save()
        _add_sittings(activity, halves)
        (add_offers if activity.is_by_signup else add_invitations)(activity, invited)
        tell_expected(activity, invited, but=user)
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
    if "signup_until" in changes and (changes["signup_until"] is None) is activity.is_by_signup:
        raise ValidationError({"signup_until": "会议登记以后，不能在“应到”和“报名参加”之间改换。请撤销后重新登记。"})
    for name, value in changes.items():
        setattr(activity, name, value)
    activity.is_mandatory = activity.is_mandatory and not activity.is_by_signup
    _check_activity(activity)
    with act(user=user, verb="修改会议活动", reason=reason, grant=grant, committee=activity.committee):
        activity.save()
        if halves is not None:
            kept = {(sitting.held_on, sitting.half): sitting for sitting in activity.sittings.all()}
            _remove_sittings([sitting for key, sitting in kept.items() if key not in set(halves)])
            _add_sittings(activity, [key for key in halves if key not in kept], len(kept))
            passed_over = {sitting.pk for sitting in kept.values()}
            mark_approved_leaves(activity, user, grant, passed_over=passed_over)
        announce(Activity, [("activity", activity.pk)])


def remove_activity(*, user: User | None, activity: Activity, reason: str, grant: Grant | None = None) -> None:
    """Take a whole activity away: its half-days, marks, leave and list; the points that came of it go too.

    All of it is one act, which undoing brings back whole.
    """
    if not reason.strip():
        raise ValidationError({"reason": "没有填写理由。删除会议活动会连同出席、请假一并删除，请写明为什么。"})
    with act(user=user, verb="删除会议活动", reason=reason.strip(), grant=grant, committee=activity.committee):
        key = activity.pk
        delete_all(Attendance, Attendance.objects.filter(sitting__activity=activity))
        for rows in (activity.leaves, activity.invitations, activity.offers, activity.sittings):
            delete_all(rows.model, rows.all())
        activity.delete()
        announce(Activity, [("activity", key)])


# ---------------------------------------------------------------- parts of the above
def _check_activity(activity: Activity) -> None:
    check_fields(activity)
    check_order("ends_on", activity.starts_on, activity.ends_on, ("开始日期", "结束日期"))
    check_order("signup_until", activity.signup_until, activity.ends_on, ("报名截止", "结束日期"))
    _check_limit(activity)
    same = Activity.objects.filter(
        committee=activity.committee, kind=activity.kind, name=activity.name, starts_on=activity.starts_on
    ).exclude(pk=activity.pk)
    if same.exists():
        raise ValidationError(
            {
                "name": f"{activity.starts_on} 已登记过“{activity.name}”（{activity.get_kind_display()}）。请打开原记录修改，或改名称、日期。"
            }
        )


def _check_limit(activity: Activity) -> None:
    limit = activity.signup_limit
    if limit is None:
        return
    if not activity.is_by_signup:
        raise ValidationError({"signup_limit": "填了名额，没有填报名截止日期。请补上日期，或清空名额。"})
    taken = activity.invitations.count() if activity.pk else 0
    if limit < max(taken, 1):
        raise ValidationError({"signup_limit": f"名额是 {limit} 人，已报名 {taken} 人，至少填 {max(taken, 1)}。"})


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
