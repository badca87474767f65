"""Grades by quota, ties, partitions and places over all cards of an assessment; nothing here touches points."""

from typing import NamedTuple


class Standing(NamedTuple):
    """What placing needs of one card."""

    key: str
    total: int
    ranked: bool
    partition: tuple
    ceiling: str
    figures: dict  # category code → printed figure
    outside: dict = {}  # code of a category printed apart → figure


class Placing(NamedTuple):
    place: int | None  # 1, 2, 2, 4 within the partition; None when not ranked
    among: int  # ranked subjects of the partition
    tied: int  # how many share the place, oneself included
    grade: str | None
    band: str
    outside: dict  # code → place on that category alone


def standing(card):
    """Standing of a document (dict) as card.plain() makes it."""
    return Standing(
        card["subject"],
        card["total"],
        card["ranked"],
        tuple(card["partition"]),
        card["ceiling"],
        {n["code"]: n["figure"] for n in card["nodes"]},
        card["outside"],
    )


def place(rules, standings):
    """Standings in any order → {key: Placing}. Partitions never mix; those not ranked get neither place nor grade."""
    groups, out = {}, {}
    for one in standings:
        if one.ranked:
            groups.setdefault(one.partition, []).append(one)
        else:
            out[one.key] = Placing(None, 0, 0, None, "", {})
    for group in groups.values():
        grades = _grades(rules.ruleset.grades, group)
        places = _places(group, lambda one: one.total)
        apart = {
            code: _places([o for o in group if code in o.outside], lambda o, c=code: o.outside[c])
            for code in {c for o in group for c in o.outside}
        }
        rank, size = rules.ruleset.rank, len(group)
        shown = rank.places and size >= rank.smallest
        for one in group:
            at, tied = places[one.key]
            band = next((b.name for b in rank.bands if at <= b.to * size), "") if shown else ""
            out[one.key] = Placing(
                at if shown else None,
                size,
                tied if shown else 0,
                grades[one.key],
                band,
                {c: p[one.key][0] for c, p in sorted(apart.items()) if one.key in p} if shown else {},
            )
    return out


def _places(group, figure):
    values = sorted((figure(one) for one in group), reverse=True)
    first, count = {}, {}
    for n, value in enumerate(values, 1):
        first.setdefault(value, n)
        count[value] = count.get(value, 0) + 1
    return {one.key: (first[figure(one)], count[figure(one)]) for one in group}


def _grades(grades, group):
    """{key: grade name or None}: best grade first, filled by total among those whom bounds and ceilings admit."""
    names = [g.name for g in grades]
    left = sorted(group, key=lambda one: (-one.total, one.key))
    found, charged = {one.key: None for one in group}, 0
    for n, grade in enumerate(grades):
        open_to = [
            one
            for one in left
            if (grade.at_least is None or one.total >= grade.at_least)
            and (not one.ceiling or names.index(one.ceiling) <= n)
        ]
        if grade.share is not None or grade.places is not None:
            limits = [grade.places] if grade.places is not None else []
            if grade.share is not None:
                limits.append(grade.share.numerator * len(group) // grade.share.denominator)
            places = min(limits)
            charged, places = max(0, charged - places), max(0, places - charged)
            chosen = _fill(grade, open_to, places)
            charged += max(0, len(chosen) - places)
        else:
            chosen = open_to
        for one in chosen:
            found[one.key] = grade.name
        left = [one for one in left if found[one.key] is None]
    return found


def _fill(grade, open_to, places):
    """Those who get one of the places; `open_to` by total, best first. A tie at the edge goes by the grade's policy."""
    if len(open_to) <= places or places == 0:
        return open_to if places else []
    edge = open_to[places - 1].total
    above = [one for one in open_to if one.total > edge]
    tied = [one for one in open_to if one.total == edge]
    if len(above) + len(tied) <= places:
        return above + tied
    if grade.tie == "in":
        return above + tied
    if grade.tie == "out":
        return above
    rank = {one.key: tuple(one.figures.get(code, 0) for code in grade.compare) for one in tied}
    tied.sort(key=lambda one: rank[one.key], reverse=True)
    room = places - len(above)
    edge = rank[tied[room - 1].key]
    if rank[tied[room].key] == edge:  # still tied after every category: out
        return above + [one for one in tied if rank[one.key] > edge]
    return above + tied[:room]
