"""From facts to lines: scopes, dates, posts, rows, shares, and the rules of one line."""

from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import FactError, MemberFigures, Span, check_manual, compile, score
from scoring.engine import schema as s
from tests.engine.make import make_fact, make_rule, make_ruleset, make_subject


def lines(*rules, facts=(), subject=None, **changes):
    """[(rule, key or "", earned, counted)] of a card."""
    card = score(compile(make_ruleset(*rules, **changes)), subject or make_subject(), facts)
    return [(line.item.rule.code, line.key, line.earned, line.counted) for line in card.lines]


def earned(*rules, facts, **changes):
    return [line[2] for line in lines(*rules, facts=facts, **changes)]


def rows(*pairs):
    return s.Rows(tuple(s.Row(Fraction(points), tuple(where.items())) for points, where in pairs))


def test_first_matching_row_counts():
    rule = make_rule(value=rows((3, {"level": ("city",)}), (2, {"form": ("single",)}), (1, {})))
    facts = [
        make_fact("a", attributes="form=single;level=city"),
        make_fact("b", attributes="form=single"),
        make_fact("c"),
    ]
    assert earned(rule, facts=facts) == [300, 200, 100]


def test_fact_without_a_matching_row_makes_no_line():
    assert earned(make_rule(value=rows((3, {"level": ("city",)}))), facts=[make_fact()]) == []


def test_row_of_nothing_is_a_line():
    assert earned(make_rule(value=rows((0, {}))), facts=[make_fact()]) == [0]


@pytest.mark.parametrize(
    ("codes", "matched"),
    [
        (("city",), [0]),
        (("!city",), [1, 2]),
        (("",), [2]),
        (("city", "county"), [0, 1]),
        (("!city", "!county"), [2]),
        (("!",), [0, 1]),
    ],
)
def test_conditions_select_and_exclude(codes, matched):
    facts = [make_fact("0", attributes="level=city"), make_fact("1", attributes="level=county"), make_fact("2")]
    found = lines(make_rule(of=(s.Scope(("article",), (("level", codes),)),)), facts=facts)
    assert [int(key.split("/")[1]) for _, key, _, _ in found] == matched


def test_fact_may_earn_under_several_rules_but_once_under_each():
    scopes = (s.Scope(("article",)), s.Scope(("article", "opinion")))
    assert earned(make_rule("r", of=scopes), make_rule("q"), facts=[make_fact()]) == [100, 100]


@pytest.mark.parametrize(
    ("credit", "override", "counted"),
    [("stage", "", ["a"]), ("event", "", ["b"]), ("stage", "event", ["b"]), ("event", "stage", ["a"])],
)
def test_credit_date_decides_the_year(credit, override, counted):
    facts = [
        make_fact("a", on=date(2026, 1, 1), origin_on=date(2025, 12, 31)),
        make_fact("b", on=date(2027, 1, 1), origin_on=date(2026, 12, 31)),
    ]
    found = lines(make_rule(credit=override), facts=facts, switches=s.Switches(credit=credit))
    assert [key.split("/")[1] for _, key, _, _ in found] == counted


def test_dates_of_rule_rows_and_multipliers_include_both_ends():
    day = date(2026, 4, 2)
    value = s.Rows((s.Row(Fraction(3), valid_to=day), s.Row(Fraction(5))))
    times = (s.Times(Fraction(2), valid_from=day),)
    rule = make_rule(value=value, times=times, valid_from=date(2026, 4, 1), valid_to=date(2026, 4, 3))
    facts = [make_fact(str(n), on=date(2026, 3, 31 + n) if n == 0 else date(2026, 4, n)) for n in range(5)]
    assert earned(rule, facts=facts) == [300, 600, 1000]


def test_several_multipliers_apply_together():
    times = (s.Times(Fraction(1, 2), (("form", ("composite",)),)), s.Times(Fraction(1, 3)))
    assert earned(make_rule(times=times), facts=[make_fact("a", attributes="form=composite"), make_fact("b")]) == [
        17,
        33,
    ]


def test_quantity_multiplies():
    assert earned(make_rule(), facts=[make_fact(quantity=250)]) == [250]


