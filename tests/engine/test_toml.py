"""Rulesets as text: what is read, what is refused and where, and that nothing is lost."""

from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.engine import RulesetError, dumps, loads
from scoring.engine.check import follows
from tests.engine.make import make_ruleset

TEXT = """\
code = "a"
title = "某办法"
year = 2026
first_day = 2026-01-01
last_day = 2026-12-31

[total]
floor = "none"

[[category]]
code = "c"
name = "提案"
cap = 25
floor = 0

[[rule]]
code = "p"
name = "立案"
category = "c"
clause = "第六条"
of = { kind = "proposal", stage = "filed" }
rows = [{ points = 0.1, level = "city" }, { points = "1/3" }]

[[grade]]
name = "优秀"
at_least = 90
"""


def problems(text):
    with pytest.raises(RulesetError) as refused:
        loads(text)
    return refused.value.problems


def replaced(old, new):
    assert old in TEXT
    return TEXT.replace(old, new)


def test_points_are_exact():
    rows = loads(TEXT).rules[0].value.rows
    assert [row.points for row in rows] == [Fraction(1, 10), Fraction(1, 3)]


def test_dumps_writes_every_switch_with_its_default():
    text = dumps(loads(TEXT))
    for line in (
        'credit = "stage"',
        "prorate_needs = false",
        "prorate_base = false",
        "min_months = 0",
        "exempt_leave = []",
        "decimals = 2",
        "excluded = []",
        "[switches.present_from]",
        "[switches.part_from]",
        "highest = false",
        'limit = "none"',
        'share = ""',
    ):
        assert line in text


def test_text_with_quotes_tabs_and_newlines_survives():
    ruleset = make_ruleset(note='他说"好"\\\n\t第二行\x7f')
    assert loads(dumps(ruleset)).note == ruleset.note


def test_numbers_are_written_as_people_write_them():
    text = dumps(loads(TEXT))
    assert "{ points = 0.1, " in text
    assert '{ points = "1/3", ' in text
    assert "cap = 25\n" in text


def test_text_that_is_no_toml_is_refused_with_its_line():
    assert problems("code = \n") == (
        "文件不是有效的 TOML：Invalid value (at line 1, column 8)。请检查这一行的引号、括号和等号。",
    )


def test_unknown_key_is_refused_with_table_line_and_known_keys():
    (problem,) = problems(replaced('clause = "第六条"', 'clause = "第六条"\nlimt = 3'))
    assert problem.startswith(
        "规则 [[rule]] 第 1 个（第 21 行）的 limt：没有“limt”这个键；可用的键有：code、name、category"
    )


def test_unknown_condition_is_refused():
    (problem,) = problems(replaced('stage = "filed"', 'stge = "filed"'))
    assert problem.startswith("规则 [[rule]] 第 1 个（第 21 行）的 of[1].stge：没有“stge”这个键；可用的条件有：stage")


def test_unknown_key_at_the_top_is_refused():
    (problem,) = problems('titel = "x"\n' + TEXT)
    assert problem.startswith("文件开头（第 1 行）的 titel：没有“titel”这个键")


