"""Any number of a card or a ranking is two clicks from the people and times that made it."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from activities.services import change_contribution, record_attendance
from audit.actions import act
from scoring.models import Fact, ReportCard
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from tests.cast import make_account, make_activity, make_contribution, queries_of
from tests.scoring.closing import CLOSED, approve, compute, make_closing_year, publish_now
from tests.scoring.year import RULES, YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MEETING = """
[[rule]]
code = "meeting"
name = "常委会议"
category = "work"
clause = "第五条"
of = { kind = "standing_meeting", outcome = "present" }
rows = [{ points = 2 }]

[[gate]]"""


@pytest.fixture
def year():
    with time_machine.travel(CLOSED, tick=True):
        made = make_closing_year(4, text=RULES.replace("\n[[gate]]", MEETING, 1))
        made.clerk = make_account(made.place, "clerk", "clerk", office=made.place.offices[0])
        made.other = make_account(made.place, "other", "clerk")
        yield made


def entered(year, n, title):
    with act(user=year.clerk, verb="登记履职记录", committee=year.place.committee):
        return make_contribution(year.place, year.seats[n], day=date(YEAR, 5, 1), title=title)


def address(year, n):
    return reverse("card_trace", args=[YEAR, year.subjects[n].public_id])


def traced(client, user, year, n):
    client.force_login(user)
    answer = client.get(address(year, n))
    assert answer.status_code == 200
    return answer


def shown_in(answer):
    return answer.content.decode().partition('<main id="main"')[2]


def made_of(answer):
    """{title: [(user, verb) of the first act and the latest]} of the lines that a record stands behind"""
    return {
        one.line.title: [(str(done.user), done.verb) for done in (one.made.first, one.made.last) if done]
        for _, lines in answer.context["trace"].parts
        for one in lines
        if one.made
    }


def test_every_line_names_who_entered_and_who_last_changed_its_record(client, year):
    row = entered(year, 1, "义诊")
    change_contribution(user=year.other, contribution=row, title="送医下乡", reason="名称写错")
    with act(user=year.clerk, verb="登记会议", committee=year.place.committee):
        meeting = make_activity(year.place, [year.seats[1], year.seats[0]], name="第三次常委会议", day=date(YEAR, 6, 1))
    for n, user in ((1, year.other), (0, year.clerk)):  # of a meeting the member's own mark is meant
        record_attendance(user=user, sitting=meeting.sittings.get(), marks={year.seats[n].pk: "present"})
    compute(year)
    answer = traced(client, year.approver, year, 1)
    assert made_of(answer) == {
        "送医下乡": [("clerk", "登记履职记录"), ("other", "修改履职记录")],
        "第三次常委会议": [("clerk", "登记会议"), ("other", "登记出席")],
    }
    points = [one.line.points for _, lines in answer.context["trace"].parts for one in lines]
    assert sum(points) == ReportCard.objects.get(subject=year.subjects[1]).total == 1700
    assert reverse("contribution", args=[row.public_id]) in answer.content.decode()


def test_grade_and_place_name_rule_gate_quota_neighbours_and_who_moved_the_year(client, year):
    given = {"committee": year.place.committee, "office": year.place.offices[0], "subject": year.subjects[3].pk}
    given["subject"] = year.subjects[3]
    words = {"rule": "extra", "effect": "points", "points": 300, "happened_on": date(YEAR, 7, 1), "reason": "抢险"}
    row = propose_adjustment(user=year.clerk, **given, **words)
    decide_adjustment(user=year.approver, adjustment=row, is_approved=True)
    compute(year)  # 23, 15, 10, 5 points: one of four may be 优秀 by the line of 20 points, two by the quota
    approve(year)
    found = traced(client, year.approver, year, 2).context["trace"]
    (quota,) = found.quotas
    assert (quota.limit, quota.count, quota.lowest) == (2, 1, 2300)
    assert (found.standing.card.place, found.standing.above, found.standing.below) == (2, 2300, 1000)
    assert found.gates == ["至少一次公益活动：公益活动至少 1 次；达不到的等次最高为合格。"]
    assert found.grades[0].startswith("优秀：20 分以上（含），不超过参加排名人数的 50 %")
    assert [(one.label, str(one.user or "系统")) for one in found.moves][-1] == ("审定", year.approver.username)
    (decision,) = traced(client, year.approver, year, 3).context["trace"].decisions
    assert [str(decision.made.first.user), str(decision.made.last.user)] == ["clerk", year.approver.username]


def test_places_are_for_the_chairs_office_alone(client, year):
    found = traced(client, year.other, year, 2)
    assert (found.context["trace"].standing, found.context["trace"].quotas) == (None, [])
    assert 'id="place"' not in found.content.decode()


def test_trace_of_a_published_year_reads_the_edition(client, year):
    approve(year)
    publish_now(year)
    before = shown_in(traced(client, year.publisher, year, 3))
    ReportCard.objects.update(total=1, place=9, grade="假", document="{}")
    Fact.objects.all().delete()
    after = traced(client, year.publisher, year, 3)
    assert shown_in(after) == before
    assert "名次：第 1 名" in before
    assert [one.name for one in after.context["trace"].editions] == ["首次公布"]


def test_each_cell_of_a_ranking_leads_to_where_it_comes_from(client, year):
    client.force_login(year.approver)
    shown = client.get(reverse("ranking", args=[YEAR])).content.decode()
    cells = [f'{address(year, n)}#{what}"' in shown for n in range(4) for what in ("place", "total", "grade")]
    assert cells == [True] * 12
    assert address(year, 0) in client.get(reverse("card", args=[YEAR, year.subjects[0].public_id])).content.decode()


def test_trace_takes_the_same_queries_for_one_line_and_for_ten(client, year):
    entered(year, 1, "义诊")
    compute(year)
    client.force_login(year.approver)
    few = queries_of(client, address(year, 1))
    for n in range(10):
        entered(year, 1, f"第{n}次义诊")
    compute(year)
    assert queries_of(client, address(year, 1)) == few
