"""A telephone number leaves the database encrypted or not at all."""

import logging

import pytest
from django.db import connection
from django.test import Client

from audit.models import Action
from members.models import Role, User
from members.services import change_seat
from tests.cast import PASSWORD, make_account, make_activity, make_attendance, make_cast, make_contribution, make_seat
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db

NUMBER = "13912345678"
OTHER = "13987654321"
CANARIES = (NUMBER, OTHER, "139****5678", "139****4321")


@pytest.fixture
def cast():
    """The cast and a member whose number was changed once."""
    cast = make_cast()
    cast.called = make_seat(cast.place, "沈同", telephone=OTHER)
    change_seat(user=None, seat=cast.called, telephone=NUMBER)
    cast.called_user = make_account(cast.place, "called", Role.MEMBER, seat=cast.called)
    activity = make_activity(cast.place, [cast.called])
    make_attendance(activity, {cast.called: "present"})
    cast.contribution = make_contribution(cast.place, cast.called)
    make_year(1, place=cast.place)
    return cast


def texts_in_database():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield table, " ".join(map(str, row))


def leaks():
    return {table for table, text in texts_in_database() if any(number in text for number in CANARIES)}


def test_no_table_holds_a_number(cast):
    assert leaks() == set()


def test_no_page_and_no_answer_holds_a_whole_number(client, cast):
    paths = [
        *("/", "/seats/", f"/seats/{cast.called.public_id}/", "/me/2026/", "/rankings/"),
        *(f"/report-cards/2026/{cast.called.subject.public_id}/", f"/contributions/{cast.contribution.public_id}/"),
        *("/activities/", "/api/v1/seats/", f"/api/v1/seats/{cast.called.public_id}/", "/api/v1/cards/"),
        *("/admin/members/member/", f"/admin/members/member/{cast.called.member_id}/change/"),
        *(f"/admin/members/seat/{cast.called.pk}/change/", "/admin/members/user/"),
    ]
    accounts = [cast.whole_clerk, cast.chair_office, cast.called_user, User.objects.create_superuser("root")]
    found = []
    for account in accounts:
        client.force_login(account)
        for path in paths:
            text = client.get(path).content.decode()
            found += [(account.username, path, number) for number in CANARIES if number in text]
    # Who keeps the members' data sees that there is a number, and asks for it by an act.
    assert found == [("whole_clerk", f"/seats/{cast.called.public_id}/", "139****5678")]


@pytest.mark.parametrize("shared", [True, False])
def test_failed_sign_in_by_telephone_leaves_no_number(cast, caplog, shared):
    """Whether the number is one person's, two people's or nobody's."""
    if shared:
        make_account(cast.place, "second", Role.MEMBER, seat=make_seat(cast.place, "何珺", telephone=NUMBER))
    caplog.set_level(logging.DEBUG)
    for number in (NUMBER, OTHER, "139 1234 5678"):
        Client().post("/login/", {"username": number, "password": "wrong"})
    assert leaks() == set()
    assert [record.getMessage() for record in caplog.records if NUMBER in record.getMessage()] == []


def test_own_password_is_changed_under_an_action(client, cast):
    client.force_login(cast.called_user)
    new = "quite-another-horse-9"
    client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    action = Action.objects.first()
    assert (action.verb, action.user, action.committee) == ("修改密码", cast.called_user, cast.place.committee)