def test_missing_title_is_refused():
    assert problems(replaced('title = "某办法"\n', "")) == ("文件开头的 title：缺少“title”，必须写明。",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cap = 25", 'cap = "多"', "写的是 “多”，应为数字，如 2.5，或分数"),
        ("cap = 25", "cap = 25.005", "应为不超过两位小数的分值"),
        ("cap = 25", "cap = true", "应为数字"),
        ("year = 2026", 'year = "2026"', "应为整数"),
        ("first_day = 2026-01-01", 'first_day = "一月"', "应为日期，如 2026-01-01"),
        ("points = 0.1", "points = nan", "应为数字"),
        ('points = "1/3"', 'points = "1/0"', "应为数字"),
        ('points = "1/3"', 'points = "1e3"', "应为数字"),
        ('kind = "proposal"', "kind = 3", "应为一个代码或若干代码的列表"),
        ('clause = "第六条"', "clause = 6", "应为带引号的文字"),
        ('clause = "第六条"', 'clause = "第六条"\nhighest = "yes"', "应为 true 或 false"),
        ('of = { kind = "proposal", stage = "filed" }', 'of = "proposal"', "应为表 { … } 或表的列表"),
        ("rows = [", "base = 3\nrows = [", "写了 2 个计分词（rows、base）"),
        ("rows = [", "need = 3\nnote = [", "应为表 { … }"),
        ("[total]", "[total]\ncolour = 1", "没有“colour”这个键；可用的键有：name、cap、floor"),
        ('code = "a"', 'format = 2\ncode = "a"', "只认识格式 1"),
    ],
)
def test_wrong_value_is_refused_with_found_and_expected(old, new, said):
    assert any(said in problem for problem in problems(replaced(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "a"', 'code = ""', "代码和名称不能为空"),
        ("year = 2026", "year = 2026\nversion = 0", "版本号从 1 开始"),
        ("year = 2026", 'year = 2026\nsubjects = "cat"', "应为 member、special_committee、group 之一"),
        ("last_day = 2026-12-31", "last_day = 2025-12-31", "结束日应不早于开始日"),
        ("[total]", '[switches]\ncredit = "x"\n[total]', "应为 stage（按立案、采用等环节之日）或 event"),
        ("[total]", "[switches]\ndecimals = 3\n[total]", "应为 0 至 2"),
        ("[total]", "[switches]\nmin_months = 13\n[total]", "应为 0 至 12 个月"),
        ("[total]", '[switches]\npresent_from = { plenry = "1/2" }\n[total]', "没有“plenry”这类事项"),
        ("[total]", '[switches]\npresent_from = { plenary = "3/2" }\n[total]', "应为大于 0 且不超过 1 的比例"),
        ("[total]", "[switches]\npart_from = { plenary = 1 }\n[total]", "部分出席线 1 应低于出席线 1"),
        ("[total]", '[switches]\nexcluded = { post = "chair" , reason = "" }\n[total]', "须写明除外的理由"),
        ("[total]", '[switches]\nexcluded = { reason = "x" }\n[total]', "没有写哪些人除外"),
        ("[total]", '[switches]\nexcluded = { post = "chairman", reason = "x" }\n[total]', "没有“chairman”这个职务"),
        (
            "[[category]]",
            '[[window]]\nkind = "cat"\nfirst_day = 2026-01-01\nlast_day = 2026-12-31\n[[category]]',
            "没有“cat”这类事项",
        ),
        (
            "[[category]]",
            '[[window]]\nkind = "study"\nfirst_day = 2026-01-01\nlast_day = 2025-12-31\n[[category]]',
            "结束日应不早于开始日",
        ),
        ("cap = 25", "cap = -1", "上限不能小于 0"),
        ("floor = 0", "floor = 1", "下限不能大于 0"),
        ("cap = 25", 'cap = 25\nparent = "x"', "上级“x”不存在或写在后面"),
        ("cap = 25", "cap = 25\nweight = 2", "权重应大于 0 且不超过 1"),
        ("cap = 25", 'cap = 25\nweight = "1/2"', "须同时说明这一部分分数的来源"),
        ('code = "c"', 'code = "total"', "total 留给总分"),
        ('category = "c"', 'category = "d"', "类别“d”不存在"),
        ('code = "p"', 'code = "c"', "与别的规则、类别重复"),
        ('clause = "第六条"', 'clause = ""', "须写明条款（clause）或依据（source）"),
        ('clause = "第六条"', 'clause = "第六条"\ncredit = "x"', "应为 stage、event，或留空表示同总开关"),
        ('clause = "第六条"', 'clause = "第六条"\nfrom = 2026-02-01\nto = 2026-01-01', "截止日应不早于起始日"),
        ('clause = "第六条"', 'clause = "第六条"\nwho = { post = "boss" }', "没有“boss”这个职务"),
        ('kind = "proposal"', 'kind = "x-a", unit = "week"', "应为 meeting（按次会议）或 sitting（按半天）"),
        ('kind = "proposal"', 'kind = "cat"', "没有“cat”这类事项"),
        ('kind = "proposal"', "kind = []", "没有写事项"),
        ('stage = "filed"', 'stage = "lost"', "没有“lost”；可用的有：submitted、filed"),
        ('stage = "filed"', 'stage = ["filed", "!key"]', "不能写在同一个条件里"),
        ('stage = "filed"', "stage = []", "条件没有写任何代码"),
        ('stage = "filed"', 'stage = "sitting"', '请写 unit = "sitting"'),
        ('kind = "proposal", stage = "filed"', 'kind = "study"', "须写明怎样出席才算"),
        ('kind = "proposal", stage = "filed"', 'kind = "study", outcome = "late"', '请写 unit = "sitting"'),
        (
            'kind = "proposal", stage = "filed"',
            'kind = "study", unit = "sitting", outcome = "part"',
            "一个半天没有“部分出席”",
        ),
        ('{ points = 0.1, level = "city" }', "{ points = 0.1 }", "它下面的各行永远用不上"),
        ("rows = [{ points = 0.1", "skip = 1\nrows = [{ points = -0.1", "请分成两条规则"),
        ('rows = [{ points = 0.1, level = "city" }, { points = "1/3" }]', "base = -1", "基础分不能是负数"),
        ('rows = [{ points = 0.1, level = "city" }, { points = "1/3" }]', "base = 1", "不看事项，不能写 of"),
        (
            'rows = [{ points = 0.1, level = "city" }, { points = "1/3" }]',
            "manual = { low = 2, high = 1 }",
            "下限 2 大于上限 1",
        ),
        (
            'rows = [{ points = 0.1, level = "city" }, { points = "1/3" }]',
            "manual = { low = 0, high = 1 }",
            "只来自 adjustment",
        ),
        ("rows = [", "need = { points = -1, n = 1 }\n# [", "达标分不能是负数"),
        ("rows = [", "need = { points = 1, n = 0 }\n# [", "需要 0 件没有意义"),
        ("rows = [", 'need = { points = 1, n = 1, every = "week" }\n# [', "应为 year 或 quarter"),
        ("rows = [", 'need = { points = 1, n = "all" }\n# [', "“全部”只能用于会议和活动"),
        ("rows = [", "need = { points = 1, n = 1 }\nlimit = 2\n# [", "达标分只有一行，说不清对它怎样限件数"),
        ("rows = [", 'need = { points = 1, n = 1 }\nshare = "half"\n# [', "说不清对它怎样分份额"),
        ("rows = [", "ratio = { points = 1, over = [] }\n# [", "没有写分母"),
        ("rows = [", 'members = { by = "median" }\n# [', "应为 sum（合计）或 mean（平均）"),
        ("rows = [", "members = {}\n# [", "成员得分只能用于"),
        ("rows = [", 'share = "third"\nrows = [', "应为 first（第一人得全部）"),
        ("rows = [", "conserve = true\nrows = [", "没有份额可分时不能写 conserve"),
        ("rows = [", "named = 0\nrows = [", "应至少为 1"),
        ("rows = [", "skip = -1\nrows = [", "应不小于 0"),
        ("rows = [", "limit = 0\nrows = [", "一件都不计的规则请删去"),
        ("rows = [", 'count = "kilos"\nrows = [', "应为 objects（按件）或 quantity（按数量）"),
        ("rows = [", 'count = "quantity"\nhighest = true\nrows = [', "不能同时就高"),
        ("rows = [", "times = { factor = -1 }\nrows = [", "系数不能是负数"),
        ("[[grade]]", '[[once]]\ncode = "o"\nheadings = ["p"]\n[[grade]]', "至少写两个项目"),
        ("[[grade]]", '[[once]]\ncode = "o"\nheadings = ["p", "q"]\n[[grade]]', "没有“q”这条规则或类别"),
        ("[[grade]]", '[[once]]\ncode = "o"\nheadings = ["p", "c"]\n[[grade]]', "说不清按哪一项计"),
        (
            "[[grade]]",
            '[[once]]\ncode = "o"\nheadings = ["p", "q"]\nkeep = "last"\n[[grade]]',
            "应为 greatest（就高）或 first",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\ntests = { figure = "c", at_least = 1 }\n[[grade]]',
            "须写明条款（clause）或依据",
        ),
        ("[[grade]]", '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\ntests = []\n[[grade]]', "没有写任何条件"),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\nceiling = "良"\ntests = { figure = "c", at_least = 1 }\n[[grade]]',
            "没有“良”这个等次",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\nmatch = "x"\ntests = { figure = "c", at_least = 1 }\n[[grade]]',
            "应为 all（各项都要）或 any",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\ntests = { figure = "d", at_least = 1 }\n[[grade]]',
            "没有“d”这个类别",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\ntests = { figure = "c" }\n[[grade]]',
            "须写明至少（at_least）或至多",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\ntests = { at_least = 1 }\n[[grade]]',
            "须写明数哪些事项（of）或看哪一项分数",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\ntests = { figure = "c", at_least = 1, years = 0 }\n[[grade]]',
            "应至少为 1",
        ),
        (
            "[[grade]]",
            '[[gate]]\ncode = "g"\nname = "g"\nclause = "x"\ntests = { of = { kind = "article" }, at_least = 1.5 }\n[[grade]]',
            "应为整数件数",
        ),
        ("at_least = 90", "at_least = 90\nshare = 2", "比例应大于 0 且不超过 1"),
        ("at_least = 90", "at_least = 90\nplaces = 3", "有名额就须写明末位同分怎么办"),
        ("at_least = 90", 'at_least = 90\ntie = "in"', "没有名额限制，不存在末位同分"),
        ("at_least = 90", 'at_least = 90\nplaces = 3\ntie = "categories"', "须写明依次比较哪些类别"),
        ("at_least = 90", 'at_least = 90\nplaces = 3\ntie = "categories"\ncompare = "d"', "没有“d”这个类别"),
        ("at_least = 90", 'at_least = 90\n[[grade]]\nname = "良"\nat_least = 95', "等次须从高到低写"),
        ("at_least = 90", 'at_least = 90\n[[grade]]\nname = "优秀"', "为空或重复"),
        (
            "at_least = 90",
            'at_least = 90\n[rank]\nbands = [{ name = "a", to = "1/2" }, { name = "b", to = "1/3" }]',
            "应大于前一段且不超过 1",
        ),
        ("at_least = 90", "at_least = 90\n[rank]\nsmallest = 0", "应至少为 1"),
    ],
)
def test_ruleset_that_cannot_be_explained_is_refused_with_the_reason(old, new, said):
    assert any(said in problem for problem in problems(replaced(old, new)))


