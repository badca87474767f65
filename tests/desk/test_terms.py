"""A new 届 from the old: who stays has a seat in each, who leaves only the old one; and all of it can be taken back."""

import datetime

import pytest
import time_machine

from members.models import GroupMembership, Post, Seat, Sector, Term, User
from members.services import add_group_membership
from tests.cast import TERM_START, make_account, make_committee, make_seat

pytestmark = pytest.mark.django_db

STARTS = datetime.date(2027, 1, 10)
ENDED = datetime.date(2027, 1, 9)
URL = "/settings/succession/"


@pytest.fixture
def year():
    """A term with a chair in a group, an ordinary member, one who leaves with the term and one who left before."""
    place = make_committee("yunhe", name="示例县政协")
    place.chair = make_seat(place, "单志松", post="chair", number="001", special_committee=place.special_committees[0])
    place.member = make_seat(place, "何珺", number="002", sector=place.sectors[1])
    place.leaving = make_seat(place, "沈宁", number="003", post="standing_member")
    make_seat(place, "早退", number="004", left_on=datetime.date(2025, 1, 1))
    add_group_membership(user=None, seat=place.chair, group=place.group, from_on=TERM_START)
    return place


@pytest.fixture
def clerk(client, year):
    client.force_login(make_account(year, "clerk", "clerk"))
    return client


def send(client, year, step="confirm", *, staying=None, **fields):
    stay = [seat.public_id for seat in staying or (year.chair, year.member)]
    return client.post(URL, {"number": "16", "starts_on": "2027-01-10", "stay": stay, "step": step, **fields})


def state():
    """Everything that a new term may touch, readably."""
    return {
        "terms": list(Term.objects.values_list("number", "starts_on", "ends_on")),
        "seats": list(
            Seat.objects.order_by("term__number", "number").values_list(
                "term__number", "number", "sector__name", "joined_on", "left_on"
            )
        ),
        "posts": list(
            Post.objects.order_by("seat__term__number", "seat__number").values_list(
                "seat__term__number", "seat__number", "code", "from_on", "to_on"
            )
        ),
        "groups": list(
            GroupMembership.objects.order_by("from_on").values_list("seat__term__number", "seat__number", "to_on")
        ),
    }


def test_who_stays_has_a_seat_with_post_and_groups_in_the_new_term(clerk, year):
    assert [send(clerk, year).url, send(clerk, year).url] == ["/settings/terms/"] * 2  # a second click
    left = datetime.date(2025, 1, 1)
    assert state() == {
        "terms": [(15, TERM_START, ENDED), (16, STARTS, None)],
        "seats": [
            (15, "001", "科学技术", TERM_START, ENDED),
            (15, "002", "农业", TERM_START, ENDED),
            (15, "003", "科学技术", TERM_START, ENDED),
            (15, "004", "科学技术", TERM_START, left),
            (16, "001", "科学技术", STARTS, None),
            (16, "002", "农业", STARTS, None),
        ],
        "posts": [
            (15, "001", "chair", TERM_START, ENDED),
            (15, "002", "member", TERM_START, ENDED),
            (15, "003", "standing_member", TERM_START, ENDED),
            (15, "004", "member", TERM_START, left),
            (16, "001", "chair", STARTS, None),
            (16, "002", "member", STARTS, None),
        ],
        "groups": [(15, "001", ENDED), (16, "001", None)],
    }
    assert Seat.objects.get(term__number=16, number="001").member == year.chair.member
    assert Sector.objects.filter(term__number=16).count() == 2


@pytest.mark.sqlite
def test_invitations_offer_the_sectors_of_the_present_term_alone(clerk, year):
    def offered():
        choices = clerk.get("/activities/new/").context["form"].fields["scope"].choices
        return [label for heading, pairs in choices[3:] if heading == "界别" for _, label in pairs]

    found = [offered()]
    send(clerk, year)
    found.append(offered())
    with time_machine.travel(STARTS):
        clerk.force_login(User.objects.get(username="clerk"))
        found.append(offered())
    assert found == [["科学技术", "农业"]] * 3


def test_a_new_term_is_taken_back_whole(clerk, year):
    before = state()
    send(clerk, year)
    new = Term.objects.get(number=16)
    clerk.post(f"{URL}{new.public_id}/undo/")
    assert state() == before


def test_a_new_term_in_use_is_not_taken_back(clerk, year):
    send(clerk, year)
    new = Term.objects.get(number=16)
    year.term, year.sectors = new, list(new.sectors.all())
    make_seat(year, "新委员", joined_on=STARTS)
    response = clerk.post(f"{URL}{new.public_id}/undo/", follow=True)
    *_, said = map(str, response.context["messages"])
    assert said.startswith("没有撤销：换届以后下列记录又有变动。请先处理它们：")
    assert Term.objects.count() == 2


@pytest.mark.sqlite
def test_everybody_in_office_is_ticked_at_first_and_the_summary_writes_nothing(clerk, year):
    form = clerk.get(URL).context["form"]
    ticked = [(sector, [(seat.number, on) for seat, on in seats]) for sector, seats in form.sectors()]
    assert ticked == [("科学技术", [("003", True), ("001", True)]), ("农业", [("002", True)])]
    before = state()
    plan = send(clerk, year, step="").context["plan"]
    assert (len(plan.staying), [seat.number for seat in plan.leaving], plan.posts, plan.memberships, plan.sectors) == (
        2,
        ["003"],
        1,
        1,
        2,
    )
    again = send(clerk, year, step="back").context["form"]
    assert [on for _, seats in again.sectors() for _, on in seats] == [False, True, True]
    assert state() == before


WRONG = [
    ({"number": "15"}, "第15届已经有了，请填新一届的届次。"),
    ({"number": "9"}, "新一届的届次应大于第15届，请改正。"),
    ({"starts_on": "2022-01-01"}, "新一届的开始日期应晚于第15届的开始日期 2022-01-01，请改正。"),
    (
        {"starts_on": "2026-01-01"},
        "第15届有 1 名委员的任职开始日期不早于 2026-01-01：晚到（009）。请先改正他们的任职日期。",
    ),
    ({"stay": ["11111111-1111-1111-1111-111111111111"]}, "名单里有人已不在任，请返回重新打开本页再选。"),
]


@pytest.mark.sqlite
def test_a_term_that_cannot_be_is_refused(clerk, year):
    make_seat(year, "晚到", number="009", joined_on=datetime.date(2026, 3, 1))
    forms = [send(clerk, year, **fields).context["form"] for fields, _ in WRONG]
    found = [[text for texts in form.errors.values() for text in texts] for form in forms]
    assert found == [[message] for _, message in WRONG]
    assert Term.objects.count() == 1
