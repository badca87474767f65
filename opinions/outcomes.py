"""What becomes of a report: adopted, instructed upon, sent on to a higher organ; and the organs the office keeps."""

import datetime
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from audit.actions import act
from audit.history import delete_all
from members.checks import check_fields, check_not_own, check_order
from members.models import Committee, Grant, Seat, User
from members.notices import tell
from members.signals import announce
from opinions.models import Adoption, Forwarding, Instruction, OpinionReport, Organ

Outcome = Adoption | Instruction | Forwarding
NOT_NAMED = "未注明单位"


def record_adoption(
    *,
    user: User | None,
    report: OpinionReport,
    level: str,
    organ: str,
    adopted_on: datetime.date,
    form: str = Adoption.Form.SINGLE,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Adoption:
    """An organ adopted the report, alone or in a composite of its own; each organ of a level once.

    Of our own composite every adoption is one as composite. An organ the office does not keep yet is added.
    """
    row = Adoption(
        public_id=public_id or uuid.uuid4(),
        committee=report.committee,
        report=report,
        level=level,
        organ=organ.strip(),
        form=Adoption.Form.COMPOSITE if report.is_composite else form,
        adopted_on=adopted_on,
    )
    check_fields(row)
    check_order("adopted_on", report.submitted_on, adopted_on, ("报送日期", "采用日期"))
    if report.adoptions.filter(level=level, organ=row.organ).exists():
        raise ValidationError(
            {"organ": f"“{report}”已登记过{row.get_level_display()}“{row.organ}”采用，不必重复登记。"}
        )
    return _attach(user, grant, "登记采用", report, row, organ=row.organ)


def record_instruction(
    *,
    user: User | None,
    report: OpinionReport,
    level: str,
    given_by: str,
    instructed_on: datetime.date,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Instruction:
    """A leader gave a written instruction; ``given_by`` is the leader's office, never a person's name."""
    row = Instruction(
        public_id=public_id or uuid.uuid4(),
        committee=report.committee,
        report=report,
        level=level,
        given_by=given_by.strip(),
        instructed_on=instructed_on,
    )
    check_fields(row)
    check_order("instructed_on", report.submitted_on, instructed_on, ("报送日期", "批示日期"))
    if report.instructions.filter(level=level, given_by=row.given_by).exists():
        raise ValidationError(
            {"given_by": f"“{report}”已登记过{row.get_level_display()}“{row.given_by}”的批示，不必重复登记。"}
        )
    return _attach(user, grant, "登记批示", report, row)


def record_forwarding(
    *,
    user: User | None,
    report: OpinionReport,
    level: str,
    organ: str,
    forwarded_on: datetime.date,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Forwarding:
    """The report was sent on to an organ of a higher level; each organ once."""
    row = Forwarding(
        public_id=public_id or uuid.uuid4(),
        committee=report.committee,
        report=report,
        level=level,
        organ=organ.strip(),
        forwarded_on=forwarded_on,
    )
    check_fields(row)
    check_order("forwarded_on", report.submitted_on, forwarded_on, ("报送日期", "转报日期"))
    if report.forwardings.filter(level=level, organ=row.organ).exists():
        raise ValidationError({"organ": f"“{report}”已登记过转报“{row.organ}”，不必重复登记。"})
    return _attach(user, grant, "登记转报", report, row, organ=row.organ)


def withdraw_outcome(*, user: User | None, outcome: Outcome, reason: str, grant: Grant | None = None) -> None:
    """Take back an adoption, instruction or forwarding recorded by mistake; the reason stays with the action."""
    verb = f"撤销{outcome._meta.verbose_name}"
    if not reason.strip():
        raise ValidationError({"reason": f"{verb}没有写理由，请写明理由。"})
    with act(user=user, verb=verb, reason=reason, grant=grant, committee=outcome.committee):
        report_key = outcome.report_id
        delete_all(type(outcome), [outcome])
        announce(OpinionReport, [("opinion", report_key)])


def withdraw_adoption(*, user: User | None, adoption: Adoption, reason: str, grant: Grant | None = None) -> None:
    """``withdraw_outcome`` of an adoption."""
    withdraw_outcome(user=user, outcome=adoption, reason=reason, grant=grant)


# ---------------------------------------------------------------- organs
def add_organ(*, user: User | None, committee: Committee, level: str, name: str, grant: Grant | None = None) -> Organ:
    """An organ that the forms offer from now on; the known one when there is one of this level and name."""
    organ = Organ(committee=committee, level=level, name=name.strip())
    check_fields(organ)
    known = Organ.objects.filter(committee=committee, level=level, name=organ.name).first()
    if known is not None:
        return known
    with act(user=user, verb="登记采用单位", grant=grant, committee=committee):
        organ.save()
    return organ


def change_organ(
    *, user: User | None, organ: Organ, level: str, name: str, is_active: bool, grant: Grant | None = None
) -> None:
    """Correct an organ, or offer it no longer. Records that name it stay as they were written."""
    organ.level, organ.name, organ.is_active = level, name.strip(), is_active
    check_fields(organ)
    same = Organ.objects.filter(committee=organ.committee, level=level, name=organ.name).exclude(pk=organ.pk)
    if same.exists():
        raise ValidationError({"name": f"{organ.get_level_display()}已有“{organ.name}”，请改用别的名称。"})
    with act(user=user, verb="修改采用单位", grant=grant, committee=organ.committee):
        organ.save()


# ---------------------------------------------------------------- parts of the above
def seats_behind(report: OpinionReport) -> list[Seat]:
    """The seats that what becomes of the report is credited to."""
    reports = [report.pk, *report.parts.values_list("source_id", flat=True)]
    return list(Seat.objects.filter(reporters__report__in=reports))


def tell_writers(report: OpinionReport, *, but: User | None) -> None:
    """That something became of the report; inside the act."""
    tell(seats_behind(report), report.committee, "您的社情民意信息有了进展，请查看。", reverse("my_opinions"), but=but)


def _attach(user: User | None, grant: Grant | None, verb: str, report: OpinionReport, row: Any, organ: str = "") -> Any:
    check_not_own(user, seats_behind(report), verb)
    if report.state == OpinionReport.State.DRAFT:
        raise ValidationError("这篇信息还是草稿，没有报送，不能登记。")
    with transaction.atomic():
        if organ and organ != NOT_NAMED:
            # An act of its own: taking the adoption back leaves the organ among those offered.
            add_organ(user=user, committee=report.committee, level=row.level, name=organ, grant=grant)
        with act(user=user, verb=verb, grant=grant, committee=report.committee):
            row.save()
            announce(OpinionReport, [("opinion", report.pk)])
            tell_writers(report, but=user)
    return row
