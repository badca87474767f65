"""Importing a sheet of appraisals: what it enters, what it leaves alone, and that it can be taken back."""

import io

import pytest
import time_machine

from desk.imports import import_sheet
from scoring.models import Appraisal
from scoring.services.appraisals import decide_appraisals
from tests.desk.sheets import xlsx
from tests.remembered import remembered
from tests.scoring.appraised import NOW, build

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

HEADER = ("委员编号", "项目", "类别", "分值", "票数", "评价方", "评价日期", "依据")


@pytest.fixture
def cast():
    with time_machine.travel(NOW, tick=False):
        yield remembered(build)


def bring_in(cast, *rows, user="clerk"):
    return import_sheet(
        user=getattr(cast, user) if user else None,
        kind="appraisals",
        name="测评.xlsx",
        stream=io.BytesIO(xlsx(HEADER, *rows)),
        committee=cast.place.committee,
        office=cast.place.offices[0],
    )


def rows(cast):
    return (
        (cast.ordinary.number, "委员互评", "互评", 84.33, 62, "", "2026-12-15", "测评统计表"),
        (cast.cosigner.number, "委员互评", "民主测评", "90", 62, "", "2026-12-15", "测评统计表"),
        (cast.ordinary.number, "承办单位评价", "外部评价", 88.5, "", "县交通局", "2026-12-15", ""),
    )


def test_sheet_enters_figures_once_and_says_who_gave_them(cast):
    assert bring_in(cast, *rows(cast)).summary() == "导入完成：新增 3 项评价，更新 0，相同 0。"
    assert bring_in(cast, *rows(cast)).summary() == "导入完成：新增 0 项评价，更新 0，相同 3。"
    found = Appraisal.objects.order_by("points").values_list("subject", "by", "source", "ballots", "points", "state")
    assert list(found) == [
        (cast.ordinary.subject.pk, "peer", "民主测评", 62, 8433, "proposed"),
        (cast.ordinary.subject.pk, "external", "县交通局", None, 8850, "proposed"),
        (cast.cosigner.subject.pk, "peer", "民主测评", 62, 9000, "proposed"),
    ]


def test_refused_figure_may_be_brought_in_again(cast):
    first, *_ = rows(cast)
    bring_in(cast, first)
    refused = {"is_approved": False, "reason": "票数有误"}
    decide_appraisals(user=cast.chair_office, appraisals=[Appraisal.objects.get()], **refused)
    assert bring_in(cast, first).new == 1


def test_sheet_changes_what_waits_and_leaves_what_is_approved(cast):
    bring_in(cast, *rows(cast))
    decide_appraisals(user=cast.chair_office, appraisals=[Appraisal.objects.get(points=9000)], is_approved=True)
    first, second, _ = rows(cast)
    assert bring_in(cast, (*first[:3], 85, *first[4:])).summary() == "导入完成：新增 0 项评价，更新 1，相同 0。"
    (sentence,) = bring_in(cast, (*second[:3], 91, *second[4:])).sentences()
    assert "已复核为 90 分。要改动，请先由复核人撤回复核。" in sentence


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({3: "101"}, "第 2 行“分值”是“101”，“分值”填的是 101，“委员互评”规定在 0 到 100 分之间。请改正分值，或改选规则。"),
        ({6: "2026-12-21"}, "第 2 行“评价日期”是“2026-12-21”，“评价日期”填的是 2026-12-21，还没有到，请核对。"),
        ({3: "很好"}, "第 2 行“分值”是“很好”，应为分值，最多两位小数，例如 92.5。请改正。"),
        ({4: ""}, "第 2 行“票数”：互评要写票数：分值是多少张票的平均。请填写。"),
        ({2: "自评"}, "第 2 行“项目”是“委员互评”，不是 2026 年考核办法要的评价，现有：履职自评 · 自评、委员互评 · 互评、承办单位评价 · 外部评价、综合表现 · 自评。请改正项目或类别。"),
    ],
)  # fmt: skip
def test_row_with_a_mistake_says_where_and_what_to_do(cast, change, expected):
    row = [change.get(place, cell) for place, cell in enumerate(rows(cast)[0])]
    assert bring_in(cast, row).sentences() == [expected]


def test_sheet_without_a_person_is_refused(cast):
    assert bring_in(cast, *rows(cast), user=None).summary() == (
        "没有导入：评价要有录入人，才能由另一人复核。请写明由谁导入。"
    )
