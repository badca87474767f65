"""扫码签到: what the code on the wall lets a member do, and what it never does."""

import datetime
import re
import time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from activities.checkin import LIFE, SCANNED, check_in, code_of, set_check_in
from activities.services import record_attendance
from audit.models import Action
from members.signals import gathered
from tests.cast import DAY, PASSWORD, make_activity, make_cast, make_committee, make_seat

pytestmark = pytest.mark.django_db

MORNING = datetime.datetime.combine(DAY, datetime.time(8, 20), ZoneInfo("Asia/Shanghai"))


def later(seconds):
    return MORNING + datetime.timedelta(seconds=seconds)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def sitting(cast):
    """A morning at which members may check in from 08:00 to 09:30, late after 08:30."""
    sitting = make_activity(cast.place, [cast.ordinary, cast.cosigner]).sittings.get()
    staff = Client()
    staff.force_login(cast.clerk)
    times = {"from_at": "8:00", "to_at": "9：30", "late_after": "0830"}
    assert staff.post(f"/activities/sittings/{sitting.public_id}/check-in/", times).status_code == 302
    sitting.refresh_from_db()
    return sitting


@pytest.fixture
def telephone(cast):
    client = Client()
    client.force_login(cast.ordinary_user)
    return client


def address(sitting):
    return f"/activities/sittings/{sitting.public_id}/arrive/"


def scan(client, sitting, at=MORNING, code_at=None):
    """Open what the code shown at ``code_at`` leads to, at ``at``."""
    with time_machine.travel(code_at or at, tick=False):
        code = code_of(sitting)
    with time_machine.travel(at, tick=False):
        return client.get(f"{address(sitting)}?c={code}")


def press(client, sitting, at=MORNING):
    """The button; returns the sentences of the page that follows."""
    with time_machine.travel(at, tick=False):
        response = client.post(address(sitting), follow=True)
    return [str(message) for message in response.context["messages"]] + re.findall(
        r'<p class="lead">(.*?)</p>', response.content.decode()
    )


def marks(sitting):
    return dict(sitting.attendances.values_list("seat__member__name", "outcome"))


def test_member_scans_presses_and_is_present(cast, telephone, sitting):
    assert ">签到</button>" in scan(telephone, sitting).content.decode()
    assert marks(sitting) == {}  # looking writes nothing
    assert press(telephone, sitting) == ["签到成功，已记为“出席”。", "✓ 您已签到，记为“出席”。"]
    assert marks(sitting) == {"单志松": "present"}
    action = Action.objects.latest("pk")
    route = f"POST {address(sitting)}"
    assert (action.user, action.verb, action.route) == (cast.ordinary_user, "扫码签到", route)


def test_second_press_changes_nothing(telephone, sitting):
    for _ in range(2):
        scan(telephone, sitting)
        press(telephone, sitting)
    assert Action.objects.filter(verb="扫码签到").count() == 1


def test_member_is_late_after_the_time_that_staff_set(telephone, sitting):
    at = later(10 * 60 + 1)
    assert "将记为迟到" in scan(telephone, sitting, at).content.decode()
    press(telephone, sitting, at)
    assert marks(sitting) == {"单志松": "late"}


def test_code_sent_on_is_too_old(telephone, sitting):
    page = scan(telephone, sitting, later(LIFE + 1), code_at=MORNING).content.decode()
    assert ("二维码已过期" in page, ">签到</button>" in page) == (True, False)
    assert press(telephone, sitting, later(LIFE + 1))[0] == (
        "没有签到：扫码后没有及时点“签到”。请重新扫会场屏幕上的二维码。"
    )
    assert marks(sitting) == {}


def test_scan_counts_for_a_while_only_in_the_browser_that_scanned(telephone, sitting, cast):
    scan(telephone, sitting)
    other = Client()
    other.force_login(cast.ordinary_user)
    press(other, sitting, later(60))
    assert marks(sitting) == {}
    press(telephone, sitting, later(SCANNED - 1))
    assert marks(sitting) == {"单志松": "present"}


def test_forged_code_is_no_scan(telephone, sitting, cast):
    other = make_activity(cast.place, [cast.ordinary]).sittings.get()
    with time_machine.travel(MORNING, tick=False):
        for code in ("", "1w2x3:abcdef", "%00", "x" * 3000, code_of(other)):
            page = telephone.get(f"{address(sitting)}?c={code}").content.decode()
            assert ("二维码已过期" in page, telephone.cookies.get("scan")) == (True, None), code


