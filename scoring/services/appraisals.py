"""评价: handed in by members about themselves or entered by an office for others; a fact once a second person approved."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.actions import act
from audit.evidence import keep
from audit.filetypes import Checked
from audit.history import create_all, update_all
from members.checks import check_fields, check_same_committee, is_own
from members.models import Grant, Office, Subject, User
from members.notices import tell
from members.signals import announce
from scoring.appraising import By, Part, credit_day, may_hand_in, own_parts, parts
from scoring.manual import check_holds, check_points, in_points
from scoring.models import Appraisal, Assessment

State = Appraisal.State


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure of a list. ``points`` in hundredths; of ballots the mean. ``source``: who gave it, if not the usual."""

    subject: Subject
    points: int
    ballots: int | None = None
    source: str = ""
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)


class Entered(NamedTuple):
    new: int
    changed: int
    same: int

    @property
    def words(self) -> str:
        return f"新增 {self.new} 项，更新 {self.changed} 项，相同 {self.same} 项"


# ---------------------------------------------------------------- the office, for others
def enter_appraisals(
    *,
    user: User,
    assessment: Assessment,
    office: Office,
    rule: str,
    by: str,
    given_on: datetime.date,
    marks: Sequence[Mark],
    basis: str = "",
    file: Checked | None = None,
    grant: Grant | None = None,
) -> Entered:
    """Enter what was said of others, on the evidence of ``basis`` or ``file``; a second person approves it.

    A figure of the same source that still waits is replaced; an approved one has to be taken back first. All of it or
    nothing. ValidationError: {field: sentence}.
    """
    check_same_committee(assessment.committee, office=office, subject=[mark.subject for mark in marks])
    _check_entering(assessment)
    part = part_of(assessment, rule, by)
    _check_day(assessment, part, given_on)
    if not basis.strip() and file is None:
        raise ValidationError({"basis": "没有写依据，也没有附材料。请写明依据（如会议、测评表），或附上材料。"})
    for mark in marks:
        check_mark(user, assessment, part, mark)
    with act(
        user=user,
        verb="录入评价",
        reason=f"{part.name}，{len(marks)} 项",
        grant=grant,
        committee=assessment.committee,
    ):
        # Of two who enter at once the second waits, and then sees what the first entered.
        _locked_year(assessment)
        known = stored_figures(assessment, part, is_locked=True)
        evidence = keep(assessment.committee, file) if file else None
        new, changed, same = [], [], 0
        for mark in marks:
            stored = known.get((mark.subject.pk, mark.source or part.source))
            if stored is not None and (stored.points, stored.ballots) == (mark.points, mark.ballots):
                same += 1
                continue
            if stored is not None:
                check_replaces(stored, office)
            row = stored or Appraisal(public_id=mark.public_id, assessment=assessment, subject=mark.subject)
            row.committee, row.office, row.rule, row.by = assessment.committee, office, part.rule.code, part.by
            row.source, row.ballots, row.points = mark.source or part.source, mark.ballots, mark.points
            row.is_reference, row.given_on, row.basis = part.is_reference, given_on, basis.strip()
            row.evidence, row.entered_by = evidence, user
            check_fields(row)
            (changed if stored else new).append(row)
        create_all(Appraisal, new)
        update_all(Appraisal, changed, ["office", "ballots", "points", "given_on", "basis", "evidence", "entered_by"])
    return Entered(len(new), len(changed), same)


def check_mark(user: User, assessment: Assessment, part: Part, mark: Mark) -> None:
    """Whether the figure may be entered by this person: {field: sentence} in a ValidationError if not."""
    who = mark.subject
    if who.kind != assessment.subject_kind:
        raise ValidationError({"subject": f"{who}不是这项考核的对象，请核对。"})
    if who.seat_id and is_own(user, [who.seat]):
        raise ValidationError({"subject": f"不能录入本人（{who}）的评价，请由他人录入。"})
    check_points(part.rule, mark.points)
    if not (mark.source or part.source):
        raise ValidationError({"source": "没有写评价方，请写明由谁评价，例如某某单位。"})
    if part.by == By.SELF and (mark.ballots is not None or mark.source not in {"", Appraisal.OWN}):
        raise ValidationError({"ballots": "自评没有票数和其他评价方，请清空。"})
    if part.by == By.PEER and not mark.ballots:
        raise ValidationError({"ballots": "互评要写票数：分值是多少张票的平均。请填写。"})
    if mark.ballots is not None and mark.ballots < 1:
        raise ValidationError({"ballots": "“票数”应是 1 以上的整数，请改正。"})


