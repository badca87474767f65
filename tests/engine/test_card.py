"""The card's document: canonical bytes, sentences, what is missing."""

import json
from datetime import date
from fractions import Fraction

from scoring.engine import compile, score
from scoring.engine import schema as s
from tests.engine.make import make_fact, make_rule, make_ruleset, make_subject

ROWS = s.Rows((s.Row(Fraction(3)),))
CATEGORY = s.Category("p", "提案", clause="第六条", cap=400, floor=0)


def carded(*rules, facts=(), subject=None, **changes):
    return score(
        compile(make_ruleset(*rules, **{"categories": (CATEGORY,)} | changes)), subject or make_subject(), facts
    )


def rule(code="r", value=ROWS, kind="proposal", **changes):
    of = () if isinstance(value, (s.Base, s.Manual)) else (s.Scope((kind,)),)
    return make_rule(code, value, of, **{"name": "立案提案", "category": "p", "clause": "第六条"} | changes)


def sentences(card):
    return [line["sentence"] for line in card.plain()["lines"]]


def fact(name="A", kind="proposal", **changes):
    return make_fact(name, kind, **changes)


def test_document_is_canonical_json():
    text = carded(rule(), facts=[fact()]).document()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_document_of_one_line_is_this():
    card = carded(rule(), facts=[fact(on=date(2026, 2, 3), attributes="stage=filed")])
    assert card.plain()["lines"] == [
        {
            "rule": "r",
            "category": "p",
            "name": "立案提案",
            "clause": "第六条",
            "fact": "proposal/A/stage=filed",
            "matter": "proposal/A",
            "kind": "proposal",
            "on": "2026-02-03",
            "quantity": 100,
            "points": 300,
            "multipliers": [],
            "share": None,
            "earned": 300,
            "counted": 300,
            "taken": [],
            "sentence": "计 3 分，按第六条。",
        }
    ]


def test_document_of_an_empty_card_has_every_key():
    plain = carded(rule()).plain()
    assert set(plain) == {
        "subject",
        "ruleset",
        "version",
        "year",
        "total",
        "months",
        "of_months",
        "post",
        "ranked",
        "reason",
        "partition",
        "outside",
        "nodes",
        "lines",
        "gates",
        "missing",
        "ceiling",
        "grade_by_threshold",
    }
    assert plain["nodes"] == [
        {
            "code": "total",
            "name": "总分",
            "parent": "",
            "figure": 0,
            "cap": None,
            "floor": None,
            "outside": False,
            "depth": 0,
            "clause": "",
            "sentence": "总分：0 分。",
        },
        {
            "code": "p",
            "name": "提案",
            "parent": "total",
            "figure": 0,
            "cap": 400,
            "floor": 0,
            "outside": False,
            "depth": 1,
            "clause": "第六条",
            "sentence": "提案：0 分，上限 4 分，还可计 4 分。",
        },
    ]


def test_sentence_names_the_cap_that_took_points():
    card = carded(rule(), facts=[fact("A"), fact("B", on=date(2026, 3, 1))])
    assert sentences(card) == ["计 3 分，按第六条。", "计 3 分，按第六条；因提案类已达 4 分上限，实得 1 分。"]


def test_sentence_shows_quantity_multiplier_and_share():
    times = (s.Times(Fraction(1, 2), name="综合"),)
    card = carded(rule(times=times, share="half"), facts=[fact(quantity=200, position=2, sharers=3)])
    assert sentences(card) == ["3 分 × 2 件 × 1/2（综合） × 1/4（署名第 2，共 3 人），计 0.75 分，按第六条。"]


def test_sentence_of_a_cosigner_who_gets_nothing():
    assert sentences(carded(rule(share="first"), facts=[fact(position=2, sharers=2)])) == [
        "3 分 × 0（第一提案人得分，本人为联名人），计 0 分，按第六条。"
    ]


def test_sentence_of_a_deduction_given_back():
    minus = rule("m", s.Rows((s.Row(Fraction(-5)),)), kind="deduction", name="扣分")
    card = carded(rule(), minus, facts=[fact(), fact("D", "deduction")])
    assert sentences(card)[1] == "扣 5 分，按第六条；因提案类已扣至 0 分下限，实扣 3 分。"


