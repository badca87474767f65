"""Examination on the office's pages: numbers, reasons from the table, taking back, removing, what stands in the way."""

import pytest
from django.core.exceptions import ValidationError

from proposals.examination import next_number
from proposals.models import Proposal, ProposalSetting
from proposals.services import decide_proposal, honour_proposal, record_undertaking
from proposals.settings import DEFAULT_REASONS, receiving_office
from scoring.models import Fact
from tests.cast import DAY, make_cast, make_proposal, queries_of

# Pages and plain verbs: the database does not matter, and the states are a table that runs on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    """The clerk of the office of proposals."""
    client.force_login(cast.other_clerk)
    return client


def decide(clerk, proposal, **sent):
    return clerk.post(f"/proposals/{proposal.public_id}/decide/", {"decided_on": "2026-03-12", **sent})


def stored(proposal):
    proposal = Proposal.objects.get(pk=proposal.pk)
    return proposal.state, proposal.number, proposal.decision_reason


def test_next_number_follows_the_way_most_are_written(cast):
    years = {
        2022: ([], "1"),
        2023: (["9", "12", "10"], "13"),
        2024: (["提007", "提008", "临1"], "提009"),
        2025: (["2025-099号", "2025-100号"], "2025-101号"),
        2026: (["另行编号"], "1"),
    }
    for year, (numbers, _) in years.items():
        for number in numbers:
            make_proposal(cast.place, [cast.ordinary], number=number, day=DAY.replace(year=year))
    found = {year: next_number(cast.place.committee, year) for year in years}
    assert found == {year: expected for year, (_, expected) in years.items()}


def test_filed_proposal_gets_the_next_number_that_may_be_changed(clerk, cast):
    make_proposal(cast.place, [cast.ordinary], number="12", filed_on=DAY)
    first, second = (make_proposal(cast.place, [cast.ordinary], number="") for _ in range(2))
    forms = [clerk.get(f"/proposals/{row.public_id}/decide/").context["form"] for row in (first, second)]
    assert [form["number"].value() for form in forms] == ["13", "13"]
    decide(clerk, first, state="filed", number="13", seen=forms[0]["seen"].value())
    decide(clerk, second, state="filed", number="", seen=forms[1]["seen"].value())
    assert [stored(first)[:2], stored(second)[:2]] == [("filed", "13"), ("filed", "14")]


def test_reason_is_chosen_from_the_offices_table_with_a_free_addition(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary], number="7")
    chosen = DEFAULT_REASONS[1]
    decide(clerk, proposal, state="not_filed", refusal=chosen, decision_reason="建议先调研")
    assert stored(proposal) == ("not_filed", "7", f"{chosen}；建议先调研")
    form = clerk.get(f"/proposals/{proposal.public_id}/decide/").context["form"]
    assert (form["refusal"].value(), form["decision_reason"].value()) == (chosen, "建议先调研")


def test_office_edits_its_table_of_reasons(clerk, cast):
    make_proposal(cast.place, [cast.ordinary])
    assert receiving_office(cast.place.committee) == cast.place.offices[1]
    clerk.post(
        "/proposals/setting/", {"office": cast.place.offices[1].public_id, "reasons": "内容空泛\n\n 不属本县 \n"}
    )
    setting = ProposalSetting.objects.get()
    assert (setting.office, setting.refusal_reasons) == (cast.place.offices[1], "内容空泛\n不属本县")
    form = clerk.get(f"/proposals/{Proposal.objects.get().public_id}/decide/").context["form"]
    assert [value for value, _ in form.fields["refusal"].choices] == ["", "内容空泛", "不属本县"]


def test_decision_is_taken_back_with_a_reason_and_stays_in_history(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary], number="7", filed_on=DAY)
    response = decide(clerk, proposal, state="submitted", decision_reason="")
    assert response.context["form"].errors == {"decision_reason": ["撤销审查结果没有写理由，请写明理由。"]}
    decide(clerk, proposal, state="submitted", decision_reason="审查会没有通过")
    assert stored(proposal) == ("submitted", "7", "")
    latest = proposal.history.latest("history_id").action
    assert (latest.verb, latest.reason) == ("撤销审查结果", "审查会没有通过")
    assert [key.rpartition("/")[2] for key in Fact.objects.values_list("key", flat=True).distinct()] == ["submitted"]


