"""A small year counted by hand; every figure leads to a list of exactly that length."""

import csv
import datetime
import io
import random
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from activities.models import Contribution
from audit.actions import act
from audit.history import create_all
from members.models import Subject
from opinions.composites import record_composite
from opinions.models import OpinionReport, Reporter
from opinions.services import record_adoption
from proposals.models import Proposal, Proposer
from proposals.services import record_proposal, record_undertaking
from reports.statistics import attendance, bodies, compared, entries, months, people, proposals, shares
from reports.statistics import opinions as opinion_tables
from reports.statistics.nouns import PAPERS
from reports.statistics.pages import BY_CODE, PAGES
from reports.statistics.tables import change
from reports.statistics.years import Year, same_day
from scoring.engine.sentences import points
from scoring.models import ReportCard
from scoring.services.runs import drive, rescore
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
)
from tests.remembered import remembered
from tests.scoring.closing import CLOSED, close, make_closing_year
from tests.scoring.year import RULES, make_year

pytestmark = pytest.mark.django_db

APRIL, MAY = datetime.date(YEAR, 4, 2), datetime.date(YEAR, 5, 6)
LAST_YEAR = datetime.date(YEAR - 1, 12, 20)
TODAY = datetime.datetime(YEAR, 12, 28, 2, tzinfo=datetime.UTC)
THERE = """
[[rule]]
code = "there"
name = "出席常委会议"
category = "work"
clause = "第五条"
of = { kind = "standing_meeting" }
rows = [{ points = 2, outcome = "present" }]
"""


@pytest.fixture
def told():
    with time_machine.travel(TODAY):
        yield remembered(_told)


def _told():
    """Entered on 20 June, two of the contributions on 20 December; looked at on 28 December."""
    with time_machine.travel(datetime.datetime(YEAR, 6, 20, 2, tzinfo=datetime.UTC)):
        cast = make_cast()
        _meetings(cast.place, cast)
        _papers(cast.place, cast)
        make_contribution(cast.place, cast.ordinary)
    with time_machine.travel(datetime.datetime(YEAR, 12, 20, 2, tzinfo=datetime.UTC)):
        make_contribution(cast.place, cast.standing, day=MAY)
        own = SimpleNamespace(subject=cast.place.special_committees[0].subject)
        make_contribution(cast.place, own, day=MAY)
        scored = make_year(0, place=cast.place, text=RULES + THERE)
        drive(rescore(user=None, assessment=scored.assessment))
    return cast


def _meetings(place, cast):
    meeting = make_activity(place, [cast.ordinary, cast.standing, cast.cosigner])
    make_attendance(meeting, {cast.ordinary: "present", cast.standing: "leave"})
    halves = [(MAY, "am"), (MAY, "pm")]
    study = make_activity(place, [cast.ordinary, cast.standing], kind="study", day=MAY, halves=halves)
    make_attendance(study, {cast.ordinary: "late", cast.standing: "absent"})


def _papers(place, cast):
    paper = make_proposal(place, [cast.ordinary, cast.cosigner], filed_on=DAY)
    record_undertaking(user=None, proposal=paper, unit="示例局", due_on=MAY)
    make_proposal(place, [cast.standing], day=APRIL)
    make_proposal(place, [cast.standing], day=APRIL, state="returned", decided_on=APRIL, decision_reason="请补充")
    common = {"user": None, "committee": place.committee, "year": YEAR, "number": "77"}
    record_proposal(
        **common,
        office=place.offices[1],
        term=place.term,
        title="集体的提案",
        way="collective",
        submitted_on=LAST_YEAR,
        sponsor=place.special_committees[1].subject,
        proposers=[],
    )
    make_report(place, [cast.ordinary], adopted=["county", "city"])
    sources = [
        make_report(place, [cast.standing], day=MAY),
        make_report(place, [cast.ordinary], day=LAST_YEAR, adopted=["county"]),
    ]
    composite = record_composite(
        **common,
        office=place.offices[0],
        sources=sources,
        title="综合信息",
        submitted_on=MAY,
        state="issued",
        issued_on=MAY,
    )
    record_adoption(user=None, report=composite, level="city", organ="市示例单位", adopted_on=MAY)


