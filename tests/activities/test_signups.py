"""Sign-up with a deadline and a limit; changing and removing lists after the fact."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Activity, Attendance, Invitation, Leave
from activities.services import (
    change_activity,
    decide_leave,
    invite,
    record_leave,
    remove_activity,
    sign_up,
    uninvite,
    withdraw_sign_up,
)
from audit.actions import act
from audit.models import Action
from desk.undo import take_back
from scoring.models import Fact
from tests.cast import DAY, make_activity, make_attendance, make_cast

pytestmark = pytest.mark.django_db

LAST_DAY = DAY - datetime.timedelta(days=2)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def trip(cast):
    """An inspection for which two of three may sign up, one place only."""
    return make_activity(
        cast.place, [cast.ordinary, cast.standing], kind="inspection", signup_until=LAST_DAY, signup_limit=1
    )


def refused(verb, **arguments):
    with pytest.raises(ValidationError) as caught:
        verb(**arguments)
    return caught.value.messages[0]


def expected(activity):
    return set(Invitation.objects.filter(activity=activity).values_list("seat__member__name", flat=True))


def test_sign_up_ends_with_the_last_day(cast, trip):
    assert (trip.is_mandatory, trip.offers.count(), expected(trip), Fact.objects.count()) == (False, 2, set(), 0)
    late = LAST_DAY + datetime.timedelta(days=1)
    person = {"user": cast.ordinary_user, "activity": trip, "seat": cast.ordinary}
    assert refused(sign_up, **person, today=late) == (
        f"“{trip}”的报名已于 {LAST_DAY} 截止。如有变化，请联系委员联络室，或申请请假。"
    )
    sign_up(**person, today=LAST_DAY)
    assert refused(withdraw_sign_up, **person, today=late).startswith(f"“{trip}”的报名已于 {LAST_DAY} 截止")
    assert (expected(trip), Fact.objects.get().subject) == ({"单志松"}, cast.ordinary.subject)
    withdraw_sign_up(**person, today=LAST_DAY)
    assert (expected(trip), Fact.objects.count()) == (set(), 0)


def test_last_place_is_given_once_and_freed_by_withdrawing(cast, trip):
    first = {"user": cast.ordinary_user, "activity": trip, "seat": cast.ordinary, "today": LAST_DAY}
    second = {"user": cast.standing_user, "activity": trip, "seat": cast.standing, "today": LAST_DAY}
    sign_up(**first)
    sign_up(**first)
    full = f"“{trip}”名额 1 人，已报名 1 人，还要加 1 人，名额不够。请联系委员联络室增加名额。"
    assert (refused(sign_up, **second), refused(invite, user=cast.clerk, activity=trip, seats=[cast.standing])) == (
        full,
        full,
    )
    withdraw_sign_up(**first)
    sign_up(**second)
    assert expected(trip) == {"欧阳文松"}


@pytest.mark.sqlite
def test_sign_up_is_for_those_it_was_opened_for(cast, trip):
    assert refused(sign_up, user=cast.clerk, activity=trip, seat=cast.cosigner, today=LAST_DAY) == (
        f"“{trip}”没有对您开放报名。如需参加，请联系委员联络室。"
    )
    meeting = make_activity(cast.place, [cast.ordinary])
    assert refused(sign_up, user=cast.clerk, activity=meeting, seat=cast.standing) == f"“{meeting}”不需要报名。"


@pytest.mark.sqlite
def test_office_signs_people_up_after_the_deadline_within_the_limit(cast, trip):
    change_activity(user=cast.clerk, activity=trip, signup_limit=2)
    invite(user=cast.clerk, activity=trip, seats=[cast.cosigner, cast.standing])
    assert expected(trip) == {"何珺", "欧阳文松"}
    assert refused(change_activity, user=cast.clerk, activity=trip, signup_limit=1) == (
        "名额是 1 人，已报名 2 人，至少填 2。"
    )


# ---------------------------------------------------------------- after the fact
def test_removed_from_the_list_goes_with_the_marks_and_the_facts(cast):
    activity = make_activity(cast.place, [cast.ordinary, cast.standing])
    make_attendance(activity, {cast.ordinary: "present", cast.standing: "absent"})
    wrong = {"user": cast.clerk, "activity": activity, "seats": [cast.standing]}
    assert refused(uninvite, **wrong, reason=" ") == "移出的人里有已登记出席的，登记会一并撤销，请写明理由。"
    uninvite(**wrong, reason="不属应到范围")
    assert (expected(activity), Attendance.objects.count()) == ({"单志松"}, 1)
    assert [fact.subject for fact in Fact.objects.all()] == [cast.ordinary.subject]


def test_leave_approved_before_counts_for_who_is_invited_later(cast):
    halves = [(DAY, "am"), (DAY, "pm")]
    activity = make_activity(cast.place, [cast.ordinary, cast.standing], halves=halves)
    asked = {"user": None, "activity": activity, "kind": "sick", "reason": "住院"}
    leave = record_leave(seat=cast.standing, **asked, first_sitting=activity.sittings.last())
    waiting = record_leave(seat=cast.ordinary, **asked)
    decide_leave(user=cast.clerk, leave=leave, is_approved=True)
    uninvite(user=cast.clerk, activity=activity, seats=[cast.standing, cast.ordinary], reason="名单有误")
    assert (Attendance.objects.count(), Leave.objects.filter(pk=waiting.pk).exists()) == (0, False)
    invite(user=cast.clerk, activity=activity, seats=[cast.standing, cast.ordinary])
    marks = Attendance.objects.values_list("seat__member__name", "sitting__half", "outcome", "leave_kind")
    assert list(marks) == [("欧阳文松", "pm", "leave", "sick")]


def test_removed_activity_goes_whole_and_comes_back_whole(cast):
    activity = make_activity(cast.place, [cast.ordinary, cast.standing])
    record_leave(user=None, activity=activity, seat=cast.standing, kind="sick", reason="住院")
    make_attendance(activity, {cast.ordinary: "present", cast.standing: "leave"})
    before = sorted(Fact.objects.values_list("key", "attributes"))
    assert refused(remove_activity, user=cast.clerk, activity=activity, reason="").startswith("没有填写理由。")
    remove_activity(user=cast.clerk, activity=Activity.objects.get(), reason="重复登记")
    tables = (Activity, Invitation, Attendance, Leave, Fact)
    assert [model.objects.count() for model in tables] == [0, 0, 0, 0, 0]
    with act(user=None, verb="test"):
        take_back(Action.objects.get(verb="删除会议活动"))
    assert [model.objects.count() for model in tables] == [1, 2, 2, 1, 2]
    assert sorted(Fact.objects.values_list("key", "attributes")) == before


@pytest.mark.sqlite
def test_office_opens_an_activity_for_sign_up_and_moves_its_deadline(client, cast):
    client.force_login(cast.clerk)
    sent = {
        "office": cast.place.offices[0].public_id,
        "kind": "research",
        "name": "养老调研",
        "starts_on": "2026-03-10",
    }
    people = {"scope": ["standing"], "names": "何珺", "signup_until": "3.8", "signup_limit": "5"}
    late = client.post(reverse("activity_new"), {**sent, **people, "signup_until": "3.11"}).context["form"].errors
    assert late == {
        "signup_until": [
            "“结束日期”是 2026-03-10，早于“报名截止”2026-03-11。结束日期不能早于报名截止，请改正其中一个日期。"
        ]
    }
    answer = client.post(reverse("activity_new"), {**sent, **people})
    activity = Activity.objects.get()
    assert (answer["Location"], activity.offers.count(), expected(activity)) == (
        reverse("activity", args=[activity.public_id]),
        2,
        set(),
    )
    edit = reverse("activity_edit", args=[activity.public_id])
    client.post(edit, {"kind": "research", "name": "养老调研", "signup_until": "3.9", "signup_limit": ""})
    activity.refresh_from_db()
    assert (str(activity.signup_until), activity.signup_limit) == ("2026-03-09", None)


@pytest.mark.sqlite
def test_office_edits_the_list_and_removes_the_activity(client, cast):
    client.force_login(cast.clerk)
    activity = make_activity(cast.place, [cast.ordinary, cast.standing])
    make_attendance(activity, {cast.ordinary: "present"})
    address = reverse("activity_list", args=[activity.public_id])
    sent = {"names": "何珺", "removed": "单志松"}
    refusal = client.post(address, sent).context["form"].errors
    assert refusal == {"reason": ["移出的人里有已登记出席的，登记会一并撤销，请写明理由。"]}
    assert expected(activity) == {"单志松", "欧阳文松"}
    client.post(address, sent | {"reason": "名单有误"})
    assert expected(activity) == {"何珺", "欧阳文松"}
    assert Action.objects.filter(reason="名单有误").count() == 1
    client.post(reverse("activity_remove", args=[activity.public_id]), {"reason": "重复登记"})
    assert Activity.objects.count() == 0
