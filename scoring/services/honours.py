"""优秀名单: chosen by people from the ranking. No score, place, grade or card is touched by it."""

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.actions import act
from audit.history import create_all
from members.checks import check_fields, check_not_own, locked_state
from members.models import Grant, Subject, User
from scoring.models import Assessment, Commendation, ReportCard

State = Assessment.State
CHOOSING = (State.MEMBER_CHECK, State.APPROVED, State.PUBLISHED)


def commend(
    *,
    user: User,
    assessment: Assessment,
    chosen: Sequence[tuple[Subject, str]],
    decided_on: datetime.date,
    title: str = Commendation.TITLE,
    grant: Grant | None = None,
) -> list[Commendation]:
    """Put subjects, each with the reason, on the year's honour list; all of them or none.

    ValidationError: the year is not yet with its members, nobody is chosen, a subject is not in the ranking, is on the
    list already or is the user himself, a reason is missing.
    """
    if not chosen:
        raise ValidationError("没有选人：请在名单里勾选，再点“列入名单”。")
    if decided_on > timezone.localdate():
        raise ValidationError({"decided_on": f"决定日期 {decided_on} 还没有到，请改正。"})
    subjects = [subject for subject, _ in chosen]
    _check_subjects(user, assessment, subjects, title.strip())
    rows = [
        Commendation(
            assessment=assessment,
            subject=subject,
            title=title.strip(),
            reason=reason.strip(),
            decided_on=decided_on,
            decided_by=user,
        )
        for subject, reason in chosen
    ]
    for row in rows:
        if not row.reason:
            raise ValidationError({"reason": f"{row.subject.name}没有写理由：请在其后写，或在下面写共同的理由。"})
        check_fields(row)
    with act(user=user, verb="列入优秀名单", reason=title, grant=grant, committee=assessment.committee):
        state = State(locked_state(assessment))
        if state not in CHOOSING:
            raise ValidationError(
                f"{assessment.year} 年度考核现在是“{state.label}”，名次还会变动。请等进入“委员核对”后，再对照排名推选。"
            )
        return create_all(Commendation, rows)


def _check_subjects(user: User, assessment: Assessment, subjects: list[Subject], title: str) -> None:
    ranked = ReportCard.objects.filter(assessment=assessment, is_ranked=True, subject__in=subjects)
    known = set(ranked.values_list("subject_id", flat=True))
    standing = Commendation.objects.standing().filter(assessment=assessment, title=title, subject__in=subjects)
    listed = set(standing.values_list("subject_id", flat=True))
    for subject in subjects:
        if subject.pk not in known:
            raise ValidationError(f"{subject.name}没有参加 {assessment.year} 年度排名，不能从排名中推选。")
        if subject.pk in listed:
            raise ValidationError(f"{subject.name}已经在“{title}”名单上，请不要重复勾选。")
    check_not_own(user, [subject.seat for subject in subjects if subject.seat_id], "推选")


def withdraw_commendation(
    *, user: User, commendation: Commendation, reason: str, grant: Grant | None = None
) -> Commendation:
    """Take a name off the list again; the row stays, with the reason. ValidationError: no reason, or already off."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": f"撤下{commendation.subject.name}没有写理由，请写明。"})
    check_not_own(user, [commendation.subject.seat] if commendation.subject.seat_id else [], "撤下")
    committee = commendation.assessment.committee
    with act(user=user, verb="撤下优秀名单", reason=reason, grant=grant, committee=committee):
        row = Commendation.objects.select_for_update().get(pk=commendation.pk)
        if row.withdrawn_on is not None:
            raise ValidationError(f"{commendation.subject.name}已经撤下，不必再撤。")
        row.withdrawn_on, row.withdrawn_by, row.withdrawal = timezone.localdate(), user, reason
        check_fields(row)
        row.save()
    return row
