"""What a member could still do: proposals, reports, kinds of contribution members report, meetings to come.

Each way holds the facts that the real record will give: they are made by the functions that make those of records.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Prefetch, Q

from activities.models import Activity, Attendance, Contribution, ContributionKind, Invitation, Offer, Sitting
from members.models import Subject
from opinions.models import Adoption, OpinionReport
from proposals.models import Proposal
from scoring.engine import Fact
from scoring.facts import opinions, proposals
from scoring.facts.activities import sitting_row
from scoring.facts.contributions import contribution_row
from scoring.facts.rows import Row
from scoring.facts.signed import Signed, Signer, Stage, rows
from scoring.models import Assessment
from scoring.steps import Way

NEXT = "next"  # stands for the id of what does not exist yet: no record can have it
SOME_DAY = date.min  # whoever tries a way sets the day


def ways_of(assessment: Assessment, subject: Subject, today: date) -> list[Way]:
    """All of them; which of them score is for ``scoring.steps`` to find out. Three queries.

    Only of members and only within the assessment: afterwards there is nothing to be done.
    """
    if subject.seat_id is None or not assessment.from_on <= today <= assessment.to_on:
        return []
    kinds = ContributionKind.objects.filter(committee=subject.committee_id).reportable()
    return [*own_ways(subject, kinds), *_meetings(assessment, subject, today)]


def own_ways(subject: Subject, kinds: Iterable[ContributionKind]) -> list[Way]:
    """Those that wait for nobody's invitation; ``kinds``: of contributions that members report. No query."""
    return [*_proposals(subject), *_reports(subject), *_contributions(subject, kinds)]


def _proposals(subject: Subject) -> Iterator[Way]:
    """By oneself: what several people sign may be worth something else to each."""
    for state, told in ((Proposal.State.FILED, "并立案"), (Proposal.State.SUBMITTED, "")):
        proposal = Proposal(way=Proposal.Way.INDIVIDUAL, state=state, submitted_on=SOME_DAY, decided_on=SOME_DAY)
        facts = _signed("proposal", subject, proposals.stages(proposal, []))
        yield Way("proposal", f"个人提交 1 件提案{told}", facts, "my_proposal_new")


def _reports(subject: Subject) -> Iterator[Way]:
    """Adopted by the own committee: further up nobody has it in his hands."""
    page, told, own = "my_opinion_new", "报送 1 条社情民意信息", subject.committee
    report = OpinionReport(state=OpinionReport.State.SUBMITTED, submitted_on=SOME_DAY)
    sent = opinions.first_stages(report, [])
    yield Way("opinion", told, _signed("opinion", subject, sent), page)
    adoption = Adoption(level=own.level, organ=own.short_name, form=Adoption.Form.SINGLE, adopted_on=SOME_DAY)
    facts = _signed("opinion", subject, [*sent, opinions.adopted(adoption)])
    yield Way("opinion", f"{told}并被{own.get_level_display()}采用", facts, page)


def _signed(kind: str, subject: Subject, stages: list[Stage]) -> tuple[Fact, ...]:
    """The facts that something signed by the subject alone will have given."""
    signer = Signer(subject.seat_id, subject.seat.member_id, subject.pk, subject.committee_id, "lead")
    return _facts(rows(Signed(kind, NEXT, SOME_DAY, f"{kind}/{NEXT}", stages, [signer]), {}))


def _contributions(subject: Subject, kinds: Iterable[ContributionKind]) -> Iterator[Way]:
    for kind in kinds:
        for level in ("", subject.committee.level):
            words = f"（{dict(Contribution.Level.choices)[level]}）" if level else ""
            title = f"完成并申报 1 {kind.unit}{kind.name}{words}"
            made = Contribution(public_id=NEXT, subject=subject, kind=kind, level=level, happened_on=SOME_DAY)
            yield Way(kind.code, title, _facts([contribution_row(made, NEXT)]), "my_contribution_new")


def _meetings(assessment: Assessment, subject: Subject, today: date) -> Iterator[Way]:
    """Half-days to come of meetings to which the person is invited, or for which one may still sign up."""
    invited = Exists(Invitation.objects.filter(activity=OuterRef("pk"), seat=subject.seat_id))
    offered = Exists(Offer.objects.filter(activity=OuterRef("pk"), seat=subject.seat_id))
    marked = Exists(Attendance.objects.filter(sitting=OuterRef("pk"), seat=subject.seat_id))
    coming = Sitting.objects.filter(held_on__range=(today, assessment.to_on)).exclude(marked)
    has_room = Q(signup_limit__isnull=True) | Q(invited_count__lt=F("signup_limit"))
    found = (
        Activity.objects.filter(committee=assessment.committee_id, ends_on__gte=today, starts_on__lte=assessment.to_on)
        .with_turnout()
        .annotate(is_invited=invited, is_offered=offered)
        .filter(Q(is_invited=True) | Q(has_room, is_offered=True, signup_until__gte=today))
        .prefetch_related(Prefetch("sittings", coming, "coming"))
    )
    for row in found:
        if row.coming:
            title = f"出席“{row.name}”" if row.is_invited else f"报名并参加“{row.name}”"
            until = min(sitting.held_on for sitting in row.coming)
            until = until if row.is_invited else min(until, row.signup_until)
            yield Way(f"{row.kind}/{row.public_id}", title, _attended(row, subject), "my_activities", until)


def _attended(activity: Activity, subject: Subject) -> tuple[Fact, ...]:
    """The facts that the records of the half-days to come will be."""
    return _facts(sitting_row(activity, one, subject.pk, subject.committee_id, "present") for one in activity.coming)


def _facts(made: Iterable[Row]) -> tuple[Fact, ...]:
    return tuple(Fact(*(getattr(row, name) for name in Fact._fields)) for row in made)
