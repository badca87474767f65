"""优秀名单 and 提醒、约谈: decided by people beside the scores, which they never touch."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from members.models import Role
from scoring.models import Assessment, Commendation, EditionCard, ReportCard, Talk
from scoring.services.assessments import open_assessment
from tests.cast import make_account, make_activity, make_attendance, queries_of
from tests.scoring.closing import CLOSED, close, compute, make_closing_year
from tests.scoring.test_pages import text_of
from tests.scoring.year import RULES, YEAR, make_ruleset

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TALK_GATE = """
[[gate]]
code = "too_little"
name = "不足 12 分"
action = "约谈"
clause = "第九条"
tests = [{ figure = "total", at_least = 12 }]
"""
HONOURS, TALKS = f"/honours/{YEAR}/", "/talks/"


@pytest.fixture
def year():
    with time_machine.travel(CLOSED, tick=False):
        yield make_closing_year(text=RULES.replace("[[grade]]", TALK_GATE + "\n[[grade]]", 1))


@pytest.fixture
def chair(client, year):
    client.force_login(year.publisher)
    return client


def results():
    """Every byte that a score, a place, a grade or an edition's card is made of."""
    return [list(model.objects.order_by("pk").values_list()) for model in (ReportCard, EditionCard, Assessment)]


def choose(client, subjects, **typed):
    data = {"chosen": [one.public_id for one in subjects], "name": "优秀委员", "decided_on": "2027-02-01"}
    return client.post(HONOURS, data | typed, follow=True)


def said(response):
    return "".join(str(message) for message in response.context["messages"])


# ---------------------------------------------------------------- 优秀名单
def test_honour_list_is_chosen_withdrawn_and_printed_without_touching_a_score(chair, year):
    """赵 5, 钱 10, 孙 15 points: people may choose the last and leave out the first."""
    first, second, third = year.subjects
    assert "名次还会变动" in text_of(chair.get(HONOURS))
    refused = choose(chair, [first], reason="扎实")
    assert ("现在是“记录中”" in text_of(refused), Commendation.objects.count()) == (True, 0)
    close(year)
    before = results()

    choose(chair, [first, third], **{"reason": "主席会议审定", f"reason-{first.public_id}": "抢险救灾"})
    rows = Commendation.objects.order_by("subject__seat__member__stroke_key").values_list("subject", "reason")
    assert dict(rows) == {first.pk: "抢险救灾", third.pk: "主席会议审定"}
    assert "赵示例已经在“优秀委员”名单上" in text_of(choose(chair, [second, first], reason="再选"))
    paper = text_of(chair.get(f"{HONOURS}list/"))
    assert "共 2 名，按姓氏笔画为序 孙示例赵示例" in paper

    row = Commendation.objects.get(subject=first)
    path = reverse("commendation_withdraw", args=[row.public_id])
    assert "没有写理由" in said(chair.post(path, follow=True))
    chair.post(path, {"reason": "本人婉辞"})
    assert "已经撤下" in said(chair.post(path, {"reason": "再撤"}, follow=True))
    told = text_of(chair.get(HONOURS))
    assert "公布后" in told
    assert "撤下赵示例（优秀委员） 本人婉辞" in told
    assert "列入赵示例（优秀委员） 抢险救灾" in told
    assert list(Commendation.objects.standing().values_list("subject", flat=True)) == [third.pk]
    assert results() == before


def test_honour_is_not_given_to_oneself_nor_outside_the_ranking(client, year):
    close(year)
    own = make_account(year.place, "own", Role.CHAIR_OFFICE, seat=year.seats[0])
    client.force_login(own)
    assert "由他人推选" in text_of(choose(client, [year.subjects[0]], reason="好"))
    ReportCard.objects.filter(subject=year.subjects[1]).update(is_ranked=False, place=None)
    assert "没有参加 2026 年度排名" in text_of(choose(client, [year.subjects[1]], reason="好"))
    assert "没有写理由" in text_of(choose(client, [year.subjects[2]]))
    assert "没有选人" in text_of(choose(client, [], reason="好"))
    assert Commendation.objects.count() == 0


# ---------------------------------------------------------------- 提醒、约谈
def year_before(year):
    """The same rules a year earlier: nobody did anything, so that everybody has the last grade."""
    text = RULES.replace("2026", "2025")
    ruleset = make_ruleset(year.place.committee, text, year=YEAR - 1)
    days = {"from_on": datetime.date(YEAR - 1, 1, 1), "to_on": datetime.date(YEAR - 1, 12, 31)}
    of = {"committee": year.place.committee, "year": YEAR - 1, "subject_kind": "member"}
    assessment = open_assessment(user=None, ruleset=ruleset, **of, **days)
    earlier = type(year)(assessment=assessment, subjects=year.subjects)
    compute(earlier)


def test_talk_list_counts_years_gates_and_absences_and_notes_who_was_talked_to(chair, year):
    year_before(year)
    _, second, third = year.seats
    for day in (3, 4, 5):
        meeting = make_activity(year.place, [second, third], day=datetime.date(YEAR, 5, day))
        make_attendance(meeting, {second: "absent", third: "leave"})
    compute(year)
    before = results()

    told = text_of(chair.get(TALKS))
    assert "共 2 人" in told
    assert "赵示例 约谈" in told
    assert "连续 2 年等次为“不合格”（2025、2026）" in told
    assert "2026 年缺席 3 次会议活动" in told
    assert "孙示例" not in told
    assert "共 3 人" in text_of(chair.get(TALKS, {"running": 1, "under": "15.5"}))
    assert "2025、2026）" in text_of(chair.get(TALKS, {"under": "15.5"}))

    chosen = {"chosen": [year.subjects[0].public_id], "kind": "talk"}
    assert "还没有到" in said(chair.post(TALKS, {**chosen, "held_on": "2027-02-02"}, follow=True))
    chair.post(TALKS, {**chosen, "held_on": "2027-01-20", "note": "面谈"})
    talk = Talk.objects.get()
    assert (talk.subject, talk.by, "连续 2 年" in talk.reasons) == (year.subjects[0], year.publisher, True)
    assert "已约谈 2027-01-20 面谈" in text_of(chair.get(TALKS))
    assert "赵示例" not in text_of(chair.get(TALKS, {"done": "no"}))

    path = reverse("talk_remove", args=[talk.public_id])
    assert "没有写理由" in said(chair.post(path, follow=True))
    chair.post(path, {"reason": "登记错人"})
    assert [row.history_type for row in Talk.history.order_by("history_id")] == ["+", "-"]
    assert results() == before


def test_talk_list_takes_the_same_queries_for_more_members(chair, year):
    year_before(year)
    queries_of(chair, TALKS)
    few = queries_of(chair, f"{TALKS}?running=5&absences=99")
    assert queries_of(chair, f"{TALKS}?running=1&under=99") == few