def year_of(user, cast, number=YEAR):
    return Year(user, cast.place.committee, number, TODAY.date())


def texts(table):
    """{name of the row: its other cells}"""
    return {line[0].text: [cell.text for cell in line[1:]] for line in table.lines}


# ---------------------------------------------------------------- counted by hand
def test_year_is_counted_by_month(told):
    (table,) = months.tables(year_of(told.chair_office, told))
    found = texts(table)
    quiet = ["0", "0", "0", "0", "0", "0", "—"]
    assert found == {
        "2025年及以前": ["0", "1", "0", "0", "0", "0", "—"],
        **{f"{month}月": quiet for month in (1, 2, *range(6, 13))},
        "3月": ["1", "1", "1", "1", "3", "1", "50.0%"],
        "4月": ["0", "1", "0", "0", "0", "0", "—"],
        "5月": ["1", "0", "1", "2", "4", "1", "50.0%"],
        "合计": ["2", "3", "2", "3", "7", "2", "50.0%"],
    }


def test_year_is_counted_by_sector_and_special_committee(told):
    year = year_of(told.chair_office, told)
    sectors, specials = (texts(bodies.tables(year, body)[0]) for body in (bodies.SECTOR, bodies.SPECIAL))
    assert sectors == {
        "科学技术": ["2", "1", "1", "1", "1.5", "4", "2", "100.0%"],
        "农业": ["1", "1", "1", "1", "3.0", "3", "0", "0.0%"],
        "没有界别的（集体等）": ["0", "1", "0", "1", "—", "0", "0", "—"],
        "合计": ["3", "3", "2", "3", "2.7", "7", "2", "50.0%"],
    }
    assert specials == {
        "提案委员会": ["1", "1", "1", "2", "4.0", "3", "2", "100.0%"],
        "经济委员会": ["0", "1", "0", "0", "—", "0", "0", "—"],
        "没有专门委员会的": ["2", "1", "1", "1", "1.5", "4", "0", "0.0%"],
        "合计": ["3", "3", "2", "3", "2.7", "7", "2", "50.0%"],
    }


def test_what_is_not_recorded_is_not_absent(told):
    kinds, _ = attendance.tables(year_of(told.chair_office, told))
    assert texts(kinds) == {
        "常委会议": ["3", "1", "1", "0", "0", "1", "50.0%"],
        "学习培训": ["4", "1", "0", "1", "0", "2", "50.0%"],
        "合计": ["7", "2", "1", "1", "0", "3", "50.0%"],
    }


def test_reports_are_counted_where_they_were_adopted_alone_or_in_a_composite(told):
    stages, levels = opinion_tables.tables(year_of(told.chair_office, told))
    assert texts(stages) == {
        "收集（报送）": ["2", "1", "+100.0%"],
        "其中编发": ["0", "0", "—"],
        "采用": ["3", "1", "+200.0%"],
    }
    assert texts(levels) == {
        "县级": ["1", "1", "持平"],
        "市级": ["3", "0", "上年同期为 0"],
        "省级": ["0", "0", "—"],
        "全国": ["0", "0", "—"],
        "合计（不重复）": ["3", "1", "+200.0%"],
    }


def test_proposals_have_the_rates_of_their_own_page(told):
    year = year_of(told.chair_office, told)
    (total, sectors), (units,) = proposals.tables(year), proposals.by_unit(year)
    assert texts(total)["提交"] == ["3", "", ""]
    assert (texts(total)["立案率"], texts(total)["按期办复率"]) == (["1", "1", "100.0%"], ["0", "1", "0.0%"])
    assert ([row[0].text for row in sectors.rows], [row[0].text for row in units.rows]) == (["科学技术"], ["示例局"])


