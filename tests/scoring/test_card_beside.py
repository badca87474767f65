"""What stands beside the lines of a report card: steps, what was not credited and why, the months, last year."""

import datetime

import pytest
import time_machine
from django.db.models import QuerySet

from activities.invitations import invite
from activities.models import Contribution, ContributionKind, Invitation
from audit.actions import act
from members.models import Seat
from scoring.models import Assessment, Fact, ReportCard, Stale
from scoring.positions import position, show_position, shows_position
from scoring.services.assessments import open_assessment
from tests.cast import (
    make_account,
    make_activity,
    make_attendance,
    make_contribution,
    make_proposal,
    make_seat,
    queries_of,
)
from tests.scoring.closing import CLOSED, close
from tests.scoring.test_pages import compute, set_state, text_of, whole_card
from tests.scoring.year import RULES, YEAR, add_fact, fresh, make_ruleset, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = datetime.date(YEAR, 6, 1)
STUDY = """
[[rule]]
code = "study"
name = "参加学习"
category = "work"
clause = "第五条"
of = { kind = "study", outcome = "present", unit = "sitting" }
rows = [{ points = 3 }]
"""


@pytest.fixture
def year():
    with time_machine.travel(datetime.datetime(YEAR, 6, 1, 2, tzinfo=datetime.UTC), tick=False):
        rules = RULES.replace('[[rule]]\ncode = "proposal"', STUDY + '\n[[rule]]\ncode = "proposal"')
        yield make_year(2, text=rules)


@pytest.fixture
def seat(year, client):
    """The first member's seat, who is signed in."""
    account = make_account(year.place, "member", "member", seat=year.seats[0])
    client.force_login(account)
    year.account = account
    return year.seats[0]


def report(year, code="public_service"):
    with act(user=None, verb="test"):
        kind = ContributionKind.objects.get(committee=year.place.committee, code=code)
        kind.is_reportable = True
        kind.save()


def steps_of(client):
    return [
        (step.title, step.points, step.until.isoformat()) for step in client.get("/me/").context["page"].beside.steps
    ]


def test_steps_are_what_members_can_do_most_points_first(client, year, seat):
    report(year)
    make_activity(year.place, [seat], kind="study", name="履职培训", day=TODAY, halves=[(TODAY, "am"), (TODAY, "pm")])
    make_activity(year.place, [year.seats[1]], kind="study", name="别人的培训", day=TODAY)
    assert steps_of(client) == [
        ("个人提交 1 件提案并立案", 1000, "2026-12-31"),
        ("出席“履职培训”", 600, "2026-06-01"),
        ("完成并申报 1 次公益活动", 500, "2026-12-31"),
    ]


def test_steps_leave_out_what_a_cap_would_take(client, year, seat):
    report(year)
    for _ in range(8):
        add_fact(seat.subject)
    assert [title for title, *_ in steps_of(client)] == ["个人提交 1 件提案并立案"]


def test_step_to_sign_up_is_due_with_the_list_and_only_while_there_is_room(client, year, seat):
    day = TODAY + datetime.timedelta(10)
    terms = {"kind": "study", "day": day, "is_mandatory": False, "signup_until": TODAY + datetime.timedelta(3)}
    make_activity(year.place, [seat], name="读书会", **terms)
    full = make_activity(year.place, year.seats, name="满员读书会", signup_limit=1, **terms)
    invite(user=None, activity=full, seats=[year.seats[1]])
    assert ("报名并参加“读书会”", 300, "2026-06-04") in steps_of(client)
    assert not any("满员" in title for title, *_ in steps_of(client))


def test_steps_end_with_the_year(client, year, seat):
    with time_machine.travel(datetime.datetime(YEAR + 1, 1, 5, tzinfo=datetime.UTC), tick=False):
        client.force_login(year.account)
        assert steps_of(client) == []


