"""Report cards, the list of members, places, rulesets and runs as pages."""

import datetime
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.actions import act
from members.models import Subject
from scoring import clock
from scoring.models import Assessment, ReportCard, Ruleset, Run, Stale, SubjectError, WorkerBeat
from scoring.services.runs import drive, rescore
from tests.cast import DAY, make_account, make_activity, make_attendance, make_committee, make_contribution, make_seat
from tests.scoring.later import second_seat
from tests.scoring.year import RULES, YEAR, add_fact, fresh, make_ruleset, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # what pages say; their numbers are tried in test_cards.py


class Text(str):
    """What a page says; white space, which HTML puts anywhere, does not matter to ``in``."""

    __slots__ = ()

    def __contains__(self, sentence):
        return sentence.replace(" ", "") in str(self)


def text_of(response):
    """The page's main part without tags and white space."""
    body = response.content.decode().partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return Text(re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", body))))


def whole_card(client, address="/me/"):
    """The card with the pages of its parts, as one text."""
    page = client.get(address)
    year = page.context["assessment"].year
    parts = [client.get(f"/me/{year}/{number}/") for number in page.context["page"].view.by_number]
    return Text("".join(text_of(one) for one in (page, *parts)))


def compute(year):
    return drive(rescore(user=None, assessment=fresh(year.assessment)))


@pytest.fixture
def year():
    return make_year(4)


@pytest.fixture
def member(year, client):
    """The first member, signed in."""
    client.force_login(make_account(year.place, "member", "member", seat=year.seats[0]))
    return year.subjects[0]


@pytest.fixture
def chair(year, client):
    account = make_account(year.place, "chair", "chair_office")
    client.force_login(account)
    return account


def card_address(subject, year=YEAR):
    return reverse("card", args=[year, subject.public_id])


def queries(client, path):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def set_state(assessment, state):
    with act(user=None, verb="test"):
        assessment.state = state
        assessment.save()


# ---------------------------------------------------------------- one card
def part_named(client, name):
    """Address of the page of one part of one's own card."""
    numbers = client.get("/me/").context["page"].view.by_number
    return next(f"/me/{YEAR}/{number}/" for number, part in numbers.items() if part.name == name)


def test_card_shows_total_grade_and_what_the_next_grade_lacks(client, year, member):
    for _ in range(3):
        add_fact(member)
    compute(year)
    text = text_of(client.get("/me/"))
    assert "当前得分 暂计 15 分 合格 距优秀（20 分）还差 5 分。" in text
    assert "合格 10 分 优秀 20 分" in text
    assert "最终得分和等次以主席会议审定为准" in text


def test_card_shows_each_line_with_record_rule_clause_and_sentence(client, year, member):
    seat = year.seats[0]
    service = make_contribution(year.place, seat, title="社区义诊")
    compute(year)
    part = part_named(client, "公益")
    assert f'href="{part}"' in client.get("/me/").content.decode()
    response = client.get(part)
    text = text_of(response)
    assert "公益活动 +5 分" in text
    assert "公益活动，每次计 5 分。 依据：第一条" in text
    assert "社区义诊+5 2026年3月10日，计 5 分，按第一条。" in text
    assert f'href="{reverse("contribution", args=[service.public_id])}"' in response.content.decode()


def test_card_shows_what_a_cap_took_and_why(client, year, member):
    for _ in range(9):
        add_fact(member)
    compute(year)
    text = whole_card(client)
    assert "公益 40 / 分，上限 40 分" in text
    assert "已达上限" in text
    assert "计 5 分，按第一条；因公益类已达 40 分上限，实得 0 分。" in text


def test_card_ticks_gates(client, year, member):
    compute(year)
    before = text_of(client.get("/me/"))
    add_fact(member)
    compute(year)
    after = text_of(client.get("/me/"))
    assert "未完成：至少一次公益活动：公益活动 0 次（要求至少 1 次），不符合，等次最高为合格，按第四条。" in before
    assert "已完成：至少一次公益活动：公益活动 1 次（要求至少 1 次），符合。" in after


def test_card_says_what_can_still_be_done(client, year, member):
    compute(year)
    assert "公益活动还没有记录，每次可计 5 分。" in text_of(client.get("/me/"))


def test_card_links_the_ruleset_it_was_scored_by(client, year, member):
    compute(year)
    response = client.get("/me/")
    assert f'href="{reverse("ruleset", args=[year.ruleset.public_id])}"' in response.content.decode()
    assert "按《测试用办法》第 1 版计分，计 2026年1月1日至2026年12月31日的记录。" in text_of(response)


def test_card_changed_since_is_computed_and_shown_but_not_stored(client, year, member):
    compute(year)
    make_contribution(year.place, year.seats[0], title="社区义诊")
    assert Stale.objects.filter(subject=member).exists()
    before = list(ReportCard.objects.order_by("pk").values())
    text = text_of(client.get("/me/"))
    assert "当前得分 暂计 5 分" in text
    assert "记录刚有变动，这是按最新记录现算的结果" in text
    assert list(ReportCard.objects.order_by("pk").values()) == before


def test_card_never_computed_yet_is_computed_and_shown(client, year, member):
    add_fact(member)
    assert "当前得分 暂计 5 分" in text_of(client.get("/me/"))
    assert ReportCard.objects.count() == 0


def test_card_of_a_closed_year_shows_what_is_stored(client, year, member):
    add_fact(member)
    compute(year)
    set_state(fresh(year.assessment), Assessment.State.APPROVED)
    Stale.objects.create(assessment=year.assessment, subject=member)
    add_fact(member)
    text = text_of(client.get("/me/"))
    assert "最终得分 5 分" in text
    assert "暂计" not in text


def test_card_that_cannot_be_computed_says_which_record(client, year, member):
    add_fact(member, "adjustment", attributes="effect=points;rule=extra", quantity=99900)
    compute(year)
    text = text_of(client.get("/me/"))
    assert "这张成绩单现在算不出来" in text
    assert SubjectError.objects.get().message in text


def test_card_takes_the_same_queries_for_one_line_and_for_thirty(client, year, member):
    make_contribution(year.place, year.seats[0])
    compute(year)
    few = queries(client, "/me/")
    for _ in range(30):
        make_contribution(year.place, year.seats[0])
    compute(year)
    assert queries(client, "/me/") == few


def test_card_never_shows_a_place(client, year, member):
    for subject in year.subjects:
        add_fact(subject)
    compute(year)
    assert ReportCard.objects.get(subject=member).place == 1
    assert not re.search(r"第 ?1 ?名|名次|位次|排名第", text_of(client.get("/me/")))


def test_card_of_somebody_not_ranked_says_why(client, year):
    chairman = make_seat(year.place, "何珺", post="chair")
    client.force_login(make_account(year.place, "chairman", "member", seat=chairman))
    compute(year)
    assert "不参加排名：主席会议成员不参加排名。" in text_of(client.get("/me/"))


def test_member_without_an_assessment_is_told_so(client):
    place = make_committee()
    client.force_login(make_account(place, "member", "member", seat=make_seat(place)))
    assert "还没有您的成绩单" in text_of(client.get("/me/"))


def test_member_does_not_see_a_draft_year(client, year, member):
    set_state(fresh(year.assessment), Assessment.State.DRAFT)
    assert "还没有您的成绩单" in text_of(client.get("/me/"))
    assert client.get(f"/me/{YEAR}/").status_code == 404


def test_member_finds_no_card_of_a_year_before_joining(client, year):
    newcomer = make_seat(year.place, "何珺", joined_on=datetime.date(YEAR + 1, 1, 1))
    client.force_login(make_account(year.place, "newcomer", "member", seat=newcomer))
    assert client.get(f"/me/{YEAR}/").status_code == 404


def test_member_with_two_seats_in_a_year_has_one_card(client, year):
    """Elected again when the term changes: the card is the later seat's, with what the earlier one brought."""
    seat = year.seats[0]
    make_contribution(year.place, seat, title="社区义诊")
    later = second_seat(year, seat, DAY + datetime.timedelta(days=60))
    client.force_login(make_account(year.place, "again", "member", seat=seat))
    for address in ("/me/", f"/me/{YEAR}/"):
        text = whole_card(client, address)
        assert f"编号 {later.number}" in text
        assert "社区义诊+5" in text
    client.force_login(make_account(year.place, "clerk", "clerk"))
    assert text_of(client.get(card_address(seat.subject))) == text_of(client.get(card_address(later.subject)))
    assert [one for one in client.get("/seats/").context["page"] if one.member_id == seat.member_id] == [later]


def test_office_sees_the_card_as_the_member_does(client, year, chair):
    add_fact(year.subjects[0])
    compute(year)
    text = text_of(client.get(card_address(year.subjects[0])))
    assert "张示例的履职成绩单 2026 年度 以委员身份查看" in text
    assert "当前得分 暂计 5 分" in text


def test_office_finds_no_card_of_a_year_without_assessment(client, year, chair):
    assert client.get(card_address(year.subjects[0], YEAR - 1)).status_code == 404


def test_clerk_sees_titles_of_other_offices_records_without_links(client, year):
    theirs = make_contribution(year.place, year.seats[0], title="社区义诊", office=year.place.offices[1])
    client.force_login(make_account(year.place, "clerk", "clerk", office=year.place.offices[0]))
    compute(year)
    part = next(
        one.number
        for one in client.get(card_address(year.subjects[0])).context["page"].view.by_number.values()
        if one.count
    )
    response = client.get(f"{card_address(year.subjects[0])}{part}/")
    assert "社区义诊+5" in text_of(response)
    assert str(theirs.public_id) not in response.content.decode()


def test_attendance_is_titled_by_its_meeting(client, year, member):
    text = RULES.replace('kind = "public_service" }\nrows', 'kind = "study", outcome = "present" }\nrows')
    with act(user=None, verb="test"):
        year.ruleset.state = Ruleset.State.REPLACED
        year.ruleset.save()
        assessment = fresh(year.assessment)
        assessment.ruleset = make_ruleset(year.place.committee, text, version=2)
        assessment.save()
    meeting = make_activity(year.place, [year.seats[0]], kind="study", name="履职能力培训班")
    make_attendance(meeting, {year.seats[0]: "present"}, is_complete=True)
    compute(year)
    assert "履职能力培训班" in whole_card(client)


def test_part_that_the_card_does_not_have_does_not_exist(client, year, member):
    compute(year)
    assert client.get(f"/me/{YEAR}/99/").status_code == 404


def test_card_with_sixty_records_weighs_under_thirty_kilobytes_uncompressed(client, year, member):
    """Every record is two touches away: the card links each part's page, and that page every record of the part."""
    made = [make_contribution(year.place, year.seats[0], title=f"第 {n} 次社区义诊和法律咨询") for n in range(60)]
    compute(year)
    card = client.get("/me/").content.decode()
    part = part_named(client, "公益")
    records = client.get(part).content.decode()
    assert len(card.encode()) <= 30_000
    assert f'href="{part}"' in card
    assert [one for one in made if reverse("contribution", args=[one.public_id]) not in records] == []


# ---------------------------------------------------------------- the office's list
def names_of(response):
    return [seat.number for seat, _ in response.context["rows"]]


def test_list_shows_scores_in_the_order_of_strokes(client, chair, year):
    first = make_seat(year.place, "丁一", number="9001")
    add_fact(year.subjects[2])
    compute(year)
    response = client.get("/seats/")
    assert names_of(response)[0] == first.number
    scores = {seat.number: card.total for seat, card in response.context["rows"]}
    assert scores == {"0001": 0, "0002": 0, "0003": 500, "0004": 0, "9001": 0}


def test_list_sorts_by_total_with_those_not_computed_last(client, chair, year):
    for count, subject in enumerate(year.subjects):
        for _ in range(count):
            add_fact(subject)
    compute(year)
    make_seat(year.place, "丁一", number="9001")
    assert names_of(client.get("/seats/?order=total")) == ["0004", "0003", "0002", "0001", "9001"]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [("欧阳", ["9001"]), ("oy", ["9001"]), ("ouyang", ["9001"]), ("90", ["9001"]), ("OYW", ["9001"]), ("没有这人", [])],
)
def test_list_finds_by_name_initials_and_number(client, chair, year, asked, numbers):
    make_seat(year.place, "欧阳文松", number="9001")
    assert names_of(client.get("/seats/", {"q": asked})) == numbers


