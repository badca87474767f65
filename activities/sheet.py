"""会议出席: one row for each member and half-day, or one row for each member and one column for each half-day."""

import datetime
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.models import Activity, Attendance, Leave, Sitting
from activities.services import Mark, activity_id, change_activity, invite, record_activity, record_attendance
from members.columns import (
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
    person_name,
    text,
    tidy,
)
from members.models import Seat
from members.people import People, read_sector

DAYS_OF_ONE_MEETING = 15  # sittings of one name further apart need 开始日期 to say whether it is one meeting

KINDS = {
    **{label: code for code, label in Activity.Kind.choices},
    "全会": "plenary",
    "全委会": "plenary",
    "全委会议": "plenary",
    "常委会": "standing_meeting",
    "常委会会议": "standing_meeting",
    "常务委员会会议": "standing_meeting",
    "主席会": "chair_meeting",
    "协商会": "consultation",
    "协商会议": "consultation",
    "协商议政": "consultation",
    "专题协商": "consultation",
    "视察活动": "inspection",
    "委员视察": "inspection",
    "调研活动": "research",
    "专题调研": "research",
    "监督": "oversight",
    "监督活动": "oversight",
    "学习": "study",
    "培训": "study",
    "学习活动": "study",
    "专委会会议": "committee_activity",
    "专门委员会活动": "committee_activity",
    "其他": "other_activity",
    "其他会议": "other_activity",
}
HALVES = {"上午": "am", "下午": "pm", "全天": "day", "一天": "day", "am": "am", "pm": "pm", "整天": "day"}
YES_NO = {"是": True, "否": False, "应当": True, "自愿": False}

NOT_RECORDED = ("", "")
# What stands in a cell → (outcome, kind of leave).
MARKS = {
    **dict.fromkeys(("出席", "到会", "参加", "参会", "到", "出勤", "√", "✓", "✔", "1", "v", "是"), ("present", "")),
    **dict.fromkeys(("迟到", "迟"), ("late", "")),
    **dict.fromkeys(("早退", "退"), ("left_early", "")),
    **dict.fromkeys(("部分参加", "部分", "中途离开", "中途到场"), ("partial", "")),
    **dict.fromkeys(("请假", "假", "△"), ("leave", "")),
    **dict.fromkeys(("公假", "公务请假", "因公请假", "请假公务"), ("leave", "official")),
    **dict.fromkeys(("病假", "因病请假", "请假病假"), ("leave", "sick")),
    **dict.fromkeys(("事假", "因事请假", "请假事假"), ("leave", "personal")),
    **dict.fromkeys(("缺席", "缺勤", "未到", "未出席", "旷会", "无故缺席", "×", "✗", "x", "0", "否"), ("absent", "")),
    **dict.fromkeys(("免于出席", "免", "免会"), ("exempt", "")),
    **dict.fromkeys(("未登记", "—", "-", "不详"), NOT_RECORDED),
}
SHOWN_MARKS = ("出席", "迟到", "早退", "部分参加", "请假", "公假", "病假", "事假", "缺席", "免于出席", "未登记")
LEAVES = {
    **{label: code for code, label in Leave.Kind.choices},
    "公假": "official",
    "因公": "official",
    "因公出差": "official",
    "病": "sick",
    "因病": "sick",
    "事": "personal",
    "因事": "personal",
}
PARTS = {"发言": "speaker", "发言人": "speaker", "执笔": "lead_writer", "执笔人": "lead_writer"}
HALF_AT_END = re.compile(r"[\s(]*(上午|下午|全天|am|pm)\)?$", re.IGNORECASE)
LOOKS_LIKE_A_DAY = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}")


def half_day(heading: str, context: Context) -> dict[str, Any] | None:
    """The half-day that a heading means ("2026年1月12日上午"), None for another heading. CellError: its day is unclear."""
    value = tidy(heading)
    match = HALF_AT_END.search(value)
    day = value[: match.start()] if match else value
    if not LOOKS_LIKE_A_DAY.match(day) and not re.match(r"\d{4}\D", day):
        return None
    return {"held_on": date(day, context), "half": HALVES[match[1].lower()] if match else Sitting.Half.WHOLE}


def plan(context: Context, rows: Sequence[Row]) -> Plan:
    return Register(context).plan(rows)


@dataclass
class Meeting:
    """One activity as the sheet describes it, and as it is stored."""

    kind: str
    name: str
    starts_on: datetime.date
    activity: Activity | None
    rows: list[tuple[Row, Seat]] = field(default_factory=list)

    @property
    def first(self) -> Row:
        return min((row for row, _ in self.rows), key=lambda row: row.number)


