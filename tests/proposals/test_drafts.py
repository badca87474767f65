"""A member's own proposals: unseen until submitted, signed by those who were asked, mended when returned."""

import datetime

import pytest
import time_machine
from django.test import Client

from proposals.models import Proposal, Proposer
from proposals.services import decide_proposal
from scoring.models import Fact
from tests.cast import DAY, make_account, make_cast, make_proposal, queries_of

pytestmark = pytest.mark.django_db

TEXT = "问题：站少。分析：人多。建议：增设。"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime.datetime(2026, 3, 10, 10, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def cast():
    cast = make_cast()
    make_proposal(cast.place, [cast.standing], filed_on=DAY)  # the second office is the one that logs proposals
    cast.cosigner_user = make_account(cast.place, "cosigner", "member", seat=cast.cosigner)
    return cast


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def draft(client, **changes):
    sent = {"title_of_proposal": "关于增设公交站的提案", "text": TEXT, "cosigners": "何珺 oyws", **changes}
    form = client.get("/me/proposals/new/").context["form"]
    response = client.post("/me/proposals/new/", {"seat": form["seat"].value(), **sent})
    return response, Proposal.objects.exclude(way="individual", state="filed").order_by("-pk").first()


def signatures(proposal):
    rows = proposal.proposers.order_by("position")
    return [(row.seat.member.name, row.is_confirmed, row.is_declined) for row in rows]


def shares(proposal):
    """{name: (place, how many share)} of the facts of the submission."""
    facts = Fact.objects.filter(source=f"proposal/{proposal.public_id}", key__endswith="/submitted")
    rows = facts.filter(subject__seat__isnull=False).select_related("subject__seat__member")
    return {fact.subject.seat.member.name: (fact.position, fact.sharers) for fact in rows}


def test_draft_is_seen_by_its_signers_and_by_no_staff(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member)
    page, entry = f"/proposals/{proposal.public_id}/", f"/api/v1/proposals/{proposal.public_id}/"
    seen = {
        name: (
            client.get(page).status_code,
            client.get(entry).status_code,
            proposal in client.get("/proposals/").context["listing"].page.object_list,
            str(proposal.public_id) in client.get("/api/v1/proposals/").content.decode(),
        )
        for name in ("ordinary_user", "cosigner_user", "other_clerk", "whole_clerk", "chair_office")
        if (client := signed_in(getattr(cast, name)))
    }
    unseen, shown = (404, 404, False, False), (200, 200, True, True)
    assert seen == {
        "ordinary_user": shown,
        "cosigner_user": shown,
        "other_clerk": unseen,
        "whole_clerk": unseen,
        "chair_office": unseen,
    }
    member.post(f"/me/proposals/{proposal.public_id}/submit/")
    assert signed_in(cast.other_clerk).get(page).status_code == 200


def test_signatures_change_the_shares_of_a_submitted_proposal_by_themselves(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member, submit="1")
    assert (proposal.state, proposal.office, proposal.way) == ("submitted", cast.place.offices[1], "joint")
    assert shares(proposal) == {"单志松": (1, 1)}
    asked = signed_in(cast.cosigner_user)
    assert [row.proposal for row in asked.get("/me/proposals/").context["asked"]] == [proposal]
    asked.post(f"/me/proposals/{proposal.public_id}/sign/", {"decision": "confirm"})
    signed_in(cast.standing_user).post(f"/me/proposals/{proposal.public_id}/sign/", {"decision": "decline"})
    assert signatures(proposal) == [("单志松", True, False), ("何珺", True, False), ("欧阳文松", False, True)]
    assert shares(proposal) == {"单志松": (1, 2), "何珺": (2, 2)}


@pytest.mark.sqlite
def test_who_signed_another_text_is_asked_again(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member)
    proposal.refresh_from_db()
    signed_in(cast.cosigner_user).post(f"/me/proposals/{proposal.public_id}/sign/", {"decision": "confirm"})
    url = f"/me/proposals/{proposal.public_id}/edit/"
    same = {"title_of_proposal": proposal.title, "text": TEXT, "cosigners": "何珺"}
    member.post(url, same)
    assert signatures(proposal) == [("单志松", True, False), ("何珺", True, False)]
    member.post(url, same | {"text": TEXT + "还要增加班次。"})
    assert signatures(proposal) == [("单志松", True, False), ("何珺", False, False)]


@pytest.mark.sqlite
def test_returned_proposal_is_mended_and_submitted_again(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member, cosigners="", submit="1")
    decide_proposal(user=None, proposal=proposal, state="returned", decided_on=DAY, reason="请补充数据")
    row, waits_for = member.get("/me/proposals/").context["proposals"][0]
    assert (row, waits_for) == (proposal, "请修改后再提交：请补充数据")
    page = member.get(f"/me/proposals/{proposal.public_id}/edit/")
    assert page.context["intro"] == "退回修改：请补充数据"
    sent = {"title_of_proposal": proposal.title, "text": TEXT + "全县 12 个站。", "cosigners": "", "submit": "1"}
    member.post(f"/me/proposals/{proposal.public_id}/edit/", sent)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decision_reason, proposal.text) == ("submitted", "", sent["text"])
    verbs = [state.action.verb for state in proposal.history.order_by("history_id")]
    assert verbs == ["起草提案", "提交提案", "审查提案", "修改退回的提案", "提交提案"]


