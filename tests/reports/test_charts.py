"""Charts: the values they write are those they were given, and everything lies inside the drawing."""

import re

import pytest
from django.template.loader import render_to_string

from reports.charts import WIDE, Series, columns, lying, shortened

MONTHS = [f"{month}月" for month in range(1, 13)]
LONG = ["社会福利和社会保障", "示例县农业农村和生态环境局", "提案提交（件）"]


def inside(chart):
    ends = [
        (bar.x >= 0, bar.x + bar.width <= WIDE, bar.y >= 0, bar.y + bar.height <= chart.height) for bar in chart.bars
    ]
    return all(all(one) for one in ends)


def test_columns_stand_on_the_axis_as_high_as_their_values():
    chart = columns("提案（件）", MONTHS, [0, 67, *[1] * 10])
    assert ([bar.text for bar in chart.bars], inside(chart)) == (["0", "67", *["1"] * 10], True)
    assert {bar.y + bar.height for bar in chart.bars} == {chart.axis[1]}
    assert chart.bars[1].height == pytest.approx(67 * chart.bars[2].height, rel=0.02)


def test_lying_bars_leave_room_for_their_values_and_labels():
    chart = lying("得分", LONG, [Series("得分", [1126617, 100, 0], ["11266.17", "1", "0"])])
    first = chart.bars[0]
    assert (inside(chart), first.at + 8 * len(first.text) <= WIDE) == (True, True)
    assert [label.text for label in chart.labels] == ["社会福利和社会保障", "示例县农业农村和…", "提案提交（件）"]


def test_what_is_less_than_nothing_is_written_and_not_drawn():
    chart = lying("得分", ["扣分"], [Series("得分", [-800], ["-8"])])
    assert [(bar.text, bar.width) for bar in chart.bars] == [("-8", 0)]


def test_more_series_than_colours_are_refused():
    with pytest.raises(ValueError, match="at most 3 series"):
        lying("得分", ["一"], [Series(str(n), [1]) for n in range(4)])


def test_long_name_loses_its_unit_before_its_end():
    assert shortened("社情民意收集量（篇）") == "社情民意收集量"


def test_drawing_has_a_name_and_neither_style_nor_script():
    svg = render_to_string("reports/chart.html", {"chart": lying("题<目", ["一", "二"], [Series("甲", [3, 4])] * 2)})
    assert re.findall(r'<text class="v"[^>]*>([^<]*)<', svg) == ["3", "3", "4", "4"]
    assert ('role="img" aria-label="题&lt;目，数字见表"' in svg, re.findall(r"style|script| on\w+=", svg)) == (True, [])
