"""评价表: one row for each figure that somebody gave a member (or a special committee or group)."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from activities.sheet import NAME, NUMBER, SECTOR
from members.columns import (
    CellError,
    Column,
    Context,
    Plan,
    Row,
    RowError,
    Sheet,
    SheetProblem,
    Step,
    choice,
    clean,
    date,
    text,
    tidy,
    whole,
)
from members.models import Subject
from members.names import normalise_name
from members.people import People
from scoring.appraising import By, Part, credit_day, parts
from scoring.models import Appraisal, Assessment
from scoring.services.appraisals import (
    Mark,
    check_is_over,
    check_mark,
    check_replaces,
    enter_appraisals,
    stored_figures,
)

BYS = {
    **{label: code for code, label in By.choices},
    "本人自评": By.SELF,
    "民主测评": By.PEER,
    "委员互评": By.PEER,
    "外部": By.EXTERNAL,
    "部门评价": By.EXTERNAL,
    "单位评价": By.EXTERNAL,
}
FIELDS = {"subject": "name"}  # of a service's refusal → the column it is told at


def points(cell: str, context: Context) -> int:
    """A number with at most two decimals, as hundredths."""
    value = tidy(cell).replace(",", "")
    try:
        hundredths = Decimal(value) * 100
    except ArithmeticError:
        hundredths = None
    if hundredths is None or hundredths != hundredths.to_integral_value() or abs(hundredths) > 10**8:
        raise CellError("应为分值，最多两位小数，例如 92.5。请改正。")
    return int(hundredths)


def subject_name(cell: str, context: Context) -> str:
    return normalise_name(cell)


def lookups(context: Context) -> dict[str, dict[str, Any]]:
    """Names of the rules of the committee's years that ask for appraisals, for the template's list."""
    names = {}
    for _, found in _years(context):
        names |= {part.rule.name: part.rule.name for part in found}
    return {"appraised_rules": names}


def _years(context: Context) -> list[tuple[Assessment, list[Part]]]:
    rows = Assessment.objects.filter(committee=context.committee).exclude(state=Assessment.State.DRAFT)
    found = []
    for assessment in rows.select_related("committee", "ruleset").order_by("-year", "pk"):
        try:
            found.append((assessment, parts(assessment)))
        except ValidationError:
            continue  # rules that cannot be used ask for nothing
    return found


def plan(context: Context, rows: Sequence[Row]) -> Plan:
    if context.user is None:
        raise SheetProblem("评价要有录入人，才能由另一人复核。请写明由谁导入。")
    return Figures(context).plan(rows)


class Figures:
    """What the rows of one sheet would enter."""

    def __init__(self, context: Context):
        self.context = context
        self.people = People(context.committee)
        others = Subject.objects.filter(committee=context.committee).exclude(kind=Subject.Kind.MEMBER)
        self.others = {str(subject): subject for subject in others.select_related("special_committee", "group")}
        self.years = _years(context)
        self.stored: dict[Part, dict[tuple[int, str], Appraisal]] = {}
        self.met: dict[tuple, Row] = {}
        # (year, part, day, basis) → rows that one act of the office enters together
        self.lists: dict[tuple, list[tuple[Row, Mark, bool]]] = defaultdict(list)
        self.result = Plan()

    def plan(self, rows: Sequence[Row]) -> Plan:
        for row in rows:
            if error := self._take(row):
                self.result.errors.append(error)
        # By year, since each is locked in turn: two sheets must not wait for one another.
        for (assessment, part, given_on, basis), found in sorted(self.lists.items(), key=lambda item: item[0][0].pk):
            self._add_step(assessment, part, given_on, basis, found)
        return self.result

    def _take(self, row: Row) -> RowError | None:
        subject = None if "number" in row.values else self.others.get(row.values["name"])
        kind = subject.kind if subject else Subject.Kind.MEMBER
        asked = self._asked(row, kind)
        if isinstance(asked, RowError):
            return asked
        assessment, part = asked
        if subject is None:
            seat = self.people.seat_of(row, credit_day(assessment, row.values["given_on"]))
            if isinstance(seat, RowError):
                return seat
            subject = seat.subject
        return self._figure(row, assessment, part, subject)

    def _asked(self, row: Row, kind: str) -> tuple[Assessment, Part] | RowError:
        """The year and part that the row means: 年度, otherwise the year of the import or of the day it was given."""
        year = row.values.get("year") or self.context.year or row.values["given_on"].year
        mine = [(one, found) for one, found in self.years if (one.year, one.subject_kind) == (year, kind)]
        if not mine:
            return _told(row, "year", f"{year} 年度没有开始{Subject.Kind(kind).label}的考核。请核对年度。")
        assessment, found = mine[0]
        name, by = clean(row.values["rule"]), row.values["by"]
        part = next((one for one in found if name in {one.rule.name, one.rule.code} and one.by == by), None)
        if part is None:
            names = "、".join(one.name for one in found) or "（没有）"
            return row.error("rule", f"不是 {year} 年考核办法要的评价，现有：{names}。请改正项目或类别。")
        return assessment, part

    def _figure(self, row: Row, assessment: Assessment, part: Part, subject: Subject) -> RowError | None:
        values = row.values
        source = values.get("source", "") or part.source
        first = self.met.setdefault((assessment.pk, part, subject.pk, source), row)
        if first is not row:
            return row.error("name", f"与第 {first.number} 行重复（同一对象、同一项目、同一评价方）。请只留一行。")
        mark = Mark(subject, values["points"], values.get("ballots"), source)
        if part not in self.stored:
            self.stored[part] = stored_figures(assessment, part)
        stored = self.stored[part].get((subject.pk, source))
        if stored and (stored.points, stored.ballots) == (mark.points, mark.ballots):
            self.result.same += 1
            return None
        try:
            check_is_over(values["given_on"])
            check_mark(self.context.user, assessment, part, mark)
            if stored:
                check_replaces(stored, self.context.office)
        except ValidationError as error:
            name, sentences = next(iter(error.message_dict.items()))
            return _told(row, FIELDS.get(name, name), sentences[0])
        basis = values.get("basis", "") or self.context.reason[:500]
        self.lists[assessment, part, values["given_on"], basis].append((row, mark, stored is not None))
        return None

    def _add_step(
        self,
        assessment: Assessment,
        part: Part,
        given_on: datetime.date,
        basis: str,
        found: list[tuple[Row, Mark, bool]],
    ) -> None:
        def write() -> None:
            enter_appraisals(
                user=self.context.user,
                assessment=assessment,
                office=self.context.office,
                rule=part.rule.code,
                by=part.by,
                given_on=given_on,
                marks=[mark for _, mark, _ in found],
                basis=basis,
            )

        changed = sum(is_known for _, _, is_known in found)
        self.result.steps.append(Step(found[0][0], write, new=len(found) - changed, changed=changed))


def _told(row: Row, field: str, sentence: str) -> RowError:
    """A whole sentence at a cell, which may be empty or not be there."""
    return row.error(field, sentence if row.found.get(field) else f"：{sentence}")


SHEET = Sheet(
    kind="appraisals",
    label="评价",
    unit="项评价",
    lookups=lookups,
    plan=plan,
    one_of=(("number", "name"),),
    notes=(
        "一行一项：谁在哪个项目上得了多少分，由谁评的。导入后由另一人复核，复核后计入成绩单。",
        "项目写考核办法里规则的名称；类别写自评、互评或外部评价。",
        "互评的分值是有效票的平均，要写票数；不记名，不写谁投的。外部评价要写评价方。",
        "“姓名”也可以写专门委员会或活动组的名称。",
        "已复核的、本人在手机上提交的，不会被表格改动。",
    ),
    columns=(
        NUMBER,
        replace(NAME, read=subject_name, aliases=(*NAME.aliases, "对象")),
        SECTOR,
        Column(
            "rule",
            "项目",
            text(100),
            ("评价项目", "规则", "评价内容", "考核项目"),
            is_required=True,
            options="appraised_rules",
        ),
        Column(
            "by",
            "类别",
            choice(BYS, shown=tuple(By.labels)),
            ("评价类别", "评价方式", "方式"),
            is_required=True,
            options=tuple(By.labels),
        ),
        Column("points", "分值", points, ("得分", "分数", "平均分", "评分"), is_required=True, example="92.5"),
        Column("ballots", "票数", whole(1, 100_000), ("有效票", "有效票数", "份数"), note="互评必填", example="62"),
        Column("source", "评价方", text(60), ("评价单位", "评价人", "评价主体"), note="外部评价必填"),
        Column(
            "given_on",
            "评价日期",
            date,
            ("日期", "时间", "测评日期"),
            is_required=True,
            example="2026-12-15",
        ),
        Column("year", "年度", whole(1954, 2100), ("考核年度",), note="空着按评价日期的年份"),
        Column("basis", "依据", text(500), ("评价依据", "说明"), note="空着按文件名"),
    ),
)
