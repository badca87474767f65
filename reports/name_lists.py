"""名单: any group of a year's people as an official list, by either order of strokes or by score."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from members.names import display_name
from reports.figures import Source
from reports.official import Footer, Names, title_lines, width
from reports.people import Order, Person, in_order
from scoring.services.basis import FINAL_STATES

COLUMNS, WIDE = 4, 7  # of 39 mm, seven characters each
GAP = 0.5  # of a character, at least, before the next name
EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class Group:
    """``code`` is what an address says; ``kind`` heads the groups of one kind in a choice."""

    code: str
    kind: str
    name: str
    people: list[Person]


@dataclass(frozen=True, slots=True)
class NameList:
    """One list with its page's edge. ``at``: of what time it speaks."""

    names: Names
    foot: Footer
    at: datetime

    @property
    def name(self) -> str:
        return "".join(self.names.title)


def groups(source: Source) -> list[Group]:
    """Every group of the year that has somebody in it, honours first."""
    found = source.people
    year = source.assessment.year
    made = [Group(EVERYBODY, "全体", f"{year}年度全体委员", found)]
    made += [Group(f"honour-{title}", "称号", title, chosen) for title, chosen in source.honours.items()]
    made.append(Group("standing", "常务委员会", "常务委员会组成人员", [one for one in found if one.is_standing]))
    made += [
        Group(f"grade-{name}", "等次", f"{name}等次委员", [one for one in found if one.is_ranked and one.grade == name])
        for name in source.grades
    ]
    made += _by("special", "专门委员会", "委员", found, lambda one: one.special_committees)
    made += _by("sector", "界别", "界别委员", found, lambda one: (one.sector,))
    made += _by("group", "活动组", "委员", found, lambda one: one.groups)
    return [one for one in made if one.people]


def _by(
    code: str, kind: str, ending: str, found: list[Person], names_of: Callable[[Person], Iterable[str]]
) -> list[Group]:
    """A group for each of the names that people have; it is called by the name and ``ending``."""
    parts: dict[str, list[Person]] = {}
    for one in found:
        for name in names_of(one):
            parts.setdefault(name, []).append(one)
    return [Group(f"{code}-{name}", kind, name + ending, chosen) for name, chosen in sorted(parts.items())]


def name_list(source: Source, group: Group, order: Order, title: str = "") -> NameList:
    """``title``: typed, or "" for the committee's name, the year and the group's."""
    chosen = in_order(group.people, order)
    committee = source.assessment.committee.short_name
    year = source.assessment.year
    own = group.name if group.code == EVERYBODY else f"{year}年度{group.name}"
    return NameList(
        names=Names(
            title=title_lines(title or f"{committee}{own}名单"),
            order=f"（共{len(chosen)}名，{order.label}）",
            rows=rows([printed(one) for one in chosen]),
            people=[one.name for one in chosen],
        ),
        foot=foot_of(source),
        at=source.at,
    )


def printed(person: Person) -> str:
    """张　三（女，回族）: three characters wide, and what is not 男 or 汉族 in brackets."""
    remarks = [
        *(["女"] if person.sex == "女" else []),
        *([nationality] if (nationality := _nationality(person.ethnicity)) not in {"", "汉族"} else []),
    ]
    return display_name(person.name) + (f"（{'，'.join(remarks)}）" if remarks else "")


def _nationality(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith("族") else f"{text}族"


def rows(entries: Iterable[str]) -> list[list[tuple[str, int]]]:
    """Four columns from left to right; an entry that would touch the next one takes its column as well, all if it must."""
    found: list[list[tuple[str, int]]] = [[]]
    taken = 0
    for text in entries:
        columns = min(COLUMNS, max(1, math.ceil((width(text) + GAP) / WIDE)))
        if taken + columns > COLUMNS and width(text) <= (COLUMNS - taken) * WIDE:
            columns = COLUMNS - taken  # nothing follows on this line
        if taken + columns > COLUMNS:
            found.append([])
            taken = 0
        found[-1].append((text, columns))
        taken += columns
    return [row for row in found if row]


def foot_of(source: Source) -> Footer:
    """What a paper says about what it was made from: the edition and its digest, or that there is none yet."""
    if source.edition:
        return Footer(
            f"依据：{source.assessment.year}年度考核{source.edition.name}，定版摘要 {source.edition.short_digest}"
        )
    at = timezone.localtime(source.at)
    state = "已审定，尚未公布" if source.assessment.state in FINAL_STATES else "未经审定，仅供内部参考"
    return Footer(f"依据：截至{at.year}年{at.month}月{at.day}日 {at:%H:%M}的成绩，{state}", is_draft=True)
