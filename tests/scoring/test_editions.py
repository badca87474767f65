"""Publishing a year: what stands in the edition, what is refused, what a correction says."""

import hashlib
import json

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.actions import act
from members.models import Subject, User
from scoring.cardpage import card_page
from scoring.editions import cards_of, pending, verify_committee
from scoring.engine import edition as text
from scoring.models import Adjustment, Assessment, Edition, EditionCard, ReportCard, Stale
from scoring.services import lifecycle
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from scoring.services.digests import digest_for
from tests.cast import make_account, make_committee, make_proposal
from tests.scoring.closing import CLOSED, approve, close, compute, correct, make_closing_year, publish_now, step
from tests.scoring.year import DAY, YEAR, add_fact, fresh

# Publishing on PostgreSQL is the business of test_publishing_concurrency.py.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("later")]


@pytest.fixture
def later():
    with time_machine.travel(CLOSED, tick=True):
        yield


def printed(edition):
    return sorted(edition.cards.values_list("check_code", "summary", "document"))


def test_edition_holds_what_was_approved_and_verifies():
    year = make_closing_year()
    edition = close(year)
    found = [(card.name, card.total, card.place, card.grade) for card in cards_of(EditionCard.objects.all(), edition)]
    assert found == [("孙示例", 1500, 1, "合格"), ("钱示例", 1000, 2, "合格"), ("赵示例", 500, 3, "不合格")]
    assert (text.verify(edition.document), list(verify_committee(year.place.committee))) == ([], [])
    assert fresh(year.assessment).state == Assessment.State.PUBLISHED


def test_published_card_shows_no_more_of_what_is_no_fact_than_the_live_one(client):
    year = make_closing_year(1)
    seat, (own, other) = year.seats[0], year.place.offices[:2]
    for office in (own, other):
        veto = {"effect": "veto", "happened_on": DAY, "reason": f"{office}提出"}
        row = propose_adjustment(
            user=year.approver,
            committee=year.place.committee,
            office=office,
            subject=year.subjects[0],
            **veto,
        )
        decide_adjustment(user=year.publisher, adjustment=row, is_approved=False, reason="与事实不符")
    make_proposal(year.place, [seat], office=other, title="没有立案的提案", day=DAY)  # a fact without a line
    readers = [
        make_account(year.place, "own", "member", seat=seat),
        make_account(year.place, "office", "clerk", office=own),
        make_account(year.place, "whole", "clerk"),
        year.publisher,
    ]

    def shown():
        assessment, found = fresh(year.assessment), []
        for reader in readers:
            subject = Subject.objects.select_related("seat__member", "seat__sector").get(pk=year.subjects[0].pk)
            page = card_page(User.objects.get(pk=reader.pk), assessment, subject)
            found.append([(one.key, one.title, one.reason) for one in page.beside.uncredited])
        return found

    compute(year)
    live = shown()
    assert [len(one) for one in live] == [3, 2, 3, 3]
    close(year)
    assert shown() == live


def test_first_edition_of_a_committee_begins_its_chain_and_the_next_follows():
    year = make_closing_year()
    first = close(year)
    second = correct(year)
    assert (first.previous_digest, second.previous_digest) == (text.origin("yunhe"), first.digest)
    assert (second.number, second.reason) == (1, "补记一次活动")


def test_committee_goes_over_to_sm3_and_its_chain_goes_on(client):
    year = make_closing_year()
    first = close(year)
    clerk = make_account(year.place, "whole", "clerk")
    client.force_login(clerk)
    page = reverse("card_setting")
    assert "SM3（国密）" in client.get(page).content.decode()
    assert client.post(page, {"edition_digest": "sm3"}).status_code == 302
    add_fact(year.subjects[0])
    second = correct(year)
    written = [json.loads(one.document)["digest"] for one in (first, second)]
    assert written == ["sha256", "sm3"]
    assert second.previous_digest == first.digest
    assert second.digest == hashlib.new("sm3", second.document.encode()).hexdigest()
    assert text.named_digest(second.document) == f"SM3 {second.digest}"
    assert list(verify_committee(year.place.committee)) == []
    other = make_committee("shaping").committee  # what one committee chooses is not another's
    assert [digest_for(one) for one in (year.place.committee, other)] == ["sm3", "sha256"]