def test_list_filters_by_sector(client, chair, year):
    make_seat(year.place, "欧阳文松", number="9001", sector=year.place.sectors[1])
    assert names_of(client.get("/seats/?sector=farming")) == ["9001"]


def test_list_turns_pages_and_keeps_what_was_asked(client, chair, year):
    for _ in range(50):
        make_seat(year.place, "欧阳文松", sector=year.place.sectors[1])
    make_seat(year.place, "欧阳文松", sector=year.place.sectors[1])
    first = client.get("/seats/?sector=farming")
    assert (len(first.context["rows"]), first.context["page"].paginator.count) == (50, 51)
    assert 'href="?sector=farming&amp;page=2"' in first.content.decode()
    assert len(client.get("/seats/?sector=farming&page=2").context["rows"]) == 1


def test_list_marks_cards_that_wait(client, chair, year):
    compute(year)
    Stale.objects.create(assessment=year.assessment, subject=year.subjects[0])
    waiting = [seat.number for seat, card in client.get("/seats/").context["rows"] if card.is_stale]
    assert waiting == ["0001"]


def test_list_takes_the_same_queries_for_one_and_for_thirty_members(client, chair, year):
    compute(year)
    few = queries(client, "/seats/?q=0001")
    for _ in range(30):
        make_seat(year.place, "欧阳文松")
    compute(year)
    assert queries(client, "/seats/") == few


