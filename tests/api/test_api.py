"""The read-only API: same access as the pages, public ids only, the same number of queries for any number of rows."""

import hashlib
import json

import pytest

from scoring.services.runs import drive, rescore
from tests.cast import (
    DAY,
    make_activity,
    make_attendance,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
    queries_of,
)
from tests.scoring.year import add_fact, make_year

pytestmark = pytest.mark.django_db

LISTS = ["seats", "activities", "attendances", "contributions", "proposals", "opinions", "cards"]


@pytest.fixture
def cast():
    return make_cast()


def make_records(cast, seat):
    """One of each kind for `seat`, all logged by the first office."""
    place, office = cast.place, cast.place.offices[0]
    activity = make_activity(place, [seat])
    make_attendance(activity, {seat: "present"})
    make_contribution(place, seat)
    make_proposal(place, [seat], office=office, filed_on=DAY)
    make_report(place, [seat], adopted=["city"])


def rows(client, name, **query):
    response = client.get(f"/api/v1/{name}/", query)
    assert response.status_code == 200
    return response.json()["results"]


@pytest.mark.parametrize("name", LISTS)
def test_list_is_closed_to_the_signed_out(client, cast, name):
    assert client.get(f"/api/v1/{name}/").status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_api_writes_nothing(client, cast, name, method):
    client.force_login(cast.whole_clerk)
    assert getattr(client, method)(f"/api/v1/{name}/").status_code == 405


@pytest.mark.parametrize(
    ("who", "counts"),
    [
        ("clerk", {"seats": 3, "activities": 2, "attendances": 2, "contributions": 2, "proposals": 2, "opinions": 2}),
        (
            "whole_clerk",
            {"seats": 3, "activities": 2, "attendances": 2, "contributions": 2, "proposals": 2, "opinions": 2},
        ),
        (
            "other_clerk",
            {"seats": 3, "activities": 0, "attendances": 0, "contributions": 0, "proposals": 0, "opinions": 0},
        ),
        (
            "chair_office",
            {"seats": 3, "activities": 2, "attendances": 2, "contributions": 2, "proposals": 2, "opinions": 2},
        ),
        (
            "ordinary_user",
            {"seats": 1, "activities": 1, "attendances": 1, "contributions": 1, "proposals": 1, "opinions": 1},
        ),
        (
            "stranger",
            {"seats": 1, "activities": 0, "attendances": 0, "contributions": 0, "proposals": 0, "opinions": 0},
        ),
        (
            "system_admin",
            {"seats": 0, "activities": 0, "attendances": 0, "contributions": 0, "proposals": 0, "opinions": 0},
        ),
        ("nobody", {"seats": 0, "activities": 0, "attendances": 0, "contributions": 0, "proposals": 0, "opinions": 0}),
    ],
)
def test_list_holds_what_each_of_the_cast_may_see(client, cast, who, counts):
    make_records(cast, cast.ordinary)
    make_records(cast, cast.standing)
    client.force_login(getattr(cast, who))
    assert {name: len(rows(client, name)) for name in counts} == counts


def test_one_row_is_404_for_who_may_not_see_it(client, cast):
    make_records(cast, cast.ordinary)
    client.force_login(cast.clerk)
    urls = [f"/api/v1/{name}/{rows(client, name)[0]['public_id']}/" for name in LISTS if name != "cards"]
    assert [client.get(url).status_code for url in urls] == [200] * 6
    client.force_login(cast.stranger)
    assert [client.get(url).status_code for url in urls] == [404] * 6


@pytest.mark.parametrize("name", LISTS)
def test_list_takes_the_same_queries_for_three_rows_as_for_one(client, cast, name):
    client.force_login(cast.whole_clerk)
    make_records(cast, cast.ordinary)
    url = f"/api/v1/{name}/"
    client.get(url)
    one = queries_of(client, url)
    make_records(cast, cast.standing)
    make_records(cast, cast.cosigner)
    make_seat(cast.place, "钱宁", special_committee=cast.place.special_committees[1])
    assert queries_of(client, url) == one


