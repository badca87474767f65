"""履职记录: one row for each contribution of one member (or of a special committee or group)."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from activities.contributions import (
    CONTRIBUTION_FIELDS,
    ContributionEntry,
    change_contribution,
    contribution_id,
    record_contributions,
)
from activities.models import Contribution, ContributionKind
from activities.sheet import NUMBER, SECTOR
from members.columns import (
    Column,
    Context,
    Plan,
    Row,
    RowError,
    Sheet,
    Step,
    choice,
    clean,
    code_text,
    date,
    lookup,
    lookup_table,
    quantity,
    text,
    whole,
)
from members.ids import natural_id
from members.models import Subject
from members.names import normalise_name
from members.people import People

LEVELS = {
    "县级": "county",
    "县": "county",
    "区级": "county",
    "区": "county",
    "县区级": "county",
    "市级": "city",
    "市": "city",
    "省级": "province",
    "省": "province",
    "国家级": "nation",
    "全国": "nation",
    "国家": "nation",
}
SHOWN_LEVELS = ("县级", "市级", "省级", "国家级")
# The codes that rules name; the form of one contribution has the same.
ROLES = {
    "牵头": "lead",
    "第一作者": "lead",
    "执笔": "lead",
    "主笔": "lead",
    "主持": "lead",
    "参与": "cosigner",
    "联名": "cosigner",
    "合作": "cosigner",
    "参加": "participant",
}
SHOWN_ROLES = ("牵头", "参与", "参加")
BULK = 500  # new contributions in one step


def lookups(context: Context) -> dict[str, dict[str, Any]]:
    kinds = ContributionKind.objects.filter(committee=context.committee, is_open=True)
    return {"contribution_kinds": lookup_table(kinds)}


def subject_name(cell: str, context: Context) -> str:
    """A member's name, or that of a special committee or group."""
    return normalise_name(cell)


def plan(context: Context, rows: Sequence[Row]) -> Plan:
    return Ledger(context).plan(rows)


class Ledger:
    """What the rows of one sheet would change in the contributions of a committee."""

    def __init__(self, context: Context):
        self.context = context
        self.people = People(context.committee)
        parts = Subject.objects.filter(committee=context.committee).exclude(kind=Subject.Kind.MEMBER)
        self.parts = {str(subject): subject for subject in parts.select_related("special_committee", "group")}
        stored = Contribution.objects.filter(committee=context.committee).select_related("office", "kind", "subject")
        self.stored = {_key(row.kind, row.subject, row.title, row.happened_on): row for row in stored}
        # A record whose title, day or kind was corrected since is still the one that this row made.
        self.by_id = {row.public_id: row for row in self.stored.values()}
        self.met: dict[tuple, Row] = {}
        self.entries: list[tuple[Row, ContributionEntry]] = []
        self.result = Plan()

    def plan(self, rows: Sequence[Row]) -> Plan:
        for row in rows:
            subject = self._subject(row)
            error = subject if isinstance(subject, RowError) else self._take(row, subject)
            if error:
                self.result.errors.append(error)
        for start in range(0, len(self.entries), BULK):
            self._add_step(self.entries[start : start + BULK])
        return self.result

    def _subject(self, row: Row) -> Subject | RowError:
        part = None if "number" in row.values else self.parts.get(row.values["name"])
        if part is not None:
            return part
        seat = self.people.seat_of(row, row.values["happened_on"])
        return seat if isinstance(seat, RowError) else seat.subject

    def _take(self, row: Row, subject: Subject) -> RowError | None:
        values = row.values
        key = _key(values["kind"], subject, values["title"], values["happened_on"])
        first = self.met.setdefault(key, row)
        if first is not row:
            return row.error(
                "title", f"与第 {first.number} 行重复（同一人、同一天、同一类型、同一事项）。请只留一行，或改写事项。"
            )
        if values.get("position", 1) > values.get("sharers", values.get("position", 1)):
            return row.error("position", f"大于署名人数 {values['sharers']}。请改正其中一个。")
        stored = self.stored.get(key) or self.by_id.get(_id(row, subject))
        return self._new(row, subject) if stored is None else self._known(row, stored)

    def _new(self, row: Row, subject: Subject) -> None:
        values = row.values
        public_id = _id(row, subject)
        given = {name: values[name] for name in ("level", "role", "quantity", "position") if name in values}
        entry = ContributionEntry(
            kind=values["kind"],
            subject=subject,
            title=values["title"],
            happened_on=values["happened_on"],
            sharers=values.get("sharers", values.get("position", 1)),
            work=self._work(row) or natural_id(self.context.committee.code, "work", str(public_id)),
            public_id=public_id,
            **given,
        )
        self.entries.append((row, entry))

    def _work(self, row: Row) -> uuid.UUID | None:
        """The same 成果编号 means the same work, in every sheet of the committee."""
        number = row.values.get("work")
        return natural_id(self.context.committee.code, "work", row.values["kind"].code, number) if number else None

    def _known(self, row: Row, stored: Contribution) -> RowError | None:
        given = {name: row.values[name] for name in CONTRIBUTION_FIELDS if name in row.values}
        if "work" in given:
            given["work"] = self._work(row)
        changes = {name: value for name, value in given.items() if getattr(stored, name) != value}
        if not changes:
            self.result.same += 1
            return None
        if stored.office_id != self.context.office.pk:
            return row.error(
                "title", f"这条记录由{stored.office}登记，不归{self.context.office}。请由{stored.office}修改。"
            )

        def write() -> None:
            change_contribution(user=self.context.user, contribution=stored, reason=self.context.reason, **changes)

        self.result.steps.append(Step(row, write, changed=1))
        return None

    def _add_step(self, part: list[tuple[Row, ContributionEntry]]) -> None:
        def write() -> None:
            record_contributions(
                user=self.context.user,
                committee=self.context.committee,
                office=self.context.office,
                entries=[entry for _, entry in part],
            )

        self.result.steps.append(Step(part[0][0], write, new=len(part)))