def test_card_says_of_each_record_without_points_why(client, year, seat):
    make_contribution(year.place, seat, title="社区义诊")
    make_contribution(year.place, seat, kind="honour", title="先进个人")
    make_proposal(year.place, [seat], title="关于养老的提案")
    missed = make_activity(year.place, [seat], kind="study", name="没有去的培训", day=TODAY - datetime.timedelta(9))
    make_attendance(missed, {seat: "absent"})
    make_activity(year.place, [seat], kind="study", name="没有登记的培训", day=TODAY - datetime.timedelta(8))
    make_proposal(
        year.place,
        [seat],
        title="关于道路的提案",
        state="not_filed",
        decided_on=TODAY,
        decision_reason="已有明确规定",
    )
    assert "没有对应规则的记录（1 条）" in text_of(client.get("/me/"))
    text = whole_card(client)
    assert "先进个人未计分2026年3月10日，本年度考核办法没有给荣誉计分的规则。" in text
    assert "关于养老的提案未计分2026年3月10日，目前的情况是提交，还不符合“立案提案”（第二条）的计分条件。" in text
    assert "关于道路的提案未计分2026年3月10日，不予立案：已有明确规定" in text
    assert "没有去的培训未计分2026年5月23日，目前的情况是缺席，还不符合“参加学习”（第五条）的计分条件。" in text
    assert "没有登记的培训未计分2026年5月24日，出席情况还没有登记，登记后再计分。" in text
    assert "社区义诊未计分" not in text


