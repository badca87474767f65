"""已提醒、已约谈: noted by the chair's office, seen by nobody else. No score is touched by it."""

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.actions import act
from audit.history import delete_all
from members.checks import check_fields, check_not_own
from members.models import Grant, Subject, User
from scoring.models import Assessment, ReportCard, Talk


def note_talk(
    *,
    user: User,
    assessment: Assessment,
    subject: Subject,
    kind: str,
    held_on: datetime.date,
    note: str = "",
    reasons: str = "",
    grant: Grant | None = None,
) -> Talk:
    """Note that ``subject`` was reminded or talked to about the year. ``reasons``: what the list said of him.

    ValidationError: no card in the year, a day to come, the same noted already, or the user himself.
    """
    check_not_own(user, [subject.seat] if subject.seat_id else [], "登记提醒、约谈")
    if not ReportCard.objects.filter(assessment=assessment, subject=subject).exists():
        raise ValidationError(f"{subject.name}没有 {assessment.year} 年度的成绩单，不能登记。")
    if held_on > timezone.localdate():
        raise ValidationError({"held_on": f"日期 {held_on} 还没有到。提醒、约谈之后再登记，或改正日期。"})
    row = Talk(
        assessment=assessment,
        subject=subject,
        kind=kind,
        held_on=held_on,
        note=note.strip(),
        reasons=reasons[: Talk._meta.get_field("reasons").max_length],
        by=user,
    )
    check_fields(row)
    if Talk.objects.filter(assessment=assessment, subject=subject, kind=kind, held_on=held_on).exists():
        raise ValidationError(f"{subject.name}{held_on} 的{row.get_kind_display()}已经登记过，不必再登记。")
    # Without the note: acts are read by others than the chair's office.
    with act(user=user, verb=f"登记{row.get_kind_display()}", grant=grant, committee=assessment.committee):
        row.save()
    return row


def remove_talk(*, user: User, talk: Talk, reason: str, grant: Grant | None = None) -> None:
    """Take back what was noted by mistake; its history stays. ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": "撤销登记没有写理由，请写明。"})
    check_not_own(user, [talk.subject.seat] if talk.subject.seat_id else [], "撤销提醒、约谈的登记")
    with act(user=user, verb="撤销提醒约谈", reason=reason.strip(), grant=grant, committee=talk.assessment.committee):
        delete_all(Talk, [talk])
