"""Whatever is edited, in whatever order: a rebuild from the records gives the facts that are stored."""

import datetime
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from activities.models import Activity
from activities.services import change_activity, change_contribution, record_attendance
from audit.actions import act
from audit.history import delete_all
from members.services import add_group_membership, change_seat, end_group_membership
from opinions.services import change_report, record_adoption, withdraw_adoption
from proposals.services import change_proposal, decide_proposal, honour_proposal, withdraw_honour
from scoring.facts import rebuild, rewrite
from scoring.models import Fact, Stale
from tests.cast import (
    DAY,
    TERM_START,
    make_activity,
    make_attendance,
    make_committee,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
)
from tests.facts_check import assert_facts_clean
from tests.scoring.year import make_year

LATER = DAY + datetime.timedelta(days=20)


# ---------------------------------------------------------------- the command
@pytest.fixture
def year(db):
    made = make_year(2)
    made.proposal = make_proposal(made.place, made.seats)
    make_activity(made.place, made.seats)
    return made


def run(*arguments):
    out = StringIO()
    call_command("rebuild_facts", *arguments, stdout=out)
    return out.getvalue()


def test_check_says_that_all_is_well(year):
    assert run("--check") == "计分事实与原始记录一致。\n"


def damage(year):
    """A missing fact, a wrong one and one without a record. Returns their keys."""
    subject = year.subjects[0].pk
    missing, wrong = (
        f"proposal/{year.proposal.public_id}/submitted",
        Fact.objects.get(subject=subject, kind="standing_meeting"),
    )
    Fact.objects.filter(subject=subject, key=missing).delete()
    Fact.objects.filter(pk=wrong.pk).update(attributes="stage=sitting", quantity=200)
    values = Fact.objects.filter(pk=wrong.pk).values().get() | {"id": None, "key": "ghost/1", "source": "activity/gone"}
    Fact.objects.create(**values)
    return missing, wrong.key


def test_check_names_what_differs_and_fails(year):
    missing, wrong = damage(year)
    out, subject = StringIO(), year.subjects[0].pk
    with pytest.raises(CommandError) as refusal:
        call_command("rebuild_facts", "--check", stdout=out)
    assert (refusal.value.returncode, str(refusal.value)) == (
        1,
        "有 3 处不一致。不带 --check 再运行一次即可改正。",
    )
    assert sorted(out.getvalue().splitlines()) == sorted(
        [
            f"对象 {subject} 的 {wrong}：attributes 现为 stage=sitting，"
            "应为 mandatory=yes;outcome=not_recorded;stage=sitting，quantity 现为 200，应为 100",
            f"对象 {subject} 的 {missing}：缺少，应有 2026-03-10 role=lead;stage=submitted;way=joint",
            f"对象 {subject} 的 ghost/1：多余，原始记录中没有",
        ]
    )
    assert len(rebuild(check=True)) == 3


def test_rebuilding_puts_right_what_differs_and_marks_the_card(year):
    before = set(Fact.objects.values_list("subject", "key", "attributes", "quantity"))
    damage(year)
    Stale.objects.all().delete()
    said = run().splitlines()[-1]
    assert said == "已改正 3 处，相关成绩单将重新计算。"
    assert set(Fact.objects.values_list("subject", "key", "attributes", "quantity")) == before
    assert set(Stale.objects.values_list("subject", flat=True)) == {year.subjects[0].pk}


def test_one_committee_is_checked_by_itself(year):
    other = make_committee("linhe")
    make_contribution(other, make_seat(other))
    damage(year)
    assert run("--check", "--committee", "linhe") == "计分事实与原始记录一致。\n"


def test_unknown_committee_is_named_with_the_known_ones(year):
    with pytest.raises(CommandError, match="没有代码为“nowhere”的委员会；现有：yunhe。"):
        run("--committee", "nowhere")


