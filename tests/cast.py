"""The fixed cast and plain factories. Tests read like stories: who owns, who is of another office, who sees nothing.

`make_…()` functions go through the services, so that every row has its history and its facts. Names are made up.
"""

import datetime
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from activities.services import (
    add_contribution_kind,
    record_activity,
    record_attendance,
    record_contribution,
)
from members.models import Role
from members.services import (
    add_committee,
    add_group,
    add_group_membership,
    add_office,
    add_seat,
    add_sector,
    add_special_committee,
    add_term,
    create_account,
    grant_role,
)
from members.signals import gathered
from opinions.services import record_adoption, record_report
from proposals.services import record_proposal
from tests.remembered import remembered

YEAR = 2026
DAY = datetime.date(YEAR, 3, 10)
TERM_START = datetime.date(2022, 1, 1)
PASSWORD = "correct-horse-7"
NUMBERS = count(5001)  # clear of the numbers that tests give themselves

CONTRIBUTION_KINDS = {
    "address_oral": "大会口头发言",
    "research_report": "调研报告",
    "public_service": "公益活动",
    "honour": "表彰",
    "deduction": "扣分事项",
}


# ---------------------------------------------------------------- a committee
def make_committee(code="yunhe", *, level="county", parent=None, name=None):
    """A committee with a term, two sectors, two special committees, a group, two offices and contribution kinds.

    Returns a namespace: committee, term, sectors, special_committees, group, offices, kinds {code: ContributionKind}.
    """
    short = name or f"{code}政协"
    committee = add_committee(
        user=None, code=code, name=f"政协{short}委员会", short_name=short, level=level, parent=parent
    )
    make = {"user": None, "committee": committee}
    term = add_term(**make, number=15, starts_on=TERM_START)
    sectors = [
        add_sector(**make, term=term, code="science", name="科学技术", position=1),
        add_sector(**make, term=term, code="farming", name="农业", position=2),
    ]
    special_committees = [
        add_special_committee(**make, code="proposals", name="提案委员会", position=1),
        add_special_committee(**make, code="economy", name="经济委员会", position=2),
    ]
    group = add_group(**make, code="first-group", name="第一活动组", kind="sector_group")
    offices = [
        add_office(**make, code="liaison", name="委员联络室", position=1),
        add_office(**make, code="proposals", name="提案室", position=2),
    ]
    kinds = {
        code: add_contribution_kind(**make, code=code, name=name, position=position)
        for position, (code, name) in enumerate(CONTRIBUTION_KINDS.items())
    }
    return SimpleNamespace(
        committee=committee,
        term=term,
        sectors=sectors,
        special_committees=special_committees,
        group=group,
        offices=offices,
        kinds=kinds,
    )


def make_seat(place, name="张示例", *, number=None, sector=None, post="member", **fields):
    """A person with a seat in the committee `place` (as returned by make_committee)."""
    return add_seat(
        user=None,
        committee=place.committee,
        term=place.term,
        number=number or f"{next(NUMBERS):04d}",
        name=name,
        sector=sector or place.sectors[0],
        post=post,
        **{"joined_on": TERM_START, **fields},
    )


def make_account(place, username, role=None, *, office=None, seat=None):
    """An account with one role; the first password is PASSWORD and need not be changed."""
    account, _ = create_account(
        user=None,
        committee=place.committee,
        username=username,
        name=username,
        member=seat.member if seat else None,
        password=PASSWORD,
        must_change_password=False,
    )
    if role is not None:
        grant_role(user=None, account=account, role=role, committee=place.committee, office=office, from_on=TERM_START)
    return account


# ---------------------------------------------------------------- records
def make_activity(place, invited, *, office=None, kind="standing_meeting", name=None, day=DAY, halves=None, **fields):
    return record_activity(
        user=None,
        committee=place.committee,
        office=office or place.offices[0],
        kind=kind,
        name=name or f"第{next(NUMBERS)}次会议",
        starts_on=day,
        ends_on=(halves or [(day, "am")])[-1][0],
        halves=halves or [(day, "am")],
        invited=invited,
        **fields,
    )


def make_attendance(activity, outcomes, *, is_complete=None, rest=None):
    """`outcomes` {seat: mark} at the activity's first sitting."""
    sitting = activity.sittings.first()
    marks = {seat.pk: mark for seat, mark in outcomes.items()}
    record_attendance(user=None, sitting=sitting, marks=marks, is_complete=is_complete, rest=rest)
    return sitting


