"""The facts of each noun, against lists written by hand."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from activities.services import change_activity, decide_leave, record_contribution, record_leave
from audit.actions import act
from audit.history import delete_all
from members.models import User
from members.services import add_group_membership
from opinions.services import record_adoption, record_instruction, record_report
from proposals.models import Proposal
from proposals.services import confirm_proposer, decide_proposal, honour_proposal, record_proposal
from scoring.facts import rewrite
from scoring.models import Adjustment, Fact
from tests.cast import (
    DAY,
    TERM_START,
    make_account,
    make_activity,
    make_attendance,
    make_committee,
    make_contribution,
    make_proposal,
    make_report,
    make_seat,
)
from tests.facts_check import assert_facts_clean

pytestmark = pytest.mark.django_db

MARCH, MAY, JUNE = datetime.date(2026, 3, 10), datetime.date(2026, 5, 6), datetime.date(2026, 6, 1)


@pytest.fixture
def cast():
    place = make_committee()
    ordinary = make_seat(place, "单志松", special_committee=place.special_committees[0])
    add_group_membership(user=None, seat=ordinary, group=place.group, from_on=TERM_START)
    yield SimpleNamespace(
        place=place,
        ordinary=ordinary,
        standing=make_seat(place, "欧阳文松", post="standing_member"),
        cosigner=make_seat(place, "何珺"),
        clerk=User.objects.create(username="clerk"),
        chair_office=User.objects.create(username="chair_office"),
    )
    assert_facts_clean()


def facts_of(subject):
    """(day, key without ids, origin, attributes, quantity, position, sharers) in scoring order."""
    rows = Fact.objects.filter(subject=getattr(subject, "subject", subject)).order_by("happened_on", "key")
    return [
        (
            fact.happened_on,
            "/".join(part for part in fact.key.split("/") if len(part) != 36),
            fact.origin_on,
            fact.attributes,
            fact.quantity,
            fact.position,
            fact.sharers,
        )
        for fact in rows
    ]


def one(path, attributes, *, day=MARCH, origin=MARCH, quantity=100, position=1, sharers=1):
    return (day, path, origin, attributes, quantity, position, sharers)


def sitting(outcome, *, kind="standing_meeting", **more):
    codes = {"mandatory": "yes", "stage": "sitting", "outcome": outcome} | more
    return one(f"{kind}/sitting", ";".join(f"{name}={code}" for name, code in sorted(codes.items())))


# ---------------------------------------------------------------- sittings
def test_invited_seat_has_a_fact_before_anything_is_recorded(cast):
    make_activity(cast.place, [cast.ordinary, cast.standing])
    assert (facts_of(cast.ordinary), facts_of(cast.cosigner)) == ([sitting("not_recorded")], [])


def test_attendance_says_outcome_leave_and_part(cast):
    activity = make_activity(cast.place, [cast.ordinary, cast.standing, cast.cosigner])
    make_attendance(
        activity,
        {cast.ordinary: "late", cast.standing: ("leave", "sick", ""), cast.cosigner: ("present", "", "speaker")},
    )
    assert [facts_of(seat)[0][3] for seat in (cast.ordinary, cast.standing, cast.cosigner)] == [
        "mandatory=yes;outcome=late;stage=sitting",
        "leave=sick;mandatory=yes;outcome=leave;stage=sitting",
        "mandatory=yes;outcome=present;part=speaker;stage=sitting",
    ]


def test_each_half_day_is_a_fact_of_one_meeting(cast):
    halves = [(MARCH, "am"), (MARCH, "pm"), (MARCH + datetime.timedelta(1), "am")]
    activity = make_activity(cast.place, [cast.ordinary], kind="plenary", halves=halves, is_mandatory=False)
    rows = Fact.objects.filter(subject=cast.ordinary.subject)
    assert {(row.matter, row.source, row.kind) for row in rows} == {
        (f"plenary/{activity.public_id}", f"activity/{activity.public_id}", "plenary")
    }
    assert {(row.happened_on, row.origin_on, row.attributes) for row in rows} == {
        (MARCH, MARCH, "mandatory=no;outcome=not_recorded;stage=sitting"),
        (MARCH + datetime.timedelta(1), MARCH, "mandatory=no;outcome=not_recorded;stage=sitting"),
    }
    assert {row.key for row in rows} == {
        f"plenary/{activity.public_id}/sitting/{one_sitting.public_id}" for one_sitting in activity.sittings.all()
    }


def test_attendance_without_invitation_counts(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    made = activity.sittings.get()
    with act(user=None, verb="test"):
        made.attendances.create(committee=cast.place.committee, seat=cast.cosigner, outcome="present")
        rewrite([("activity", activity.pk)])
    assert facts_of(cast.cosigner) == [sitting("present")]


def test_leave_without_attendance_is_not_recorded(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    with act(user=None, verb="test"):
        activity.leaves.create(
            committee=cast.place.committee,
            seat=cast.ordinary,
            reason="公务",
            state="approved",
            decided_by=cast.chair_office,
        )
        rewrite([("activity", activity.pk)])
    assert facts_of(cast.ordinary) == [sitting("not_recorded")]


def test_decided_leave_is_a_leave(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    leave = record_leave(user=None, activity=activity, seat=cast.ordinary, kind="official", reason="出差")
    decide_leave(user=make_account(cast.place, "approver", "clerk"), leave=leave, is_approved=True)
    assert facts_of(cast.ordinary) == [sitting("leave", leave="official")]


def test_changed_kind_of_activity_replaces_its_facts(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    change_activity(user=None, activity=activity, kind="consultation")
    assert facts_of(cast.ordinary) == [sitting("not_recorded", kind="consultation")]


def test_deleted_activity_has_no_facts(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    pk = activity.pk
    with act(user=None, verb="test"):
        delete_all(type(activity), [activity])
        rewrite([("activity", pk)])
    assert Fact.objects.count() == 0


# ---------------------------------------------------------------- contributions
def test_contribution_carries_level_role_quantity_and_place(cast):
    made = make_contribution(
        cast.place,
        cast.ordinary,
        kind="research_report",
        level="city",
        role="lead_writer",
        quantity=Decimal("2.50"),
        position=2,
        sharers=3,
    )
    assert facts_of(cast.ordinary) == [
        one("research_report", "level=city;role=lead_writer", quantity=250, position=2, sharers=3)
    ]
    assert Fact.objects.get().key == f"research_report/{made.public_id}"


def test_contribution_is_a_fact_only_once_verified(cast):
    made = make_contribution(cast.place, cast.ordinary, is_verified=False)
    before = facts_of(cast.ordinary)
    with act(user=None, verb="test"):
        made.state = "verified"
        made.save()
        rewrite([("contribution", made.pk)])
    assert (before, facts_of(cast.ordinary)) == ([], [one("public_service", "")])


def test_returned_contribution_is_no_fact(cast):
    made = make_contribution(cast.place, cast.ordinary)
    with act(user=None, verb="test"):
        made.state, made.return_reason = "returned", "重复填报"
        made.save()
        rewrite([("contribution", made.pk)])
    assert facts_of(cast.ordinary) == []


@pytest.mark.parametrize("of", ["group", "special_committee"])
def test_contribution_of_a_group_or_special_committee(cast, of):
    owner = cast.place.group if of == "group" else cast.place.special_committees[0]
    record_contribution(
        user=None,
        committee=cast.place.committee,
        office=cast.place.offices[0],
        kind=cast.place.kinds["honour"],
        subject=owner.subject,
        title="先进集体",
        happened_on=MAY,
        level="province",
    )
    assert facts_of(owner.subject) == [one("honour", "level=province", day=MAY, origin=MAY)]


def test_contributions_of_one_work_are_one_object_of_each_subject(cast):
    first = make_contribution(cast.place, cast.ordinary, kind="research_report")
    second = make_contribution(cast.place, cast.ordinary, kind="address_oral", work=first.work)
    make_contribution(cast.place, cast.standing, kind="address_oral", work=first.work)
    smallest = min(str(first.public_id), str(second.public_id))
    matters = set(Fact.objects.filter(subject=cast.ordinary.subject).values_list("matter", flat=True))
    others = set(Fact.objects.filter(subject=cast.standing.subject).values_list("matter", flat=True))
    assert (matters, len(others & matters)) == ({f"contribution/{smallest}"}, 0)


def test_object_of_one_work_is_named_anew_when_its_first_row_goes(cast):
    rows = [make_contribution(cast.place, cast.ordinary, work="3f8e3a52-9a54-4b50-8d0b-0c5cf9b0ad11") for _ in range(2)]
    first, second = sorted(rows, key=lambda row: str(row.public_id))
    pk = first.pk
    with act(user=None, verb="test"):
        delete_all(type(first), [first])
        rewrite([("contribution", pk)])
    assert Fact.objects.get().matter == f"contribution/{second.public_id}"


# ---------------------------------------------------------------- proposals
def test_proposal_gives_every_signer_every_stage(cast):
    proposal = make_proposal(cast.place, [cast.standing, cast.cosigner], filed_on=MAY)
    honour_proposal(user=None, proposal=proposal, kind="key", decided_on=JUNE, reason="领衔督办")
    assert facts_of(cast.cosigner) == [
        one("proposal/submitted", "role=cosigner;stage=submitted;way=joint", position=2, sharers=2),
        one("proposal/filed", "role=cosigner;stage=filed;way=joint", day=MAY, position=2, sharers=2),
        one("proposal/key", "role=cosigner;stage=key;way=joint", day=JUNE, position=2, sharers=2),
    ]
    assert [fact[5:] for fact in facts_of(cast.standing)] == [(1, 2)] * 3
    assert set(Fact.objects.values_list("matter", flat=True)) == {f"proposal/{proposal.public_id}"}


def test_unconfirmed_signer_neither_earns_nor_shares(cast):
    proposal = make_proposal(cast.place, [cast.standing, cast.cosigner, cast.ordinary])
    with act(user=None, verb="test"):
        signer = proposal.proposers.get(seat=cast.cosigner)
        signer.is_confirmed = False
        signer.save()
        rewrite([("proposal", proposal.pk)])
    submitted = one("proposal/submitted", "role=cosigner;stage=submitted;way=joint", position=2, sharers=2)
    assert (facts_of(cast.cosigner), facts_of(cast.ordinary)) == ([], [submitted])
    confirm_proposer(user=None, proposer=signer)
    assert [fact[5:] for seat in (cast.standing, cast.cosigner, cast.ordinary) for fact in facts_of(seat)] == [
        (1, 3),
        (2, 3),
        (3, 3),
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("filed", ["submitted", "filed"]),
        ("not_filed", ["submitted", "not_filed"]),
        ("passed_on", ["submitted", "passed_on"]),
        ("returned", []),
    ],
)
def test_decided_proposal_has_the_stages_of_its_state(cast, state, expected):
    proposal = make_proposal(cast.place, [cast.ordinary])
    decide_proposal(user=None, proposal=proposal, state=state, decided_on=MAY, reason="审查意见")
    assert [fact[1].removeprefix("proposal/") for fact in facts_of(cast.ordinary)] == expected


def test_merged_proposal_has_its_own_stage(cast):
    kept = make_proposal(cast.place, [cast.standing], filed_on=MAY)
    proposal = make_proposal(cast.place, [cast.ordinary])
    decide_proposal(user=None, proposal=proposal, state="merged", decided_on=MAY, merged_into=kept)
    assert facts_of(cast.ordinary)[1] == one("proposal/merged", "role=lead;stage=merged;way=individual", day=MAY)


def test_draft_is_no_fact(cast):
    make_proposal(cast.place, [cast.ordinary], state="draft")
    assert Fact.objects.count() == 0


def record_collective(cast, sponsor, **fields):
    return record_proposal(
        user=None,
        committee=cast.place.committee,
        office=cast.place.offices[1],
        term=cast.place.term,
        year=2026,
        number="9",
        title="集体提案",
        way="collective",
        submitted_on=MARCH,
        sponsor=sponsor,
        **{"proposers": [], **fields},
    )


def test_collective_proposal_is_a_fact_of_its_sponsor(cast):
    sponsor = cast.place.special_committees[1].subject
    record_collective(cast, sponsor, state="filed", decided_on=MAY)
    assert facts_of(sponsor) == [
        one("proposal/submitted", "role=collective;stage=submitted;way=collective"),
        one("proposal/filed", "role=collective;stage=filed;way=collective", day=MAY),
    ]


def test_group_has_one_fact_however_many_of_its_members_sign(cast):
    for seat in (cast.standing, cast.cosigner):
        add_group_membership(user=None, seat=seat, group=cast.place.group, from_on=TERM_START)
    make_proposal(cast.place, [cast.cosigner, cast.standing, cast.ordinary])
    assert facts_of(cast.place.group.subject) == [one("proposal/submitted", "role=lead;stage=submitted;way=joint")]


def test_group_membership_is_asked_on_the_day_of_the_stage(cast):
    add_group_membership(user=None, seat=cast.standing, group=cast.place.group, from_on=datetime.date(2026, 4, 1))
    make_proposal(cast.place, [cast.standing], filed_on=MAY)
    assert [fact[1] for fact in facts_of(cast.place.group.subject)] == ["proposal/filed"]


def test_joining_a_group_later_brings_the_objects_signed_before(cast):
    make_proposal(cast.place, [cast.standing], filed_on=MAY)
    before = facts_of(cast.place.group.subject)
    add_group_membership(user=None, seat=cast.standing, group=cast.place.group, from_on=TERM_START)
    assert (len(before), len(facts_of(cast.place.group.subject))) == (0, 2)


@pytest.mark.parametrize("of", ["group", "special_committee"])
def test_groups_own_change_brings_what_its_members_signed(cast, of):
    owner = cast.place.group if of == "group" else cast.place.special_committees[0]
    make_proposal(cast.place, [cast.ordinary])
    Fact.objects.filter(subject=owner.subject).delete()
    rewrite([("subject", owner.subject.pk)])
    assert facts_of(owner.subject) == [one("proposal/submitted", "role=lead;stage=submitted;way=individual")]


def test_special_committee_has_what_its_members_sign(cast):
    make_proposal(cast.place, [cast.standing, cast.ordinary])
    assert facts_of(cast.place.special_committees[0].subject) == [
        one("proposal/submitted", "role=cosigner;stage=submitted;way=joint")
    ]


def test_sponsoring_group_whose_member_writes_has_one_fact(cast):
    sponsor = cast.place.group.subject
    record_collective(cast, sponsor, proposers=[(cast.ordinary, "collective")])
    assert facts_of(sponsor) == [one("proposal/submitted", "role=collective;stage=submitted;way=collective")]
    assert facts_of(cast.ordinary) == [one("proposal/submitted", "role=collective;stage=submitted;way=collective")]


# ---------------------------------------------------------------- opinion reports
def test_report_gives_each_adoption_and_instruction(cast):
    report = make_report(cast.place, [cast.standing], state="issued", issued_on=MAY)
    record_adoption(user=None, report=report, level="city", organ="市委办公室", adopted_on=MAY)
    record_adoption(user=None, report=report, level="nation", organ="全国政协", adopted_on=JUNE, form="composite")
    record_instruction(user=None, report=report, level="city", given_by="市长", instructed_on=JUNE)
    assert facts_of(cast.standing) == [
        one("opinion/submitted", "role=lead;stage=submitted"),
        one(
            "opinion/adopted/city/市委办公室",
            "form=single;level=city;organ=市委办公室;role=lead;stage=adopted",
            day=MAY,
        ),
        one("opinion/issued", "role=lead;stage=issued", day=MAY),
        one(
            "opinion/adopted/nation/全国政协",
            "form=composite;level=nation;organ=全国政协;role=lead;stage=adopted",
            day=JUNE,
        ),
        one("opinion/instructed/city/市长", "by=市长;level=city;role=lead;stage=instructed", day=JUNE),
    ]


def test_report_from_a_proposal_keeps_the_proposal_as_its_object(cast):
    proposal = make_proposal(cast.place, [cast.ordinary])
    matter = f"proposal/{proposal.public_id}"
    make_report(cast.place, [cast.ordinary], matter=matter)
    assert set(Fact.objects.values_list("matter", flat=True)) == {matter}


def test_organ_cannot_break_the_attributes_apart(cast):
    make = {"user": None, "committee": cast.place.committee, "office": cast.place.offices[0], "year": 2026}
    report = record_report(**make, number="1", title="信息", submitted_on=MARCH, reporters=[cast.ordinary])
    record_adoption(user=None, report=report, level="city", organ="甲;level=nation", adopted_on=MARCH)
    assert facts_of(cast.ordinary)[0][3] == "form=single;level=city;organ=甲；level＝nation;role=lead;stage=adopted"


# ---------------------------------------------------------------- adjustments
def make_adjustment(cast, **columns):
    with act(user=None, verb="test"):
        adjustment = Adjustment.objects.create(
            committee=cast.place.committee,
            office=cast.place.offices[0],
            subject=cast.ordinary.subject,
            happened_on=MAY,
            reason="突出贡献",
            proposed_by=cast.clerk,
            **{"state": "approved", "decided_by": cast.chair_office, **columns},
        )
        rewrite([("adjustment", adjustment.pk)])
    return adjustment


def test_approved_points_are_a_fact_in_hundredths(cast):
    adjustment = make_adjustment(cast, effect="points", rule="extra", points=-150)
    assert facts_of(cast.ordinary) == [
        one("adjustment", "effect=points;rule=extra", day=MAY, origin=MAY, quantity=-150)
    ]
    assert Fact.objects.get().key == f"adjustment/{adjustment.public_id}"


def test_veto_is_one_fact(cast):
    make_adjustment(cast, effect="veto")
    assert facts_of(cast.ordinary) == [one("adjustment", "effect=veto", day=MAY, origin=MAY)]


@pytest.mark.parametrize("state", ["proposed", "refused"])
def test_adjustment_without_second_approval_is_no_fact(cast, state):
    decided_by = None if state == "proposed" else cast.chair_office
    make_adjustment(cast, effect="points", rule="extra", points=100, state=state, decided_by=decided_by)
    assert facts_of(cast.ordinary) == []


# ---------------------------------------------------------------- the row itself
def test_fact_belongs_to_the_subjects_committee(cast):
    make_contribution(cast.place, cast.ordinary)
    assert Fact.objects.get().committee == cast.place.committee


def test_rewriting_without_change_keeps_the_rows(cast):
    proposal = make_proposal(cast.place, [cast.ordinary])
    before = list(Fact.objects.values_list("pk", flat=True))
    rewrite([("proposal", proposal.pk)])
    assert list(Fact.objects.values_list("pk", flat=True)) == before


def test_facts_go_with_their_transaction(cast):
    with pytest.raises(ZeroDivisionError), act(user=None, verb="test"):
        (make_proposal(cast.place, [cast.ordinary]), 1 // 0)
    assert (Fact.objects.count(), Proposal.objects.count()) == (0, 0)


def test_day_of_the_cast_is_the_day_of_these_lists():
    assert DAY == MARCH
