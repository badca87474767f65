"""Problems of scopes, conditions and dates, wherever they stand in a ruleset."""

from . import schema as s
from .codec import Problem


def unknown_kind(table, index, key, kind):
    return Problem(table, index, key, f"没有“{kind}”这类事项；可用的有：{'、'.join(s.KINDS)}，本地事项以 x- 开头。")


def dates(table, index, key, first, last):
    if first and last and first > last:
        yield Problem(table, index, f"{key}.to" if key else "to", f"{last} 早于起始日 {first}，截止日应不早于起始日。")


def excepted(table, index, key, e):
    yield from posts_of(table, index, key, e.where)
    if not e.where:
        yield Problem(table, index, key, '没有写哪些人除外，应至少写一个条件，如 post = ["chair"]。')
    if not e.reason:
        yield Problem(table, index, key, "须写明除外的理由（reason），卡片上要印出来。")


def scopes_of(table, index, key, scopes):
    for n, scope in enumerate(scopes, 1):
        at = f"{key}[{n}]"
        if not scope.kinds:
            yield Problem(table, index, f"{at}.kind", "没有写事项，应至少写一类。")
        for kind in scope.kinds:
            if kind not in s.KINDS and not kind.startswith("x-"):
                yield unknown_kind(table, index, f"{at}.kind", kind)
        if scope.unit not in ("meeting", "sitting"):
            yield Problem(
                table, index, f"{at}.unit", f"写的是“{scope.unit}”，应为 meeting（按次会议）或 sitting（按半天）。"
            )
        yield from codes_of(table, index, at, scope.where, scope.unit)


def codes_of(table, index, at, where, unit):
    for name, codes in where:
        if not codes:
            yield Problem(table, index, f"{at}.{name}", "条件没有写任何代码。")
        if any(c.startswith("!") for c in codes) and not all(c.startswith("!") for c in codes):
            yield Problem(table, index, f"{at}.{name}", "带 ! 的排除和不带 ! 的选取不能写在同一个条件里。")
        allowed = s.CODES.get(name)
        if name == "outcome":
            allowed = s.MEETING_OUTCOMES if unit == "meeting" else s.SITTING_OUTCOMES if unit == "sitting" else allowed
        for code in codes:
            bare = code.removeprefix("!")
            if name == "stage" and bare in ("sitting", "meeting"):
                yield Problem(table, index, f"{at}.{name}", f'“{bare}”不写成 stage，请写 unit = "{bare}"。')
            elif name == "outcome" and bare in ("late", "left_early") and unit == "meeting":
                yield Problem(
                    table,
                    index,
                    f"{at}.{name}",
                    '会议的结果里没有迟到、早退（算出席）；要按迟到、早退计分，请写 unit = "sitting"。',
                )
            elif name == "outcome" and bare == "part" and unit == "sitting":
                yield Problem(table, index, f"{at}.{name}", '一个半天没有“部分出席”，请写 unit = "meeting"。')
            elif allowed and bare and bare not in allowed and not bare.startswith("x-"):
                yield Problem(
                    table, index, f"{at}.{name}", f"没有“{bare}”；可用的有：{'、'.join(allowed)}，本地代码以 x- 开头。"
                )


def attendance(table, index, at, scopes, rows=()):
    """Attendance must say how it was attended: without it an absence would earn as much as presence."""
    for n, scope in enumerate(scopes, 1):
        kinds = [k for k in scope.kinds if k in s.MEETING_KINDS]
        said = [
            {name for name, _ in where} & {"outcome", "part"} for where in [scope.where, *(row.where for row in rows)]
        ]
        if kinds and not said[0] and not (rows and all(said[1:])):
            yield Problem(
                table,
                index,
                f"{at}[{n}]",
                f'{"、".join(kinds)} 是会议活动，须写明怎样出席才算（outcome，如 "present"），'
                "否则缺席也会计分；可写在 of 里，或写在每一行 rows 里。",
            )


def posts_of(table, index, at, where):
    for name, codes in where:
        for code in codes if name == "post" else ():
            bare = code.removeprefix("!")
            if bare not in s.POSTS and not bare.startswith("x-"):
                yield Problem(
                    table,
                    index,
                    f"{at}.post",
                    f"没有“{bare}”这个职务；可用的有：{'、'.join(s.POSTS)}，本地职务以 x- 开头。",
                )


def unit_of(scopes):
    units = {scope.unit for scope in scopes}
    return units.pop() if len(units) == 1 else ""
