"""The attendance sheet's own answers: marks one at a time, lists pasted from a chat, the overview of all sittings."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Attendance
from activities.services import invite, record_attendance
from audit.models import Action
from members.services import change_seat
from scoring.models import Fact
from tests.cast import DAY, make_activity, make_attendance, make_cast, make_seat, queries_of

pytestmark = pytest.mark.django_db

UNKNOWN, ABSENT, SICK, PRESENT = ["", ""], ["absent", ""], ["leave:sick", ""], ["present", ""]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


@pytest.fixture
def sitting(cast):
    halves = [(DAY, "am"), (DAY, "pm")]
    return make_activity(cast.place, [cast.ordinary, cast.standing, cast.cosigner], halves=halves).sittings.first()


def send(client, sitting, changes, **fields):
    """Post {seat: (seen, mark)} as the page's script does; returns (status, answer)."""
    marks = {str(seat.public_id): {"seen": seen, "mark": mark} for seat, (seen, mark) in changes.items()}
    body = {"marks": marks, **fields}
    url = f"/activities/sittings/{sitting.public_id}/marks/"
    response = client.post(url, json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def stored(sitting):
    return {row.seat: (row.outcome, row.leave_kind, row.part) for row in sitting.attendances.all()}


# ---------------------------------------------------------------- one mark at a time
def test_mark_is_saved_and_answered_with_every_mark(clerk, cast, sitting):
    make_attendance(sitting.activity, {cast.standing: "late"})
    status, answer = send(clerk, sitting, {cast.ordinary: (UNKNOWN, SICK)})
    marks = {str(cast.ordinary.public_id): SICK, str(cast.standing.public_id): ["late", ""]}
    assert (status, answer) == (200, {"marks": marks, "is_complete": False})
    assert stored(sitting)[cast.ordinary] == ("leave", "sick", "")


def test_mark_is_an_act_of_the_clerk_under_her_grant(clerk, cast, sitting):
    send(clerk, sitting, {cast.ordinary: (UNKNOWN, ABSENT)})
    action = Action.objects.latest("pk")
    assert (action.user, action.verb, action.grant.user) == (cast.clerk, "登记出席", cast.clerk)


def test_mark_is_taken_back(clerk, cast, sitting):
    send(clerk, sitting, {cast.ordinary: (UNKNOWN, ABSENT)})
    assert send(clerk, sitting, {cast.ordinary: (ABSENT, UNKNOWN)})[0] == 200
    assert stored(sitting) == {}


def test_complete_marks_the_rest_present(clerk, cast, sitting):
    send(clerk, sitting, {cast.ordinary: (UNKNOWN, ABSENT)})
    status, answer = send(clerk, sitting, {}, rest="present", is_complete=True)
    outcomes = {seat: outcome for seat, (outcome, _, _) in stored(sitting).items()}
    assert outcomes == {cast.ordinary: "absent", cast.standing: "present", cast.cosigner: "present"}
    assert (status, answer["is_complete"], len(answer["marks"])) == (200, True, 3)


def test_part_is_saved_with_the_mark(clerk, cast, sitting):
    send(clerk, sitting, {cast.ordinary: (UNKNOWN, ["present", "speaker"])})
    assert stored(sitting) == {cast.ordinary: ("present", "", "speaker")}


def test_part_of_a_sitting_keeps_its_word_and_counts_as_left_early(clerk, cast, sitting):
    send(clerk, sitting, {cast.ordinary: (UNKNOWN, ["partial", ""])})
    fact = Fact.objects.get(subject=cast.ordinary.subject, key__endswith=f"/sitting/{sitting.public_id}")
    assert (stored(sitting)[cast.ordinary][0], "outcome=left_early" in fact.attributes) == ("partial", True)


def test_row_changed_by_another_is_not_written_over(clerk, cast, sitting):
    make_attendance(sitting.activity, {cast.ordinary: "absent"})
    changes = {cast.ordinary: (UNKNOWN, SICK), cast.standing: (UNKNOWN, ABSENT)}
    assert send(clerk, sitting, changes) == (
        409,
        {
            "errors": [f"{cast.ordinary}：别人已改为“缺席”，您填的是“请假（病假）”，没有保存。请核对后再定。"],
            "conflicts": [[str(cast.ordinary.public_id), ABSENT, "系统"]],
        },
    )
    assert stored(sitting) == {cast.ordinary: ("absent", "", "")}


def test_same_mark_sent_again_is_no_conflict(clerk, cast, sitting):
    """The answer to the first may have been lost on the way."""
    first = send(clerk, sitting, {cast.ordinary: (UNKNOWN, ABSENT)})
    actions = Action.objects.count()
    assert send(clerk, sitting, {cast.ordinary: (UNKNOWN, ABSENT)}) == first
    assert Action.objects.count() == actions


def test_history_holds_fifty_marks_each_of_two_clerks(client, cast):
    """Marked in turn, ten rows by both: the second mark of such a row is refused once, then written knowingly."""
    seats = [make_seat(cast.place, f"沈宁{chr(0x4E00 + number)}") for number in range(90)]
    sitting = make_activity(cast.place, seats).sittings.get()
    second = Client()
    client.force_login(cast.clerk)
    second.force_login(cast.whole_clerk)
    firsts, seconds = [], []
    for one, other in zip(seats[:50], seats[40:], strict=True):
        firsts.append(send(client, sitting, {one: (UNKNOWN, ABSENT)})[0])
        # The second begins with the rows of both, before the first comes to them.
        seconds.append(send(second, sitting, {other: (UNKNOWN, SICK)})[0])
    known = [send(client, sitting, {seat: (SICK, ABSENT)})[0] for seat in seats[40:50]]
    assert (firsts, seconds, known) == ([200] * 40 + [409] * 10, [200] * 50, [200] * 10)
    written = Attendance.history.filter(sitting=sitting).values_list("history_type", flat=True)
    assert (sorted(written).count("+"), sorted(written).count("~")) == (90, 10)
    outcomes = [outcome for outcome, _, _ in stored(sitting).values()]
    assert (outcomes.count("absent"), outcomes.count("leave")) == (50, 40)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"marks": []}',
        b'{"marks": {"%s": {"mark": ["absent", ""]}}}',
        b'{"marks": {"%s": {"seen": ["", ""], "mark": ["super", ""]}}}',
        b'{"marks": {"%s": {"seen": ["", ""], "mark": ["absent", 1]}}}',
        b'{"marks": {"%s": {"seen": ["", ""], "mark": [["absent"], ""]}}}',
        b'{"marks": {}, "rest": "absent"}',
        b'{"marks": {}, "rest": []}',
        b'{"marks": {}, "is_complete": "yes"}',
        b'{"marks": {}, "is_complete": {}}',
    ],
)
def test_unreadable_changes_are_refused(clerk, cast, sitting, body):
    url = f"/activities/sittings/{sitting.public_id}/marks/"
    seat = str(cast.ordinary.public_id).encode()
    response = clerk.post(url, body.replace(b"%s", seat), content_type="application/json")
    sentence = "这一页与服务器的程序不是同一版本，没有保存。请刷新页面后再登记。"
    assert (response.status_code, response.json()) == (400, {"errors": [sentence]})


