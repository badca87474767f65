"""What the clerk of all offices logged last: a visitor who enters as that clerk finds entries to open and to undo."""

import datetime

from activities.models import Attendance, Sitting
from activities.services import ContributionEntry, contribution_id, record_attendance, record_contributions
from desk.demo.committee import Cast
from desk.demo.meetings import TODAY
from opinions.models import OpinionReport
from opinions.services import record_adoption
from proposals.models import Undertaking
from proposals.undertakings import urge

HALF_RECORDED = datetime.date(2026, 9, 22)
MARKS = 2
HELPERS = slice(60, 63)
DUTY, HELPED_ON = "参加敬老月志愿服务", datetime.date(2026, 11, 19)


def make_own(cast: Cast) -> None:
    """Four entries of four kinds on records made before, without chance."""
    user, committee = cast.accounts["clerk"], cast.committee
    kind = cast.kinds["public_service"]
    entries = []
    for seat in cast.seats[HELPERS]:
        key = contribution_id(kind, seat.subject, DUTY, HELPED_ON)
        entries.append(
            ContributionEntry(
                kind=kind, subject=seat.subject, title=DUTY, happened_on=HELPED_ON, work=key, public_id=key
            )
        )
    record_contributions(user=user, committee=committee, office=cast.offices["liaison"], entries=entries)
    waiting = Undertaking.objects.filter(proposal__committee=committee, replied_on=None, urgings=None)
    urge(
        user=user,
        undertaking=waiting.filter(due_on__lt=TODAY).order_by("due_on", "pk")[0],
        urged_on=TODAY,
        note="发函催办，请本月底以前答复",
    )
    issued = OpinionReport.objects.filter(committee=committee, state=OpinionReport.State.ISSUED, adoptions=None)
    record_adoption(
        user=user,
        report=issued.filter(is_composite=False).order_by("-issued_on", "-pk")[0],
        level="county",
        organ="示例县委办公室",
        adopted_on=TODAY,
    )
    sitting = Sitting.objects.filter(activity__committee=committee, held_on=HALF_RECORDED).order_by("half")[0]
    listed = sitting.activity.invitations.exclude(seat__attendances__sitting=sitting).order_by("seat__number")
    marks = {row.seat_id: Attendance.Outcome.PRESENT for row in listed[:MARKS]}
    record_attendance(user=user, sitting=sitting, marks=marks, is_complete=False)