def test_card_counts_each_month_and_what_was_attended_of_invited(client, year, seat):
    make_contribution(year.place, seat, day=datetime.date(YEAR, 1, 31))
    make_proposal(year.place, [seat], day=datetime.date(YEAR, 1, 5), filed_on=datetime.date(YEAR, 3, 1))
    for n, outcome in enumerate(["present", "leave", "absent"]):
        meeting = make_activity(year.place, [seat], kind="study", day=datetime.date(YEAR, 4, 1 + n))
        make_attendance(meeting, {seat: outcome})
    guest = make_activity(year.place, [year.seats[1]], kind="study", day=datetime.date(YEAR, 5, 1))
    make_attendance(guest, {year.seats[1]: "present"})
    beside = client.get("/me/").context["page"].beside
    assert [month.count for month in beside.months] == [2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert "应到 3 场（半天），出席 1 场，请假 1 场，缺席 1 场。" in text_of(client.get("/me/"))


def test_card_stands_beside_last_year_on_the_same_day_and_at_its_end(client, year, seat):
    before = open_assessment(
        user=None,
        committee=year.place.committee,
        year=YEAR - 1,
        subject_kind="member",
        ruleset=make_ruleset(year.place.committee, RULES.replace("2026", "2025"), year=YEAR - 1),
        from_on=datetime.date(YEAR - 1, 1, 1),
        to_on=datetime.date(YEAR - 1, 12, 31),
    )
    make_contribution(year.place, seat, day=datetime.date(YEAR - 1, 6, 1))
    make_contribution(year.place, seat, day=datetime.date(YEAR - 1, 6, 2))
    for month in (1, 2):
        make_contribution(year.place, seat, day=datetime.date(YEAR, month, 1))
    assert "去年同期（2025年6月1日）5 分，今年多 5 分。" in text_of(client.get("/me/"))
    year.assessment, live = before, year.assessment
    compute(year)
    set_state(fresh(before), Assessment.State.APPROVED)
    assert "今年多 5 分。去年最终 10 分，合格。" in text_of(client.get("/me/"))
    Stale.objects.filter(assessment=live).delete()


def publish_year(year):
    year.publisher = make_account(year.place, "publisher", "chair_office")
    year.approver = make_account(year.place, "approver", "chair_office")
    with act(user=None, verb="test"):
        for one, surname in zip(Seat.objects.all(), "赵钱孙李周吴郑王", strict=False):  # namesakes are a gap
            one.member.name = f"{surname}示例"
            one.member.save()
    with time_machine.travel(CLOSED, tick=False):
        compute(year)
        close(year)


def test_published_card_keeps_months_attendance_and_records_without_points(client, year, seat):
    """As they were when it was published: the records may go on changing, the page reads the edition."""
    make_contribution(year.place, seat, day=datetime.date(YEAR, 1, 31))
    make_contribution(year.place, seat, kind="honour", title="先进个人")
    for n, outcome in enumerate(["present", "leave"]):
        meeting = make_activity(year.place, [seat], kind="study", day=datetime.date(YEAR, 4, 1 + n))
        make_attendance(meeting, {seat: outcome}, is_complete=True)
    publish_year(year)
    before = whole_card(client)
    Fact.objects.all().delete()
    Invitation.objects.all()._raw_delete(using="default")
    QuerySet(Contribution).update(title="后来改的")
    assert whole_card(client) == before
    assert [month.count for month in client.get("/me/").context["page"].beside.months][:4] == [1, 0, 1, 1]
    assert "应到 2 场（半天），出席 1 场，请假 1 场。" in before
    assert "先进个人未计分2026年3月10日，本年度考核办法没有给荣誉计分的规则。" in before
    assert client.get("/me/").context["page"].beside.steps == []


# ---------------------------------------------------------------- where one stands
def positions(year, totals):
    """{total: what its owner is told} for a cohort with these totals in points."""
    seats = year.seats + [make_seat(year.place) for _ in range(len(totals) - len(year.seats))]
    for seat, total in zip(seats, totals, strict=True):
        for _ in range(total // 5):
            add_fact(seat.subject)
    compute(year)
    cards = ReportCard.objects.filter(assessment=year.assessment)
    return {card.total // 100: position(fresh(year.assessment), card, card.total) for card in cards}


def test_position_is_shown_only_by_a_committee_that_says_so(year):
    assert set(positions(year, [5, 10, 15, 20, 25, 30, 35, 40]).values()) == {""}


def test_position_praises_the_first_quarter_and_never_names_the_last(year):
    show_position(user=None, committee=year.place.committee, is_shown=True)
    middle = "委员得分的中位数是 22.5 分。"
    assert positions(year, [5, 10, 15, 20, 25, 30, 35, 40]) == {
        40: "位于委员前 25%。",
        35: "位于委员前 25%。",
        **dict.fromkeys((30, 25, 20, 15), middle),
        **dict.fromkeys((10, 5), ""),
    }


def test_position_of_those_who_tie_across_the_line_is_the_lower_one(year):
    show_position(user=None, committee=year.place.committee, is_shown=True)
    assert positions(year, [5, 5, 10, 10, 20, 35, 35, 35]) == {
        35: "委员得分的中位数是 15 分。",
        20: "委员得分的中位数是 15 分。",
        10: "委员得分的中位数是 15 分。",
        5: "",
    }


def test_position_on_a_published_card_is_that_among_its_edition(client, year, seat):
    totals = [40, 35, 30, 25, 20, 15, 10, 5]
    for other, total in zip([*year.seats, *(make_seat(year.place) for _ in totals[2:])], totals, strict=True):
        for _ in range(total // 5):
            add_fact(other.subject)
    publish_year(year)
    told = []
    for is_shown in (False, True):
        show_position(user=None, committee=year.place.committee, is_shown=is_shown)
        ReportCard.objects.update(total=0, place=None)
        told.append(client.get("/me/").context["page"].position)
    assert told == ["", "位于委员前 25%。"]


def test_position_is_not_shown_in_a_small_cohort(year):
    show_position(user=None, committee=year.place.committee, is_shown=True)
    assert set(positions(year, [5, 10, 15, 20, 25]).values()) == {""}


def test_setting_switches_positions_on_and_off(client, year, seat):
    client.force_login(make_account(year.place, "whole", "clerk"))
    client.post("/settings/cards/", {"shows_position": "on"})
    assert shows_position(year.place.committee)
    client.post("/settings/cards/", {})
    assert not shows_position(year.place.committee)


def test_page_takes_the_same_queries_for_few_and_many_records(client, year, seat):
    make_proposal(year.place, [seat])
    few = queries_of(client, "/me/")
    for _ in range(3):
        make_proposal(year.place, [seat])
    assert queries_of(client, "/me/") == few
