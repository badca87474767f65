"""A year from its records to its published edition, through the services, by two people of the chair's office."""

from types import SimpleNamespace

from audit.actions import act
from members.models import Role
from scoring.models import Stale
from scoring.services import lifecycle, runs
from scoring.services.publishing import publish
from tests.cast import make_account
from tests.scoring.year import YEAR, add_fact, fresh, make_year

CLOSED = "2027-02-01"  # a day when no office owes a record of this month


def make_closing_year(members=3, **options):
    """`make_year` with facts that give the members 5, 10, 15 … points, and `approver` and `publisher`."""
    year = make_year(members, **options)
    with act(user=None, verb="test"):
        for seat, surname in zip(year.seats, "赵钱孙李周吴", strict=False):  # namesakes are a gap
            seat.member.name = f"{surname}示例"
            seat.member.save()
    for n, subject in enumerate(year.subjects, 1):
        for _ in range(n):
            add_fact(subject)
    approver = make_account(year.place, f"{year.place.committee.code}-approver", Role.CHAIR_OFFICE)
    publisher = make_account(year.place, f"{year.place.committee.code}-publisher", Role.CHAIR_OFFICE)
    compute(year)
    return SimpleNamespace(**vars(year), approver=approver, publisher=publisher)


def compute(year):
    """All cards as they are now."""
    Stale.objects.bulk_create(Stale(assessment=year.assessment, subject=subject) for subject in year.subjects)
    runs.refresh_stale(assessment_id=year.assessment.pk)


def step(year, code, user=None, **options):
    """One step of the life cycle."""
    assessment = fresh(year.assessment)
    found = lifecycle.BY_CODE[code]
    return lifecycle.move(user=user or year.approver, assessment=assessment, step=found, **options)


def approve(year):
    for code in ("check_data", "check_members"):
        step(year, code)
    step(year, "approve", typed=str(YEAR))


def publish_now(year, user=None, **options):
    return publish(user=user or year.publisher, assessment=fresh(year.assessment), typed=str(YEAR), **options)


def close(year):
    approve(year)
    return publish_now(year)


def correct(year, reason="补记一次活动"):
    """Reopen, compute, approve and publish again."""
    step(year, "reopen", reason=reason)
    compute(year)
    step(year, "approve", typed=str(YEAR))
    return publish_now(year, reason=reason)