def check_is_over(given_on: datetime.date) -> None:
    """A day that is typed is not one to come."""
    if given_on > timezone.localdate():
        raise ValidationError({"given_on": f"“评价日期”填的是 {given_on}，还没有到，请核对。"})


def part_of(assessment: Assessment, rule: str, by: str) -> Part:
    """ValidationError names the parts there are."""
    found = parts(assessment)
    part = next((one for one in found if (one.rule.code, one.by) == (rule, by)), None)
    if part is None:
        names = "、".join(one.name for one in found) or "（没有）"
        raise ValidationError({"rule": f"{assessment.year} 年考核办法没有这项评价，现有：{names}。请改选。"})
    return part


def _check_entering(assessment: Assessment) -> None:
    if assessment.state == Assessment.State.DRAFT:
        raise ValidationError(f"{assessment}还是草稿，开始记录以后才能录入评价。")


def _check_day(assessment: Assessment, part: Part, given_on: datetime.date) -> None:
    if given_on < assessment.from_on:
        raise ValidationError(
            {"given_on": f"“评价日期”填的是 {given_on}，早于考核期（{assessment.from_on} 起），请核对。"}
        )
    check_holds(part.rule, credit_day(assessment, given_on), "given_on")


def stored_figures(assessment: Assessment, part: Part, *, is_locked: bool = False) -> dict[tuple[int, str], Appraisal]:
    """{(subject, source): row} of the part, those refused left out."""
    rows = Appraisal.objects.standing().filter(assessment=assessment, rule=part.rule.code, by=part.by)
    if is_locked:
        rows = rows.select_for_update(of=("self",))
    rows = rows.select_related("assessment", "office", "subject__seat__member", "subject__group")
    return {(row.subject_id, row.source): row for row in rows.order_by("pk")}


def check_replaces(stored: Appraisal, office: Office) -> None:
    """Whether the office may put another figure in the place of this one."""
    figure = f"{stored.subject}的{stored.get_by_display()}"
    if stored.office_id is None:
        raise ValidationError({"points": f"{figure}已由本人提交 {in_points(stored.points)} 分，不能代为改动。"})
    if stored.state == State.APPROVED:
        raise ValidationError(
            {"points": f"{figure}已复核为 {in_points(stored.points)} 分。要改动，请先由复核人撤回复核。"}
        )
    if stored.office_id != office.pk:
        raise ValidationError({"points": f"{figure}由{stored.office}录入，请由{stored.office}改动。"})


# ---------------------------------------------------------------- members, of themselves
def hand_in(
    *,
    user: User,
    assessment: Assessment,
    subject: Subject,
    points: dict[str, int],
    basis: str = "",
    grant: Grant | None = None,
) -> list[Appraisal]:
    """Hand in one's own parts, {rule code: hundredths}; final unless taken back before the office took them up."""
    if not (subject.seat_id and is_own(user, [subject.seat])):
        raise ValidationError("自评只能由本人提交。")
    asked = {part.rule.code: part for part in own_parts(assessment, subject)}
    given_on, rows = timezone.localdate(), []
    with act(user=user, verb="提交自评", reason=f"{assessment.year} 年度", grant=grant, committee=assessment.committee):
        # Whoever moves the year on waits until this is in, or this sees that it has moved on.
        _check_window(_locked_year(assessment), "没有提交")
        for code, figure in points.items():
            part = asked.get(code)
            if part is None:
                raise ValidationError(f"{assessment.year} 年考核办法没有要您自评这一项，请返回后重新打开这一页。")
            check_holds(part.rule, credit_day(assessment, given_on), "points")
            check_points(part.rule, figure, code)
            if (subject.pk, Appraisal.OWN) in stored_figures(assessment, part, is_locked=True):
                raise ValidationError(f"“{part.rule.name}”的自评已经提交，不能再次提交。要改动，请先撤回。")
            row = Appraisal(
                committee=assessment.committee,
                assessment=assessment,
                subject=subject,
                rule=code,
                by=By.SELF,
                source=Appraisal.OWN,
                points=figure,
                is_reference=part.is_reference,
                given_on=max(given_on, assessment.from_on),
                basis=basis.strip(),
                entered_by=user,
            )
            check_fields(row)
            row.save()
            rows.append(row)
    return rows