def test_mark_of_somebody_not_invited_is_refused(clerk, cast, sitting):
    stranger = make_seat(cast.place, "沈宁宁")
    status, answer = send(clerk, sitting, {stranger: (UNKNOWN, ABSENT)})
    assert (status, answer["errors"]) == (400, ["名单中的人已被移出应到名单，没有保存。请刷新页面后再登记。"])


def test_mark_of_another_offices_sitting_is_not_found(client, cast, sitting):
    client.force_login(cast.other_clerk)
    url = f"/activities/sittings/{sitting.public_id}/marks/"
    assert client.post(url, "{}", content_type="application/json").status_code == 404
    assert Attendance.objects.count() == 0


# ---------------------------------------------------------------- the overview of all half-days
def overview_of(client, activity):
    return client.get(f"/activities/{activity.public_id}/overview/").context["overview"]


def test_overview_shows_each_half_day_and_totals_both_ways(clerk, cast, sitting):
    make_attendance(sitting.activity, {cast.ordinary: ("leave", "sick", ""), cast.standing: "late"}, rest="present")
    second = sitting.activity.sittings.last()
    record_attendance(user=None, sitting=second, marks={cast.ordinary.pk: "absent", cast.standing.pk: "exempt"})
    found = overview_of(clerk, sitting.activity)
    symbols = {line.seat: "".join(cell.symbol for cell in line.cells) for line in found.lines}
    assert symbols == {cast.ordinary: "△×", cast.standing: "◇－", cast.cosigner: "○？"}
    assert {line.seat: line.totals for line in found.lines}[cast.ordinary] == [0, 1, 1, 0, 0, 0]
    assert [(counts, total) for _, counts, total in found.foot] == [
        ([1, 0], 1),
        ([1, 0], 1),
        ([0, 1], 1),
        ([1, 0], 1),
        ([0, 1], 1),
        ([0, 1], 1),
    ]
    assert {line.cells[0].words for line in found.lines} == {"请假（病假）", "迟到", "出席"}


