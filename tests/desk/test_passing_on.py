"""A proposal passed on as an opinion report: two records of one matter, and the way back."""

import pytest

from desk.passing_on import pass_on
from opinions.models import OpinionReport
from opinions.services import record_adoption
from proposals.models import Proposal
from proposals.services import record_undertaking
from scoring.models import Fact
from tests.cast import DAY, make_cast, make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    """The clerk of the office of proposals."""
    client.force_login(cast.other_clerk)
    return client


def matters():
    return {(fact.kind, fact.key.rpartition("/")[2]): fact.matter for fact in Fact.objects.all()}


def test_passed_on_proposal_and_its_report_are_one_matter(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary, cast.cosigner], title="关于水的提案")
    page = f"/proposals/{proposal.public_id}/"
    sent = {"office": cast.place.offices[1].public_id, "decided_on": "2026-03-12"}
    clerk.post(f"{page}pass-on/", sent)
    report, proposal = OpinionReport.objects.get(), Proposal.objects.get()
    assert (proposal.state, proposal.opinion) == ("passed_on", f"opinion/{report.public_id}")
    assert (report.title, report.matter) == ("关于水的提案", f"proposal/{proposal.public_id}")
    assert [row.seat for row in report.reporters.all()] == [cast.ordinary, cast.cosigner]
    assert matters() == {
        ("proposal", "submitted"): report.matter,
        ("proposal", "passed_on"): report.matter,
        ("opinion", "submitted"): report.matter,
    }
    assert report.history.get().action_id == proposal.history.latest("history_id").action_id


def test_passing_on_is_taken_back_with_the_report(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary])
    pass_on(user=None, proposal=proposal, office=cast.place.offices[1], decided_on=DAY)
    clerk.post(f"/proposals/{proposal.public_id}/pass-back/", {"reason": "应当立案"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.opinion, OpinionReport.objects.count()) == ("submitted", "", 0)
    assert set(matters()) == {("proposal", "submitted")}


@pytest.mark.sqlite
def test_report_that_was_adopted_stays_and_so_does_the_decision(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary], title="关于水的提案", number="7")
    report = pass_on(user=None, proposal=proposal, office=cast.place.offices[1], decided_on=DAY)
    record_adoption(user=None, report=report, level="county", organ="县政府办", adopted_on=DAY)
    page = f"/proposals/{proposal.public_id}"
    back = clerk.post(f"{page}/pass-back/", {"reason": "应当立案"}).context["form"].non_field_errors()
    filed = clerk.post(f"{page}/decide/", {"state": "filed", "decided_on": "2026-03-12"}).context["form"]
    assert back == [
        "转成的信息“关于水的提案”已经编发或有了采用、批示，不能撤销转办。请先请承办信息的处室撤销那些记录。"
    ]
    assert filed.non_field_errors() == [
        "没有改变审查结果：这件提案已有由本案转成的社情民意信息。请先撤销这些记录，再改变审查结果。"
    ]
    assert (Proposal.objects.get().state, OpinionReport.objects.count()) == ("passed_on", 1)


@pytest.mark.sqlite
def test_filed_proposal_with_undertakings_is_not_passed_on_and_no_report_is_left(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary], filed_on=DAY)
    record_undertaking(user=None, proposal=proposal, unit="示例县水利局")
    sent = {"office": cast.place.offices[1].public_id, "decided_on": "2026-03-12"}
    clerk.post(f"/proposals/{proposal.public_id}/pass-on/", sent)
    assert (Proposal.objects.get().state, OpinionReport.objects.count()) == ("filed", 0)
