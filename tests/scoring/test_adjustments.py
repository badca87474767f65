"""人工加减分: within a rule's bounds, decided by a second person, on the card only then."""

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.actions import act
from scoring.manual import in_points
from scoring.models import Adjustment, Fact, Ruleset
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from tests.cast import make_account, make_cast, queries_of
from tests.papers import jpeg
from tests.remembered import remembered
from tests.scoring.appraised import NOW, build
from tests.scoring.year import DAY, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """The cast with an open year whose ruleset has one manual rule, 考核加分, from -10 to 10 points."""
    cast = make_cast()
    make_year(1, place=cast.place)
    return cast


def propose(cast, **changes):
    given = {
        "user": cast.clerk,
        "committee": cast.place.committee,
        "office": cast.place.offices[0],
        "subject": cast.ordinary.subject,
        "effect": "points",
        "rule": "extra",
        "points": 250,
        "happened_on": DAY,
        "reason": "主席会议第 3 次会议决定",
        **changes,
    }
    return propose_adjustment(**given)


def sent(cast, **changes):
    """What the form sends."""
    return {
        "office": cast.place.offices[0].public_id,
        "effect": "points",
        "names": cast.ordinary.number,
        "rule": "extra",
        "points": "2.5",
        "happened_on": "2026-03-10",
        "reason": "主席会议第 3 次会议决定",
        **changes,
    }


def sentences(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    return getattr(caught.value, "message_dict", None) or caught.value.messages


@pytest.mark.parametrize("points", [-1000, 1000])
def test_points_at_the_bounds_are_taken(cast, points):
    assert propose(cast, points=points).points == points


@pytest.mark.parametrize(("points", "shown"), [(1001, "10.01"), (-1050, "-10.5")])
def test_points_outside_the_bounds_are_refused_not_cut(cast, points, shown):
    with pytest.raises(ValidationError) as caught:
        propose(cast, points=points)
    assert caught.value.message_dict == {
        "points": [f"“分值”填的是 {shown}，“考核加分”规定在 -10 到 10 分之间。请改正分值，或改选规则。"]
    }
    assert Adjustment.objects.count() == 0


def test_rule_that_computes_takes_no_points_by_hand(cast):
    with pytest.raises(ValidationError) as caught:
        propose(cast, rule="service")
    assert caught.value.message_dict == {
        "rule": ["2026 年考核办法没有代码为“service”的人工计分规则，现有：考核加分。请改选。"]
    }


def test_proposed_adjustment_is_no_fact(cast):
    propose(cast)
    assert Fact.objects.count() == 0


def test_approved_adjustment_is_one_fact(cast):
    row = propose(cast)
    decide_adjustment(user=cast.chair_office, adjustment=row, is_approved=True)
    fact = Fact.objects.get()
    assert (fact.subject, fact.kind, fact.attributes, fact.quantity) == (
        cast.ordinary.subject,
        "adjustment",
        "effect=points;rule=extra",
        250,
    )


def test_refused_adjustment_is_no_fact(cast):
    row = propose(cast)
    decide_adjustment(user=cast.chair_office, adjustment=row, is_approved=False, reason="依据不足")
    assert (row.state, Fact.objects.count()) == ("refused", 0)


def test_nobody_approves_his_own_proposal(cast):
    row = propose(cast)
    assert sentences(decide_adjustment, user=cast.clerk, adjustment=row, is_approved=True) == [
        "人工加减分须由另一人复核：提出人不能复核自己提出的加减分。"
    ]


def test_nobody_decides_on_his_own_points(cast):
    row = propose(cast)
    assert sentences(decide_adjustment, user=cast.ordinary_user, adjustment=row, is_approved=True) == [
        "不能复核本人的加减分，请由他人复核。"
    ]


def test_decided_adjustment_is_not_decided_again(cast):
    row = propose(cast)
    decide_adjustment(user=cast.chair_office, adjustment=row, is_approved=True)
    assert sentences(decide_adjustment, user=cast.whole_clerk, adjustment=row, is_approved=True) == [
        "这项加减分已经是“已复核”，不能再次复核。"
    ]


@pytest.mark.parametrize(("hundredths", "text"), [(250, "2.5"), (-25, "-0.25"), (1000, "10"), (0, "0")])
def test_points_are_shown_without_needless_zeros(hundredths, text):
    assert in_points(hundredths) == text


@pytest.mark.sqlite
def test_exemption_and_its_reason_are_on_the_card(client, cast):
    row = propose(cast, effect="exemption", rule="", points=None, reason="因病休养")
    decide_adjustment(user=cast.chair_office, adjustment=row, is_approved=True)
    client.force_login(cast.ordinary_user)
    page = client.get(f"/me/{DAY.year}/").content.decode()
    assert ["不参加排名" in page, "因病休养" in page] == [True, True]


@pytest.mark.sqlite
def test_points_and_their_reason_are_a_line_of_the_card(client, cast):
    decide_adjustment(user=cast.chair_office, adjustment=propose(cast), is_approved=True)
    client.force_login(cast.ordinary_user)
    assert "2.5 分（考核加分）" in client.get(f"/adjustments/{Adjustment.objects.get().public_id}/").content.decode()
    lines = client.get(f"/me/{DAY.year}/1/").content.decode()
    assert ["主席会议第 3 次会议决定" in lines, "核定 2.5 分，按第三条。" in lines] == [True, True]


@pytest.mark.sqlite
def test_rule_that_reads_appraisals_alone_takes_no_points_by_hand():
    with time_machine.travel(NOW, tick=False):
        appraised = remembered(build)
        assert sentences(propose, cast=appraised, rule="peer-part") == {
            "rule": ["2026 年考核办法没有代码为“peer-part”的人工计分规则，现有：考核加分、综合表现。请改选。"]
        }


# ---------------------------------------------------------------- pages
def test_form_proposes_with_evidence_and_the_second_person_decides(client, cast, evidence_dir):
    client.force_login(cast.clerk)
    client.post("/adjustments/new/", sent(cast, evidence=SimpleUploadedFile("证书.jpg", jpeg())))
    row = Adjustment.objects.get()
    assert (row.subject, row.points, row.proposed_by, row.state) == (cast.ordinary.subject, 250, cast.clerk, "proposed")
    client.force_login(cast.chair_office)
    assert client.get(f"/evidence/{row.evidence.public_id}/").status_code == 200
    client.post(f"/adjustments/{row.public_id}/decide/", {"decision": "approve"})
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("approved", cast.chair_office)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"points": "很多"}, {"points": ["“分值”不是数字。请填数字，例如 2 或 -1.5。"]}),
        ({"points": "1.255"}, {"points": ["“分值”最多两位小数，例如 1.25。请改正。"]}),
        ({"points": ""}, {"points": ["“分值”没有填，请填写。"]}),
        ({"names": ""}, {"names": ["填了 0 个对象，一次只能给一位委员（或一个专委会、活动组）加减分。请改正。"]}),
        (
            {"points": "11"},
            {"points": ["“分值”填的是 11，“考核加分”规定在 -10 到 10 分之间。请改正分值，或改选规则。"]},
        ),
        (
            {"happened_on": "2025-03-10"},
            {"happened_on": ["2025-03-10 不在任何一年的考核期内。请核对日期，或先由主席办公室开始该年度考核。"]},
        ),
    ],
)
def test_form_with_a_mistake_says_what_to_do(client, cast, change, expected):
    client.force_login(cast.clerk)
    assert client.post("/adjustments/new/", sent(cast, **change)).context["form"].errors == expected