def _id(row: Row, subject: Subject) -> uuid.UUID:
    return contribution_id(row.values["kind"], subject, row.values["title"], row.values["happened_on"])


def _key(kind: ContributionKind, subject: Subject, title: str, day: datetime.date) -> tuple:
    return (kind.pk, subject.pk, clean(title), day)


SHEET = Sheet(
    kind="contributions",
    label="履职记录",
    unit="条履职记录",
    lookups=lookups,
    plan=plan,
    one_of=(("number", "name"),),
    notes=(
        "一行一条记录；几个人共同完成的，每人一行，写明署名次序和署名人数，成果编号写成一样的。",
        "“姓名”也可以写专门委员会或活动组的名称。",
        "同一人、同一天、同一类型、同一事项只算一条；再次导入时改动其余各列。",
        "同名的委员要写委员编号。",
    ),
    columns=(
        Column(
            "kind",
            "类型",
            lookup("contribution_kinds", "履职记录类型"),
            ("履职类型", "记录类型", "类别", "履职类别", "项目"),
            is_required=True,
            options="contribution_kinds",
        ),
        NUMBER,
        Column(
            "name",
            "姓名",
            subject_name,
            ("委员姓名", "名字", "委员", "委员名称", "对象"),
            example="示例张三",
        ),
        SECTOR,
        Column(
            "title",
            "事项",
            text(200),
            ("事项名称", "标题", "题目", "内容", "名称", "成果名称", "履职内容"),
            is_required=True,
            example="示例：关于公园夜间照明的调研报告",
        ),
        Column("happened_on", "日期", date, ("时间", "完成日期", "发生日期"), is_required=True, example="2026-05-20"),
        Column("level", "级别", choice(LEVELS, shown=SHOWN_LEVELS), ("层级",), options=SHOWN_LEVELS),
        Column("role", "角色", choice(ROLES, shown=SHOWN_ROLES), ("担任角色", "承担任务"), options=SHOWN_ROLES),
        Column("quantity", "数量", quantity, ("次数", "篇数", "件数"), note="空着按 1", example="1"),
        Column("position", "署名次序", whole(1, 999), ("排名", "次序", "署名顺序"), note="空着按 1"),
        Column("sharers", "署名人数", whole(1, 999), ("人数", "共同完成人数"), note="空着按 1"),
        Column("work", "成果编号", code_text(40), ("成果号", "同一成果"), note="几个人的同一成果写成一样的"),
    ),
)
