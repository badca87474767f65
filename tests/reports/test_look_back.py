"""年度履职回顾: facts of a year in a few cards."""

import datetime

import pytest

from members.access import visible
from members.models import Member
from reports.lookbacks import look_back
from reports.records import holder_of
from scoring.services.assessments import open_assessment
from tests.cast import make_account, make_activity, make_attendance, make_contribution, make_proposal, make_report
from tests.scoring.year import RULES, YEAR, make_ruleset, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def year():
    return make_year(2)


@pytest.fixture
def member(year, client):
    account = make_account(year.place, "member", "member", seat=year.seats[0])
    client.force_login(account)
    return account


def cards(account, year=YEAR):
    holder = holder_of(account, visible(account, Member).get())
    return {card.code: card for card in look_back(holder, holder.of_year(year))}


def test_look_back_counts_what_was_done(year, member):
    seat, other = year.seats
    meeting = make_activity(year.place, [seat], name="专题协商会")
    make_attendance(meeting, {seat: "late"})
    make_attendance(make_activity(year.place, [seat]), {seat: "absent"})
    make_proposal(year.place, [other, seat], title="关于步道的提案", filed_on=meeting.starts_on)
    make_report(year.place, [seat], adopted=["city", "province"])
    make_contribution(year.place, seat, title="义诊")
    make_contribution(year.place, seat, kind="deduction", title="扣分")
    found = cards(member)
    assert list(found) == ["whole", "proposals", "adopted", "firsts", "thanks"]
    assert found["whole"].figures == [("4", "项履职")]
    assert found["whole"].lines == ["会议活动 1 次", "提案 1 件", "社情民意 1 件", "其他履职 1 件"]
    assert (found["proposals"].figures, found["proposals"].lines) == (
        [("1", "件提案"), ("1", "件立案或并案")],
        ["关于步道的提案"],
    )
    assert found["adopted"].figures == [("1", "条信息被采用")]
    assert found["firsts"].figures == [("4", "个第一次")]


def test_look_back_compares_with_last_year(year, member):
    rules = make_ruleset(year.place.committee, text=RULES.replace("2026", "2025"), year=YEAR - 1)
    first, last = datetime.date(YEAR - 1, 1, 1), datetime.date(YEAR - 1, 12, 31)
    place = {"user": None, "committee": year.place.committee, "subject_kind": "member"}
    open_assessment(**place, year=YEAR - 1, ruleset=rules, from_on=first, to_on=last)
    make_contribution(year.place, year.seats[0], day=first)
    make_contribution(year.place, year.seats[0])
    make_contribution(year.place, year.seats[0])
    found = cards(member)
    assert found["last"].lines[-1] == "其他履职：1 → 2，多 1"
    assert "firsts" not in found


def test_look_back_of_an_idle_year_thanks_and_expects(client, year, member):
    page = client.get(f"/me/years/{YEAR}/")
    assert [card.code for card in page.context["cards"]] == ["whole", "thanks"]
    assert "<script" not in page.content.decode()


def test_look_back_of_a_year_without_assessment_does_not_exist(client, year, member):
    assert client.get("/me/years/2019/").status_code == 404