def test_list_of_an_unknown_year_does_not_exist(client, chair, year):
    assert client.get("/seats/?year=1999").status_code == 404
    assert client.get("/seats/?year=x").status_code == 404


def test_list_without_an_assessment_shows_the_members(client):
    place = make_committee()
    make_seat(place, "欧阳文松", number="9001")
    client.force_login(make_account(place, "chair", "chair_office"))
    assert names_of(client.get("/seats/")) == ["9001"]


@pytest.mark.parametrize(
    "query", ["q=%00", "sector=%00", "page=x", "page=-1", "order=%00", "q=%27%22%3Cscript%3E", "q=%FF"]
)
def test_list_answers_hostile_addresses_with_a_page(client, chair, year, query):
    response = client.get(f"/seats/?{query}")
    assert response.status_code == 200
    assert b"'\"<script>" not in response.content


# ---------------------------------------------------------------- rulesets
def test_ruleset_is_written_in_words_with_clauses(client, member, year):
    text = text_of(client.get(reverse("ruleset", args=[year.ruleset.public_id])))
    assert "公益：最高 40 分" in text
    assert "公益活动 公益活动，每次计 5 分。 依据：第一条" in text
    assert "由人核定，-10 至 10 分，须写理由并经第二人批准" in text
    assert "至少一次公益活动：公益活动至少 1 次；达不到的等次最高为合格。 依据：第四条" in text
    assert "优秀：20 分以上（含）" in text
    assert "按职务分别排名，不足 2 人的只列名单" in text


