"""What is missing among a year's records, each with its mend. Every question costs the same few queries."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Attendance, Contribution, Invitation, Sitting
from desk.models import SignOff
from members.access import Verb, committees_beyond_own, grants_for, visible
from members.models import Office, Role, Subject, User
from opinions.models import OpinionReport
from proposals.models import Proposal, Proposer
from scoring.appraising import Missing, missing
from scoring.models import Appraisal, Assessment
from scoring.services.basis import OPEN_STATES

NAMED = 8  # people a row names


@dataclass(frozen=True, slots=True)
class Mend:
    """Where a gap is closed."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, or there twice. ``key`` stays the same from day to day: people sign it off by it."""

    key: str
    title: str
    detail: str
    mends: tuple[Mend, ...]
    committee_id: int
    office_id: int | None = None  # of the office that has to see to it; None: nobody's in particular
    subject_kind: str = ""  # of the assessment that it keeps back; "": of every assessment of the year


@dataclass(slots=True)
class Section:
    """The gaps of one kind: those that are open, and those that somebody has signed off, with the reason."""

    code: str
    label: str
    explanation: str
    open: list[Gap]
    signed: list[tuple[Gap, SignOff]] = field(default_factory=list)


Finder = Callable[[User, int], Iterable[Gap]]


def sections(user: User, year: int, kinds: Iterable[tuple[str, str, str, Finder]]) -> list[Section]:
    """Each kind's gaps of a year, as the user may see them, what was signed off apart."""
    signed = {(one.committee_id, one.key): one for one in visible(user, SignOff)}
    found = []
    for code, label, explanation, find in kinds:
        section = Section(code, label, explanation, [])
        for gap in find(user, year):
            sign_off = signed.get((gap.committee_id, gap.key))
            if sign_off is None:
                section.open.append(gap)
            else:
                section.signed.append((gap, sign_off))
        found.append(section)
    return found


# ---------------------------------------------------------------- attendance
def late_sittings(user: User, year: int) -> Iterator[Gap]:
    """Sittings that are over and not 登记完毕."""
    rows = visible(user, Sitting).filter(held_on__year=year, is_complete=False).over(timezone.localtime())
    for sitting in rows.select_related("activity__office").order_by("held_on", "half", "pk"):
        yield Gap(
            key=f"sitting/{sitting.public_id}",
            title=f"{sitting.activity} · {sitting}",
            detail=f"{sitting.activity.office}组织，已经开完，还没有登记完毕。没有登记的不算缺席，也不计分。",
            mends=(Mend("登记出席", reverse("attendance", args=[sitting.public_id])),),
            committee_id=sitting.committee_id,
            office_id=sitting.activity.office_id,
        )


def unmarked_people(user: User, year: int) -> Iterator[Gap]:
    """People invited to a sitting that is 登记完毕, of whom nothing is recorded there."""
    marked = Attendance.objects.filter(sitting=OuterRef("activity__sittings"), seat=OuterRef("seat"))
    missing = (
        visible(user, Invitation)
        .filter(activity__sittings__is_complete=True, activity__sittings__held_on__year=year)
        .filter(~Exists(marked))
        .values_list("activity__sittings", "seat__member__name")
        .order_by("activity__sittings", "seat__member__stroke_key")
    )
    names = defaultdict(list)
    for sitting, name in missing:
        names[sitting].append(name)
    rows = visible(user, Sitting).filter(held_on__year=year, is_complete=True).select_related("activity")
    for sitting in rows.order_by("held_on", "half", "pk"):
        if sitting.pk in names:
            yield Gap(
                key=f"unmarked/{sitting.public_id}/{len(names[sitting.pk])}",
                title=f"{sitting.activity} · {sitting}",
                detail=f"已登记完毕，但应到的 {len(names[sitting.pk])} 人没有记录：{_listed(names[sitting.pk])}。",
                mends=(Mend("补登记", reverse("attendance", args=[sitting.public_id])),),
                committee_id=sitting.committee_id,
                office_id=sitting.activity.office_id,
            )


# ---------------------------------------------------------------- proposals
def leaderless_proposals(user: User, year: int) -> Iterator[Gap]:
    """Proposals in hand whose first signer is nobody's seat: none is recorded, or he did not serve on that day."""
    leads = Proposer.objects.filter(proposal=OuterRef("pk"), role=Proposer.Role.LEAD)
    serving = leads.filter(
        Q(seat__left_on__isnull=True) | Q(seat__left_on__gte=OuterRef("submitted_on")),
        seat__joined_on__lte=OuterRef("submitted_on"),
    )
    rows = (
        visible(user, Proposal)
        .filter(year=year, state__in=["submitted", "filed", "merged"])
        .exclude(way=Proposal.Way.COLLECTIVE)
        .annotate(has_lead=Exists(leads))
        .filter(~Exists(serving))
    )
    for row in rows.order_by("number", "pk"):
        problem = "第一提案人在提交那天不是委员" if row.has_lead else "没有第一提案人"
        yield Gap(
            key=f"lead/{row.public_id}",
            title=str(row),
            detail=f"{problem}，这件提案不会给任何人计分。请核对提案人和提交日期（{row.submitted_on:%Y-%m-%d}）。",
            mends=(
                Mend("修改提案", reverse("proposal_edit", args=[row.public_id])),
                Mend("查看", reverse("proposal", args=[row.public_id])),
            ),
            committee_id=row.committee_id,
            office_id=row.office_id,
        )


