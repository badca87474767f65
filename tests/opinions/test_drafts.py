"""A member's own reports on the phone: draft, signatures, hand in, take back; staff see nothing before."""

import pytest
from django.test import Client

from members.models import Role
from opinions.models import OpinionReport
from scoring.models import Fact
from tests.cast import make_account, make_cast, make_report, make_seat, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = make_cast()
    cast.cosigner_user = make_account(cast.place, "cosigner", Role.MEMBER, seat=cast.cosigner)
    return cast


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def written(cast, **changes):
    """What the form of a draft sends."""
    return {
        "title_of_report": "关于校门口拥堵的信息",
        "body": "早晚各堵半小时。",
        "names": "何珺",
        "to_office": cast.place.offices[0].public_id,
        **changes,
    }


def decide(user, report, decision):
    response = browser(user).post(f"/me/opinions/{report.public_id}/", {"decision": decision}, follow=True)
    return [str(message) for message in response.context["messages"]]


def state(report):
    """(state, {name: confirmed, declined}) as stored."""
    report = OpinionReport.objects.get(pk=report.pk)
    signers = {row.seat.member.name: (row.is_confirmed, row.is_declined) for row in report.reporters.all()}
    return report.state, signers


def seen_by(user, report):
    """Whether the report stands in the list, has a page, and is in the API."""
    client = browser(user)
    return (
        report.title in client.get("/opinions/").content.decode(),
        client.get(f"/opinions/{report.public_id}/").status_code == 200,
        client.get(f"/api/v1/opinions/{report.public_id}/").status_code == 200,
    )


def test_draft_becomes_a_report_with_the_signatures_given(cast):
    browser(cast.ordinary_user).post("/me/opinions/new/", written(cast, do="keep"))
    report = OpinionReport.objects.get()
    assert state(report) == ("draft", {"单志松": (True, False), "何珺": (False, False)})
    staff = (cast.clerk, cast.whole_clerk, cast.chair_office)
    assert [seen_by(user, report) for user in staff] == [(False, False, False)] * 3
    assert (seen_by(cast.cosigner_user, report), Fact.objects.exists()) == ((True, True, True), False)

    assert decide(cast.cosigner_user, report, "confirm") == ["已确认联名。"]
    assert decide(cast.ordinary_user, report, "hand_in") == ["已报送。工作人员编发、采用后，这里会显示结果。"]
    assert state(report) == ("submitted", {"单志松": (True, False), "何珺": (True, False)})
    assert [seen_by(user, report) for user in staff] == [(True, True, True)] * 3
    facts = Fact.objects.filter(subject__kind="member").values_list("subject__seat__member__name", "sharers")
    assert sorted(facts) == [("何珺", 2), ("单志松", 2)]


@pytest.mark.sqlite
def test_declined_signature_is_no_signature(cast):
    browser(cast.ordinary_user).post("/me/opinions/new/", written(cast, do="hand_in"))
    report = OpinionReport.objects.get()
    assert decide(cast.cosigner_user, report, "decline") == ["已答复不联名。"]
    assert state(report) == ("submitted", {"单志松": (True, False), "何珺": (False, True)})
    assert set(Fact.objects.values_list("subject__seat__member__name", flat=True)) - {None} == {"单志松"}


@pytest.mark.sqlite
def test_who_declined_is_asked_again_only_about_another_text(cast):
    browser(cast.ordinary_user).post("/me/opinions/new/", written(cast))
    report = OpinionReport.objects.get()
    decide(cast.cosigner_user, report, "decline")
    url = f"/me/opinions/{report.public_id}/edit/"
    browser(cast.ordinary_user).post(url, written(cast, names="何珺、欧阳文松"))
    assert state(report)[1] == {"单志松": (True, False), "何珺": (False, True), "欧阳文松": (False, False)}
    browser(cast.ordinary_user).post(url, written(cast, names="何珺、欧阳文松", body="改了一句。"))
    assert state(report)[1]["何珺"] == (False, False)


