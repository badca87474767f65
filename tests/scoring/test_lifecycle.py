"""What stands in the way of each step, by name, and what is locked once the year is approved."""

import hashlib

import pytest
import time_machine
from django.core.exceptions import ValidationError

from audit.actions import act
from desk.doubles import DOUBLES
from desk.gaps import MISSING, sections
from desk.signoffs import sign_off
from scoring import engine
from scoring.confirmations import confirm_card, set_check_until
from scoring.models import Assessment, ReportCard, Ruleset, Run, Stale
from scoring.objections import answer_objection, decide_objection, raise_objection
from scoring.services import lifecycle
from scoring.services.rulesets import approve_ruleset, store_ruleset
from scoring.services.runs import rescore
from tests.cast import make_account, make_seat
from tests.scoring.closing import CLOSED, approve, compute, make_closing_year, publish_now, step
from tests.scoring.year import RULES, YEAR, add_fact, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def year():
    with time_machine.travel(CLOSED, tick=True):
        yield make_closing_year()


def refusal(verb):
    with pytest.raises(ValidationError) as caught:
        verb()
    return " ".join(caught.value.messages)


def checking(year):
    step(year, "check_data")
    step(year, "check_members")


def approving(year):
    return refusal(lambda: step(year, "approve", typed=str(YEAR)))


# ---------------------------------------------------------------- what must be true first
def unapprove_rules(year):
    with act(user=None, verb="test"):
        row = Ruleset.objects.get(pk=year.ruleset.pk)
        row.state, row.toml, row.digest = "draft", "", ""
        row.save()


def other_rules(year):
    ReportCard.objects.filter(subject=year.subjects[0]).update(ruleset_digest=hashlib.sha256(b"x").hexdigest())


def newcomer(year):
    make_seat(year.place, "周示例", number="0099")
    Stale.objects.all().delete()


def gone(year):
    with act(user=None, verb="test"):
        seat = year.seats[0]
        seat.left_on = f"{YEAR - 1}-12-31"
        seat.save()
    Stale.objects.all().delete()


def unplace(year):
    Assessment.objects.filter(pk=year.assessment.pk).update(placed_at=None)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (unapprove_rules, "考核办法还没有审定"),
        (
            lambda year: Stale.objects.create(assessment=year.assessment, subject=year.subjects[0]),
            "有 1 份成绩单等待更新",
        ),
        (lambda year: Run.objects.create(assessment=year.assessment), "正在重新计算，请等它完成。"),
        (
            lambda year: Run.objects.create(assessment=year.assessment, state="failed", message="内存不足"),
            "最近一次计算没有成功：内存不足",
        ),
        (other_rules, "有 1 份成绩单不是按现行办法计算的"),
        (newcomer, "有 1 个考核对象还没有成绩单"),
        (gone, "有 1 份成绩单的对象已不在考核范围"),
        (unplace, "还没有排过名次"),
    ],
)
def test_cards_that_are_not_as_they_should_be_stand_in_the_way_by_name(year, spoil, said):
    checking(year)
    spoil(year)
    assert said in approving(year)


def test_objection_stands_in_the_way_until_it_is_decided_and_corrected(year):
    checking(year)
    member = make_account(year.place, "member", "member", seat=year.seats[0])
    clerk = make_account(year.place, "whole", "clerk")
    card = ReportCard.objects.get(subject=year.subjects[0])
    row = raise_objection(user=member, card=card, text="漏记一次")
    waiting = "有 1 条更正申请没有办结，请先答复并决定。"
    assert waiting in approving(year)
    answer_objection(user=clerk, objection=row, advice="correct", answer="确实漏记。")
    assert waiting in approving(year)
    decide_objection(user=year.approver, objection=row, is_accepted=True)
    assert "有 1 条更正申请已同意更正，但成绩单还没有改过来" in approving(year)
    add_fact(year.subjects[0])
    compute(year)
    step(year, "approve", typed=str(YEAR))
    assert fresh(year.assessment).state == Assessment.State.APPROVED


def test_every_gap_is_signed_off_with_a_reason_before_the_year_goes_on(year):
    clerk = make_account(year.place, "whole", "clerk")
    step(year, "check_data")
    with time_machine.travel("2026-11-20", tick=True):  # no office has recorded anything this month
        gaps = [gap for one in sections(clerk, YEAR, [*MISSING, *DOUBLES]) for gap in one.open]
        for left, gap in reversed(list(enumerate(gaps, 1))):
            assert f"还有 {left} 项" in refusal(lambda: step(year, "check_members"))
            assert "请写明理由" in refusal(lambda gap=gap: sign_off(user=clerk, gap=gap, reason=" "))
            sign_off(user=clerk, gap=gap, reason="本月没有活动")
        step(year, "check_members")
    assert (len(gaps), fresh(year.assessment).state) == (2, Assessment.State.MEMBER_CHECK)


# ---------------------------------------------------------------- what is locked from then on
def test_approved_year_is_locked_until_it_is_opened_again(year):
    member = make_account(year.place, "member", "member", seat=year.seats[0])
    revised = store_ruleset(
        user=None, committee=year.place.committee, year=YEAR, ruleset=engine.loads(RULES), reason="修订"
    )

    def card():
        return ReportCard.objects.select_related("assessment__committee", "subject").get(subject=year.subjects[0])

    locked = {
        "rules": lambda: approve_ruleset(user=None, ruleset=Ruleset.objects.get(pk=revised.pk)),
        "objection": lambda: raise_objection(user=member, card=card(), text="漏记"),
        "confirmation": lambda: confirm_card(user=member, card=card(), seen=card().digest),
        "deadline": lambda: set_check_until(
            user=year.approver, assessment=fresh(year.assessment), until=fresh(year.assessment).to_on.replace(year=2028)
        ),
        "computation": lambda: rescore(user=year.approver, assessment=fresh(year.assessment)),
    }
    approve(year)
    assert [name for name, verb in locked.items() if not refusal(verb)] == []
    before = list(ReportCard.objects.order_by("pk").values_list("digest", "place", "grade"))
    publish_now(year)
    assert [name for name, verb in locked.items() if not refusal(verb)] == []
    add_fact(year.subjects[0])
    compute(year)  # whoever computes finds nothing to do
    assert list(ReportCard.objects.order_by("pk").values_list("digest", "place", "grade")) == before
    step(year, "reopen", reason="补记")
    assert locked["objection"]().card.subject == year.subjects[0]


def test_no_step_leads_from_where_the_year_does_not_stand(year):
    """Each step from each state: only those that start there move anything."""
    moved = {}
    for state in Assessment.State:
        for found in set(lifecycle.STEPS) - {lifecycle.PUBLISH}:
            Assessment.objects.filter(pk=year.assessment.pk).update(state=state)
            try:
                lifecycle.move(
                    user=year.approver, assessment=fresh(year.assessment), step=found, reason="x", typed=str(YEAR)
                )
                moved.setdefault(state.value, []).append(found.code)
            except ValidationError:
                pass
    assert {state: set(codes) for state, codes in moved.items()} == {
        state: {one.code for one in lifecycle.STEPS if one.source == state and one is not lifecycle.PUBLISH}
        for state in Assessment.State.values
    }
    with pytest.raises(ValueError, match="with its edition"):
        lifecycle.move(user=year.publisher, assessment=fresh(year.assessment), step=lifecycle.PUBLISH, typed=str(YEAR))