# ---------------------------------------------------------------- any sequence of edits
class World:
    """One committee with a few records, and the edits that tests make to them."""

    def __init__(self):
        self.place = place = make_committee()
        part = place.special_committees[0]
        self.seats = [make_seat(place, name, special_committee=part) for name in ("甲一", "乙二", "丙三")]
        self.membership = add_group_membership(user=None, seat=self.seats[0], group=place.group, from_on=TERM_START)
        self.proposal = make_proposal(place, self.seats[:2])
        self.report = make_report(place, self.seats[1:], adopted=["city"])
        self.activity = make_activity(place, self.seats)
        self.contribution = make_contribution(place, self.seats[0])

    def seat(self, n):
        return self.seats[n % 3]

    def mark(self, n):
        outcome = ("present", "absent", ("leave", "sick", ""), None)[n % 4]
        sitting = Activity.objects.get(pk=self.activity.pk).sittings.first()
        record_attendance(user=None, sitting=sitting, marks={self.seat(n).pk: outcome})

    def lengthen(self, n):
        day = DAY + datetime.timedelta(days=n % 3)
        activity = Activity.objects.get(pk=self.activity.pk)
        halves = [(row.held_on, row.half) for row in activity.sittings.all()]
        change_activity(user=None, activity=activity, ends_on=max(activity.ends_on, day), halves={*halves, (day, "pm")})

    def decide(self, n):
        state = ("filed", "not_filed", "passed_on", "returned")[n % 4]
        decide_proposal(user=None, proposal=self.proposal, state=state, decided_on=LATER, reason="审查意见")

    def honour(self, n):
        if held := self.proposal.honours.first():
            withdraw_honour(user=None, honour=held, reason="有误")
        elif self.proposal.state == "filed":
            honour_proposal(user=None, proposal=self.proposal, kind="key", decided_on=LATER, reason="督办")

    def sign(self, n):
        roles = ("lead", "cosigner", "cosigner")
        seats = [self.seat(n), self.seat(n + 1)]
        change_proposal(user=None, proposal=self.proposal, proposers=list(zip(seats, roles, strict=False)))

    def adopt(self, n):
        held = self.report.adoptions.filter(organ=f"单位{n}").first()
        if held:
            withdraw_adoption(user=None, adoption=held, reason="有误")
        else:
            record_adoption(user=None, report=self.report, level="county", organ=f"单位{n}", adopted_on=LATER)

    def write(self, n):
        change_report(user=None, report=self.report, reporters=[self.seat(n)], submitted_on=DAY)

    def correct(self, n):
        level = ("", "city", "nation")[n % 3]
        change_contribution(user=None, contribution=self.contribution, level=level, quantity=n + 1)

    def move(self, n):
        part = self.place.special_committees[n % 2]
        change_seat(user=None, seat=self.seat(n), special_committee=part)

    def leave_group(self, n):
        end_group_membership(user=None, membership=self.membership, to_on=DAY + datetime.timedelta(days=n * 5 - 10))

    def delete(self, n):
        row = make_contribution(self.place, self.seat(n), work=self.contribution.work)
        with act(user=None, verb="test"):
            pk = row.pk
            delete_all(type(row), [row])
            rewrite([("contribution", pk)])


EDITS = sorted(name for name in vars(World) if not name.startswith("_") and name != "seat")


class AnySequenceOfEdits(TestCase):
    @settings(max_examples=settings.default.max_examples // 10)  # a sequence of edits each
    @given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 5)), max_size=8))
    def test_edits_leave_the_facts_clean(self, edits):
        world = World()
        for name, n in edits:
            getattr(world, name)(n)
        assert_facts_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_leaves_the_facts_clean(edit):
    world = World()
    for n in range(4):
        getattr(world, edit)(n)
    assert_facts_clean()


@pytest.mark.django_db
def test_editing_one_meeting_does_not_touch_the_facts_of_another():
    place = make_committee()
    seat = make_seat(place)
    first, second = make_activity(place, [seat]), make_activity(place, [seat])
    before = SimpleNamespace(**Fact.objects.filter(source=f"activity/{second.public_id}").values().get())
    make_attendance(first, {seat: "present"})
    assert SimpleNamespace(**Fact.objects.filter(source=f"activity/{second.public_id}").values().get()) == before