@pytest.mark.parametrize(
    ("points", "quantity", "expected"),
    [
        ("0.125", 100, 13),
        ("-0.125", 100, -13),
        ("0.124", 100, 12),
        ("1/3", 100, 33),
        ("1/3", 200, 67),
        ("0.005", 100, 1),
        ("-0.005", 100, -1),
    ],
)
def test_line_is_rounded_half_away_from_zero(points, quantity, expected):
    assert earned(make_rule(value=rows((points, {}))), facts=[make_fact(quantity=quantity)]) == [expected]


@pytest.mark.parametrize(
    ("share", "position", "sharers", "expected"),
    [
        ("", 2, 4, 1000),
        ("first", 1, 4, 1000),
        ("first", 2, 4, 0),
        ("first", 1, 1, 1000),
        ("half", 1, 1, 1000),
        ("half", 1, 2, 500),
        ("half", 2, 2, 500),
        ("half", 1, 4, 500),
        ("half", 4, 4, 167),
        ("equal", 1, 3, 333),
        ("equal", 3, 3, 333),
    ],
)
def test_share(share, position, sharers, expected):
    assert earned(
        make_rule(value=rows((10, {})), share=share), facts=[make_fact(position=position, sharers=sharers)]
    ) == [expected]


@pytest.mark.parametrize(("share", "sharers"), [("half", 2), ("half", 4), ("half", 7), ("equal", 3), ("equal", 6)])
@pytest.mark.parametrize("points", ["10", "0.01", "-25", "1/3"])
def test_conserved_shares_add_up_to_the_whole(share, sharers, points):
    rule = make_rule(value=rows((points, {})), share=share, conserve=True)
    parts = [earned(rule, facts=[make_fact(position=n, sharers=sharers)])[0] for n in range(1, sharers + 1)]
    whole = earned(make_rule(value=rows((points, {}))), facts=[make_fact()])[0]
    assert sum(parts) == whole
    assert len(set(parts[1:])) == 1


@pytest.mark.parametrize(
    ("position", "share", "expected"),
    [(1, "", 1000), (2, "", 1000), (3, "", 0), (1, "half", 500), (2, "half", 500), (3, "half", 0)],
)
def test_only_the_first_named_earn(position, share, expected):
    assert earned(
        make_rule(value=rows((10, {})), share=share, named=2), facts=[make_fact(position=position, sharers=5)]
    ) == [expected]


def test_who_is_read_on_the_day_of_the_fact():
    subject = make_subject(
        posts=(Span("member", date(2020, 1, 1), date(2026, 6, 30)), Span("standing_member", date(2026, 7, 1)))
    )
    rule = make_rule(who=(("post", ("standing_member",)),))
    facts = [make_fact("a", on=date(2026, 6, 30)), make_fact("b", on=date(2026, 7, 1))]
    assert [key for _, key, _, _ in lines(rule, facts=facts, subject=subject)] == ["article/b/"]


def test_excepted_subject_earns_nothing():
    rule = make_rule(excepted=(s.Excepted((("sector", ("x",)),), "另有规定"),))
    assert earned(rule, facts=[make_fact()], subject=make_subject(attributes=(("sector", "x"),))) == []
    assert earned(rule, facts=[make_fact()], subject=make_subject(attributes=(("sector", "y"),))) == [100]


def test_facts_before_or_after_service_earn_nothing():
    subject = make_subject(served=(Span("seat", date(2026, 2, 1), date(2026, 2, 28)), Span("seat", date(2026, 5, 1))))
    facts = [make_fact(str(m), on=date(2026, m, 1)) for m in range(1, 7)]
    assert [key.split("/")[1] for _, key, _, _ in lines(make_rule(), facts=facts, subject=subject)] == ["2", "5", "6"]


def test_base_follows_the_post_of_the_year():
    rule = make_rule(value=s.Base((s.Amount(Fraction(50), ("standing_member",)), s.Amount(Fraction(60)))))
    assert earned(rule, facts=[]) == [6000]
    assert earned(rule, facts=[], subject=make_subject(posts=(Span("standing_member", date(2020, 1, 1)),))) == [5000]


def test_base_for_one_post_gives_others_no_line():
    assert earned(make_rule(value=s.Base((s.Amount(Fraction(50), ("chair",)),))), facts=[]) == []


