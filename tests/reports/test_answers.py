"""Files as answers: what they are and how they are called."""

from urllib.parse import unquote

import pytest

from reports.answers import LONGEST_NAME, answer, short


@pytest.mark.parametrize("ending", ["pdf", "xlsx"])
def test_name_is_cut_before_its_ending(ending):
    name = f"{'界别：' * 300}.{ending}"
    assert (len(short(name)), short(name)[-6:].partition(".")[2]) == (LONGEST_NAME, ending)
    told = unquote(answer(b"", name)["Content-Disposition"])
    assert told == f"{'inline' if ending == 'pdf' else 'attachment'}; filename*=utf-8''{short(name)}"


def test_usual_name_is_kept():
    assert short("示例县政协2026年度委员履职得分情况表.pdf") == "示例县政协2026年度委员履职得分情况表.pdf"
