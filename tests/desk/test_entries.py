"""My last entries on the workbench, and taking one back."""

import pytest
from django.test import Client

from activities.models import Attendance, Contribution
from activities.services import change_contribution, record_attendance, record_contribution
from audit.actions import act
from audit.models import Action
from desk.changes import tracked_models
from desk.entries import latest_entries
from desk.undo import undo_action
from opinions.services import record_adoption
from proposals.services import record_undertaking
from scoring.models import Fact
from tests.cast import DAY, make_activity, make_cast, make_contribution, make_proposal, make_report, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return make_cast()


def log(cast, user, title="义诊"):
    return record_contribution(
        user=user,
        committee=cast.place.committee,
        office=cast.place.offices[0],
        kind=cast.place.kinds["public_service"],
        subject=cast.ordinary.subject,
        title=title,
        happened_on=DAY,
    )


def browser(account):
    client = Client()
    client.force_login(account)
    return client


def rows_now():
    """Every tracked row with all its values, and every fact but its key."""
    rows = {model: sorted(map(repr, model._base_manager.values_list())) for model in tracked_models()}
    return rows, sorted(repr(values[1:]) for values in Fact.objects.values_list())


def last_action(user):
    return Action.objects.of(user).latest("pk")


def undo(user, action=None):
    action = action or last_action(user)
    return browser(user).post(f"/entries/{action.public_id}/undo/", follow=True)


def test_an_entry_tells_the_act_the_record_and_its_page(cast):
    row = log(cast, cast.clerk)
    entry = latest_entries(cast.clerk, 10)[0]
    assert (entry.action.verb, entry.about, entry.url, entry.may_undo) == (
        "登记履职记录",
        "义诊",
        f"/contributions/{row.public_id}/",
        True,
    )