class Register:
    """What the rows of one sheet would change in the meetings of a committee."""

    def __init__(self, context: Context):
        self.context = context
        self.people = People(context.committee)
        stored = Activity.objects.filter(committee=context.committee).select_related("office", "committee")
        self.stored: dict[tuple[str, str], list[Activity]] = defaultdict(list)
        for activity in stored.order_by("starts_on"):
            self.stored[activity.kind, activity.name].append(activity)
        self.result = Plan()

    def plan(self, rows: Sequence[Row]) -> Plan:
        seated = []
        for row in rows:
            problem = _contradiction(row)
            seat = problem or self.people.seat_of(row, row.values["held_on"])
            if isinstance(seat, RowError):
                self.result.errors.append(seat)
            else:
                seated.append((row, seat))
        for meeting in self._meetings(seated):
            if meeting.activity and meeting.activity.office_id != self.context.office.pk:
                problem = f"这个会议由{meeting.activity.office}登记，不归{self.context.office}。请由{meeting.activity.office}导入。"
                self.result.errors.append(meeting.first.error("meeting", problem))
                continue
            self._plan_meeting(meeting)
        return self.result

    # ------------------------------------------------------------ which meeting a row belongs to
    def _meetings(self, seated: Sequence[tuple[Row, Seat]]) -> list[Meeting]:
        """The rows by meeting, earliest first, whatever their order in the sheet."""
        meetings: dict[tuple[str, str, datetime.date], Meeting] = {}
        unplaced = defaultdict(list)
        for row, seat in seated:
            kind, name = row.values["kind"], row.values["meeting"].strip()
            starts_on = row.values.get("starts_on") or self._stored_start(kind, name, row.values["held_on"])
            if starts_on is None:
                unplaced[kind, name].append((row, seat))
            else:
                self._meeting(meetings, kind, name, starts_on).rows.append((row, seat))
        for (kind, name), parts in unplaced.items():
            days = [row.values["held_on"] for row, _ in parts]
            if (max(days) - min(days)).days > DAYS_OF_ONE_MEETING:
                latest = max((row for row, _ in parts), key=lambda row: (row.values["held_on"], row.number))
                problem = f"与同名会议的 {min(days)} 相隔太久，不知道是不是同一个会议。请增加“开始日期”列，写明每个会议从哪天开始。"
                self.result.errors.append(latest.error("held_on", problem))
                continue
            self._meeting(meetings, kind, name, min(days)).rows.extend(parts)
        return [meetings[key] for key in sorted(meetings, key=lambda key: (key[2], key[0], key[1]))]

    def _meeting(self, meetings: dict, kind: str, name: str, starts_on: datetime.date) -> Meeting:
        if (kind, name, starts_on) not in meetings:
            stored = next((row for row in self.stored[kind, name] if row.starts_on == starts_on), None)
            meetings[kind, name, starts_on] = Meeting(kind, name, starts_on, stored)
        return meetings[kind, name, starts_on]

    def _stored_start(self, kind: str, name: str, day: datetime.date) -> datetime.date | None:
        return next((row.starts_on for row in self.stored[kind, name] if row.starts_on <= day <= row.ends_on), None)

    # ------------------------------------------------------------ what changes in it
    def _plan_meeting(self, meeting: Meeting) -> None:
        marks, seats = self._marks(meeting)
        ends_on = max(
            *(row.values["held_on"] for row, _ in meeting.rows),
            *(row.values["ends_on"] for row, _ in meeting.rows if "ends_on" in row.values),
            meeting.activity.ends_on if meeting.activity else meeting.starts_on,
        )
        if early := [row for row, _ in meeting.rows if row.values["held_on"] < meeting.starts_on]:
            self.result.errors.append(early[0].error("held_on", f"早于会议开始日期 {meeting.starts_on}。请改正。"))
            return
        before = _stored_marks(meeting.activity)
        new = changed = same = 0
        for key, mark in marks.items():
            for seat_id, wanted in mark.items():
                stored = before.get(key, {}).get(seat_id)
                if stored == wanted:
                    same += 1
                elif stored is None:
                    new += 1
                else:
                    changed += 1
        self.result.same += same
        facts = _facts_above(meeting, ends_on)
        invited = set(meeting.activity.invitations.values_list("seat_id", flat=True)) if meeting.activity else set()
        strangers = [seat for seat in seats.values() if seat.pk not in invited]
        halves = list(marks)
        if meeting.activity is None:
            self.result.notices.append(f"新建会议活动“{meeting.name}”（{meeting.starts_on}，{len(halves)} 场）。")
        elif not (new or changed or strangers or facts or set(halves) - set(before)):
            return
        write = _Write(self.context, meeting, facts, ends_on, halves, strangers, marks)
        self.result.steps.append(Step(meeting.first, write, new=new, changed=changed))

    def _marks(self, meeting: Meeting) -> tuple[dict[tuple[datetime.date, str], dict[int, Mark]], dict[int, Seat]]:
        """({(day, half): {seat: mark}}, the seats named); a seat twice at one sitting is an error. Blank: no mark."""
        marks: dict[tuple[datetime.date, str], dict[int, Mark]] = {}
        met: dict[tuple, Row] = {}
        seats = {}
        for row, seat in sorted(
            meeting.rows, key=lambda part: (part[0].values["held_on"], part[0].values.get("half", "day"))
        ):
            key = (row.values["held_on"], row.values.get("half", Sitting.Half.WHOLE))
            first = met.setdefault((*key, seat.pk), row)
            if first is not row:
                problem = f"{seat.member.name}在这一场已有第 {first.number} 行。请只留一行。"
                self.result.errors.append(row.error("name" if "name" in row.values else "number", problem))
                continue
            seats[seat.pk] = seat
            sitting = marks.setdefault(key, {})
            if "mark" in row.values:
                outcome, leave_kind = row.values["mark"]
                leave_kind = row.values.get("leave_kind", leave_kind)
                sitting[seat.pk] = (outcome, leave_kind, row.values.get("part", "")) if outcome else None
        return marks, seats


