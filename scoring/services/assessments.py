"""年度考核: opening one, and everything that is done with a whole one."""

import datetime

from django.core.exceptions import ValidationError

from audit.actions import act
from members.models import Committee, Grant, User
from scoring import telling
from scoring.compiled import TamperedRuleset, compiled
from scoring.engine import RulesetError
from scoring.models import Assessment, Ruleset
from scoring.services.basis import check_open
from scoring.services.cards import score_now
from scoring.services.placing import place_assessment
from scoring.services.runs import rescore

__all__ = [
    "check_open",
    "open_assessment",
    "place_assessment",
    "rescore",
    "score_now",
    "start_year",
]


def open_assessment(
    *,
    user: User | None,
    committee: Committee,
    year: int,
    subject_kind: str,
    ruleset: Ruleset,
    from_on: datetime.date,
    to_on: datetime.date,
) -> Assessment:
    """Creates the committee's assessment of a year and kind of subject, recording from now on.

    Raises ValidationError when there is one already, or the ruleset is not an approved one of the same committee,
    year and kind of subject.
    """
    expected = {"committee": committee, "year": year, "subject_kind": subject_kind}
    if ruleset.state != Ruleset.State.APPROVED:
        raise ValidationError(f"考核办法“{ruleset.title}”是{ruleset.get_state_display()}，请先审定再开始年度考核。")
    if any(getattr(ruleset, name) != value for name, value in expected.items()):
        raise ValidationError(
            f"考核办法“{ruleset.title}”属于{ruleset.committee} {ruleset.year} 年度{ruleset.get_subject_kind_display()}，"
            f"与要开始的 {year} 年度考核不符。请选择同一委员会、年度和考核对象的办法。"
        )
    if Assessment.objects.filter(**expected).exists():
        raise ValidationError(f"{committee} {year} 年度{ruleset.get_subject_kind_display()}考核已经开始，不能重复。")
    if to_on <= from_on:
        raise ValidationError(f"截止日期 {to_on} 应晚于起始日期 {from_on}。")
    with act(user=user, verb="开始年度考核", committee=committee):
        return Assessment.objects.create(
            **expected, ruleset=ruleset, from_on=from_on, to_on=to_on, state=Assessment.State.RECORDING
        )


def start_year(*, user: User, ruleset: Ruleset, grant: Grant | None = None) -> Assessment:
    """Opens the year that an approved ruleset is about, in its window, and asks for the first computation of its cards.

    ValidationError as ``open_assessment`` raises it, and for a ruleset that cannot be used.
    """
    committee = ruleset.committee
    try:
        content = compiled(ruleset).ruleset
    except (RulesetError, TamperedRuleset) as error:
        raise ValidationError(f"考核办法“{ruleset.title}”不能使用：{error}") from error
    with act(user=user, verb="开始年度考核", grant=grant, committee=committee):
        opened = open_assessment(
            user=user,
            committee=committee,
            year=ruleset.year,
            subject_kind=ruleset.subject_kind,
            ruleset=ruleset,
            from_on=content.first_day,
            to_on=content.last_day,
        )
        rescore(user=user, assessment=opened)
        telling.opened(opened, user)
    return opened
