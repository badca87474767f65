"""The demonstration holds what it promises, and the engine can score all of it."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count

from activities.models import Activity, Contribution, Leave
from audit.actions import act
from desk.demo import places
from desk.demo.disputed import make_disputed
from desk.demo.fill import fill, is_filled
from desk.demo.rehearsed import make_rehearsed
from desk.entries import latest_entries
from members.models import Committee, Grant, Member, Role, Seat, Subject, User
from members.services import add_committee
from opinions.models import OpinionReport
from proposals.models import Proposal, Proposer
from scoring.models import ReportCard, SubjectError
from scoring.services import runs
from tests.facts_check import assert_facts_clean

# The demonstration runs on SQLite only, and filling it takes long enough once.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def assessments(django_db_setup, django_db_blocker):
    """The filled demonstration, made once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill(lambda text: None)
        transaction.set_rollback(True)


@pytest.fixture
def county(assessments):
    return Committee.objects.get(code="yunhe")


def test_demo_makes_a_county_its_city_and_a_neighbour(assessments):
    found = {c.code: (c.level, c.parent and c.parent.code, c.seats.count()) for c in Committee.objects.all()}
    assert found == {
        "jiangzhou": ("city", None, 20),
        "yunhe": ("county", "jiangzhou", 300),
        "qingxi": ("county", "jiangzhou", 20),
    }


def test_demo_makes_two_years_of_records(county):
    counts = {
        "meetings": Activity.objects.filter(committee=county).count(),
        "proposals": Proposal.objects.filter(committee=county).count(),
        "reports": OpinionReport.objects.filter(committee=county).count(),
        "years": sorted(set(Proposal.objects.filter(committee=county).values_list("year", flat=True))),
    }
    assert counts == {"meetings": 47, "proposals": 213, "reports": 153, "years": [2025, 2026]}


def test_demo_plenary_has_eight_half_days(county):
    plenaries = Activity.objects.filter(committee=county, kind="plenary")
    assert [plenary.sittings.count() for plenary in plenaries] == [8, 8]


def test_demo_has_sign_up_and_leave_to_come(county):
    trip = Activity.objects.get(committee=county, signup_until__isnull=False)
    states = Counter(Leave.objects.filter(committee=county).values_list("state", flat=True))
    assert (trip.invitations.count(), states) == (12, {"approved": 1, "applied": 3, "refused": 1})


def test_demo_holds_reports_of_members_in_every_state(county):
    rows = Contribution.objects.filter(committee=county, reported_by__member__isnull=False)
    assert Counter(rows.values_list("state", flat=True)) == {"reported": 2, "returned": 1, "verified": 1}


def test_demo_holds_proposals_of_members_that_wait(county):
    rows = Proposal.objects.filter(committee=county).exclude(text="")
    assert (
        Counter(rows.values_list("state", flat=True)),
        [str(row.seat.member) for row in Proposer.objects.filter(proposal__in=rows).unanswered()],
    ) == ({"draft": 1, "returned": 1, "submitted": 1}, [str(User.objects.get(username="yunhe-member").member)])


def test_demo_holds_entries_of_the_clerk_of_all_offices(assessments):
    entries = latest_entries(User.objects.get(username="yunhe-clerk"), 10)
    assert [(entry.action.verb, entry.may_undo, bool(entry.url)) for entry in entries] == [
        ("登记出席", True, True),
        ("登记采用", True, True),
        ("催办提案", True, True),
        ("登记履职记录", True, True),
    ]


def test_demo_logs_every_kind_of_contribution(county):
    kinds = set(county.contribution_kinds.values_list("code", flat=True))
    assert set(Contribution.objects.filter(committee=county).values_list("kind__code", flat=True)) == kinds


def test_demo_has_names_that_offices_stumble_over(county):
    names = list(Member.objects.filter(committee=county).values_list("name", flat=True))
    assert [character for character in "喆珺玥祎堃䶮·" if not any(character in name for name in names)] == []
    assert [count for count in Counter(names).values() if count > 1] == [2]