def test_who_is_not_signed_in_signs_in_and_presses(cast, sitting):
    client = Client()
    to_sign_in = scan(client, sitting)
    assert to_sign_in["Location"] == f"/login/?next={address(sitting)}"
    with time_machine.travel(later(90), tick=False):
        asked = {"username": "ordinary", "password": PASSWORD, "next": address(sitting)}
        page = client.post("/login/", asked, follow=True)
    assert ">签到</button>" in page.content.decode()
    press(client, sitting, later(100))
    assert marks(sitting) == {"单志松": "present"}


def test_who_was_not_invited_is_told_only_after_a_scan(cast, sitting):
    client = Client()
    client.force_login(cast.standing_user)
    response = scan(client, sitting)
    assert (response.status_code, "您不在这次会议的应到名单中" in response.content.decode()) == (404, True)
    with time_machine.travel(MORNING, tick=False):
        unscanned = Client()
        unscanned.force_login(cast.standing_user)
        assert "应到名单" not in unscanned.get(address(sitting)).content.decode()
        assert client.post(address(sitting)).status_code == 404
    assert marks(sitting) == {}


def test_nobody_checks_in_outside_the_times(telephone, sitting):
    over = "签到已经结束（3月10日 08:00 至 09:30）。请到签到台找工作人员登记。"
    early = "签到还没有开始（3月10日 08:00 至 09:30）。请到时再扫。"
    for minutes, sentence in ((-21, early), (71, over), (24 * 60, over)):
        scan(telephone, sitting, later(minutes * 60))
        assert press(telephone, sitting, later(minutes * 60)) == [sentence, sentence]
    assert marks(sitting) == {}


def test_mark_of_staff_stands(telephone, cast, sitting):
    record_attendance(user=cast.clerk, sitting=sitting, marks={cast.ordinary.pk: ("leave", "sick", "")})
    scan(telephone, sitting)
    assert press(telephone, sitting) == ["工作人员已记为“请假”，签到不会改动它。"]
    assert marks(sitting) == {"单志松": "leave"}


def test_board_shows_another_code_each_time_and_none_when_closed(client, cast, sitting):
    client.force_login(cast.clerk)
    board = f"/activities/sittings/{sitting.public_id}/check-in/"
    pictures = []
    for at in (MORNING, later(10)):
        with time_machine.travel(at, tick=False):
            pictures.append(re.search(r"<svg.*</svg>", client.get(board).content.decode())[0])
    assert pictures[0] != pictures[1]
    client.post(board, {"stop": "1"})
    with time_machine.travel(MORNING, tick=False):
        page = client.get(board).content.decode()
    assert ("<svg" in page, "没有开放扫码签到" in page) == (False, True)


@pytest.mark.sqlite
def test_times_that_cannot_be_are_refused(client, cast, sitting):
    client.force_login(cast.clerk)
    for times, sentence in (
        ({"from_at": "8点", "to_at": "9:00"}, "“签到开始”填的不是时间，请按 08:30 这样填写。"),
        ({"from_at": "9:00", "to_at": "8:00"}, "签到结束 08:00 不晚于开始 09:00，请改正其中一个。"),
        (
            {"from_at": "8:00", "to_at": "9:00", "late_after": "10:00"},
            "迟到从 10:00 算起，不在签到时间 08:00 至 09:00 之内，请改正。",
        ),
    ):
        page = client.post(f"/activities/sittings/{sitting.public_id}/check-in/", times).content.decode()
        assert sentence in page
    sitting.refresh_from_db()
    assert sitting.check_in_from == datetime.time(8)


def test_poll_of_the_sheet_shows_who_arrived(client, telephone, cast, sitting):
    scan(telephone, sitting)
    press(telephone, sitting)
    client.force_login(cast.clerk)
    answer = client.get(f"/activities/sittings/{sitting.public_id}/marks/").json()
    assert answer == {"marks": {str(cast.ordinary.public_id): ["present", ""]}, "is_complete": False}


@pytest.mark.full
def test_hall_of_three_hundred_checks_in_within_five_minutes():
    """The busiest meeting: eight half-days, whose facts are written anew with every mark."""
    place = make_committee()
    with transaction.atomic(), gathered(make_seat):
        seats = [make_seat(place, f"沈宁{chr(0x4E00 + number)}") for number in range(300)]
    halves = [(DAY + datetime.timedelta(days=day), half) for day in range(4) for half in ("am", "pm")]
    sitting = make_activity(place, seats, kind="plenary", halves=halves).sittings.first()
    set_check_in(user=None, sitting=sitting, from_at=datetime.time(8), to_at=datetime.time(9))
    started = time.perf_counter()
    for seat in seats:
        check_in(user=None, sitting=sitting, seat=seat, now=MORNING)
    seconds = time.perf_counter() - started
    assert (sitting.attendances.count(), seconds < 300) == (300, True), seconds