def take_back(*, user: User, appraisal: Appraisal, grant: Grant | None = None) -> None:
    """Take one's own part back, as long as nobody has taken it up."""
    with act(user=user, verb="撤回自评", grant=grant, committee=appraisal.committee):
        year = _locked_year(appraisal.assessment)
        row = Appraisal.objects.select_for_update(of=("self",)).get(pk=appraisal.pk)
        if row.office_id is not None or row.entered_by_id != user.pk:
            raise ValidationError("只能撤回本人提交的自评。")
        if row.state != State.PROPOSED:
            raise ValidationError(f"这项自评已经是“{row.get_state_display()}”，不能撤回。有出入请提出更正。")
        _check_window(year, "没有撤回")
        row.delete()


def _locked_year(assessment: Assessment) -> Assessment:
    """The assessment as it is now, held until the transaction ends."""
    return Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)


def _check_window(assessment: Assessment, what: str) -> None:
    if not may_hand_in(assessment):
        raise ValidationError(
            f"{what}：{assessment.year} 年度考核现在是“{assessment.get_state_display()}”，自评在记录和数据核对期间办理。"
        )


# ---------------------------------------------------------------- the second person
def decide_appraisals(
    *, user: User, appraisals: Iterable[Appraisal], is_approved: bool, reason: str = "", grant: Grant | None = None
) -> int:
    """Approve or refuse as a second person, all or none; returns how many. A refusal says why, the act keeps it."""
    rows = list(appraisals)
    if not rows:
        raise ValidationError("没有选中任何一项，请先勾选。")
    if not is_approved and not reason.strip():
        raise ValidationError({"reason": "不同意没有写理由，请写明理由。"})
    committee = rows[0].committee
    with act(user=user, verb="复核评价", reason=reason, grant=grant, committee=committee):
        locked = _locked(rows)
        for row in locked:
            _check_second(user, row)
            if row.state != State.PROPOSED:
                raise ValidationError(f"{row}已经是“{row.get_state_display()}”，不能再次复核。请刷新页面再看。")
            if is_approved:
                check_points(part_of(row.assessment, row.rule, row.by).rule, row.points)
            row.state = State.APPROVED if is_approved else State.REFUSED
            row.decided_by = user
        update_all(Appraisal, locked, ["state", "decided_by"])
        announce(Appraisal, [("appraisal", row.pk) for row in locked])
        seats = [row.subject.seat_id for row in locked]
        if is_approved:
            tell(seats, committee, "您的成绩单有一项评价已计入，请查看。", reverse("me"), but=user)
        elif own := [row.subject.seat_id for row in locked if row.office_id is None]:
            tell(own, committee, "您提交的自评没有通过，请查看。", reverse("my_appraisals"), but=user)
    return len(locked)


def reopen_appraisal(*, user: User, appraisal: Appraisal, reason: str, grant: Grant | None = None) -> None:
    """Take an approval back, so that the figure can be mended or refused; it is no fact until approved again."""
    if not reason.strip():
        raise ValidationError({"reason": "撤回复核没有写理由，请写明理由。"})
    with act(user=user, verb="撤回评价复核", reason=reason, grant=grant, committee=appraisal.committee):
        (row,) = _locked([appraisal])
        if row.subject.seat_id and is_own(user, [row.subject.seat]):
            raise ValidationError("不能撤回对本人评价的复核，请由他人办理。")
        if row.state != State.APPROVED:
            raise ValidationError(f"这项评价是“{row.get_state_display()}”，没有可以撤回的复核。")
        row.state, row.decided_by = State.PROPOSED, None
        row.save()
        announce(Appraisal, [("appraisal", row.pk)])


def _locked(rows: Sequence[Appraisal]) -> list[Appraisal]:
    """The rows as they are now, held until the transaction ends: of two who decide at once one waits."""
    found = Appraisal.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return list(
        found.select_related(
            "assessment__ruleset", "assessment__committee", "committee", "subject__seat__member", "subject__group"
        )
    )


def _check_second(user: User, row: Appraisal) -> None:
    if user.pk == row.entered_by_id:
        raise ValidationError("评价须由另一人复核：录入人不能复核自己录入的评价。")
    if row.subject.seat_id and is_own(user, [row.subject.seat]):
        raise ValidationError(f"不能复核对本人（{row.subject}）的评价，请由他人复核。")