def test_ruleset_in_draft_is_for_the_office_alone(client, member, chair, year):
    with act(user=None, verb="test"):
        draft = Ruleset.objects.create(committee=year.place.committee, year=YEAR + 1, title="明年的办法")
    path = reverse("ruleset", args=[draft.public_id])
    assert client.get(path).status_code == 200
    assert "明年的办法" in text_of(client.get("/rulesets/"))
    client.force_login(year.seats[0].member.user)
    assert client.get(path).status_code == 404
    assert "明年的办法" not in text_of(client.get("/rulesets/"))


def test_ruleset_that_is_not_finished_says_what_is_missing(client, chair, year):
    with act(user=None, verb="test"):
        draft = Ruleset.objects.create(committee=year.place.committee, year=YEAR + 1, title="明年的办法")
    assert "这份办法还不能使用" in text_of(client.get(reverse("ruleset", args=[draft.public_id])))


# ---------------------------------------------------------------- runs
def test_run_shows_progress_and_reloads_itself_while_open(client, chair, year, settings):
    settings.SCORING_CHUNK_SIZE = 2
    run = rescore(user=chair, assessment=fresh(year.assessment))
    response = client.get(reverse("run", args=[run.public_id]))
    assert response["Refresh"] == "3"
    assert "0 / 4 等待" in text_of(response)
    drive(run)
    response = client.get(reverse("run", args=[run.public_id]))
    assert "Refresh" not in response
    assert "4 / 4 完成" in text_of(response)


NOBODY_WORKS = "没有正在运行的计算进程。"


