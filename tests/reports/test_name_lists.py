"""名单: columns, remarks and orders as official lists have them, and what stops a print."""

import io
import itertools
from types import SimpleNamespace
from uuid import UUID

import pytest
import time_machine
from docx import Document

from audit.actions import act
from members.names import stroke_key
from reports.figures import source_of
from reports.name_lists import Group, groups, name_list, printed, rows
from reports.official import Footer, Names
from reports.official_files import names_docx, names_pdf
from reports.paper import MissingCharacters
from reports.people import Order, Person, in_order
from tests.reports.circulars import AT
from tests.reports.pdfs import MM, pages_of, text_of
from tests.reports.published import make_published_year
from tests.scoring.closing import CLOSED
from tests.scoring.year import fresh


def person(name, number=1, *, sex="男", ethnicity="汉族", total=0, place=None):
    return Person(
        public_id=UUID(int=number),
        seat_id=number,
        name=name,
        sex=sex,
        ethnicity=ethnicity,
        sector="农业",
        special_committees=(),
        groups=(),
        post="member",
        total=total,
        place=place,
        grade="",
        is_ranked=place is not None,
        surname_key=stroke_key(name),
        name_key=stroke_key(name, has_empty_place=False),
    )


def test_list_has_72_names_on_its_first_page_and_88_on_the_next(tmp_path):
    names = [f"欧阳{chr(0x4E00 + n)}" for n in range(200)]
    made = Names(["示例县政协2026年度委员名单"], "（共200名，按姓氏笔画为序）", rows(names), names)
    pages = pages_of(names_pdf("名单", made, Footer("依据"), AT), tmp_path)
    found = [[word for word in page if word.text.startswith("欧阳")] for page in pages]
    assert [len(page) for page in found] == [72, 88, 40]
    for page in found:
        lefts = sorted({round(word.left, 1) for word in page})
        assert [round(after - before, 1) for before, after in itertools.pairwise(lefts)] == [39.0] * 3
        tops = sorted({round(word.top * MM, 2) for word in page})
        assert {round(after - before, 1) for before, after in itertools.pairwise(tops)} <= {28.9, 29.0}
    assert [word.text for word in found[0][:4]] == names[:4]


def test_names_are_three_wide_with_what_is_not_the_rule_in_brackets():
    people = [
        person("张三"),
        person("张三", sex="女"),
        person("马文", ethnicity="回"),
        person("阿依·古丽", sex="女", ethnicity="维吾尔族"),
        person("欧阳文松", sex="", ethnicity=""),
    ]
    assert [printed(one) for one in people] == [
        "张　三",
        "张　三（女）",
        "马　文（回族）",
        "阿依·古丽（女，维吾尔族）",
        "欧阳文松",
    ]


def test_wide_entries_take_the_next_columns_too():
    assert rows(
        ["张　三（女）", "马　文（回族）", "李　四", "张　三", "阿依·古丽（女，维吾尔族）", "马　文（回族）"]
    ) == [
        [("张　三（女）", 1), ("马　文（回族）", 2), ("李　四", 1)],
        [("张　三", 1), ("阿依·古丽（女，维吾尔族）", 2), ("马　文（回族）", 1)],
    ]


def test_both_official_orders_and_that_by_score():
    people = [
        person("李宁安", 1, total=100, place=2),
        person("李安", 2, total=100, place=2),
        person("王一丁", 3, total=300),
        person("王一", 4, total=50, place=4),
        person("丁大", 5, total=200, place=1),
    ]
    orders = {order: [one.name for one in in_order(people, order)] for order in Order}
    assert orders == {
        Order.SURNAME: ["丁大", "王一", "王一丁", "李安", "李宁安"],
        Order.NAME: ["丁大", "王一", "王一丁", "李宁安", "李安"],
        Order.SCORE: ["丁大", "李安", "李宁安", "王一", "王一丁"],
    }
    source = SimpleNamespace(
        assessment=SimpleNamespace(committee=SimpleNamespace(short_name="示例县政协"), year=2026),
        edition=SimpleNamespace(name="首次公布", short_digest="0123"),
        at=AT,
    )
    made = name_list(source, Group("all", "全体", "2026年度全体委员", people), Order.SCORE)
    assert (made.name, made.names.order) == ("示例县政协2026年度全体委员名单", "（共5名，按得分为序）")


def test_word_has_the_lines_of_the_pdf(tmp_path):
    made = Names(["名单"], "（共3名，按得分为序）", rows(["张　三", "马　文（回族）", "张　三"]), [])
    document = Document(io.BytesIO(names_docx("名单", made, Footer("依据"), AT)))
    text = [one.text for one in document.paragraphs]
    assert text == ["名单", "（共3名，按得分为序）", "", "张　三\t马　文（回族）\t张　三"]
    (page,) = pages_of(names_pdf("名单", made, Footer("依据"), AT), tmp_path)
    assert text_of([word for word in page if word.top < 264]) == "".join("".join(text).split())
    stops = document.paragraphs[3].paragraph_format.tab_stops
    assert [round(one.position.mm) for one in stops] == [39, 117]


def test_character_outside_every_font_stops_the_list_and_names_it():
    made = Names(["名单"], "", rows(["张\U000323af三"]), ["张\U000323af三"])
    with pytest.raises(MissingCharacters) as refusal:
        names_pdf("名单", made, Footer("依据"), AT)
    assert str(refusal.value).startswith("“张\U000323af三”中的“\U000323af”（U+323AF），打印字体里没有这个字")


# ---------------------------------------------------------------- a year
@pytest.mark.django_db
def test_published_list_is_that_of_the_edition_whatever_was_changed_since(client):
    with time_machine.travel(CLOSED, tick=True):
        year = make_published_year()
        with act(user=None, verb="test"):
            year.seats[0].member.name = "改了名"
            year.seats[0].member.save()
        found = groups(source_of(year.approver, fresh(year.assessment)))
        assert [(one.code, [person.name for person in one.people]) for one in found] == [
            ("all", ["赵示例", "钱示例", "孙示例"]),
            ("honour-优秀委员", ["孙示例"]),
            ("grade-合格", ["钱示例", "孙示例"]),
            ("grade-不合格", ["赵示例"]),
            ("sector-科学技术", ["赵示例", "钱示例", "孙示例"]),
        ]
        assert found[-1].name == "科学技术界别委员"
        client.force_login(year.approver)
        page = client.get("/reports/2026/names/?group=grade-合格&order=score").content.decode()
        assert "（共2名，按得分为序）" in page
        files = [client.get(f"/reports/2026/names.{ending}?group=all&order=name") for ending in ("pdf", "docx")]
        assert [one.status_code for one in files] == [200, 200]
        assert client.get("/reports/2026/names.pdf?group=all&order=name").content == files[0].content
        assert client.get("/reports/2026/names/?group=sector-没有").status_code == 404
        with act(user=None, verb="test"):
            year.seats[1].member.sex = "female"
            year.seats[1].member.save()
        assert client.get("/reports/2026/names.pdf?group=all&order=name").content == files[0].content