def make_contribution(place, seat, *, office=None, kind="public_service", title=None, day=DAY, **fields):
    return record_contribution(
        user=None,
        committee=place.committee,
        office=office or place.offices[0],
        kind=place.kinds[kind],
        subject=seat.subject,
        title=title or f"第{next(NUMBERS)}次公益活动",
        happened_on=day,
        **{"quantity": Decimal(1), **fields},
    )


def make_proposal(place, seats, *, office=None, title=None, number=None, day=DAY, filed_on=None, **fields):
    """A proposal led by the first of `seats`, co-signed by the others; filed when `filed_on` is given."""
    roles = ["lead"] + ["cosigner"] * (len(seats) - 1)
    decision = {"state": "filed", "decided_on": filed_on} if filed_on else {}
    serial = next(NUMBERS)
    return record_proposal(
        user=None,
        committee=place.committee,
        office=office or place.offices[1],
        term=place.term,
        year=day.year,
        number=number if number is not None else str(serial),
        title=title or f"关于第{serial}件事的提案",
        way="joint" if len(seats) > 1 else "individual",
        submitted_on=day,
        proposers=list(zip(seats, roles, strict=True)),
        **{**decision, **fields},
    )


def make_report(place, seats, *, office=None, title=None, number=None, day=DAY, adopted=(), **fields):
    """A report by `seats`, the first as lead; `adopted`: levels of single adoptions on the same day."""
    serial = next(NUMBERS)
    report = record_report(
        user=None,
        committee=place.committee,
        office=office or place.offices[0],
        year=day.year,
        number=number if number is not None else str(serial),
        title=title or f"关于第{serial}件事的信息",
        submitted_on=day,
        reporters=seats,
        **fields,
    )
    for level in adopted:
        record_adoption(user=None, report=report, level=level, organ=f"{level}示例单位", adopted_on=day)
    return report


# ---------------------------------------------------------------- the cast
def make_cast():
    """One committee with everybody in it, and a sibling with a stranger.

    place, sibling (committees) · ordinary, standing, cosigner (seats) · ordinary_user, standing_user (members' accounts)
    clerk (first office), other_clerk (second office), whole_clerk (no office: the whole committee) · chair_office
    system_admin, security_admin, audit_admin · stranger (clerk of the sibling), stranger_seat, stranger_member · nobody
    (an account without any grant)
    """
    return remembered(_cast)


def _cast():
    with transaction.atomic(), gathered(make_cast):
        return _everybody()


def _everybody():
    place = make_committee("yunhe", name="示例县政协")
    sibling = make_committee("linhe", name="邻河县政协")
    ordinary = make_seat(place, "单志松", special_committee=place.special_committees[0])
    standing = make_seat(place, "欧阳文松", sector=place.sectors[1], post="standing_member")
    cosigner = make_seat(place, "何珺")
    add_group_membership(user=None, seat=ordinary, group=place.group, from_on=TERM_START)
    stranger_seat = make_seat(sibling, "沈宁")
    first, second = place.offices
    return SimpleNamespace(
        place=place,
        sibling=sibling,
        ordinary=ordinary,
        standing=standing,
        cosigner=cosigner,
        stranger_seat=stranger_seat,
        ordinary_user=make_account(place, "ordinary", Role.MEMBER, seat=ordinary),
        standing_user=make_account(place, "standing", Role.MEMBER, seat=standing),
        clerk=make_account(place, "clerk", Role.CLERK, office=first),
        other_clerk=make_account(place, "other_clerk", Role.CLERK, office=second),
        whole_clerk=make_account(place, "whole_clerk", Role.CLERK),
        chair_office=make_account(place, "chair_office", Role.CHAIR_OFFICE),
        system_admin=make_account(place, "system_admin", Role.SYSTEM_ADMIN),
        security_admin=make_account(place, "security_admin", Role.SECURITY_ADMIN),
        audit_admin=make_account(place, "audit_admin", Role.AUDIT_ADMIN),
        stranger=make_account(sibling, "stranger", Role.CLERK),
        stranger_member=make_account(sibling, "stranger_member", Role.MEMBER, seat=stranger_seat),
        nobody=make_account(place, "nobody"),
    )


# ---------------------------------------------------------------- questions about pages
def queries_of(client, url):
    """How many queries a page takes; it must answer 200."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
