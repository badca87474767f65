"""通报: its page measured, its figures from the edition, its versions, and two clerks on one text."""

import io
import itertools
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from audit.models import Action
from reports import circular_views
from reports.circular_papers import Appendix, circular_docx, circular_paper, circular_pdf
from reports.circulars import FIELDS as CIRCULAR_FIELDS
from reports.circulars import Overwritten, differences, draft, restore_circular, save_circular, versions
from reports.figures import UnknownFigure, check, fill, mean_parts, source_of
from reports.models import Circular
from reports.name_lists import rows
from reports.official import Footer, Names, paragraphs, signature, title_lines
from reports.rankings import Column
from tests.reports.circulars import BASIS, paper
from tests.reports.pdfs import MM, assert_foot, dashes_of, info_of, pages_of, text_of
from tests.reports.published import make_published_year
from tests.reports.tables import LANDSCAPE, PORTRAIT, table
from tests.scoring.closing import CLOSED
from tests.scoring.year import fresh


def in_text(page):
    return [word for word in page if word.top < 264]


def test_pages_hold_22_lines_of_28_characters_within_their_margins(tmp_path):
    pages = pages_of(circular_pdf(paper("履" * 28 * 22 * 3)), tmp_path)
    for page in pages[1:3]:
        lines = in_text(page)
        assert [line.text for line in lines] == ["履" * 28] * 22
        assert {round(line.left * MM, 1) for line in lines} == {round(28 * MM, 1)}
        assert {round(line.right) for line in lines} == {210 - 26}
        pitch = {round((after.top - before.top) * MM, 2) for before, after in itertools.pairwise(lines)}
        assert pitch == {28.95}
        assert (lines[0].top > 37, lines[-1].bottom < 297 - 35) == (True, True)


def test_page_numbers_stand_at_the_outer_edge_of_each_page(tmp_path):
    made = circular_pdf(paper("履" * 28 * 22 * 2))
    pages = pages_of(made, tmp_path)
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        foot = [word for word in page if word.top > 264]
        marks = [word for word in foot if word.text in f"—{number}" and word.bottom - word.top > 4]
        assert text_of(marks) == f"—{number}—"
        assert_foot(dashes_of(made, tmp_path, number), number, below=297 - 35 + 7, outer=210 - 26, inner=28)
        assert text_of([word for word in foot if word not in marks]) == re.sub(r"\s", "", BASIS)


def test_mirrored_margins_bind_even_pages_at_the_right(tmp_path):
    pages = pages_of(circular_pdf(paper("履" * 28 * 22 * 2, is_mirrored=True)), tmp_path)
    assert [round(in_text(page)[0].left) for page in pages[1:]] == [26, 28]


def test_signature_stands_as_with_a_seal_and_without(tmp_path):
    sealed, unsealed = (
        [one.right for one in signature("示例县政协办公室", "2026年1月5日", is_sealed)] for is_sealed in (True, False)
    )
    # Eight characters and six: the date four from the right with the name centred on it; or the name two from the right
    # and the date beginning two further in.
    assert (sealed, unsealed) == ([3.0, 4.0], [2.0, 2.0])
    assert [one.right for one in signature("示例办", "2026年12月31日", False)] == [8.0, 2.0]


def test_headings_have_their_fonts_up_to_the_first_stop():
    found = paragraphs("一、总体情况\n（一）出席。共九次。\n　1. 提案\n\n完。")
    assert [one.runs for one in found] == [
        [("heading", "一、总体情况")],
        [("note", "（一）出席。"), ("body", "共九次。")],
        [("body", "1. 提案")],
        [("body", "")],
        [("body", "完。")],
    ]


def test_draft_says_so_on_each_page(tmp_path):
    made = paper("履" * 28 * 22, foot=Footer("依据：截至2026年12月31日的成绩，已审定，尚未公布", is_draft=True))
    assert [text_of(page).count("草稿") for page in pages_of(circular_pdf(made), tmp_path)] == [1, 1]
    section = Document(io.BytesIO(circular_docx(made))).sections[0]
    assert [one.paragraphs[0].text for one in (section.header, section.even_page_header)] == ["草稿"] * 2


