"""我已核对: members confirm their cards in the checking window, and are reminded of it."""

import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.actions import act
from audit.history import create_all, update_all
from members.models import Grant, Notice, User
from members.notices import notify
from scoring import clock, telling
from scoring.models import Assessment, Confirmation, ReportCard
from scoring.objections import check_own
from scoring.services.basis import check_open

CHANGED = "没有确认：您打开这一页以后成绩单有更新，请按新的成绩单再核对一遍。"


def confirm_card(*, user: User, card: ReportCard, seen: str, grant: Grant | None = None) -> Confirmation:
    """The member has checked the card whose digest he was shown (``seen``). Twice is once.

    Objecting stays possible until the deadline. ValidationError outside the window and for a card that changed meanwhile.
    """
    check_own(user, card)
    with act(user=user, verb="确认已核对成绩单", grant=grant, committee=card.assessment.committee):
        _check_window(Assessment.objects.select_for_update(no_key=True).get(pk=card.assessment_id))
        card = ReportCard.objects.select_related("assessment").get(pk=card.pk)
        if seen != card.digest:
            raise ValidationError(CHANGED)
        row = Confirmation.objects.filter(assessment=card.assessment, subject=card.subject_id).first()
        row = row or Confirmation(assessment=card.assessment, subject_id=card.subject_id)
        if row.digest != seen:
            row.at, row.digest, row.total = clock.now(), card.digest, card.total
            row.save()
    return row


def _check_window(assessment: Assessment, what: str = "没有确认") -> None:
    if assessment.state != Assessment.State.MEMBER_CHECK:
        raise ValidationError(
            f"{what}：{assessment.year} 年度考核现在是“{assessment.get_state_display()}”，委员核对时才需要确认。"
        )
    if assessment.is_check_over:
        day = assessment.member_check_until
        raise ValidationError(f"{what}：核对期到 {day.year}年{day.month}月{day.day}日为止，已经结束。")


# ---------------------------------------------------------------- the office
def unconfirmed(assessment: Assessment) -> QuerySet[ReportCard]:
    """Cards of members who have not confirmed."""
    confirmed = Confirmation.objects.filter(assessment=assessment, at__isnull=False).values("subject")
    return ReportCard.objects.filter(assessment=assessment, subject__seat__isnull=False).exclude(subject__in=confirmed)


def remind(*, user: User, assessment: Assessment, grant: Grant | None = None) -> tuple[int, int]:
    """Tell those who have not confirmed, once a day; (how many were told, how many have no account to tell)."""
    _check_window(assessment, "没有提醒")
    cards = unconfirmed(assessment).values_list("subject_id", "subject__seat__member__user")
    accounts = dict(cards.filter(subject__seat__member__user__is_active=True))
    without = unconfirmed(assessment).count() - len(accounts)
    today = timezone.localdate()
    text = f"{today.month}月{today.day}日提醒：请核对 {assessment.year} 年度成绩单，没有出入的请点“我已核对”。"
    told = set(Notice.objects.filter(text=text, user__in=accounts.values()).values_list("user_id", flat=True))
    due = {subject: account for subject, account in accounts.items() if account not in told}
    if not due:
        return 0, without
    address = f"{reverse('my_confirmation')}?of={assessment.public_id}"
    with act(user=user, verb="提醒核对成绩单", grant=grant, committee=assessment.committee):
        rows = {row.subject_id: row for row in Confirmation.objects.filter(assessment=assessment, subject__in=due)}
        for row in rows.values():
            row.reminders += 1
        update_all(Confirmation, list(rows.values()), ["reminders"])
        first = [Confirmation(assessment=assessment, subject_id=pk, reminders=1) for pk in due if pk not in rows]
        create_all(Confirmation, first)
        notify(User.objects.filter(pk__in=due.values()), assessment.committee, text, address)
    return len(due), without


def set_check_until(*, user: User, assessment: Assessment, until: datetime.date, grant: Grant | None = None) -> None:
    """Until which day members may object and confirm. ValidationError for a day that is over and for a closed year."""
    check_open(assessment)
    if until < timezone.localdate():
        raise ValidationError(f"“核对截止日期”填的是 {until}，已经过去。请填今天或以后的日期。")
    with act(user=user, verb="定核对截止日期", reason=f"{until}", grant=grant, committee=assessment.committee):
        assessment = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
        check_open(assessment)
        is_news = assessment.member_check_until != until and assessment.state == Assessment.State.MEMBER_CHECK
        assessment.member_check_until = until
        assessment.save()
        if is_news:
            telling.checking(assessment, user)
