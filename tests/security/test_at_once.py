"""Two people at one record, or one person who clicks twice: nothing is lost in silence, nothing counts twice.

A row loaded before the other's write stands for the request that was a moment slower.
"""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Activity, Attendance, Contribution, Leave, Sitting
from activities.services import decide_contribution, decide_leave, record_attendance, record_contribution, record_leave
from opinions.models import OpinionReport
from proposals.models import Proposal
from scoring.models import Adjustment
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from tests.cast import DAY, make_account, make_activity, make_cast, make_proposal, make_report
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def refusal(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    return caught.value.messages


def ask_leave(cast, activity, **changes):
    given = {"user": cast.clerk, "activity": activity, "seat": cast.ordinary, "kind": "sick", "reason": "就医"}
    return record_leave(**given | changes)


# ---------------------------------------------------------------- two who decide
def test_second_decision_on_a_leave_is_refused(cast):
    row = ask_leave(cast, make_activity(cast.place, [cast.ordinary]))
    slower = Leave.objects.get(pk=row.pk)
    decide_leave(user=cast.clerk, leave=row, is_approved=True)
    assert refusal(decide_leave, user=cast.clerk, leave=slower, is_approved=False, reason="人数不足") == [
        f"{cast.ordinary}的这次请假已经是“已批准”，不能再次审批。"
    ]
    assert Leave.objects.get(pk=row.pk).state == "approved"


def test_second_decision_on_a_contribution_is_refused(cast):
    row = record_contribution(
        user=cast.ordinary_user,
        committee=cast.place.committee,
        office=cast.place.offices[0],
        kind=cast.place.kinds["public_service"],
        subject=cast.ordinary.subject,
        title="义诊",
        happened_on=DAY,
        is_verified=False,
    )
    slower = Contribution.objects.get(pk=row.pk)
    decide_contribution(user=cast.clerk, contribution=row, is_verified=False, reason="没有佐证")
    assert refusal(decide_contribution, user=cast.chair_office, contribution=slower, is_verified=True) == [
        "“义诊”已经是“已退回”，不能再次核实。"
    ]
    assert Contribution.objects.get(pk=row.pk).state == "returned"


def test_second_decision_on_an_adjustment_is_refused(cast):
    make_year(1, place=cast.place)
    row = propose_adjustment(
        user=cast.clerk,
        committee=cast.place.committee,
        office=cast.place.offices[0],
        subject=cast.ordinary.subject,
        effect="veto",
        happened_on=DAY,
        reason="主席会议决定",
    )
    slower = Adjustment.objects.get(pk=row.pk)
    another = make_account(cast.place, "another", "chair_office")
    decide_adjustment(user=cast.chair_office, adjustment=row, is_approved=False, reason="证据不足")
    assert refusal(decide_adjustment, user=another, adjustment=slower, is_approved=True) == [
        "这项加减分已经是“未通过”，不能再次复核。"
    ]
    assert Adjustment.objects.get(pk=row.pk).state == "refused"


def test_attendance_is_compared_with_what_is_stored_now(cast):
    sitting = make_activity(cast.place, [cast.ordinary, cast.standing]).sittings.get()
    slower = Sitting.objects.get(pk=sitting.pk)
    record_attendance(user=cast.clerk, sitting=sitting, marks={cast.ordinary.pk: "late"})
    record_attendance(user=cast.whole_clerk, sitting=slower, marks={cast.standing.pk: "absent"})
    found = dict(Attendance.objects.values_list("seat", "outcome"))
    assert found == {cast.ordinary.pk: "late", cast.standing.pk: "absent"}


def test_same_leave_is_logged_once(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    ask_leave(cast, activity)
    assert refusal(ask_leave, cast=cast, activity=activity) == [
        f"{cast.ordinary}的这次请假已登记过（待审批），不必重复登记。"
    ]
    assert Activity.objects.get().leaves.count() == 1


# ---------------------------------------------------------------- a page that is sent twice
def page_of(client, url, **typed):
    """What a browser sends: the page's hidden fields and what was typed."""
    form = client.get(url).context["form"]
    hidden = {field.html_name: field.value() for field in form.hidden_fields() if field.value() is not None}
    return {**hidden, **typed}


def pages(cast):
    """{address of a form: (model, what is typed)}; no number, name or anything else that could not be given twice."""
    name, day = cast.ordinary.number, "2026-03-10"
    return {
        "/proposals/new/": (
            Proposal,
            {"year": 2026, "title_of_proposal": "修路", "way": "individual", "lead": name, "submitted_on": day}
            | {"state": "submitted"},
        ),
        "/opinions/new/": (
            OpinionReport,
            {"year": 2026, "title_of_report": "修路", "names": name, "submitted_on": day, "state": "submitted"},
        ),
        "/activities/new/": (
            Activity,
            {"kind": "study", "name": "学习", "starts_on": day, "pattern": "day", "names": name},
        ),
        "/contributions/new/": (
            Contribution,
            {"title_of_work": "义诊", "happened_on": day, "names": f"{name} {cast.standing.number}", "quantity": "1"}
            | {"kind": str(cast.place.kinds["public_service"].public_id)},
        ),
        "/adjustments/new/": (
            Adjustment,
            {"effect": "veto", "names": name, "happened_on": day, "reason": "主席会议决定"},
        ),
    }


@pytest.mark.parametrize("url", ["/proposals/new/", "/opinions/new/", "/activities/new/", "/adjustments/new/"])
def test_page_sent_twice_logs_one_record(client, cast, url):
    client.force_login(cast.clerk)
    model, typed = pages(cast)[url]
    sent = page_of(client, url, **typed)
    answers = [client.post(url, sent) for _ in range(2)]
    assert ([answer.status_code for answer in answers], model.objects.count()) == ([302, 302], 1)
    assert answers[0].url == answers[1].url


def test_list_of_contributions_sent_twice_logs_each_once(client, cast):
    client.force_login(cast.clerk)
    model, typed = pages(cast)["/contributions/new/"]
    sent = page_of(client, "/contributions/new/", **typed)
    assert [client.post("/contributions/new/", sent).status_code for _ in range(2)] == [302, 302]
    assert model.objects.count() == 2


def test_number_of_a_page_belongs_to_its_user(client, cast):
    """Nobody reaches or blocks another's record with a number that he saw or guessed."""
    _, typed = pages(cast)["/proposals/new/"]
    client.force_login(cast.clerk)
    sent = page_of(client, "/proposals/new/", **typed)
    client.post("/proposals/new/", sent)
    client.force_login(cast.stranger)
    theirs = {"once": sent["once"], "lead": cast.stranger_seat.number, "office": cast.sibling.offices[0].public_id}
    theirs = page_of(client, "/proposals/new/", **typed) | theirs
    client.post("/proposals/new/", theirs)
    assert sorted(Proposal.objects.values_list("committee__code", flat=True)) == ["linhe", "yunhe"]


# ---------------------------------------------------------------- a page that is out of date
def changes(cast):
    """{address of the form that changes a record: (row, what is typed, column)}"""
    report = make_report(cast.place, [cast.ordinary])
    proposal = make_proposal(cast.place, [cast.ordinary], office=cast.place.offices[0])
    activity = make_activity(cast.place, [cast.ordinary])
    signed = {"year": 2026, "submitted_on": "2026-03-10", "state": "submitted"}
    return {
        "opinion": (report, {**signed, "title_of_report": "{}", "names": cast.ordinary.number}, "title"),
        "proposal": (
            proposal,
            {**signed, "title_of_proposal": "{}", "way": "individual", "lead": cast.ordinary.number},
            "title",
        ),
        "activity": (activity, {"kind": "study", "name": "{}", "is_mandatory": "on"}, "name"),
    }


@pytest.mark.parametrize("kind", ["opinion", "proposal", "activity"])
def test_page_that_is_out_of_date_overwrites_nothing(client, cast, kind):
    row, typed, column = changes(cast)[kind]
    url = reverse(f"{kind}_edit", args=[row.public_id])
    client.force_login(cast.clerk)
    first, slower = (
        page_of(client, url, **{name: str(value).format(who) for name, value in typed.items()})
        for who in ("先改的", "后改的")
    )
    assert client.post(url, first).status_code == 302
    answer = client.post(url, slower)
    row.refresh_from_db()
    assert (getattr(row, column), answer.status_code) == ("先改的", 200)
    assert answer.context["form"].non_field_errors()[0].startswith("您打开这一页之后，别人改过这条记录")


def test_leave_of_several_people_is_logged_for_all_or_nobody(client, cast):
    activity = make_activity(cast.place, [cast.ordinary, cast.standing])
    ask_leave(cast, activity, seat=cast.standing)
    client.force_login(cast.clerk)
    names = f"{cast.ordinary.number} {cast.standing.number}"
    client.post(f"/activities/{activity.public_id}/leave/", {"names": names, "kind": "sick", "reason": "就医"})
    assert activity.leaves.count() == 1
