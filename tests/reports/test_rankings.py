"""A ranking: whom it shows in which order and with which place, and that its page and its files have the same cells."""

import csv
import datetime
import io
import json
import random
import re
from dataclasses import replace
from html import unescape

import pytest
import time_machine
from docx import Document
from openpyxl import load_workbook

from audit.actions import act
from members.models import GroupMembership, Member, Sector, SpecialCommittee, Subject
from members.names import stroke_key
from members.spans import add_group_membership
from reports.centre import PRINTS
from reports.ranked import Entry, choices, in_order, published
from reports.ranking_excel import ranking_xlsx
from reports.ranking_word import ranking_docx
from reports.rankings import Asked, ranking
from reports.tables import ranking_csv
from scoring.compiled import compiled_text
from scoring.engine import Standing
from scoring.engine.edition import slice_of
from scoring.models import EditionCard, ReportCard
from tests.cast import make_account, make_committee, make_seat, queries_of
from tests.engine.test_edition import EXAMPLE
from tests.members.test_names import official_order
from tests.reports.pdfs import info_of, lines_of, pages_of
from tests.reports.tables import table
from tests.scoring.closing import CLOSED, close, compute, make_closing_year
from tests.scoring.year import RULES, YEAR, add_fact, fresh, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
BANDED = RULES.replace("smallest = 2", "smallest = 6").replace(
    "[rank]\n", '[rank]\nbands = [{ name = "前三成", to = "3/10" }, { name = "其余", to = 1 }]\n'
)


@pytest.fixture
def year():
    """Nine ranked members: 甲 to 庚 of 科学技术 with 30, 25, 25, 20, 15, 10, 5 points, two of 农业 above and below them
    all; a chair; one who is excused."""
    found = make_year(1, text=BANDED)
    science, farming = found.place.sectors
    people = [("甲示例", science, 6), ("丙示例", science, 5), ("乙示例", science, 5), ("丁示例", science, 4)]
    people += [("戊示例", science, 3), ("己示例", science, 2), ("庚示例", science, 1)]
    people += [("申示例", farming, 8), ("酉示", farming, 0)]
    seats = [
        make_seat(found.place, name, sector=sector, number=f"1{n:03d}") for n, (name, sector, _) in enumerate(people)
    ]
    for seat, (_, _, count) in zip(seats, people, strict=True):
        for _ in range(count):
            add_fact(seat.subject)
    chair = make_seat(found.place, "主示例", post="chair", number="2001")
    excused = found.seats[0]
    excused.not_scored_reason, excused.member.name = "援外一年，不参加评价", "免示例"
    saved(excused.member, excused)
    found.subjects = [seat.subject for seat in (*found.seats, *seats, chair)]
    compute(found)
    found.chair = make_account(found.place, "chair", "chair_office")
    return found


def saved(*rows):
    with act(user=None, verb="test"):
        for row in rows:
            row.save()


def made(year, **asked):
    return ranking(year.chair, fresh(year.assessment), Asked(**asked))


def shown(found):
    """[(heading, note, [(place, name, total), …]), …]"""
    kinds = [column.kind for column in found.columns]
    wanted = [kinds.index(kind) for kind in ("place", "name", "total")]
    return [
        (one.heading, one.note, [tuple(row.cells[n] for n in wanted) for row in one.rows]) for one in found.sections
    ]


SCIENCE = ["甲示例", "乙示例", "丙示例", "丁示例", "戊示例", "己示例", "庚示例"]


def test_ties_share_a_place_and_stand_by_strokes_and_the_others_apart_with_the_reason(year):
    whole, apart = shown(made(year))
    assert whole == (
        "委员（9 名）",
        "",
        [
            *[("1", "申示例", "40"), ("2", "甲示例", "30"), ("3", "乙示例", "25"), ("3", "丙示例", "25")],
            *[("5", "丁示例", "20"), ("6", "戊示例", "15"), ("7", "己示例", "10"), ("8", "庚示例", "5")],
            ("9", "酉示", "0"),
        ],
    )
    assert apart == ("不参加排名（2 名）", "按姓氏笔画为序。", [("", "主示例", "0"), ("", "免示例", "0")])
    reasons = [row.cells[-1] for row in made(year).sections[1].rows]
    assert reasons == ["主席会议成员不参加排名", "援外一年，不参加评价"]