@dataclass(frozen=True)
class _Write:
    """Stores one meeting: itself, its half-days, the people invited, the marks."""

    context: Context
    meeting: Meeting
    facts: dict[str, Any]
    ends_on: datetime.date
    halves: list[tuple[datetime.date, str]]
    strangers: list[Seat]
    marks: dict[tuple[datetime.date, str], dict[int, Mark]]

    def __call__(self) -> None:
        user, reason = self.context.user, self.context.reason
        activity = self.meeting.activity
        if activity is None:
            activity = self._record()
        else:
            stored = [(sitting.held_on, sitting.half) for sitting in activity.sittings.all()]
            missing = [half for half in self.halves if half not in stored]
            if self.facts or missing:
                change_activity(
                    user=user,
                    activity=activity,
                    halves=[*stored, *missing] if missing else None,
                    reason=reason,
                    **self.facts,
                )
            invite(user=user, activity=activity, seats=self.strangers)
        invited = set(activity.invitations.values_list("seat_id", flat=True))
        for sitting in activity.sittings.select_related("activity", "committee"):
            self._mark(sitting, invited)

    def _record(self) -> Activity:
        meeting, committee = self.meeting, self.context.committee
        return record_activity(
            user=self.context.user,
            committee=committee,
            office=self.context.office,
            kind=meeting.kind,
            name=meeting.name,
            starts_on=meeting.starts_on,
            ends_on=self.ends_on,
            halves=self.halves,
            invited=self.strangers,
            place=self.facts.get("place", ""),
            is_mandatory=self.facts.get("is_mandatory", True),
            public_id=activity_id(committee, meeting.kind, meeting.name, meeting.starts_on),
        )

    def _mark(self, sitting: Sitting, invited: set[int]) -> None:
        """Record a sitting's marks; it is complete once everybody invited has one."""
        marks = self.marks.get((sitting.held_on, sitting.half), {})
        known = {
            seat for seat in sitting.attendances.values_list("seat_id", flat=True) if marks.get(seat, "") is not None
        }
        is_whole = invited <= known | {seat for seat, mark in marks.items() if mark is not None}
        is_complete = True if is_whole and marks else False if sitting.is_complete and not is_whole else None
        record_attendance(user=self.context.user, sitting=sitting, marks=marks, is_complete=is_complete)


def _contradiction(row: Row) -> RowError | None:
    """A kind of leave without leave, or a part of somebody who was not there."""
    mark = row.values.get("mark")
    if mark is None:
        return None
    if "leave_kind" in row.values and mark[0] not in {Attendance.Outcome.LEAVE, Attendance.Outcome.EXEMPT}:
        return row.error("leave_kind", f"出席情况却是“{row.found['mark']}”。请清空请假类别，或把出席情况改为“请假”。")
    if "part" in row.values and mark[0] in {"", "leave", "absent", "exempt"}:
        return row.error("part", f"出席情况却是“{row.found['mark']}”。请清空担任角色，或改正出席情况。")
    return None


