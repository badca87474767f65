"""Finding: what may be typed, who sees what, how fast, and how few keys it takes."""

import time

import pytest

from desk.demo.people import people
from desk.demo.places import PLACES
from desk.search import Found, asked, find_people, search
from members.bulk import SeatEntry, add_seats
from members.names import initials
from opinions.drafts import save_draft
from opinions.models import OpinionReport
from tests.cast import (
    DAY,
    TERM_START,
    make_activity,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
    queries_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def found(user, text):
    """{kind: [titles]} as the page lists them."""
    return {group.label: [hit.title for hit in group.hits] for group in search(user, text).groups}


def test_person_is_found_by_name_spelling_number_and_telephone(cast):
    make_seat(cast.place, "欧阳文松", number="0077", telephone="139 0000 7788")
    texts = ["欧阳文松", "欧阳　文松", "文松", "ouyangwensong", "OYWS", "oyw", "0077", "77", "13900007788", "7788"]
    missed = [text for text in texts if "欧阳文松" not in found(cast.clerk, asked({"q": text})).get("委员", [])]
    assert missed == []


def test_exact_hit_stands_on_top_and_its_kind_first(cast):
    make_seat(cast.place, "王示", number="0400")
    make_seat(cast.place, "王示例", number="0401")
    make_report(cast.place, [cast.ordinary], title="王示例反映的事")
    hits = search(cast.clerk, "王示例").groups
    assert [(group.label, group.hits[0].title) for group in hits] == [
        ("委员", "王示例"),
        ("社情民意", "王示例反映的事"),
    ]
    assert found(cast.clerk, "ws")["委员"] == ["王示", "王示例"]


def test_titles_and_numbers_of_each_kind_are_found(cast):
    make_activity(cast.place, [cast.ordinary], name="古桥视察")
    make_proposal(cast.place, [cast.ordinary], office=cast.place.offices[0], title="保护古桥的提案", number="T7")
    make_report(cast.place, [cast.ordinary], title="古桥漏水")
    make_contribution(cast.place, cast.ordinary, title="古桥讲解")
    assert found(cast.clerk, "古桥") == {
        "会议活动": ["古桥视察"],
        "提案": ["保护古桥的提案"],
        "社情民意": ["古桥漏水"],
        "其他履职": ["古桥讲解"],
    }
    assert found(cast.clerk, "t7") == {"提案": ["保护古桥的提案"]}


def test_nobody_finds_what_is_not_theirs_to_see(cast):
    make_report(cast.place, [cast.ordinary], title="古桥漏水")
    save_draft(user=cast.ordinary_user, lead=cast.ordinary, office=cast.place.offices[0], title="古桥草稿")
    users = (cast.clerk, cast.other_clerk, cast.chair_office, cast.stranger, cast.system_admin)
    assert [found(user, "古桥") for user in users] == [
        {"社情民意": ["古桥漏水"]},
        {},
        {"社情民意": ["古桥漏水"]},
        {},
        {},
    ]
    assert (found(cast.clerk, "沈宁"), found(cast.stranger, "沈宁")) == ({}, {"委员": ["沈宁"]})


@pytest.mark.sqlite
def test_enter_opens_the_one_that_is_meant(clerk, cast):
    seat = make_seat(cast.place, "王示例", number="0401")
    make_seat(cast.place, "王示例", number="0402")
    report = make_report(cast.place, [cast.ordinary], title="0401 号楼的电梯", number="88")
    # Who is taken to a page can still reach the others.
    opened = clerk.get("/search/?q=0401", follow=True).content.decode()
    assert "href='/search/?q=0401&amp;all=1'" in opened
    pages = [clerk.get("/search/", {"q": text}) for text in ("0401", "wsl", "88", "电梯", "不存在的人", "")]
    assert [getattr(page, "url", "") for page in pages] == [
        f"/seats/{seat.public_id}/",
        "",
        f"/opinions/{report.public_id}/",
        f"/opinions/{report.public_id}/",
        "",
        "",
    ]
    assert [len(group.hits) for group in clerk.get("/search/?q=0401&all=1").context["found"].groups] == [1, 1]


@pytest.mark.sqlite
def test_typed_markup_stays_text(clerk):
    page = clerk.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


def test_search_takes_the_same_queries_for_many_rows_as_for_one(clerk, cast):
    make_report(cast.place, [cast.ordinary], title="单志松反映的事")
    clerk.get("/search/?q=a")
    one = queries_of(clerk, "/search/?q=单志松&all=1")
    for n in range(12):
        make_seat(cast.place, f"单志松{'甲乙丙丁戊己庚辛壬癸子丑'[n]}")
        make_report(cast.place, [cast.ordinary], title=f"单志松反映的事{n}")
    assert queries_of(clerk, "/search/?q=单志松&all=1") == one
    groups = clerk.get("/search/?q=单志松&all=1").context["found"].groups
    assert [(len(group.hits), bool(group.more)) for group in groups] == [(8, True), (8, True)]


# ---------------------------------------------------------------- the size of a committee
@pytest.fixture
def three_hundred(cast):
    """The demonstration's people of its county, as it makes them."""
    place = next(place for place in PLACES if place.people == 300)
    persons = people(place.people, place.seed, place.first_telephone)
    entries = [
        SeatEntry(
            number=f"{n:03d}",
            name=person.name,
            sector=cast.place.sectors[0],
            joined_on=TERM_START,
            telephone=person.telephone,
        )
        for n, person in enumerate(persons, start=1)
    ]
    return add_seats(user=None, committee=cast.place.committee, term=cast.place.term, entries=entries)


@pytest.mark.sqlite
def test_three_keys_find_anybody_of_three_hundred(cast, three_hundred):
    by_number = [Found(seat.number, [find_people(cast.clerk, seat.number)]).meant for seat in three_hundred]
    assert [hit.url for hit in by_number] == [_page(seat) for seat in three_hundred]
    answers = {}
    for keys in {initials(seat.member.name)[:3] for seat in three_hundred}:
        hits = find_people(cast.clerk, keys).hits
        answers[keys] = [hit.url for hit in hits] if len(hits) <= 5 else []
    near = [seat for seat in three_hundred if _page(seat) in answers[initials(seat.member.name)[:3]]]
    assert len(near) >= 285  # 95 %: on the page that Enter shows, among at most five


def _page(seat):
    return f"/seats/{seat.public_id}/"


@pytest.mark.sqlite
def test_answer_takes_a_tenth_of_a_second_at_most(cast, three_hundred):
    rows = [
        OpinionReport(
            committee=cast.place.committee,
            office=cast.place.offices[0],
            year=DAY.year,
            number=str(n),
            title=f"关于第{n}条道路的信息",
            submitted_on=DAY,
        )
        for n in range(1, 3001)
    ]
    OpinionReport.objects.bulk_create(rows)
    slowest = {text: min(_seconds(cast.clerk, text) for _ in range(3)) for text in ("zjg", "道路", "0001", "2999")}
    assert {text: taken for text, taken in slowest.items() if taken > 0.1} == {}


def _seconds(user, text):
    before = time.perf_counter()
    search(user, text)
    return time.perf_counter() - before
