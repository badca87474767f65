"""全会展示: its figures are the edition's, its names those of the step, and an unpublished year is not shown."""

import json
import re

import pytest
import time_machine

from reports.demo import make_open
from reports.models import Openness
from reports.openness import first_of, set_openness
from reports.slides import Grid, placed, share
from reports.year_figures import PersonFigures, figures, figures_of
from scoring.engine.sentences import points
from tests.cast import PASSWORD, make_account
from tests.reports.shown import change_everything, make_shown_year
from tests.scoring.closing import CLOSED, step
from tests.scoring.year import YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NUMBER = re.compile(r"<dt>(.*?)</dt><dd><strong>(.*?)</strong> (.*?)</dd>")
BAR = re.compile(
    r'<th scope="row">(.*?)</th>\s*<td class="track"><svg width="(.*?)%" aria-hidden="true"></svg></td>\s*'
    r'<td class="value">(.*?)</td>\s*<td class="more">(.*?)</td>'
)


@pytest.fixture
def later():
    with time_machine.travel(CLOSED, tick=True):
        yield


@pytest.fixture
def year(later):
    return make_shown_year()


def deck(client, user):
    client.force_login(user)
    return client.get(f"/show/{YEAR}/").content.decode()


def parts(page):
    """{title of the slide: its markup}."""
    slides = page.split('<section class="slide ')[1:]
    return {re.search(r'id="title-\d+">(.*?)(?: <span|</h)', one)[1]: one for one in slides}


def test_slides_say_what_the_edition_says(year, client):
    page = parts(deck(client, year.publisher))
    assert list(page) == [
        f"{YEAR} 年度委员履职情况",
        "总体情况",
        "各界别平均得分",
        "提案",
        "社情民意信息",
        "我们的一年",
        "感谢各位委员",
    ]
    cards = [json.loads(text) for text in year.edition.cards.values_list("summary", flat=True)]
    ranked = [one for one in cards if one["card"]["ranked"]]
    totals = sorted(one["card"]["total"] for one in ranked)
    middle = points(round((totals[10] + totals[11]) / 2))
    assert NUMBER.findall(page["总体情况"]) == [
        ("应评价委员", "23", "名"),
        ("参加排名", "22", "名"),
        ("得分中位数", middle, "分"),
    ]
    grades = [one["placing"]["grade"] for one in ranked]
    assert [(name, value) for name, _, value, _ in BAR.findall(page["总体情况"])] == [
        (name, f"{grades.count(name)} 名") for name in ("优秀", "合格", "不合格")
    ]
    science = [one["card"]["total"] for one in ranked if one["printed"]["sector"] == "科学技术"]
    average = f"{sum(science) / len(science) / 100:.2f}"
    assert BAR.findall(page["各界别平均得分"]) == [("科学技术", "100.0", average, "19 名")]
    assert "不足 6 人的不作比较：农业。" in page["各界别平均得分"]
    assert NUMBER.findall(page["提案"]) == [("提交", "2", "件"), ("立案", "1", "件"), ("重点提案", "1", "件")]
    assert NUMBER.findall(page["社情民意信息"]) == [("报送", "1", "条"), ("被采用", "1", "条")]
    assert [(name, value) for name, _, value, _ in BAR.findall(page["社情民意信息"])] == [("市级采用", "1 条")]
    assert NUMBER.findall(page["我们的一年"]) == [
        ("会议活动", "2", "次"),
        ("半天场次", "2", "个"),
        ("出席", "6", "人次"),
        ("其他履职", "1", "项"),
    ]


def test_slides_do_not_follow_live_rows(year, client):
    set_openness(user=None, assessment=year.assessment, step=4, basis="主席会议")
    before = deck(client, year.publisher)
    change_everything(year)
    assert deck(client, year.publisher) == before


def test_unpublished_year_and_one_that_is_corrected_are_not_shown(year, client):
    assert client.get(f"/show/{YEAR}/").status_code == 302
    step(year, "reopen", reason="补记")
    client.force_login(year.publisher)
    answer = client.get(f"/show/{YEAR}/")
    assert (answer.status_code, "还没有公布" in answer.content.decode(), client.get("/show/2020/").status_code) == (
        409,
        True,
        404,
    )


