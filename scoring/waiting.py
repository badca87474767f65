"""Records that are no facts yet, or will never be: they wait, were returned or refused."""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from activities.models import Contribution
from members.access import visible
from members.models import Subject, User
from opinions.models import OpinionReport, Reporter
from proposals.models import Proposal, Proposer
from scoring.models import Adjustment, Appraisal, Assessment
from scoring.uncredited import Uncredited

Found = Iterator[tuple[int, Uncredited]]


def not_yet(user: User, assessment: Assessment, subjects: Iterable[Subject]) -> dict[int, list[Uncredited]]:
    """{primary key of the subject: its records in the assessment's time that bring nothing yet, and why}.

    Only those that ``user`` may see. Of groups only what others decide: the rest waits at their members'. At most seven
    queries, however many subjects; they come with their seats.
    """
    subjects = list(subjects)
    of_member = {row.seat.member_id: row.pk for row in subjects if row.seat_id}
    found: dict[int, list[Uncredited]] = {row.pk: [] for row in subjects}
    if of_member:
        for noun in (_contributions, _proposals, _reports):
            for member, one in noun(user, assessment, of_member.keys()):
                found[of_member[member]].append(one)
    for row, one in _undecided(user, assessment, found.keys(), of_member.keys()):
        member = row.subject.seat.member_id if row.subject.seat_id else None
        found[of_member.get(member, row.subject_id)].append(one)
    return found


def _contributions(user: User, assessment: Assessment, members: Iterable[int]) -> Found:
    rows = visible(user, Contribution).filter(
        committee=assessment.committee_id,
        subject__seat__member__in=members,
        happened_on__range=(assessment.from_on, assessment.to_on),
        state__in=["reported", "returned"],
    )
    for row in rows.select_related("kind", "subject__seat", "office"):
        reason = "等待机关核实，核实后再计分。" if row.state == "reported" else f"已退回：{row.return_reason}"
        key = f"{row.kind.code}/{row.public_id}"
        yield row.subject.seat.member_id, Uncredited(key, row.happened_on, reason, title=row.title, office=_office(row))


def _proposals(user: User, assessment: Assessment, members: Iterable[int]) -> Found:
    """Without effect for all who signed, or still without one's own signature."""
    signed = Proposer.objects.filter(
        Q(proposal__state__in=["draft", "returned", "not_filed"]) | Q(is_confirmed=False, is_declined=False),
        seat__member__in=members,
        proposal__committee=assessment.committee_id,
        proposal__submitted_on__range=(assessment.from_on, assessment.to_on),
    )
    pairs = dict.fromkeys(signed.order_by("pk").values_list("seat__member_id", "proposal_id"))
    rows = visible(user, Proposal).select_related("office").in_bulk({proposal for _, proposal in pairs})
    for member, proposal in pairs:
        if row := rows.get(proposal):
            key = f"proposal/{row.public_id}"
            yield member, Uncredited(key, row.submitted_on, _of_proposal(row), title=row.title, office=_office(row))


def _of_proposal(row: Proposal) -> str:
    if row.state in {"returned", "not_filed"}:
        return f"{row.get_state_display()}：{row.decision_reason}"
    return "草稿，还没有提交，提交并立案后再计分。" if row.state == "draft" else "您还没有确认联名，确认后再计分。"


def _reports(user: User, assessment: Assessment, members: Iterable[int]) -> Found:
    written = Reporter.objects.filter(
        seat__member__in=members,
        report__state="draft",
        report__committee=assessment.committee_id,
        report__submitted_on__range=(assessment.from_on, assessment.to_on),
    )
    pairs = dict.fromkeys(written.order_by("pk").values_list("seat__member_id", "report_id"))
    rows = visible(user, OpinionReport).select_related("office").in_bulk({report for _, report in pairs})
    for member, report in pairs:
        if row := rows.get(report):
            reason = "草稿，还没有报送，报送后再计分。"
            key = f"opinion/{row.public_id}"
            yield member, Uncredited(key, row.submitted_on, reason, title=row.title, office=_office(row))


def _undecided(
    user: User, assessment: Assessment, subjects: Iterable[int], members: Iterable[int]
) -> Iterator[tuple[Adjustment | Appraisal, Uncredited]]:
    """Points and appraisals that wait for a second person, or that this one refused."""
    theirs = Q(subject__in=subjects) | Q(subject__seat__member__in=members)
    theirs &= Q(committee=assessment.committee_id, state__in=["proposed", "refused"])
    window = (assessment.from_on, assessment.to_on)
    adjustments = visible(user, Adjustment).filter(theirs, happened_on__range=window)
    for row in adjustments.select_related("subject__seat", "office"):
        key = f"adjustment/{row.public_id}"
        yield row, Uncredited(key, row.happened_on, _why(row), row.rule, row.reason, _office(row))
    appraisals = visible(user, Appraisal).filter(theirs, assessment=assessment)
    for row in appraisals.select_related("assessment", "subject__seat", "office"):
        key = f"appraisal/{row.public_id}"
        yield row, Uncredited(key, row.credited_on, _why(row), row.rule, row.source, _office(row))


def _why(row: Adjustment | Appraisal) -> str:
    return "等待第二人复核，复核后再计分。" if row.state == "proposed" else "复核未通过，不计分。"


def _office(row: Contribution | Proposal | OpinionReport | Adjustment | Appraisal) -> str:
    return str(row.office.public_id) if row.office else ""