def test_long_title_breaks_where_its_words_allow_it_else_into_even_lines():
    assert [title_lines(one) for one in ("甲" * 22, "示例县政协2026年度常务委员会组成人员名单")] == [
        ["甲" * 11] * 2,
        ["示例县政协", "2026年度常务委员会组成人员名单"],
    ]
    assert title_lines("政协示例县委员会办公室关于2026年度委员履职情况的通报") == [
        "政协示例县委员会办公室",
        "关于2026年度委员履职情况的通报",
    ]


def test_red_head_has_mark_number_and_rule_where_the_standard_wants_them(tmp_path):
    (page,) = pages_of(circular_pdf(paper("完。", mode="red", number="示政协办〔2026〕1号")), tmp_path)
    mark, number, title = page[:3]
    assert [mark.text, number.text, title.text] == [
        "政协示例县委员会",
        "示政协办〔2026〕1号",
        "政协示例县委员会办公室",
    ]
    assert abs(mark.top - (37 + 35)) < 1
    assert abs(number.bottom - (37 + 85 - 4)) < 2.5  # half a line's space below the characters
    assert 297 / 2 > title.top > 37 + 85 + 2 * 28.95 / MM
    (bare,) = pages_of(circular_pdf(paper("完。", mode="preprinted", number="示政协办〔2026〕1号")), tmp_path)
    assert [(word.text, round(word.top)) for word in bare] == [(word.text, round(word.top)) for word in page[1:]]


def test_word_has_the_text_of_the_pdf_the_official_fonts_and_the_grid(tmp_path):
    names = Names(["2026年度优秀委员名单"], "（共2名，按姓氏笔画为序）", [[("张　三（女）", 1), ("欧阳示", 1)]])
    made = paper(
        "一、总体情况\n本年度应评价委员3名。",
        mode="red",
        number="示政协办〔2026〕1号",
        appendices=[Appendix("附件", names)],
    )
    printed = "".join(text_of(in_text(page)) for page in pages_of(circular_pdf(made), tmp_path))
    document = Document(io.BytesIO(circular_docx(made)))
    assert re.sub(r"\s", "", "".join(one.text for one in document.paragraphs)) == printed
    fonts = {run.font.name for one in document.paragraphs for run in one.runs}
    assert fonts == {"方正小标宋简体", "黑体", "仿宋_GB2312", "楷体_GB2312"}
    section = document.sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert {name.rpartition("}")[2]: value for name, value in grid.attrib.items()} == {
        "type": "linesAndChars",
        "linePitch": "579",
        "charSpace": "-848",
    }
    edges = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(edge.twips) for edge in edges] == [2098, 1474, 1984, 1588]
    assert document.settings.odd_and_even_pages_header_footer
    feet = [section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]]
    assert [one.text for one in feet] == [f"{BASIS}\t— 1 —", f"— 1 —\t{BASIS}"]


@pytest.mark.parametrize("columns", [PORTRAIT, LANDSCAPE], ids=["upright", "turned"])
def test_appendices_begin_on_new_pages_and_the_numbers_go_on(columns, tmp_path):
    names = Names(["2026年度优秀委员名单"], "（共1名，按姓氏笔画为序）", rows(["欧阳示1"]), ["欧阳示1"])
    scores = table(30, columns, label="附件1")
    made = paper("完。", appendices=[Appendix("附件1", ranking=scores), Appendix("附件2", names=names)])
    pages = pages_of(circular_pdf(made), tmp_path)
    said = [text_of(page) for page in pages]
    assert len(pages) == 4
    assert [("附件1示例县政协" in one, "名次姓名界别" in one, "附件2" in one) for one in said] == [
        (False, False, False),
        (True, True, False),
        (False, True, False),
        (False, False, True),
    ]
    assert [f"—{number}—" in one for number, one in enumerate(said, start=1)] == [True] * 4
    assert [re.sub(r"\s", "", BASIS) in one for one in said] == [True] * 4
    document = Document(io.BytesIO(circular_docx(made)))
    assert [(section.orientation == WD_ORIENT.LANDSCAPE) for section in document.sections] == [
        False,
        columns is LANDSCAPE,
        False,
    ]