def test_base_is_granted_only_while_its_rule_is_valid_on_the_first_day():
    assert earned(make_rule(value=s.Base((s.Amount(Fraction(5)),)), valid_from=date(2026, 1, 2)), facts=[]) == []
    assert earned(make_rule(value=s.Base((s.Amount(Fraction(5)),)), valid_to=date(2026, 1, 1)), facts=[]) == [500]


def test_subject_that_did_not_serve_has_no_base():
    assert earned(make_rule(value=s.Base((s.Amount(Fraction(5)),))), facts=[], subject=make_subject(served=())) == []


@pytest.mark.parametrize(
    ("n", "partial", "articles", "expected"),
    [
        (2, False, 1, 0),
        (2, False, 2, 3000),
        (2, False, 3, 3000),
        (2, True, 0, 0),
        (2, True, 1, 1500),
        (3, True, 1, 1000),
        (3, True, 4, 3000),
    ],
)
def test_need(n, partial, articles, expected):
    rule = make_rule(value=s.Need(Fraction(30), n, partial), of=(s.Scope(("article",)),))
    assert earned(rule, facts=[make_fact(str(a)) for a in range(articles)]) == [expected]


def test_need_counts_quantities_where_it_says_so():
    rule = make_rule(value=s.Need(Fraction(30), 4, partial=True), of=(s.Scope(("article",)),), count="quantity")
    assert earned(rule, facts=[make_fact("a", quantity=150), make_fact("b", quantity=150)]) == [2250]


def test_need_of_every_quarter_earns_its_mark_in_each():
    rule = make_rule(value=s.Need(Fraction(1), 1, every="quarter"), of=(s.Scope(("article",)),))
    facts = [
        make_fact("a", on=date(2026, 3, 31)),
        make_fact("b", on=date(2026, 4, 1)),
        make_fact("c", on=date(2026, 5, 1)),
    ]
    assert earned(rule, facts=facts) == [100, 100, 0, 0]


def test_need_of_all_meetings():
    rule = make_rule(value=s.Need(Fraction(10), s.ALL), of=(s.Scope(("study",), (("outcome", ("present",)),)),))

    def study(n, outcome):
        return make_fact(str(n), "study", attributes=f"outcome={outcome};stage=sitting")

    assert earned(rule, facts=[study(1, "present"), study(2, "present"), study(3, "exempt")]) == [1000]
    assert earned(rule, facts=[study(1, "present"), study(2, "absent")]) == [0]
    assert earned(rule, facts=[study(1, "present"), study(2, "not_recorded")]) == [0]
    assert earned(rule, facts=[study(1, "exempt")]) == []
    assert earned(rule, facts=[]) == []


def test_need_is_dated_when_it_was_reached():
    rule = make_rule(value=s.Need(Fraction(1), 2), of=(s.Scope(("article",)),))
    facts = [make_fact(n, on=date(2026, m, 1)) for n, m in (("a", 7), ("b", 3), ("c", 9))]
    card = score(compile(make_ruleset(rule)), make_subject(), facts)
    assert card.lines[0].on == date(2026, 7, 1)


def test_prorated_quarter_without_service_makes_no_line():
    rule = make_rule(value=s.Need(Fraction(1), 3, every="quarter"), of=(s.Scope(("article",)),))
    subject = make_subject(served=(Span("seat", date(2026, 9, 1)),))
    facts = [make_fact("a", on=date(2026, 9, 2))]
    assert earned(rule, facts=facts, subject=subject, switches=s.Switches(prorate_needs=True)) == [100, 0]


@pytest.mark.parametrize(("a", "b", "expected"), [(0, 3, 0), (1, 3, 3333), (2, 3, 6667), (3, 3, 10000), (4, 3, 10000)])
def test_ratio(a, b, expected):
    rule = make_rule(value=s.Ratio(Fraction(100), (s.Scope(("opinion",)),)), of=(s.Scope(("article",)),))
    facts = [make_fact(str(n)) for n in range(a)] + [make_fact(str(n), "opinion") for n in range(b)]
    assert earned(rule, facts=facts) == [expected]


