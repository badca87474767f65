"""人工加减分: proposed by one person within a rule's bounds, decided by another, a fact only once approved."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.actions import act
from audit.evidence import keep
from audit.filetypes import Checked
from members.checks import check_fields, check_same_committee, is_own, locked_state
from members.models import Committee, Grant, Office, Subject, User
from members.notices import tell
from members.signals import announce
from scoring.engine.schema import Rule
from scoring.manual import check_holds, check_points, manual_rules, takes
from scoring.models import Adjustment, Assessment

Effect = Adjustment.Effect


def propose_adjustment(
    *,
    user: User,
    committee: Committee,
    office: Office,
    subject: Subject,
    effect: str,
    happened_on: datetime.date,
    reason: str,
    rule: str = "",
    points: int | None = None,
    file: Checked | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Adjustment:
    """Propose points (hundredths, signed, of a manual rule of the year's ruleset), a veto or an exemption.

    ``file`` is its evidence. Points outside the rule's bounds are refused, never cut down. ValidationError: {field: sentence}.
    """
    check_same_committee(committee, office=office, subject=subject)
    _refuse_own(user, subject, "提出")
    row = Adjustment(
        public_id=public_id or uuid.uuid4(),
        committee=committee,
        office=office,
        subject=subject,
        effect=effect,
        rule=rule,
        points=points,
        happened_on=happened_on,
        reason=reason.strip(),
        proposed_by=user,
    )
    check_fields(row)
    if effect == Effect.POINTS:
        _check_points(row)
    elif points is not None:
        raise ValidationError({"points": f"{row.get_effect_display()}不填分值，请清空“分值”。"})
    with act(user=user, verb="提出人工加减分", reason=reason, grant=grant, committee=committee):
        row.evidence = keep(committee, file) if file else None
        row.save()
    return row


def decide_adjustment(
    *, user: User, adjustment: Adjustment, is_approved: bool, reason: str = "", grant: Grant | None = None
) -> None:
    """Approve or refuse as a second person; a refusal says why, which the action keeps."""
    if user.pk == adjustment.proposed_by_id:
        raise ValidationError("人工加减分须由另一人复核：提出人不能复核自己提出的加减分。")
    _refuse_own(user, adjustment.subject, "复核")
    if not is_approved and not reason.strip():
        raise ValidationError({"reason": "不同意没有写理由，请写明理由。"})
    if is_approved and adjustment.effect == Effect.POINTS:
        _check_points(adjustment)
    with act(user=user, verb="复核人工加减分", reason=reason, grant=grant, committee=adjustment.committee):
        state = Adjustment.State(locked_state(adjustment))
        if state != Adjustment.State.PROPOSED:
            raise ValidationError(f"这项加减分已经是“{state.label}”，不能再次复核。")
        adjustment.state = Adjustment.State.APPROVED if is_approved else Adjustment.State.REFUSED
        adjustment.decided_by = user
        adjustment.save()
        announce(Adjustment, [("adjustment", adjustment.pk)])
        if is_approved:
            tell(
                [adjustment.subject.seat_id],
                adjustment.committee,
                "您的成绩单有一项人工加减分，请查看。",
                reverse("me"),
            )


def adjusting_rules(assessment: Assessment) -> list[Rule]:
    """The year's manual rules that read adjustments; others read what is said in appraisals alone."""
    return [rule for rule in manual_rules(assessment) if takes(rule, "adjustment", effect="points")]


def year_of(row: Adjustment) -> Assessment | None:
    """The assessment that the row's day and subject belong to."""
    days = {"from_on__lte": row.happened_on, "to_on__gte": row.happened_on}
    found = Assessment.objects.filter(committee=row.committee_id, subject_kind=row.subject.kind, **days)
    return found.select_related("ruleset").first()


def rule_name(row: Adjustment) -> str:
    """What the year's rules call the rule; "" without one, and for one that is not there any more."""
    assessment = year_of(row) if row.rule else None
    try:
        rules = manual_rules(assessment) if assessment else []
    except ValidationError:
        rules = []
    return next((rule.name for rule in rules if rule.code == row.rule), "")


def _refuse_own(user: User, subject: Subject, verb: str) -> None:
    if subject.seat_id and is_own(user, [subject.seat]):
        raise ValidationError(f"不能{verb}本人的加减分，请由他人{verb}。")


def _check_points(row: Adjustment) -> None:
    """The rule is one of the year's manual rules, holds on the day, and the points lie within its bounds."""
    if not row.rule:
        raise ValidationError({"rule": "加减分要写明依据哪一条规则，请选择。"})
    if row.points is None:
        raise ValidationError({"points": "“分值”没有填，请填写。"})
    assessment = year_of(row)
    if assessment is None:
        raise ValidationError(
            {"happened_on": f"{row.happened_on} 不在任何一年的考核期内。请核对日期，或先由主席办公室开始该年度考核。"}
        )
    rules = {rule.code: rule for rule in adjusting_rules(assessment)}
    rule = rules.get(row.rule)
    if rule is None:
        names = "、".join(one.name for one in rules.values()) or "（没有）"
        raise ValidationError(
            {"rule": f"{assessment.year} 年考核办法没有代码为“{row.rule}”的人工计分规则，现有：{names}。请改选。"}
        )
    check_holds(rule, row.happened_on)
    check_points(rule, row.points)
