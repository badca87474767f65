"""Templates: what they offer, and that filled in they come back whole."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from activities.models import Attendance
from desk.sheets.kinds import KINDS
from desk.sheets.template import TEMPLATES, template
from members.columns import Context, heading_key
from members.models import Role
from tests.cast import make_account, make_committee
from tests.desk.sheets import bring_in, counts

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # a template is made from what services read


def filled(name, place, *rows, first_row=3, above=()):
    """The template with `rows` ({heading: text}) below its example."""
    book = load_workbook(io.BytesIO(template(name, Context(committee=place.committee))))
    page = book.worksheets[0]
    for cell, text in above:
        page[cell] = text
    headings = {heading_key(cell.value): cell.column for cell in page[first_row - 2]}
    for number, row in enumerate(rows, start=first_row):
        for heading, text in row.items():
            page.cell(number, headings[heading], text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ROWS = {
    "members": {"委员编号": "101", "姓名": "单志松", "界别": "农业"},
    "meetings": {
        "会议名称": "五次常委会",
        "会议类型": "常委会议",
        "日期": "2026-03-10",
        "时段": "上午",
        "委员编号": "011",
        "出席情况": "出席",
    },
    "proposals": {"案号": "7", "案由": "关于夜间照明的提案", "第一提案人": "张晓云", "提交日期": "2026-03-01"},
    "opinions": {"编号": "9", "题目": "反映停车难", "第一撰稿人": "张晓云", "报送日期": "2026-03-01"},
    "contributions": {"类型": "公益活动", "委员编号": "011", "事项": "义诊", "日期": "2026-05-01"},
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_filled_template_is_imported_without_its_example(hall, kind):
    result = bring_in(hall, kind, filled(kind, hall, ROWS[kind]))
    assert result.sentences() == []
    assert counts(result) == (1, 0, 0)
    assert result.notices[0] == "第 2 行是模板的示例，没有导入。"


@pytest.mark.parametrize("kind", ROWS)
def test_an_unchanged_template_imports_nothing(hall, kind):
    assert bring_in(hall, kind, filled(kind, hall)).sentences() == ["表头下面没有数据。请填写后再导入。"]


def test_the_wide_template_is_imported(hall):
    above = (("B1", "五次全会"), ("B2", "全体会议"))
    row = {"委员编号": "011", "2026-01-12上午": "出席", "2026-01-13下午": "病假"}
    result = bring_in(hall, "meetings", filled("meetings_wide", hall, row, first_row=5, above=above))
    assert result.sentences() == []
    assert counts(result) == (2, 0, 0)
    marks = Attendance.objects.order_by("sitting__held_on").values_list("sitting__half", "outcome", "leave_kind")
    assert list(marks) == [("am", "present", ""), ("pm", "leave", "sick")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_heading_and_alias_means_one_column(kind):
    spellings = [heading_key(name) for column in KINDS[kind].columns for name in (column.label, *column.aliases)]
    assert sorted(spellings) == sorted(set(spellings))


def test_the_lists_are_those_of_the_committee():
    place = make_committee()
    book = load_workbook(io.BytesIO(template("members", Context(committee=place.committee))))
    page, options = book.worksheets[0], book["选项"]
    column = next(cell.column for cell in page[1] if cell.value == "界别*")
    assert [options.cell(row, column).value for row in (1, 2, 3)] == ["科学技术", "农业", None]
    assert options.sheet_state == "hidden"
    lists = [str(area.sqref) for area in page.data_validations.dataValidation]
    letter = page.cell(1, column).column_letter
    assert f"{letter}2:{letter}20000" in lists


def test_a_name_that_looks_like_a_formula_stays_a_text():
    from members.services import add_sector

    place = make_committee()
    add_sector(user=None, committee=place.committee, term=place.term, code="x", name="=1+1", position=0)
    book = load_workbook(io.BytesIO(template("members", Context(committee=place.committee))))
    cells = [cell for row in book["选项"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_clerk_of_the_whole_committee_downloads_every_template(client, name):
    place = make_committee()
    client.force_login(make_account(place, "clerk", Role.CLERK))
    response = client.get(reverse("sheet_template", args=[name]))
    assert response.status_code == 200
    assert load_workbook(io.BytesIO(response.content)).sheetnames[1:] == ["选项", "填写说明"]


def test_templates_are_not_for_members_nor_for_unknown_kinds(client):
    place = make_committee()
    client.force_login(make_account(place, "chair", Role.CHAIR_OFFICE))
    assert client.get(reverse("sheet_template", args=["proposals"])).status_code == 404
    client.force_login(make_account(place, "clerk", Role.CLERK, office=place.offices[0]))
    assert client.get(reverse("sheet_template", args=["members"])).status_code == 404
    assert client.get(reverse("sheet_template", args=["nothing"])).status_code == 404
    assert client.get(reverse("sheet_template", args=["proposals"])).status_code == 200