@pytest.mark.parametrize(("by", "expected"), [("sum", 7000), ("mean", 2500)])
def test_members_figures(by, expected):
    rule = make_rule(value=s.Members("p", by))
    figures = (
        MemberFigures("a", True, (("p", 2000), ("total", 1))),
        MemberFigures("b", True, (("p", 3000),)),
        MemberFigures("c", False, (("p", 2000),)),
    )
    assert earned(rule, facts=[], subjects="group", subject=make_subject(kind="group", served=(), figures=figures)) == [
        expected
    ]


def test_mean_of_members_is_rounded_and_of_nobody_is_no_line():
    rule = make_rule(value=s.Members(s.TOTAL, "mean"))
    figures = tuple(MemberFigures(k, True, (("total", t),)) for k, t in (("a", 100), ("b", 101)))
    assert earned(rule, facts=[], subjects="group", subject=make_subject(kind="group", figures=figures)) == [101]
    assert earned(rule, facts=[], subjects="group", subject=make_subject(kind="group")) == []


@pytest.mark.parametrize("points", [199, 401])
def test_manual_points_outside_their_bounds_are_an_error(points):
    rule = make_rule("x", s.Manual(200, 400))
    with pytest.raises(FactError, match="应在 2 至 4 分之间"):
        score(
            compile(make_ruleset(rule)),
            make_subject(),
            [make_fact(kind="adjustment", attributes="rule=x", quantity=points)],
        )
    with pytest.raises(FactError, match=r"写的是 (1\.99|4\.01) 分"):
        check_manual(rule, points)


@pytest.mark.parametrize("points", [200, 400])
def test_manual_points_on_their_bounds_count(points):
    facts = [make_fact(kind="adjustment", attributes="effect=points;rule=x", quantity=points)]
    assert earned(make_rule("x", s.Manual(200, 400)), facts=facts) == [points]


def test_veto_and_exemption_are_no_manual_points():
    facts = [make_fact(n, "adjustment", attributes=f"effect={n};rule=x", quantity=0) for n in ("veto", "exemption")]
    assert earned(make_rule("x", s.Manual(-100, 400), category="c"), facts=facts) == []


def test_exempt_subject_is_not_scored():
    card = score(compile(make_ruleset(make_rule())), make_subject(exempt="驻会领导"), [make_fact()])
    assert (card.total, card.lines, card.ranked, card.reason) == (0, [], False, "驻会领导")


def test_excluded_subject_is_scored_but_not_ranked():
    switches = s.Switches(excluded=(s.Excepted((("post", ("chair",)),), "主席不排名"),))
    card = score(
        compile(make_ruleset(make_rule(), switches=switches)),
        make_subject(posts=(Span("chair", date(2020, 1, 1)),)),
        [make_fact()],
    )
    assert (card.total, card.ranked, card.reason) == (100, False, "主席不排名")


@pytest.mark.parametrize(("from_on", "ranked"), [(date(2026, 10, 1), True), (date(2026, 10, 18), False)])
def test_subject_under_the_months_is_not_ranked(from_on, ranked):
    card = score(
        compile(make_ruleset(switches=s.Switches(min_months=3))), make_subject(served=(Span("seat", from_on),)), []
    )
    assert card.ranked is ranked


def test_weight_adds_one_line_after_the_cap():
    category = s.Category("c", "评价", cap=1000, weight=Fraction(3, 10), provenance="互评")
    card = score(
        compile(make_ruleset(make_rule(value=rows((12, {}))), categories=(category,))), make_subject(), [make_fact()]
    )
    assert [(line.earned, line.counted) for line in card.lines] == [(1200, 1000), (-700, -700)]
    assert card.total == 300


def test_limit_by_quantity_counts_a_line_in_part():
    rule = make_rule(value=rows((2, {"level": ("city",)}), (1, {})), limit=4, count="quantity")
    facts = [make_fact("a", quantity=300), make_fact("b", quantity=300, attributes="level=city")]
    assert lines(rule, facts=facts) == [("r", "article/a/", 300, 100), ("r", "article/b/level=city", 600, 600)]


def test_skip_by_quantity_leaves_out_the_best_units():
    rule = make_rule(value=rows((2, {"level": ("city",)}), (1, {})), skip=4, count="quantity")
    facts = [make_fact("a", quantity=300), make_fact("b", quantity=300, attributes="level=city")]
    assert lines(rule, facts=facts) == [("r", "article/a/", 300, 200), ("r", "article/b/level=city", 600, 0)]