# ---------------------------------------------------------------- appraisals
def missing_appraisals(user: User, year: int) -> Iterator[Gap]:
    """Self, peer and external parts that the rules of an open year ask for and that some are without."""
    committees = committees_beyond_own(user, Verb.VIEW, Appraisal)
    entering = committees_beyond_own(user, Verb.LOG, Appraisal)
    years = visible(user, Assessment).filter(year=year, committee__in=committees, state__in=OPEN_STATES)
    for assessment in years.exclude(state=Assessment.State.DRAFT).select_related("committee", "ruleset").order_by("pk"):
        try:
            found = missing(assessment)
        except ValidationError:
            continue  # without rules that can be used nothing is scored at all, which is told elsewhere
        for one in found:
            yield _missing_appraisal(assessment, one, assessment.committee_id in entering)


def _missing_appraisal(assessment: Assessment, one: Missing, may_enter: bool) -> Gap:
    rows = Subject.objects.filter(pk__in=one.subject_ids).select_related("seat__member", "special_committee", "group")
    names = [row.name for row in rows.order_by("seat__member__stroke_key", "pk")]
    people = f"{len(names)} 人" if assessment.subject_kind == Subject.Kind.MEMBER else f"{len(names)} 个"
    what = f"{one.part.rule.name}：{Appraisal.By(one.part.by).label}"
    entering = (
        f"{reverse('appraisal_enter')}?of={assessment.public_id}&rule={quote(one.part.rule.code)}&by={one.part.by}"
    )
    looking = Mend("查看评价", f"{reverse('appraisals')}?year={assessment.year}")
    return Gap(
        key=f"appraisal/{assessment.public_id}/{one.part.rule.code}/{one.part.by}/{len(names)}",
        title=f"{assessment} · {what}未交 {people}",
        detail=f"考核办法要求这一项，还没有的是：{_listed(names)}。没有的不计分。",
        mends=(*([Mend("录入", entering)] if may_enter else []), looking),
        committee_id=assessment.committee_id,
        subject_kind=assessment.subject_kind,
    )


# ---------------------------------------------------------------- offices
def silent_offices(user: User, year: int) -> Iterator[Gap]:
    """Offices with no record dated in this month; only asked about the running year."""
    today = timezone.localdate()
    if year != today.year:
        return
    first = today.replace(day=1)
    this_month = {
        Activity: "starts_on",
        Proposal: "submitted_on",
        OpinionReport: "submitted_on",
        Contribution: "happened_on",
    }
    rows = _watched_offices(user)
    for model, day in this_month.items():
        records = visible(user, model).filter(**{f"{day}__gte": first, f"{day}__lte": today, "office": OuterRef("pk")})
        rows = rows.filter(~Exists(records))
    for office in rows.order_by("position", "name"):
        yield Gap(
            key=f"office/{office.public_id}/{first:%Y-%m}",
            title=office.name,
            detail=f"{first.year}年{first.month}月还没有登记任何会议活动、提案、社情民意或其他履职。",
            mends=(Mend("登记会议活动", reverse("activity_new")), Mend("登记其他履职", reverse("contribution_new"))),
            committee_id=office.committee_id,
            office_id=office.pk,
        )


def _watched_offices(user: User) -> QuerySet[Office]:
    """The offices all of whose records the user sees: his own, or those of the committee under a wide grant."""
    watched = Q(pk__in=[])
    for grant in grants_for(user, Verb.VIEW, Activity):
        if grant.role != Role.MEMBER:
            watched |= Q(pk=grant.office_id) if grant.office_id else Q(committee=grant.committee_id)
    return visible(user, Office).filter(watched)


def _listed(names: list[str]) -> str:
    more = f" 等 {len(names)} 人" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def year_of(text: str | None) -> int:
    """The year asked for in an address, or the running one."""
    today = timezone.localdate()
    return int(text) if text and text.isdecimal() and datetime.MINYEAR < int(text) < datetime.MAXYEAR else today.year


MISSING: list[tuple[str, str, str, Finder]] = [
    ("sittings", "开过会没有登记出席", "开会时间已过、还没有“登记完毕”的场次。", late_sittings),
    ("people", "应到的人没有记录", "场次已登记完毕，但后来补进名单的人还没有出席情况。", unmarked_people),
    ("leads", "提案没有归到委员名下", "已提交、立案或并案，但第一提案人不是当时的委员。", leaderless_proposals),
    ("appraisals", "该有的评价没有", "考核办法要求自评、互评或外部评价，有的对象还没有。", missing_appraisals),
    ("offices", "本月没有登记的处室", "谁组织谁记录：本月一条记录也没有的处室。", silent_offices),
]
