"""Leave: asked on the phone, decided by whom the rule names, shown to its member."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Activity, Attendance, Leave
from activities.services import change_activity, decide_leave, record_leave, set_leave_limits, to_decide
from tests.cast import DAY, make_account, make_activity, make_attendance, make_cast, queries_of
from tests.scoring.year import RULES, make_ruleset

pytestmark = pytest.mark.django_db

RULES_OF_INSPECTIONS = RULES.replace(
    'of = { kind = "public_service" }\nrows = [{ points = 5 }]',
    'of = { kind = "inspection", outcome = "present" }\nrows = [{ points = 3 }]',
)
FOUR = [(DAY, "am"), (DAY, "pm"), (DAY + datetime.timedelta(days=1), "am"), (DAY + datetime.timedelta(days=1), "pm")]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def today():
    """The day before the meetings."""
    with time_machine.travel(datetime.datetime.combine(DAY, datetime.time(4)) - datetime.timedelta(days=1), tick=False):
        yield


def asked(activity, seat, first=None, last=None):
    return record_leave(
        user=None, activity=activity, seat=seat, kind="official", reason="出差", first_sitting=first, last_sitting=last
    )


# ---------------------------------------------------------------- who decides
def test_approver_follows_kind_and_length(cast):
    """No rule: plenary leave goes to the chair's office, all other to the organising office. A day is two half-days."""
    set_leave_limits(user=None, committee=cast.place.committee, limits={"standing_meeting": 2, "study": 0})
    found = {}
    for kind in Activity.Kind.values:
        meeting = make_activity(cast.place, [cast.ordinary], kind=kind, halves=FOUR)
        sittings = list(meeting.sittings.all())
        found[kind] = [asked(meeting, cast.ordinary, sittings[0], sittings[n]).approver for n in range(4)]
        day = make_activity(cast.place, [cast.ordinary], kind=kind, halves=[(DAY, "day")])
        found[kind].append(asked(day, cast.ordinary).approver)
    own = {"plenary": ["chair"] * 5, "study": ["chair"] * 5}
    own["standing_meeting"] = ["office", "office", "chair", "chair", "office"]
    assert found == {kind: own.get(kind, ["office"] * 5) for kind in Activity.Kind.values}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("kind", "approver", "others"),
    [
        ("plenary", "chair_office", ["clerk", "whole_clerk"]),
        ("standing_meeting", "clerk", ["chair_office", "other_clerk"]),
    ],
)
def test_leave_is_decided_by_the_approver_alone(cast, kind, approver, others):
    leave = asked(make_activity(cast.place, [cast.ordinary], kind=kind), cast.ordinary)
    name = leave.get_approver_display()
    for other in others:
        with pytest.raises(ValidationError) as caught:
            decide_leave(user=getattr(cast, other), leave=leave, is_approved=True)
        assert caught.value.messages == [f"{cast.ordinary}的这次请假按规定由{name}审批。"]
    decide_leave(user=getattr(cast, approver), leave=leave, is_approved=True)
    assert Attendance.objects.get().outcome == "leave"


@pytest.mark.sqlite
def test_nobody_decides_on_his_own_leave(cast):
    both = make_account(cast.place, "both", "clerk", seat=cast.cosigner)
    meeting = make_activity(cast.place, [cast.cosigner, cast.ordinary])
    own, other = asked(meeting, cast.cosigner), asked(meeting, cast.ordinary)
    assert list(to_decide(both, Leave.objects.all())) == [other]
    with pytest.raises(ValidationError) as caught:
        decide_leave(user=both, leave=own, is_approved=True)
    assert caught.value.messages == ["不能审批自己的请假，请由他人审批。"]


@pytest.mark.sqlite
def test_office_keeps_who_decides(client, cast):
    client.force_login(cast.whole_clerk)
    page = client.get(reverse("leave_rules"))
    sent = {kind: page.context["form"][kind].value() for kind in Activity.Kind.values}
    assert sent["plenary"] == "0"
    client.post(reverse("leave_rules"), sent | {"plenary": "2"})
    meeting = make_activity(cast.place, [cast.ordinary], kind="plenary")
    assert asked(meeting, cast.ordinary).approver == "office"


# ---------------------------------------------------------------- pages
@pytest.mark.sqlite
def test_queue_approves_with_one_key_and_refuses_with_a_reason(client, cast):
    meeting = make_activity(cast.place, [cast.ordinary, cast.standing])
    first, second = asked(meeting, cast.ordinary), asked(meeting, cast.standing)
    client.force_login(cast.clerk)
    page = client.get(reverse("leaves")).content.decode()
    assert (page.count("autofocus"), page.count('value="approve"')) == (1, 2)
    client.post(reverse("leave_decide", args=[first.public_id]), {"decision": "approve", "queue": "1"})
    refuse = reverse("leave_decide", args=[second.public_id])
    bare = client.post(refuse, {"decision": "refuse", "queue": "1"}, follow=True).content.decode()
    assert "没有填写不同意的理由。请写明理由，委员会看到。" in bare
    answer = client.post(refuse, {"decision": "refuse", "queue": "1", "reason": "人数不足"})
    assert answer["Location"] == reverse("leaves")
    assert list(Leave.objects.order_by("pk").values_list("state", "answer")) == [
        ("approved", ""),
        ("refused", "人数不足"),
    ]


