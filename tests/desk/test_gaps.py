"""What is missing and what is there twice: each finder with the case it must find and the neighbour it must leave alone."""

import datetime

import pytest
import time_machine
from django.test import Client

from activities.services import invite
from desk.doubles import ALIKE, DOUBLES
from desk.gaps import MISSING, sections
from desk.models import SignOff
from members.titles import likeness
from tests.cast import (
    DAY,
    YEAR,
    make_activity,
    make_attendance,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
    queries_of,
)

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 3, 10, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


@pytest.fixture
def cast(db):
    with time_machine.travel(NOON, tick=False):
        yield make_cast()


def found(user, code):
    kinds = [kind for kind in [*MISSING, *DOUBLES] if kind[0] == code]
    return sections(user, YEAR, kinds)[0]


def titles(user, code):
    return [gap.title for gap in found(user, code).open]


def browser(account):
    client = Client()
    client.force_login(account)
    return client


# ---------------------------------------------------------------- attendance
def test_sittings_are_missing_once_they_are_over(cast):
    halves = [(DAY, "am"), (DAY, "pm"), (DAY + datetime.timedelta(days=1), "day")]
    make_activity(cast.place, [cast.ordinary], name="春季会议", halves=halves)
    assert titles(cast.whole_clerk, "sittings") == ["春季会议 · 2026-03-10上午"]


def test_sittings_that_are_recorded_are_not_missing(cast):
    make_attendance(make_activity(cast.place, [cast.ordinary]), {}, rest="present", is_complete=True)
    assert titles(cast.whole_clerk, "sittings") == []


def test_each_office_sees_its_own_missing_sittings(cast):
    make_activity(cast.place, [cast.ordinary], name="别处的会", office=cast.place.offices[1])
    seen = {name: titles(getattr(cast, name), "sittings") for name in ("clerk", "other_clerk", "chair_office")}
    assert seen == {
        "clerk": [],
        "other_clerk": ["别处的会 · 2026-03-10上午"],
        "chair_office": ["别处的会 · 2026-03-10上午"],
    }


def test_people_invited_after_the_sitting_was_closed_are_missing(cast):
    activity = make_activity(cast.place, [cast.ordinary], name="春季会议")
    make_attendance(activity, {}, rest="present", is_complete=True)
    before = titles(cast.clerk, "people")
    invite(user=None, activity=activity, seats=[cast.standing])
    after = [(gap.title, gap.detail) for gap in found(cast.clerk, "people").open]
    assert (before, after) == (
        [],
        [("春季会议 · 2026-03-10上午", "已登记完毕，但应到的 1 人没有记录：欧阳文松。")],
    )


# ---------------------------------------------------------------- proposals and offices
def test_a_proposal_whose_lead_did_not_serve_that_day_is_missing_its_lead(cast):
    late = make_seat(cast.place, "刘后来", joined_on=DAY + datetime.timedelta(days=5))
    make_proposal(cast.place, [late], number="7", title="关于停车难的提案", filed_on=DAY)
    make_proposal(cast.place, [cast.ordinary], filed_on=DAY)
    assert titles(cast.whole_clerk, "leads") == ["7 关于停车难的提案"]


def test_offices_without_a_record_this_month_are_silent(cast):
    make_activity(cast.place, [cast.ordinary])
    seen = {name: titles(getattr(cast, name), "offices") for name in ("clerk", "other_clerk", "whole_clerk")}
    assert seen == {"clerk": [], "other_clerk": ["提案室"], "whole_clerk": ["提案室"]}


# ---------------------------------------------------------------- doubles
SAME = [
    ("关于加强老旧小区停车管理的提案", "关于加强老旧小区停车管理的建议"),
    ("关于推进我县乡村旅游高质量发展的提案", "推进乡村旅游高质量发展的几点建议"),
    ("关于完善社区养老服务的调研报告", "完善社区养老服务"),
    ("加快建设中小学食堂明厨亮灶的建议", "关于加快中小学食堂明厨亮灶建设的提案"),
]
DIFFERENT = [
    ("关于加强老旧小区停车管理的提案", "关于加强老旧小区消防管理的提案"),
    ("关于推进我县乡村旅游高质量发展的提案", "关于推进我县制造业高质量发展的提案"),
    ("关于完善社区养老服务的调研报告", "关于规范校外培训的建议"),
    ("义诊", "植树"),
]


def test_likeness_tells_the_same_matter_from_a_neighbouring_one():
    alike = [likeness(one, other) >= ALIKE for one, other in SAME + DIFFERENT]
    assert alike == [True] * len(SAME) + [False] * len(DIFFERENT)


def test_likeness_is_one_for_equal_titles_and_symmetric():
    one, other = SAME[1]
    assert (likeness(one, one), likeness(one, other)) == (1.0, likeness(other, one))