def test_limit_of_deductions_takes_the_heaviest():
    rule = make_rule(value=rows((-5, {"level": ("city",)}), (-1, {})), limit=1)
    facts = [make_fact("a"), make_fact("b", attributes="level=city")]
    assert [line[3] for line in lines(rule, facts=facts)] == [0, -500]


def test_limit_and_skip_tie_goes_to_the_earliest_then_the_object():
    facts = [make_fact("b", on=date(2026, 2, 1)), make_fact("c"), make_fact("a")]
    assert [(line[1], line[3]) for line in lines(make_rule(limit=1), facts=facts)] == [
        ("article/a/", 100),
        ("article/c/", 0),
        ("article/b/", 0),
    ]


def test_once_compares_sums_of_lines_after_highest():
    """proposal: 2 + 2 = 4 in two rules of one category; opinion: best of 3 and 3 = 3."""
    categories = (s.Category("p", "提案"), s.Category("o", "信息"))
    rules = [make_rule(c, value=rows((2, {})), of=(s.Scope(("proposal",)),), category="p") for c in ("p1", "p2")]
    rules.append(make_rule("o1", value=rows((3, {})), of=(s.Scope(("opinion",)),), category="o", highest=True))
    facts = [
        make_fact("A", "proposal"),
        make_fact("X", "opinion", matter="proposal/A"),
        make_fact("Y", "opinion", matter="proposal/A"),
    ]
    found = lines(*rules, facts=facts, categories=categories, once=(s.Once("x", ("o", "p")),))
    assert sorted((rule, counted) for rule, _, _, counted in found) == [("o1", 0), ("o1", 0), ("p1", 200), ("p2", 200)]


def test_once_tie_goes_to_the_heading_listed_first():
    rules = [make_rule(c, of=(s.Scope((k,)),)) for c, k in (("p", "proposal"), ("o", "opinion"))]
    facts = [make_fact("A", "proposal"), make_fact("X", "opinion", matter="proposal/A")]
    found = lines(*rules, facts=facts, once=(s.Once("x", ("o", "p")),))
    assert sorted((rule, counted) for rule, _, _, counted in found) == [("o", 100), ("p", 0)]


@pytest.mark.parametrize(
    ("points", "parts"), [("-25", [-1252, -416]), ("25", [1252, 416]), ("0.01", [1, 0]), ("-0.01", [-1, 0])]
)
def test_conserved_parts_of_the_others_are_cut_towards_nothing(points, parts):
    rule = make_rule(value=rows((points, {})), share="half", conserve=True)
    assert [earned(rule, facts=[make_fact(position=n, sharers=4)])[0] for n in (1, 2)] == parts


def figures(*rules, facts, categories, **changes):
    card = score(compile(make_ruleset(*rules, categories=categories, **changes)), make_subject(), facts)
    return {n.code: f for n, f in zip(card.rules.nodes, card.figures, strict=True)}, {
        line.key: line.counted for line in card.lines
    }


def test_cut_takes_an_inner_category_down_to_its_floor_and_no_further():
    """A: +5 − 6 = −1, floor −3; B: 25; sum 24, cap 20: A's +5 is latest and gives 2, B gives the other 2."""
    categories = s.Category("a", "a", floor=-300), s.Category("b", "b", floor=s.NONE)
    rules = [
        make_rule("p", rows((5, {})), (s.Scope(("honour",)),), category="a"),
        make_rule("m", rows((-6, {})), (s.Scope(("deduction",)),), category="a"),
        make_rule("b1", rows((25, {})), category="b"),
    ]
    facts = [make_fact("P", "honour", date(2026, 12, 1)), make_fact("M", "deduction"), make_fact("B")]
    assert figures(*rules, facts=facts, categories=categories, total_cap=2000) == (
        {"total": 2000, "a": -300, "b": 2300},
        {"honour/P/": 300, "deduction/M/": -600, "article/B/": 2300},
    )