def test_correction_says_exactly_what_it_changes():
    year = make_closing_year()
    close(year)
    fact = add_fact(year.subjects[0], day=DAY)
    add_fact(year.subjects[0], day=DAY.replace(year=YEAR + 1))  # another year's record is no correction
    assert [(one.what, one.happened_on) for one in pending(fresh(year.assessment))] == [("补记", DAY)]
    told = json.loads(correct(year).changes)
    assert sorted((card["name"], card["total"], card["placing"]) for card in told["cards"]) == [
        ("赵示例", [500, 1000], [["grade", "不合格", "合格"], ["place", 3, 2], ["tied", 1, 2]]),
        ("钱示例", [1000, 1000], [["tied", 1, 2]]),
    ]
    lines = [(line["fact"], line["before"], line["after"]) for card in told["cards"] for line in card["lines"]]
    assert (lines, told["ruleset"]) == ([(fact.key, None, 500)], None)
    assert pending(fresh(year.assessment)) == []
    assert list(verify_committee(year.place.committee)) == []


def test_record_of_a_published_year_touches_no_published_card():
    year = make_closing_year()
    edition = close(year)
    before = printed(edition)
    add_fact(year.subjects[0])
    compute(year)
    assert (printed(edition), ReportCard.objects.order_by("total").values_list("total", flat=True)[0]) == (before, 500)


# ---------------------------------------------------------------- refusals
def refusal(verb):
    with pytest.raises(ValidationError) as error:
        verb()
    return " ".join(error.value.messages)


def test_approver_does_not_publish():
    year = make_closing_year()
    approve(year)
    assert "须由另一人公布" in refusal(lambda: publish_now(year, user=year.approver))


def test_year_must_be_typed():
    year = make_closing_year()
    step(year, "check_data")
    step(year, "check_members")
    assert refusal(lambda: step(year, "approve", typed="2025")) == "没有审定：年度填的是“2025”，请填 2026 以确认。"


def test_stale_cards_are_in_the_way():
    year = make_closing_year()
    approve(year)
    Stale.objects.create(assessment=year.assessment, subject=year.subjects[0])
    assert "审定之后又改动了 1 份成绩单的记录" in refusal(lambda: publish_now(year))


def test_subject_that_failed_is_in_the_way():
    year = make_closing_year()
    add_fact(year.subjects[0], "adjustment", attributes="effect=points;rule=extra", quantity=9900)
    compute(year)
    step(year, "check_data")
    assert "没有算出来" in refusal(lambda: step(year, "check_members"))


def test_waiting_adjustment_is_in_the_way():
    year = make_closing_year()
    step(year, "check_data")
    step(year, "check_members")
    with act(user=None, verb="test"):
        Adjustment.objects.create(
            committee=year.place.committee,
            office=year.place.offices[0],
            subject=year.subjects[0],
            effect="veto",
            happened_on=DAY,
            reason="待核",
            proposed_by=year.publisher,
        )
    assert "有 1 项人工加减分没有复核" in refusal(lambda: step(year, "approve", typed="2026"))


def test_cards_that_are_not_what_the_records_say_are_not_published():
    year = make_closing_year()
    approve(year)
    ReportCard.objects.filter(subject=year.subjects[0]).update(place=1)
    assert "记录或名次与审定的成绩单不一致（赵示例）" in refusal(lambda: publish_now(year))


def test_correction_without_a_reason_is_refused():
    year = make_closing_year()
    close(year)
    assert "请写明理由" in refusal(lambda: step(year, "reopen"))
    step(year, "reopen", reason="更正")
    compute(year)
    step(year, "approve", typed="2026")
    assert "请写明理由" in refusal(lambda: publish_now(year))


def test_second_publisher_is_told_that_it_is_published():
    year = make_closing_year()
    close(year)
    assert "现在是“公布”" in refusal(lambda: publish_now(year))
    assert Edition.objects.count() == 1


def test_history_says_who_moved_the_year_and_why():
    year = make_closing_year()
    close(year)
    step(year, "reopen", reason="补记")
    found = [(one.label, one.user, one.reason) for one in lifecycle.moves(year.assessment)]
    assert found == [
        ("记录中", None, ""),
        ("数据核对", year.approver, ""),
        ("委员核对", year.approver, ""),
        ("审定", year.approver, ""),
        ("公布", year.publisher, ""),
        ("委员核对", year.approver, "补记"),
    ]
