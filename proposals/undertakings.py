"""Verbs on undertakings: the units that answer a filed proposal are named, urged, changed, and reply."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from audit.actions import act
from members.checks import check_fields, check_order
from members.models import Grant, User
from members.notices import tell
from proposals.handling_settings import days_to_reply, offer_units, reply_classes
from proposals.models import Evaluation, Proposal, Undertaking, Urging
from proposals.signers import seats_of

Day = datetime.date


class Assignment(NamedTuple):
    """A unit as given; ``due_on`` None: the committee's usual number of days after the assignment."""

    unit: str
    role: str
    due_on: Day | None = None


def assign_units(
    *,
    user: User | None,
    proposal: Proposal,
    assignments: Sequence[Assignment],
    assigned_on: Day,
    note: str = "",
    grant: Grant | None = None,
) -> list[Undertaking]:
    """Hand a filed proposal to its units, one of them the main one; more units may follow later.

    They join the round that runs now. ValidationError: {assignments, assigned_on, due_on …: sentence}.
    """
    _check_filed(proposal)
    check_order("assigned_on", proposal.decided_on, assigned_on, ("审查日期", "交办日期"))
    if not assignments:
        raise ValidationError({"assignments": "没有填承办单位，请至少填一个。"})
    usual = assigned_on + datetime.timedelta(days=days_to_reply(proposal.committee))
    with transaction.atomic():
        held = list(_locked_rows(proposal))
        number = max((row.round for row in held), default=1)
        running = [row for row in held if row.round == number]
        rows = [
            Undertaking(
                committee=proposal.committee,
                proposal=proposal,
                unit=given.unit.strip(),
                role=given.role,
                round=number,
                assigned_on=assigned_on,
                due_on=given.due_on or usual,
                note=note.strip(),
            )
            for given in assignments
        ]
        _check_units([*running, *rows])
        with act(user=user, verb="交办提案", grant=grant, committee=proposal.committee):
            for row in rows:
                check_fields(row)
                check_order("due_on", assigned_on, row.due_on, ("交办日期", "办理期限"))
                row.save()
        offer_units(user=user, committee=proposal.committee, names=[row.unit for row in rows], grant=grant)
    return rows


def record_undertaking(
    *,
    user: User | None,
    proposal: Proposal,
    unit: str,
    role: str = Undertaking.Role.MAIN,
    assigned_on: Day | None = None,
    due_on: Day | None = None,
    replied_on: Day | None = None,
    reply_class: str = "",
    reply_text: str = "",
    grant: Grant | None = None,
) -> Undertaking:
    """A unit as a sheet has it: its first round in one row. The same unit again writes its reply and term."""
    unit = unit.strip()
    row = proposal.undertakings.active().filter(unit=unit, round=1).first() or Undertaking(
        committee=proposal.committee, proposal=proposal, unit=unit
    )
    row.role, row.due_on, row.replied_on, row.reply_class = role, due_on, replied_on, reply_class.strip()
    row.assigned_on, row.reply_text = assigned_on or row.assigned_on, reply_text.strip() or row.reply_text
    check_fields(row)
    _check_filed(proposal)
    check_order("due_on", row.assigned_on, due_on, ("交办日期", "办理期限"))
    check_order("replied_on", row.assigned_on or proposal.decided_on, replied_on, _before_reply(row))
    with transaction.atomic():
        with act(user=user, verb="登记承办", grant=grant, committee=proposal.committee):
            row.save()
        offer_units(user=user, committee=proposal.committee, names=[row.unit], grant=grant)
    return row


def change_undertaking(
    *,
    user: User | None,
    undertaking: Undertaking,
    role: str,
    due_on: Day | None,
    reason: str,
    grant: Grant | None = None,
) -> Undertaking:
    """Another role or another term; the reason stays with the action."""
    if not reason.strip():
        raise ValidationError({"reason": "没有写修改理由，请写明理由。"})
    with transaction.atomic():
        row = locked(undertaking)
        row.role, row.due_on = role, due_on
        check_fields(row)
        check_order("due_on", row.assigned_on, due_on, ("交办日期", "办理期限"))
        _check_units([row, *(other for other in _round_of(row) if other.pk != row.pk)], "role")
        with act(user=user, verb="修改承办", reason=reason, grant=grant, committee=row.committee):
            row.save()
    return row