@pytest.mark.sqlite
def test_draft_with_a_mistake_says_what_to_do_and_stores_nothing(cast):
    member = signed_in(cast.ordinary_user)
    changes = [
        {"title_of_proposal": ""},
        {"text": "", "submit": "1"},
        {"cosigners": "单志松"},
        {"cosigners": "沈宁"},
    ]
    assert [draft(member, **change)[0].context["form"].errors for change in changes] == [
        {"title_of_proposal": ["“案由”没有填，请填写。"]},
        {"text": ["正文没有填，不能提交。请写明问题、分析和建议。"]},
        {"cosigners": ["联名人里有您自己。您是第一提案人，请从联名人中删去自己。"]},
        {"cosigners": ["“沈宁”没有找到。请核对姓名，或改填委员编号、拼音首字母。"]},
    ]
    assert Proposal.objects.exclude(state="filed").count() == 0


@pytest.mark.sqlite
def test_submitted_proposal_is_closed_to_its_writer(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member, submit="1")
    response = member.get(f"/me/proposals/{proposal.public_id}/edit/", follow=True)
    assert [str(message) for message in response.context["messages"]][-1] == (
        "这件提案是“已提交”，您不能再修改。要更正请联系提案工作处室，由他们退回给您。"
    )
    member.post(f"/me/proposals/{proposal.public_id}/discard/")
    assert Proposal.objects.filter(pk=proposal.pk).exists()


@pytest.mark.sqlite
def test_draft_is_thrown_away_with_the_signatures_asked_for(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member)
    member.post(f"/me/proposals/{proposal.public_id}/discard/")
    assert (Proposal.objects.filter(pk=proposal.pk).count(), Proposer.objects.filter(is_confirmed=False).count()) == (
        0,
        0,
    )


@pytest.mark.sqlite
def test_what_a_draft_said_before_is_told_to_nobody(cast):
    member = signed_in(cast.ordinary_user)
    _, proposal = draft(member, text="这句话不该说", cosigners="")
    sent = {"title_of_proposal": proposal.title, "text": TEXT, "cosigners": "", "submit": "1"}
    member.post(f"/me/proposals/{proposal.public_id}/edit/", sent)
    page = signed_in(cast.other_clerk).get(f"/proposals/{proposal.public_id}/").content.decode()
    assert ("修改提案草稿" in page, "这句话不该说" in page) == (True, False)


@pytest.mark.sqlite
def test_own_list_takes_the_same_queries_for_three_rows_as_for_one(cast):
    member = signed_in(cast.ordinary_user)
    make_proposal(cast.place, [cast.ordinary, cast.cosigner], filed_on=DAY)
    make_proposal(cast.place, [cast.ordinary, cast.cosigner])
    member.get("/me/proposals/")
    one = queries_of(member, "/me/proposals/")
    for _ in range(3):
        make_proposal(cast.place, [cast.ordinary, cast.cosigner], filed_on=DAY)
    assert queries_of(member, "/me/proposals/") == one