def _stored_marks(activity: Activity | None) -> dict[tuple[datetime.date, str], dict[int, Mark]]:
    if activity is None:
        return {}
    marks: dict = {(sitting.held_on, sitting.half): {} for sitting in activity.sittings.all()}
    for row in Attendance.objects.filter(sitting__activity=activity).select_related("sitting"):
        marks[row.sitting.held_on, row.sitting.half][row.seat_id] = (row.outcome, row.leave_kind, row.part)
    return marks


def _facts_above(meeting: Meeting, ends_on: datetime.date) -> dict[str, Any]:
    """What the rows say about the meeting itself and is not stored so; the lowest row number speaks."""
    facts: dict[str, Any] = {}
    for row, _ in sorted(meeting.rows, key=lambda part: part[0].number, reverse=True):
        facts |= {name: row.values[name] for name in ("place", "is_mandatory") if name in row.values}
    if meeting.activity is None:
        return facts
    facts["ends_on"] = ends_on
    return {name: value for name, value in facts.items() if getattr(meeting.activity, name) != value}


NUMBER = Column("number", "委员编号", code_text(20), ("编号", "委员证号", "证号", "委员号"), example="示例-001")
NAME = Column("name", "姓名", person_name, ("委员姓名", "名字", "委员", "委员名称"), example="示例张三")
SECTOR = Column("sector", "界别", read_sector, ("所属界别", "委员界别"), note="只用来区分同名的委员")

SHEET = Sheet(
    kind="meetings",
    label="会议出席",
    unit="条出席情况",
    lookups=lambda context: {},
    plan=plan,
    one_of=(("number", "name"),),
    spread=half_day,
    spread_field="mark",
    spread_fields=("held_on", "half", "mark"),
    notes=(
        "有两种写法。一种是一行写一位委员在一个半天的出席情况，如本表。",
        "另一种是一行写一位委员、一列写一个半天：列名写成“2026-01-12上午”这样，格子里写出席情况；"
        "会议名称和会议类型可以写在表头上方，如“会议名称：……”。",
        "出席情况可写：" + "、".join(SHOWN_MARKS) + "；也可用 √ 表示出席，× 表示缺席，△ 表示请假。",
        "空着的格子是“未登记”，不是缺席。表里的委员都列入应到名单。",
        "同名的委员要写委员编号。同一名称的会议开过几次时，增加“开始日期”列。",
    ),
    columns=(
        Column(
            "meeting",
            "会议名称",
            text(200),
            ("会议活动名称", "活动名称", "会议", "会议活动", "名称", "活动"),
            is_required=True,
            example="示例：十届五次全会",
        ),
        Column(
            "kind",
            "会议类型",
            choice(KINDS, shown=tuple(Activity.Kind.labels)),
            ("类型", "活动类型", "会议类别", "活动类别", "会议活动类型"),
            is_required=True,
            options=tuple(Activity.Kind.labels),
            example="全体会议",
        ),
        Column(
            "held_on",
            "日期",
            date,
            ("场次日期", "会议日期", "活动日期", "会议时间", "活动时间", "时间"),
            is_required=True,
            example="2026-01-12",
        ),
        Column(
            "half",
            "时段",
            choice(HALVES, shown=tuple(Sitting.Half.labels)),
            ("半天", "场次", "上下午"),
            options=tuple(Sitting.Half.labels),
            note="空着按“全天”",
            example="上午",
        ),
        NUMBER,
        NAME,
        SECTOR,
        Column(
            "mark",
            "出席情况",
            choice(MARKS, shown=SHOWN_MARKS),
            ("出席", "考勤", "出勤", "出勤情况", "到会情况", "参会情况", "考勤情况", "参加情况"),
            is_required=True,
            options=SHOWN_MARKS,
            example="出席",
        ),
        Column(
            "leave_kind",
            "请假类别",
            choice(LEAVES, shown=tuple(Leave.Kind.labels)),
            ("请假类型", "请假种类"),
            options=tuple(Leave.Kind.labels),
        ),
        Column(
            "part", "担任角色", choice(PARTS, shown=("发言", "执笔")), ("角色", "承担任务"), options=("发言", "执笔")
        ),
        Column(
            "starts_on", "开始日期", date, ("会议开始日期", "活动开始日期", "开始时间"), note="同名会议开过几次时填写"
        ),
        Column("ends_on", "结束日期", date, ("会议结束日期", "活动结束日期", "结束时间")),
        Column("place", "地点", text(100), ("会议地点", "活动地点")),
        Column(
            "is_mandatory",
            "应当参加",
            choice(YES_NO, shown=("是", "否")),
            ("是否必须参加", "是否应当参加"),
            options=("是", "否"),
            note="空着按“是”",
        ),
    ),
)
