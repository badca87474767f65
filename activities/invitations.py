"""Verbs on who is expected: invited by duty, or signed up where an activity is open for it."""

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from activities.leaves import mark_approved_leaves
from activities.models import Activity, Attendance, Invitation, Leave, Offer
from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import check_same_committee
from members.models import Grant, Seat, User
from members.notices import tell
from members.signals import announce


def invite(*, user: User | None, activity: Activity, seats: Sequence[Seat], grant: Grant | None = None) -> int:
    """Add people to those expected; those who are already are passed over. Returns how many were added.

    Where people sign up this is the office doing it for them: after the deadline too, but within the limit. Leave
    approved for somebody before counts again.
    """
    check_same_committee(activity.committee, invited=list(seats))
    if activity.invitations.filter(seat__in=seats).count() == len({seat.pk for seat in seats}):
        return 0
    with act(user=user, verb="补充应到名单", grant=grant, committee=activity.committee):
        activity = _locked(activity)
        expected = set(activity.invitations.values_list("seat_id", flat=True))
        new = [seat for seat in {seat.pk: seat for seat in seats}.values() if seat.pk not in expected]
        _check_room(activity, len(expected), len(new))
        add_invitations(activity, new)
        mark_approved_leaves(activity, user, grant, seats=[seat.pk for seat in new])
        tell_expected(activity, new, but=user)
        announce(Activity, [("activity", activity.pk)])
    return len(new)


def uninvite(
    *, user: User | None, activity: Activity, seats: Sequence[Seat], reason: str, grant: Grant | None = None
) -> int:
    """Take people off the list with whatever is recorded of them there; returns how many were on it.

    Leave that nobody has decided on goes too; decided leave stays, in case they are invited again.
    """
    keys = [seat.pk for seat in seats]
    with act(user=user, verb="调整应到名单", reason=reason.strip(), grant=grant, committee=activity.committee):
        activity = _locked(activity)
        marks = Attendance.objects.filter(sitting__activity=activity, seat__in=keys)
        if marks.exists() and not reason.strip():
            raise ValidationError({"reason": "移出的人里有已登记出席的，登记会一并撤销，请写明理由。"})
        delete_all(Attendance, marks)
        delete_all(Leave, activity.leaves.filter(seat__in=keys, state=Leave.State.APPLIED))
        count = delete_all(Invitation, activity.invitations.filter(seat__in=keys))
        announce(Activity, [("activity", activity.pk)])
    return count


def sign_up(
    *, user: User, activity: Activity, seat: Seat, today: datetime.date | None = None, grant: Grant | None = None
) -> None:
    """A member signs up himself: up to the deadline, while there is room, if the activity is open for him."""
    with act(user=user, verb="报名", grant=grant, committee=activity.committee):
        activity = _locked(activity)
        _check_open(activity, today or timezone.localdate())
        if not activity.offers.filter(seat=seat).exists():
            raise ValidationError(f"“{activity}”没有对您开放报名。如需参加，请联系{activity.office}。")
        expected = set(activity.invitations.values_list("seat_id", flat=True))
        if seat.pk in expected:
            return
        _check_room(activity, len(expected), 1)
        add_invitations(activity, [seat])
        announce(Activity, [("activity", activity.pk)])


def withdraw_sign_up(
    *, user: User, activity: Activity, seat: Seat, today: datetime.date | None = None, grant: Grant | None = None
) -> None:
    """A member takes his name off again, up to the deadline; later he asks for leave."""
    with act(user=user, verb="取消报名", grant=grant, committee=activity.committee):
        activity = _locked(activity)
        _check_open(activity, today or timezone.localdate())
        if Attendance.objects.filter(sitting__activity=activity, seat=seat).exists():
            raise ValidationError(f"“{activity}”已登记您的出席情况，不能取消报名。如有不符，请联系{activity.office}。")
        delete_all(Leave, activity.leaves.filter(seat=seat, state=Leave.State.APPLIED))
        if delete_all(Invitation, activity.invitations.filter(seat=seat)):
            announce(Activity, [("activity", activity.pk)])


# ---------------------------------------------------------------- parts of the above
def add_invitations(activity: Activity, seats: Sequence[Seat]) -> None:
    create_all(Invitation, [Invitation(committee=activity.committee, activity=activity, seat=seat) for seat in seats])


def add_offers(activity: Activity, seats: Sequence[Seat]) -> None:
    create_all(Offer, [Offer(committee=activity.committee, activity=activity, seat=seat) for seat in seats])


def tell_expected(activity: Activity, seats: Sequence[Seat], *, but: User | None) -> None:
    """That something comes, or is open for sign-up; nothing of what is entered afterwards. Inside the act."""
    if activity.ends_on < timezone.localdate():
        return
    text = "有活动开放报名，请查看。" if activity.is_by_signup else "有会议或活动请您参加，请查看。"
    tell(seats, activity.committee, text, reverse("my_activities"), but=but)


def _locked(activity: Activity) -> Activity:
    """The activity as it is now, held until the transaction ends: the last place goes to one of two."""
    rows = Activity.objects.select_related("committee", "office").select_for_update(no_key=True, of=("self",))
    return rows.get(pk=activity.pk)


def _check_open(activity: Activity, today: datetime.date) -> None:
    if activity.signup_until is None:
        raise ValidationError(f"“{activity}”不需要报名。")
    if today > activity.signup_until:
        raise ValidationError(
            f"“{activity}”的报名已于 {activity.signup_until} 截止。如有变化，请联系{activity.office}，或申请请假。"
        )


def _check_room(activity: Activity, taken: int, wanted: int) -> None:
    if activity.signup_limit is not None and taken + wanted > activity.signup_limit:
        raise ValidationError(
            f"“{activity}”名额 {activity.signup_limit} 人，已报名 {taken} 人，还要加 {wanted} 人，名额不够。"
            f"请联系{activity.office}增加名额。"
        )
