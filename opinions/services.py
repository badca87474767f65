"""Verbs on reports on social conditions and public opinion. Each runs in one act."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import check_fields, check_not_own, check_once, check_order, check_same_committee
from members.ids import natural_id
from members.models import Committee, Grant, Office, Seat, User
from members.signals import announce
from opinions.models import Adoption, Instruction, OpinionReport, Reporter

# A reporter as given: the seat, or (seat, role), or (seat, role, has confirmed); the first is the lead.
Signer = Seat | tuple[Seat, str] | tuple[Seat, str, bool]

REPORT_FIELDS = ("year", "number", "title", "submitted_on", "state", "issued_on", "matter")


def report_id(committee: Committee, year: int, number: str) -> uuid.UUID:
    """Public id that follows from a report's year and number, for sheets and the demonstration."""
    return natural_id(committee.code, "opinion", str(year), number.strip())


def record_report(
    *,
    user: User | None,
    committee: Committee,
    office: Office,
    year: int,
    number: str,
    title: str,
    submitted_on: datetime.date,
    reporters: Sequence[Signer],
    state: str = OpinionReport.State.SUBMITTED,
    issued_on: datetime.date | None = None,
    matter: str = "",
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> OpinionReport:
    """A report with its writers in the order of their signatures, the lead first.

    ``matter`` ("proposal/public id") when it was made from a proposal. ValidationError: {field: sentence}.
    """
    signers = [_signer(given, place) for place, given in enumerate(reporters)]
    check_same_committee(committee, office=office, reporters=[seat for seat, _, _ in signers])
    report = OpinionReport(
        public_id=public_id or uuid.uuid4(),
        committee=committee,
        office=office,
        year=year,
        number=number.strip(),
        title=title.strip(),
        submitted_on=submitted_on,
        state=state,
        issued_on=issued_on,
        matter=matter,
    )
    _check_report(report)
    _check_signers(signers)
    with act(user=user, verb="登记社情民意信息", grant=grant, committee=committee):
        report.save()
        _write_signers(report, signers)
        announce(OpinionReport, [("opinion", report.pk)])
    return report


def change_report(
    *,
    user: User | None,
    report: OpinionReport,
    reporters: Sequence[Signer] | None = None,
    reason: str = "",
    grant: Grant | None = None,
    **changes: Any,
) -> None:
    """Change REPORT_FIELDS and, where given, replace the writers."""
    if unknown := set(changes) - set(REPORT_FIELDS):
        raise TypeError(f"a report has no {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(report, name, value.strip() if isinstance(value, str) else value)
    _check_report(report)
    signers = None if reporters is None else [_signer(given, place) for place, given in enumerate(reporters)]
    if signers is not None:
        check_same_committee(report.committee, reporters=[seat for seat, _, _ in signers])
        _check_signers(signers)
    with act(user=user, verb="修改社情民意信息", reason=reason, grant=grant, committee=report.committee):
        report.save()
        if signers is not None:
            delete_all(Reporter, list(report.reporters.all()))
            _write_signers(report, signers)
        announce(OpinionReport, [("opinion", report.pk)])


def confirm_reporter(*, user: User | None, reporter: Reporter, grant: Grant | None = None) -> None:
    """The co-signer has countersigned; only from now on does the signature count."""
    reporter.is_confirmed = True
    with act(user=user, verb="确认联名", grant=grant, committee=reporter.committee):
        reporter.save()
        announce(OpinionReport, [("opinion", reporter.report_id)])


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
    """An organ adopted the report, alone or in a composite; each organ of a level once."""
    row = Adoption(
        public_id=public_id or uuid.uuid4(),
        committee=report.committee,
        report=report,
        level=level,
        organ=organ.strip(),
        form=form,
        adopted_on=adopted_on,
    )
    check_fields(row)
    check_order("adopted_on", report.submitted_on, adopted_on, ("报送日期", "采用日期"))
    if report.adoptions.filter(level=level, organ=row.organ).exists():
        raise ValidationError(
            {"organ": f"“{report}”已登记过{row.get_level_display()}“{row.organ}”采用，不必重复登记。"}
        )
    return _attach(user, grant, "登记采用", report, row)


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


def withdraw_adoption(*, user: User | None, adoption: Adoption, reason: str, grant: Grant | None = None) -> None:
    """Take back an adoption recorded by mistake; the reason stays with the action."""
    if not reason.strip():
        raise ValidationError({"reason": "撤销采用没有写理由，请写明理由。"})
    with act(user=user, verb="撤销采用", reason=reason, grant=grant, committee=adoption.committee):
        report_key = adoption.report_id
        delete_all(Adoption, [adoption])
        announce(OpinionReport, [("opinion", report_key)])


# ---------------------------------------------------------------- parts of the above
def _attach(user: User | None, grant: Grant | None, verb: str, report: OpinionReport, row: Any) -> Any:
    check_not_own(user, [one.seat for one in report.reporters.select_related("seat")], verb)
    with act(user=user, verb=verb, grant=grant, committee=report.committee):
        row.save()
        announce(OpinionReport, [("opinion", report.pk)])
    return row


def _signer(given: Signer, place: int) -> tuple[Seat, str, bool]:
    """(seat, role, has confirmed) of a writer given in any of the three ways."""
    if isinstance(given, Seat):
        given = (given,)
    role = given[1] if len(given) > 1 else Reporter.Role.COSIGNER if place else Reporter.Role.LEAD
    return given[0], role, given[2] if len(given) > 2 else True


def _check_report(report: OpinionReport) -> None:
    check_fields(report)
    if report.number:
        same = OpinionReport.objects.filter(committee=report.committee, year=report.year, number=report.number)
        if other := same.exclude(pk=report.pk).first():
            raise ValidationError(
                {"number": f"{report.year} 年的编号“{report.number}”已是“{other.title}”的编号，请改用别的编号。"}
            )
    if report.state == OpinionReport.State.ISSUED and report.issued_on is None:
        raise ValidationError({"issued_on": "状态是“已编发”，没有填编发日期，请填写。"})
    check_order("issued_on", report.submitted_on, report.issued_on, ("报送日期", "编发日期"))


def _check_signers(signers: Sequence[tuple[Seat, str, bool]]) -> None:
    check_once([seat for seat, _, _ in signers], "reporters", "报送人")
    roles = [role for _, role, _ in signers]
    if not roles or roles[0] != Reporter.Role.LEAD or roles.count(Reporter.Role.LEAD) != 1:
        raise ValidationError({"reporters": "信息要有一位第一撰稿人，排在最前。请补填第一撰稿人。"})


def _write_signers(report: OpinionReport, signers: Sequence[tuple[Seat, str, bool]]) -> None:
    rows = [
        Reporter(
            committee=report.committee,
            report=report,
            seat=seat,
            role=role,
            position=position,
            is_confirmed=is_confirmed,
        )
        for position, (seat, role, is_confirmed) in enumerate(signers, start=1)
    ]
    create_all(Reporter, rows)
