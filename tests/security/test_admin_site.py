"""Django's own pages: for superusers, and even they change nothing that scores or sign-ins rest on."""

import pytest

from activities.models import ContributionKind
from members.models import Committee, User
from tests.cast import make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def superuser(client):
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def test_code_of_a_kind_stays_as_stored_facts_have_it(superuser, cast):
    kind = cast.place.kinds["honour"]
    data = {"committee": cast.sibling.committee.pk, "code": "x-else", "name": "荣誉", "unit": "次", "position": "1"}
    superuser.post(f"/admin/activities/contributionkind/{kind.pk}/change/", data)
    kind = ContributionKind.objects.get(pk=kind.pk)
    assert (kind.name, kind.code, kind.committee) == ("荣誉", "honour", cast.place.committee)


def test_real_committee_cannot_be_made_a_demonstration(superuser, cast):
    data = {"name": "政协示例县委员会", "short_name": "示例县政协", "level": "county", "is_demonstration": "on"}
    superuser.post(f"/admin/members/committee/{cast.place.committee.pk}/change/", data)
    superuser.post("/admin/members/committee/add/", {**data, "code": "made-up"})
    found = list(Committee.objects.order_by("pk").values_list("name", "is_demonstration"))
    assert ("政协示例县委员会", False) in found
    assert not any(is_demonstration for _, is_demonstration in found)


def test_member_of_staff_without_rights_finds_nothing(client, cast):
    cast.clerk.is_staff = True
    cast.clerk.save()
    client.force_login(cast.clerk)
    paths = ("members/member", "members/office", "activities/contribution", "scoring/reportcard", "audit/action")
    assert {client.get(f"/admin/{path}/").status_code for path in paths} <= {403, 404}


def test_sign_ins_are_not_deleted_in_a_browser(superuser):
    assert [superuser.get(f"/admin/axes/{name}/").status_code for name in ("accesslog", "accessattempt")] == [404, 404]
