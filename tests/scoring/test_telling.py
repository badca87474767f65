"""Each turn of the year is told to those it concerns, inside the act that makes it, and leads where it can be seen."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from members.models import Notice
from scoring.confirmations import set_check_until
from scoring.services.assessments import start_year
from tests.cast import make_account, make_committee, make_seat
from tests.scoring.closing import CLOSED, correct, make_closing_year, publish_now, step
from tests.scoring.year import YEAR, add_fact, fresh, make_ruleset

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def told():
    """{user name: [(text, address)]} since it was last asked."""
    found = {}
    for name, *said in Notice.objects.order_by("pk").values_list("user__username", "text", "url"):
        found.setdefault(name, []).append(tuple(said))
    Notice.objects.all().delete()
    return found


@time_machine.travel(CLOSED, tick=True)
def test_members_hear_of_each_turn_of_the_year_and_whether_a_correction_changed_their_card():
    year = make_closing_year()
    first, second, third = (make_account(year.place, f"m{n}", "member", seat=s) for n, s in enumerate(year.seats))
    make_account(year.place, "clerk", "clerk")
    names = [one.username for one in (first, second, third)]
    card, home = reverse("me", args=[YEAR]), reverse("home")
    page = f"{reverse('my_confirmation')}?of={year.assessment.public_id}"

    step(year, "check_data")
    assert told() == {"clerk": [("2026 年度考核进入数据核对，请补齐缺漏、改正错误。", home)]}
    step(year, "check_members")
    assert told() == {key: [("请核对 2026 年度成绩单，有出入的请提出更正。", page)] for key in names}
    until = datetime.date(YEAR + 1, 2, 20)
    for _ in range(2):  # the same day once more is no news
        set_check_until(user=year.approver, assessment=fresh(year.assessment), until=until)
    text = "请核对 2026 年度成绩单，核对期到 2027年2月20日为止。"
    assert told() == {key: [(text, page)] for key in names}
    step(year, "approve", typed=str(YEAR))
    publish_now(year)
    assert told() == {key: [("2026 年度考核结果已经公布，请查看您的成绩单。", card)] for key in names}

    add_fact(year.subjects[2])  # the first of three: nobody's place moves
    correct(year)
    words = "2026 年度考核更正第 1 号已经公布，您的成绩单"
    others, own = [(f"{words}没有变动。", card)], [(f"{words}有变动，请查看。", card)]
    assert told() == {names[0]: others, names[1]: others, names[2]: own}


def test_opening_a_year_tells_members_and_clerks():
    place = make_committee()
    make_account(place, "member", "member", seat=make_seat(place))
    make_account(place, "clerk", "clerk", office=place.offices[0])
    chair = make_account(place, "chair", "chair_office")
    start_year(user=chair, ruleset=make_ruleset(place.committee))
    assert told() == {
        "member": [("2026 年度考核已经开始，随时可以查看您的成绩单。", reverse("me", args=[YEAR]))],
        "clerk": [("2026 年度考核已经开始，请及时登记履职记录。", reverse("home"))],
    }
