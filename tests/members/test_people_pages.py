"""Members and seats in the browser: added, changed in mid-year, posts and groups with days, a number shown by an act."""

import datetime

import pytest
from django.urls import reverse

from audit.models import Action
from members.models import Seat
from members.people_forms import GroupsForm, PostsForm
from members.services import change_seat
from scoring.loading import load
from scoring.services.assessments import open_assessment
from tests.cast import TERM_START, YEAR, make_cast, make_seat
from tests.scoring.year import FIRST, LAST, make_ruleset

pytestmark = pytest.mark.sqlite


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def office(client, cast):
    client.force_login(cast.whole_clerk)
    return client


def page(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client, url, **changes):
    """What a browser sends back: every field as the page showed it, with changes."""
    form = client.get(url).context["form"]
    shown = {field.html_name: field.value() for field in form}
    return {name: "" if value is None else value for name, value in (shown | changes).items()}


def test_new_member_joins_in_mid_year(office, cast):
    url = reverse("member_new")
    data = sent(office, url, name="沈 宁", number="0900", joined_on="2026-07-01", telephone="139 0000 1234")
    data["sector"] = str(cast.place.sectors[1].public_id)
    answer = office.post(url, data)
    seat = Seat.objects.get(number="0900")
    assert answer.url == reverse("seat", args=[seat.public_id])
    assert (seat.member.name, seat.member.initials, seat.joined_on) == ("沈宁", "sn", datetime.date(2026, 7, 1))
    assert seat.member.masked_telephone == "139****1234"
    assert [(post.code, post.from_on) for post in seat.posts.all()] == [("member", datetime.date(2026, 7, 1))]
    assert seat.history.get().action.user == cast.whole_clerk
    assert office.post(url, data).url == answer.url  # the same page sent twice
    assert Seat.objects.filter(number="0900").count() == 1


def test_leaving_in_mid_year_ends_the_posts(office, cast):
    seat = make_seat(cast.place, "沈宁", post="standing_member")
    url = reverse("seat_edit", args=[seat.public_id])
    assert office.post(url, sent(office, url, left_on="2026-06-30", reason="辞去")).status_code == 302
    assert seat.posts.get().to_on == datetime.date(2026, 6, 30)
    text = page(office.get(reverse("seat", args=[seat.public_id])))
    assert "任职结束 <span" in text
    assert "2026-06-30" in text


def test_change_names_only_what_was_changed(office, cast):
    """Initials that were corrected by hand stay when something else changes; a new name makes new ones."""
    change_seat(user=None, seat=cast.ordinary, initials="dzs")
    url = reverse("seat_edit", args=[cast.ordinary.public_id])
    office.post(url, sent(office, url, unit="示例中学"))
    cast.ordinary.member.refresh_from_db()
    assert cast.ordinary.member.initials == "dzs"
    office.post(url, sent(office, url, name="单志柏"))
    cast.ordinary.member.refresh_from_db()
    assert cast.ordinary.member.initials == "szb"


def test_page_out_of_date_changes_nothing(office, cast):
    url = reverse("seat_edit", args=[cast.ordinary.public_id])
    data = sent(office, url, unit="示例中学")
    change_seat(user=cast.whole_clerk, seat=Seat.objects.get(pk=cast.ordinary.pk), unit="示例医院")
    assert "别人改过这条记录" in page(office.post(url, data))
    cast.ordinary.refresh_from_db()
    assert cast.ordinary.unit == "示例医院"


def test_posts_are_several_with_days(office, cast):
    url = reverse("seat_posts", args=[cast.ordinary.public_id])
    rows = {"to_0": "2026-05-31", "kind_1": "standing_member", "from_1": "2026-06-01", "reason": "增补"}
    assert office.post(url, sent(office, url, **rows)).status_code == 302
    held = [(post.code, str(post.from_on), str(post.to_on)) for post in cast.ordinary.posts.all()]
    assert held == [("member", str(TERM_START), "2026-05-31"), ("standing_member", "2026-06-01", "None")]
    overlapping = sent(office, url, from_1="2026-05-01")
    assert "重叠，同一天只能有一个职务" in page(office.post(url, overlapping))
    assert "第 3 行选了职务，没有填开始日期" in page(office.post(url, sent(office, url, kind_2="member")))


def test_group_is_left_and_another_joined(office, cast):
    url = reverse("seat_groups", args=[cast.ordinary.public_id])
    group = str(cast.place.group.public_id)
    rows = {"to_0": "2026-05-31", "kind_1": group, "from_1": "2026-09-01"}
    assert office.post(url, sent(office, url, **rows)).status_code == 302
    held = [(str(row.from_on), str(row.to_on)) for row in cast.ordinary.group_memberships.all()]
    assert held == [(str(TERM_START), "2026-05-31"), ("2026-09-01", "None")]


@pytest.mark.parametrize("form", [PostsForm, GroupsForm])
def test_rows_that_were_not_sent_are_not_taken_for_deleted(cast, form):
    refused = form({}, user=cast.whole_clerk, seat=cast.ordinary)
    assert refused.is_valid() is False


def test_telephone_is_masked_and_shown_by_an_act(office, cast):
    change_seat(user=None, seat=cast.ordinary, telephone="13900001234")
    text = page(office.get(reverse("seat", args=[cast.ordinary.public_id])))
    assert "139****1234" in text
    assert "13900001234" not in text
    assert "13900001234" in page(office.post(reverse("seat_telephone", args=[cast.ordinary.public_id])))
    last = Action.objects.order_by("-id").first()
    assert (last.verb, last.reason, last.user) == ("查看手机号", str(cast.ordinary), cast.whole_clerk)


def test_seat_page_offers_changes_to_those_who_may(client, cast):
    client.force_login(cast.clerk)
    text = page(client.get(reverse("seat", args=[cast.ordinary.public_id])))
    assert [name for name in ("修改资料", "手机号", "与重复的合并") if name in text] == []


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ((None, None), "援外"),
        (("2026-12-31", "2027-06-30"), "援外"),
        (("2025-01-01", "2026-01-01"), "援外"),
        (("2025-01-01", "2025-12-31"), ""),
        (("2027-01-01", None), ""),
    ],
)
def test_reason_not_to_be_scored_holds_for_the_years_its_days_touch(days, reason):
    first, last = (day and datetime.date.fromisoformat(day) for day in days)
    seat = Seat(not_scored_reason="援外", not_scored_from_on=first, not_scored_to_on=last)
    assert seat.not_scored_between(FIRST, LAST) == reason


def test_reason_of_another_year_leaves_the_card_scored(cast):
    ended = {"not_scored_reason": "援外", "not_scored_to_on": datetime.date(2025, 12, 31)}
    change_seat(user=None, seat=cast.ordinary, **ended)
    change_seat(user=None, seat=cast.standing, not_scored_reason="援外")
    assessment = open_assessment(
        user=None,
        committee=cast.place.committee,
        year=YEAR,
        subject_kind="member",
        ruleset=make_ruleset(cast.place.committee),
        from_on=FIRST,
        to_on=LAST,
    )
    loaded = load(assessment, [cast.ordinary.subject.pk, cast.standing.subject.pk])
    assert [one.subject.exempt for one in loaded] == ["", "援外"]