def test_places_of_a_part_are_those_among_whom_is_shown_and_few_get_none(year):
    part = made(year, sector="科学技术")
    assert [(place, name) for place, name, _ in shown(part)[0][2]] == list(zip("1224567", SCIENCE, strict=True))
    assert "本表名次是表内各组之中的名次，不足 6 名的不排" in part.foot
    few = shown(made(year, sector="农业"))
    assert few == [("委员（2 名）", "不足 6 名，只列得分，不排名次。", [("", "申示例", "40"), ("", "酉示", "0")])]
    both = [(heading, len(rows)) for heading, _, rows in shown(made(year, by="sector"))]
    assert both == [("科学技术 · 委员（7 名）", 7), ("农业 · 委员（2 名）", 2), ("不参加排名（2 名）", 2)]


def test_one_cohort_alone_keeps_the_places_of_its_cards(year):
    found = shown(made(year, cohort="委员"))
    assert [heading for heading, _, _ in found] == ["委员（9 名）", "不参加排名（1 名）"]
    cards = ReportCard.objects.filter(is_ranked=True).values_list("subject__seat__member__name", "place", "total")
    assert {(name, place, total) for place, name, total in found[0][2]} == {
        (name, str(place), f"{total / 100:g}") for name, place, total in cards
    }


def test_bands_are_words_before_they_are_colours(year):
    found = made(year, with_bands=True)
    assert [(row.cells[-2], row.band) for row in found.sections[0].rows] == [("前三成", 1)] * 2 + [("其余", 2)] * 7
    assert [column.name for column in made(year).columns] == [
        *("名次", "姓名", "界别", "履职", "总分", "等次", "说明"),
    ]


def test_equal_totals_stand_in_the_official_order_of_names():
    names = official_order()
    standing = Standing("", 0, True, (), "", {})
    entries = [
        Entry(name, name, "", stroke_key(name), "", 1, "", "", "", 0, True, "", {}, {}, standing) for name in names
    ]
    random.Random(7).shuffle(entries)
    assert [one.name for one in in_order(entries)] == names


def test_text_that_looks_like_a_formula_stays_text():
    found = table(1)
    found.sections[0] = replace(found.sections[0], heading="=1+1\1")
    found.sections[0].rows[0].cells[1] = "=1+1"
    sheet = load_workbook(io.BytesIO(ranking_xlsx(found))).active
    assert [(cell.value.strip(), cell.data_type) for cell in (sheet["A4"], sheet["B5"])] == [("=1+1", "s")] * 2
    assert "=1+1" in {one.text for one in Document(io.BytesIO(ranking_docx(found))).paragraphs}
    assert "'=1+1" in ranking_csv(found).decode("utf-8-sig")


