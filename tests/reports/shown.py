"""A published year with everybody a slide may show or must not: leaders, the middle, the last, one without points, a chair."""

from types import SimpleNamespace
from uuid import UUID

import time_machine

from audit.actions import act
from members.models import Role
from proposals.services import honour_proposal
from scoring.models import Stale
from scoring.services.honours import commend
from tests.cast import (
    DAY,
    make_account,
    make_activity,
    make_attendance,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
)
from tests.remembered import remembered
from tests.scoring.closing import CLOSED, approve, compute, publish_now
from tests.scoring.year import add_fact, fresh, make_year

ORDINARY = [
    "赵喆一",
    "钱喆二",
    "孙喆三",
    "李喆四",
    "周喆五",
    "吴喆六",
    "郑喆七",
    "王喆八",
    "冯喆九",
    "陈喆",
    "褚喆云",
    "卫喆海",
    "蒋喆山",
    "阿不都·喆提依明",
]
STANDING = ["沈珺一", "韩珺二", "杨珺三", "朱珺四", "秦珺五", "尤珺六", "许珺七"]
IDLE, CHAIR = "何无分", "吕在位"


def make_shown_year():
    """The n-th of the ordinary and of the standing members has n services; the first three standing ones are of a sector
    of their own. The honour list: the best, the second last and the one without points. Returns make_year's namespace
    with approver, publisher, edition, and proposals, activity, report that were recorded."""
    with time_machine.travel(CLOSED, tick=True):
        return remembered(_shown_year)


def _shown_year():
    year = make_year(0)
    place = year.place
    first, second = place.special_committees
    seats = [make_seat(place, name, special_committee=first) for name in ORDINARY]
    for n, name in enumerate(STANDING):
        sector = place.sectors[1] if n < 3 else place.sectors[0]
        seats.append(make_seat(place, name, sector=sector, special_committee=second, post="standing_member"))
    seats.append(make_seat(place, IDLE, special_committee=first))
    chair = make_seat(place, CHAIR, post="chair", special_committee=first)
    year = SimpleNamespace(
        **{**vars(year), "seats": [*seats, chair], "subjects": [one.subject for one in [*seats, chair]]}
    )
    for group in (seats[:14], seats[14:21]):
        for n, seat in enumerate(group, 1):
            for _ in range(n):
                add_fact(seat.subject)
            extra = {"attributes": "effect=points;rule=extra", "quantity": 100 + 11 * n}
            add_fact(seat.subject, "adjustment", key=f"adjustment/{UUID(int=seat.pk)}", **extra)
    make_records(year, seats)
    year.approver = make_account(place, "approver", Role.CHAIR_OFFICE)
    year.publisher = make_account(place, "publisher", Role.CHAIR_OFFICE)
    Stale.objects.all().delete()
    compute(year)
    approve(year)
    chosen = [(seats[n].subject, "主席会议审定") for n in (13, 1, 21)]
    year.edition = publish_now(year)
    commend(user=year.approver, assessment=fresh(year.assessment), chosen=chosen, decided_on=DAY)
    year.assessment = fresh(year.assessment)
    return year


def make_records(year, seats):
    """Two meetings in March, two proposals of which one is filed and key, a report adopted twice, and one that was not."""
    place = year.place
    for n in range(2):
        activity = make_activity(place, seats[:4], day=DAY.replace(day=10 + n))
        marks = dict.fromkeys(seats[:3], "present") | {seats[3]: "absent"}
        make_attendance(activity, marks, is_complete=True)
    year.proposal = make_proposal(place, seats[2:4], title="关于完善养老互助点的提案", filed_on=DAY)
    honour_proposal(user=None, proposal=year.proposal, kind="key", decided_on=DAY, reason="主席会议")
    make_proposal(place, [seats[2]], state="not_filed", decided_on=DAY, decision_reason="已有规定")
    make_report(place, [seats[3]], adopted=["city", "county"])
    make_contribution(place, seats[4], title="社区义诊")


def change_everything(year):
    """Afterwards: names, sectors and records of the published year are no longer what they were."""
    with act(user=None, verb="test"):
        for seat in year.seats:
            seat.member.name = f"改{seat.member.name[:2]}"
            seat.member.save()
        sector = year.place.sectors[0]
        sector.name = "改了名的界别"
        sector.save()
    make_proposal(year.place, [year.seats[0]], title="后来补的提案", filed_on=DAY)
    add_fact(year.subjects[21])
