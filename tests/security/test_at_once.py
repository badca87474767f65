"""Two people at one record, or one person who clicks twice: nothing is lost in silence, nothing counts twice.

A row loaded before the other's write stands for the request that was a moment slower.
"""

import pytest
from django.core.exceptions import ValidationError

from activities.models import Activity, Attendance, Contribution, Leave, Sitting
from activities.services import decide_contribution, decide_leave, record_attendance, record_contribution, record_leave
from scoring.models import Adjustment
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from tests.cast import DAY, make_account, make_activity, make_cast
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
    assert refusal(decide_leave, user=cast.chair_office, leave=slower, is_approved=False) == [
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