def hand_back(
    *,
    user: User | None,
    undertaking: Undertaking,
    handed_back_on: Day,
    reason: str,
    to_unit: str = "",
    due_on: Day | None = None,
    grant: Grant | None = None,
) -> Undertaking | None:
    """The unit hands the proposal back; with ``to_unit`` another one takes its place in the same act and is returned."""
    to_unit = to_unit.strip()
    with transaction.atomic():
        row = locked(undertaking)
        _check_active(row, "handed_back_on")
        if row.replied_on is not None:
            raise ValidationError({"handed_back_on": f"{row.unit}已于 {row.replied_on} 答复，不能再退办。"})
        row.handed_back_on, row.handed_back_reason = handed_back_on, reason.strip()
        if not row.handed_back_reason:
            raise ValidationError({"reason": "没有写退办理由，请写明理由。"})
        check_fields(row)
        check_order("handed_back_on", row.assigned_on, handed_back_on, ("交办日期", "退办日期"))
        others = [other for other in _round_of(row) if other.pk != row.pk]
        with act(user=user, verb="退办改派", reason=reason, grant=grant, committee=row.committee):
            row.save()
            if not to_unit:
                return None
            usual = handed_back_on + datetime.timedelta(days=days_to_reply(row.committee))
            new = Undertaking(
                committee=row.committee,
                proposal=row.proposal,
                unit=to_unit,
                role=row.role,
                round=row.round,
                assigned_on=handed_back_on,
                due_on=due_on or usual,
                note=f"由{row.unit}退办后改派",
            )
            check_fields(new)
            check_order("due_on", handed_back_on, new.due_on, ("退办日期", "办理期限"))
            _check_units([*others, new], "to_unit")
            new.save()
        offer_units(user=user, committee=row.committee, names=[new.unit], grant=grant)
    return new


def record_reply(
    *,
    user: User | None,
    undertaking: Undertaking,
    replied_on: Day,
    reply_class: str,
    reply_text: str = "",
    grant: Grant | None = None,
) -> Undertaking:
    """The unit's reply with its class; recording it again corrects it."""
    with transaction.atomic():
        row = locked(undertaking)
        _check_active(row, "replied_on")
        _check_filed(row.proposal, "replied_on")
        row.replied_on, row.reply_class, row.reply_text = replied_on, reply_class.strip(), reply_text.strip()
        check_fields(row)
        known = [code for code, _ in reply_classes(row.committee)]
        if row.reply_class not in known:
            raise ValidationError(
                {"reply_class": f"“答复类别”填的是“{row.reply_class}”，应为{'、'.join(known)}之一，请改选。"}
            )
        check_order("replied_on", row.assigned_on or row.proposal.decided_on, replied_on, _before_reply(row))
        for evaluation in row.evaluations.all():
            check_order("replied_on", replied_on, evaluation.evaluated_on, ("答复日期", "已登记的评议日期"))
        with act(user=user, verb="登记答复", grant=grant, committee=row.committee):
            row.save()
            url = reverse("proposal", args=[row.proposal.public_id])
            tell(seats_of(row.proposal), row.committee, "您的提案有了答复，请查看并评议。", url, but=user)
    return row


def urge(
    *,
    user: User | None,
    undertaking: Undertaking,
    urged_on: Day,
    note: str,
    next_due_on: Day | None = None,
    grant: Grant | None = None,
) -> Urging:
    """Remind a unit whose reply is awaited. ``next_due_on`` moves what is listed as due, never the term of the rates."""
    with transaction.atomic():
        row = locked(undertaking)
        _check_active(row, "urged_on")
        if row.replied_on is not None:
            raise ValidationError({"urged_on": f"{row.unit}已于 {row.replied_on} 答复，不必催办。"})
        urging = Urging(
            committee=row.committee,
            undertaking=row,
            urged_on=urged_on,
            note=note.strip(),
            next_due_on=next_due_on,
        )
        check_fields(urging)
        check_order("urged_on", row.assigned_on, urged_on, ("交办日期", "催办日期"))
        check_order("next_due_on", urged_on, next_due_on, ("催办日期", "要求答复日期"))
        with act(user=user, verb="催办提案", grant=grant, committee=row.committee):
            urging.save()
    return urging


