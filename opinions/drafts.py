"""What members do with their own reports: draft, ask for signatures, hand in, take back. Each runs in one act."""

import datetime
import uuid
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.actions import act
from audit.history import delete_all
from members.checks import check_same_committee, check_serving, locked_state
from members.cosigning import signatures
from members.models import Grant, Office, Seat, User
from members.notices import tell
from members.signals import announce
from opinions.models import OpinionReport, Reporter
from opinions.services import check_report, check_signers, write_signers

State = OpinionReport.State
NO_DRAFT = "这篇信息已经报送，不能再改。要改请先撤回；已经编发的请联系工作人员。"


def save_draft(
    *,
    user: User,
    lead: Seat,
    office: Office,
    title: str,
    body: str = "",
    cosigners: Sequence[Seat] = (),
    on: datetime.date | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> OpinionReport:
    """A new draft of the lead for ``office``, written today or ``on`` a day; the co-signers are asked.

    ValidationError: {field: sentence}.
    """
    day = on or timezone.localdate()
    report = OpinionReport(
        public_id=public_id or uuid.uuid4(),
        committee=lead.committee,
        office=office,
        year=day.year,
        title=title.strip(),
        body=body.strip(),
        submitted_on=day,
        state=State.DRAFT,
    )
    signers = _signers(lead, cosigners)
    _check(report, signers)
    with act(user=user, verb="起草社情民意信息", grant=grant, committee=lead.committee):
        report.save()
        write_signers(report, signers)
        tell_asked(report, cosigners, but=user)
    return report


def change_draft(
    *,
    user: User,
    report: OpinionReport,
    office: Office,
    title: str,
    body: str,
    cosigners: Sequence[Seat],
    grant: Grant | None = None,
) -> None:
    """Change a draft. Who signed another text is asked again."""
    is_same_text = (report.title, report.body) == (title.strip(), body.strip())
    rows = {row.seat_id: row for row in report.reporters.select_related("seat")}
    lead = next(row.seat for row in rows.values() if row.role == Reporter.Role.LEAD)
    report.office, report.title, report.body = office, title.strip(), body.strip()
    answers = signatures(list(rows.values()), is_same_text=is_same_text)
    signers = _signers(lead, cosigners, answers.confirmed)
    _check(report, signers)
    with act(user=user, verb="修改草稿", grant=grant, committee=report.committee):
        if locked_state(report) != State.DRAFT:
            raise ValidationError(NO_DRAFT)
        report.save()
        if [(seat.pk, is_confirmed, seat.pk in answers.declined) for seat, _, is_confirmed in signers] != [
            (row.seat_id, row.is_confirmed, row.is_declined) for row in rows.values()
        ]:
            delete_all(Reporter, list(rows.values()))
            write_signers(report, signers, answers.declined)
            tell_asked(report, answers.unasked(cosigners), but=user)


def hand_in(*, user: User, report: OpinionReport, grant: Grant | None = None) -> None:
    """Submit a draft today. Signatures not given yet may still be given until the office decides."""
    with act(user=user, verb="报送社情民意信息", grant=grant, committee=report.committee):
        if locked_state(report) != State.DRAFT:
            raise ValidationError("这篇信息已经报送过了。")
        report.state, report.submitted_on = State.SUBMITTED, timezone.localdate()
        report.year = report.submitted_on.year
        check_report(report)
        report.save()
        announce(OpinionReport, [("opinion", report.pk)])


def call_back(*, user: User, report: OpinionReport, grant: Grant | None = None) -> None:
    """Turn a submitted report into a draft again, while the office has done nothing with it."""
    with act(user=user, verb="撤回社情民意信息", grant=grant, committee=report.committee):
        if locked_state(report) != State.SUBMITTED or is_taken_up(report):
            raise ValidationError("工作人员已经办理这篇信息，不能撤回。要更正请联系工作人员。")
        report.state = State.DRAFT
        report.save()
        announce(OpinionReport, [("opinion", report.pk)])


def discard_draft(*, user: User, report: OpinionReport, grant: Grant | None = None) -> None:
    """Throw a draft away."""
    with act(user=user, verb="删除草稿", grant=grant, committee=report.committee):
        if locked_state(report) != State.DRAFT:
            raise ValidationError(NO_DRAFT)
        delete_all(Reporter, list(report.reporters.all()))
        delete_all(OpinionReport, [report])


def answer_signature(*, user: User, reporter: Reporter, is_confirmed: bool, grant: Grant | None = None) -> None:
    """A co-signer signs or declines; either may be changed until the office decides on the report."""
    report = reporter.report
    if reporter.role == Reporter.Role.LEAD or reporter.seat.member_id != user.member_id:
        raise ValidationError("只有被邀请联名的委员本人可以答复。")
    with act(user=user, verb="确认联名" if is_confirmed else "不联名", grant=grant, committee=report.committee):
        if locked_state(report) not in {State.DRAFT, State.SUBMITTED}:
            raise ValidationError("这篇信息已经办理，不能再答复。要更正请联系工作人员。")
        reporter.is_confirmed, reporter.is_declined = is_confirmed, not is_confirmed
        reporter.save()
        announce(OpinionReport, [("opinion", report.pk)])


def tell_asked(report: OpinionReport, seats: Sequence[Seat], *, but: User | None) -> None:
    """That a signature is asked for; inside the act."""
    tell(seats, report.committee, "有一篇社情民意信息请您联名，请查看后答复。", reverse("my_opinions"), but=but)


def is_taken_up(report: OpinionReport) -> bool:
    """Whether the office has given it a number, put it in a composite or recorded an outcome."""
    outcomes = (report.used_in, report.adoptions, report.instructions, report.forwardings)
    return bool(report.number) or bool(report.matter) or any(rows.exists() for rows in outcomes)


def _signers(lead: Seat, cosigners: Sequence[Seat], confirmed: Collection[int] = ()) -> list[tuple[Seat, str, bool]]:
    """The lead has signed by writing; the others when they say so."""
    others = [(seat, Reporter.Role.COSIGNER, seat.pk in confirmed) for seat in cosigners]
    return [(lead, Reporter.Role.LEAD, True), *others]


def _check(report: OpinionReport, signers: list[tuple[Seat, str, bool]]) -> None:
    check_same_committee(report.committee, office=report.office, reporters=[seat for seat, _, _ in signers])
    check_serving([seat for seat, _, _ in signers], report.submitted_on, "names")
    check_report(report)
    check_signers(signers)