def test_figure_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(UnknownFigure) as refusal:
        check("第一行\n称职{{称职人}}名", ["应评价人数", "称职人数"], "正文")
    assert str(refusal.value) == (
        "“正文”第 2 行写的是 {{称职人}}，没有这个数据项。是不是 {{称职人数}}？可用的有：应评价人数、称职人数。"
        "请改成其中一个，或改成普通文字。"
    )
    with pytest.raises(UnknownFigure, match="双花括号不成对"):
        check("称职{{称职人数}名", ["称职人数"], "正文")
    assert fill("称职{{ 称职人数 }}名", {"称职人数": "9"}, "正文") == "称职9名"


def test_means_are_said_as_a_sentence_with_their_sum_and_no_signs():
    names = ["会议", "提案", "履职分", "加分", "扣分"]
    codes = dict(zip(names, "abcde", strict=True))
    nodes = [{"code": codes[one], "name": one, "parent": "c" if one in names[:2] else "total"} for one in names]
    found = table(1, [*PORTRAIT[:3], *(Column(name, "figure") for name in names), *PORTRAIT[-3:]])
    found.sections[0].rows[0].cells[3:8] = ["8", "4", "12", "0.5", "-0.25"]
    assert mean_parts(found, nodes) == "会议8分、提案4分，履职分合计12分；加分0.5分、扣分0.25分"


# ---------------------------------------------------------------- a year
@pytest.fixture
def year():
    """A published year of three, the last of them on the honour list."""
    with time_machine.travel(CLOSED, tick=True):
        yield make_published_year()


def values_of(row, **changes):
    return {name: getattr(row, name) for name in CIRCULAR_FIELDS} | changes


def saved(year, source, *, seen, user=None, **changes):
    row = Circular.objects.filter(assessment=year.assessment).first() or draft(source)
    return save_circular(user=user or year.approver, source=source, seen=seen, values=values_of(row, **changes))


@pytest.mark.sqlite
@pytest.mark.django_db
def test_text_names_the_appendix_that_holds_the_names(year):
    source = source_of(year.approver, fresh(year.assessment))
    both = draft(source)
    both.has_table = True
    (said,) = [one.text for one in circular_paper(both, source).paragraphs if "名单见" in one.text]
    assert said == "经主席会议审定，1名委员为2026年度优秀委员，名单见附件2。"
    with pytest.raises(ValidationError) as refusal:
        saved(year, source, seen=0, has_honours=False)
    assert refusal.value.message_dict == {
        "body": ["“正文”写了 {{优秀委员名单附件}}，但没有附名单。请勾选“附优秀名单”，或删去正文里的这一处。"]
    }


@pytest.mark.django_db
def test_draft_says_what_the_edition_says(year):
    source = source_of(year.approver, fresh(year.assessment))
    found = circular_paper(draft(source), source)
    assert [one.text for one in found.paragraphs] == [
        "各专门委员会、各活动组，各位委员：",
        "根据《测试用办法》，yunhe政协对2026年度全体委员履职情况进行了评价，经主席会议审定，现将有关情况通报如下。",
        "一、总体情况",
        "本年度应评价委员3名，参加排名3名，其中合格2名、不合格1名，平均得分10分。",
        "二、各项履职情况",
        "参加排名的委员各项平均得分：履职10分。",
        "三、优秀委员",
        "经主席会议审定，1名委员为2026年度优秀委员，名单见附件。",
        "四、有关要求",
        "希望全体委员对照评价办法，认真履行职责。",
        "",
        "附件：2026年度优秀委员名单",
        "",
        "",
        "政协yunhe政协委员会办公室",
        "2027年2月1日",
    ]
    assert found.mark == "政协yunhe政协委员会办公室"  # whose name stands below the text
    (appendix,) = found.appendices
    assert (appendix.label, appendix.names.order, appendix.names.rows) == (
        "附件",
        "（共1名，按姓氏笔画为序）",
        [[("孙示例", 1)]],
    )
    assert found.foot.text == f"依据：2026年度考核首次公布，定版摘要 {source.edition.short_digest}"
    assert circular_pdf(found) == circular_pdf(circular_paper(draft(source), source))


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("has_honours", [False, True])
def test_signature_never_stands_on_a_page_without_text(year, has_honours, tmp_path):
    source = source_of(year.approver, fresh(year.assessment))
    circular = draft(source)
    circular.body, circular.has_honours = "履" * 28 * (12 if has_honours else 14) + "\n完。", has_honours
    pages = pages_of(circular_pdf(circular_paper(circular, source)), tmp_path)
    listed = "附件：2026年度优秀委员名单" if has_honours else ""
    assert text_of(in_text(pages[1])) == f"完。{listed}政协yunhe政协委员会办公室2027年2月1日"


