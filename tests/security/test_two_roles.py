"""Staff who are members themselves: what decides on their own score is left to others."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from activities.models import Contribution
from activities.services import (
    change_contribution,
    decide_contribution,
    record_contribution,
    withdraw_contribution,
)
from members.models import Role
from members.services import grant_role
from opinions.services import record_adoption, record_instruction
from proposals.services import decide_proposal, honour_proposal
from scoring.models import Fact
from tests.cast import (
    DAY,
    TERM_START,
    make_account,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """The cast, and `both`: a clerk of the first office with a seat, `own`, and a card of his own."""
    cast = make_cast()
    cast.own = make_seat(cast.place, "沈同")
    cast.both = make_account(cast.place, "both", Role.CLERK, office=cast.place.offices[0], seat=cast.own)
    grant_role(user=None, account=cast.both, role=Role.MEMBER, committee=cast.place.committee, from_on=TERM_START)
    return cast


def log(cast, seat, user):
    return record_contribution(
        user=user,
        committee=cast.place.committee,
        office=cast.place.offices[0],
        kind=cast.place.kinds["public_service"],
        subject=seat.subject,
        title="义诊",
        happened_on=DAY,
    )


def refusal(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    return caught.value.messages


def test_own_contribution_waits_for_another(cast):
    row = log(cast, cast.own, cast.both)
    assert (row.state, row.verified_by, Fact.objects.filter(subject=cast.own.subject).count()) == ("reported", None, 0)
    decide_contribution(user=cast.clerk, contribution=row, is_verified=True)
    assert Fact.objects.filter(subject=cast.own.subject).count() == 1


def test_contribution_of_another_is_verified_at_once(cast):
    assert log(cast, cast.ordinary, cast.both).state == "verified"


def test_own_contribution_changed_later_waits_again(cast):
    row = make_contribution(cast.place, cast.own)
    change_contribution(user=cast.both, contribution=row, quantity=99)
    assert Contribution.objects.get(pk=row.pk).state == "reported"
    assert Fact.objects.filter(subject=cast.own.subject).count() == 0


def test_own_proposal_is_decided_by_another(cast):
    proposal = make_proposal(cast.place, [cast.ordinary, cast.own])
    decision = {"proposal": proposal, "state": "filed", "decided_on": DAY}
    assert refusal(decide_proposal, user=cast.both, **decision) == [
        "这是您本人的履职，不能由本人登记审查结果，请由他人登记审查结果。"
    ]
    decide_proposal(user=cast.clerk, **decision)


def test_own_proposal_is_honoured_by_another(cast):
    proposal = make_proposal(cast.place, [cast.own], filed_on=DAY)
    honour = {"proposal": proposal, "kind": "key", "decided_on": DAY, "reason": "主席会议确定"}
    assert refusal(honour_proposal, user=cast.both, **honour) == [
        "这是您本人的履职，不能由本人确定为重点提案，请由他人确定为重点提案。"
    ]


def test_adoption_and_instruction_on_an_own_report_are_logged_by_another(cast):
    report = make_report(cast.place, [cast.own])
    adoption = {"report": report, "level": "nation", "organ": "示例单位", "adopted_on": DAY}
    instruction = {"report": report, "level": "nation", "given_by": "县委书记", "instructed_on": DAY}
    assert [
        refusal(record_adoption, user=cast.both, **adoption),
        refusal(record_instruction, user=cast.both, **instruction),
    ] == [[f"这是您本人的履职，不能由本人{what}，请由他人{what}。"] for what in ("登记采用", "登记批示")]


def test_ended_and_future_grants_open_nothing(client, cast):
    today = datetime.date.today()
    past, future = today - datetime.timedelta(days=1), today + datetime.timedelta(days=1)
    committee = cast.place.committee
    grant_role(user=None, account=cast.nobody, role="clerk", committee=committee, from_on=TERM_START, to_on=past)
    grant_role(user=None, account=cast.nobody, role="chair_office", committee=committee, from_on=future)
    client.force_login(cast.nobody)
    assert [client.get(url).status_code for url in ("/seats/", "/rankings/", "/activities/new/")] == [404, 404, 404]


def test_session_of_a_disabled_account_ends_at_once(client, cast):
    client.force_login(cast.clerk)
    assert client.get("/seats/").status_code == 200
    cast.clerk.is_active = False
    cast.clerk.save()
    assert client.get("/seats/").url == "/login/?next=/seats/"


def test_own_contribution_is_withdrawn_by_another(cast):
    """A deduction above all."""
    row = make_contribution(cast.place, cast.own, kind="deduction")
    assert refusal(withdraw_contribution, user=cast.both, contribution=row, reason="登记错了") == [
        "不能撤销自己的履职记录，请由他人撤销。"
    ]