def test_run_says_when_no_worker_is_alive(client, chair, year):
    run = rescore(user=chair, assessment=fresh(year.assessment))
    path = reverse("run", args=[run.public_id])
    assert NOBODY_WORKS in text_of(client.get(path))
    WorkerBeat.objects.create(name="worker", at=clock.now() - datetime.timedelta(seconds=61))
    assert NOBODY_WORKS in text_of(client.get(path))
    WorkerBeat.objects.update(at=clock.now())
    assert NOBODY_WORKS not in text_of(client.get(path))


def test_run_names_the_people_it_could_not_score(client, chair, year):
    add_fact(year.subjects[0], "adjustment", attributes="effect=points;rule=extra", quantity=99900)
    run = compute(year)
    text = text_of(client.get(reverse("run", args=[run.public_id])))
    assert "1 个对象没有算出来" in text
    assert f"张示例{SubjectError.objects.get().message}" in text


def test_run_does_not_name_people_to_the_system_administrator(client, year):
    client.force_login(make_account(year.place, "admin", "system_admin"))
    add_fact(year.subjects[0], "adjustment", attributes="effect=points;rule=extra", quantity=99900)
    run = compute(year)
    text = text_of(client.get(reverse("run", args=[run.public_id])))
    assert "1 个对象没有算出来" in text
    assert "张示例" not in text


def test_rescore_button_asks_for_a_run_and_shows_it(client, chair, year):
    response = client.post(reverse("rescore", args=[year.assessment.public_id]))
    run = Run.objects.get()
    assert response.url == reverse("run", args=[run.public_id])
    assert (run.state, run.asked_by) == ("waiting", chair)


def test_rescore_button_pressed_twice_asks_once(client, chair, year):
    for _ in range(2):
        client.post(reverse("rescore", args=[year.assessment.public_id]))
    assert Run.objects.count() == 1


def test_rescore_of_a_closed_year_is_refused_with_a_sentence(client, chair, year):
    set_state(fresh(year.assessment), Assessment.State.PUBLISHED)
    response = client.post(reverse("rescore", args=[year.assessment.public_id]), follow=True)
    assert "已公布，成绩不再变动。如需更正，请由主席办公室重新开放本年度考核。" in text_of(response)
    assert Run.objects.count() == 0


def test_runs_take_the_same_queries_for_one_and_for_five(client, chair, year):
    compute(year)
    few = queries(client, "/runs/")
    for _ in range(4):
        compute(year)
    assert queries(client, "/runs/") == few


# ---------------------------------------------------------------- the first page
def test_home_leads_a_member_to_the_card(client, member):
    assert client.get("/").url == "/me/"


def test_home_counts_what_waits_for_a_clerk(client, year):
    office, other = year.place.offices
    make_activity(year.place, year.seats, office=office, day=DAY)
    make_activity(year.place, year.seats, office=other, day=DAY)
    client.force_login(make_account(year.place, "clerk", "clerk", office=office))
    waiting = {figure.label: figure.count for figure in client.get("/").context["waiting"]}
    assert waiting["场会议未登记完毕"] == 1


def test_home_takes_the_same_queries_for_one_and_for_ten_records(client, chair, year):
    make_contribution(year.place, year.seats[0])
    few = queries(client, "/")
    for _ in range(9):
        make_contribution(year.place, year.seats[0])
    assert queries(client, "/") == few


def test_home_of_an_account_without_a_role_says_whom_to_ask(client, year):
    client.force_login(make_account(year.place, "nobody"))
    assert "请联系本委员会的安全管理员授权" in text_of(client.get("/"))


def test_every_subject_kind_has_its_card(client, chair, year):
    with act(user=None, verb="test"):
        ruleset = make_ruleset(
            year.place.committee,
            RULES.replace("year = 2026\n", 'year = 2026\nsubjects = "group"\n').replace('by = ["post"]\n', ""),
            subject_kind="group",
        )
        Assessment.objects.create(
            committee=year.place.committee,
            year=YEAR,
            subject_kind="group",
            ruleset=ruleset,
            from_on=year.assessment.from_on,
            to_on=year.assessment.to_on,
            state="recording",
        )
    group = Subject.objects.get(group=year.place.group)
    assert "第一活动组的履职成绩单" in text_of(client.get(card_address(group)))