@pytest.mark.django_db
def test_two_clerks_on_one_text_never_write_over_each_other(year):
    source = source_of(year.approver, fresh(year.assessment))
    body = draft(source).body
    assert saved(year, source, seen=0).version == 1
    assert saved(year, source, seen=1, body=f"{body}\n甲补的一句。").version == 2
    with pytest.raises(Overwritten) as refusal:
        saved(year, source, seen=1, user=year.publisher, body=f"{body}\n乙补的一句。")
    assert "保存了第 2 版" in refusal.value.message
    stored = Circular.objects.get()
    typed = Circular(assessment=stored.assessment, **values_of(stored, body=f"{body}\n乙补的一句。"))
    (pair,) = differences(stored, typed)
    assert (pair.left, pair.right) == (
        [(True, "甲"), (False, "补的一句。")],
        [(True, "乙"), (False, "补的一句。")],
    )
    assert saved(year, source, seen=2).version == 2  # nothing was changed
    row = restore_circular(user=year.publisher, source=source, seen=2, number=1)
    assert (row.version, row.body, [one.version for one in versions(row.assessment)]) == (3, body, [3, 2, 1])
    assert Action.objects.first().verb == "恢复通报第 1 版"
    with pytest.raises(ValidationError, match="没有第 9 版"):
        restore_circular(user=year.publisher, source=source, seen=3, number=9)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_pages_draft_save_show_the_clash_restore_and_print(year, client, tmp_path, monkeypatch):
    client.force_login(year.approver)
    assert "/reports/2026/circular/" in client.get("/reports/2026/").content.decode()
    page = client.get("/reports/2026/circular/")
    assert "还没有保存过" in page.content.decode()
    form = page.context["form"]
    typed = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    wrong = client.post("/reports/2026/circular/", typed | {"body": "称职{{称职人数}}名"})
    assert (wrong.status_code, "没有这个数据项" in wrong.content.decode()) == (200, True)
    assert client.post("/reports/2026/circular/", typed | {"body": "应评价{{应评价人数}}名。"}).status_code == 302
    clash = client.post("/reports/2026/circular/", typed | {"body": "另一个人写的。"})
    assert (clash.status_code, clash.content.decode().count("另一个人写的。")) == (409, 2)
    (pair,) = clash.context["beside"]
    assert pair.left == [(True, "应评价{{应评价人数}}名。")]
    assert clash.context["form"]["seen"].value() == "1"
    made = client.get("/reports/2026/circular.pdf").content
    assert "应评价3名。" in text_of(pages_of(made, tmp_path)[0])
    assert info_of(made, tmp_path)["Pages"] == "2"
    assert client.get("/reports/2026/circular.pdf").content == made
    assert client.get("/reports/2026/circular.docx").status_code == 200
    assert client.post("/reports/2026/circular/", typed | {"seen": "1", "body": "第二版。"}).status_code == 302
    compared = client.get("/reports/2026/circular/versions/?number=1").content.decode()
    assert "第二版。" in compared
    monkeypatch.setattr(circular_views, "ROWS_A_PAGE", 1)
    with CaptureQueriesContext(connection) as queries:
        second = client.get("/reports/2026/circular/versions/?page=2")
    listed = [one["sql"] for one in queries if "historicalcircular" in one["sql"] and "LIMIT 1 OFFSET 1" in one["sql"]]
    assert ([one.version for one in second.context["listing"].page], len(listed), "body" in listed[0]) == (
        [1],
        1,
        False,
    )
    assert "恢复" in second.content.decode()
    client.post("/reports/2026/circular/versions/", {"number": "1", "seen": "2"})
    assert Circular.objects.get().body == "应评价{{应评价人数}}名。"
