"""The case runner: what it compares, how a difference reads, and what it refuses to run."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring.engine.cases import CaseError, cases_in, run

CASE = """\
title = "两篇文章"
[ruleset]
rule = { code = "r", of = { kind = "article" }, rows = { points = 3 }, limit = 1 }
[[fact]]
on = 2026-01-08
kind = "article"
object = "A"
[[fact]]
on = 2026-02-08
kind = "article"
object = "B"
[[expect]]
total = 3
months = 12
lines = [
    { rule = "r", fact = "A", counted = 3 },
    { rule = "r", fact = "B", earned = 3, counted = 0, taken = "limit" },
]
"""


def unread(path):
    raise AssertionError(f"{path} is not to be read")


def differences(old="", new="", text=CASE, read=unread):
    assert old in text
    ((_, case),) = cases_in(text.replace(old, new))
    return run(case, read)


def test_case_that_holds_has_no_differences():
    assert differences() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total = 3", "total = 4", "甲：总分应为 4，实为 3。"),
        ("months = 12", "months = 11", "甲：任职月数应为“11”，实为“12”。"),
        (
            'fact = "A", counted = 3',
            'fact = "A", counted = 2, earned = 3',
            "甲：r article/A 一行的 counted 应为 2，实为 3（计 3 分，按本例。）",
        ),
        (
            'fact = "A", counted = 3',
            'fact = "A", earned = 5, counted = 3',
            "甲：r article/A 一行的 earned 应为 5，实为 3（计 3 分，按本例。）",
        ),
        (', taken = "limit"', "", "甲：r article/B 一行的 taken 应为 无，实为 limit。"),
        (
            'fact = "A", counted = 3',
            'fact = "A", counted = 3, on = 2026-01-09',
            "甲：r article/A 一行的 on 应为“2026-01-09”，实为“2026-01-08”。",
        ),
        (
            'fact = "A", counted = 3',
            'fact = "A", counted = 3, share = "1/2"',
            "甲：r article/A 一行的 share 应为“1/2”，实为“”。",
        ),
        ("months = 12", "figures = { c = 4 }", "甲：类别 c 应为 4，实为 3。"),
        ("months = 12", "figures = { d = 4 }", "甲：没有类别“d”。"),
        ("months = 12", "gates = { g = true }", "甲：必选项 g 应符合，实为没有。"),
        ("months = 12", 'grade = "优秀"', "甲：等次应为“优秀”，实为“”。"),
        ("months = 12", "place = 2", "甲：名次应为“2”，实为“1”。"),
        ("[[expect]]\ntotal = 3", '[[expect]]\nerror = "x"', "甲：应当出错（x），却算出了 3 分。"),
    ],
)
def test_difference_is_named(old, new, said):
    assert said in differences(old, new)


def test_missing_line_fails():
    found = differences(
        '    { rule = "r", fact = "A", counted = 3 },',
        '    { rule = "r", fact = "A", counted = 3 },\n    { rule = "r", fact = "C", counted = 3 },',
    )
    assert found == ["甲：少了一行：r C 计 3 分。"]


def test_unexpected_line_fails():
    assert differences('    { rule = "r", fact = "A", counted = 3 },\n', "") == [
        "甲：多出一行：r article/A 计 3 分（计 3 分，按本例。）"
    ]


def test_ruleset_that_is_refused_unasked_fails():
    (found,) = differences("limit = 1", "limit = 0")
    assert found.startswith("办法被拒绝：规则 [[rule]] 第 1 个的 limit：写的是 0")


@pytest.mark.parametrize(("wanted", "said"), [('"应至少为 1"', []), ('["应至少为 1", "x"]', 2)])
def test_refusals_are_compared_in_number_and_words(wanted, said):
    found = differences(
        'title = "两篇文章"', f'title = "x"\nrefused = {wanted}', CASE.replace("limit = 1", "limit = 0")
    )
    assert found == said or len(found) == said


def test_ruleset_that_should_be_refused_fails():
    assert differences('title = "两篇文章"', 'title = "x"\nrefused = "x"') == ["办法应被拒绝，却通过了。"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "两篇文章"', 'titel = "x"', "第 1 个用例里没有“titel”这个键"),
        ('title = "两篇文章"', "", "第 1 个用例没有写 title"),
        ("[[expect]]", "[[expects]]", "没有“expects”这个键"),
        ('object = "A"', 'objekt = "A"', "第 1 条事实里没有“objekt”这个键"),
        ('object = "A"', 'subject = "乙"', "第 1 条事实写了没有的对象“乙”"),
        ("total = 3\n", "", "[[expect]] 须写明 total"),
        ("total = 3", 'total = 3\nsubject = "乙"', "[[expect]] 写了没有的对象“乙”"),
        ("months = 12", "month = 12", "[[expect]] 里没有“month”这个键"),
        ('fact = "A", counted = 3', 'fact = "A"', "每一行须写明 rule 和 counted"),
        ('fact = "A", counted = 3', 'fact = "A", counted = 3, x = 1', "lines 里没有“x”这个键"),
        ("total = 3", "total = 3.001", "3.001 超过两位小数"),
    ],
)
def test_unclear_case_is_not_run(old, new, said):
    with pytest.raises(CaseError) as refused:
        differences(old, new)
    assert said in str(refused.value)


def test_case_without_expectation_is_not_run():
    with pytest.raises(CaseError, match="没有写 \\[\\[expect\\]\\]"):
        differences(CASE[CASE.index("[[expect]]") :], "")


def test_text_that_is_no_toml_is_not_run():
    with pytest.raises(CaseError, match="不是有效的 TOML"):
        cases_in("title = ")


def test_cases_of_one_file_inherit_what_stands_above():
    common, _, expect = CASE.partition("[[expect]]")
    common = common.replace('title = "两篇文章"\n', "")
    text = f'{common}[[case]]\ntitle = "一"\n[[case.expect]]{expect}[[case]]\ntitle = "二"\n[[case.expect]]{expect}'
    assert [(title, run(case, unread)) for title, case in cases_in(text)] == [("一", []), ("二", [])]


def test_sittings_are_spelt_out():
    text = """
