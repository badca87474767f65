"""综合信息: a report the office writes from several it received."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all, delete_all
from members.checks import check_order, check_same_committee
from members.models import Committee, Grant, Office, User
from members.signals import announce
from opinions.models import CompositePart, OpinionReport
from opinions.services import check_report

COMPOSITE_FIELDS = ("year", "number", "title", "submitted_on", "state", "issued_on")
State = OpinionReport.State


def record_composite(
    *,
    user: User | None,
    committee: Committee,
    office: Office,
    sources: Sequence[OpinionReport],
    year: int,
    number: str,
    title: str,
    submitted_on: datetime.date,
    state: str = State.SUBMITTED,
    issued_on: datetime.date | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> OpinionReport:
    """A composite of ``sources``; ``submitted_on`` is the day it was written. ValidationError: {field: sentence}."""
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
        is_composite=True,
    )
    check_same_committee(committee, office=office, sources=list(sources))
    check_report(report)
    _check_sources(report, sources)
    with act(user=user, verb="登记综合信息", grant=grant, committee=committee):
        report.save()
        _write_parts(report, sources)
        announce(OpinionReport, [("opinion", pk) for pk in (report.pk, *(source.pk for source in sources))])
    return report


def change_composite(
    *,
    user: User | None,
    report: OpinionReport,
    sources: Sequence[OpinionReport],
    reason: str = "",
    grant: Grant | None = None,
    **changes: Any,
) -> None:
    """Change COMPOSITE_FIELDS and the sources."""
    if unknown := set(changes) - set(COMPOSITE_FIELDS):
        raise TypeError(f"a composite has no {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(report, name, value.strip() if isinstance(value, str) else value)
    check_same_committee(report.committee, sources=list(sources))
    check_report(report)
    _check_sources(report, sources)
    with act(user=user, verb="修改综合信息", reason=reason, grant=grant, committee=report.committee):
        report.save()
        known = {part.source_id: part for part in report.parts.all()}
        wanted = {source.pk for source in sources}
        delete_all(CompositePart, [part for pk, part in known.items() if pk not in wanted])
        _write_parts(report, [source for source in sources if source.pk not in known])
        announce(OpinionReport, [("opinion", pk) for pk in sorted({report.pk, *known, *wanted})])


def _check_sources(report: OpinionReport, sources: Sequence[OpinionReport]) -> None:
    if len({source.pk for source in sources}) < 2:
        raise ValidationError({"sources": "综合信息至少要有两篇来源信息，请选择。"})
    for source in sources:
        if source.is_composite or source.state == State.DRAFT:
            raise ValidationError({"sources": f"“{source}”是综合信息或草稿，不能作来源，请改选。"})
        check_order("submitted_on", source.submitted_on, report.submitted_on, (f"“{source}”的报送日期", "编写日期"))


def _write_parts(report: OpinionReport, sources: Sequence[OpinionReport]) -> None:
    create_all(
        CompositePart,
        [CompositePart(committee=report.committee, composite=report, source=source) for source in sources],
    )
