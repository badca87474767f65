"""站内通知: telling users inside the transaction of the act, so that nobody hears of what did not happen.

A text is a fixed sentence: no name, title, telephone number or number of points. It says that something waits, and the
link leads to it, behind the sign-in.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from members.models import (
    Committee,
    Grant,
    Member,
    Notice,
    NoticeAddress,
    NoticeDelivery,
    Role,
    Seat,
    User,
)

GATHER = timedelta(minutes=1)  # what comes in one minute goes out as one message


def notify(users: Iterable[User], committee: Committee, text: str, url: str = "") -> None:
    """Tell each user once; who has the same text and url unread is not told again.

    Belongs inside the act that is told of. One query for any number of users, three more where channels are set up.
    """
    keys = list(dict.fromkeys(user.pk for user in users))
    if not keys:
        return
    rows = [Notice(committee=committee, user_id=key, text=text, url=url) for key in keys]
    # The same unread notice is the constraint's to refuse: of two who tell at once one does.
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if settings.NOTICE_CHANNELS:
        _send_out(Notice.objects.filter(public_id__in=[row.public_id for row in rows]))


def tell(
    seats: Iterable[Seat | int | None],
    committee: Committee,
    text: str,
    url: str = "",
    *,
    but: User | None = None,
) -> None:
    """``notify`` the accounts of these seats (rows or primary keys; None is passed over), without the one who acts."""
    keys = {seat.pk if isinstance(seat, Seat) else seat for seat in seats} - {None}
    if not keys:
        return
    members = Member.objects.filter(seats__in=keys, seats__committee=committee)
    users = User.objects.filter(member__in=members, is_active=True).exclude(pk=but.pk if but else None)
    notify(users.only("pk"), committee, text, url)


def holding(committee: Committee, *roles: Role) -> QuerySet[User]:
    """Accounts that hold one of the roles there today."""
    grants = Grant.objects.active_on(timezone.localdate()).filter(committee=committee, role__in=roles)
    return User.objects.filter(pk__in=grants.values("user"))


def _send_out(told: QuerySet[Notice]) -> None:
    """Put new notices into the outbox, for each address their users have given."""
    notices = dict(told.values_list("user_id", "pk"))
    addresses = NoticeAddress.objects.filter(user__in=notices).values_list("user_id", "channel")
    due = timezone.now() + GATHER
    NoticeDelivery.objects.bulk_create(
        NoticeDelivery(notice_id=notices[user], channel=channel, due_at=due) for user, channel in addresses
    )