def reopen_undertaking(
    *,
    user: User | None,
    undertaking: Undertaking,
    reopened_on: Day,
    reason: str,
    due_on: Day | None = None,
    grant: Grant | None = None,
) -> Undertaking:
    """二次办理: a signer is dissatisfied, so the unit handles the proposal again; the first round stays as it was."""
    if not reason.strip():
        raise ValidationError({"reason": "没有写再次办理的理由，请写明理由。"})
    with transaction.atomic():
        row = locked(undertaking)
        _check_active(row, "reopened_on")
        evaluations = list(row.evaluations.filter(satisfaction=Evaluation.Satisfaction.DISSATISFIED))
        if not evaluations:
            raise ValidationError({"reopened_on": "没有提案人对这次答复评议为“不满意”，不需要再次办理。"})
        if row.proposal.undertakings.filter(round__gt=row.round).exists():
            raise ValidationError({"reopened_on": "这件提案已经在再次办理，不必重复登记。"})
        earliest = min(evaluation.evaluated_on for evaluation in evaluations)
        check_order("reopened_on", earliest, reopened_on, ("不满意的评议日期", "再次交办日期"))
        usual = reopened_on + datetime.timedelta(days=days_to_reply(row.committee))
        again = Undertaking(
            committee=row.committee,
            proposal=row.proposal,
            unit=row.unit,
            role=row.role,
            round=row.round + 1,
            assigned_on=reopened_on,
            due_on=due_on or usual,
            note=reason.strip(),
        )
        check_fields(again)
        check_order("due_on", reopened_on, again.due_on, ("再次交办日期", "办理期限"))
        with act(user=user, verb="再次办理提案", reason=reason, grant=grant, committee=row.committee):
            again.save()
    return again


# ---------------------------------------------------------------- parts of the above
def locked(undertaking: Undertaking) -> Undertaking:
    """The row as it is stored now, held until the transaction ends."""
    rows = Undertaking.objects.select_for_update(no_key=True, of=("self",)).select_related("proposal", "committee")
    return rows.get(pk=undertaking.pk)


def _locked_rows(proposal: Proposal) -> list[Undertaking]:
    """What units hold of the proposal, after whoever else assigns it has finished."""
    Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    return list(proposal.undertakings.active())


def _round_of(row: Undertaking) -> list[Undertaking]:
    return [other for other in _locked_rows(row.proposal) if other.round == row.round]


def _before_reply(row: Undertaking) -> tuple[str, str]:
    return ("交办日期" if row.assigned_on else "审查日期", "答复日期")


def _check_filed(proposal: Proposal, field: str = "unit") -> None:
    if proposal.state != Proposal.State.FILED:
        raise ValidationError(
            {field: f"提案“{proposal}”是“{proposal.get_state_display()}”，立案后才能交办。请先登记审查结果。"}
        )


def _check_active(row: Undertaking, field: str) -> None:
    if row.handed_back_on is not None:
        raise ValidationError({field: f"{row.unit}已于 {row.handed_back_on} 退办，请登记现在的承办单位。"})


def _check_units(rows: Sequence[Undertaking], field: str = "assignments") -> None:
    """The units of one round: each named once, exactly one of them the main one."""
    names = [row.unit for row in rows]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValidationError({field: f"“{twice}”已是这件提案的承办单位，请只填一次。"})
    mains = [row.unit for row in rows if row.role == Undertaking.Role.MAIN]
    if not mains:
        raise ValidationError({field: "没有主办单位。每件提案要有一个主办单位，请填写。"})
    if len(mains) > 1:
        raise ValidationError(
            {field: f"主办单位有{'、'.join(mains)}，只能有一个。请把其余的填为会办，或先把原主办单位退办改派。"}
        )
