"""提案: one row for each proposal."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from members.columns import (
    CellError,
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
    text,
    whole,
)
from members.ids import natural_id
from members.models import Seat, Subject
from members.people import People, term_on
from proposals.models import Honour, Proposal, Proposer, Undertaking
from proposals.services import (
    change_proposal,
    decide_proposal,
    honour_proposal,
    proposal_id,
    record_proposal,
    record_undertaking,
)

WAYS = {
    **{label: code for code, label in Proposal.Way.choices},
    "个人": "individual",
    "委员个人": "individual",
    "委员提案": "individual",
    "联名": "joint",
    "委员联名": "joint",
    "集体": "collective",
}
STATES = {
    **{label: code for code, label in Proposal.State.choices if code != Proposal.State.DRAFT},
    "提交": "submitted",
    "待审查": "submitted",
    "已立案": "filed",
    "予以立案": "filed",
    "不立案": "not_filed",
    "未立案": "not_filed",
    "已并案": "merged",
    "合并": "merged",
    "转社情民意信息": "passed_on",
    "作为社情民意": "passed_on",
    "退回": "returned",
}
SHOWN_STATES = tuple(label for code, label in Proposal.State.choices if code != Proposal.State.DRAFT)
HONOURS = (("key_on", Honour.Kind.KEY), ("outstanding_on", Honour.Kind.OUTSTANDING))
HONOUR_REASON = "据提案登记表"
FACTS = ("title", "submitted_on")


def people(cell: str, context: Context) -> str:
    """Names as written; who they are depends on the day of the proposal, known only with the whole row."""
    if len(cell) > 1500:
        raise CellError("太长，不像姓名。请用顿号隔开各位委员的姓名。")
    return cell


def lookups(context: Context) -> dict[str, dict[str, Any]]:
    parts = Subject.objects.filter(committee=context.committee).exclude(kind=Subject.Kind.MEMBER)
    return {"sponsors": {str(part): part for part in parts.select_related("special_committee", "group")}}


def plan(context: Context, rows: Sequence[Row]) -> Plan:
    return Register(context).plan(rows)


@dataclass
class Entry:
    """One row with what it refers to."""

    row: Row
    year: int
    number: str
    signers: list[tuple[Seat, str]]
    way: str
    stored: Proposal | None = None


class Register:
    """What the rows of one sheet would change in the proposals of a committee."""

    def __init__(self, context: Context):
        self.context = context
        self.people = People(context.committee)
        rows = Proposal.objects.filter(committee=context.committee).exclude(state=Proposal.State.DRAFT)
        rows = rows.select_related("office", "committee", "sponsor")
        rows = rows.prefetch_related("proposers", "honours", "undertakings", "merged_into")
        self.by_number = {(row.year, row.number): row for row in rows if row.number}
        self.unnumbered = {(row.title, row.submitted_on, _lead(row)): row for row in rows if not row.number}
        self.met: dict[tuple, Row] = {}
        self.result = Plan()

    def plan(self, rows: Sequence[Row]) -> Plan:
        entries = []
        for row in rows:
            entry = self._entry(row)
            if isinstance(entry, RowError):
                self.result.errors.append(entry)
            else:
                entries.append(entry)
        numbers = {(entry.year, entry.number) for entry in entries} | set(self.by_number)
        # What is merged into another proposal of the same sheet comes after it.
        for entry in sorted(entries, key=lambda entry: "merged_into" in entry.row.values):
            error = self._take(entry, numbers)
            if error:
                self.result.errors.append(error)
        return self.result

    # ------------------------------------------------------------ one row
    def _entry(self, row: Row) -> Entry | RowError:
        values = row.values
        year = values.get("year") or values["submitted_on"].year
        number = values.get("proposal_number", "")
        signers = self._signers(row)
        if isinstance(signers, RowError):
            return signers
        cosigners = len(signers) > 1
        way = values.get("way") or ("collective" if "sponsor" in values else "joint" if cosigners else "individual")
        if way == Proposal.Way.COLLECTIVE:
            signers = [(seat, Proposer.Role.COLLECTIVE) for seat, _ in signers]
        entry = Entry(row, year, number, signers, way)
        key = (year, number) if number else (values["title"], values["submitted_on"], _first(signers))
        first = self.met.setdefault(key, row)
        if first is not row:
            name = "proposal_number" if number else "title"
            return row.error(name, f"与第 {first.number} 行重复。请只留一行，或改正案号。")
        entry.stored = self.by_number.get((year, number)) or self.unnumbered.get(
            (values["title"], values["submitted_on"], _first(signers))
        )
        return entry

    def _signers(self, row: Row) -> list[tuple[Seat, str]] | RowError:
        """The lead, then the co-signers, in the order of the cells; names in one cell for both are accepted."""
        day, signers = row.values["submitted_on"], []
        for name in ("lead", "cosigners"):
            try:
                seats = self.people.find_all(row.values.get(name, ""), day)
            except CellError as error:
                return row.error(name, str(error))
            if twice := [seat for seat in seats if seat in [other for other, _ in signers]]:
                return row.error(name, f"“{twice[0].member.name}”已是第一提案人。请从联名人中删去。")
            signers += [
                (seat, Proposer.Role.COSIGNER if signers or place else Proposer.Role.LEAD)
                for place, seat in enumerate(seats)
            ]
        return signers

    def _take(self, entry: Entry, numbers: set[tuple[int, str]]) -> RowError | None:
        row = entry.row
        if (target := row.values.get("merged_into")) and (entry.year, target) not in numbers:
            return row.error("merged_into", f"{entry.year} 年没有案号为“{target}”的提案。请核对并入的案号。")
        if term_on(self.people.terms, row.values["submitted_on"]) is None:
            return row.error("submitted_on", "不在任何一届之内。请核对日期，或请管理员登记这一届的起止日期。")
        return self._new(entry) if entry.stored is None else self._known(entry, entry.stored)

    # ------------------------------------------------------------ a new proposal
    def _new(self, entry: Entry) -> None:
        self.result.steps.append(Step(entry.row, lambda: self._record(entry), new=1))

    def _record(self, entry: Entry) -> None:
        values, context = entry.row.values, self.context
        proposal = record_proposal(
            user=context.user,
            committee=context.committee,
            office=context.office,
            term=term_on(self.people.terms, values["submitted_on"]),
            year=entry.year,
            number=entry.number,
            title=values["title"],
            way=entry.way,
            submitted_on=values["submitted_on"],
            proposers=entry.signers,
            sponsor=values.get("sponsor"),
            state=values.get("state", Proposal.State.SUBMITTED),
            decided_on=values.get("decided_on"),
            decision_reason=values.get("decision_reason", ""),
            merged_into=self._target(entry),
            public_id=self._public_id(entry),
        )
        self._attach(entry, proposal)

    def _public_id(self, entry: Entry):
        """Follows from year and number, or for what has no number yet from title, day and first signer."""
        if entry.number:
            return proposal_id(self.context.committee, entry.year, entry.number)
        day, first = entry.row.values["submitted_on"], entry.signers[0][0] if entry.signers else None
        key = (entry.row.values["title"], day.isoformat(), str(first.public_id) if first else "")
        return natural_id(self.context.committee.code, "proposal", str(entry.year), "", *key)

    def _target(self, entry: Entry) -> Proposal | None:
        """Found only when the row is written, since it may be a proposal of the same sheet."""
        number = entry.row.values.get("merged_into")
        if not number:
            return None
        target = Proposal.objects.filter(committee=self.context.committee, year=entry.year, number=number).first()
        if target is None:
            raise ValidationError({"merged_into": f"案号为“{number}”的提案没有导入。请先改正那一行。"})
        return target

    # ------------------------------------------------------------ a proposal that is there
    def _known(self, entry: Entry, stored: Proposal) -> RowError | None:
        changes, signers, decision = (
            self._facts(entry, stored),
            self._new_signers(entry, stored),
            self._decision(entry, stored),
        )
        attached = self._attachments(entry, stored)
        if isinstance(attached, RowError):
            return attached
        if not (changes or signers or decision or attached):
            self.result.same += 1
            return None
        if stored.office_id != self.context.office.pk:
            return entry.row.error(
                "title", f"这件提案由{stored.office}登记，不归{self.context.office}。请由{stored.office}修改。"
            )

        def write() -> None:
            user, reason = self.context.user, self.context.reason
            if changes or signers:
                change_proposal(user=user, proposal=stored, proposers=signers, reason=reason, **changes)
            if decision:
                target = self._target(entry) if "merged_into" in entry.row.values else stored.merged_into
                decide_proposal(user=user, proposal=stored, merged_into=target, **decision)
            self._attach(entry, stored)

        self.result.steps.append(Step(entry.row, write, changed=1))
        return None

    def _facts(self, entry: Entry, stored: Proposal) -> dict[str, Any]:
        values = entry.row.values
        given = {name: values[name] for name in (*FACTS, "sponsor") if name in values} | {"year": entry.year}
        if entry.number:
            given["number"] = entry.number
        if "way" in values or entry.signers:
            given["way"] = entry.way
        return {name: value for name, value in given.items() if getattr(stored, name) != value}

    def _new_signers(self, entry: Entry, stored: Proposal) -> list[tuple[Seat, str]] | None:
        """The signers of a row that differ from the stored ones; a row without any leaves them."""
        held = [(proposer.seat_id, proposer.role) for proposer in stored.proposers.all()]
        given = [(seat.pk, role) for seat, role in entry.signers]
        return entry.signers if given and given != held else None

    def _decision(self, entry: Entry, stored: Proposal) -> dict[str, Any] | None:
        values = entry.row.values
        state = values.get("state", stored.state)
        decided_on = values.get("decided_on", stored.decided_on)
        reason = values.get("decision_reason", stored.decision_reason)
        target = values.get("merged_into", stored.merged_into.number if stored.merged_into else None)
        held = (
            stored.state,
            stored.decided_on,
            stored.decision_reason,
            stored.merged_into and stored.merged_into.number,
        )
        if (state, decided_on, reason, target) == held:
            return None
        return {"state": state, "decided_on": decided_on, "reason": reason}

    # ------------------------------------------------------------ honours and undertakings
    def _attachments(self, entry: Entry, stored: Proposal) -> list[str] | RowError:
        """Names of the honours and units that a row adds or changes."""
        values, found = entry.row.values, []
        honours = {honour.kind: honour.decided_on for honour in stored.honours.all()}
        for name, kind in HONOURS:
            if name not in values:
                continue
            if kind in honours and honours[kind] != values[name]:
                return entry.row.error(
                    name, f"系统里的确定日期是 {honours[kind]}。请核对；确实要改的，请在提案页面撤销后重新登记。"
                )
            found += [] if kind in honours else [name]
        units = {row.unit: (row.role, row.replied_on, row.reply_class) for row in stored.undertakings.all()}
        found += [unit for unit, *rest in _undertakings(values, units) if units.get(unit) != tuple(rest)]
        return found

    def _attach(self, entry: Entry, proposal: Proposal) -> None:
        values, user = entry.row.values, self.context.user
        held = {honour.kind for honour in proposal.honours.all()}
        for name, kind in HONOURS:
            if name in values and kind not in held:
                honour_proposal(
                    user=user,
                    proposal=proposal,
                    kind=kind,
                    decided_on=values[name],
                    reason=values.get("honour_reason", HONOUR_REASON),
                    leading_chair=values.get("leading_chair", "") if kind == Honour.Kind.KEY else "",
                )
        units = {row.unit: (row.role, row.replied_on, row.reply_class) for row in proposal.undertakings.all()}
        due = {row.unit: row.due_on for row in proposal.undertakings.all()}
        for unit, role, replied_on, reply_class in _undertakings(values, units):
            if units.get(unit) != (role, replied_on, reply_class):
                record_undertaking(
                    user=user,
                    proposal=proposal,
                    unit=unit,
                    role=role,
                    due_on=due.get(unit),
                    replied_on=replied_on,
                    reply_class=reply_class,
                )


def _undertakings(values: Any, held: dict[str, tuple]) -> list[tuple[str, str, datetime.date | None, str]]:
    """(unit, role, day of the reply, class of the reply) of a row; the reply is the main unit's."""
    found = []
    for unit in _units(values.get("main_unit", "")):
        _, replied_on, reply_class = held.get(unit, ("", None, ""))
        found.append(
            (unit, Undertaking.Role.MAIN, values.get("replied_on", replied_on), values.get("reply_class", reply_class))
        )
    for unit in _units(values.get("joint_units", "")):
        _, replied_on, reply_class = held.get(unit, ("", None, ""))
        found.append((unit, Undertaking.Role.JOINT, replied_on, reply_class))
    return found