def test_what_hangs_on_a_decision_keeps_it_and_the_proposal(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary], number="7", title="关于水的提案", filed_on=DAY)
    record_undertaking(user=None, proposal=proposal, unit="示例县水利局", replied_on=DAY)
    honour_proposal(user=None, proposal=proposal, kind="key", decided_on=DAY, reason="主席会议确定")
    child = make_proposal(cast.place, [cast.standing], number="8", title="关于河的提案")
    decide_proposal(user=None, proposal=child, state="merged", decided_on=DAY, merged_into=proposal)
    listed = (
        "这件提案已有承办“示例县水利局（主办）”，已答复、重点提案、并入本案的“8 关于河的提案”。请先撤销这些记录，再"
    )
    changed = decide(clerk, proposal, state="not_filed", decision_reason="不属本县")
    removed = clerk.post(f"/proposals/{proposal.public_id}/remove/", {"reason": "登记错了"})
    assert changed.context["form"].non_field_errors() == [f"没有改变审查结果：{listed}改变审查结果。"]
    assert removed.context["form"].non_field_errors() == [f"没有删除：{listed}删除。"]
    assert stored(proposal)[0] == "filed"


def test_removed_proposal_leaves_no_fact_and_stays_in_history(clerk, cast, sent):
    proposal = make_proposal(cast.place, [cast.ordinary, cast.cosigner], filed_on=DAY)
    clerk.post(f"/proposals/{proposal.public_id}/remove/", {"reason": "重复登记"})
    assert (Proposal.objects.count(), Fact.objects.count(), sent[-1]) == (0, 0, [("proposal", proposal.pk)])
    assert Proposal.history.latest("history_id").action.reason == "重复登记"


def test_second_of_two_decisions_at_once_is_told_and_not_followed(cast):
    proposal = make_proposal(cast.place, [cast.ordinary], number="7")
    stale = Proposal.objects.get(pk=proposal.pk)
    decide_proposal(user=None, proposal=proposal, state="filed", decided_on=DAY)
    with pytest.raises(ValidationError) as caught:
        decide_proposal(user=None, proposal=stale, state="not_filed", decided_on=DAY, reason="不属本县")
    assert caught.value.messages == ["没有保存：刚刚有人把这件提案改为“立案”。请刷新页面，核对之后再决定。"]


def test_target_of_a_merger_is_named_by_number_and_year(clerk, cast):
    last_year = make_proposal(cast.place, [cast.standing], number="5", day=DAY.replace(year=2025), filed_on=DAY)
    proposal = make_proposal(cast.place, [cast.ordinary], number="7")
    response = decide(clerk, proposal, state="merged", merged_into="6")
    assert response.context["form"].errors["merged_into"][0] == (
        "没有案号为“6”的已立案提案。请核对案号；上一年度以前的写成“2024-12”。"
    )
    decide(clerk, proposal, state="merged", merged_into="2025-5")
    assert Proposal.objects.get(pk=proposal.pk).merged_into == last_year


# ---------------------------------------------------------------- the quick row
def quick(cast, **changes):
    return {
        "office": cast.place.offices[1].public_id,
        "number": "12",
        "title_of_proposal": "关于增设公交站的提案",
        "lead": "单志松",
        "cosigners": "",
        "submitted_on": "2026-03-10",
        "state": "submitted",
        **changes,
    }


def test_quick_row_is_saved_and_the_next_follows_from_it(clerk, cast):
    sent = quick(cast, lead=cast.ordinary.number, cosigners="何珺 oyws", state="filed", decided_on="2026-03-12")
    response = clerk.post("/proposals/quick/", sent, follow=True)
    proposal = Proposal.objects.get()
    assert (proposal.way, proposal.state, proposal.year, proposal.proposers.count()) == ("joint", "filed", 2026, 3)
    assert response.redirect_chain == [(f"/proposals/?after={proposal.public_id}", 302)]
    form = response.context["quick"]
    shown = {name: str(form[name].value() or "") for name in ("number", "title_of_proposal", "submitted_on", "state")}
    assert shown == {"number": "13", "title_of_proposal": "", "submitted_on": "2026-03-10", "state": "filed"}


def test_quick_row_with_a_mistake_is_shown_again_and_stores_nothing(clerk, cast):
    changes = [
        {"state": "filed"},
        {"state": "not_filed", "decided_on": "3.12"},
        {"lead": "张三"},
    ]
    forms = [clerk.post("/proposals/quick/", quick(cast, **change)).context["quick"] for change in changes]
    assert [form.errors for form in forms] == [
        {"decided_on": ["审查结果是“立案”，没有填审查日期，请填写。"]},
        {"note": ["审查结果是“不予立案”，没有填审查意见，请写明理由。"]},
        {"lead": ["“张三”没有找到。请核对姓名，或改填委员编号、拼音首字母。"]},
    ]
    assert {form["title_of_proposal"].value() for form in forms} == {"关于增设公交站的提案"}
    assert Proposal.objects.count() == 0


def test_list_with_the_quick_row_takes_the_same_queries_for_any_number_of_rows(clerk, cast):
    last = make_proposal(cast.place, [cast.ordinary, cast.cosigner], filed_on=DAY)
    url = f"/proposals/?after={last.public_id}"
    clerk.get(url)
    one = queries_of(clerk, url)
    for _ in range(3):
        make_proposal(cast.place, [cast.ordinary, cast.cosigner], filed_on=DAY)
    assert queries_of(clerk, url) == one
