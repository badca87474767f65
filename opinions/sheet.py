"""社情民意信息: one row for each report; a second row with the same number adds another adoption or instruction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
    code_text,
    date,
    text,
    whole,
)
from members.ids import natural_id
from members.models import Seat
from members.people import People
from opinions.models import Adoption, Level, OpinionReport
from opinions.services import change_report, record_adoption, record_instruction, record_report, report_id

LEVELS = {
    **{label: code for code, label in Level.choices},
    "县": "county",
    "区": "county",
    "区级": "county",
    "县区级": "county",
    "市": "city",
    "省": "province",
    "国家级": "nation",
    "国家": "nation",
    "全国政协": "nation",
}
SHOWN_LEVELS = tuple(Level.labels)
STATES = {
    **{label: code for code, label in OpinionReport.State.choices if code != OpinionReport.State.DRAFT},
    "报送": "submitted",
    "编发": "issued",
    "采用": "issued",
    "已采用": "issued",
    "不采用": "not_used",
    "未编发": "not_used",
}
SHOWN_STATES = tuple(label for code, label in OpinionReport.State.choices if code != OpinionReport.State.DRAFT)
FORMS = {
    **{label: code for code, label in Adoption.Form.choices},
    "单篇采用": "single",
    "单独": "single",
    "综合采用": "composite",
}
# Of each group either none or the first and the last are given.
ADOPTION = ("organ", "adoption_level", "adopted_on")
INSTRUCTION = ("given_by", "instruction_level", "instructed_on")
SAID_ONCE = ("title", "submitted_on", "state", "issued_on")


def people(cell: str, context: Context) -> str:
    """Names as written; who they are depends on the day of the report, known only with the whole row."""
    if len(cell) > 1500:
        raise CellError("太长，不像姓名。请用顿号隔开各位委员的姓名。")
    return cell


def plan(context: Context, rows: Sequence[Row]) -> Plan:
    return Register(context).plan(rows)


@dataclass
class Entry:
    """One report as the sheet describes it: its first row, its writers, all its rows, and as it is stored."""

    first: Row
    year: int
    number: str
    writers: list[Seat]
    rows: list[Row] = field(default_factory=list)
    stored: OpinionReport | None = None

    def said(self) -> dict[str, Any]:
        """What the rows say of the report itself."""
        return {name: row.values[name] for row in reversed(self.rows) for name in SAID_ONCE if name in row.values}


class Register:
    """What the rows of one sheet would change in the reports of a committee."""

    def __init__(self, context: Context):
        self.context = context
        self.people = People(context.committee)
        reports = OpinionReport.objects.in_hand().filter(committee=context.committee, is_composite=False)
        reports = reports.select_related("office", "committee")
        reports = reports.prefetch_related("reporters", "adoptions", "instructions")
        self.by_number = {(row.year, row.number): row for row in reports if row.number}
        self.unnumbered = {(row.title, row.submitted_on, _lead(row)): row for row in reports if not row.number}
        self.result = Plan()

    def plan(self, rows: Sequence[Row]) -> Plan:
        entries: dict[tuple, Entry] = {}
        for row in rows:
            error = self._collect(entries, row)
            if error:
                self.result.errors.append(error)
        for entry in entries.values():
            error = self._repeated(entry) or (self._known(entry) if entry.stored else self._new(entry))
            if error:
                self.result.errors.append(error)
        return self.result

    # ------------------------------------------------------------ rows of one report
    def _collect(self, entries: dict[tuple, Entry], row: Row) -> RowError | None:
        values = row.values
        year, number = values.get("year") or values["submitted_on"].year, values.get("report_number", "")
        if half := _half_given(row, ADOPTION, "采用") or _half_given(row, INSTRUCTION, "批示"):
            return half
        writers = self._writers(row)
        if isinstance(writers, RowError):
            return writers
        first = writers[0].pk if writers else None
        key = (year, number) if number else (values["title"], values["submitted_on"], first)
        entry = entries.setdefault(key, Entry(row, year, number, writers))
        for name in SAID_ONCE:
            if name in values and entry.first.values.get(name, values[name]) != values[name]:
                return row.error(
                    name, f"同一篇信息的第 {entry.first.number} 行写的是“{entry.first.found[name]}”。请改成一样的。"
                )
        if writers != entry.writers:
            return row.error("lead", f"与同一篇信息的第 {entry.first.number} 行的撰稿人不同。请改成一样的。")
        if not number and not writers:
            return row.error("lead", "没有填。请填写第一撰稿人。")
        entry.rows.append(row)
        entry.stored = self.by_number.get((year, number)) or self.unnumbered.get(
            (values["title"], values["submitted_on"], first)
        )
        return None

    def _writers(self, row: Row) -> list[Seat] | RowError:
        day, writers = row.values["submitted_on"], []
        for name in ("lead", "cosigners"):
            try:
                seats = self.people.find_all(row.values.get(name, ""), day)
            except CellError as error:
                return row.error(name, str(error))
            if twice := [seat for seat in seats if seat in writers]:
                return row.error(name, f"“{twice[0].member.name}”已是第一撰稿人。请从联名人中删去。")
            writers += seats
        return writers

    def _repeated(self, entry: Entry) -> RowError | None:
        """The same adoption or instruction twice, or a second row that says nothing new."""
        met: dict[tuple, Row] = {}
        for row in entry.rows:
            keys = [
                (name, row.values[f"{name}_level"], row.values[who])
                for name, who in (("adoption", "organ"), ("instruction", "given_by"))
                if who in row.values
            ]
            for key in keys or [("report",)]:
                first = met.setdefault(key, row)
                if first is not row:
                    return row.error(
                        "report_number" if entry.number else "title",
                        f"与第 {first.number} 行重复。请只留一行；同一篇信息的另一行要写另一次采用或批示。",
                    )
        return None

    # ------------------------------------------------------------ what changes
    def _new(self, entry: Entry) -> RowError | None:
        def write() -> None:
            committee, said = self.context.committee, entry.said()
            report = record_report(
                user=self.context.user,
                committee=committee,
                office=self.context.office,
                year=entry.year,
                number=entry.number,
                reporters=entry.writers,
                public_id=self._public_id(entry),
                **said,
            )
            self._attach(entry, report)

        if not entry.writers:
            return entry.first.error("lead", "没有填。请填写第一撰稿人。")
        self.result.steps.append(Step(entry.first, write, new=1))
        return None

    def _public_id(self, entry: Entry) -> uuid.UUID:
        """Follows from year and number, or for what has no number yet from title, day and first writer."""
        committee = self.context.committee
        if entry.number:
            return report_id(committee, entry.year, entry.number)
        said = entry.said()
        key = (said["title"], said["submitted_on"].isoformat(), str(entry.writers[0].public_id))
        return natural_id(committee.code, "opinion", str(entry.year), "", *key)

    def _known(self, entry: Entry) -> RowError | None:
        stored = entry.stored
        given = entry.said() | {"year": entry.year} | ({"number": entry.number} if entry.number else {})
        changes = {name: value for name, value in given.items() if getattr(stored, name) != value}
        held = [reporter.seat_id for reporter in stored.reporters.all()]
        writers = entry.writers if entry.writers and [seat.pk for seat in entry.writers] != held else None
        attached = self._unattached(entry, stored)
        if isinstance(attached, RowError):
            return attached
        if not (changes or writers or attached):
            self.result.same += 1
            return None
        if stored.office_id != self.context.office.pk:
            return entry.first.error(
                "title", f"这篇信息由{stored.office}登记，不归{self.context.office}。请由{stored.office}修改。"
            )

        def write() -> None:
            if changes or writers:
                change_report(
                    user=self.context.user, report=stored, reporters=writers, reason=self.context.reason, **changes
                )
            self._attach(entry, stored)

        self.result.steps.append(Step(entry.first, write, changed=1))
        return None

    def _unattached(self, entry: Entry, stored: OpinionReport) -> list[Row] | RowError:
        """The rows with an adoption or instruction that is not stored; an error where it is stored otherwise."""
        adoptions = {(row.level, row.organ): row for row in stored.adoptions.all()}
        instructions = {(row.level, row.given_by): row for row in stored.instructions.all()}
        rows = []
        for row in entry.rows:
            values = row.values
            if "organ" in values:
                known = adoptions.get((values["adoption_level"], values["organ"]))
                if known and (known.adopted_on, known.form) != (values["adopted_on"], values.get("form", known.form)):
                    return row.error(
                        "organ",
                        f"系统里是 {known.adopted_on}{known.get_form_display()}采用。请核对；确实要改的，请在信息页面撤销后重新登记。",
                    )
                rows += [] if known else [row]
            if "given_by" in values:
                known = instructions.get((values["instruction_level"], values["given_by"]))
                if known and known.instructed_on != values["instructed_on"]:
                    return row.error("given_by", f"系统里的批示日期是 {known.instructed_on}。请核对。")
                rows += [] if known else [row]
        return rows

    def _attach(self, entry: Entry, report: OpinionReport) -> None:
        user, committee = self.context.user, self.context.committee
        adoptions = {(row.level, row.organ) for row in report.adoptions.all()}
        instructions = {(row.level, row.given_by) for row in report.instructions.all()}
        for row in entry.rows:
            values = row.values
            if "organ" in values and (values["adoption_level"], values["organ"]) not in adoptions:
                key = (str(report.public_id), values["adoption_level"], values["organ"])
                record_adoption(
                    user=user,
                    report=report,
                    level=values["adoption_level"],
                    organ=values["organ"],
                    adopted_on=values["adopted_on"],
                    form=values.get("form", Adoption.Form.SINGLE),
                    public_id=natural_id(committee.code, "adoption", *key),
                )
            if "given_by" in values and (values["instruction_level"], values["given_by"]) not in instructions:
                key = (str(report.public_id), values["instruction_level"], values["given_by"])
                record_instruction(
                    user=user,
                    report=report,
                    level=values["instruction_level"],
                    given_by=values["given_by"],
                    instructed_on=values["instructed_on"],
                    public_id=natural_id(committee.code, "instruction", *key),
                )


def _half_given(row: Row, names: tuple[str, ...], what: str) -> RowError | None:
    """An adoption or instruction of which only a part is written."""
    given = [name for name in names if name in row.values]
    missing = [name for name in names if name not in row.values]
    if not given or not missing:
        return None
    labels = "、".join(row.headings[name] for name in missing)
    return row.error(given[0], f"却没有填{labels}。一次{what}要写全单位、级别和日期，请补填。")


def _lead(report: OpinionReport) -> int | None:
    return min(((reporter.position, reporter.seat_id) for reporter in report.reporters.all()), default=(0, None))[1]


SHEET = Sheet(
    kind="opinions",
    label="社情民意信息",
    unit="篇信息",
    lookups=lambda context: {},
    plan=plan,
    notes=(
        "一行一篇信息，再次导入时按年度和编号对应；没有编号的，按题目、报送日期和第一撰稿人对应。",
        "一篇信息被几个单位采用，或有几位领导批示时，另起一行，题目、报送日期、撰稿人照抄，写另一次采用或批示。",
        "联名人之间用顿号隔开，次序就是署名次序。同名的委员在姓名后写编号，例如“张三（012）”。",
        "采用要写全采用级别、采用单位、采用日期；批示要写全批示级别、批示领导职务、批示日期。",
    ),
    columns=(
        Column("report_number", "编号", code_text(20), ("信息编号", "期号", "信息期号"), example="示例-001"),
        Column(
            "title",
            "题目",
            text(200),
            ("标题", "信息题目", "信息标题", "名称"),
            is_required=True,
            example="示例：反映老旧小区充电难",
        ),
        Column(
            "lead",
            "第一撰稿人",
            people,
            ("撰稿人", "报送人", "反映人", "作者", "委员姓名", "姓名", "信息作者", "第一作者"),
            is_required=True,
            example="示例张三",
        ),
        Column("cosigners", "联名人", people, ("联名撰稿人", "合作者", "联名委员", "其他作者"), example="示例李四"),
        Column(
            "submitted_on",
            "报送日期",
            date,
            ("报送时间", "提交日期", "日期", "收到日期"),
            is_required=True,
            example="2026-03-02",
        ),
        Column("year", "年度", whole(1990, 2100), ("年份",), note="空着按报送日期的年份"),
        Column(
            "state",
            "状态",
            choice(STATES, shown=SHOWN_STATES),
            ("采编情况", "处理情况", "编发情况"),
            options=SHOWN_STATES,
            note="空着按“已报送”",
            example="已编发",
        ),
        Column("issued_on", "编发日期", date, ("编发时间",), example="2026-03-10"),
        Column("adoption_level", "采用级别", choice(LEVELS, shown=SHOWN_LEVELS), ("采用层级",), options=SHOWN_LEVELS),
        Column("organ", "采用单位", text(60), ("采用机关", "采用部门")),
        Column(
            "form",
            "采用方式",
            choice(FORMS, shown=tuple(Adoption.Form.labels)),
            ("采用形式",),
            options=tuple(Adoption.Form.labels),
            note="空着按“单篇”",
        ),
        Column("adopted_on", "采用日期", date, ("采用时间",)),
        Column(
            "instruction_level", "批示级别", choice(LEVELS, shown=SHOWN_LEVELS), ("批示层级",), options=SHOWN_LEVELS
        ),
        Column("given_by", "批示领导职务", text(60), ("批示领导", "批示人"), note="写职务，不写姓名"),
        Column("instructed_on", "批示日期", date, ("批示时间",)),
    ),
)
