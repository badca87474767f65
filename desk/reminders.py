"""季度提醒: once a quarter each member hears what is open for him, and nobody hears of what is not."""

import datetime
import statistics

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Offer
from audit.actions import act
from audit.models import Action
from members.models import Committee, Seat, Subject
from members.notices import tell
from opinions.models import OpinionReport, Reporter
from proposals.models import Proposal, Proposer
from scoring.confirmations import unconfirmed
from scoring.models import Assessment, ReportCard

VERB = "季度提醒"
HOURS = range(8, 20)  # nobody's telephone rings at night
CLOSING = datetime.timedelta(days=31)
FEW = 2  # few points: less than the median divided by this


def remind_due(now: datetime.datetime | None = None) -> int:
    """In the last month of a quarter, by day: remind in every committee that has not been; returns in how many."""
    now = timezone.localtime(now)
    if now.month % 3 or now.hour not in HOURS:
        return 0
    return sum(remind(committee=one, day=now.date()) for one in Committee.objects.order_by("code"))


def remind(*, committee: Committee, day: datetime.date | None = None) -> bool:
    """Tell the committee's members what is open on ``day`` (today); False when this was done in the same quarter.

    One transaction, under a lock: of two who remind at once one does.
    """
    day = day or timezone.localdate()
    quarter = f"{day.year} 年第 {(day.month + 2) // 3} 季度"
    with transaction.atomic():
        Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)
        if Action.objects.filter(committee=committee, verb=VERB, reason=quarter).exists():
            return False
        with act(user=None, verb=VERB, reason=quarter, committee=committee):
            _tell(committee, day)
    return True


def _tell(committee: Committee, day: datetime.date) -> None:
    serving = set(Seat.objects.filter(committee=committee).serving_on(day).values_list("pk", flat=True))
    asked, wanted = serving & unsigned_proposals(committee), serving & unsigned_reports(committee)
    closing, unchecked = serving & closing_sign_ups(committee, day), serving & unconfirmed_years(committee, day)
    tell(asked, committee, "季度提醒：有提案等您答复是否联名。", reverse("my_proposals"))
    tell(wanted, committee, "季度提醒：有社情民意信息等您答复是否联名。", reverse("my_opinions"))
    tell(closing, committee, "季度提醒：有活动即将截止报名。", reverse("my_activities"))
    tell(unchecked, committee, "季度提醒：您的成绩单等您核对。", reverse("me"))
    tell(serving & few_points(committee, day), committee, "季度提醒：本季度还有可以做的事，请查看。", reverse("me"))


# ---------------------------------------------------------------- what is open: primary keys of seats
def unsigned_proposals(committee: Committee) -> set[int]:
    states = [Proposal.State.DRAFT, Proposal.State.SUBMITTED, Proposal.State.RETURNED]
    asked = Proposer.objects.filter(committee=committee, proposal__state__in=states)
    return set(asked.filter(is_confirmed=False, is_declined=False).values_list("seat", flat=True))


def unsigned_reports(committee: Committee) -> set[int]:
    states = [OpinionReport.State.DRAFT, OpinionReport.State.SUBMITTED]
    asked = Reporter.objects.filter(committee=committee, report__state__in=states)
    return set(asked.filter(is_confirmed=False, is_declined=False).values_list("seat", flat=True))


def closing_sign_ups(committee: Committee, day: datetime.date) -> set[int]:
    """Those who may sign up within a month and have not."""
    soon = Activity.objects.filter(committee=committee, signup_until__range=(day, day + CLOSING))
    offers = Offer.objects.filter(activity__in=soon).values_list("activity", "seat")
    taken = set(soon.values_list("pk", "invitations__seat"))
    return {seat for activity, seat in offers if (activity, seat) not in taken}


def unconfirmed_years(committee: Committee, day: datetime.date) -> set[int]:
    """Those who have not confirmed their card in a checking window that is open."""
    years = Assessment.objects.filter(committee=committee, state=Assessment.State.MEMBER_CHECK)
    open_years = [year for year in years if year.member_check_until is None or year.member_check_until >= day]
    return {seat for year in open_years for seat in unconfirmed(year).values_list("subject__seat", flat=True)}


def few_points(committee: Committee, day: datetime.date) -> set[int]:
    """Those whose card of the running year stands under half of the median; none before anybody has a point."""
    running = Assessment.objects.filter(
        committee=committee,
        subject_kind=Subject.Kind.MEMBER,
        state=Assessment.State.RECORDING,
        from_on__lte=day,
        to_on__gte=day,
    )
    cards = ReportCard.objects.filter(assessment__in=running, is_ranked=True, subject__seat__isnull=False)
    totals = dict(cards.values_list("subject__seat", "total"))
    if not totals:
        return set()
    median = statistics.median_high(totals.values())
    return {seat for seat, total in totals.items() if total * FEW < median}
