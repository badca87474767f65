"""The first year of the demonstration, closed: a published edition, a record found later, and the correction it led to."""

import datetime
import time

from activities.models import ContributionKind
from activities.services import record_contribution
from desk.doubles import DOUBLES
from desk.gaps import MISSING, sections
from desk.signoffs import sign_off
from members.ids import natural_id
from members.models import Office, Seat, Subject, User
from scoring.models import Assessment, Edition, ReportCard, Stale
from scoring.services import lifecycle, runs
from scoring.services.honours import commend
from scoring.services.publishing import publish

COUNTY = "yunhe"
PATIENCE = 120  # seconds that another process may take for a card it has begun
REASON = "公布后补记一次义务植树"


def make_published(assessment: Assessment) -> list[Edition]:
    """Of the county's members in the first year, once its cards are there; nothing for any other, nor a second time."""
    is_members = assessment.subject_kind == Subject.Kind.MEMBER
    first = Assessment.objects.filter(committee=assessment.committee_id).order_by("year").first()
    if assessment.committee.code != COUNTY or not is_members or first is None or first.year != assessment.year:
        return []
    if Edition.objects.filter(assessment=assessment).exists():
        return []
    chair, second = _account("chair"), _account("chair-second")
    _sign_off_gaps(_account("clerk"), assessment.year)
    for code in ("check_data", "check_members"):
        _step(chair, assessment, code)
    _step(chair, assessment, "approve", typed=str(assessment.year))
    editions = [publish(user=second, assessment=assessment, typed=str(assessment.year))]
    _commend(chair, assessment)
    _record_late(assessment)
    _step(chair, assessment, "reopen", reason=REASON)
    _settle(assessment)
    _step(chair, assessment, "approve", typed=str(assessment.year))
    editions.append(publish(user=second, assessment=assessment, typed=str(assessment.year), reason=REASON))
    return editions


def _step(user: User, assessment: Assessment, code: str, **stated: str) -> None:
    lifecycle.move(user=user, assessment=assessment, step=lifecycle.BY_CODE[code], **stated)


def _commend(user: User, assessment: Assessment) -> None:
    """The honour list: the first five of the ranking."""
    first = ReportCard.objects.filter(assessment=assessment, place__isnull=False).order_by("-total", "subject")
    subjects = [card.subject for card in first.select_related("subject__seat__member").defer("document")[:5]]
    chosen = [(subject, "主席会议审定") for subject in subjects]
    commend(user=user, assessment=assessment, chosen=chosen, decided_on=assessment.to_on)


def _sign_off_gaps(user: User, year: int) -> None:
    for section in sections(user, year, [*MISSING, *DOUBLES]):
        for gap in section.open:
            sign_off(user=user, gap=gap, reason="往年资料，已核对，保持原状")


def _record_late(assessment: Assessment) -> None:
    """One more public service for the member whose account the demonstration shows."""
    seat = Seat.objects.get(member__user__username=f"{COUNTY}-member", committee=assessment.committee_id)
    record_contribution(
        user=_account("clerk"),
        committee=assessment.committee,
        office=Office.objects.get(committee=assessment.committee_id, code="liaison"),
        subject=seat.subject,
        kind=ContributionKind.objects.get(committee=assessment.committee_id, code="public_service"),
        title="义务植树",
        happened_on=datetime.date(assessment.year, 3, 12),
        public_id=natural_id(COUNTY, "contribution", "late", str(assessment.year)),
    )


def _settle(assessment: Assessment) -> None:
    """Until no card is stale; workers may be at some of them."""
    until = time.monotonic() + PATIENCE
    while True:
        runs.refresh_stale(assessment_id=assessment.pk)
        if not Stale.objects.filter(assessment=assessment).exists() or time.monotonic() > until:
            return
        time.sleep(0.2)


def _account(code: str) -> User:
    return User.objects.get(username=f"{COUNTY}-{code}")