title = "半天"
fact = { on = 2026-01-08, kind = "plenary", object = "P", sittings = "present*2 leave", leave = "sick" }
[ruleset]
rule = { code = "r", of = { kind = "plenary", unit = "sitting" }, rows = [{ points = 1, outcome = "present" }, { points = 0.5, leave = "sick", outcome = "leave" }] }
[[expect]]
total = 2.5
lines = [{ rule = "r", fact = "plenary/P/sitting/1", counted = 1 }, { rule = "r", fact = "plenary/P/sitting/2", counted = 1 }, { rule = "r", fact = "plenary/P/sitting/3", counted = 0.5 }]
"""
    assert differences(text=text) == []


def test_ruleset_may_be_a_file():
    from scoring.engine import dumps
    from tests.engine.make import make_rule, make_ruleset

    text = 'title = "x"\nruleset = "a.toml"\n[[fact]]\non = 2026-01-01\nkind = "article"\n[[expect]]\ntotal = 1\nlines = [{ rule = "r", fact = "1", counted = 1 }]'
    assert differences(text=text, read={"a.toml": dumps(make_ruleset(make_rule()))}.__getitem__) == []


def test_command_runs_cases_without_a_database(tmp_path):
    """pytest-django forbids any query here."""
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    out = StringIO()
    call_command("score_case", path, stdout=out)
    assert out.getvalue() == "相符  case.toml：两篇文章\n1 个用例，全部相符。\n"
    assert path.read_text(encoding="utf-8") == CASE


def test_command_prints_what_differs_and_fails(tmp_path):
    path, broken = tmp_path / "case.toml", tmp_path / "broken.toml"
    path.write_text(CASE.replace("total = 3", "total = 4"), encoding="utf-8")
    broken.write_text("title = ", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match="2 个用例，2 个不符"):
        call_command("score_case", path, broken, stdout=out)
    assert "不符  case.toml：两篇文章\n      甲：总分应为 4，实为 3。\n" in out.getvalue()
    assert f"读不了  {broken}：不是有效的 TOML" in out.getvalue()
