"""What the office's first page shows: where to log, what waits, what was logged last. A constant number of queries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Contribution, Sitting
from desk.models import ImportBatch
from desk.sheets.template import TEMPLATES
from desk.views_sheets import LOGGED
from members.access import Verb, may, may_beyond_own, visible
from members.models import User
from opinions.models import OpinionReport
from proposals.models import Proposal
from scoring.models import Adjustment, Objection, ReportCard, Stale, SubjectError

LATEST_OF_EACH = 5
LATEST = 10


@dataclass(frozen=True, slots=True)
class Entry:
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
class Logged:
    kind: str
    title: str
    on: date
    url: str


ENTRIES = [
    (Activity, "会议活动", "先建会议，再登记谁没来", "activity_new"),
    (Proposal, "提案", "案由、提案人、审查结果", "proposal_new"),
    (OpinionReport, "社情民意", "题目、报送人、采用和批示", "opinion_new"),
    (Contribution, "其他履职", "发言、调研报告、公益、表彰等", "contribution_new"),
]


def entries(user: User) -> list[Entry]:
    """Buttons of what the user may log."""
    return [Entry(label, hint, reverse(name)) for model, label, hint, name in ENTRIES if may(user, Verb.LOG, model)]


def sheets(user: User) -> list[Entry]:
    """Templates to fill in and import, of what the user may log."""
    return [
        Entry(label, "", reverse("sheet_template", args=[kind]))
        for kind, label in TEMPLATES.items()
        if may_beyond_own(user, Verb.LOG, LOGGED[kind])
    ]


def waiting(user: User) -> list[Figure]:
    """Counts of what waits, of what the user may see; nothing that nobody waits for."""
    figures = []
    if may_beyond_own(user, Verb.VIEW, Sitting):
        late = visible(user, Sitting).filter(is_complete=False, held_on__lte=timezone.localdate())
        figures.append(Figure("场会议未登记完毕", late.count(), reverse("activities")))
        filed = visible(user, Proposal).filter(state=Proposal.State.SUBMITTED)
        figures.append(Figure("件提案待审查", filed.count(), reverse("proposals")))
        reported = visible(user, Contribution).filter(state=Contribution.State.REPORTED)
        figures.append(Figure("条履职记录待核实", reported.count(), reverse("contributions")))
        proposed = visible(user, Adjustment).filter(state=Adjustment.State.PROPOSED)
        figures.append(Figure("项加减分待复核", proposed.count(), reverse("adjustments")))
    if may_beyond_own(user, Verb.LOG, ImportBatch):
        unconfirmed = visible(user, ImportBatch, Verb.LOG).waiting()
        figures.append(Figure("批导入待确认", unconfirmed.count(), reverse("imports") + "?state=open"))
    if may_beyond_own(user, Verb.VIEW, Objection):
        raised = visible(user, Objection).filter(state__in=[Objection.State.OPEN, Objection.State.ANSWERED])
        figures.append(Figure("条更正申请待答复", raised.count(), ""))
    if may_beyond_own(user, Verb.VIEW, ReportCard):
        subjects = visible(user, ReportCard).values("assessment__committee")
        stale = Stale.objects.filter(assessment__committee__in=subjects)
        figures.append(
            Figure("份成绩单待更新", stale.values("assessment", "subject").distinct().count(), reverse("runs"))
        )
        errors = SubjectError.objects.filter(assessment__committee__in=subjects)
        figures.append(Figure("份成绩单算不出来", errors.count(), reverse("runs")))
    return [figure for figure in figures if figure.count]


def latest(user: User) -> list[Logged]:
    """The records made last, of all kinds, newest first."""
    if not may_beyond_own(user, Verb.VIEW, Activity):
        return []
    found = [
        *_newest(user, Activity, "name", "starts_on", "activity"),
        *_newest(user, Proposal, "title", "submitted_on", "proposal"),
        *_newest(user, OpinionReport, "title", "submitted_on", "opinion"),
        *_newest(user, Contribution, "title", "happened_on", "contribution"),
    ]
    return sorted(found, key=lambda one: one.on, reverse=True)[:LATEST]


def _newest(user: User, model: type[Model], title: str, day: str, url_name: str) -> list[Logged]:
    rows = visible(user, model).order_by(f"-{day}", "-pk").values_list("public_id", title, day)[:LATEST_OF_EACH]
    label = str(model._meta.verbose_name)
    return [Logged(label, text, on, reverse(url_name, args=[public_id])) for public_id, text, on in rows]