@pytest.mark.parametrize(
    ("who", "seen", "new", "decided"),
    [
        ("clerk", 200, 200, 404),
        ("other_clerk", 404, 200, 404),
        ("chair_office", 200, 404, 302),
        ("ordinary_user", 200, 404, 404),
        ("standing_user", 404, 404, 404),
        ("stranger", 404, 200, 404),
        (None, 302, 302, 302),
    ],
)
def test_pages_answer_each_of_the_cast(client, cast, who, seen, new, decided):
    row = propose(cast)
    if who:
        client.force_login(getattr(cast, who))
    assert client.get(f"/adjustments/{row.public_id}/").status_code == seen
    assert client.get("/adjustments/new/").status_code == new
    assert client.post(f"/adjustments/{row.public_id}/decide/", {"decision": "approve"}).status_code == decided


def test_list_takes_the_same_queries_for_three_rows_as_for_one(client, cast):
    client.force_login(cast.chair_office)
    propose(cast)
    client.get("/adjustments/")
    one = queries_of(client, "/adjustments/")
    propose(cast, subject=cast.standing.subject)
    propose(cast, subject=cast.cosigner.subject, effect="veto", rule="", points=None)
    assert queries_of(client, "/adjustments/") == one


def test_clerk_who_is_a_member_does_not_propose_his_own_points(cast):
    clerk = make_account(cast.place, "both", "clerk", seat=cast.cosigner)
    with pytest.raises(ValidationError) as caught:
        propose(cast, user=clerk, subject=cast.cosigner.subject)
    assert caught.value.messages == ["不能提出本人的加减分，请由他人提出。"]


def test_year_with_a_ruleset_that_cannot_be_used_offers_no_rules(client, cast):
    with act(user=None, verb="测试"):
        row = Ruleset.objects.get()
        row.digest = "0" * 64
        row.save()
    client.force_login(cast.clerk)
    assert client.get("/adjustments/new/").context["form"].fields["rule"].choices == [("", "—")]
    with pytest.raises(ValidationError, match="2026 年考核办法不能使用"):
        propose(cast)
