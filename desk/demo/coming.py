"""What is still to come on the demonstration's own day: an inspection open for sign-up, and leave asked for."""

import datetime

from activities.models import Activity
from activities.services import activity_id, decide_leave, invite, record_activity, record_leave
from desk.demo.committee import Cast

Day = datetime.date
NAME, DAY, UNTIL = "冬季水利工程视察", Day(2026, 11, 28), Day(2026, 11, 26)
SIGNED_UP = 12
# Who asks for leave from the next meeting, by place on its list: kind, reason, what became of it.
LEAVES = (
    (0, "official", "赴省城参加业务会议", "approved"),
    (3, "sick", "住院手术", "applied"),
    (5, "personal", "家中老人生病", "applied"),
    (8, "official", "单位年终检查", "applied"),
    (9, "personal", "外出探亲", "refused"),
)


def make_coming(cast: Cast) -> None:
    """Sign-up and leave; no attendance, since none of it has been held."""
    user, office = cast.accounts["clerk-committees"], cast.offices["committees"]
    serving = [seat for seat in cast.seats if seat.joined_on <= DAY and (seat.left_on is None or seat.left_on >= DAY)]
    trip = record_activity(
        user=user,
        committee=cast.committee,
        office=office,
        kind="inspection",
        name=NAME,
        starts_on=DAY,
        ends_on=DAY,
        halves=[(DAY, "am")],
        invited=serving,
        signup_until=UNTIL,
        signup_limit=30,
        place="东湖水库",
        public_id=activity_id(cast.committee, "inspection", NAME, DAY),
    )
    invite(user=user, activity=trip, seats=serving[10 : 10 + SIGNED_UP])
    meeting = Activity.objects.filter(committee=cast.committee, office=office, starts_on__lt=DAY).first()
    listed = [row.seat for row in meeting.invitations.select_related("seat__member").order_by("seat__number")]
    for place, kind, reason, state in LEAVES:
        leave = record_leave(user=user, activity=meeting, seat=listed[place], kind=kind, reason=reason)
        if state != "applied":
            is_approved = state == "approved"
            decide_leave(
                user=user, leave=leave, is_approved=is_approved, reason="" if is_approved else "请尽量安排参加"
            )