# ---------------------------------------------------------------- pages and files
def cells_of_page(html):
    """Texts of the rows of all tables, without their heads."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.partition('<main id="main"')[2], re.S)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows if 'scope="col"' not in row]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in found]


def plain(value):
    return "" if value is None else f"{value:g}" if isinstance(value, int | float) else value


@pytest.mark.parametrize("query", ["of=member&bands=1", "of=member&sector=科学技术&by=special_committee"])
def test_page_and_every_file_have_the_same_cells(year, client, tmp_path, query):
    client.force_login(year.chair)
    page = client.get(f"/reports/{YEAR}/ranking/?{query}")
    found = page.context["ranking"]
    rows = [row.cells for section in found.sections for row in section.rows]
    printed = [[row.cells[n] for n in found.printed(section)] for section in found.sections for row in section.rows]
    assert (len(rows) >= 7, cells_of_page(page.content.decode()) == printed) == (True, True)
    files = {
        name: client.get(f"/reports/{YEAR}/ranking.{name}?{query}").content for name in ("pdf", "docx", "xlsx", "csv")
    }
    text = csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")))
    assert [row[1:] for row in text][1:] == rows
    words = Document(io.BytesIO(files["docx"])).tables
    told = [[cell.text for cell in row.cells] for one in words for row in one.rows[1:]]
    assert [[cell.replace("　", "") for cell in row] for row in told] == printed
    sheet = load_workbook(io.BytesIO(files["xlsx"])).active
    cells = [[plain(value) for value in row] for row in sheet.values]
    assert [row for row in cells if row in rows] == rows
    total = next(n for n, column in enumerate(found.columns, start=1) if column.kind == "total")
    assert {type(sheet.cell(row, total).value) for row in range(5, 5 + len(found.sections[0].rows))} == {int}
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.paperSize) == ("C4", "$3:$3", 9)
    lines = [line for one in pages_of(files["pdf"], tmp_path) for line in lines_of(one)]
    assert [row for row in printed if "".join(row).replace(" ", "") not in lines] == []
    assert info_of(files["pdf"], tmp_path)["Title"] == found.title


def test_cells_are_those_of_the_cards(year, client):
    found = made(year)
    rows = {row.key: row.cells for section in found.sections for row in section.rows}
    client.force_login(year.chair)
    for subject in year.subjects[:4]:
        view = client.get(f"/report-cards/{YEAR}/{subject.public_id}/").context["page"].view
        figures = [f"{part.figure / 100:g}" for part in view.parts]
        assert rows[str(subject.public_id)][3:5] == [*figures, f"{view.total / 100:g}"]


def test_name_outside_the_fonts_stops_the_print_with_the_remedy(year, client):
    Member.objects.filter(name="甲示例").update(name="甲𠮷")
    client.force_login(year.chair)
    answer = client.get(f"/reports/{YEAR}/ranking.pdf")
    assert (answer.status_code, "PRINT_FONT_DIR" in answer.content.decode()) == (409, True)


@time_machine.travel(CLOSED, tick=True)
def test_published_ranking_is_the_editions_whatever_is_live(client):
    year = make_closing_year(3)
    seat = year.seats[1]
    seat.member.party, seat.special_committee = "民盟", year.place.special_committees[0]
    saved(seat.member, seat)
    add_group_membership(user=None, seat=seat, group=year.place.group, from_on=datetime.date(YEAR, 1, 1))
    compute(year)
    edition = close(year)
    client.force_login(year.publisher)
    queries = ("", "party=民盟", "group=第一活动组", "special_committee=提案委员会", "sector=科学技术", "by=group")

    def read():
        pages = [client.get(f"/reports/{YEAR}/ranking/?{query}").content.decode() for query in queries]
        return [one.partition('<main id="main"')[2] for one in pages], client.get(
            f"/reports/{YEAR}/ranking.pdf"
        ).content

    before = read()
    assert [len(cells_of_page(f'<main id="main"{page}')) for page in before[0]] == [3, 1, 1, 1, 3, 3]
    # The rules ask for two; a part of a cohort is placed from six on, whatever they ask for.
    assert ["不足 6 名，只列得分，不排名次。" in page for page in before[0]] == [False, True, True, True, True, True]
    assert edition.short_digest in before[0][0]
    ReportCard.objects.update(total=1, place=9, grade="假", document="{}")
    Member.objects.update(name="某人", party="别的", stroke_key="")
    Sector.objects.filter(code="science").update(name="改了")
    SpecialCommittee.objects.update(closed_on=datetime.date(YEAR, 1, 1))
    GroupMembership.objects.update(from_on=datetime.date(YEAR + 2, 1, 1))
    seat.committee.special_committees.filter(code="proposals").update(name="改名的委员会")
    assert read() == before
    assert EditionCard.objects.count() == 3


def test_edition_that_holds_neither_party_nor_groups_is_read_without_them():
    document = json.loads(EXAMPLE)
    rules = compiled_text(document["ruleset"]["toml"]).rules
    entries = [published(rules, json.loads(slice_of(document, key))) for key in document["subjects"]]
    found = [(one.name, one.place, one.total) for one in in_order(entries)]
    assert found == [("钱二", 1, 4500), ("赵一", 2, 2000), ("孙三", 2, 2000), ("李四", None, 0)]
    assert [choices(entries, name) for name in ("party", "group")] == [[], []]


def test_ranking_takes_the_same_queries_for_ten_and_for_thirty(year, client):
    client.force_login(year.chair)
    few = queries_of(client, f"/reports/{YEAR}/ranking/")
    for _ in range(20):
        make_seat(year.place, "欧阳文松")
    year.subjects += [seat.subject for seat in year.place.committee.seats.all()]
    compute(year)
    assert queries_of(client, f"/reports/{YEAR}/ranking/") == few


# ---------------------------------------------------------------- the centre
def test_centre_leads_to_each_print_of_the_year_that_is_picked(year, client):
    client.force_login(year.chair)
    page = client.get(f"/reports/{YEAR}/").content.decode()
    files = [f"/reports/{YEAR}/ranking.{name}?of=member" in page for name in ("pdf", "docx", "xlsx", "csv")]
    assert (files, '<li aria-current="step">记录中</li>' in page) == ([True] * 4, True)
    assert client.get("/reports/").content.decode().partition("<main")[2] == page.partition("<main")[2]
    assert client.get("/reports/1999/").status_code == 404
    assert client.get(f"/rankings/{YEAR}/?of=member").url == f"/reports/{YEAR}/ranking/?of=member"


def test_centre_promises_bodies_nothing_that_only_members_have():
    told = [one.about for one in PRINTS if Subject.Kind.GROUP in one.kinds]
    assert [word for word in ("常委", "筛选", "委员", "标签") if word in "".join(told)] == []


def test_centre_without_a_year_says_so(client):
    place = make_committee()
    client.force_login(make_account(place, "chair", "chair_office"))
    assert "还没有年度考核" in client.get("/rankings/", follow=True).content.decode()
