"""Verbs on proposals: a decision may be replaced, honours only for filed ones, each change with its action."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from proposals.models import Honour, Proposal
from proposals.services import (
    change_proposal,
    confirm_proposer,
    decide_proposal,
    honour_proposal,
    proposal_id,
    record_evaluation,
    record_proposal,
    record_undertaking,
    withdraw_honour,
)
from tests.cast import DAY, make_cast, make_proposal

pytestmark = pytest.mark.django_db

LATER = DAY + datetime.timedelta(days=20)


@pytest.fixture
def cast():
    return make_cast()


def errors_of(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**{"user": None, **arguments})
    return caught.value.message_dict


def test_proposal_with_signers_is_one_action(cast):
    proposal = make_proposal(cast.place, [cast.ordinary, cast.cosigner])
    rows = [proposal, *proposal.proposers.all()]
    assert [row.history.get().action.verb for row in rows] == ["登记提案"] * 3
    assert len({row.history.get().action_id for row in rows}) == 1


def test_proposal_id_follows_from_year_and_number(cast):
    key = proposal_id(cast.place.committee, 2026, "12")
    assert make_proposal(cast.place, [cast.ordinary], number="12", public_id=key).public_id == key


def test_signature_that_is_not_confirmed_is_kept_as_such(cast, sent):
    proposal = record_proposal(
        user=None,
        committee=cast.place.committee,
        office=cast.place.offices[1],
        term=cast.place.term,
        year=2026,
        number="",
        title="关于水的提案",
        way="joint",
        submitted_on=DAY,
        proposers=[(cast.ordinary, "lead"), (cast.cosigner, "cosigner", False)],
    )
    second = proposal.proposers.get(seat=cast.cosigner)
    assert second.is_confirmed is False
    confirm_proposer(user=cast.clerk, proposer=second)
    assert (proposal.proposers.get(seat=cast.cosigner).is_confirmed, sent[-1]) == (True, [("proposal", proposal.pk)])


def test_two_proposals_without_a_number_are_two(cast):
    make_proposal(cast.place, [cast.ordinary], number="")
    make_proposal(cast.place, [cast.ordinary], number="")
    assert Proposal.objects.filter(number="").count() == 2


def test_decision_may_be_replaced_and_the_former_stays_in_history(cast):
    proposal = make_proposal(cast.place, [cast.ordinary])
    decide_proposal(user=None, proposal=proposal, state="not_filed", decided_on=DAY, reason="不属政协职能")
    decide_proposal(user=None, proposal=proposal, state="filed", decided_on=LATER)
    states = proposal.history.order_by("history_id").values_list("state", "decision_reason")
    assert list(states) == [("submitted", ""), ("not_filed", "不属政协职能"), ("filed", "")]


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_undecided_is_no_decision(cast, state):
    proposal = make_proposal(cast.place, [cast.ordinary])
    assert errors_of(decide_proposal, proposal=proposal, state=state, decided_on=DAY) == {
        "state": ["审查结果应为立案、不予立案、并案、转社情民意、退回修改之一，请改选。"]
    }


def test_proposal_is_not_merged_into_itself_or_an_unfiled_one(cast):
    proposal = make_proposal(cast.place, [cast.ordinary], filed_on=DAY)
    other = make_proposal(cast.place, [cast.ordinary])
    for target in (proposal, other):
        found = errors_of(decide_proposal, proposal=proposal, state="merged", decided_on=DAY, merged_into=target)
        assert found == {"merged_into": [f"“{target}”不是另一件已立案的提案，不能并入。请改选已立案的提案。"]}


def test_proposal_of_another_committee_is_no_target(cast):
    proposal = make_proposal(cast.place, [cast.ordinary])
    foreign = make_proposal(cast.sibling, [cast.stranger_seat], filed_on=DAY)
    assert errors_of(decide_proposal, proposal=proposal, state="merged", decided_on=DAY, merged_into=foreign) == {
        "merged_into": [f"“{foreign}”不属于示例县政协，请改选本委员会的。"]
    }


def test_honour_comes_once_and_can_be_withdrawn_with_a_reason(cast, sent):
    proposal = make_proposal(cast.place, [cast.ordinary], number="9", title="关于水的提案", filed_on=DAY)
    given = {"proposal": proposal, "kind": "key", "decided_on": LATER, "reason": "主席会议确定"}
    honour = honour_proposal(user=None, **given)
    assert errors_of(honour_proposal, **given) == {"kind": ["提案“9 关于水的提案”已是重点提案，不必重复登记。"]}
    assert errors_of(withdraw_honour, honour=honour, reason="") == {"reason": ["撤销荣誉没有写理由，请写明理由。"]}
    withdraw_honour(user=None, honour=honour, reason="登记错了一件")
    assert (Honour.objects.count(), Honour.history.latest("history_id").action.reason) == (0, "登记错了一件")
    assert sent[-1] == [("proposal", proposal.pk)]


def test_honour_before_the_decision_is_refused(cast):
    proposal = make_proposal(cast.place, [cast.ordinary], filed_on=LATER)
    found = errors_of(honour_proposal, proposal=proposal, kind="key", decided_on=DAY, reason="主席会议确定")
    assert found == {
        "decided_on": [
            "“确定日期”是 2026-03-10，早于“审查日期”2026-03-30。确定日期不能早于审查日期，请改正其中一个日期。"
        ]
    }


def test_undertaking_is_for_filed_proposals_and_written_again_for_the_reply(cast):
    proposal = make_proposal(cast.place, [cast.ordinary], number="9", title="关于水的提案")
    assert errors_of(record_undertaking, proposal=proposal, unit="示例县水利局") == {
        "unit": ["提案“9 关于水的提案”是“已提交”，立案后才能交办。请先登记审查结果。"]
    }
    decide_proposal(user=None, proposal=proposal, state="filed", decided_on=DAY)
    first = record_undertaking(user=None, proposal=proposal, unit="示例县水利局")
    again = record_undertaking(user=None, proposal=proposal, unit=" 示例县水利局 ", replied_on=LATER, reply_class="A")
    assert (again.pk, proposal.undertakings.get().replied_on) == (first.pk, LATER)


def test_evaluation_is_given_by_signers_and_the_last_counts(cast):
    proposal = make_proposal(cast.place, [cast.ordinary], filed_on=DAY)
    row = record_undertaking(user=None, proposal=proposal, unit="示例县水利局", replied_on=DAY)
    given = {"undertaking": row, "evaluated_on": LATER}
    found = errors_of(record_evaluation, seat=cast.cosigner, satisfaction="satisfied", **given)
    assert found == {"seat": [f"{cast.cosigner}不是这件提案的提案人，不能评议办理情况。"]}
    for satisfaction in ("dissatisfied", "satisfied"):
        record_evaluation(user=None, seat=cast.ordinary, satisfaction=satisfaction, **given)
    assert row.evaluations.get().satisfaction == "satisfied"


def test_change_replaces_the_signers_with_their_history(cast):
    proposal = make_proposal(cast.place, [cast.ordinary, cast.cosigner])
    change_proposal(
        user=None, proposal=proposal, way="individual", proposers=[(cast.standing, "lead")], reason="核对原件"
    )
    assert [row.seat for row in proposal.proposers.all()] == [cast.standing]
    deleted = proposal.proposers.model.history.filter(history_type="-")
    assert {row.action.reason for row in deleted} == {"核对原件"}
    assert deleted.count() == 2
