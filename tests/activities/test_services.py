"""Verbs on meetings, attendance, leave and contributions: one action each, all or nothing, unknown stays unknown."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Attendance, Contribution
from activities.services import (
    ContributionEntry,
    activity_id,
    change_activity,
    contribution_id,
    decide_contribution,
    decide_leave,
    invite,
    record_attendance,
    record_contributions,
    record_leave,
)
from audit.models import Action
from members.ids import natural_id
from tests.cast import DAY, make_account, make_activity, make_cast, make_contribution

pytestmark = pytest.mark.django_db

NEXT = DAY + datetime.timedelta(days=1)
TWO_DAYS = [(DAY, "am"), (DAY, "pm"), (NEXT, "am"), (NEXT, "pm")]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def activity(cast):
    return make_activity(cast.place, [cast.ordinary, cast.standing], name="学习会", halves=TWO_DAYS)


def errors_of(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**{"user": None, **arguments})
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def outcomes(sitting):
    return {row.seat: (row.outcome, row.leave_kind, row.part) for row in sitting.attendances.all()}


# ---------------------------------------------------------------- meetings
def test_meeting_with_sittings_and_invitations_is_one_action(activity):
    rows = [activity, *activity.sittings.all(), *activity.invitations.all()]
    assert (len(rows), {row.history.get().action.verb for row in rows}) == (7, {"登记会议活动"})
    assert len({row.history.get().action_id for row in rows}) == 1


def test_sitting_ids_follow_from_the_meeting_and_its_natural_key(cast):
    key = activity_id(cast.place.committee, "study", "学习会", DAY)
    first = make_activity(cast.place, [cast.ordinary], kind="study", name="学习会", halves=TWO_DAYS[:1], public_id=key)
    ids = [row.public_id for row in first.sittings.all()]
    assert (first.public_id, ids) == (key, [natural_id("yunhe", "sitting", str(key), "2026-03-10", "am")])


def test_same_meeting_twice_is_refused(cast, activity):
    assert errors_of(lambda user: make_activity(cast.place, [cast.ordinary], name="学习会", halves=TWO_DAYS)) == {
        "name": ["2026-03-10 已登记过“学习会”（常委会议）。请打开原记录修改，或改名称、日期。"]
    }
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("halves", "sentence"),
    [
        ([(DAY, "am"), (DAY, "am")], "场次“2026-03-10上午”填了两次，请只留一次。"),
        ([(DAY, "night")], "“时段”填的是“night”，应为上午、下午、全天之一，请改选。"),
    ],
)
def test_wrong_half_days_leave_no_meeting(cast, halves, sentence):
    found = errors_of(lambda user: make_activity(cast.place, [cast.ordinary], halves=halves))
    assert ([text for texts in found.values() for text in texts], Activity.objects.count()) == ([sentence], 0)


def test_person_of_another_committee_is_not_invited(cast):
    assert errors_of(lambda user: make_activity(cast.place, [cast.stranger_seat])) == {
        "invited": [f"“{cast.stranger_seat}”不属于示例县政协，请改选本委员会的。"]
    }


def test_invited_twice_is_refused(cast):
    assert errors_of(lambda user: make_activity(cast.place, [cast.ordinary, cast.ordinary])) == {
        "invited": [f"“{cast.ordinary}”在应到名单中出现了两次，请只留一次。"]
    }


def test_invite_passes_over_who_is_invited(cast, activity):
    assert invite(user=None, activity=activity, seats=[cast.ordinary, cast.cosigner]) == 1
    assert invite(user=None, activity=activity, seats=[cast.ordinary, cast.cosigner]) == 0


def test_half_day_with_attendance_is_not_taken_away(cast, activity):
    record_attendance(user=None, sitting=activity.sittings.first(), marks={cast.ordinary.pk: "present"})
    assert errors_of(change_activity, activity=activity, halves=TWO_DAYS[1:]) == {
        "halves": ["场次“2026-03-10上午”已登记出席，不能取消。请先清空这一场的登记。"]
    }


def test_half_days_change_around_those_that_stay(cast, activity):
    kept = activity.sittings.first()
    record_attendance(user=None, sitting=kept, marks={cast.ordinary.pk: "present"})
    change_activity(user=None, activity=activity, halves=[TWO_DAYS[0], (NEXT, "day")])
    assert [str(row) for row in activity.sittings.all()] == ["2026-03-10上午", "2026-03-11全天"]
    assert outcomes(kept) == {cast.ordinary: ("present", "", "")}


# ---------------------------------------------------------------- attendance
def test_marks_are_written_changed_and_taken_back(cast, activity):
    sitting = activity.sittings.first()
    first, second = cast.ordinary.pk, cast.standing.pk
    counts = [
        record_attendance(user=None, sitting=sitting, marks={first: ("leave", "sick", ""), second: "present"}),
        record_attendance(user=None, sitting=sitting, marks={first: "absent", second: ("present", "", "speaker")}),
        record_attendance(user=None, sitting=sitting, marks={first: "absent"}),
        record_attendance(user=None, sitting=sitting, marks={first: None}),
    ]
    assert counts == [2, 2, 0, 1]
    assert outcomes(sitting) == {cast.standing: ("present", "", "speaker")}


def test_unchanged_attendance_leaves_no_action_and_tells_nobody(cast, activity, sent):
    sitting = activity.sittings.first()
    record_attendance(user=None, sitting=sitting, marks={cast.ordinary.pk: "present"})
    before = Action.objects.count()
    sent.clear()
    record_attendance(user=None, sitting=sitting, marks={cast.ordinary.pk: "present"})
    assert (Action.objects.count(), sent) == (before, [])


def test_each_earlier_mark_stays_in_the_history(cast, activity):
    sitting = activity.sittings.first()
    for mark in ("absent", "present", None):
        record_attendance(user=cast.clerk, sitting=sitting, marks={cast.ordinary.pk: mark})
    rows = Attendance.history.filter(seat=cast.ordinary).order_by("history_id")
    assert [(row.history_type, row.outcome, row.action.user) for row in rows] == [
        ("+", "absent", cast.clerk),
        ("~", "present", cast.clerk),
        ("-", "present", cast.clerk),
    ]


def test_rest_marks_only_who_is_unknown(cast, activity):
    sitting = activity.sittings.first()
    record_attendance(user=None, sitting=sitting, marks={cast.ordinary.pk: "late"})
    record_attendance(user=None, sitting=sitting, marks={}, rest="present", is_complete=True)
    assert outcomes(sitting) == {cast.ordinary: ("late", "", ""), cast.standing: ("present", "", "")}


def test_complete_may_be_taken_back_and_told_alone(cast, activity, sent):
    sitting = activity.sittings.first()
    record_attendance(user=None, sitting=sitting, marks={}, rest="present", is_complete=True)
    sent.clear()
    record_attendance(user=None, sitting=sitting, marks={}, is_complete=False)
    sitting.refresh_from_db()
    assert (sitting.is_complete, sent) == (False, [[("activity", activity.pk)]])


def test_mark_of_somebody_not_invited_is_refused(cast, activity):
    found = errors_of(record_attendance, sitting=activity.sittings.first(), marks={cast.cosigner.pk: "present"})
    assert found == {"marks": [f"{cast.cosigner}不在“学习会”的应到名单中。请先补充应到名单，或核对姓名。"]}


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("asleep", "“出席情况”填的是“asleep”，应为出席、迟到、早退、部分参加、请假、缺席、免于出席之一，请改选。"),
        (("present", "sick", ""), "记为“出席”，却填了请假类别。请改为“请假”，或清空类别。"),
    ],
)
def test_wrong_mark_leaves_nobody_marked(cast, activity, mark, sentence):
    sitting = activity.sittings.first()
    found = errors_of(record_attendance, sitting=sitting, marks={cast.standing.pk: "present", cast.ordinary.pk: mark})
    assert ([text.endswith(sentence) for text in found["marks"]], outcomes(sitting)) == ([True], {})


# ---------------------------------------------------------------- leave
def leave(cast, activity, **changes):
    given = {"user": None, "activity": activity, "seat": cast.ordinary, "kind": "official", "reason": "出差"}
    return record_leave(**given | changes)


def test_approved_leave_marks_the_half_days_it_covers(cast, activity):
    sittings = list(activity.sittings.all())
    row = leave(cast, activity, first_sitting=sittings[1], last_sitting=sittings[2])
    decide_leave(user=cast.clerk, leave=row, is_approved=True)
    assert [len(outcomes(sitting)) for sitting in sittings] == [0, 1, 1, 0]


def test_approved_leave_turns_absent_but_not_present_into_leave(cast, activity):
    sittings = list(activity.sittings.all())
    for sitting, mark in zip(sittings, ("present", "absent"), strict=False):
        record_attendance(user=None, sitting=sitting, marks={cast.ordinary.pk: mark})
    decide_leave(user=cast.clerk, leave=leave(cast, activity), is_approved=True)
    on_leave = ("leave", "official", "")
    assert [outcomes(sitting)[cast.ordinary] for sitting in sittings] == [
        ("present", "", ""),
        on_leave,
        on_leave,
        on_leave,
    ]


def test_leave_is_decided_once_and_not_by_oneself(cast, activity):
    row = leave(cast, activity)
    assert errors_of(decide_leave, user=cast.ordinary_user, leave=row, is_approved=True) == [
        "不能审批自己的请假，请由他人审批。"
    ]
    decide_leave(user=cast.clerk, leave=row, is_approved=False, reason="人数不足")
    assert errors_of(decide_leave, user=cast.clerk, leave=row, is_approved=True) == [
        f"{cast.ordinary}的这次请假已经是“未批准”，不能再次审批。"
    ]


def test_leave_that_ends_before_it_begins_is_refused(cast, activity):
    sittings = list(activity.sittings.all())
    assert errors_of(lambda user: leave(cast, activity, first_sitting=sittings[2], last_sitting=sittings[1])) == {
        "last_sitting": ["结束场次早于起始场次，请改正其中一个。"]
    }


def test_leave_of_somebody_not_invited_is_refused(cast, activity):
    assert errors_of(lambda user: leave(cast, activity, seat=cast.cosigner)) == {
        "seat": [f"{cast.cosigner}不在“学习会”的应到名单中，不需要请假。请核对姓名或会议。"]
    }


def test_sitting_of_another_meeting_is_refused(cast, activity):
    other = make_activity(cast.place, [cast.ordinary]).sittings.get()
    assert errors_of(lambda user: leave(cast, activity, first_sitting=other)) == {
        "first_sitting": ["场次“2026-03-10上午”不是“学习会”的场次，请改选。"]
    }


# ---------------------------------------------------------------- contributions
def entries(cast, *seats, **changes):
    kind = cast.place.kinds["research_report"]
    return [
        ContributionEntry(kind=kind, subject=seat.subject, title="水的报告", happened_on=DAY, **changes)
        for seat in seats
    ]


def record(cast, rows, **changes):
    given = {"user": cast.clerk, "committee": cast.place.committee, "office": cast.place.offices[0], "entries": rows}
    return record_contributions(**given | changes)


def test_many_contributions_are_one_action_with_their_history(cast):
    rows = record(cast, entries(cast, cast.ordinary, cast.standing, cast.cosigner))
    assert len({row.history.get().action_id for row in rows}) == 1


def test_many_contributions_take_no_more_queries_than_few(cast):
    with CaptureQueriesContext(connection) as one:
        record(cast, entries(cast, cast.ordinary))
    with CaptureQueriesContext(connection) as three:
        record(cast, entries(cast, cast.standing, cast.cosigner))
    assert len(three) == len(one)


def test_one_wrong_entry_stops_all(cast):
    rows = [*entries(cast, cast.ordinary), *entries(cast, cast.standing, position=3, sharers=2)]
    assert errors_of(lambda user: record(cast, rows)) == {
        "position": ["“署名次序”是第 3 位，“署名人数”是 2 人。次序应在 1 与人数之间，请改正。"]
    }
    assert Contribution.objects.count() == 0


def test_same_contribution_twice_in_one_go_is_refused(cast):
    assert errors_of(lambda user: record(cast, entries(cast, cast.ordinary, cast.ordinary))) == {
        "title": [f"{cast.ordinary} 2026-03-10 的“水的报告”（调研报告）已登记过。如不是同一件，请改写事项名称。"]
    }


def test_contribution_id_follows_from_its_natural_key(cast):
    key = contribution_id(cast.place.kinds["research_report"], cast.ordinary.subject, "水的报告", DAY)
    assert record(cast, entries(cast, cast.ordinary, public_id=key))[0].public_id == key


def test_reported_contribution_is_no_fact_before_it_is_verified(cast, sent):
    row = record(cast, entries(cast, cast.ordinary), is_verified=False)[0]
    assert (list(Contribution.objects.verified()), row.reported_by, row.verified_by) == ([], cast.clerk, None)
    decide_contribution(user=cast.clerk, contribution=row, is_verified=True)
    assert (list(Contribution.objects.verified()), sent[-1]) == ([row], [("contribution", row.pk)])


def test_nobody_verifies_his_own_contribution(cast):
    both = make_account(cast.place, "both", "clerk", seat=cast.cosigner)
    row = make_contribution(cast.place, cast.cosigner, is_verified=False)
    assert errors_of(decide_contribution, user=both, contribution=row, is_verified=True) == [
        "不能核实自己的履职记录，请由他人核实。"
    ]


def test_approved_leave_covers_a_half_day_added_later(cast, activity):
    """The whole meeting's leave; leave that ends before the new half-day does not reach it."""
    whole = record_leave(user=None, activity=activity, seat=cast.ordinary, kind="sick", reason="住院")
    first = activity.sittings.first()
    short = record_leave(
        user=None, activity=activity, seat=cast.standing, kind="official", reason="出差", last_sitting=first
    )
    for leave in (whole, short):
        decide_leave(user=cast.clerk, leave=leave, is_approved=True)
    after = NEXT + datetime.timedelta(days=1)
    change_activity(user=None, activity=activity, ends_on=after, halves=[*TWO_DAYS, (after, "am")])
    added = activity.sittings.get(held_on=after)
    assert outcomes(added) == {cast.ordinary: ("leave", "sick", "")}
