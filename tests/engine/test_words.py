"""Rules, gates, grades and switches as Chinese sentences."""

from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import compile, score
from scoring.engine import schema as s
from scoring.engine.words import in_words
from tests.engine.make import make_rule, make_ruleset

PROPOSAL = (s.Scope(("proposal",), (("stage", ("filed",)),)),)


def said(**changes):
    (entry,) = in_words(make_ruleset(make_rule(**{"of": PROPOSAL} | changes))).rules
    return entry.sentence


def rows(*rows_):
    return s.Rows(tuple(s.Row(Fraction(points), tuple(where.items())) for points, where in rows_))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": rows((3, {}))}, "提案（立案），每件计 3 分。"),
        ({"value": rows((-1, {}))}, "提案（立案），每件扣 1 分。"),
        (
            {"value": rows((4, {"level": ("city", "nation")}), (2, {}))},
            "提案（立案），每件：市级、全国计 4 分，其余计 2 分（依次看，先符合的为准）。",
        ),
        (
            {"times": (s.Times(Fraction(1, 2), (("form", ("composite",)),)),)},
            "提案（立案），每件计 1 分；综合的乘 1/2。",
        ),
        (
            {"times": (s.Times(Fraction(1, 2), valid_to=date(2026, 4, 2)),)},
            "提案（立案），每件计 1 分；一律乘 1/2（到2026年4月2日止）。",
        ),
        ({"share": "half"}, "提案（立案），每件计 1 分；联名的第一人得一半，其余的人均分另一半。"),
        ({"share": "equal", "conserve": True}, "提案（立案），每件计 1 分；联名的平均分（尾差归第一人）。"),
        ({"share": "first", "named": 3}, "提案（立案），每件计 1 分；署名多人的只计前 3 名；联名的全部归第一人。"),
        (
            {"highest": True, "skip": 1, "limit": 4},
            "提案（立案），每件计 1 分；同一件就高不就低；从第 2 件起计；最多计 4 件，取分值高的。",
        ),
        ({"credit": "event"}, "提案（立案），每件计 1 分；按提交、举办之日归年。"),
        ({"valid_from": date(2026, 4, 3)}, "提案（立案），每件计 1 分（自2026年4月3日起）。"),
        (
            {"valid_from": date(2026, 4, 3), "valid_to": date(2026, 5, 1)},
            "提案（立案），每件计 1 分（2026年4月3日至2026年5月1日）。",
        ),
        ({"who": (("post", ("standing_member",)),)}, "仅限常委：提案（立案），每件计 1 分。"),
        (
            {"excepted": (s.Excepted((("post", ("chair",)),), "另有规定"),)},
            "提案（立案），每件计 1 分（主席除外：另有规定）。",
        ),
        (
            {"of": (s.Scope(("study", "x-a"), (("outcome", ("!absent",)),), "sitting"),)},
            "学习培训、x-a（按半天）（除缺席外），每半天计 1 分。",
        ),
        (
            {"value": s.Need(Fraction(4), 2, partial=True)},
            "提案（立案），全年达到 2 件计 4 分，不足的按比例计（已有数 ÷ 2）。",
        ),
        ({"value": s.Need(Fraction(4), 1, every="quarter")}, "提案（立案），每季度达到 1 件计 4 分，不足的计 0 分。"),
        (
            {"value": s.Ratio(Fraction(10), (s.Scope(("opinion",)),))},
            "10 分 ×（提案（立案）的件数）÷（社情民意信息的件数），最多 10 分；分母为 0 时不计。",
        ),
        (
            {"value": s.Base((s.Amount(Fraction(50), ("standing_member",)), s.Amount(Fraction(60)))), "of": ()},
            "基础分，年初即计：常委 50 分，其他人 60 分。",
        ),
        ({"value": s.Manual(200, 450), "of": ()}, "由人核定，2 至 4.5 分，须写理由并经第二人批准。"),
        (
            {"value": s.Manual(0, 100), "of": (s.Scope(("appraisal",), (("by", ("peer", "external")),)),)},
            "按互评、外部评价计分，0 至 1 分，须写理由并经第二人批准。",
        ),
        (
            {
                "value": s.Manual(0, 100),
                "of": (
                    s.Scope(("adjustment",), (("rule", ("x",)),)),
                    s.Scope(("appraisal",), (("role", ("self",)), ("rule", ("x",)))),
                ),
            },
            "由人核定（自评仅作参考），0 至 1 分，须写理由并经第二人批准。",
        ),
        (
            {"value": s.Members("total", "mean"), "of": ()},
            "成员的“总分”得分平均（只算参加排名的成员），成员以期末为准。",
        ),
    ],
)
def test_rule_in_words(changes, sentence):
    assert said(**changes) == sentence


def test_need_of_all_meetings_in_words():
    assert (
        said(of=(s.Scope(("plenary",), (("outcome", ("present",)),)),), value=s.Need(Fraction(35), s.ALL))
        == "全体会议（出席），全年凡召集的都参加计 35 分，不足的计 0 分。"
    )


@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (
            s.Gate("g", "三个一", (s.Test(PROPOSAL, at_least=1), s.Test(figure="c", at_least=250)), ceiling="称职"),
            "三个一：提案（立案）至少 1 件，并且本类至少 2.5 分；达不到的等次最高为称职。",
        ),
        (
            s.Gate("g", "否决", (s.Test(PROPOSAL, at_most=0),), zero=True),
            "否决：提案（立案）至多 0 件；达不到的总分归零。",
        ),
        (
            s.Gate("g", "约谈", (s.Test(figure="total", at_least=6000, years=2, years_by="each"),), action="约谈"),
            "约谈：2 年中至少一年总分至少 60 分；达不到的约谈。",
        ),
        (
            s.Gate(
                "g",
                "提示",
                (s.Test(PROPOSAL, at_least=1), s.Test(PROPOSAL, at_least=2, name="立案")),
                match="any",
                who=(("sector", ("教育",)),),
            ),
            "提示：仅限界别为教育：提案（立案）至少 1 件，或者立案至少 2 件（只提示，不影响等次）。",
        ),
    ],
)
def test_gate_in_words(gate, sentence):
    (entry,) = in_words(make_ruleset(gates=(gate,))).gates
    assert entry.sentence == sentence