def test_seat_has_exactly_these_fields(client, cast):
    client.force_login(cast.whole_clerk)
    seat = make_seat(
        cast.place,
        "钱　宁",
        number="0777",
        telephone="139 0000 1234",
        special_committee=cast.place.special_committees[0],
    )
    found = rows(client, "seats", number="0777")
    assert found == [
        {
            "public_id": str(seat.public_id),
            "committee": "yunhe",
            "term": 15,
            "number": "0777",
            "name": "钱宁",
            "sex": "",
            "ethnicity": "",
            "party": "",
            "unit": "",
            "duty": "",
            "place": "",
            "sector": "科学技术",
            "special_committee": "提案委员会",
            "second_special_committee": None,
            "joined_on": "2022-01-01",
            "left_on": None,
            "posts": [{"code": "member", "from_on": "2022-01-01", "to_on": None}],
            "subject": str(seat.subject.public_id),
        }
    ]


def test_telephone_is_nowhere_in_the_answers(client, cast):
    make_seat(cast.place, "钱宁", telephone="13900001234")
    client.force_login(cast.whole_clerk)
    text = client.get("/api/v1/seats/").content.decode() + client.get("/api/v1/schema/?format=json").content.decode()
    assert [word for word in ("13900001234", "telephone", "v1:", "birth") if word in text] == []


def test_no_primary_key_is_given(client, cast):
    make_records(cast, cast.ordinary)
    client.force_login(cast.whole_clerk)

    def keys(value):
        if isinstance(value, dict):
            return set(value) | set().union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    found = set().union(*(keys(rows(client, name)) for name in LISTS))
    assert {"id", "pk"} & found == set()


@pytest.fixture
def card(cast):
    """The ordinary member's stored card."""
    year = make_year(0, place=cast.place)
    add_fact(cast.ordinary.subject)
    drive(rescore(user=None, assessment=year.assessment))
    return year.assessment.cards.get(subject=cast.ordinary.subject)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 200),
        ("chair_office", 200),
        ("ordinary_user", 200),
        ("standing_user", 404),
        ("stranger", 404),
        ("system_admin", 404),
    ],
)
def test_card_opens_for_the_office_and_its_owner(client, cast, card, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(f"/api/v1/cards/{card.public_id}/").status_code == status


def test_card_comes_with_every_line_and_without_its_place(client, cast, card):
    client.force_login(cast.ordinary_user)
    found = client.get(f"/api/v1/cards/{card.public_id}/").json()
    assert found["detail"] == json.loads(card.document)
    assert [found[name] for name in ("year", "subject", "total", "digest")] == [
        2026,
        str(cast.ordinary.subject.public_id),
        500,
        hashlib.sha256(card.document.encode()).hexdigest(),
    ]
    assert [name for name in ("place", "cohort", "standing", "document") if name in found] == []


def test_list_of_cards_leaves_the_lines_out(client, cast, card):
    client.force_login(cast.ordinary_user)
    assert [("detail" in row, row["total"]) for row in rows(client, "cards")] == [(False, 500)]


def test_attendance_is_filtered_by_activity(client, cast):
    make_records(cast, cast.ordinary)
    make_records(cast, cast.standing)
    client.force_login(cast.whole_clerk)
    first = rows(client, "attendances")[0]
    assert rows(client, "attendances", activity=first["activity"]) == [first]


def test_page_holds_as_many_rows_as_asked_but_at_most_500(client, cast):
    client.force_login(cast.whole_clerk)
    response = client.get("/api/v1/seats/", {"page_size": 2}).json()
    assert (len(response["results"]), response["count"]) == (2, 3)
    assert client.get("/api/v1/seats/", {"page_size": 100000}).status_code == 200


def test_schema_names_every_list(client, cast):
    client.force_login(cast.clerk)
    schema = json.loads(client.get("/api/v1/schema/?format=json").content)
    assert sorted(schema["paths"]) == sorted(
        f"/api/v1/{name}/{part}" for name in LISTS for part in ("", "{public_id}/")
    )


def test_documentation_page_loads_only_own_files(client, cast):
    client.force_login(cast.clerk)
    page = client.get("/api/v1/docs/").content.decode()
    assert "http" not in page.replace("http-equiv", "")
    assert "<style" not in page
    assert client.get("/api/v1/docs/?script=").status_code == 200


@pytest.mark.parametrize("path", ["schema", "docs"])
def test_description_is_closed_to_the_signed_out(client, path):
    assert client.get(f"/api/v1/{path}/").status_code == 403
