"""A card's document arranged for its page."""

import datetime

from scoring import engine
from scoring.cardview import arrange, fact_keys
from scoring.templatetags.points import points, signed

RULES = """
code = "short"
title = "测试用办法"
year = 2026
first_day = 2026-01-01
last_day = 2026-12-31

[total]
cap = 100
floor = "none"

[[category]]
code = "work"
name = "履职"
cap = 60
floor = "none"

[[category]]
code = "services"
name = "公益"
parent = "work"
cap = 8

[[category]]
code = "apart"
name = "单列项目"
outside = true

[[rule]]
code = "service"
name = "公益活动"
category = "services"
clause = "第一条"
of = { kind = "public_service" }
rows = [{ points = 5 }]

[[rule]]
code = "article"
name = "文章"
category = "apart"
clause = "第二条"
of = { kind = "article" }
rows = [{ points = 1 }]

[[rule]]
code = "late"
name = "扣分"
category = "work"
clause = "第三条"
of = { kind = "deduction" }
rows = [{ points = -2 }]

[[grade]]
name = "优秀"
at_least = 50

[[grade]]
name = "合格"
at_least = 10

[[grade]]
name = "不合格"
"""
DAY = datetime.date(2026, 3, 10)
SERVED = (engine.Span("", datetime.date(2020, 1, 1)),)


def fact(kind, number):
    key = f"{kind}/{number}"
    return engine.Fact(DAY, key, DAY, kind, matter=key)


def view(*facts, titles=None, is_open=lambda address: True, text=RULES):
    ruleset = engine.loads(text)
    card = engine.score(engine.compile(ruleset), engine.Subject("someone", served=SERVED), list(facts))
    return arrange(
        document=card.document(),
        ruleset=ruleset,
        words={"service": "公益活动，每次计 5 分。"},
        titles=titles or {},
        is_open=is_open,
    )


def services(page):
    return page.parts[0].parts[0]


def test_arrange_puts_parts_in_a_tree_and_outside_ones_apart():
    page = view()
    assert [part.name for part in page.parts] == ["履职"]
    assert [part.name for part in page.parts[0].parts] == ["公益"]
    assert [part.name for part in page.outside] == ["单列项目"]


def test_arrange_keeps_figures_of_the_document():
    page = view(fact("public_service", 1), fact("public_service", 2), fact("deduction", 1))
    part = services(page)
    assert (page.total, part.figure, part.cap, part.room, part.is_full) == (600, 800, 800, 0, True)
    assert [(line.points, line.earned, line.is_lost) for line in part.rules[0].lines] == [
        (500, 500, False),
        (300, 500, True),
    ]
    deduction = page.parts[0].rules[0].lines[0]
    assert (deduction.points, deduction.is_minus) == (-200, True)


def test_arrange_shows_rules_without_lines_too():
    rule = services(view()).rules[0]
    assert (rule.name, rule.words, rule.clause, rule.counted, rule.lines) == (
        "公益活动",
        "公益活动，每次计 5 分。",
        "第一条",
        0,
        [],
    )


def test_arrange_titles_lines_by_their_records():
    public_id = "6f0d1a3c-0000-4000-8000-000000000001"
    titles = {f"public_service/{public_id}": ("社区义诊", ("contribution", public_id))}
    line = services(view(fact("public_service", public_id), titles=titles)).rules[0].lines[0]
    assert (line.title, line.url, line.on) == ("社区义诊", f"/contributions/{public_id}/", DAY)


def test_arrange_links_only_what_the_reader_may_open():
    public_id = "6f0d1a3c-0000-4000-8000-000000000001"
    titles = {f"public_service/{public_id}": ("社区义诊", ("contribution", public_id))}
    page = view(fact("public_service", public_id), titles=titles, is_open=lambda address: False)
    assert services(page).rules[0].lines[0].url == ""


def test_arrange_names_a_line_without_a_record_by_its_rule():
    line = services(view(fact("public_service", 1))).rules[0].lines[0]
    assert (line.title, line.url) == ("公益活动", "")


def test_gate_that_asks_for_three_things_ticks_each():
    asked = ", ".join(
        f'{{ of = {{ kind = "{kind}" }}, at_least = 1 }}' for kind in ("public_service", "proposal", "opinion")
    )
    three = f'[[gate]]\ncode = "three"\nname = "“三个一”"\nclause = "第九条"\nceiling = "合格"\ntests = [{asked}]\n'
    (gate,) = view(fact("public_service", 1), text=RULES + three).gates
    assert (gate.name, gate.is_met, gate.outcome) == ("“三个一”", False, "不符合，等次最高为合格，按第九条。")
    assert [is_met for _, is_met in gate.readings] == [True, False, False]


def test_scale_marks_the_grades_bounds():
    scale = view(fact("public_service", 1), fact("public_service", 2)).scale
    assert (scale.width, scale.have) == (1000, 80)
    assert [(mark.name, mark.x, mark.is_reached) for mark in scale.marks] == [
        ("合格", 100, False),
        ("优秀", 500, False),
    ]
    assert scale.label == "合格线 10 分，优秀线 50 分"


def test_next_grade_and_things_to_do_are_kept_apart():
    page = view()
    assert page.to_next["points"] == 1000
    assert [one["what"] for one in page.missing] == ["rule", "rule"]
    assert page.missing == sorted(page.missing, key=lambda one: -one["points"])


def test_fact_keys_come_once_each():
    ruleset = engine.loads(RULES)
    facts = [fact("public_service", 1), fact("public_service", 2)]
    card = engine.score(engine.compile(ruleset), engine.Subject("someone", served=SERVED), facts)
    assert fact_keys(card.document()) == ["public_service/1", "public_service/2"]


def test_points_are_written_as_people_do():
    assert [points(n) for n in (1250, 300, -50, 0, 208, None)] == ["12.5", "3", "-0.5", "0", "2.08", ""]
    assert [signed(n) for n in (300, -50, 0)] == ["+3", "−0.5", "0"]