def test_one_matter_under_two_headings_is_found_for_the_same_person_only(cast):
    make_proposal(cast.place, [cast.ordinary], title=SAME[0][0])
    make_report(cast.place, [cast.ordinary], title=SAME[0][1])
    make_report(cast.place, [cast.standing], title=SAME[0][1])
    gaps = found(cast.whole_clerk, "matters").open
    assert [(gap.title, "单志松" in gap.detail) for gap in gaps] == [
        (f"社情民意“{SAME[0][1]}”与提案“{SAME[0][0]}”", True)
    ]


def test_a_report_that_came_from_the_proposal_is_no_double(cast):
    proposal = make_proposal(cast.place, [cast.ordinary], title=SAME[0][0])
    make_report(cast.place, [cast.ordinary], title=SAME[0][1], matter=f"proposal/{proposal.public_id}")
    assert titles(cast.whole_clerk, "matters") == []


def test_a_trip_entered_by_two_offices_is_found(cast):
    trips = (("赴开发区视察", "present"), ("视察开发区企业", "partial"))
    for office, (name, outcome) in zip(cast.place.offices, trips, strict=True):
        make_attendance(
            make_activity(cast.place, [cast.ordinary, cast.standing], office=office, name=name, kind="inspection"),
            {cast.ordinary: outcome, cast.standing: "absent"},
        )
    gaps = found(cast.whole_clerk, "trips").open
    assert [("单志松" in gap.detail, "欧阳文松" in gap.detail) for gap in gaps] == [(True, False)]


def test_two_sittings_of_one_day_at_different_hours_are_no_double(cast):
    for office, half in zip(cast.place.offices, ("am", "pm"), strict=True):
        activity = make_activity(cast.place, [cast.ordinary], office=office, halves=[(DAY, half)])
        make_attendance(activity, {cast.ordinary: "present"})
    assert titles(cast.whole_clerk, "trips") == []


def test_people_of_one_name_are_listed_with_their_numbers(cast):
    make_seat(cast.place, "单志松", number="0999", unit="示例医院")
    gaps = found(cast.whole_clerk, "namesakes").open
    assert [(gap.title, "0999 科学技术 示例医院" in gap.detail, len(gap.mends)) for gap in gaps] == [
        ("单志松", True, 2)
    ]


# ---------------------------------------------------------------- signing off
def sign(client, gap, reason="会议改期"):
    fields = {"key": gap.key, "reason": reason, "year": YEAR}
    return client.post("/gaps/sign-off/", fields, follow=True).content.decode()


def test_a_gap_signed_off_stays_away_until_it_is_taken_back(cast):
    make_activity(cast.place, [cast.ordinary], name="春季会议")
    client = browser(cast.clerk)
    sign(client, found(cast.clerk, "sittings").open[0])
    signed = [(gap.title, note.reason) for gap, note in found(cast.clerk, "sittings").signed]
    client.post("/gaps/reopen/", {"key": SignOff.objects.get().key, "year": YEAR})
    assert (signed, titles(cast.clerk, "sittings")) == (
        [("春季会议 · 2026-03-10上午", "会议改期")],
        ["春季会议 · 2026-03-10上午"],
    )


def test_signing_off_wants_a_reason(cast):
    make_activity(cast.place, [cast.ordinary])
    page = sign(browser(cast.clerk), found(cast.clerk, "sittings").open[0], reason=" ")
    assert ("没有保存：请写明理由" in page, SignOff.objects.count()) == (True, 0)


def test_signing_off_what_another_office_answers_for_is_refused(cast):
    make_activity(cast.place, [cast.ordinary])
    page = sign(browser(cast.other_clerk), found(cast.whole_clerk, "sittings").open[0])
    assert ("没有保存：这一项已经不在列表里" in page, SignOff.objects.count()) == (True, 0)


def test_page_asks_the_same_queries_for_one_gap_and_for_many(cast):
    client = browser(cast.whole_clerk)

    def add(number):
        seats = [cast.ordinary, cast.standing]
        make_activity(cast.place, seats)
        closed = make_activity(cast.place, seats[:1])
        make_attendance(closed, {cast.ordinary: "present"}, is_complete=True)
        invite(user=None, activity=closed, seats=seats[1:])
        make_contribution(cast.place, cast.ordinary, title=f"第{number}项义诊活动安排")
        make_proposal(cast.place, [cast.ordinary], title=f"第{number}项义诊活动安排")
        make_seat(cast.place, "单志松")

    add(1)
    one = queries_of(client, "/gaps/")
    for number in range(2, 6):
        add(number)
    assert queries_of(client, "/gaps/") == one
