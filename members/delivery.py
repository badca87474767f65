"""Ways a notice leaves the house: channels, and the outbox that workers empty.

A row of NoticeDelivery is the truth, a message to a worker only rings: it may be lost, come late or come twice. What is
sent says that something waits and where to sign in, nothing else.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from members.models import Notice, NoticeAddress, NoticeDelivery, User

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a worker that was killed while sending loses its rows to the next after so long
PAUSES = [timedelta(minutes=n) for n in (1, 5, 30, 120, 720)]  # before the 2nd, 3rd … attempt; after the last it failed
AT_ONCE = 200  # rings of one sweep
SUBJECT = "您有新的通知"
BODY = "您有新的通知，请登录查看：\n\n{link}\n\n这封邮件由系统自动发出，请不要回复。不想再收，可在登录后的“通知方式”里关闭。"

State = NoticeDelivery.State


class Channel(Protocol):
    """One way to reach people outside, named by its dotted path in NOTICE_CHANNELS.

    ``code`` is stored with each address and delivery. ``send`` hands one message to ``address`` for all of ``notices``
    (one user's, at least one) and raises when it was not taken: it is called again later. ``key`` is the same when the
    same message is tried again, for services that drop what they have had.
    """

    code: ClassVar[str]
    label: ClassVar[str]  # 电子邮件
    address_label: ClassVar[str]  # what the user types

    def clean_address(self, text: str) -> str:
        """The address as it is stored; ValidationError with a Chinese sentence."""

    def send(self, *, address: str, notices: Sequence[Notice], key: str) -> None: ...


class Email:
    """E-mail through the server of EMAIL_URL."""

    code = "email"
    label = "电子邮件"
    address_label = "电子邮箱"

    def clean_address(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(f"“{text}”不是电子邮箱，例如 name@example.cn，请改正。") from None
        return text

    def send(self, *, address: str, notices: Sequence[Notice], key: str) -> None:
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        EmailMessage(
            subject=SUBJECT,
            body=BODY.format(link=settings.SITE_URL + reverse("notices")),
            to=[address],
            headers={"Message-ID": f"<{key}@{host}>", "Auto-Submitted": "auto-generated"},
        ).send()


def channels() -> dict[str, Channel]:
    """{code: channel} of NOTICE_CHANNELS, in its order. ImproperlyConfigured for a name that leads nowhere."""
    found = {}
    for path in settings.NOTICE_CHANNELS:
        try:
            channel = import_string(path)()
        except ImportError as error:
            raise ImproperlyConfigured(
                f"NOTICE_CHANNELS: {path!r} is no class that can be imported ({error})"
            ) from None
        found[channel.code] = channel
    return found


# ---------------------------------------------------------------- the user's choice
def addresses_of(user: User) -> dict[str, str]:
    """{code of a channel: address} of what the user has switched on."""
    return dict(user.notice_addresses.values_list("channel", "address"))


def set_addresses(*, user: User, addresses: dict[str, str]) -> None:
    """Keep the user's address for each channel given; an empty one switches it off."""
    with transaction.atomic():
        for code, address in addresses.items():
            row = {"user": user, "channel": code}
            if address:
                NoticeAddress.objects.update_or_create(**row, defaults={"address": address})
            else:
                NoticeAddress.objects.filter(**row).delete()


# ---------------------------------------------------------------- the outbox
def due() -> list[tuple[int, str]]:
    """[(user's primary key, code of a channel)] for whom something waits to be sent now."""
    waiting = NoticeDelivery.objects.filter(state=State.WAITING, due_at__lte=timezone.now())
    pairs = waiting.order_by("notice__user_id", "channel").values_list("notice__user_id", "channel").distinct()
    return list(pairs[:AT_ONCE])


def deliver(*, user_id: int, channel: str) -> int:
    """Send what waits for a user over one channel as one message; returns how many notices it stood for.

    What was read meanwhile is not sent. A failure is written on the rows, which wait for the next attempt.
    """
    rows = _claim(user_id, channel)
    if not rows:
        return 0
    address = NoticeAddress.objects.filter(user=user_id, channel=channel, user__is_active=True).first()
    way = channels().get(channel)
    wanted = [row for row in rows if row.notice.read_at is None] if address and way else []
    _end([row for row in rows if row not in wanted], State.NEEDLESS)
    if not wanted:
        return 0
    try:
        way.send(address=address.address, notices=[row.notice for row in wanted], key=str(wanted[0].notice.public_id))
    except Exception as error:  # noqa: BLE001 – a channel may fail in any way; what is left waits for the next attempt
        # Only the kind of error is kept: a server's answer may quote the address.
        log.warning("notices by %s were not sent: %s", channel, type(error).__name__)
        _put_off(wanted, type(error).__name__)
        return 0
    _end(wanted, State.SENT)
    return len(wanted)


def _claim(user_id: int, channel: str) -> list[NoticeDelivery]:
    """Take the rows that are due for LEASE: of two workers who are rung for the same one finds them."""
    now = timezone.now()
    with transaction.atomic():
        mine = NoticeDelivery.objects.filter(
            notice__user=user_id, channel=channel, state=State.WAITING, due_at__lte=now
        )
        rows = list(mine.select_for_update(skip_locked=True, of=("self",)).select_related("notice").order_by("pk"))
        for row in rows:
            row.attempts, row.due_at = row.attempts + 1, now + LEASE
        NoticeDelivery.objects.bulk_update(rows, ["attempts", "due_at"])
    return rows


def _end(rows: Sequence[NoticeDelivery], state: str) -> None:
    NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, last_error="")


def _put_off(rows: Sequence[NoticeDelivery], error: str) -> None:
    now = timezone.now()
    for row in rows:
        row.last_error = error
        if row.attempts > len(PAUSES):
            row.state = State.FAILED
        else:
            row.due_at = now + PAUSES[row.attempts - 1]
    NoticeDelivery.objects.bulk_update(rows, ["last_error", "state", "due_at"])