def test_year_is_compared_with_the_same_days_of_the_last_one(told):
    papers, turnout = compared.tables(year_of(told.chair_office, told))
    assert texts(papers) | texts(turnout) == {
        "提案提交（件）": ["3", "0", "+3", "上年同期为 0", "0"],
        "其中已立案（件）": ["1", "0", "+1", "上年同期为 0", "0"],
        "其中已答复（件）": ["0", "0", "0", "—", "0"],
        "其中评议满意（件）": ["0", "0", "0", "—", "0"],
        "社情民意收集量（篇）": ["2", "1", "+1", "+100.0%", "1"],
        "社情民意采用量（篇）": ["3", "1", "+2", "+200.0%", "1"],
        "其他履职（条）": ["3", "0", "+3", "上年同期为 0", "0"],
        "会议活动（项）": ["2", "0", "+2", "上年同期为 0", "0"],
        "应到（人次）": ["7", "0", "+7", "上年同期为 0", "0"],
        "出席（人次）": ["2", "0", "+2", "上年同期为 0", "0"],
    }
    unrecorded = f"{YEAR - 1}年没有在本系统考核，当年的记录可能没有录入，增减和同比不能说明履职多少。"
    assert [unrecorded in table.notes for table in (papers, turnout)] == [True, True]


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [(0, 0, "—"), (3, 3, "持平"), (3, 0, "上年同期为 0"), (9, 8, "+12.5%"), (0, 3, "-100.0%"), (2, 3, "-33.3%")],
)
def test_change_is_said_in_words_where_nothing_can_be_divided(now, then, said):
    assert change(now, then) == said


def test_leap_day_is_compared_with_the_twenty_eighth():
    assert same_day(datetime.date(2028, 2, 29), 2027) == datetime.date(2027, 2, 28)


def test_points_come_from_presence_or_from_results(told):
    """2 for the meeting; 3 × 5 of service less the special committee's, which is no member's; 10 for the proposal, halved."""
    year = year_of(told.chair_office, told)
    sources, parts, rules = shares.tables(year, shares.cards(year))
    assert texts(sources) == {
        "到会参加": ["2", "1", "9.1%"],
        "履职成果": ["20", "3", "90.9%"],
        "其他": ["0", "0", "0.0%"],
        "合计": ["22", "3", "100.0%"],
    }
    assert texts(parts) == {"履职": ["2", "20", "0", "22", "3", "100.0%"]}
    assert texts(rules) == {
        "公益活动": ["履职", "履职成果", "10", "2"],
        "立案提案": ["履职", "履职成果", "10", "2"],
        "出席常委会议": ["履职", "到会参加", "2", "1"],
    }


def test_members_with_nothing_yet_and_those_who_only_signed(told):
    with act(user=None, verb="test"):
        nobody = make_seat(told.place, "无名氏")
    year = year_of(told.chair_office, told)
    assert texts(people.tables(year)[0]) == {
        "各项都还没有记录": ["1"],
        "没有提案": ["1"],
        "没有社情民意": ["2"],
        "没有其他履职记录": ["2"],
        "没有出席记录": ["3"],
        "提案都是联名": ["1"],
        "全体委员": ["4"],
    }
    only = list(people.wanted(year, "cosigned"))
    assert (list(people.wanted(year, "anything")), only) == ([nobody], [told.cosigner])
    assert people.cosigned(year, only) == {told.cosigner.pk: 1}


def test_entries_are_set_against_what_happened(told):
    table = next(one for one in entries.tables(year_of(told.chair_office, told)) if one.code == "contributions")
    found = {name: row for name, row in texts(table).items() if row != ["0", "0", "0"]}
    assert found == {
        "3月": ["1", "0", "0"],
        "5月": ["2", "0", "0"],
        "6月": ["0", "1", "1"],
        "12月": ["0", "2", "2"],
        "合计": ["3", "3", ""],
    }
    assert table.notes[0] == "12月及以后录入 2，占 66.7%，其中以前月份的 2。"


