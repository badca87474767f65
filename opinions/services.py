"""Verbs on reports on social conditions and public opinion. Each runs in one act."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import (
    check_fields,
    check_not_own,
    check_once,
    check_order,
    check_same_committee,
    locked_state,
)
from members.ids import natural_id
from members.models import Committee, Grant, Office, Seat, User
from members.signals import announce
from opinions.models import OpinionReport, Reporter
from opinions.outcomes import (
    record_adoption,
    record_forwarding,
    record_instruction,
    seats_behind,
    tell_writers,
    withdraw_adoption,
    withdraw_outcome,
)

# A reporter as given: the seat, or (seat, role), or (seat, role, has confirmed); the first is the lead.
Signer = Seat | tuple[Seat, str] | tuple[Seat, str, bool]

State = OpinionReport.State
REPORT_FIELDS = (
    *("year", "number", "title", "body", "submitted_on", "state", "issued_on", "not_used_reason", "matter"),
)

__all__ = [
    "change_report",
    "confirm_reporter",
    "issue_report",
    "put_aside_report",
    "record_adoption",
    "record_forwarding",
    "record_instruction",
    "record_report",
    "remove_report",
    "report_id",
    "withdraw_adoption",
    "withdraw_outcome",
]


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
    state: str = State.SUBMITTED,
    issued_on: datetime.date | None = None,
    body: str = "",
    not_used_reason: str = "",
    matter: str = "",
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> OpinionReport:
    """A report with its writers in the order of their signatures, the lead first.

    ``matter`` ("proposal/public id") when it was made from a proposal. ValidationError: {field: sentence}.
    """
    signers = [signer(given, place) for place, given in enumerate(reporters)]
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
        body=body.strip(),
        not_used_reason=not_used_reason.strip(),
        matter=matter,
    )
    check_report(report)
    check_signers(signers)
    with act(user=user, verb="登记社情民意信息", grant=grant, committee=committee):
        report.save()
        write_signers(report, signers)
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
    check_report(report)
    signers = None if reporters is None else [signer(given, place) for place, given in enumerate(reporters)]
    if signers is not None:
        check_same_committee(report.committee, reporters=[seat for seat, _, _ in signers])
        check_signers(signers)
    with act(user=user, verb="修改社情民意信息", reason=reason, grant=grant, committee=report.committee):
        report.save()
        if signers is not None:
            delete_all(Reporter, list(report.reporters.all()))
            write_signers(report, signers)
        announce(OpinionReport, [("opinion", report.pk)])


def confirm_reporter(*, user: User | None, reporter: Reporter, grant: Grant | None = None) -> None:
    """The co-signer has countersigned; only from now on does the signature count."""
    reporter.is_confirmed = True
    with act(user=user, verb="确认联名", grant=grant, committee=reporter.committee):
        reporter.save()
        announce(OpinionReport, [("opinion", reporter.report_id)])


def issue_report(
    *, user: User | None, report: OpinionReport, number: str, issued_on: datetime.date, grant: Grant | None = None
) -> None:
    """编发: the office edits the report and sends it out under a number of its own."""
    check_not_own(user, seats_behind(report), "编发")
    with act(user=user, verb="编发", grant=grant, committee=report.committee):
        if locked_state(report) != State.SUBMITTED:
            raise ValidationError("这篇信息已经编发或已定为未采用。请返回查看它现在的状态。")
        report.number, report.issued_on, report.state = number.strip(), issued_on, State.ISSUED
        check_report(report)
        report.save()
        announce(OpinionReport, [("opinion", report.pk)])
        tell_writers(report, but=user)


def put_aside_report(*, user: User | None, report: OpinionReport, reason: str, grant: Grant | None = None) -> None:
    """未采用: the office does not use the report, and says why."""
    check_not_own(user, seats_behind(report), "定为未采用")
    if not reason.strip():
        raise ValidationError({"reason": "没有写不采用的理由，请写明，报送人会看到。"})
    with act(user=user, verb="定为未采用", reason=reason, grant=grant, committee=report.committee):
        if locked_state(report) != State.SUBMITTED:
            raise ValidationError("这篇信息已经编发或已定为未采用。请返回查看它现在的状态。")
        report.state, report.not_used_reason = State.NOT_USED, reason.strip()
        check_report(report)
        report.save()
        announce(OpinionReport, [("opinion", report.pk)])
        tell_writers(report, but=user)


def remove_report(*, user: User | None, report: OpinionReport, reason: str, grant: Grant | None = None) -> None:
    """Take a report entered by mistake away with all that belongs to it; history keeps it and the reason."""
    if not reason.strip():
        raise ValidationError({"reason": "没有写删除的理由，请写明。"})
    if part := report.used_in.select_related("composite").first():
        raise ValidationError(f"这篇信息是综合信息“{part.composite}”的来源，不能删除。请先在综合信息中去掉它。")
    with act(user=user, verb="删除社情民意信息", reason=reason, grant=grant, committee=report.committee):
        changed = [report.pk, *report.parts.values_list("source_id", flat=True)]
        for rows in (report.parts, report.adoptions, report.instructions, report.forwardings, report.reporters):
            delete_all(rows.model, list(rows.all()))
        delete_all(OpinionReport, [report])
        announce(OpinionReport, [("opinion", pk) for pk in changed])


# ---------------------------------------------------------------- parts of the above
def signer(given: Signer, place: int) -> tuple[Seat, str, bool]:
    """(seat, role, has confirmed) of a writer given in any of the three ways."""
    if isinstance(given, Seat):
        given = (given,)
    role = given[1] if len(given) > 1 else Reporter.Role.COSIGNER if place else Reporter.Role.LEAD
    return given[0], role, given[2] if len(given) > 2 else True


def check_report(report: OpinionReport) -> None:
    """ValidationError: {field: sentence} for what a row alone, or its number, does not allow."""
    check_fields(report)
    if report.number:
        same = OpinionReport.objects.filter(committee=report.committee, year=report.year, number=report.number)
        if other := same.exclude(pk=report.pk).first():
            raise ValidationError(
                {"number": f"{report.year} 年的编号“{report.number}”已是“{other.title}”的编号，请改用别的编号。"}
            )
    if report.state != State.NOT_USED:
        report.not_used_reason = ""
    if report.state == State.ISSUED and report.issued_on is None:
        raise ValidationError({"issued_on": "状态是“已编发”，没有填编发日期，请填写。"})
    check_order("issued_on", report.submitted_on, report.issued_on, ("报送日期", "编发日期"))


def check_signers(signers: Sequence[tuple[Seat, str, bool]]) -> None:
    """One lead, first; nobody twice."""
    check_once([seat for seat, _, _ in signers], "reporters", "报送人")
    roles = [role for _, role, _ in signers]
    if not roles or roles[0] != Reporter.Role.LEAD or roles.count(Reporter.Role.LEAD) != 1:
        raise ValidationError({"reporters": "信息要有一位第一撰稿人，排在最前。请补填第一撰稿人。"})


def write_signers(
    report: OpinionReport, signers: Sequence[tuple[Seat, str, bool]], declined: Collection[int] = ()
) -> None:
    """Rows for the writers in this order; inside an act. ``declined``: keys of seats that would not sign."""
    rows = [
        Reporter(
            committee=report.committee,
            report=report,
            seat=seat,
            role=role,
            position=position,
            is_confirmed=is_confirmed,
            is_declined=seat.pk in declined,
        )
        for position, (seat, role, is_confirmed) in enumerate(signers, start=1)
    ]
    create_all(Reporter, rows)
