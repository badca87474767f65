"""Two sheets of appraisals in the same moment: nothing is half-written, and whoever comes second is told."""

import io

import pytest
import time_machine

from desk.imports import import_sheet
from scoring.models import Appraisal
from tests.desk.sheets import xlsx
from tests.scoring.appraised import NOW, build, enter
from tests.scoring.test_publishing_concurrency import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

HEADER = ("委员编号", "项目", "类别", "分值", "票数", "评价方", "评价日期", "依据")
WORDS = "{0}录入，请由{0}改动。"


def bring_in(cast, figure, office):
    rows = [
        (seat.number, "委员互评", "互评", figure, 62, "", "2026-12-15", "测评统计表")
        for seat in (cast.ordinary, cast.cosigner)
    ]
    return lambda: import_sheet(
        user=cast.clerk,
        kind="appraisals",
        name="测评.xlsx",
        stream=io.BytesIO(xlsx(HEADER, *rows)),
        committee=cast.place.committee,
        office=cast.place.offices[office],
    )


def test_of_two_sheets_with_the_same_new_figures_one_stands_whole_and_the_other_is_told():
    with time_machine.travel(NOW, tick=True):
        cast = build()
        found = together(bring_in(cast, 90, 0), bring_in(cast, 80, 1))
    (stands,) = [n for n, one in enumerate(found) if one.is_written]
    winner = cast.place.offices[stands]
    told = {str(error).partition("由")[2] for error in found[1 - stands].errors}
    assert told == {WORDS.format(winner)}  # at the list, or at each row if the other was done by then
    kept = Appraisal.objects.values_list("points", "office")
    assert list(kept) == [((9000, 8000)[stands], winner.pk)] * 2


def test_of_two_who_enter_a_new_figure_at_once_the_second_sees_the_first():
    with time_machine.travel(NOW, tick=True):
        cast = build()
        found = together(*(lambda office=office: enter(cast, office=office) for office in cast.place.offices[:2]))
    assert sorted(found) == [(0, 0, 1), (1, 0, 0)]
