"""docs/notices.md shows an installer a channel: its code is run here against a gateway, as written there."""

import http.server
import json
import re
import sys
import threading
import types
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from members.delivery import set_addresses
from members.models import NoticeDelivery
from tests.cast import make_account, make_committee, make_seat
from tests.members.test_delivery import CANARY, after, say, work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
GUIDE = Path(__file__).parents[2] / "docs" / "notices.md"


@pytest.fixture
def gateway(monkeypatch):
    """An SMS gateway on this machine: what it was sent, and the statuses it answers next (200 when there is none)."""
    taken, answers = [], []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop() if answers else 200)
            self.end_headers()

        def log_message(self, *about):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SMS_GATEWAY", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("SMS_TEMPLATE", "notice")
    yield taken, answers
    server.shutdown()
    server.server_close()


@pytest.fixture
def user(settings, monkeypatch):
    """Somebody who switched on the channel of the guide, which stands in a module of the installer's."""
    module = types.ModuleType("own_channels")
    exec(re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1], module.__dict__)
    monkeypatch.setitem(sys.modules, "own_channels", module)
    settings.NOTICE_CHANNELS = ["members.delivery.Email", "own_channels.Sms"]
    place = make_committee()
    user = make_account(place, "ordinary", "member", seat=make_seat(place, CANARY))
    set_addresses(user=user, addresses={"sms": "13900001234"})
    return user


def test_channel_of_the_guide_sends_one_message_with_nothing_in_it_and_again_after_a_failure(user, gateway):
    taken, answers = gateway
    answers.append(503)
    with after(0):
        say(user, "您有一条记录已核实。", "有会议请您参加。")
    sent = []
    for minutes in (2, 4):
        with after(minutes):
            sent.append(work())
    assert sent == [0, 2]
    assert taken == [{"to": "13900001234", "template": "notice", "request_id": taken[0]["request_id"]}] * 2
    assert set(NoticeDelivery.objects.values_list("state", "last_error")) == {("sent", "")}


def test_channel_of_the_guide_refuses_what_is_no_number(user):
    channel = sys.modules["own_channels"].Sms()
    with pytest.raises(ValidationError) as refused:
        channel.clean_address("1390")
    assert refused.value.messages == ["“1390”不是手机号，应是 11 位数字，请改正。"]