def test_an_entry_names_what_its_record_is_part_of(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    record_attendance(user=cast.clerk, sitting=activity.sittings.get(), marks={cast.ordinary.pk: "absent"})
    report = make_report(cast.place, [cast.ordinary])
    record_adoption(user=cast.clerk, report=report, level="city", organ="示例市政协", adopted_on=DAY)
    abouts = [entry.about for entry in latest_entries(cast.clerk, 10)]
    # The organ, new with the adoption, is an entry between them.
    assert [about.rpartition(" · ")[2] for about in (abouts[0], abouts[-1])] == [str(report), str(activity)]


def test_a_changed_password_is_no_entry_of_the_workbench(cast):
    log(cast, cast.clerk)
    with act(user=cast.clerk, verb="修改密码", committee=cast.place.committee):
        pass
    assert [entry.action.verb for entry in latest_entries(cast.clerk, 10)] == ["登记履职记录"]


def test_entries_are_ones_own(cast):
    log(cast, cast.clerk)
    assert latest_entries(cast.whole_clerk, 10) == []


def test_marks_of_one_sheet_are_one_entry(cast):
    activity = make_activity(cast.place, [cast.ordinary, cast.standing])
    sitting = activity.sittings.get()
    for seat in (cast.ordinary, cast.standing):
        record_attendance(user=cast.clerk, sitting=sitting, marks={seat.pk: "leave"})
    entries = latest_entries(cast.clerk, 10)
    assert [(entry.action.verb, entry.times, entry.url) for entry in entries] == [
        ("登记出席", 2, f"/activities/sittings/{sitting.public_id}/")
    ]


def test_undo_of_a_new_record_leaves_nothing_of_it(cast):
    before = rows_now()
    log(cast, cast.clerk)
    undo(cast.clerk)
    assert rows_now() == before


def test_undo_of_a_change_brings_the_old_values_back(cast):
    row = log(cast, cast.clerk)
    before = rows_now()
    change_contribution(user=cast.clerk, contribution=row, level="city")
    undo(cast.clerk)
    assert rows_now() == before


def test_undo_of_an_undo_does_it_again(cast):
    log(cast, cast.clerk)
    after = rows_now()
    undo(cast.clerk)
    undo(cast.clerk)
    assert rows_now() == after


def test_undo_twice_of_one_act_does_nothing_more(cast):
    log(cast, cast.clerk)
    action = last_action(cast.clerk)
    undo(cast.clerk, action)
    page = undo(cast.clerk, action).content.decode()
    assert ("早已撤销" in page, Contribution.objects.count()) == (True, 0)


def test_undo_is_refused_with_the_list_when_somebody_changed_it_since(cast):
    row = log(cast, cast.clerk)
    change_contribution(user=cast.whole_clerk, contribution=row, level="city")
    action = Action.objects.of(cast.clerk).latest("pk")
    page = undo(cast.clerk, action)
    text = page.content.decode()
    assert (page.status_code, "已由“修改履职记录”改动" in text, "whole_clerk" in text) == (409, True, True)
    assert Contribution.objects.get().level == "city"


def test_undo_of_anothers_act_does_not_exist(cast):
    log(cast, cast.clerk)
    assert undo(cast.whole_clerk, last_action(cast.clerk)).status_code == 404


def test_undo_needs_the_grant_that_logging_needs(cast):
    log(cast, cast.clerk)
    cast.clerk.grants.update(to_on=DAY)
    page = undo(cast.clerk).content.decode()
    assert ("没有撤销：您现在没有修改这些记录的授权" in page, Contribution.objects.count()) == (True, 1)


def test_undo_of_a_closed_sheet_reopens_it(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    sitting = activity.sittings.get()
    record_attendance(user=cast.clerk, sitting=sitting, marks={}, rest="present", is_complete=True)
    undo_action(user=cast.clerk, action=last_action(cast.clerk))
    sitting.refresh_from_db()
    assert (sitting.is_complete, Attendance.objects.count()) == (False, 0)


def test_workbench_asks_the_same_queries_for_one_entry_and_for_many(cast):
    client = browser(cast.clerk)
    log(cast, cast.clerk)
    activity = make_activity(cast.place, [cast.ordinary])
    record_attendance(user=cast.clerk, sitting=activity.sittings.get(), marks={cast.ordinary.pk: "leave"})
    one = queries_of(client, "/")
    for number in range(12):
        log(cast, cast.clerk, title=f"第{number}次义诊")
        make_contribution(cast.place, cast.standing)
        make_activity(cast.place, [cast.ordinary])
    assert queries_of(client, "/") == one


def test_workbench_counts_the_year_by_month_and_what_waits(cast):
    make_contribution(cast.place, cast.ordinary)
    make_activity(cast.place, [cast.ordinary])
    make_proposal(cast.place, [cast.ordinary])
    page = browser(cast.whole_clerk).get("/").context
    months = {one.label: (one.counts[DAY.month - 1], one.total) for one in page["months"]}
    waiting = {one.label: one.count for one in page["waiting"]}
    assert months == {"会议活动（场）": (1, 1), "提案": (1, 1), "社情民意": (0, 0), "其他履职": (1, 1)}
    assert waiting == {"场会议未登记完毕": 1, "件提案待审查": 1}


def test_workbench_offers_an_office_its_own_sittings(cast):
    for office, name in zip(cast.place.offices, ("自己的会", "别处的会"), strict=True):
        make_activity(cast.place, [cast.ordinary], office=office, name=name)
    page = browser(cast.clerk).get("/").context
    assert [sitting.activity.name for sitting in page["sittings"]] == ["自己的会"]


def test_names_typed_for_the_first_time_are_taken_back_as_the_rest(cast):
    filed = make_proposal(cast.place, [cast.ordinary], filed_on=DAY)
    report = make_report(cast.place, [cast.ordinary])
    before = rows_now()
    record_undertaking(user=cast.whole_clerk, proposal=filed, unit="示例县新设局")
    record_adoption(user=cast.whole_clerk, report=report, level="city", organ="示例市新设处", adopted_on=DAY)
    entries = latest_entries(cast.whole_clerk, 10)
    assert [(entry.about, entry.may_undo) for entry in entries if not entry.url] == [
        ("示例市新设处", True),
        ("示例县新设局", True),
    ]
    for entry in entries:
        undo(cast.whole_clerk, entry.action)
    assert rows_now() == before
