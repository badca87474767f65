"""Every page that is not about one object asks the database as often for three hundred rows as for one of each kind."""

import pytest
from django.test import Client

from activities.models import Activity, Contribution, Invitation, Leave, Sitting
from audit.actions import act
from audit.history import create_all
from members.models import Grant, Member, Post, Seat, Subject, User
from opinions.models import OpinionReport, Reporter
from proposals.models import Proposal, Proposer, Undertaking
from scoring.models import Adjustment, Appraisal
from tests.cast import (
    DAY,
    YEAR,
    make_activity,
    make_attendance,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
    queries_of,
)
from tests.test_access_matrix import ROUTES, ROWS, appraised, scored_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MANY = 300
ASKED = {"whole_clerk": "whole_clerk", "chair": "chair_office", "system": "system_admin", "security": "security_admin"}
ONE_EACH = ("setup", "healthz", "readyz", "api/", "login", "sheets/", "me/")  # no list, or a member's own few rows


def lists():
    """[(user, route)] of pages without an object, each as the first of ASKED who may open it."""
    found = []
    for route in ROUTES:
        statuses = ROWS.get((route, "GET", "-"), {})
        if not route.startswith(ONE_EACH) and "." not in route:
            found += [(user, route) for user in ASKED if statuses.get(user) == 200][:1]
    return found


def multiplied(model, row, changes):
    """MANY copies of a row, each with what `changes(number)` says."""
    names = [field.attname for field in model._meta.concrete_fields if field.name not in {"id", "public_id"}]
    values = {name: getattr(row, name) for name in names}
    copies = [model(**{**values, **changes(number)}) for number in range(MANY)]
    return create_all(model, copies)


def add_many(cast):
    """MANY more rows of what lists show: people, meetings, leave, papers, contributions, decisions, accounts."""
    seat = cast.ordinary
    people = multiplied(Member, seat.member, lambda n: {"name": f"示例{n}"})
    seats = multiplied(Seat, seat, lambda n: {"member_id": people[n].pk, "number": f"9{n:03d}"})
    multiplied(Post, seat.posts.get(), lambda n: {"seat_id": seats[n].pk})
    subjects = multiplied(Subject, seat.subject, lambda n: {"seat_id": seats[n].pk})
    activities = multiplied(Activity, Activity.objects.first(), lambda n: {"name": f"会议{n}"})
    multiplied(Sitting, Sitting.objects.first(), lambda n: {"activity_id": activities[n].pk, "is_complete": False})
    multiplied(Invitation, Invitation.objects.first(), lambda n: {"activity_id": activities[n].pk})
    multiplied(Leave, Leave.objects.first(), lambda n: {"activity_id": activities[n].pk})
    papers = multiplied(Proposal, Proposal.objects.first(), lambda n: {"title": f"提案{n}", "number": f"8{n:03d}"})
    multiplied(Proposer, Proposer.objects.first(), lambda n: {"proposal_id": papers[n].pk, "seat_id": seats[n].pk})
    multiplied(Undertaking, Undertaking.objects.first(), lambda n: {"proposal_id": papers[n].pk})
    reports = multiplied(OpinionReport, OpinionReport.objects.first(), lambda n: {"number": f"7{n:03d}"})
    multiplied(Reporter, Reporter.objects.first(), lambda n: {"report_id": reports[n].pk, "seat_id": seats[n].pk})
    multiplied(Contribution, Contribution.objects.first(), lambda n: {"subject_id": subjects[n].pk})
    multiplied(Adjustment, Adjustment.objects.first(), lambda n: {"subject_id": subjects[n].pk})
    multiplied(Appraisal, Appraisal.objects.first(), lambda n: {"subject_id": subjects[n].pk})
    users = User.objects.bulk_create(
        User(username=f"u{n}", password="!", committee=cast.place.committee) for n in range(MANY)
    )
    grant = cast.clerk.grants.get()
    multiplied(Grant, grant, lambda n: {"user_id": users[n].pk})


@pytest.fixture
def cast():
    from activities.services import record_leave
    from proposals.services import record_undertaking
    from scoring.services.adjustments import propose_adjustment

    cast = make_cast()
    seats = [cast.ordinary, cast.standing]
    activity = make_activity(cast.place, seats)
    make_attendance(activity, {cast.ordinary: "present"})
    record_leave(user=None, activity=activity, seat=cast.standing, reason="出差", kind="official")
    make_contribution(cast.place, cast.ordinary)
    paper = make_proposal(cast.place, seats, filed_on=DAY)
    record_undertaking(user=cast.whole_clerk, proposal=paper, unit="示例局", due_on=DAY)
    make_report(cast.place, seats)
    scored_year(cast.place)
    appraised(cast.place.offices[0], cast.ordinary.subject, cast.clerk)
    propose_adjustment(
        user=cast.clerk,
        committee=cast.place.committee,
        office=cast.place.offices[0],
        subject=cast.ordinary.subject,
        effect="veto",
        happened_on=DAY,
        reason="主席会议决定",
    )
    return cast


def test_lists_ask_the_same_queries_for_one_row_and_for_three_hundred(cast):
    clients = {}
    for user, name in ASKED.items():
        clients[user] = Client()
        clients[user].force_login(getattr(cast, name))

    def asked():
        return {
            route: queries_of(clients[user], "/" + route.lstrip("/").replace("<int:year>", str(YEAR)))
            for user, route in lists()
            if "<" not in route.replace("<int:year>", "")
        }

    one = asked()
    with act(user=None, verb="test"):
        add_many(cast)
    many = asked()
    assert {route: (one[route], many[route]) for route in one if one[route] != many[route]} == {}
