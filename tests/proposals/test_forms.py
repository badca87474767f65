"""The office's plain pages of proposals, as browsers send them."""

import datetime

import pytest

from proposals.models import Honour, Proposal, Undertaking
from proposals.services import honour_proposal, record_undertaking
from tests.cast import DAY, make_cast, make_proposal, queries_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
]  # what boxes take; what a database refuses is tried in tests/security


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    """The clerk of the office of proposals."""
    client.force_login(cast.other_clerk)
    return client


def sent(cast, **changes):
    """What the form of a new proposal sends."""
    return {
        "office": cast.place.offices[1].public_id,
        "year": "2026",
        "number": "12",
        "title_of_proposal": "关于增设公交站的提案",
        "way": "joint",
        "submitted_on": "2026-03-10",
        "lead": "单志松",
        "cosigners": "何珺 oyws",
        "state": "submitted",
        **changes,
    }


def errors(response):
    return response.context["form"].errors


def signers(proposal):
    return [(row.seat.member.name, row.role, row.position) for row in proposal.proposers.all()]


def test_joint_proposal_keeps_the_order_of_signatures(clerk, cast):
    clerk.post("/proposals/new/", sent(cast))
    proposal = Proposal.objects.get()
    assert signers(proposal) == [("单志松", "lead", 1), ("何珺", "cosigner", 2), ("欧阳文松", "cosigner", 3)]
    assert (proposal.office, proposal.term, str(proposal.submitted_on)) == (
        cast.place.offices[1],
        cast.place.term,
        "2026-03-10",
    )


def test_collective_proposal_has_a_sponsor_and_writers(clerk, cast):
    sponsor = cast.place.special_committees[0].subject
    clerk.post("/proposals/new/", sent(cast, way="collective", sponsor=sponsor.public_id, cosigners=""))
    proposal = Proposal.objects.get()
    assert (proposal.sponsor, signers(proposal)) == (sponsor, [("单志松", "collective", 1)])


def test_proposal_already_filed_is_logged_in_one_step(clerk, cast):
    clerk.post("/proposals/new/", sent(cast, state="filed", decided_on="3.12"))
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.decided_on) == ("filed", datetime.date(datetime.date.today().year, 3, 12))


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"lead": ""}, "lead", "联名提案要有一位第一提案人，排在最前。请补填第一提案人。"),
        (
            {"lead": "单志松、何珺", "cosigners": "oyws"},
            "lead",
            "“第一提案人”填了 2 位，只能有一位。其余的请填在“联名人”里。",
        ),
        ({"cosigners": "单志松"}, "lead", "“单志松（{number}）”在提案人中出现了两次，请只留一次。"),
        ({"cosigners": ""}, "lead", "联名提案除第一提案人外，至少要有一位联名人。请补填联名人，或改为个人提案。"),
        (
            {"way": "individual"},
            "lead",
            "个人提案只有一位提案人，现在填了 3 位。请删去其余的人，或把提出方式改为联名提案。",
        ),
        (
            {"way": "collective", "lead": "", "cosigners": ""},
            "sponsor",
            "集体提案没有填提案单位，请选择专门委员会或活动组。",
        ),
        ({"year": "今年"}, "year", "“年度”不是年份，请填四位数字，例如 2026。"),
        ({"state": "filed"}, "decided_on", "审查结果是“立案”，没有填审查日期，请填写。"),
        (
            {"state": "not_filed", "decided_on": "2026-03-12"},
            "decision_reason",
            "审查结果是“不予立案”，没有填审查意见，请写明理由。",
        ),
        (
            {"state": "merged", "decided_on": "2026-03-12"},
            "merged_into",
            "并案要填并入哪件提案，其他结果不填。请选择并入的提案，或改选审查结果。",
        ),
        (
            {"state": "filed", "decided_on": "2026-03-01"},
            "decided_on",
            "“审查日期”是 2026-03-01，早于“提交日期”2026-03-10。审查日期不能早于提交日期，请改正其中一个日期。",
        ),
        ({"cosigners": "沈宁"}, "cosigners", "“沈宁”没有找到。请核对姓名，或改填委员编号、拼音首字母。"),
    ],
)
def test_proposal_with_a_mistake_says_what_to_do(clerk, cast, change, field, sentence):
    response = clerk.post("/proposals/new/", sent(cast, **change))
    assert errors(response) == {field: [sentence.format(number=cast.ordinary.number)]}
    assert Proposal.objects.count() == 0


def test_number_used_twice_in_a_year_is_refused(clerk, cast):
    make_proposal(cast.place, [cast.ordinary], number="12", title="关于水的提案")
    response = clerk.post("/proposals/new/", sent(cast))
    assert errors(response) == {"number": ["2026 年的案号“12”已是“关于水的提案”的案号，请改用别的案号。"]}