# ---------------------------------------------------------------- what holds of any year
def test_months_and_sectors_have_the_same_sum(told):
    """Records of any month, year, state and signer, none forgotten and none counted twice."""
    chance = random.Random(7)
    seats = [told.ordinary, told.standing, told.cosigner]
    with act(user=None, verb="test"):
        _add_by_chance(told.place, seats, chance)
    year = year_of(told.chair_office, told)
    for noun in PAPERS:
        sums = [sum(found.values()) for found in (noun.by_month(year), noun.by_body(year, "sector"))]
        entered = entries.spread(year, noun.rows(year), noun.day)
        sums += [sum(one.values()) for one in (noun.by_body(year, "special"), entered.happened, entered.entered)]
        assert entered.happened == noun.by_month(year)
        assert (noun.code, set(sums)) == (noun.code, {noun.rows(year).count()})
    turnouts = [attendance.total(attendance.turnouts(year, by)) for by in attendance.PATHS]
    assert [one == turnouts[0] for one in turnouts] == [True] * 4


def _add_by_chance(place, seats, chance):
    def day():
        return datetime.date(chance.choice([YEAR - 1, YEAR, YEAR, YEAR, YEAR + 1]), chance.randint(1, 12), 15)

    common = {"committee": place.committee, "office": place.offices[0]}
    papers = create_all(
        Proposal,
        [
            Proposal(**common, term=place.term, year=YEAR, title=f"提案{n}", submitted_on=day(), state=state)
            for n, state in enumerate(chance.choices(["draft", "submitted"], [1, 4], k=40))
        ],
    )
    signed = [paper for paper in papers if chance.random() < 0.8]
    make = {"committee": place.committee, "position": 1}
    create_all(Proposer, [Proposer(**make, proposal=one, seat=chance.choice(seats), role="lead") for one in signed])
    reports = create_all(
        OpinionReport,
        [OpinionReport(**common, year=YEAR, title=f"信息{n}", submitted_on=day()) for n in range(40)],
    )
    create_all(Reporter, [Reporter(**make, report=one, seat=chance.choice(seats), role="lead") for one in reports[5:]])
    subjects = list(Subject.objects.filter(committee=place.committee))
    create_all(
        Contribution,
        [
            Contribution(
                **common,
                **{"kind": place.kinds["honour"], "subject": chance.choice(subjects), "title": f"表彰{n}"},
                **{"happened_on": day(), "state": chance.choice(["verified", "reported"]), "quantity": Decimal(1)},
            )
            for n in range(40)
        ],
    )


# ---------------------------------------------------------------- pages
@pytest.fixture
def chair(told, client):
    client.force_login(told.chair_office)
    return client


def listed(client, url):
    """How many a list shows, in the heading of its pages."""
    context = client.get(url).context
    found = context.get("listing")
    return (found.page if found else context.get("people") or context["page"]).paginator.count


def tables_of(client, page):
    return client.get(reverse(page.url_name, args=[YEAR])).context["tables"]


@pytest.mark.sqlite
def test_every_figure_leads_to_exactly_so_many_records(chair):
    cells = {cell for page in PAGES for table in tables_of(chair, page) for row in table.lines for cell in row}
    counts = {cell for cell in cells if cell.value}
    assert (len(counts) > 80, [cell for cell in counts if not cell.url]) == (True, [])
    assert {cell.url: cell.value for cell in counts} == {cell.url: listed(chair, cell.url) for cell in counts}


@pytest.mark.sqlite
def test_points_lead_to_the_members_who_have_them(chair):
    for table in tables_of(chair, BY_CODE["shares"]):
        for cell in (cell for row in table.lines for cell in row if "who=1" in cell.url and cell.value is None):
            assert points(chair.get(cell.url).context["points"]) == cell.text


@pytest.mark.sqlite
@pytest.mark.parametrize("code", ["months", "attendance", "opinions", "compared", "entries", "shares", "people"])
def test_charts_write_the_figures_of_their_table(chair, code):
    response = chair.get(reverse(BY_CODE[code].url_name, args=[YEAR]))
    drawn = re.findall(r'<text class="v"[^>]*>([^<]*)<', response.content.decode())
    bars = [bar for table in response.context["tables"] for chart in table.charts for bar in chart.bars]
    assert drawn == [bar.text for bar in bars]
    for table in response.context["tables"]:
        columns = [[cell.text for cell in column] for column in list(zip(*table.rows, strict=True))[1:]]
        for chart in table.charts:
            series = [[bar.text for bar in chart.bars if bar.series == n] for n in {bar.series for bar in chart.bars}]
            assert [one for one in series if one not in columns] == []


