"""Notices on their way out: by whom they were wanted, once, again after a failure, and with nothing in them."""

import datetime
import socket

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from members import delivery
from members.delivery import channels, deliver, due, set_addresses
from members.models import Notice, NoticeAddress, NoticeDelivery, User
from members.notices import notify
from members.tasks import sweep_notices
from tests.cast import make_account, make_committee, make_seat
from tests.members.channels import Post

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 20, 4, 0, tzinfo=datetime.UTC)
POST = "tests.members.channels.Post"
EMAIL = "members.delivery.Email"
CANARY = "单志松"


@pytest.fixture
def user(settings):
    settings.NOTICE_CHANNELS = [POST, EMAIL]
    Post.sent.clear()
    Post.refusals.clear()
    place = make_committee()
    return make_account(place, "ordinary", "member", seat=make_seat(place, CANARY, telephone="13900001234"))


def say(user, *texts):
    for text in texts:
        notify([user], user.committee, text)


def after(minutes):
    return time_machine.travel(NOON + datetime.timedelta(minutes=minutes), tick=False)


def work():
    """What the sweep rings for, done at once."""
    return sum(deliver(user_id=user_id, channel=channel) for user_id, channel in due())


def states():
    return list(NoticeDelivery.objects.order_by("pk").values_list("state", "attempts", "last_error"))


def test_notice_that_is_unread_is_not_said_twice(user):
    say(user, "您有一条记录已核实。", "您有一条记录已核实。")
    assert Notice.objects.count() == 1
    Notice.objects.mark_read()
    say(user, "您有一条记录已核实。")
    assert Notice.objects.count() == 2


def test_notices_of_one_minute_go_out_as_one_message_once(user):
    set_addresses(user=user, addresses={"post": "邮箱"})
    with after(0):
        say(user, "您有一条记录已核实。", "有会议请您参加。")
        assert due() == []
    with after(2):
        assert due() == [(user.pk, "post")]
        assert deliver(user_id=user.pk, channel="post") == 2
        # The message that rang came twice.
        assert deliver(user_id=user.pk, channel="post") == 0
    key = str(Notice.objects.order_by("pk").first().public_id)
    assert Post.sent == [("邮箱", ["您有一条记录已核实。", "有会议请您参加。"], key)]
    assert states() == [("sent", 1, "")] * 2


def test_delivery_that_failed_is_tried_again_later_and_given_up_at_last(user):
    set_addresses(user=user, addresses={"post": "邮箱"})
    with after(0):
        say(user, "您有一条记录已核实。")
    Post.refusals[:] = [OSError("邮箱 unknown")] * 6
    tried = 2
    for attempt, pause in enumerate([*delivery.PAUSES, None], start=1):
        with after(tried):
            assert work() == 0
            assert work() == 0
        state = "waiting" if pause else "failed"
        assert states() == [(state, attempt, "OSError")]
        tried += int(pause.total_seconds()) // 60 if pause else 0
    with after(tried + 10_000):
        assert due() == []
    assert Notice.objects.unread().count() == 1


def test_delivery_of_a_killed_worker_goes_to_the_next(user):
    set_addresses(user=user, addresses={"post": "邮箱"})
    with after(0):
        say(user, "您有一条记录已核实。")
    Post.refusals[:] = [SystemExit()]  # neither an answer nor an error: the process is gone
    with after(2), pytest.raises(SystemExit):
        work()
    with after(3):
        assert due() == []
    with after(8):
        assert work() == 1
    assert states() == [("sent", 2, "")]


def test_what_was_read_or_switched_off_meanwhile_is_not_sent(user):
    set_addresses(user=user, addresses={"post": "邮箱", "email": "a@example.cn"})
    with after(0):
        say(user, "您有一条记录已核实。")
        user.notices.mark_read()
        say(user, "有会议请您参加。")
        set_addresses(user=user, addresses={"email": ""})
    with after(2):
        assert work() == 1
    assert [texts for _, texts, _ in Post.sent] == [["有会议请您参加。"]]
    assert mail.outbox == []
    assert sorted(NoticeDelivery.objects.values_list("channel", "state")) == [
        ("email", "needless"),
        ("email", "needless"),
        ("post", "needless"),
        ("post", "sent"),
    ]


@pytest.mark.sqlite
def test_mail_holds_nothing_but_a_link(user, settings):
    settings.SITE_URL = "https://lz.example.cn"
    set_addresses(user=user, addresses={"email": "a@example.cn"})
    with after(0):
        say(user, "您有一条记录已核实。")
    with after(2):
        assert work() == 1
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["a@example.cn"], "您有新的通知")
    assert "https://lz.example.cn/me/notices/" in message.body
    held = message.message().as_string() + message.body + message.subject
    assert [word for word in (CANARY, "记录", "13900001234", "ordinary") if word in held] == []


@pytest.mark.sqlite
def test_mail_server_that_is_gone_loses_nothing(user, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    set_addresses(user=user, addresses={"email": "a@example.cn"})
    with after(0):
        say(user, "您有一条记录已核实。")
    with after(2):
        assert work() == 0
    assert states() == [("waiting", 1, "ConnectionRefusedError")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with after(4):
        assert work() == 1
    assert len(mail.outbox) == 1


@pytest.mark.sqlite
def test_nobody_is_written_to_who_has_not_asked_for_it(user):
    with after(0):
        say(user, "您有一条记录已核实。")
    assert not NoticeDelivery.objects.exists()


@pytest.mark.sqlite
def test_sweep_rings_for_each_user_and_channel_that_waits(user, settings):
    """A worker that hears it is in tests/scoring/test_inprocess.py."""
    set_addresses(user=user, addresses={"post": "邮箱"})
    with after(0):
        say(user, "您有一条记录已核实。")
    with after(2):
        rung = sweep_notices()
    assert rung == 1


def test_channel_that_cannot_be_imported_stops_the_start(settings):
    settings.NOTICE_CHANNELS = ["members.delivery.Pigeon"]
    with pytest.raises(ImproperlyConfigured, match=r"NOTICE_CHANNELS: 'members\.delivery\.Pigeon'"):
        channels()


# ---------------------------------------------------------------- the page
@pytest.mark.sqlite
def test_page_keeps_the_address_and_refuses_what_is_none(client, user, settings):
    settings.NOTICE_CHANNELS = [EMAIL]
    client.force_login(user)
    page = reverse("notice_channels")
    refused = client.post(page, {"email": "nobody"})
    assert refused.context["form"].errors == {"email": ["“nobody”不是电子邮箱，例如 name@example.cn，请改正。"]}
    for address, kept in (("a@example.cn", ["a@example.cn"]), ("b@example.cn", ["b@example.cn"]), ("", [])):
        assert client.post(page, {"email": address}).url == reverse("notices")
        assert list(NoticeAddress.objects.values_list("address", flat=True)) == kept
    settings.NOTICE_CHANNELS = []
    assert client.get(page).status_code == 404
    assert User.objects.get(pk=user.pk).email == ""