def test_category_without_deduction_needs_no_floor():
    assert loads(replaced("floor = 0\n", "")).categories[0].floor == "unstated"


def test_deduction_in_a_category_without_floor_is_refused():
    text = replaced("floor = 0\n", "").replace('{ points = "1/3" }', "{ points = -1 }")
    (problem,) = problems(text)
    assert problem.startswith(
        "类别 [[category]] 第 1 个（第 10 行）的 floor：其中的规则“立案”会扣分，类别“提案”须写明 floor"
    )


def test_deduction_under_a_total_without_floor_is_refused():
    text = replaced('floor = "none"\n', "").replace('{ points = "1/3" }', "{ points = -1 }")
    assert problems(text) == (
        '总分 [total]（第 7 行）的 floor：规则“立案”会扣分，总分须写明 floor：最低分，或 "none" 表示不设下限。',
    )


def test_windows_of_consecutive_years_follow_each_other():
    later = loads(TEXT.replace("2026", "2027"))
    assert follows(loads(TEXT), later) == []


def test_gap_between_consecutive_years_is_named():
    later = loads(TEXT.replace("2026-01-01", "2027-01-02").replace("2026", "2027"))
    assert follows(loads(TEXT), later) == [
        "全部事项：上一年度到 2026-12-31 止，本年度从 2027-01-02 起，期间中断；本年度应从 2027-01-01 起。"
    ]


def test_overlap_of_one_kind_is_named():
    window = '[[window]]\nkind = "proposal"\nfirst_day = {}\nlast_day = {}\n[[category]]'
    earlier = loads(replaced("[[category]]", window.format("2025-12-01", "2026-11-30")))
    later = loads(TEXT.replace("2026", "2027").replace("[[category]]", window.format("2026-11-30", "2027-11-30")))
    assert follows(earlier, later) == [
        "proposal：上一年度到 2026-11-30 止，本年度从 2026-11-30 起，期间重叠；本年度应从 2026-12-01 起。"
    ]


def test_plain_numbers_of_json_terms_may_be_text():
    """The stored terms of a rule are JSON, which has no exact decimals: numbers are text there."""
    from scoring.engine.plain import from_plain
    from scoring.engine.toml import tomllib

    plain = tomllib.loads(TEXT, parse_float=Decimal)
    plain["rule"][0]["rows"][0]["points"] = "0.1"
    ruleset, found = from_plain(plain)
    assert found == []
    assert ruleset == loads(TEXT)
