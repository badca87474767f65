"""扫码签到: the code on the wall, how long it counts, and the mark that a member makes for himself."""

import datetime

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction

from activities.models import Attendance, Sitting
from audit.actions import act
from members.models import Grant, Seat, User
from members.signals import announce

LIFE = 30  # seconds for which a code is taken after it was shown: a picture of it sent on is too old
RENEWED = 10  # seconds after which the page on the wall shows another
SCANNED = 300  # seconds from scanning to the button, in which one may have to sign in
CODE_SALT, SCAN_SALT = "activities.check-in.code", "activities.check-in.scan"


def code_of(sitting: Sitting) -> str:
    """The code of this moment: when it was made, and the signature over that and the sitting."""
    signed = signing.TimestampSigner(salt=CODE_SALT).sign(str(sitting.public_id))
    return signed.removeprefix(f"{sitting.public_id}:")


def is_code_of(sitting_id: str, code: str) -> bool:
    """Whether the code was made for this sitting (its public id) in the last LIFE seconds."""
    try:
        signing.TimestampSigner(salt=CODE_SALT).unsign(f"{sitting_id}:{code}", max_age=LIFE)
    except signing.BadSignature:  # also of one that is too old
        return False
    return True


def set_check_in(
    *,
    user: User | None,
    sitting: Sitting,
    from_at: datetime.time | None,
    to_at: datetime.time | None,
    late_after: datetime.time | None = None,
    grant: Grant | None = None,
) -> None:
    """Let members check in between these local times of the sitting's day; without them not at all.

    ValidationError: {"from_at" | "to_at" | "late_after": sentence}.
    """
    if (from_at is None) != (to_at is None):
        raise ValidationError({"to_at" if to_at is None else "from_at": "签到的开始和结束要一起填，或者都不填。"})
    if from_at is not None and not from_at < to_at:
        raise ValidationError({"to_at": f"签到结束 {to_at:%H:%M} 不晚于开始 {from_at:%H:%M}，请改正其中一个。"})
    if late_after is not None and to_at is not None and not from_at <= late_after <= to_at:
        raise ValidationError(
            {
                "late_after": f"迟到从 {late_after:%H:%M} 算起，不在签到时间 {from_at:%H:%M} 至 {to_at:%H:%M} 之内，请改正。"
            }
        )
    with act(user=user, verb="设置签到", grant=grant, committee=sitting.committee):
        sitting.check_in_from, sitting.check_in_to, sitting.late_after = from_at, to_at, late_after
        sitting.save()


def check_in(
    *, user: User | None, sitting: Sitting, seat: Seat, now: datetime.datetime, grant: Grant | None = None
) -> tuple[Attendance, bool]:
    """(the seat's mark at the sitting, whether it was made now). What is recorded already stays as it is.

    ``now`` is local. ValidationError when members may not check in now, or the seat was not invited.
    """
    with transaction.atomic():
        locked = Sitting.objects.select_for_update(no_key=True, of=("self",)).select_related("activity", "committee")
        sitting = locked.get(pk=sitting.pk)
        if not sitting.is_check_in_open(now):
            raise ValidationError(closed_words(sitting, now))
        if not sitting.activity.invitations.filter(seat=seat).exists():
            raise ValidationError(f"{seat}不在“{sitting.activity}”的应到名单中，没有签到。请到签到台找工作人员登记。")
        if known := sitting.attendances.filter(seat=seat).first():
            return known, False
        outcome = Attendance.Outcome.LATE if sitting.is_late(now.time()) else Attendance.Outcome.PRESENT
        row = Attendance(committee=sitting.committee, sitting=sitting, seat=seat, outcome=outcome)
        with act(user=user, verb="扫码签到", grant=grant, committee=sitting.committee):
            row.save()
            announce(Attendance, [("activity", sitting.activity_id)])
        return row, True


def closed_words(sitting: Sitting, now: datetime.datetime) -> str:
    """Why nobody may check in now, and what to do."""
    if sitting.check_in_from is None:
        return "这一场没有开放扫码签到，请到签到台签到。"
    times = (
        f"{sitting.held_on.month}月{sitting.held_on.day}日 {sitting.check_in_from:%H:%M} 至 {sitting.check_in_to:%H:%M}"
    )
    is_early = (now.date(), now.time()) < (sitting.held_on, sitting.check_in_from)
    return f"签到{'还没有开始' if is_early else '已经结束'}（{times}）。" + (
        "请到时再扫。" if is_early else "请到签到台找工作人员登记。"
    )