def test_overview_shows_a_member_only_her_own_line(client, cast, sitting):
    make_attendance(sitting.activity, {}, rest="present")
    client.force_login(cast.ordinary_user)
    assert [line.seat for line in overview_of(client, sitting.activity).lines] == [cast.ordinary]


@pytest.mark.parametrize("page", ["/activities/{activity}/overview/", "/activities/sittings/{sitting}/"])
def test_sheet_and_overview_take_the_same_queries_for_twenty_as_for_three(clerk, cast, sitting, page):
    url = page.format(activity=sitting.activity.public_id, sitting=sitting.activity.sittings.last().public_id)
    make_attendance(sitting.activity, {cast.ordinary: "absent"}, rest="present")
    clerk.get(url)
    three = queries_of(clerk, url)
    seats = [make_seat(cast.place, f"沈宁{name}") for name in "一二三四五六七八九十东南西北中上下"]
    invite(user=None, activity=sitting.activity, seats=seats)
    make_attendance(sitting.activity, {}, rest="absent")
    assert queries_of(clerk, url) == three


def test_mark_takes_the_same_queries_for_twenty_as_for_three(clerk, cast, sitting):
    def queries_of_mark(seen, mark):
        with CaptureQueriesContext(connection) as queries:
            assert send(clerk, sitting, {cast.ordinary: (seen, mark)})[0] == 200
        return len(queries)

    queries_of_mark(UNKNOWN, ABSENT)
    three = queries_of_mark(ABSENT, SICK)
    seats = [make_seat(cast.place, f"沈宁{name}") for name in "一二三四五六七八九十东南西北中上下"]
    invite(user=None, activity=sitting.activity, seats=seats)
    assert queries_of_mark(SICK, ABSENT) == three


# ---------------------------------------------------------------- the order of the list
@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("", ["0010", "0009", "0030", "0004"]),
        ("place", ["0009", "0004", "0030", "0010"]),
        ("sector", ["0009", "0030", "0004", "0010"]),
        ("number", ["0004", "0009", "0010", "0030"]),
        ("nothing", ["0010", "0009", "0030", "0004"]),
    ],
)
def test_list_is_shown_in_the_order_asked_for(clerk, cast, order, numbers):
    science, farming = cast.place.sectors
    make = [
        ("丁一", "0010", "", farming),
        ("王一", "0009", "2-3", science),
        ("李一", "0030", "2-10", science),
        ("张一", "0004", "2-9", science),
    ]
    seats = [make_seat(cast.place, name, number=n, sector=sector) for name, n, _, sector in make]
    for seat, (_, _, at, _) in zip(seats, make, strict=True):
        change_seat(user=None, seat=seat, place=at)
    sitting = make_activity(cast.place, seats).sittings.get()
    page = clerk.get(f"/activities/sittings/{sitting.public_id}/?order={order}")
    assert [row.seat.number for row in page.context["rows"]] == numbers
