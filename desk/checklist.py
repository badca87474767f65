"""The newcomer's four steps. Each ticks itself by what is in the database; when all are done the list is gone."""

from dataclasses import dataclass

from django.urls import reverse

from activities.models import Sitting
from members.access import Verb, committees_beyond_own
from members.models import Seat, User
from scoring.models import Assessment, ReportCard, Ruleset


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    hint: str
    url: str
    is_done: bool


def steps(user: User) -> list[Step]:
    """The four steps of whoever keeps the members of a whole committee; [] for others and once all are done."""
    mine = committees_beyond_own(user, Verb.LOG, Seat)
    if not mine:
        return []
    found = [
        Step(
            "核对考核办法",
            "看看每条规则是否与本会的办法一致",
            reverse("rulesets"),
            Assessment.objects.filter(committee__in=mine, ruleset__state=Ruleset.State.APPROVED).exists(),
        ),
        Step(
            "导入委员名单",
            "用现有的 Excel 名册，列名相近就能认出",
            reverse("import_new") + "?kind=members",
            Seat.objects.filter(committee__in=mine).exists(),
        ),
        Step(
            "登记一次出席",
            "新建一次会议，只记没来的人",
            reverse("activity_new"),
            Sitting.objects.filter(activity__committee__in=mine, is_complete=True).exists(),
        ),
        Step(
            "打开一位委员的成绩单",
            "每一分都能点开看出自哪条记录",
            reverse("cards"),
            ReportCard.objects.filter(assessment__committee__in=mine).exists(),
        ),
    ]
    return [] if all(step.is_done for step in found) else found
