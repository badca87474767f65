"""The superuser's configuration pages: changes leave an action, records are only looked at."""

import pytest

from audit.models import Action
from members.models import Office, SpecialCommittee, Subject, User
from tests.cast import make_activity, make_cast, make_contribution, make_proposal, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def superuser(client):
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def test_added_office_answers_to_an_action(superuser, cast):
    data = {"committee": cast.place.committee.pk, "code": "research", "name": "研究室", "position": "3"}
    superuser.post("/admin/members/office/add/", data)
    office = Office.objects.get(code="research")
    action = office.history.get().action
    assert (action.user.username, action.verb, action.reason) == ("root", "后台配置", "处室")


def test_added_special_committee_can_be_scored(superuser, cast):
    data = {"committee": cast.place.committee.pk, "code": "law", "name": "社会法制委员会", "position": "3"}
    superuser.post("/admin/members/specialcommittee/add/", data)
    row = SpecialCommittee.objects.get(code="law")
    assert row.subject == Subject.objects.get(special_committee=row)


def test_refused_change_leaves_no_row(superuser, cast):
    data = {"committee": cast.place.committee.pk, "code": "Not A Slug", "name": "研究室", "position": "3"}
    assert superuser.post("/admin/members/office/add/", data).status_code == 200
    assert Office.objects.filter(name="研究室").count() == 0


@pytest.mark.parametrize(
    "model",
    [
        *("members/member", "members/seat", "members/user", "members/grant", "activities/activity"),
        *("activities/attendance", "activities/contribution", "proposals/proposal", "opinions/opinionreport"),
    ],
)
def test_records_cannot_be_added_by_hand(superuser, cast, model):
    assert superuser.get(f"/admin/{model}/").status_code == 200
    assert superuser.get(f"/admin/{model}/add/").status_code == 403


def test_records_open_for_reading(superuser, cast):
    activity = make_activity(cast.place, [cast.ordinary])
    contribution = make_contribution(cast.place, cast.ordinary)
    proposal = make_proposal(cast.place, [cast.ordinary])
    report = make_report(cast.place, [cast.ordinary])
    urls = [
        f"/admin/members/member/{cast.ordinary.member_id}/change/",
        f"/admin/members/seat/{cast.ordinary.pk}/change/",
        f"/admin/activities/activity/{activity.pk}/change/",
        f"/admin/activities/contribution/{contribution.pk}/change/",
        f"/admin/proposals/proposal/{proposal.pk}/change/",
        f"/admin/opinions/opinionreport/{report.pk}/change/",
    ]
    before = Action.objects.count()
    assert [superuser.get(url).status_code for url in urls] == [200] * 6
    assert [superuser.post(url, {"title": "x"}).status_code for url in urls] == [403] * 6
    assert Action.objects.count() == before


@pytest.mark.parametrize("who", ["clerk", "chair_office", "system_admin", "ordinary_user"])
def test_admin_is_closed_to_everybody_else(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get("/admin/members/office/").status_code == 302
