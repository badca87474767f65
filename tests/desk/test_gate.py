"""闸机记录: what the file of a gate says about one sitting, checked before anything is written, and taken back."""

import datetime
import io
import re

import pytest

from activities.services import record_attendance
from audit.models import Action
from members.columns import EPOCH_1900
from tests.cast import DAY, make_activity, make_cast
from tests.desk.sheets import comma, xlsx

pytestmark = pytest.mark.django_db

TIMES = {"from_at": "6:00", "to_at": "12:00", "late_after": "8:30"}


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def sitting(cast):
    return make_activity(cast.place, [cast.ordinary, cast.cosigner]).sittings.get()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def send(client, sitting, data, name="gate.csv", **times):
    file = io.BytesIO(data)
    file.name = name
    return client.post(f"/activities/sittings/{sitting.public_id}/gate/", {**TIMES, **times, "file": file})


def confirm(client, sitting, response, **chosen):
    packed = re.search(r'name="found" value="([^"]*)"', response.content.decode())[1]
    answer = client.post(f"/activities/sittings/{sitting.public_id}/gate/", {"found": packed, **chosen}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def marks(sitting):
    return dict(sitting.attendances.values_list("seat__member__name", "outcome"))


def test_file_is_checked_then_saved_and_taken_back(clerk, cast, sitting):
    """Of several lines the first counts; another day's and the afternoon's are not read; nobody is absent for it."""
    data = comma(
        ("人员姓名", "工号", "识别时间"),
        ("单志松", "", f"{DAY} 08:41:00"),
        ("单志松", "", f"{DAY} 08:29:59"),
        ("何珺", "GATE-7", f"{DAY:%Y/%-m/%-d} 8:31"),
        ("欧阳文松", "", f"{DAY} 08:00:00"),
        ("单志松", "", f"{DAY} 14:00:00"),
        ("何珺", "", f"{DAY - datetime.timedelta(days=1)} 08:00:00"),
        ("单志柏", "", f"{DAY} 08:20:00"),
    )
    response = send(clerk, sitting, data)
    found = response.context["found"]
    assert (marks(sitting), found.outside, list(found.strangers)) == ({}, 2, [str(cast.standing)])
    assert [(one.called, [str(seat.member) for seat in near]) for one, near in found.unknown] == [
        ("单志柏", ["单志松"])
    ]
    assert confirm(clerk, sitting, response) == ["已按闸机记录登记 2 人；0 人已有登记，没有改动。"]
    assert marks(sitting) == {"单志松": "present", "何珺": "late"}
    action = Action.objects.get(verb="导入闸机记录")
    assert (action.user, action.reason.startswith("gate.csv，UTF-8，SHA-256 ")) == (cast.clerk, True)
    clerk.post(f"/entries/{action.public_id}/undo/")
    assert marks(sitting) == {}


def test_mark_of_staff_stands_and_one_who_was_not_recognised_is_chosen(clerk, cast, sitting):
    record_attendance(user=cast.clerk, sitting=sitting, marks={cast.cosigner.pk: ("leave", "sick", "")})
    serial = (DAY - EPOCH_1900).days + 8 / 24
    data = xlsx(("姓名", "编号", "时间"), ("志松", None, serial), (None, cast.cosigner.number, datetime.time(8, 0)))
    response = send(clerk, sitting, data, "gate.xlsx")
    assert [str(one.row.seat.member) for one in response.context["kept"]] == ["何珺"]
    chosen = {"who-0": str(cast.ordinary.public_id)}
    assert confirm(clerk, sitting, response, **chosen) == ["已按闸机记录登记 1 人；1 人已有登记，没有改动。"]
    assert marks(sitting) == {"单志松": "present", "何珺": "leave"}


@pytest.mark.sqlite
def test_line_that_cannot_be_read_and_file_without_times_are_told(clerk, sitting):
    response = send(clerk, sitting, comma(("姓名", "时间"), ("单志松", "早上"), ("何珺", "25:10")))
    assert [str(error) for error in response.context["found"].errors] == [
        "第 2 行“时间”是“早上”，请写成 2026-11-21 08:30:00 或 08:30 这样的时间。",
        "第 3 行“时间”是“25:10”，请写成 2026-11-21 08:30:00 或 08:30 这样的时间。",
    ]
    page = send(clerk, sitting, comma(("姓名", "门"), ("单志松", "东门"))).content.decode()
    assert "时间" in re.search(r'id="errors".*?</div>', page, re.DOTALL)[0]


@pytest.mark.sqlite
def test_confirmation_of_another_sitting_or_forged_is_refused(clerk, cast, sitting):
    response = send(clerk, sitting, comma(("姓名", "时间"), ("单志松", "8:00")))
    other = make_activity(cast.place, [cast.ordinary]).sittings.get()
    refused = ["没有保存：核对的结果已失效。请重新选择文件。"]
    assert confirm(clerk, other, response) == refused
    answer = clerk.post(f"/activities/sittings/{sitting.public_id}/gate/", {"found": "x"}, follow=True)
    assert ([str(one) for one in answer.context["messages"]], marks(other), marks(sitting)) == (refused, {}, {})


@pytest.mark.sqlite
def test_mark_made_meanwhile_is_not_written_over(clerk, cast, sitting):
    """Who was unknown when the file was checked has a mark by now: it stands, and the rest is saved."""
    response = send(clerk, sitting, comma(("姓名", "时间"), ("单志松", "8:00"), ("何珺", "8:00")))
    record_attendance(user=None, sitting=sitting, marks={cast.ordinary.pk: "absent"})
    assert confirm(clerk, sitting, response) == ["已按闸机记录登记 1 人；1 人已有登记，没有改动。"]
    assert marks(sitting) == {"单志松": "absent", "何珺": "present"}