@pytest.mark.sqlite
def test_queue_shows_the_approver_only_what_is_his(client, cast):
    asked(make_activity(cast.place, [cast.ordinary], kind="plenary"), cast.ordinary)
    pages = {}
    for name in ("clerk", "chair_office"):
        client.force_login(getattr(cast, name))
        page = client.get(reverse("leaves")).content.decode()
        pages[name] = ("单志松" in page, page.count('value="approve"'), page.count("由主席办公室审批"))
    assert pages == {"clerk": (True, 0, 1), "chair_office": (True, 1, 0)}


@pytest.mark.sqlite
def test_member_asks_on_the_phone_and_sees_the_answer(client, cast, today):
    meeting = make_activity(cast.place, [cast.ordinary, cast.standing], name="专题协商会", halves=FOUR)
    am, pm, _, last = (str(sitting.public_id) for sitting in meeting.sittings.all())
    client.force_login(cast.ordinary_user)
    address = reverse("my_leave", args=[meeting.public_id])
    sent = {"sittings": [am, pm, last], "kind": "official", "reason": "出国"}
    assert client.post(address, {**sent, "sittings": []}).context["form"].errors == {
        "sittings": ["没有选场次。请勾选要请假的半天。"]
    }
    client.post(address, sent)
    spans = [(str(row.first_sitting), str(row.last_sitting)) for row in Leave.objects.order_by("pk")]
    assert spans == [("None", "2026-03-10下午"), ("2026-03-11下午", "None")]
    open_now = client.get(address).context["form"].fields["sittings"].queryset
    assert [str(sitting) for sitting in open_now] == ["2026-03-11上午"]
    first, second = Leave.objects.order_by("pk")
    decide_leave(user=cast.clerk, leave=first, is_approved=False, reason="须有人汇报")
    client.post(reverse("my_leave_withdraw", args=[second.public_id]))
    page = client.get(reverse("my_activities")).content.decode()
    assert ("未批准" in page, "理由：须有人汇报" in page, "待审批" in page) == (True, True, False)


@pytest.mark.sqlite
def test_member_signs_up_and_sees_what_it_is_worth(client, cast, today):
    make_ruleset(cast.place.committee, RULES_OF_INSPECTIONS)
    trip = make_activity(
        cast.place, [cast.ordinary], kind="inspection", name="水利视察", signup_until=DAY, signup_limit=1
    )
    change_activity(user=None, activity=trip, place="东湖")
    make_activity(cast.place, [cast.standing], name="别人的会")
    client.force_login(cast.ordinary_user)
    before = client.get(reverse("my_activities")).content.decode()
    told = ("水利视察" in before, "东湖" in before, "已报 0/1 人" in before, "别人的会" in before)
    assert told == (True, True, True, False)
    assert "按《测试用办法》第一条：视察（出席），每次计 3 分。" in before
    answer = client.post(reverse("my_sign_up", args=[trip.public_id]), {"decision": "join"}, follow=True)
    assert ("报名成功" in answer.content.decode(), "✓ 已报名" in answer.content.decode()) == (True, True)
    client.post(reverse("my_sign_up", args=[trip.public_id]), {"decision": "leave"})
    assert trip.invitations.count() == 0


@pytest.mark.sqlite
def test_signed_up_but_absent_is_named_and_counted(client, cast):
    trip = make_activity(cast.place, [cast.ordinary], kind="inspection", signup_until=DAY)
    client.force_login(cast.clerk)
    client.post(reverse("activity_list", args=[trip.public_id]), {"names": "单志松"})
    make_attendance(trip, {cast.ordinary: "absent"})
    page = client.get(reverse("activity", args=[trip.public_id])).content.decode()
    assert "<dt>报名未到</dt><dd>1 人次：单志松（2026-03-10上午）" in page
    sheet = client.get(reverse("attendance", args=[trip.sittings.get().public_id])).content.decode()
    assert '报名未到 <strong data-count="absent">1</strong>' in sheet
    assert "× 报名未到</th>" in client.get(reverse("activity_overview", args=[trip.public_id])).content.decode()
    client.force_login(cast.ordinary_user)
    assert "报名未到" in client.get(reverse("my_activities")).content.decode()


@pytest.mark.sqlite
def test_lists_of_leave_and_own_meetings_cost_the_same_for_many(client, cast, today):
    def add():
        meeting = make_activity(cast.place, [cast.ordinary, cast.standing], halves=FOUR)
        asked(meeting, cast.ordinary)
        decide_leave(user=cast.clerk, leave=asked(meeting, cast.standing), is_approved=True)
        past = make_activity(cast.place, [cast.ordinary], day=DAY - datetime.timedelta(days=9))
        make_attendance(past, {cast.ordinary: "present"})

    make_ruleset(cast.place.committee)
    add()
    client.force_login(cast.ordinary_user)
    client.get(reverse("my_activities"))  # the first page of a process compiles the ruleset
    counts = []
    for _ in range(2):
        client.force_login(cast.clerk)
        queue = queries_of(client, reverse("leaves") + "?state=all")
        client.force_login(cast.ordinary_user)
        counts.append((queue, queries_of(client, reverse("my_activities"))))
        add()
        add()
    assert counts[0] == counts[1]