def test_giving_back_takes_an_inner_category_up_to_its_cap_and_no_further():
    """A: +5 − 4 = 1, cap 3; B: −25; sum −24, floor −20: A's −4 is latest and gets 2 back, B the other 2."""
    categories = s.Category("a", "a", cap=300, floor=s.NONE), s.Category("b", "b", floor=s.NONE)
    rules = [
        make_rule("p", rows((5, {})), (s.Scope(("honour",)),), category="a"),
        make_rule("m", rows((-4, {})), (s.Scope(("deduction",)),), category="a"),
        make_rule("b1", rows((-25, {})), category="b"),
    ]
    facts = [make_fact("P", "honour"), make_fact("M", "deduction", date(2026, 12, 1)), make_fact("B")]
    assert figures(*rules, facts=facts, categories=categories, total_floor=-2000) == (
        {"total": -2000, "a": 300, "b": -2300},
        {"honour/P/": 500, "deduction/M/": -200, "article/B/": -2300},
    )


@pytest.mark.parametrize(("points", "bounds", "counted"), [(1, {"cap": 99}, 99), (-1, {"floor": -99}, -99)])
def test_a_hundredth_too_much_is_cut_and_a_hundredth_too_little_given_back(points, bounds, counted):
    category = s.Category("c", "c", **{"floor": s.NONE} | bounds)
    assert figures(make_rule(value=rows((points, {}))), facts=[make_fact()], categories=(category,))[0]["c"] == counted


@pytest.mark.parametrize(
    ("sign", "bounds", "expected"), [(1, {"total_cap": 500}, 1000), (-1, {"total_floor": -500}, -1000)]
)
def test_conversion_lines_are_neither_cut_nor_given_back(sign, bounds, expected):
    """A: −10 × ½ → −5 (the conversion line +5 is the latest positive one); B: +20; 15 → cap 5: B alone is cut, to 10."""
    categories = (
        s.Category("a", "a", floor=s.NONE, weight=Fraction(1, 2), provenance="x"),
        s.Category("b", "b", floor=s.NONE),
    )
    rules = (
        make_rule("a1", rows((-10 * sign, {})), (s.Scope(("honour",)),), category="a"),
        make_rule("b1", rows((20 * sign, {})), category="b"),
    )
    found, counted = figures(*rules, facts=[make_fact("A", "honour"), make_fact("B")], categories=categories, **bounds)
    assert (found["a"], found["b"], counted[""]) == (-500 * sign, expected, 500 * sign)


def test_cut_goes_by_day_then_rule_then_object_then_key():
    facts = [make_fact("a"), make_fact("b"), make_fact("b", attributes="stage=z")]
    found = lines(make_rule("r"), make_rule("q", value=rows((2, {}))), facts=facts, total_cap=350)
    assert {(rule, key): counted for rule, key, _, counted in found} == {
        ("r", "article/a/"): 100,
        ("r", "article/b/"): 100,
        ("r", "article/b/stage=z"): 100,
        ("q", "article/a/"): 50,
        ("q", "article/b/"): 0,
        ("q", "article/b/stage=z"): 0,
    }


def test_need_of_quarters_follows_the_window_of_its_kind():
    rule = make_rule(value=s.Need(Fraction(1), 1, every="quarter"), of=(s.Scope(("article",)),))
    window = s.Window("article", date(2025, 12, 1), date(2026, 11, 30))
    card = score(compile(make_ruleset(rule, windows=(window,))), make_subject(), [make_fact("a", on=date(2025, 12, 2))])
    assert [(line.on, line.earned) for line in card.lines] == [
        (date(2025, 12, 2), 100),
        (date(2026, 3, 1), 0),
        (date(2026, 6, 1), 0),
        (date(2026, 9, 1), 0),
    ]


def test_need_without_an_object_is_dated_the_first_day():
    card = score(
        compile(make_ruleset(make_rule(value=s.Need(Fraction(1), 1), of=(s.Scope(("article",)),)))), make_subject(), []
    )
    assert card.lines[0].on == date(2026, 1, 1)


def test_ratio_is_dated_its_latest_object():
    rule = make_rule(value=s.Ratio(Fraction(1), (s.Scope(("opinion",)),)), of=(s.Scope(("article",)),))
    facts = [make_fact("a", on=date(2026, 3, 1)), make_fact("b", "opinion", on=date(2026, 5, 1))]
    assert score(compile(make_ruleset(rule)), make_subject(), facts).lines[0].on == date(2026, 5, 1)


