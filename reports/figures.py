"""Figures named in a text: {{称职人数}} stands for what the edition says, so that no number is typed by hand."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from members.access import visible
from members.models import User
from reports.people import Person, people
from reports.ranked import Year, year_of
from reports.rankings import Asked, Ranking, table
from scoring.engine.sentences import points
from scoring.models import Assessment, Commendation, Edition

FIELD = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
LISTED = 40


class UnknownFigure(ValueError):
    """A text names a figure that the year has not. The message is for users, in Chinese."""


@dataclass(frozen=True)
class Source:
    """Everything that paper about a year is made from. ``honours``: {title: names on the list, by strokes}."""

    year: Year
    people: list[Person]
    honours: dict[str, list[Person]]

    @property
    def assessment(self) -> Assessment:
        return self.year.assessment

    @property
    def edition(self) -> Edition | None:
        return self.year.edition

    @property
    def at(self) -> datetime:
        """The time that paper made from this speaks of."""
        return self.year.at

    @cached_property
    def figures(self) -> dict[str, str]:
        """{name: value} of everything that a text may name, in the order in which a page offers it."""
        assessment, committee = self.assessment, self.assessment.committee
        ranked = [one for one in self.people if one.is_ranked]
        grades = Counter(one.grade for one in ranked)
        names = self.grades
        found = {
            "年度": str(assessment.year),
            "委员会": committee.short_name,
            "委员会全称": committee.name,
            "办法": assessment.ruleset.title,
            "应评价人数": str(len(self.people)),
            "参加排名人数": str(len(ranked)),
            "不参加排名人数": str(len(self.people) - len(ranked)),
            "各等次情况": "、".join(f"{name}{grades[name]}名" for name in names if grades[name]) or "没有评定等次",
            **{f"{name}人数": str(grades[name]) for name in names},
            "平均分": _mean([one.total for one in ranked]),
            "各项平均分": mean_parts(table(self.year, Asked()), self.year.nodes),
        }
        for title, chosen in {Commendation.TITLE: [], **self.honours}.items():
            found[f"{title}名单人数"] = str(len(chosen))
            found[f"{title}名单"] = "、".join(one.name for one in chosen) or "没有"
        return found

    @property
    def grades(self) -> list[str]:
        """Names of the grades, the best first."""
        return [one.name for one in self.year.rules.ruleset.grades]


def source_of(user: User, assessment: Assessment) -> Source:
    """Ten queries at most, for any number of people."""
    found = people(user, assessment)
    honours: dict[str, list[Person]] = {}
    rows = visible(user, Commendation).standing().filter(assessment=assessment)
    listed = set(rows.values_list("title", "subject__public_id"))
    for title in sorted({title for title, _ in listed}, key=lambda one: (one != Commendation.TITLE, one)):
        honours[title] = [one for one in found if (title, one.public_id) in listed]
    return Source(year_of(user, assessment), found, honours)


def fill(text: str, figures: Mapping[str, str], where: str) -> str:
    """``text`` with each {{name}} replaced. UnknownFigure names ``where``, the line, what is there and what could be."""
    check(text, figures, where)
    return FIELD.sub(lambda match: figures[match.group(1)], text)


def check(text: str, names: Iterable[str], where: str) -> None:
    """UnknownFigure for the first thing in double braces that is no figure, or for braces without a partner."""
    known = list(names)
    for number, line in enumerate(text.splitlines(), start=1):
        for name in FIELD.findall(line):
            if name not in known:
                near = get_close_matches(name, known, n=1, cutoff=0.5)
                hint = f"是不是 {{{{{near[0]}}}}}？" if near else ""
                raise UnknownFigure(
                    f"“{where}”第 {number} 行写的是 {{{{{name}}}}}，没有这个数据项。{hint}"
                    f"可用的有：{'、'.join(known[:LISTED])}。请改成其中一个，或改成普通文字。"
                )
        rest = FIELD.sub("", line)
        if "{{" in rest or "}}" in rest:
            raise UnknownFigure(
                f"“{where}”第 {number} 行的双花括号不成对。数据项应写成 {{{{应评价人数}}}}，请补全或删去括号。"
            )


def _mean(totals: list[int]) -> str:
    """Of hundredths, rounded half up to hundredths; 0 of nobody."""
    return points((2 * sum(totals) + len(totals)) // (2 * len(totals))) if totals else "0"


def mean_parts(found: Ranking, nodes: Sequence[Mapping[str, Any]]) -> str:
    """会议8分、提案4分，履职合计12分；加分0.5分、扣分0.3分: the mean of each category among the ranked, from the very cells
    of the table. A category whose parts stand before it is their sum; what is taken off is said without a sign."""
    rows = [row.cells for section in found.sections if section.is_ranked for row in section.rows]
    shown = {column.name for column in found.columns if column.kind == "figure"}
    parents = {one["parent"] for one in nodes if one["name"] in shown}
    sums = {one["name"] for one in nodes if one["code"] in parents}
    said = ""
    for place, column in enumerate(found.columns):
        if column.kind != "figure":
            continue
        mean = _mean([int(Decimal(cells[place]) * 100) for cells in rows])
        if column.name in sums:
            said = f"{said.removesuffix('、')}，{column.name}合计{mean}分；"
        else:
            said += f"{column.name}{mean.removeprefix('-') if column.name.startswith('扣') else mean}分、"
    return said[:-1] or "没有分项"
