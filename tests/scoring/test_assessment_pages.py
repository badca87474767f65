"""Pages of a year's life cycle, of its editions, and the public check of a printed card."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse

from audit.actions import act
from members.models import Member, Sector
from scoring.assessment_views import FIELDS
from scoring.engine import edition as text
from scoring.models import Assessment, Edition, EditionCard, Fact, ReportCard, Run
from tests.cast import PASSWORD, make_account, make_committee, make_seat
from tests.scoring.closing import CLOSED, close, compute, correct, make_closing_year, step
from tests.scoring.year import FIRST, LAST, YEAR, add_fact, fresh, make_ruleset

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("later")]


@pytest.fixture
def later():
    with time_machine.travel(CLOSED, tick=True):
        yield


@pytest.fixture
def year():
    return make_closing_year()


def page(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


def text_of(response):
    return response.content.decode()


def move(client, user, year, **data):
    client.force_login(user)
    address = reverse("assessment_move", args=[year.assessment.public_id])
    return client.post(address, {"password_again": PASSWORD, **data}, follow=True)


def test_year_is_closed_through_its_page_by_two_people(client, year):
    for code, typed in (("check_data", ""), ("check_members", ""), ("approve", str(YEAR))):
        move(client, year.approver, year, step=code, typed=typed)
    assert "须由主席办公室的另一人公布" in text_of(page(client, year.approver, "assessment", year.assessment.public_id))
    answer = move(client, year.publisher, year, step="publish", typed=str(YEAR))
    assert "已公布：首次公布。" in text_of(answer)
    assert fresh(year.assessment).state == Assessment.State.PUBLISHED


def test_page_names_what_is_in_the_way_with_a_link(client, year):
    Run.objects.create(assessment=year.assessment, state=Run.State.FAILED, message="三次未成功")
    move(client, year.approver, year, step="check_data")
    shown = text_of(page(client, year.approver, "assessment", year.assessment.public_id))
    assert "三次未成功" in shown
    assert f'href="{reverse("runs")}"' in shown
    assert 'value="check_members"' not in shown


def test_refused_step_keeps_what_was_typed(client, year):
    for code in ("check_data", "check_members"):
        move(client, year.approver, year, step=code)
    answer = move(client, year.approver, year, step="approve", typed="2020")
    assert (answer.status_code, 'value="2020"' in text_of(answer)) == (400, True)


def test_publishing_and_reopening_ask_for_the_password_and_count_wrong_ones(client, year, settings):
    for code, typed in (("check_data", ""), ("check_members", ""), ("approve", str(YEAR))):
        move(client, year.approver, year, step=code, typed=typed, password_again="")
    assert 'id="password_again"' in text_of(page(client, year.publisher, "assessment", year.assessment.public_id))
    for given, said in (("", "“您的登录密码”没有填"), ("wrong", "“您的登录密码”不对，没有办理")):
        answer = move(client, year.publisher, year, step="publish", typed=str(YEAR), password_again=given)
        assert (answer.status_code, said in text_of(answer), f'value="{YEAR}"' in text_of(answer)) == (400, True, True)
    assert fresh(year.assessment).state == Assessment.State.APPROVED
    move(client, year.publisher, year, step="publish", typed=str(YEAR))
    assert fresh(year.assessment).state == Assessment.State.PUBLISHED
    settings.AXES_FAILURE_LIMIT = 3
    tries = [
        move(client, year.approver, year, step="reopen", reason="补记", password_again="x").status_code
        for _ in range(3)
    ]
    assert tries == [400, 400, 429]
    locked = move(client, year.approver, year, step="reopen", reason="补记")
    assert (locked.status_code, fresh(year.assessment).state) == (429, Assessment.State.PUBLISHED)


def test_unknown_step_changes_nothing(client, year):
    assert "没有说要做哪一步" in text_of(move(client, year.approver, year, step="x"))


def test_pending_correction_is_listed_until_it_is_published(client, year):
    close(year)
    add_fact(year.subjects[0], key="public_service/later")
    assert "待更正 1 条" in text_of(page(client, year.approver, "assessment", year.assessment.public_id))
    correct(year)
    assert 'id="pending"' not in text_of(page(client, year.approver, "assessment", year.assessment.public_id))


def test_edition_says_what_it_corrected_and_gives_its_bytes(client, year):
    close(year)
    add_fact(year.subjects[0])
    edition = correct(year)
    shown = text_of(page(client, year.approver, "edition", edition.public_id))
    assert "总分 5 → 10" in " ".join(shown.split())
    assert "名次：3 → 2" in shown
    assert f'href="{reverse("card_trace", args=[YEAR, year.subjects[0].public_id])}"' in shown
    answer = page(client, year.approver, "edition_document", edition.public_id)
    assert answer.content.decode() == Edition.objects.get(pk=edition.pk).document


def test_every_field_that_a_correction_may_change_has_a_name_in_chinese(client, year):
    """Whatever an edition prints or places: a field that is added to it fails here until it is named."""
    edition = close(year)
    entry = next(iter(json.loads(edition.document)["subjects"].values()))
    assert (entry["printed"].keys() | entry["placing"].keys()) - FIELDS.keys() == set()
    changed = {
        "placing": [["outside_places", {}, {"services": 2}]],
        "printed": [["groups", ["一组"], ["一组", "二组"]]],
    }
    card = {"key": str(year.subjects[0].public_id), "name": "赵示例", "what": "changed", "total": [5, 5]}
    told = {"ruleset": None, "cards": [{**card, "lines": [], "other": False, **changed}]}
    Edition.objects.filter(pk=edition.pk).update(changes=json.dumps(told), number=1, reason="更正")
    shown = text_of(page(client, year.approver, "edition", edition.public_id))
    assert [one in shown for one in ("单列项目名次：— → 公益第 2 名", "活动组：一组 → 一组、二组")] == [True, True]


# ---------------------------------------------------------------- published pages read the edition alone
def spoil():
    """What no service would do: every live row another text."""
    Fact.objects.all().delete()
    ReportCard.objects.update(total=1, place=9, grade="假", document="{}", digest="0" * 64)
    Member.objects.update(name="某人")
    Sector.objects.update(name=Concat(Value("别的"), "name"))


def shown_in(response):
    return text_of(response).partition('<main id="main"')[2]


def test_published_pages_do_not_follow_live_rows(client, year):
    close(year)
    member = make_account(year.place, "member", "member", seat=year.seats[1])
    pages = [
        (year.publisher, "ranking", YEAR),
        (year.publisher, "card", YEAR, year.subjects[2].public_id),
        (member, "me", YEAR),
        (member, "my_record"),
        (member, "my_record_year", YEAR),
    ]
    before = [shown_in(page(client, *one)) for one in pages]
    spoil()
    after = [shown_in(page(client, *one)) for one in pages]
    assert [[*map(len, before)], after] == [[*map(len, after)], before]
    assert "15" in before[1]


def test_published_card_offers_nothing_more_to_do(client, year):
    member = make_account(year.place, "member", "member", seat=year.seats[1])
    before = shown_in(page(client, member, "me", YEAR))
    close(year)
    after = shown_in(page(client, member, "me", YEAR))
    assert ("还可以做什么" in before, "还可以做什么" in after) == (True, False)


def test_seat_page_and_interface_do_not_follow_live_cards(client, year):
    close(year)
    card = ReportCard.objects.get(subject=year.subjects[2])
    client.force_login(year.publisher)

    def read():
        seat = text_of(client.get(reverse("seat", args=[year.seats[2].public_id])))
        lists = [client.get(f"/api/v1/cards/{one}").json() for one in ("", f"{card.public_id}/")]
        return seat.partition('id="cards"')[2].partition("</section>")[0], *lists

    before = read()
    ReportCard.objects.update(
        total=1, not_ranked_reason="假", grade="假", document="{}", digest="0", ruleset_digest="0"
    )
    assert read() == before
    found, published = before[2], EditionCard.objects.get(subject=year.subjects[2])
    assert (found["total"], found["detail"]["total"], found["check_code"]) == (1500, 1500, published.check_code)
    assert (found["digest"], found["ruleset_digest"]) == (published.digest, year.ruleset.digest)


def test_reopened_year_shows_live_cards_again(client, year):
    close(year)
    add_fact(year.subjects[0])
    step(year, "reopen", reason="补记")
    compute(year)
    rows = shown_in(page(client, year.publisher, "ranking", YEAR))
    assert "已公布的定版" not in rows


# ---------------------------------------------------------------- the public check
def ask(client, code, name):
    return client.post(reverse("verify"), {"code": code, "name": name})


def test_printed_card_is_genuine_by_code_and_name(client, year):
    close(year)
    row = EditionCard.objects.get(subject=year.subjects[2])
    shown = text_of(ask(client, row.check_code.lower().replace("-", ""), " 孙 示例"))
    assert [word in shown for word in ("属实", "孙示例", "15 分", "首次公布", "yunhe")] == [True] * 5
    assert [word in shown for word in (year.seats[2].number + "</dd>", "第 1 名", "科学技术")] == [False] * 3


def test_every_miss_is_answered_in_the_same_words(client, year):
    close(year)
    code = EditionCard.objects.get(subject=year.subjects[2]).check_code
    found = {
        text_of(ask(client, *one)).partition('role="alert">')[2].partition("</p>")[0]
        for one in ((code, "赵示例"), ("AAAA-BBBB-CCCC", "孙示例"), ("?", "孙示例"), ("%00", "x"))
    }
    assert len(found) == 1


def test_card_of_a_corrected_edition_says_so(client, year):
    close(year)
    code = EditionCard.objects.get(subject=year.subjects[2]).check_code
    correct(year)
    assert "此后已公布更正第 1 号" in text_of(ask(client, code, "孙示例"))


def test_guessing_is_stopped(client, settings):
    settings.AXES_FAILURE_LIMIT = 3
    answers = [ask(client, "AAAA-BBBB-CCCC", "x").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]


def test_empty_form_says_what_is_missing(client):
    answer = ask(client, "", "")
    assert (answer.status_code, "“校验码”没有填" in text_of(answer)) == (400, True)


def test_document_on_the_page_is_what_verifies(client, year):
    edition = close(year)
    answer = page(client, year.approver, "edition_document", edition.public_id)
    assert text.verify(answer.content.decode()) == []
    assert json.loads(answer.content)["committee"]["code"] == year.place.committee.code


# ---------------------------------------------------------------- opening a year
def test_year_is_opened_from_its_approved_rules(client):
    """With a first computation of its cards; whoever presses the button again is told."""
    place = make_committee()
    make_seat(place)
    row = make_ruleset(place.committee)
    chair = make_account(place, "chair", "chair_office")
    address = reverse("assessment_start", args=[row.public_id])
    for name, args in (("assessments", []), ("ruleset", [row.public_id])):
        assert f'action="{address}"' in text_of(page(client, chair, name, *args))
    found = [text_of(client.post(address, follow=True)) for _ in range(2)]
    opened = Assessment.objects.get()
    assert ["已开始：" in found[0], "已经开始，不能重复" in found[1]] == [True, True]
    assert (opened.state, opened.from_on, opened.to_on, Run.objects.get().asked_by) == ("recording", FIRST, LAST, chair)
    assert f'action="{address}"' not in text_of(page(client, chair, "assessments"))


def test_published_card_stands_beside_last_year_as_it_was_published_by_then(client, year):
    close(year)
    card = EditionCard.objects.get(subject=year.subjects[2])
    with act(user=None, verb="test"):
        before = fresh(year.assessment)
        before.pk, before.public_id, before.year = None, uuid4(), YEAR - 1
        before.save(force_insert=True)

    def published_before(total, days):
        edition = Edition.objects.get(pk=card.edition_id)
        edition.pk, edition.public_id, edition.assessment, edition.number = None, uuid4(), before, total
        edition.digest, edition.previous_digest, edition.reason = f"{total}", f"before {total}", "更正"
        edition.published_at -= timedelta(days=days)
        edition.save(force_insert=True)
        summary = json.loads(card.summary)
        summary["card"]["total"] = total
        values = {"summary": json.dumps(summary), "document": "", "check_code": str(total)}
        EditionCard.objects.create(edition=edition, subject=card.subject, digest="", **values)

    published_before(1200, days=30)
    published_before(2000, days=-1)
    member = make_account(year.place, "member", "member", seat=year.seats[2])
    shown = " ".join(shown_in(page(client, member, "me", YEAR)).split())
    assert "去年最终 12 分，今年多 3 分。" in shown
    assert 'id="months"' in shown  # as the edition has them
