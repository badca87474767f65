"""What is usual for each kind of meeting: the form of a new one starts from it, staff change what is different."""

from dataclasses import dataclass

from activities.models import Activity

Kind = Activity.Kind


@dataclass(frozen=True, slots=True)
class Habit:
    """``pattern``: half-days of each day ("both", "am", "pm", "day"); ``scope``: who is invited, "" when it differs."""

    pattern: str
    scope: str = ""
    is_mandatory: bool = True

    @property
    def words(self) -> str:
        halves = {"both": "每天上午、下午两场", "am": "上午一场", "pm": "下午一场", "day": "每天一场（全天）"}
        invited = {"all": "全体委员应到", "standing": "常委会组成人员应到", "chairs": "主席会议组成人员应到"}
        attending = invited.get(self.scope) or ("应到范围每次不同，请勾选" if self.is_mandatory else "自愿参加")
        return f"{halves[self.pattern]}；{attending}。"


HABITS = {
    Kind.PLENARY: Habit("both", "all"),
    Kind.STANDING_MEETING: Habit("both", "standing"),
    Kind.CHAIR_MEETING: Habit("am", "chairs"),
    Kind.CONSULTATION: Habit("am"),
    Kind.INSPECTION: Habit("day"),
    Kind.RESEARCH: Habit("day"),
    Kind.OVERSIGHT: Habit("am"),
    Kind.STUDY: Habit("day", "all"),
    Kind.SECTOR_ACTIVITY: Habit("am"),
    Kind.COMMITTEE_ACTIVITY: Habit("am"),
    Kind.OTHER_ACTIVITY: Habit("am", is_mandatory=False),
}