def test_proposal_is_filed_then_honoured_then_answered(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary])
    url = f"/proposals/{proposal.public_id}"
    clerk.post(f"{url}/decide/", {"state": "filed", "decided_on": "2026-03-12", "number": "33"})
    clerk.post(f"{url}/honour/", {"kind": "key", "decided_on": "2026-04-01", "reason": "主席会议确定"})
    clerk.post(f"{url}/undertaking/", {"main": "示例县交通局", "main_due": "2026-06-30", "assigned_on": "2026-03-12"})
    reply = f"/proposals/undertakings/{Undertaking.objects.get().public_id}/reply/"
    clerk.post(reply, {"replied_on": "2026-05-20", "reply_class": "A"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.number) == ("filed", "33")
    assert list(Honour.objects.values_list("kind", "reason")) == [("key", "主席会议确定")]
    assert [(row.unit, str(row.replied_on), row.reply_class) for row in Undertaking.objects.all()] == [
        ("示例县交通局", "2026-05-20", "A")
    ]


def test_proposal_that_is_not_filed_gets_no_honour(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary], number="9", title="关于水的提案")
    data = {"kind": "key", "decided_on": "2026-04-01", "reason": "主席会议确定"}
    response = clerk.post(f"/proposals/{proposal.public_id}/honour/", data)
    assert errors(response) == {"kind": ["提案“9 关于水的提案”是“已提交”，只有立案的提案才能确定为重点提案。"]}


def test_proposal_is_merged_into_a_filed_one(clerk, cast):
    main = make_proposal(cast.place, [cast.standing], filed_on=DAY)
    proposal = make_proposal(cast.place, [cast.ordinary])
    data = {"state": "merged", "decided_on": "2026-03-12", "merged_into": main.number}
    clerk.post(f"/proposals/{proposal.public_id}/decide/", data)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_into) == ("merged", main)


def test_change_keeps_who_has_confirmed(clerk, cast):
    proposal = make_proposal(cast.place, [cast.ordinary, cast.cosigner])
    second = proposal.proposers.get(seat=cast.cosigner)
    url = f"/proposals/{proposal.public_id}/edit/"
    form = clerk.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"title_of_proposal": "关于水的提案"}
    assert (data["lead"], data["cosigners"]) == (cast.ordinary.number, cast.cosigner.number)
    clerk.post(url, data | {"cosigners": f"{cast.cosigner.number}、{cast.standing.number}"})
    proposal.refresh_from_db()
    assert proposal.title == "关于水的提案"
    assert signers(proposal) == [("单志松", "lead", 1), ("何珺", "cosigner", 2), ("欧阳文松", "cosigner", 3)]
    assert proposal.proposers.get(seat=cast.cosigner).is_confirmed == second.is_confirmed


@pytest.mark.parametrize("page", ["/proposals/", "{one}"])
def test_page_takes_the_same_queries_for_three_rows_as_for_one(clerk, cast, page):
    proposal = make_proposal(cast.place, [cast.ordinary], filed_on=DAY)
    url = page.format(one=f"/proposals/{proposal.public_id}/")
    record_undertaking(user=None, proposal=proposal, unit="示例县交通局")
    honour_proposal(user=None, proposal=proposal, kind="key", decided_on=DAY, reason="主席会议确定")
    clerk.get(url)
    one = queries_of(clerk, url)
    for unit in ("示例县水利局", "示例县财政局"):
        record_undertaking(user=None, proposal=proposal, unit=unit)
        make_proposal(cast.place, [cast.standing, cast.cosigner], filed_on=DAY)
    assert queries_of(clerk, url) == one


def test_list_is_filtered(clerk, cast):
    make_proposal(cast.place, [cast.ordinary], title="甲案", number="1")
    make_proposal(cast.place, [cast.standing], title="乙案", number="2", filed_on=DAY)

    def titles(query):
        return [row.title for row in clerk.get(f"/proposals/?{query}").context["listing"].page]

    assert [titles(query) for query in ("q=甲", "q=欧阳", "q=2", "state=filed", "year=2025", "honour=key")] == [
        ["甲案"],
        ["乙案"],
        ["乙案"],
        ["乙案"],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("who", "see", "new", "change"),
    [
        ("other_clerk", 200, 200, 200),
        ("whole_clerk", 200, 200, 200),
        ("clerk", 404, 200, 404),
        ("chair_office", 200, 404, 404),
        ("ordinary_user", 200, 404, 404),
        ("standing_user", 404, 404, 404),
        ("stranger", 404, 200, 404),
        ("audit_admin", 404, 404, 404),
        (None, 302, 302, 302),
    ],
)
def test_pages_answer_each_of_the_cast(client, cast, who, see, new, change):
    url = f"/proposals/{make_proposal(cast.place, [cast.ordinary]).public_id}/"
    if who:
        client.force_login(getattr(cast, who))
    assert client.get(url).status_code == see
    assert client.get("/proposals/new/").status_code == new
    assert [client.get(f"{url}{part}/").status_code for part in ("edit", "decide", "honour", "undertaking")] == [
        change
    ] * 4