def _units(cell: str) -> list[str]:
    for separator in "，,;；\n":
        cell = cell.replace(separator, "、")
    return list(dict.fromkeys(clean(unit) for unit in cell.split("、") if clean(unit)))


def _lead(proposal: Proposal) -> int | None:
    return min(((proposer.position, proposer.seat_id) for proposer in proposal.proposers.all()), default=(0, None))[1]


def _first(signers: Sequence[tuple[Seat, str]]) -> int | None:
    return signers[0][0].pk if signers else None


SHEET = Sheet(
    kind="proposals",
    label="提案",
    unit="件提案",
    lookups=lookups,
    plan=plan,
    one_of=(("lead", "sponsor"),),
    notes=(
        "一行一件提案，再次导入时按年度和案号对应；没有案号的，按案由、提交日期和第一提案人对应。",
        "联名人之间用顿号隔开，次序就是署名次序。同名的委员在姓名后写编号，例如“张三（012）”。",
        "集体提案填“集体提案单位”（专门委员会或活动组的名称）；主要执笔人填在“第一提案人”和“联名人”。",
        "审查结果不是“已提交”时，要填审查日期；不予立案、退回修改要填审查意见；并案要填并入案号。",
        "重点提案、优秀提案填写确定的日期。",
    ),
    columns=(
        Column("proposal_number", "案号", code_text(20), ("提案编号", "编号", "提案号"), example="示例-001"),
        Column(
            "title",
            "案由",
            text(200),
            ("提案标题", "标题", "题目", "提案名称", "提案案由"),
            is_required=True,
            example="示例：关于增设社区书屋的建议",
        ),
        Column(
            "way",
            "提出方式",
            choice(WAYS, shown=tuple(Proposal.Way.labels)),
            ("提案类型", "提案形式", "提案方式", "类型"),
            options=tuple(Proposal.Way.labels),
            note="空着按有无联名人、集体单位判断",
            example="联名提案",
        ),
        Column(
            "lead",
            "第一提案人",
            people,
            ("提案人", "提案者", "领衔人", "委员姓名", "姓名", "第一提案人姓名", "主提案人"),
            example="示例张三",
        ),
        Column(
            "cosigners",
            "联名人",
            people,
            ("联名委员", "附议人", "联名提案人", "附议委员"),
            example="示例李四、示例王五",
        ),
        Column(
            "sponsor",
            "集体提案单位",
            lookup("sponsors", "专门委员会或活动组"),
            ("提案单位", "集体单位"),
            options="sponsors",
        ),
        Column(
            "submitted_on",
            "提交日期",
            date,
            ("提交时间", "提出日期", "提案日期", "日期", "收到日期"),
            is_required=True,
            example="2026-01-12",
        ),
        Column("year", "年度", whole(1990, 2100), ("年份", "提案年度"), note="空着按提交日期的年份"),
        Column(
            "state",
            "审查结果",
            choice(STATES, shown=SHOWN_STATES),
            ("状态", "立案情况", "审查情况", "是否立案", "处理结果"),
            options=SHOWN_STATES,
            note="空着按“已提交”",
            example="立案",
        ),
        Column("decided_on", "审查日期", date, ("立案日期", "立案时间", "审查时间"), example="2026-01-20"),
        Column("decision_reason", "审查意见", text(200), ("不予立案理由", "审查理由", "退回理由")),
        Column("merged_into", "并入案号", code_text(20), ("并入提案", "并入")),
        Column("main_unit", "主办单位", text(100), ("承办单位",)),
        Column("joint_units", "会办单位", text(500), ("协办单位",)),
        Column("replied_on", "答复日期", date, ("办复日期", "答复时间")),
        Column("reply_class", "答复类别", code_text(2), ("办理结果", "答复类型"), note="如 A、B、C"),
        Column("key_on", "重点提案日期", date, ("重点提案确定日期", "确定为重点提案日期")),
        Column("leading_chair", "领衔督办", text(60), ("督办领导", "领衔督办领导")),
        Column("outstanding_on", "优秀提案日期", date, ("优秀提案确定日期", "评为优秀提案日期")),
        Column("honour_reason", "荣誉理由", text(200), ("确定理由", "评选理由")),
    ),
)