def test_demo_places_the_name_outside_the_table_by_hand(county):
    placed = Member.objects.filter(committee=county).exclude(hand_position="")
    assert [member.name[1] for member in placed] == ["䶮"]


def test_demo_has_an_account_for_each_role(county):
    assert set(Grant.objects.filter(committee=county).values_list("role", flat=True)) == set(Role.values)
    assert not User.objects.filter(is_superuser=True).exists()


def test_demo_writes_each_record_under_the_account_of_its_office(county):
    proposal = Proposal.objects.filter(committee=county, text="").first()
    assert proposal.history.first().action.user.username == "yunhe-clerk-proposals"


def test_demo_facts_are_what_a_rebuild_gives(assessments):
    assert_facts_clean()


def _score(assessments):
    for assessment in assessments:
        run = runs.rescore(user=None, assessment=assessment)
        for chunk in run.chunks.all():
            runs.score_chunk(chunk_id=chunk.pk)
        runs.finish_run(run_id=run.pk)


def test_demo_scores_every_subject(assessments):
    _score(assessments)
    assert list(SubjectError.objects.values_list("message", flat=True)) == []
    county_2026 = ReportCard.objects.filter(assessment__committee__code="yunhe", assessment__year=2026)
    assert county_2026.filter(subject__kind="member").count() == Seat.objects.filter(committee__code="yunhe").count()
    assert {"优秀", "良好", "称职", "基本称职", "不称职"} <= set(county_2026.values_list("grade", flat=True))


def test_demo_holds_objections_in_the_states_an_office_meets(assessments, county):
    last = next(one for one in assessments if one.committee == county and one.year == 2026)
    _score([last])
    states = [row.state for one in assessments for row in make_disputed(one)]
    assert Counter(states) == {"open": 2, "answered": 1, "refused": 1}


def test_demo_rehearses_next_years_draft_on_the_last_year(assessments, county):
    (made,) = [one for one in map(make_rehearsed, assessments) if one]
    assert (made.ruleset.committee, made.ruleset.year, made.ruleset.state) == (county, 2027, "draft")
    assert (made.year, made.state, made.total) == (2026, "waiting", 300)


def test_demo_knows_that_it_is_filled(assessments):
    assert is_filled() is True


def test_demo_refuses_a_database_with_real_data(db):
    with act(user=None, verb="test"):
        add_committee(user=None, code="real", name="某县政协", short_name="某县", level="county")
    with pytest.raises(ValidationError) as refused:
        is_filled()
    assert refused.value.messages == [
        "数据库里已有正式数据（某县政协），不能再装入示例。请换一个空的数据库，例如另设 DATABASE_URL。"
    ]


def test_demo_scores_special_committees_and_groups_by_their_own_checklists(assessments):
    _score(assessments)
    cards = ReportCard.objects.filter(assessment__committee__code="yunhe").exclude(subject__kind="member")
    assert cards.count() == len(places.SPECIAL_COMMITTEES) + len(places.GROUPS)
    assert len(set(cards.values_list("grade", flat=True))) > 1


def test_every_members_card_in_the_demo_weighs_under_thirty_kilobytes_uncompressed(county, client):
    """His own page of the card; with him the person of the county who has most on record, as the office sees it."""
    busiest = Subject.objects.filter(committee=county, kind="member").annotate(n=Count("facts")).latest("n")
    client.force_login(User.objects.filter(member__seats__committee=county).first())
    own = client.get("/me/")
    client.force_login(User.objects.filter(grants__committee=county, grants__role="chair_office").first())
    of_busiest = client.get(f"/report-cards/2026/{busiest.public_id}/")
    assert busiest.n > 60
    assert [(page.status_code, len(page.content) <= 30_000) for page in (own, of_busiest)] == [(200, True)] * 2