@pytest.mark.sqlite
def test_who_signed_another_text_is_asked_again(cast):
    browser(cast.ordinary_user).post("/me/opinions/new/", written(cast))
    report = OpinionReport.objects.get()
    decide(cast.cosigner_user, report, "confirm")
    url = f"/me/opinions/{report.public_id}/edit/"
    browser(cast.ordinary_user).post(url, written(cast))
    assert state(report)[1]["何珺"] == (True, False)
    assert browser(cast.ordinary_user).get(url).context["form"]["names"].value() == "何珺"
    browser(cast.ordinary_user).post(url, written(cast, body="改了一句。"))
    assert state(report)[1]["何珺"] == (False, False)
    # Staff read what was handed in, and that the draft was changed, not what it said before.
    decide(cast.ordinary_user, report, "hand_in")
    page = browser(cast.clerk).get(f"/opinions/{report.public_id}/").content.decode()
    assert ("改了一句。" in page, "修改草稿" in page, "早晚各堵半小时。" in page) == (True, True, False)


def test_report_is_taken_back_until_the_office_takes_it_up(cast):
    browser(cast.ordinary_user).post("/me/opinions/new/", written(cast, do="hand_in"))
    report = OpinionReport.objects.get()
    assert (decide(cast.ordinary_user, report, "call_back"), state(report)[0]) == (
        ["已撤回，现在是草稿，可以修改后再报送。"],
        "draft",
    )
    assert (Fact.objects.exists(), seen_by(cast.clerk, report)) == (False, (False, False, False))
    decide(cast.ordinary_user, report, "hand_in")
    issued = {"number": "9", "issued_on": "今天"}
    browser(cast.clerk).post(f"/opinions/{report.public_id}/issue/", issued)
    refused = "工作人员已经办理这篇信息，不能撤回。要更正请联系工作人员。"
    assert (decide(cast.ordinary_user, report, "call_back"), state(report)[0]) == ([refused], "issued")


@pytest.mark.sqlite
def test_member_decides_nothing_for_others(cast):
    report = make_report(cast.place, [cast.ordinary, (cast.cosigner, "cosigner", False)], number="")
    nothing = "没有办理：请点页面上的按钮作出决定，理由最多 200 个字。"
    assert decide(cast.ordinary_user, report, "confirm") == [nothing]
    assert decide(cast.cosigner_user, report, "call_back") == [nothing]
    assert browser(cast.standing_user).get(f"/me/opinions/{report.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title_of_report": ""}, {"title_of_report": ["“题目”没有填，请填写。"]}),
        (
            {"names": "不存在的人"},
            {"names": ["“不存在的人”没有找到。请核对姓名，或改填委员编号、拼音首字母。"]},
        ),
    ],
)
@pytest.mark.sqlite
def test_draft_with_a_mistake_says_what_to_do(cast, change, expected):
    response = browser(cast.ordinary_user).post("/me/opinions/new/", written(cast, **change))
    assert (response.context["form"].errors, OpinionReport.objects.exists()) == (expected, False)


@pytest.mark.sqlite
def test_draft_sent_twice_is_kept_once_and_thrown_away(cast):
    client = browser(cast.ordinary_user)
    once = client.get("/me/opinions/new/").context["form"]["once"].value()
    for _ in range(2):
        client.post("/me/opinions/new/", written(cast, once=once, do="hand_in"))
    report = OpinionReport.objects.get()
    decide(cast.ordinary_user, report, "call_back")
    assert decide(cast.ordinary_user, report, "discard") == ["草稿已删除。"]
    assert OpinionReport.objects.exists() is False


@pytest.mark.sqlite
def test_own_list_takes_the_same_queries_for_many_rows(cast):
    client = browser(cast.ordinary_user)
    make_report(cast.place, [cast.ordinary], adopted=["city"])
    client.get("/me/opinions/")
    one = queries_of(client, "/me/opinions/")
    for _ in range(3):
        make_report(cast.place, [make_seat(cast.place), (cast.ordinary, "cosigner", False)], adopted=["city"])
    assert queries_of(client, "/me/opinions/") == one
    page = client.get("/me/opinions/")
    assert (len(page.context["waiting"]), len(page.context["reports"])) == (3, 1)
