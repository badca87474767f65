"""A name the stroke table does not know is reported, and placed by hand with a reason."""

import pytest
from django.urls import reverse

from members.models import Member
from tests.cast import make_account, make_committee, make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return make_committee()


@pytest.fixture
def office(client, place):
    client.force_login(make_account(place, "clerk", "clerk"))
    return client


def names(place):
    return list(Member.objects.filter(committee=place.committee).in_stroke_order().values_list("name", flat=True))


def test_seat_page_reports_a_character_outside_the_table(office, place):
    seat = make_seat(place, "沈䶮")
    text = office.get(reverse("seat", args=[seat.public_id])).content.decode()
    assert "姓名中的“䶮”不在笔画表内，暂排在同姓的最后，请手工排位并写明理由。" in text


def test_position_is_set_by_hand_with_a_reason(office, place):
    for name in ("沈丁", "沈龙", "沈䶮"):
        seat = make_seat(place, name)
    assert names(place) == ["沈丁", "沈龙", "沈䶮"]
    sent = {"position": "沈丁", "reason": "“䶮”字不在笔画表内"}
    assert office.post(reverse("seat_position", args=[seat.public_id]), sent).status_code == 302
    assert names(place) == ["沈丁", "沈䶮", "沈龙"]
    seat.member.refresh_from_db()
    assert seat.member.history.first().action.reason == "“䶮”字不在笔画表内"


def test_position_without_a_reason_is_refused(office, place):
    seat = make_seat(place, "沈䶮")
    answer = office.post(reverse("seat_position", args=[seat.public_id]), {"position": "末"})
    assert answer.context["form"].errors == {
        "reason": ["沈䶮改了手工排位，没有写理由。请写明理由，例如“‘䶮’字不在笔画表内”。"]
    }
    seat.member.refresh_from_db()
    assert seat.member.hand_position == ""
