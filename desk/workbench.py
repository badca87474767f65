"""What the office's first page shows: the daily jobs, what waits, one's last entries, the year so far.

A constant number of queries, whatever there is.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Model, QuerySet
from django.db.models.functions import ExtractMonth
from django.urls import reverse
from django.utils import timezone

from activities.models import Contribution, Leave, Sitting
from activities.services import to_decide
from desk.models import ImportBatch
from desk.sheets.template import TEMPLATES
from desk.views_sheets import LOGGED
from members.access import Verb, may, may_beyond_own, visible
from members.models import User
from opinions.models import OpinionReport
from proposals.models import Proposal, Undertaking
from scoring.models import Adjustment, Appraisal, Objection, ReportCard, Stale, SubjectError
from scoring.objections import handled_by

MY_LATEST = 10
SITTINGS_OFFERED = 3
DUE_SOON = 15  # days


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to log: a button."""

    label: str
    hint: str
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of something wait, and where to see them ("" when there is no page)."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Months:
    """How many records of one kind are dated in each month of a year."""

    label: str
    url: str
    counts: list[int]  # January first

    @property
    def total(self) -> int:
        return sum(self.counts)


DAILY = [
    (Proposal, "录提案", "在列表第一行直接录入，回车保存", "proposals"),
    (OpinionReport, "录社情民意", "在列表第一行直接录入，回车保存", "opinions"),
    (Contribution, "录其他履职", "发言、调研报告、公益、表彰等", "contributions"),
]


def jobs(user: User) -> list[Job]:
    """The daily jobs the user may do: attendance first."""
    found = []
    if may(user, Verb.LOG, Sitting):
        found.append(Job("登记出席", "会前先建会议，开完会只录没来的人", reverse("activities") + "?state=open"))
    return found + [Job(label, hint, reverse(name)) for model, label, hint, name in DAILY if may(user, Verb.LOG, model)]


def sittings_to_mark(user: User) -> QuerySet[Sitting]:
    """The sittings that ended last and wait for attendance."""
    rows = visible(user, Sitting, Verb.LOG).filter(is_complete=False).over(timezone.localtime())
    return rows.select_related("activity").order_by("-held_on", "-half", "-pk")[:SITTINGS_OFFERED]


def sheets(user: User) -> list[Job]:
    """Templates to fill in and import, of what the user may log."""
    return [
        Job(label, "", reverse("sheet_template", args=[kind]))
        for kind, label in TEMPLATES.items()
        if may_beyond_own(user, Verb.LOG, LOGGED[kind])
    ]


def waiting(user: User) -> list[Figure]:
    """Counts of what waits, of what the user may see; nothing that nobody waits for."""
    figures = []
    if may_beyond_own(user, Verb.VIEW, Sitting):
        figures += _records_waiting(user)
    if may_beyond_own(user, Verb.LOG, ImportBatch):
        unconfirmed = visible(user, ImportBatch, Verb.LOG).waiting()
        figures.append(Figure("批导入待确认", unconfirmed.count(), reverse("imports") + "?state=open"))
    if may_beyond_own(user, Verb.VIEW, Objection):
        figures += _objections_waiting(user)
    if may_beyond_own(user, Verb.VIEW, ReportCard):
        figures += _cards_waiting(user)
    return [figure for figure in figures if figure.count]


def _records_waiting(user: User) -> list[Figure]:
    late = visible(user, Sitting).filter(is_complete=False).over(timezone.localtime())
    applied = to_decide(user, visible(user, Leave))
    submitted = visible(user, Proposal).filter(state=Proposal.State.SUBMITTED)
    reported = visible(user, Contribution).filter(state=Contribution.State.REPORTED)
    received = visible(user, OpinionReport).waiting()
    proposed = visible(user, Adjustment).filter(state=Adjustment.State.PROPOSED)
    appraised = visible(user, Appraisal).filter(state=Appraisal.State.PROPOSED)
    today = timezone.localdate()
    awaited = visible(user, Undertaking)
    due = reverse("proposals_due")
    return [
        Figure("场会议未登记完毕", late.count(), reverse("activities") + "?state=open"),
        Figure("份请假待审批", applied.count(), reverse("leaves")),
        Figure("件提案待审查", submitted.count(), reverse("proposals") + "?state=submitted"),
        Figure("篇社情民意待编发", received.count(), reverse("opinions") + "?state=submitted"),
        Figure("条履职记录待核实", reported.count(), reverse("contributions") + "?state=reported"),
        Figure("项加减分待复核", proposed.count(), reverse("adjustments")),
        Figure("项评价待复核", appraised.count(), reverse("appraisals") + "?state=proposed"),
        Figure("件提案办理已逾期", awaited.overdue(today).count(), f"{due}?within=overdue"),
        Figure(
            f"件提案办理 {DUE_SOON} 天内到期", awaited.due_within(today, DUE_SOON).count(), f"{due}?within={DUE_SOON}"
        ),
    ]


def _objections_waiting(user: User) -> list[Figure]:
    raised, page = handled_by(user), reverse("objections")
    open_ones = raised.filter(state=Objection.State.OPEN)
    answered = raised.filter(state=Objection.State.ANSWERED)
    return [
        Figure("条更正申请待答复", open_ones.count(), f"{page}?state=open"),
        Figure("条更正申请待决定", answered.count(), f"{page}?state=answered"),
        Figure("条更正申请待改正", raised.to_correct().count(), f"{page}?state=to_correct"),
    ]


def _cards_waiting(user: User) -> list[Figure]:
    committees = visible(user, ReportCard).values("assessment__committee")
    stale = Stale.objects.filter(assessment__committee__in=committees)
    errors = SubjectError.objects.filter(assessment__committee__in=committees)
    return [
        Figure("份成绩单待更新", stale.values("assessment", "subject").distinct().count(), reverse("runs")),
        Figure("份成绩单算不出来", errors.count(), reverse("runs")),
    ]


def months(user: User, year: int) -> list[Months]:
    """This year's records by month and kind, of what the user may see. One query a kind."""
    return [
        _months("会议活动（场）", visible(user, Sitting), "held_on", "activities", year),
        _months("提案", visible(user, Proposal), "submitted_on", "proposals", year),
        _months("社情民意", visible(user, OpinionReport), "submitted_on", "opinions", year),
        _months("其他履职", visible(user, Contribution), "happened_on", "contributions", year),
    ]


def _months(label: str, rows: QuerySet[Model], day: str, url_name: str, year: int) -> Months:
    dated = rows.filter(**{f"{day}__gte": datetime.date(year, 1, 1), f"{day}__lte": datetime.date(year, 12, 31)})
    counted = dict(dated.order_by().annotate(month=ExtractMonth(day)).values_list("month").annotate(Count("pk")))
    counts = [counted.get(month, 0) for month in range(1, 13)]
    return Months(label, f"{reverse(url_name)}?year={year}", counts)
