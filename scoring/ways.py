"""What a member could still do: proposals, reports, kinds of contribution members report, meetings to come."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Prefetch, Q

from activities.models import Activity, Attendance, Contribution, ContributionKind, Invitation, Offer, Sitting
from members.models import Subject
from scoring.engine import Fact
from scoring.facts.activities import sitting_row
from scoring.facts.rows import attributes
from scoring.models import Assessment
from scoring.steps import Way


def ways_of(assessment: Assessment, subject: Subject, today: date) -> list[Way]:
    """All of them; which of them score is for ``scoring.steps`` to find out. Three queries.

    Only of members and only within the assessment: afterwards there is nothing to be done.
    """
    if subject.seat_id is None or not assessment.from_on <= today <= assessment.to_on:
        return []
    return [
        *_proposals(),
        *_reports(subject.committee.level),
        *_contributions(subject),
        *_meetings(assessment, subject, today),
    ]


def _fact(kind: str, path: str, **codes: str) -> tuple[Fact]:
    """One that no record can be: records have keys with ids."""
    day = date.min  # set by whoever tries it
    return (Fact(day, f"{kind}/next/{path}", day, kind, attributes(**codes), matter=f"{kind}/next"),)


def _proposals() -> Iterator[Way]:
    led = {"role": "lead", "way": "individual"}
    yield Way("proposal", "提交 1 件提案并立案", _fact("proposal", "filed", stage="filed", **led), "my_proposal_new")
    yield Way("proposal", "提交 1 件提案", _fact("proposal", "submitted", stage="submitted", **led), "my_proposal_new")


def _reports(own_level: str) -> Iterator[Way]:
    """Adopted at the committee's own level: further up nobody has it in his hands."""
    page, told = "my_opinion_new", "报送 1 条社情民意信息"
    yield Way("opinion", told, _fact("opinion", "submitted", stage="submitted", role="lead"), page)
    words = dict(Contribution.Level.choices)[own_level]
    adopted = _fact("opinion", "adopted", stage="adopted", form="single", level=own_level, role="lead")
    yield Way("opinion", f"{told}并被{words}采用", adopted, page)


def _contributions(subject: Subject) -> Iterator[Way]:
    kinds = ContributionKind.objects.filter(committee=subject.committee_id).reportable()
    for kind in kinds:
        for level in ("", subject.committee.level):
            words = f"（{dict(Contribution.Level.choices)[level]}）" if level else ""
            title = f"完成并申报 1 {kind.unit}{kind.name}{words}"
            yield Way(kind.code, title, _fact(kind.code, level or "-", level=level), "my_contribution_new")


def _meetings(assessment: Assessment, subject: Subject, today: date) -> Iterator[Way]:
    """Half-days to come of meetings to which the person is invited, or for which one may still sign up."""
    invited = Exists(Invitation.objects.filter(activity=OuterRef("pk"), seat=subject.seat_id))
    offered = Exists(Offer.objects.filter(activity=OuterRef("pk"), seat=subject.seat_id))
    marked = Exists(Attendance.objects.filter(sitting=OuterRef("pk"), seat=subject.seat_id))
    coming = Sitting.objects.filter(held_on__range=(today, assessment.to_on)).exclude(marked)
    has_room = Q(signup_limit__isnull=True) | Q(invited_count__lt=F("signup_limit"))
    rows = (
        Activity.objects.filter(committee=assessment.committee_id, ends_on__gte=today, starts_on__lte=assessment.to_on)
        .with_turnout()
        .annotate(is_invited=invited, is_offered=offered)
        .filter(Q(is_invited=True) | Q(has_room, is_offered=True, signup_until__gte=today))
        .prefetch_related(Prefetch("sittings", coming, "coming"))
    )
    for row in rows:
        if row.coming:
            title = f"出席“{row.name}”" if row.is_invited else f"报名并参加“{row.name}”"
            until = min(sitting.held_on for sitting in row.coming)
            until = until if row.is_invited else min(until, row.signup_until)
            yield Way(f"{row.kind}/{row.public_id}", title, _attended(row, subject), "my_activities", until)


def _attended(activity: Activity, subject: Subject) -> tuple[Fact, ...]:
    """The facts that the records of the half-days to come will be."""
    made = [sitting_row(activity, one, subject.pk, subject.committee_id, "present") for one in activity.coming]
    return tuple(Fact(*(getattr(row, name) for name in Fact._fields)) for row in made)
