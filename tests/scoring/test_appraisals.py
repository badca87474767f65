"""评价: self, peer and external parts – entered on evidence, approved by another, on the card with who gave them."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.actions import act
from members.services import grant_role
from scoring.appraising import missing, parts
from scoring.facts import rebuild
from scoring.models import Appraisal, Assessment, Fact
from scoring.services.appraisals import (
    Mark,
    decide_appraisals,
    hand_in,
    reopen_appraisal,
    take_back,
)
from scoring.services.assessments import score_now
from tests.cast import TERM_START, make_account, make_committee
from tests.remembered import remembered
from tests.scoring.appraised import DAY, NOW, build, enter
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    with time_machine.travel(NOW, tick=False):
        yield remembered(build)


def own(cast, **points):
    given = {code.replace("_", "-"): figure for code, figure in points.items()} or {"self-part": 9000}
    return hand_in(user=cast.ordinary_user, assessment=cast.assessment, subject=cast.ordinary.subject, points=given)


def refusal(verb, *arguments, **options):
    with pytest.raises(ValidationError) as error:
        verb(*arguments, **options)
    return " ".join(error.value.messages)


def approve(cast, *rows, user=None):
    return decide_appraisals(user=user or cast.chair_office, appraisals=rows, is_approved=True)


def card(cast):
    found = score_now(assessment=cast.assessment, subjects=[cast.ordinary.subject])[cast.ordinary.subject.pk]
    return found.document


# ---------------------------------------------------------------- what the rules ask for
def test_rules_say_which_parts_there_are(cast):
    found = [(part.rule.code, part.by, part.is_named, part.is_reference) for part in parts(cast.assessment)]
    assert found == [
        ("self-part", "self", True, False),
        ("peer-part", "peer", True, False),
        ("unit-part", "external", True, False),
        ("decided", "self", True, True),
    ]


def test_year_without_such_rules_asks_for_nothing(cast):
    plain = make_year(1, place=make_committee("qinghe")).assessment
    assert (parts(plain), missing(plain)) == ([], [])


def test_missing_part_names_those_the_rule_admits(cast):
    before = {one.part.rule.code: len(one.subject_ids) for one in missing(cast.assessment)}
    enter(cast)
    own(cast)
    after = {one.part.rule.code: len(one.subject_ids) for one in missing(cast.assessment)}
    members = before["self-part"]
    assert before["peer-part"] == members - 1  # 常委 is not asked
    assert after == {**before, "self-part": members - 1, "peer-part": before["peer-part"] - 1}


# ---------------------------------------------------------------- the three parts reach the card
def test_three_parts_are_weighed_on_the_card_with_who_gave_them(cast):
    own(cast)
    enter(cast)
    enter(cast, "unit-part", "external", marks=[Mark(cast.ordinary.subject, 8850, None, "县交通局")])
    assert Fact.objects.filter(kind="appraisal").count() == 0
    approve(cast, *Appraisal.objects.all())
    facts = Fact.objects.filter(kind="appraisal").order_by("attributes")
    assert list(facts.values_list("attributes", "quantity", "happened_on")) == [
        ("by=external;rule=unit-part", 8850, DAY),
        ("by=peer;rule=peer-part", 8433, DAY),
        ("by=self;rule=self-part", 9000, NOW.date()),
    ]
    document = card(cast)  # 90 × 1/5 + 84.33 × 3/10 + 88.5 × 1/2 = 18 + 25.30 + 44.25
    assert '"total":8755' in document
    assert "互评 84.33 分，按第六条。" in document
    assert "自评 90 分，按第五条。" in document


def test_part_for_reference_is_shown_and_not_counted(cast):
    (row,) = own(cast, decided=1800)
    approve(cast, row)
    document = card(cast)
    assert Fact.objects.get(kind="appraisal").attributes == "by=self;role=self;rule=decided"
    assert '"total":0' in document
    assert "自评 18 分，仅作参考，不计分，按第八条。" in document


def test_what_is_given_after_the_year_counts_on_its_last_day(cast):
    with time_machine.travel("2027-01-20 09:00Z", tick=False):
        enter(cast, given_on=datetime.date(2027, 1, 15))
        approve(cast, Appraisal.objects.get())
    assert Fact.objects.get().happened_on == datetime.date(2026, 12, 31)


# ---------------------------------------------------------------- refusals
def test_points_outside_the_bounds_are_refused_not_cut(cast):
    assert "规定在 0 到 100 分之间" in refusal(enter, cast, marks=[Mark(cast.ordinary.subject, 10001, 62)])
    assert "规定在 0 到 100 分之间" in refusal(own, cast, self_part=-1)
    assert Appraisal.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"basis": " "}, "没有写依据，也没有附材料"),
        ({"by": "external"}, "没有这项评价，现有：履职自评 · 自评、委员互评 · 互评"),
        ({"rule": "unit-part", "by": "external"}, "没有写评价方"),
        ({"given_on": datetime.date(2025, 12, 31)}, "早于考核期"),
    ],
)
def test_entry_with_a_mistake_says_what_to_do(cast, change, expected):
    assert expected in refusal(enter, cast, **change)


def test_ballots_are_required_of_peers_and_refused_of_oneself(cast):
    assert "互评要写票数" in refusal(enter, cast, marks=[Mark(cast.ordinary.subject, 8000)])
    assert "自评没有票数" in refusal(enter, cast, "self-part", "self", marks=[Mark(cast.ordinary.subject, 8000, 3)])


def test_nobody_decides_on_their_own_record(cast):
    both = make_account(cast.place, "both", "clerk", seat=cast.cosigner)
    chair = cast.ordinary_user
    grant_role(user=None, account=chair, role="chair_office", committee=cast.place.committee, from_on=TERM_START)
    assert "不能录入本人" in refusal(enter, cast, user=both, marks=[Mark(cast.cosigner.subject, 8000, 3)])
    enter(cast)
    (row,) = own(cast)
    peer = Appraisal.objects.get(by="peer")
    assert "录入人不能复核自己录入的评价" in refusal(approve, cast, peer, user=cast.clerk)
    assert "录入人不能复核自己录入的评价" in refusal(approve, cast, row, user=chair)
    assert "不能复核对本人" in refusal(approve, cast, peer, user=chair)
    assert "不能复核对本人" in refusal(approve, cast, peer, row, user=chair)
    assert "自评只能由本人提交" in refusal(
        hand_in,
        user=cast.clerk,
        assessment=cast.assessment,
        subject=cast.ordinary.subject,
        points={"self-part": 9000},
    )
    approve(cast, peer)
    assert "不能撤回对本人评价的复核" in refusal(reopen_appraisal, user=chair, appraisal=peer, reason="改")


@pytest.mark.parametrize(
    "columns",
    [
        {"decided_by": "entered_by"},  # the second person is the first
        {"ballots": None},  # a mean of no ballots
        {"basis": ""},  # entered on nothing
        {"is_reference": True},  # what others say is never for reference
        {"source": ""},
    ],
)
def test_database_itself_refuses(cast, columns):
    enter(cast)
    approve(cast, Appraisal.objects.get())
    row = Appraisal.objects.get()
    values = {name: getattr(row, value) if value == "entered_by" else value for name, value in columns.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Appraisal.objects.filter(pk=row.pk).update(**values)


# ---------------------------------------------------------------- handing in and taking back
def test_handing_in_is_final_once_the_office_took_it_up(cast):
    (row,) = own(cast)
    assert "已经提交，不能再次提交" in refusal(own, cast, self_part=9500)
    take_back(user=cast.ordinary_user, appraisal=row)
    (row,) = own(cast, self_part=9500)
    approve(cast, row)
    assert "已经是“已复核”，不能撤回" in refusal(take_back, user=cast.ordinary_user, appraisal=row)
    assert "不能再次复核" in refusal(approve, cast, row, user=cast.whole_clerk)
    assert list(Appraisal.history.order_by("history_id").values_list("history_type", "points", "state")) == [
        ("+", 9000, "proposed"),
        ("-", 9000, "proposed"),
        ("+", 9500, "proposed"),
        ("~", 9500, "approved"),
    ]


def test_own_part_is_handed_in_before_members_check(cast):
    with act(user=None, verb="test"):
        cast.assessment.state = Assessment.State.MEMBER_CHECK
        cast.assessment.save()
    assert "现在是“委员核对”，自评在记录和数据核对期间办理" in refusal(own, cast)


def test_office_replaces_what_waits_and_not_what_is_approved_or_the_members_own(cast):
    enter(cast)
    assert enter(cast) == (0, 0, 1)
    assert enter(cast, marks=[Mark(cast.ordinary.subject, 8500, 60)]) == (0, 1, 0)
    assert "由委员联络室录入" in refusal(
        enter, cast, office=cast.place.offices[1], marks=[Mark(cast.ordinary.subject, 1, 1)]
    )
    row = Appraisal.objects.get()
    approve(cast, row)
    assert "已复核为 85 分。要改动，请先由复核人撤回复核" in refusal(
        enter, cast, marks=[Mark(cast.ordinary.subject, 8600, 60)]
    )
    reopen_appraisal(user=cast.chair_office, appraisal=row, reason="票数有误")
    assert (Fact.objects.count(), enter(cast, marks=[Mark(cast.ordinary.subject, 8600, 61)])) == (0, (0, 1, 0))
    own(cast)
    assert "已由本人提交 90 分" in refusal(enter, cast, "self-part", "self", marks=[Mark(cast.ordinary.subject, 9900)])


def test_refused_part_may_be_given_again(cast):
    (row,) = own(cast)
    assert "没有写理由" in refusal(decide_appraisals, user=cast.chair_office, appraisals=[row], is_approved=False)
    decide_appraisals(user=cast.chair_office, appraisals=[row], is_approved=False, reason="与事实不符")
    assert cast.ordinary_user.notices.get().text == "您提交的自评没有通过，请查看。"
    own(cast, self_part=8000)
    assert list(Appraisal.objects.order_by("pk").values_list("points", "state")) == [
        (9000, "refused"),
        (8000, "proposed"),
    ]


# ---------------------------------------------------------------- nothing changes unseen
DERIVED = {
    "subject",
    "committee",
    "rule",
    "by",
    "points",
    "is_reference",
    "given_on",
    "state",
    "assessment",
    "public_id",
}
TOLD = {
    "id",
    "office",
    "source",
    "ballots",
    "basis",
    "evidence",
    "entered_by",
    "decided_by",
}  # provenance: in the history


def test_every_column_is_either_part_of_the_fact_or_provenance():
    assert {field.name for field in Appraisal._meta.concrete_fields} == DERIVED | TOLD


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("points", 9900),
        ("rule", "unit-part"),
        ("given_on", datetime.date(2026, 1, 5)),
        ("is_reference", True),
        ("by", "external"),
    ],
)
def test_column_changed_behind_the_application_no_longer_agrees_with_its_fact(cast, name, value):
    (row,) = own(cast)
    approve(cast, row)
    assert rebuild(cast.place.committee, check=True) == []
    more = {"is_reference": False, "office": cast.place.offices[0], "basis": "x"} if name == "by" else {}
    Appraisal.objects.filter(pk=row.pk).update(**{name: value}, **more)
    assert len(rebuild(cast.place.committee, check=True)) == 1