@pytest.mark.parametrize(
    ("grade", "sentence"),
    [
        (
            s.Grade("优秀", 9000, Fraction(1, 5), tie="in"),
            "优秀：90 分以上（含），不超过参加排名人数的 20 %（不足一人的舍去），末位同分的都进，超出的名额从下一等次扣。",
        ),
        (
            s.Grade("优秀", places=3, tie="categories", compare=("c",)),
            "优秀：不超过 3 名，末位同分的依次比较本类，仍相同的都不进。",
        ),
        (s.Grade("不称职"), "不称职：其余。"),
    ],
)
def test_grade_in_words(grade, sentence):
    (entry,) = in_words(make_ruleset(grades=(grade,))).grades
    assert entry.sentence == sentence


@pytest.mark.parametrize(
    ("category", "sentence"),
    [
        (s.Category("a", "提案", cap=2500, floor=0), "提案：最高 25 分，最低 0 分（扣完为止）。"),
        (
            s.Category("a", "互评", weight=Fraction(3, 10), provenance="委员互评"),
            "互评：按权重 0.3 折算（来源：委员互评）。",
        ),
        (s.Category("a", "读书", outside=True), "读书：单列，不计入总分。"),
        (s.Category("a", "其他"), "其他：不设上下限。"),
    ],
)
def test_category_in_words(category, sentence):
    assert in_words(make_ruleset(categories=(category,))).categories[1].sentence == sentence


def test_once_in_words():
    once = s.Once("o", ("a", "c"), "first")
    (entry,) = in_words(
        make_ruleset(make_rule("a"), categories=(s.Category("c", "信息"), s.Category("d", "别")), once=(once,))
    ).once
    assert entry.sentence == "同一件在“a”、“信息”中只计列在最前的一项。"


def test_rank_in_words():
    rank = s.Rank(("post",), smallest=6, bands=(s.Band("前列", Fraction(1, 5)),))
    assert (
        in_words(make_ruleset(rank=rank)).rank
        == "按职务分别排名，不足 6 人的只列名单，前 20 % 为前列；同分同名次，其后的名次顺延（1、2、2、4）。"
    )


def test_every_switch_prints_the_choice_made():
    plain = in_words(make_ruleset()).switches
    assert plain == (
        "事项按立案、采用、批示等环节之日归年。",
        "任职不满一年的，达标件数不折算。",
        "基础分不按任职月数折算。",
        "任职月数不足的也参加排名。",
        "任职满 15 日的月份计为一个月。",
        "会议须全程参加才算出席。",
        "各种请假都计入应到。",
        "总分显示 2 位小数；每一行四舍五入到 0.01 分，总分不再舍入。",
    )
    switches = s.Switches(
        "event",
        True,
        True,
        3,
        (("plenary", Fraction(2, 3)),),
        (("study", Fraction(1, 2)),),
        ("sick",),
        1,
        (s.Excepted((("post", ("chair",)),), "主席不排名"),),
    )
    window = s.Window("proposal", date(2025, 12, 1), date(2026, 11, 30))
    assert in_words(make_ruleset(switches=switches, windows=(window,))).switches == (
        "事项按提交、举办之日归年。",
        "任职不满一年的，达标件数按月折算，不足一件进为一件，会议不超过任职期间召集的次数。",
        "基础分按任职月数折算。",
        "任职不足 3 个月的只列名单，不排名。",
        "任职满 15 日的月份计为一个月。",
        "全体会议出席 2/3 以上的半天算出席。",
        "学习培训须全程参加才算出席，1/2 以上的算部分出席。",
        "其他会议须全程参加才算出席。",
        "病假不计入应到。",
        "提案的期间为2025年12月1日至2026年11月30日。",
        "主席不参加排名：主席不排名。",
        "总分显示 1 位小数；每一行四舍五入到 0.01 分，总分不再舍入。",
    )


def test_local_codes_take_the_names_of_the_ruleset():
    of = (s.Scope(("x-forum",), (("level", ("x-zone",)),)),)
    ruleset = make_ruleset(make_rule(of=of), labels=(("x-forum", "委员论坛"), ("level=x-zone", "开发区")))
    assert in_words(ruleset).rules[0].sentence == "委员论坛（开发区），每次计 1 分。"


def test_head_says_whom_when_and_by_whom():
    assert in_words(make_ruleset(adopted="全会通过", source="某网")).head == (
        "适用于委员，2026 年度，计分期间 2026年1月1日至2026年12月31日，第 1 版。",
        "全会通过",
        "依据：某网",
    )


def test_line_names_its_own_signers_whoever_was_scored_before():
    ruleset = make_ruleset(make_rule(of=PROPOSAL, share="half"))
    day = date(2026, 3, 10)
    subject = s.Subject("s", served=(s.Span("seat", date(2022, 1, 1)),))

    def sentence(rules, sharers):
        fact = s.Fact(day, f"proposal/{sharers}/filed", day, "proposal", "role=lead;stage=filed", 100, 1, sharers)
        return score(rules, subject, [fact]).plain()["lines"][0]["sentence"]

    rules = compile(ruleset)
    sentence(rules, 5)
    assert "（署名第 1，共 2 人）" in sentence(rules, 2)
