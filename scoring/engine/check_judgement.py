"""Problems of gates, grades and places."""

from . import schema as s
from .check_scopes import attendance, excepted, posts_of, scopes_of
from .codec import Problem


def gates_of(r):
    figures = {s.TOTAL} | {c.code for c in r.categories}
    grades = {g.name for g in r.grades}
    seen = set()
    for i, g in enumerate(r.gates):
        if not g.code or g.code in seen:
            yield Problem("gate", i, "code", f"代码“{g.code}”为空或重复。")
        seen.add(g.code)
        if not g.clause and not g.source:
            yield Problem("gate", i, "clause", "须写明条款（clause）或依据（source），二者至少其一。")
        if g.match not in ("all", "any"):
            yield Problem("gate", i, "match", f"写的是“{g.match}”，应为 all（各项都要）或 any（任一项即可）。")
        if g.ceiling and g.ceiling not in grades:
            yield Problem("gate", i, "ceiling", f"没有“{g.ceiling}”这个等次；可用的有：{'、'.join(grades)}。")
        if not g.tests:
            yield Problem("gate", i, "tests", "没有写任何条件。")
        yield from posts_of("gate", i, "who", g.who)
        for n, e in enumerate(g.excepted, 1):
            yield from excepted("gate", i, f"except[{n}]", e)
        for n, t in enumerate(g.tests, 1):
            yield from _test(i, f"tests[{n}]", t, figures)


def _test(i, at, t, figures):
    if bool(t.of) == bool(t.figure):
        yield Problem("gate", i, at, "须写明数哪些事项（of）或看哪一项分数（figure），且只能写一种。")
    if (t.at_least is None) == (t.at_most is None):
        yield Problem("gate", i, at, "须写明至少（at_least）或至多（at_most），且只能写一种。")
    if t.figure and t.figure not in figures:
        yield Problem("gate", i, f"{at}.figure", f"没有“{t.figure}”这个类别。")
    if t.years < 1:
        yield Problem("gate", i, f"{at}.years", f"写的是 {t.years}，应至少为 1。")
    if t.years_by not in ("sum", "each"):
        yield Problem(
            "gate", i, f"{at}.years_by", f"写的是“{t.years_by}”，应为 sum（各年合计）或 each（年年不达标才算不达标）。"
        )
    if t.credit not in ("", "stage", "event"):
        yield Problem("gate", i, f"{at}.credit", f"写的是“{t.credit}”，应为 stage、event，或留空。")
    if t.count not in ("objects", "quantity"):
        yield Problem("gate", i, f"{at}.count", f"写的是“{t.count}”，应为 objects 或 quantity。")
    yield from scopes_of("gate", i, f"{at}.of", t.of)
    yield from attendance("gate", i, f"{at}.of", t.of)


def grades_of(r):
    categories = {c.code for c in r.categories}
    seen, bound = set(), None
    for i, g in enumerate(r.grades):
        if not g.name or g.name in seen:
            yield Problem("grade", i, "name", f"等次名“{g.name}”为空或重复。")
        seen.add(g.name)
        if bound is not None and g.at_least is not None and g.at_least > bound:
            yield Problem("grade", i, "at_least", "等次须从高到低写，下限不能比上一等次高。")
        bound = g.at_least if g.at_least is not None else bound
        quota = g.share is not None or g.places is not None
        if g.share is not None and not 0 < g.share <= 1:
            yield Problem("grade", i, "share", f"写的是 {g.share}，比例应大于 0 且不超过 1。")
        if g.places is not None and g.places < 0:
            yield Problem("grade", i, "places", f"写的是 {g.places}，名额不能小于 0。")
        if quota and g.tie not in ("in", "out", "categories"):
            yield Problem(
                "grade",
                i,
                "tie",
                f"写的是“{g.tie}”；有名额就须写明末位同分怎么办：in（都进）、out（都不进）、categories（依次比较各类别）。",
            )
        if not quota and g.tie:
            yield Problem("grade", i, "tie", "没有名额限制，不存在末位同分，请留空。")
        if (g.tie == "categories") != bool(g.compare):
            yield Problem("grade", i, "compare", 'tie = "categories" 须写明依次比较哪些类别（compare），其他情形留空。')
        for code in g.compare:
            if code not in categories:
                yield Problem("grade", i, "compare", f"没有“{code}”这个类别。")
    last = 0
    for band in r.rank.bands:
        if not last < band.to <= 1:
            yield Problem("rank", None, "bands", f"分段“{band.name}”的界 {band.to} 应大于前一段且不超过 1。")
        last = band.to
    if r.rank.smallest < 1:
        yield Problem("rank", None, "smallest", f"写的是 {r.rank.smallest}，应至少为 1。")