@pytest.mark.sqlite
def test_files_have_the_cells_of_the_page(chair):
    (table,) = tables_of(chair, BY_CODE["sectors"])
    cells = [[cell.text for cell in row] for row in table.lines]
    text = chair.get(f"/reports/{YEAR}/statistics.csv?page=sectors").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[3] for row in rows] == [cell for row in cells for cell in row[1:]]
    book = load_workbook(io.BytesIO(chair.get(f"/reports/{YEAR}/statistics.xlsx?page=sectors").content))
    sheet = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]
    written = [[cell.removesuffix(".0") for cell in row] for row in cells]
    assert (sheet[1], sheet[2 : 2 + len(cells)]) == (table.columns, written)
    page = book.active.page_setup
    assert (book.active.print_title_rows, page.orientation, page.fitToWidth, page.fitToHeight) == (
        "$2:$2",
        "landscape" if len(table.columns) > 6 else "portrait",
        1,
        0,
    )
    whole = load_workbook(io.BytesIO(chair.get(f"/reports/{YEAR}/statistics.xlsx").content))
    assert len(whole.worksheets) == sum(len(tables_of(chair, page)) for page in PAGES) + 2
    names = next(sheet for sheet in whole.worksheets if "名单" in sheet.title)
    marks = [[row[0], *(cell or "" for cell in row[4:])] for row in names.iter_rows(3, 4, values_only=True)]
    assert marks == [["何珺", "", "", "✓", "✓", "✓", "✓"], ["欧阳文松", "", "", "", "", "✓", ""]]


@pytest.mark.sqlite
def test_clerk_counts_the_records_of_the_office_and_no_member_by_name(told, client):
    client.force_login(told.clerk)
    found = texts(tables_of(client, BY_CODE["months"])[0])["合计"]
    assert found == ["2", "0", "2", "3", "7", "2", "50.0%"]
    page = client.get(f"/reports/{YEAR}/statistics/").content.decode()
    assert [text in page for text in ("/statistics/people/", "/statistics/entries/")] == [False, False]
    assert "只统计委员联络室登记的记录" in page
    book = load_workbook(io.BytesIO(client.get(f"/reports/{YEAR}/statistics.xlsx").content))
    assert [name for name in book.sheetnames if "没有记录" in name] == []
    last = book.worksheets[0].cell(book.worksheets[0].max_row, 1).value
    assert last == "截至 2026-12-28 10:00 按现有记录算出；只统计委员联络室登记的记录。"
    of = [client.get(f"/reports/{YEAR}/statistics.{ending}?page=people").status_code for ending in ("csv", "xlsx")]
    assert (of, client.get("/reports/9999/statistics/").status_code) == ([404, 404], 404)


@pytest.mark.sqlite
def test_those_with_points_stand_by_strokes_for_whoever_may_not_see_places(told, client):
    shown = []
    for user in (told.chair_office, told.clerk):
        client.force_login(user)
        people = client.get(f"/reports/{YEAR}/statistics/shares/?who=1").context["people"]
        shown.append([(subject.seat.member.stroke_key, got) for subject, got in people])
    assert shown == [sorted(shown[0], key=lambda one: -one[1]), sorted(shown[0])]
    assert shown[0] != shown[1]


# ---------------------------------------------------------------- a published year
@pytest.mark.sqlite
def test_published_points_are_those_of_the_edition(client):
    with time_machine.travel(CLOSED, tick=True):
        year = make_closing_year()
        close(year)
        # As if the database had been changed behind everybody's back: pages of a published year do not look there.
        ReportCard.objects.update(document="{}")
        client.force_login(year.approver)
        response = client.get(f"/reports/{YEAR}/statistics/shares/")
    assert texts(response.context["tables"][0])["履职成果"] == ["30", "3", "100.0%"]
    assert "取自首次公布的定版" in response.content.decode()


@pytest.mark.sqlite
def test_year_without_an_assessment_has_no_points(chair):
    response = chair.get(f"/reports/{YEAR - 1}/statistics/shares/")
    assert (response.context["tables"], "还没有年度考核" in response.content.decode()) == ([], True)
