"""履职档案: every year of a member, one year on page and paper, and who may open it."""

import datetime
import json

import pytest
import time_machine

from activities.services import record_leave
from members.models import Member
from members.services import change_seat
from reports.everything import about_people, everything
from scoring.models import ReportCard
from scoring.services.assessments import open_assessment
from scoring.services.runs import drive, rescore
from tests.cast import (
    make_account,
    make_activity,
    make_attendance,
    make_contribution,
    make_proposal,
    make_report,
    queries_of,
)
from tests.reports.pdfs import info_of, pages_of, text_of
from tests.scoring.closing import CLOSED, approve, make_closing_year, publish_now
from tests.scoring.year import RULES, YEAR, make_ruleset, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def year():
    return make_year(3)


@pytest.fixture
def member(year, client):
    account = make_account(year.place, "member", "member", seat=year.seats[0])
    client.force_login(account)
    return account


def busy(year):
    """The first member's: a meeting, a proposal with the second, an adopted report, a service, a leave."""
    seat, cosigner = year.seats[:2]
    meeting = make_activity(year.place, [seat, cosigner], name="专题协商会")
    make_attendance(meeting, {seat: "present", cosigner: "absent"})
    make_proposal(year.place, [seat, cosigner], title="关于步道的提案", filed_on=meeting.starts_on)
    make_report(year.place, [seat], title="路灯不亮", adopted=["city"])
    make_contribution(year.place, seat, title="义诊")
    make_contribution(year.place, cosigner, title="别人的义诊")
    record_leave(
        user=None, activity=make_activity(year.place, [seat], name="常委会"), seat=seat, reason="出差", kind="official"
    )


def test_record_lists_each_year_with_total_grade_and_counts(client, year, member):
    busy(year)
    before = client.get("/me/record/").content.decode()
    drive(rescore(user=None, assessment=year.assessment))
    page = client.get("/me/record/")
    (row,) = page.context["rows"]
    assert (row.total, row.grade, row.is_final, row.counts) == (1000, "合格", False, [("履职", 2)])
    assert ("还没有算出得分" in before, "第15届" in before, "第15届" in page.content.decode()) == (True, True, True)


@time_machine.travel(CLOSED, tick=False)
def test_record_says_whether_a_year_is_approved_or_published(client):
    year = make_closing_year()
    client.force_login(make_account(year.place, "member", "member", seat=year.seats[0]))
    approve(year)
    approved = client.get("/me/record/").content.decode()
    publish_now(year)
    published = client.get("/me/record/").content.decode()
    assert ("已审定" in approved, "已公布" in published, "已审定" in published) == (True, True, False)


def test_record_takes_the_same_queries_for_more_years(client, year, member):
    before = queries_of(client, "/me/record/")
    for past in range(2020, 2024):
        rules = make_ruleset(year.place.committee, RULES.replace("2026", str(past)), year=past)
        days = {"from_on": datetime.date(past, 1, 1), "to_on": datetime.date(past, 12, 31)}
        open_assessment(
            user=None, committee=year.place.committee, year=past, subject_kind="member", ruleset=rules, **days
        )
    assert (queries_of(client, "/me/record/"), len(client.get("/me/record/").context["rows"])) == (before, 3)


def test_year_says_the_same_on_page_and_paper(client, year, member, tmp_path):
    busy(year)
    page = client.get(f"/me/record/{YEAR}/")
    made = client.get(f"/me/record/{YEAR}.pdf")
    sheet = page.context["sheet"]
    assert (made["Content-Type"], info_of(made.content, tmp_path)["Pages"]) == ("application/pdf", "1")
    printed = text_of(pages_of(made.content, tmp_path)[0])
    told = [*[record["title"] + record["points"] for record in sheet.records], sheet.grade, "总分" + sheet.grade]
    assert [record["title"] for record in sheet.records] == ["关于步道的提案", "义诊"]
    assert sheet.total == "10"
    assert [one for one in told if one.replace(" ", "") not in printed] == []
    assert "名次" not in printed


def test_whole_record_is_one_paper(client, year, member, tmp_path):
    made = client.get("/me/record.pdf").content
    assert info_of(made, tmp_path)["Title"] == f"{year.seats[0].member.name}履职档案"


def test_name_that_cannot_be_printed_is_told_with_the_remedy(client, year, member):
    change_seat(user=None, seat=year.seats[0], name="张𠮷")
    response = client.get(f"/me/record/{YEAR}.pdf")
    assert (response.status_code, "PRINT_FONT_DIR" in response.content.decode()) == (409, True)


def test_staff_open_the_same_from_the_seat(client, year, member):
    own = client.get(f"/me/record/{YEAR}/").context["sheet"]
    client.force_login(make_account(year.place, "chair", "chair_office"))
    theirs = client.get(f"/seats/{year.seats[0].public_id}/record/{YEAR}/").context["sheet"]
    assert (theirs.records, theirs.parts, theirs.total, theirs.person) == (
        own.records,
        own.parts,
        own.total,
        own.person,
    )


# ---------------------------------------------------------------- everything
def test_everything_has_each_kind_of_record_and_nobody_else(client, year, member):
    busy(year)
    client.get(f"/me/{YEAR}/")
    change_seat(user=None, seat=year.seats[0], telephone="13800001234")
    told = json.loads(client.get("/me/record.json").content)
    records = told["records"]
    assert set(records) == {model._meta.model_name for model in about_people()} - {"member"}
    held = {name: len(rows) for name, rows in records.items() if rows}
    assert {
        name: held.get(name, 0)
        for name in ("attendance", "leave", "proposal", "opinionreport", "adoption", "contribution")
    } == {"attendance": 1, "leave": 1, "proposal": 1, "opinionreport": 1, "adoption": 1, "contribution": 1}
    assert told["person"]["telephone"] == "13800001234"
    assert told["account"]["user_name"] == "member"
    others = year.seats[1]
    text = json.dumps(told, ensure_ascii=False)
    assert [one["name"] for one in records["proposal"][0]["signers"]] == [
        year.seats[0].member.name,
        others.member.name,
    ]
    strange = ["别人的义诊", str(others.public_id), str(others.subject.public_id), others.number + '"']
    assert [one for one in strange if one in text] == []


def test_everything_tells_acts_by_day_and_office_alone(client, year, member):
    clerk = make_account(year.place, "clerk", "clerk", office=year.place.offices[0])
    make_contribution(year.place, year.seats[0], title="义诊")
    told = json.loads(client.get("/me/record.json").content)["acts"]
    assert {tuple(one) for one in told} == {("day", "act", "about", "office")}
    assert "其他履职" in {one["about"] for one in told} or "履职记录" in {one["about"] for one in told}
    assert clerk.name not in json.dumps(told, ensure_ascii=False)


def test_everything_takes_the_same_queries_for_more_records(client, year, member):
    busy(year)
    before = queries_of(client, "/me/record.json")
    for _ in range(3):
        make_contribution(year.place, year.seats[0])
        make_proposal(year.place, year.seats[:2])
    assert queries_of(client, "/me/record.json") == before


def test_everything_holds_no_place(year, member):
    person = Member.objects.get(pk=member.member_id)
    told = everything(member, person)["records"]["reportcard"]
    assert [key for row in told for key in row if key in {"place", "among", "cohort", "band", "tied"}] == []
    assert ReportCard.objects.filter(subject=year.subjects[0]).count() == len(told)