def test_sentence_of_a_veto():
    gate = s.Gate("g", "一票否决", (s.Test((s.Scope(("proposal",)),), at_most=0),), clause="第九条", zero=True)
    card = carded(rule(), facts=[fact()], gates=(gate,))
    assert sentences(card)[-1] == "因“一票否决”，总分 3 分归零，按第九条。"
    assert card.plain()["gates"][0]["sentence"] == "一票否决：提案 1 件（要求至多 0 件），不符合，总分归零，按第九条。"


def test_sentence_of_a_weight():
    category = s.Category("p", "评价", weight=Fraction(3, 10), provenance="互评")
    assert (
        sentences(carded(rule(), facts=[fact()], categories=(category,)))[-1]
        == "折算：本项 3 分，权重 0.3，计 0.9 分（来源：互评）。"
    )


def test_sentence_of_manual_points():
    manual = rule("x", s.Manual(-500, 500), name="核定")
    facts = [
        fact("a", "adjustment", attributes="rule=x", quantity=250),
        fact("b", "adjustment", attributes="rule=x", quantity=-100),
    ]
    assert sentences(carded(manual, facts=facts)) == ["核定 2.5 分，按第六条。", "核定扣 1 分，按第六条。"]


def test_sentence_of_needs():
    def words(need, *names):
        return sentences(carded(rule(value=need), facts=[fact(n) for n in names]))

    assert words(s.Need(Fraction(3), 2), "A") == ["已有 1 件（要求 2 件），未达标，计 0 分，按第六条。"]
    assert words(s.Need(Fraction(3), 2, partial=True), "A") == ["已有 1 件（要求 2 件），按比例计 1.5 分，按第六条。"]
    assert words(s.Need(Fraction(3), 2), "A", "B") == ["已有 2 件（要求 2 件），达标，计 3 分，按第六条。"]
    assert (
        words(s.Need(Fraction(3), 1, every="quarter"), "A")[0]
        == "2026-01-01 至 2026-03-31 已有 1 件（要求 1 件），达标，计 3 分，按第六条。"
    )


def test_clause_falls_back_to_the_source():
    assert sentences(carded(rule(clause="", source="主席会议纪要"), facts=[fact()])) == ["计 3 分，按主席会议纪要。"]


def test_row_points_finer_than_a_hundredth_are_text():
    card = carded(rule(value=s.Rows((s.Row(Fraction(1, 3)),))), facts=[fact()])
    assert card.plain()["lines"][0]["points"] == "1/3"


def test_missing_names_rules_needs_gates_and_the_next_grade():
    gate = s.Gate("g", "三个一", (s.Test((s.Scope(("opinion",)),), at_least=1),), clause="第九条", ceiling="称职")
    rules = rule("r"), rule("n", s.Need(Fraction(2), 2, partial=True), kind="study_notes", name="学习笔记")
    card = carded(
        *rules,
        facts=[fact("N", "study_notes")],
        gates=(gate,),
        grades=(s.Grade("优秀", 9000), s.Grade("称职", 300), s.Grade("不称职")),
    )
    assert [(m["code"], m["what"], m["points"], m["sentence"]) for m in card.plain()["missing"]] == [
        ("g", "gate", 0, "三个一：社情民意信息 0 条（要求至少 1 条），不符合，等次最高为称职，按第九条。"),
        ("n", "need", 100, "学习笔记还差 1 篇，达标可再计 1 分。"),
        ("r", "rule", 300, "立案提案还没有记录，每件可计 3 分。"),
        ("称职", "grade", 200, "距称职（3 分）还差 2 分。"),
    ]


def test_missing_leaves_out_what_a_full_category_cannot_take():
    card = carded(rule("r"), rule("q", kind="opinion"), facts=[fact("A"), fact("B")])
    assert card.plain()["missing"] == []


def test_missing_is_limited_by_the_room_left():
    card = carded(rule("r"), rule("q", kind="opinion", name="信息"), facts=[fact("A")])
    assert [m["sentence"] for m in card.plain()["missing"]] == ["信息还没有记录，每条可计 3 分，本类还可计 1 分。"]


def test_missing_leaves_out_rules_of_others():
    card = carded(rule("r", who=(("post", ("standing_member",)),)))
    assert card.plain()["missing"] == []


