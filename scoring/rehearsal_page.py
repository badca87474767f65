"""A finished rehearsal as its page shows it: names, sentences, the chart's geometry."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from members.models import Subject
from scoring.engine.sentences import points
from scoring.models import Rehearsal
from scoring.rehearsal import NO_GRADE, SHOWN, UNRANKED

GRADE_WORDS = {NO_GRADE: "未定等次", UNRANKED: "不排名"}
METHODS = {"linear": "按各条得分推算", "choice": "重新取舍后推算"}
KINDS = {"rule": "规则", "category": "类别"}
GONE = "（已删除的对象）"

NAMED = 60  # people listed of one cap
# The chart in its own units.
WIDE, HIGH, BASE, GAP = 720, 240, 200, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A bin of the chart: two bars beside one another over one label; all lengths in the chart's units."""

    label: str
    middle: int
    width: int
    before: int
    before_x: int
    before_y: int
    before_high: int
    after: int
    after_x: int
    after_y: int
    after_high: int


class Page:
    """``result`` as scoring/rehearsal.py makes it; ``subjects`` are those whose names the reader may see."""

    def __init__(self, rehearsal: Rehearsal, subjects: QuerySet[Subject]) -> None:
        self.rehearsal = rehearsal
        self.result: dict[str, Any] = json.loads(rehearsal.result)
        self._subjects = subjects
        self.is_compared = rehearsal.assessment_id is not None or rehearsal.former_id is not None

    @cached_property
    def named(self) -> dict[int, Subject]:
        """{primary key: subject} of everybody the page names; one query."""
        movers = [one["subject"] for one in [*self.result["rise"], *self.result["fall"]]]
        capped = [subject for cap in self.result["caps"] for subject, _ in cap.get("who", [])[:NAMED]]
        ids = [*movers, *capped, *(subject for subject, _ in self.result["errors"])]
        found = self._subjects.filter(pk__in=ids).select_related("seat__member", "special_committee", "group")
        return {subject.pk: subject for subject in found}

    def name(self, subject_id: int) -> str:
        return self.named[subject_id].name if subject_id in self.named else GONE

    # ------------------------------------------------------------ words
    @property
    def compared_with(self) -> str:
        if self.rehearsal.assessment_id is not None:
            return f"{self.rehearsal.year} 年度现有的成绩单"
        if self.rehearsal.former_id is not None:
            return f"{self.rehearsal.year} 年已审定的办法在同样记录上的结果"
        return ""

    @property
    def sentences(self) -> list[str]:
        """What the figures below come to."""
        result = self.result
        kind = self.rehearsal.ruleset.get_subject_kind_display()
        if not self.is_compared:
            said = [f"共试算 {result['subjects']} 个{kind}；这一年没有现行结果，不作比较。"]
        else:
            said = [
                f"与 {self.compared_with}相比，{result['compared']} 个{kind}中 {result['up']} 个总分上升，"
                f"{result['down']} 个下降，{result['same']} 个不变。",
                self._of_grades(),
            ]
        before, after = result["mean"]
        if after is not None:
            was = f"由 {points(before)} 分变为 {points(after)} 分" if before is not None else f"为 {points(after)} 分"
            said.append(f"参加排名的平均分{was}。")
        hit = max(result["caps"], key=lambda cap: cap["hit"][1], default=None)
        if hit and hit["hit"][1]:
            said.append(f"计满上限最多的是“{hit['name']}”，有 {hit['hit'][1]} 个{kind}。")
        if result["idle"]:
            said.append(f"有 {len(result['idle'])} 条规则没有计到任何{kind}。")
        first = next(iter(result["moves"]), None)
        if first and first["pairs"]:
            said.append(
                f"名次最受影响的是{KINDS[first['what']]}“{first['name']}”：分值提高一成，有 {first['pairs']} 对先后对调。"
            )
        elif first:
            said.append("任何一条规则或一个类别的分值提高一成，都没有先后对调。")
        if result["stale"]:
            said.append(f"对照的成绩单中有 {result['stale']} 份正等待重新计算，算完后再试算一次，比较更准。")
        return said

    def _of_grades(self) -> str:
        grades = self.result["grades"]
        if not grades["changed"]:
            return "没有人的等次变化。"
        other = grades["changed"] - grades["up"] - grades["down"]
        rest = f"，{other} 个是定与不定、排与不排之间的变化" if other else ""
        return f"等次变化 {grades['changed']} 个：升 {grades['up']} 个，降 {grades['down']} 个{rest}。"

    # ------------------------------------------------------------ tables
    @property
    def bins(self) -> list[tuple[str, int, int]]:
        """[(label, how many before, how many after), …]"""
        return [(f"{points(low)} 至不满 {points(high)}", old, new) for low, high, old, new in self.result["bins"]]

    @property
    def grades(self) -> dict[str, Any]:
        found = self.result["grades"]
        rows = []
        for old, cells in zip(found["rows"], found["cells"], strict=True):
            marked = [(count, old == new) for new, count in zip(found["columns"], cells, strict=True)]
            rows.append({"name": _grade(old), "cells": marked, "sum": sum(cells)})
        sums = [sum(cells) for cells in zip(*found["cells"], strict=True)]
        return {"columns": [_grade(name) for name in found["columns"]], "rows": rows, "sums": sums}

    @property
    def movers(self) -> list[tuple[str, str, list[dict[str, Any]]]]:
        """[(id, heading, rows), …] of those who rise and those who fall most."""
        return [
            ("rise", "上升最多的", self._movers(self.result["rise"])),
            ("fall", "下降最多的", self._movers(self.result["fall"])),
        ]

    def _movers(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            row
            | {
                "name": self.name(row["subject"]),
                "who": self.named.get(row["subject"]),
                "change": row["total"][1] - row["total"][0],
                "grade": [_grade(name) for name in row["grade"]],
                "by": row["points"][1] - row["points"][0],
            }
            for row in rows
        ]

    @property
    def caps(self) -> list[dict[str, Any]]:
        """Each cap with ``people``: [(name, what it takes), …], the first NAMED of them."""
        return [
            cap
            | {
                "people": [(self.name(subject), taken) for subject, taken in cap.get("who", [])[:NAMED]],
                "others": max(len(cap.get("who", [])) - NAMED, 0),
            }
            for cap in self.result["caps"]
        ]

    @property
    def moves_first(self) -> list[dict[str, Any]]:
        """Those that would swap most."""
        return self._moves[:SHOWN]

    @property
    def moves_rest(self) -> list[dict[str, Any]]:
        return self._moves[SHOWN:]

    @cached_property
    def _moves(self) -> list[dict[str, Any]]:
        return [one | {"kind": KINDS[one["what"]], "found": METHODS[one["method"]]} for one in self.result["moves"]]

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [(self.name(subject), said) for subject, said in self.result["errors"]]

    # ------------------------------------------------------------ chart
    @property
    def bars(self) -> list[Bar]:
        """The distribution, drawn: the tallest bar fills the chart."""
        found = self.result["bins"]
        most = max((max(old, new) for _, _, old, new in found), default=0)
        if not most:
            return []
        step = WIDE // len(found)
        width = (step - GAP) // 2
        bars = []
        for n, (low, _, old, new) in enumerate(found):
            x = n * step + GAP // 2
            highs = [count * (BASE - 20) // most for count in (old, new)]
            bars.append(
                Bar(
                    label=points(low),
                    middle=x + width,
                    width=width,
                    before=old,
                    before_x=x,
                    before_y=BASE - highs[0],
                    before_high=highs[0],
                    after=new,
                    after_x=x + width,
                    after_y=BASE - highs[1],
                    after_high=highs[1],
                )
            )
        return bars


def _grade(name: str) -> str:
    return GRADE_WORDS.get(name, name)