def test_clerks_show_the_same_slides_and_members_none(year, client):
    clerk = make_account(year.place, "clerk", "clerk", office=year.place.offices[0])
    member = make_account(year.place, "member", "member", seat=year.seats[0])
    for user in (clerk, year.publisher):
        assert NUMBER.findall(deck(client, user))[0] == ("应评价委员", "23", "名")
        assert f'href="/show/{YEAR}/"' in client.get(f"/assessments/{year.assessment.public_id}/").content.decode()
    client.force_login(member)
    assert client.get(f"/show/{YEAR}/").status_code == 404


def test_corner_of_each_slide_names_the_step(year, client):
    set_openness(user=None, assessment=year.assessment, step=2, basis="主席会议")
    corners = re.findall(r'<span class="corner">公开程度 (.*?)　(\d+) / (\d+)</span>', deck(client, year.publisher))
    assert corners == [("②公布优秀名单", str(n), "8") for n in range(1, 9)]


def test_figures_of_a_year_without_anything_are_empty(year):
    document = json.loads(year.edition.document)
    found = figures_of({**document, "subjects": {}})
    assert (found.people, found.grades, found.median, found.sectors, found.months, found.adopted) == (
        (),
        (),
        None,
        (),
        (),
        (),
    )


def test_figures_of_an_edition_are_made_once(year):
    assert figures(year.edition) is figures(year.edition)


def person(total):
    return PersonFigures(str(total), f"某{total}", "农业", "提案委员会", "", "member", total, True)


@pytest.mark.parametrize(
    ("totals", "first"),
    [
        ([9, 8, 7, 6, 5], []),  # too few to compare
        ([9, 8, 7, 6, 5, 4], [9, 8, 7]),  # the better half
        (range(20, 0, -1), [20, 19, 18, 17, 16]),
        ([9, 9, 8, 8, 7, 7, 7, 7, 6, 5, 4, 3, 2, 1], [9, 9, 8, 8]),  # 7 points: eight would be more than half
        ([9, 8, 7, 6, 5, 5, 4, 3, 2, 1, 1, 1], [9, 8, 7, 6, 5, 5]),  # the same points, together
        ([9, 8, 0, 0, 0, 0, 0, 0, 0, 0], [9, 8]),  # nobody without points
    ],
)
def test_first_five_are_never_more_than_the_better_half(totals, first):
    assert [one.total for one in first_of([person(total) for total in totals])] == first


def test_shares_are_rounded_half_up_to_one_place():
    assert [str(share(*pair)) for pair in ((1, 3), (1, 16), (0, 5), (1, 0), (3, 3))] == [
        "33.3",
        "6.3",
        "0.0",
        "0.0",
        "100.0",
    ]


def test_long_names_take_two_places_and_keep_their_order():
    people = [(name, "") for name in ("丁一", "阿不都·示例", "王二", "李三")]
    rows = placed(people, Grid(columns=2, rows=9, longest=3))
    assert [[name for name, _, _ in row] for row in rows] == [["丁一"], ["阿不都·示例"], ["王二", "李三"]]


# ---------------------------------------------------------------- setting the step
def test_chairs_office_sets_the_step_with_its_reason_and_its_password(year, client):
    client.force_login(year.approver)
    page = f"/reports/{YEAR}/openness/"
    typed = {"step": "3", "is_public": "on", "sections": ["overall", "year"], "password_again": PASSWORD}
    refused = client.post(page, typed).content.decode()
    assert "没有写“依据”" in refused
    assert client.post(page, {**typed, "basis": "主席会议", "password_again": "错"}).status_code == 200
    assert Openness.objects.count() == 0
    assert client.post(page, {**typed, "basis": "2027年1月5日主席会议"}).status_code == 302
    row = Openness.objects.get()
    assert (row.step, row.is_public, row.sections) == (3, True, ["overall", "year"])
    told = client.post(page, {"step": "1", "password_again": PASSWORD}, follow=True).content.decode()
    assert "已设为①仅本人，纸质一人一单；公开页不开放。" in told
    history = [(one.step, one.is_public, one.action.verb, one.action.reason) for one in Openness.history.order_by("pk")]
    assert history == [
        (3, True, "设定公开程度", "2027年1月5日主席会议"),
        (1, False, "设定公开程度", ""),
    ]
    listed = re.findall(r'data-label="公开程度">(.*?)<', client.get(page).content.decode())
    assert listed == ["①仅本人，纸质一人一单", "③公布各专委会前五"]


def test_demonstration_opens_a_published_year_and_no_other(year):
    row = make_open(year.assessment)
    assert (row.step, row.is_public, row.history.get().action.user) == (2, True, year.publisher)
    step(year, "reopen", reason="补记")
    year.assessment.refresh_from_db()
    assert make_open(year.assessment) is None