def test_need_lists_the_facts_it_counted():
    card = carded(
        rule(value=s.Need(Fraction(1), 2)), facts=[fact("B", on=date(2026, 2, 1)), fact("A", on=date(2026, 3, 1))]
    )
    assert card.plain()["lines"][0]["facts"] == ["proposal/B/", "proposal/A/"]


def test_category_apart_is_not_in_the_total():
    card = carded(rule(), facts=[fact()], categories=(s.Category("p", "单项", outside=True),))
    assert (card.total, card.plain()["outside"]) == (0, {"p": 300})
    assert card.plain()["nodes"][1]["sentence"] == "单项：3 分，单列，不计入总分。"


def test_partition_names_the_values_ranked_by():
    card = carded(rank=s.Rank(by=("post", "sector")), subject=make_subject(attributes=(("sector", "教育"),)))
    assert card.plain()["partition"] == ["member", "教育"]


def test_lines_of_weight_and_veto_have_every_key_of_a_line():
    gate = s.Gate("g", "一票否决", (s.Test((s.Scope(("proposal",)),), at_most=0),), clause="第九条", zero=True)
    category = s.Category("p", "评价", weight=Fraction(1, 2), provenance="互评", clause="第八条")
    first, weight, veto = carded(rule(), facts=[fact()], gates=(gate,), categories=(category,)).plain()["lines"]
    assert set(first) == set(weight) == set(veto)
    common = {
        "clause": "",
        "fact": "",
        "matter": "",
        "kind": "",
        "on": "2026-12-31",
        "quantity": 100,
        "multipliers": [],
        "share": None,
        "taken": [],
    }
    assert weight == common | {
        "rule": "weight",
        "category": "p",
        "name": "折算",
        "points": -150,
        "earned": -150,
        "counted": -150,
        "sentence": "折算：本项 3 分，权重 0.5，计 1.5 分（来源：互评）。",
    }
    assert veto == common | {
        "rule": "veto",
        "category": "total",
        "name": "一票否决",
        "points": -150,
        "earned": -150,
        "counted": -150,
        "sentence": "因“一票否决”，总分 1.5 分归零，按第九条。",
    }


def test_sentence_and_facts_of_a_groups_members():
    from scoring.engine import MemberFigures

    members = make_rule("m", s.Members("proposals", "mean"), category="p", clause="第六条")
    figures = (MemberFigures("a", True, (("proposals", 300),)), MemberFigures("b", True, (("proposals", 400),)))
    subject = make_subject(kind="group", served=(), figures=figures)
    card = carded(members, subject=subject, subjects="group", labels=(("proposals", "提案"),))
    (line,) = card.plain()["lines"]
    assert (line["sentence"], line["facts"], line["on"]) == (
        "2 名成员的提案平均，计 3.5 分，按第六条。",
        ["a", "b"],
        "2026-12-31",
    )


def test_sentence_and_facts_of_a_ratio():
    ratio = make_rule(
        "q", s.Ratio(Fraction(2), (s.Scope(("opinion",)),)), (s.Scope(("article",)),), category="p", clause="第六条"
    )
    (line,) = carded(ratio, facts=[fact("A", "article"), fact("B", "opinion"), fact("C", "opinion")]).plain()["lines"]
    assert (line["sentence"], line["facts"]) == ("1 ÷ 2，满分 2 分，计 1 分，按第六条。", ["article/A/"])


def test_part_of_a_signer_is_printed_as_a_fraction():
    def printed(**signed):
        return carded(rule(share="half", named=2), facts=[fact(**signed)]).plain()["lines"][0]["share"]

    assert printed(position=1, sharers=3) == {"num": 1, "den": 2}
    assert printed(position=3, sharers=3) == {"num": 0, "den": 1}
    assert printed() is None


def test_sentence_says_how_many_units_were_left_out():
    more = rule(limit=2, skip=1, count="quantity", kind="article")
    card = carded(more, facts=[fact("A", "article", quantity=500)], categories=(s.Category("p", "文章"),))
    assert sentences(card) == [
        "3 分 × 5 篇，计 15 分，按第六条；从第2篇起，前面的 1 篇不计；最多计2篇，超出 2 篇，实得 6 分。"
    ]


def test_multipliers_are_printed_with_their_names():
    card = carded(rule(times=(s.Times(Fraction(2, 3), name="综合"),)), facts=[fact()])
    assert card.plain()["lines"][0]["multipliers"] == [{"name": "综合", "num": 2, "den": 3}]
