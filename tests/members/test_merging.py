"""Two members found to be one person: records, scores, accounts and history are one's afterwards."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Attendance, Contribution
from audit.models import Action
from desk.undo import undo_action
from members.merging import merge, plan
from members.models import Member, Seat
from members.services import add_sector, add_term, change_seat
from opinions.models import Reporter
from proposals.models import Proposer
from scoring.models import ReportCard
from tests.cast import (
    DAY,
    make_account,
    make_activity,
    make_attendance,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
)
from tests.facts_check import assert_facts_clean
from tests.test_access_matrix import scored_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def double(cast):
    """单志松 came in twice; the second row holds a meeting, a proposal, a report and a contribution."""
    seat = make_seat(cast.place, "单志松", number="0901", unit="示例中学")
    make_attendance(make_activity(cast.place, [seat, cast.standing]), {seat: "present", cast.standing: "leave"})
    make_proposal(cast.place, [seat, cast.standing], filed_on=DAY)
    make_report(cast.place, [seat], adopted=["city"])
    make_contribution(cast.place, seat)
    return seat


def merged(cast, double, **options):
    return merge(
        **{
            "user": cast.whole_clerk,
            "grant": None,
            "kept": cast.ordinary.member,
            "gone": double.member,
            "values": {},
            "choices": {},
            "reason": "两次导入",
            **options,
        }
    )


def test_merged_member_has_the_records_of_both_unless_a_year_is_final(cast, double):
    assessments = type(scored_year(cast.place)["assessments"]).objects
    assert ReportCard.objects.filter(subject__seat__number="0901").exists()
    assessments.update(state="approved")
    with pytest.raises(ValidationError, match="在 2026 年度已有审定的成绩单"):
        merged(cast, double)
    assessments.update(state="recording")
    merged(cast, double, values={"unit": "gone"})
    seat = Seat.objects.get(pk=cast.ordinary.pk)
    owners = [
        Attendance.objects.get(outcome="present").seat,
        Proposer.objects.get(role="lead").seat,
        Reporter.objects.get().seat,
        Contribution.objects.get().subject.seat,
    ]
    assert owners == [seat] * 4
    assert seat.unit == "示例中学"
    assert Member.objects.filter(name="单志松").count() == 1
    assert_facts_clean()
    assert ReportCard.objects.filter(subject__seat__number="0901").exists() is False
    action = Action.objects.order_by("-id").first()
    with pytest.raises(ValidationError, match="“合并委员”不能在这里撤销"):
        undo_action(user=cast.whole_clerk, action=action)
    assert (action.verb, action.reason, action.user) == ("合并委员", "单志松并入单志松：两次导入", cast.whole_clerk)
    assert Member.history.filter(id=double.member_id, history_type="-").get().action == action


def test_both_at_one_sitting_needs_a_choice(cast, double):
    activity = make_activity(cast.place, [cast.ordinary, double])
    make_attendance(activity, {cast.ordinary: "absent", double: "present"})
    (clash,) = plan(cast.ordinary.member, double.member).clashes
    assert [(one.label, one.old, one.new) for one in clash.differences] == [("出席情况", "缺席", "出席")]
    with pytest.raises(ValidationError) as caught:
        merged(cast, double)
    assert caught.value.messages == [f"两边都有出席情况“{clash.kept}”，还没有选保留哪一条，请逐条选择。"]
    merged(cast, double, choices={clash.key: "gone"})
    assert Attendance.objects.get(sitting__activity=activity).outcome == "present"
    assert activity.invitations.count() == 1
    assert_facts_clean()


def test_seat_of_another_term_changes_hands_whole(cast, double):
    make = {"user": None, "committee": cast.place.committee}
    term = add_term(**make, number=14, starts_on=datetime.date(2017, 1, 1))
    sector = add_sector(**make, term=term, code="science", name="科学技术")
    place = type(cast.place)(**{**vars(cast.place), "term": term, "sectors": [sector]})
    earlier = make_seat(place, "单志松", joined_on=datetime.date(2017, 1, 1), left_on=datetime.date(2021, 12, 31))
    merged(cast, earlier)
    earlier.refresh_from_db()
    assert earlier.member == cast.ordinary.member
    assert sorted(seat.term.number for seat in cast.ordinary.member.seats.all()) == [14, 15]


@pytest.mark.sqlite
@pytest.mark.parametrize("has_own", [True, False])
def test_one_account_stays(cast, double, has_own):
    kept = cast.ordinary if has_own else cast.cosigner
    account = make_account(cast.place, "double", "member", seat=double)
    merged(cast, double, kept=kept.member)
    account.refresh_from_db()
    assert (account.member, account.is_active) == ((None, False) if has_own else (kept.member, True))


@pytest.mark.sqlite
def test_merge_page_compares_and_asks_for_the_number(client, cast, double):
    change_seat(user=None, seat=double, party="民盟", telephone="13900001234")
    client.force_login(cast.whole_clerk)
    url = reverse("seat_merge", args=[cast.ordinary.public_id])
    assert f"?other={double.public_id}" in client.get(url).content.decode()
    shown = client.get(url, {"other": str(double.public_id)}).content.decode()
    assert [text for text in ("示例中学", "民盟", "139****1234", "提案人 1 条") if text not in shown] == []
    sent = {"other": str(double.public_id), "party": "gone", "telephone": "gone", "reason": "写法不同"}
    refused = client.post(url, sent | {"token": "901"}).content.decode()
    assert (
        refused.count("没有合并：合并不能撤销，请在“确认”里输入 0901。") == 2
    )  # in the list, as a link, and at the box
    assert '<a href="#token">' in refused
    assert client.post(url, sent | {"token": "0901"}).url == reverse("seat", args=[cast.ordinary.public_id])
    member = Member.objects.get(name="单志松")
    assert (member.party, member.masked_telephone) == ("民盟", "139****1234")
    assert_facts_clean()
