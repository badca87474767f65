"""Two years of meetings and activities with their attendance."""

import datetime
import random
from dataclasses import dataclass

from activities.models import Attendance
from activities.services import activity_id, record_activity, record_attendance
from desk.demo.committee import Cast
from members.models import Seat

Day = datetime.date
TODAY = Day(2026, 11, 22)  # the demonstration's own today: later meetings are announced, not held


@dataclass(frozen=True, slots=True)
class Meeting:
    kind: str
    name: str
    starts_on: Day
    halves: int  # half-days from the morning of the first day on
    office: str
    invited: str  # everybody | standing | leaders | party of about N people: "some:N"


def meetings() -> list[Meeting]:
    """The forty-six meetings of two years (the window of a year runs from December to November)."""
    return [meeting for year in (2025, 2026) for meeting in _of_year(year)]


def _of_year(year: int) -> list[Meeting]:
    session = year - 2021
    found = [
        Meeting("plenary", f"十届县政协第{_numeral(session)}次全体会议", Day(year, 1, 6), 8, "general", "everybody")
    ]
    for month, n in ((2, 1), (5, 2), (8, 3), (11, 4)):
        ordinal = _numeral((session - 1) * 4 + n)
        found.append(
            Meeting(
                "standing_meeting", f"十届县政协常委会第{ordinal}次会议", Day(year, month, 18), 2, "general", "standing"
            )
        )
    for month in (3, 9):
        found.append(
            Meeting("chair_meeting", f"{year}年{month}月主席会议", Day(year, month, 5), 1, "general", "leaders")
        )
    for month, topic in ((4, "乡村产业振兴"), (7, "基层医疗服务"), (10, "优化营商环境")):
        found.append(Meeting("consultation", f"{topic}专题协商会", Day(year, month, 16), 1, "committees", "some:60"))
    for month, topic in ((5, "重点水利工程"), (9, "中小学校舍安全")):
        found.append(Meeting("inspection", f"{topic}视察", Day(year, month, 22), 2, "committees", "some:70"))
    for month, topic in ((3, "特色农业"), (6, "养老服务"), (8, "文旅融合")):
        found.append(Meeting("research", f"{topic}专题调研", Day(year, month, 24), 2, "committees", "some:45"))
    found.append(Meeting("oversight", "政务服务窗口民主监督", Day(year, 6, 12), 1, "committees", "some:50"))
    for month, topic in ((4, "委员履职能力"), (10, "政协理论")):
        found.append(Meeting("study", f"{topic}专题学习", Day(year, month, 8), 2, "liaison", "everybody"))
    for month in (5, 10):
        found.append(
            Meeting("sector_activity", f"{month}月界别活动周", Day(year, month, 11), 1, "liaison", "everybody")
        )
    for month in (6, 11):
        found.append(
            Meeting("committee_activity", f"{month}月专委会对口协商", Day(year, month, 26), 1, "committees", "some:120")
        )
    found.append(Meeting("other_activity", "“委员进社区”主题活动", Day(year, 7, 3), 1, "liaison", "some:90"))
    return found


def _numeral(n: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(n, 10)
    return ("" if not tens else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")


def make_meetings(cast: Cast, rng: random.Random, chosen: list[Meeting]) -> None:
    """Log ``chosen`` with attendance, each by its own office; a meeting after TODAY has nobody's attendance."""
    for meeting in chosen:
        halves = _halves(meeting)
        seats = _invited(cast, meeting, rng)
        if not seats:
            continue
        user = cast.accounts[f"clerk-{meeting.office}"]
        activity = record_activity(
            user=user,
            committee=cast.committee,
            office=cast.offices[meeting.office],
            kind=meeting.kind,
            name=meeting.name,
            starts_on=meeting.starts_on,
            ends_on=halves[-1][0],
            halves=halves,
            invited=seats,
            place="县会议中心",
            public_id=activity_id(cast.committee, meeting.kind, meeting.name, meeting.starts_on),
        )
        manners = {seat.pk: _manner(cast, seat, meeting, rng) for seat in seats}
        for sitting in activity.sittings.all():
            if sitting.held_on > TODAY:
                continue
            marks = {seat.pk: _mark(manners[seat.pk], meeting, rng) for seat in seats}
            # One autumn inspection was left half recorded: something must wait on the desk.
            is_open = meeting.kind == "inspection" and meeting.starts_on == Day(2026, 9, 22)
            if is_open:
                marks = {key: mark for n, (key, mark) in enumerate(marks.items()) if n % 3}
            record_attendance(user=user, sitting=sitting, marks=marks, is_complete=not is_open)


def _halves(meeting: Meeting) -> list[tuple[Day, str]]:
    return [(meeting.starts_on + datetime.timedelta(days=n // 2), ("am", "pm")[n % 2]) for n in range(meeting.halves)]


def _invited(cast: Cast, meeting: Meeting, rng: random.Random) -> list[Seat]:
    day = meeting.starts_on
    serving = [s for s in cast.seats if s.joined_on <= day and (s.left_on is None or s.left_on >= day)]
    leaders = {"chair", "vice_chair", "secretary_general"}
    if meeting.invited == "everybody":
        return serving
    if meeting.invited == "standing":
        return [s for s in serving if cast.posts[s.number] in leaders | {"standing_member"}]
    if meeting.invited == "leaders":
        return [s for s in serving if cast.posts[s.number] in leaders]
    wanted = int(meeting.invited.split(":")[1]) * len(cast.seats) // 300
    return sorted(rng.sample(serving, min(max(wanted, 6), len(serving))), key=lambda s: s.number)


def _manner(cast: Cast, seat: Seat, meeting: Meeting, rng: random.Random) -> str:
    """How a person takes a whole meeting: there, on leave (most leave lasts longer than one half-day), or away."""
    zeal = cast.zeal[seat.number]
    lift = 0.75 if meeting.kind in {"plenary", "standing_meeting"} else 0.45
    if rng.random() < lift + (1 - lift) * zeal:
        return "there"
    return "leave" if rng.random() < 0.78 else "away"


def _mark(manner: str, meeting: Meeting, rng: random.Random) -> str | tuple[str, str, str]:
    chance = rng.random()
    if manner == "there":
        if chance < 0.02:
            return Attendance.Outcome.LATE
        if chance < 0.03:
            return Attendance.Outcome.LEFT_EARLY
        if chance < 0.05:
            return (Attendance.Outcome.LEAVE, "official", "")
        if meeting.kind in {"consultation", "research", "inspection"} and chance > 0.86:
            return (Attendance.Outcome.PRESENT, "", "speaker" if chance < 0.96 else "lead_writer")
        return Attendance.Outcome.PRESENT
    if manner == "leave":
        if chance < 0.15:
            return Attendance.Outcome.PRESENT
        return (Attendance.Outcome.LEAVE, ("official", "sick", "personal")[int(chance * 97) % 3], "")
    return Attendance.Outcome.ABSENT if chance < 0.8 else Attendance.Outcome.PRESENT