def test_base_is_whole_unless_it_is_prorated():
    half_year = make_subject(served=(Span("seat", date(2026, 7, 1)),))
    rule = make_rule(value=s.Base((s.Amount(Fraction(70)),)))
    assert earned(rule, facts=[], subject=half_year) == [7000]
    assert earned(rule, facts=[], subject=half_year, switches=s.Switches(prorate_base=True)) == [3500]


@pytest.mark.parametrize("value", [s.Need(Fraction(1), 1), s.Ratio(Fraction(1), (s.Scope(("opinion",)),))])
@pytest.mark.parametrize(
    ("from_on", "to_on", "counted"),
    [
        (date(2026, 3, 1), None, "34"),
        (date(2026, 3, 2), None, "4"),
        (None, date(2026, 3, 1), "123"),
        (None, date(2026, 2, 28), "12"),
    ],
)
def test_validity_of_a_need_or_a_ratio_chooses_its_objects(value, from_on, to_on, counted):
    rule = make_rule(value=value, of=(s.Scope(("article",)),), valid_from=from_on, valid_to=to_on)
    facts = [make_fact(n, kind, on=date(2026, int(n), 1)) for n in "1234" for kind in ("article", "opinion")]
    card = score(compile(make_ruleset(rule)), make_subject(), facts)
    assert card.lines[0].about["facts"] == [f"article/{n}/" for n in counted]


def test_multiplier_and_memo_do_not_run_on_to_the_next_fact():
    """A line that is not made stops nothing: the next rules and facts are still read."""
    dated = make_rule("d", value=s.Rows((s.Row(Fraction(1), valid_to=date(2026, 1, 31)),)))
    other = make_rule("o", who=(("post", ("chair",)),))
    manual = make_rule("m", s.Manual(0, 100), (s.Scope(("adjustment",)),))
    plain = make_rule("p", of=(s.Scope(("article", "adjustment")),))
    facts = [
        make_fact("a", on=date(2026, 2, 1)),
        make_fact("b"),
        make_fact("v", "adjustment", attributes="effect=veto", quantity=100),
    ]
    found = lines(dated, other, manual, plain, facts=facts)
    assert sorted((rule, key) for rule, key, _, _ in found) == [
        ("d", "article/b/"),
        ("p", "adjustment/v/effect=veto"),
        ("p", "article/a/"),
        ("p", "article/b/"),
    ]


def test_quantity_of_an_object_is_the_sum_of_its_stages():
    rule = make_rule(value=s.Need(Fraction(4), 4, partial=True), of=(s.Scope(("article",)),), count="quantity")
    assert earned(
        rule, facts=[make_fact("a", quantity=100), make_fact("a", attributes="stage=filed", quantity=200)]
    ) == [300]


def test_first_and_last_day_of_service_earn():
    subject = make_subject(served=(Span("seat", date(2026, 2, 1), date(2026, 2, 2)),))
    facts = [make_fact(str(n), on=date(2026, 1, 31 + n) if not n else date(2026, 2, n)) for n in range(4)]
    assert [key.split("/")[1] for _, key, _, _ in lines(make_rule(), facts=facts, subject=subject)] == ["1", "2"]


def test_need_of_all_meetings_counts_leave_and_parts_as_convened():
    scope = s.Scope(("study",), (("leave", ("",)), ("outcome", ("present",)), ("part", ("speaker",))))
    rule = make_rule(value=s.Need(Fraction(10), s.ALL, partial=True), of=(scope,))
    facts = [
        make_fact("1", "study", attributes="outcome=present;part=speaker;stage=sitting"),
        make_fact("2", "study", attributes="leave=sick;outcome=leave;stage=sitting"),
    ]
    assert earned(rule, facts=facts) == [500]


@pytest.mark.parametrize(("points", "expected"), [("-0.01", -1), ("-0.03", -2), ("0.03", 2)])
def test_weight_is_rounded_half_away_from_zero(points, expected):
    category = s.Category("c", "c", floor=s.NONE, weight=Fraction(1, 2), provenance="x")
    assert figures(make_rule(value=rows((points, {}))), facts=[make_fact()], categories=(category,))[0]["c"] == expected
