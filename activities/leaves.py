"""Verbs on leave: asked by members or entered for them, decided by whom the committee's rule names."""

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse

from activities.attendances import record_attendance
from activities.models import Activity, Attendance, Leave, LeaveRule, Sitting
from audit.actions import act
from audit.history import create_all, update_all
from members.access import Verb, active_grants, visible
from members.checks import check_fields, is_own, locked_state
from members.models import Committee, Grant, Role, Seat, User
from members.notices import tell

# 组织处室可批的半天数 where the committee has no rule of its own: plenary leave goes to the chair's office.
USUAL_LIMITS: dict[str, int | None] = {Activity.Kind.PLENARY: 0}


def leave_limits(committee: Committee) -> dict[str, int | None]:
    """{kind of meeting: half-days up to which the organising office decides, None for any}, every kind; one query."""
    own = dict(LeaveRule.objects.filter(committee=committee).values_list("kind", "office_limit"))
    return {kind: own.get(kind, USUAL_LIMITS.get(kind)) for kind in Activity.Kind.values}


def set_leave_limits(
    *, user: User | None, committee: Committee, limits: Mapping[str, int | None], grant: Grant | None = None
) -> int:
    """Keep the committee's rule for the kinds given; returns how many changed. Leave asked for already stays where it is."""
    before = leave_limits(committee)
    changed = {kind: limit for kind, limit in limits.items() if before[kind] != limit}
    if not changed:
        return 0
    known = {row.kind: row for row in LeaveRule.objects.filter(committee=committee, kind__in=changed)}
    new = []
    for kind, limit in changed.items():
        row = known.get(kind) or LeaveRule(committee=committee, kind=kind)
        row.office_limit = limit
        check_fields(row)
        if row.pk is None:
            new.append(row)
    with act(user=user, verb="修改准假权限", grant=grant, committee=committee):
        create_all(LeaveRule, new)
        update_all(LeaveRule, list(known.values()), ["office_limit"])
    return len(changed)


def record_leave(
    *,
    user: User | None,
    activity: Activity,
    seat: Seat,
    kind: str,
    reason: str,
    first_sitting: Sitting | None = None,
    last_sitting: Sitting | None = None,
    grant: Grant | None = None,
) -> Leave:
    """Leave asked by or for an invited seat: from ``first_sitting`` to ``last_sitting``, empty = from or to the end."""
    if not activity.invitations.filter(seat=seat).exists():
        raise ValidationError({"seat": f"{seat}不在“{activity}”的应到名单中，不需要请假。请核对姓名或会议。"})
    for field, given in (("first_sitting", first_sitting), ("last_sitting", last_sitting)):
        if given is not None and given.activity_id != activity.pk:
            raise ValidationError({field: f"场次“{given}”不是“{activity}”的场次，请改选。"})
    leave = Leave(
        committee=activity.committee,
        activity=activity,
        seat=seat,
        kind=kind,
        reason=reason.strip(),
        first_sitting=first_sitting,
        last_sitting=last_sitting,
    )
    check_fields(leave)
    covered = sittings_of(leave)
    if not covered:
        raise ValidationError({"last_sitting": "结束场次早于起始场次，请改正其中一个。"})
    same = activity.leaves.filter(seat=seat, first_sitting=first_sitting, last_sitting=last_sitting)
    if known := same.exclude(state=Leave.State.REFUSED).first():
        raise ValidationError({"seat": f"{seat}的这次请假已登记过（{known.get_state_display()}），不必重复登记。"})
    leave.approver = approver_of(activity, covered)
    with act(user=user, verb="登记请假", grant=grant, committee=activity.committee):
        leave.save()
    return leave


def ask_leave(
    *, user: User, activity: Activity, seat: Seat, sittings: Sequence[Sitting], kind: str, reason: str, grant: Grant
) -> list[Leave]:
    """Leave for the half-days chosen, one for each run of them without a gap; at least one must be chosen."""
    every = list(activity.sittings.all())
    chosen = {sitting.pk for sitting in sittings}
    if not chosen:
        raise ValidationError({"sittings": "没有选场次。请勾选要请假的半天。"})
    with act(user=user, verb="申请请假", grant=grant, committee=activity.committee):
        return [
            record_leave(
                user=user,
                activity=activity,
                seat=seat,
                kind=kind,
                reason=reason,
                first_sitting=None if run[0] == every[0] else run[0],
                last_sitting=None if run[-1] == every[-1] else run[-1],
                grant=grant,
            )
            for run in _runs(every, chosen)
        ]


def withdraw_leave(*, user: User, leave: Leave, grant: Grant | None = None) -> None:
    """Take back what nobody has decided yet."""
    with act(user=user, verb="撤回请假", grant=grant, committee=leave.committee):
        state = Leave.State(locked_state(leave))
        if state != Leave.State.APPLIED:
            raise ValidationError(f"这次请假已经是“{state.label}”，不能撤回。如有变化，请联系{leave.activity.office}。")
        leave.delete()


def decide_leave(*, user: User, leave: Leave, is_approved: bool, reason: str = "", grant: Grant | None = None) -> None:
    """Approve, or refuse with a reason that the member reads.

    An approved leave marks 请假 at the sittings it covers where nothing or 缺席 is recorded. A refused one touches no
    attendance. Nobody decides on his own leave, and only the approver whom the rule names.
    """
    if is_own(user, [leave.seat]):
        raise ValidationError("不能审批自己的请假，请由他人审批。")
    if not is_approved and not reason.strip():
        raise ValidationError("没有填写不同意的理由。请写明理由，委员会看到。")
    with act(user=user, verb="审批请假", reason=reason, grant=grant, committee=leave.committee):
        state = Leave.State(locked_state(leave))
        if state != Leave.State.APPLIED:
            raise ValidationError(f"{leave.seat}的这次请假已经是“{state.label}”，不能再次审批。")
        if not to_decide(user, Leave.objects.filter(pk=leave.pk)).exists():
            raise ValidationError(f"{leave.seat}的这次请假按规定由{leave.get_approver_display()}审批。")
        leave.state = Leave.State.APPROVED if is_approved else Leave.State.REFUSED
        leave.answer = "" if is_approved else reason.strip()
        leave.decided_by = user
        leave.save()
        if is_approved:
            mark_leave(leave, sittings_of(leave), user, grant)
        text = "您的请假已批准，请查看。" if is_approved else "您的请假没有批准，请查看原因。"
        tell([leave.seat_id], leave.committee, text, reverse("my_activities"))


# ---------------------------------------------------------------- questions
def to_decide(user: User, rows: QuerySet[Leave]) -> QuerySet[Leave]:
    """Of ``rows`` those that wait for this user: as the chair's office, or as a clerk of the organising office."""
    waiting = Q(pk__in=[])
    for grant in active_grants(user):
        asked = Q(committee=grant.committee_id)
        if grant.role == Role.CHAIR_OFFICE:
            waiting |= asked & Q(approver=Leave.Approver.CHAIR)
        elif grant.role == Role.CLERK:
            office = Q() if grant.office_id is None else Q(activity__office=grant.office_id)
            waiting |= asked & office & Q(approver=Leave.Approver.OFFICE)
    mine = visible(user, Leave, Verb.VERIFY).filter(waiting, state=Leave.State.APPLIED)
    return rows.filter(pk__in=mine.values("pk")).exclude(seat__member=user.member_id)


def approver_of(activity: Activity, sittings: Sequence[Sitting]) -> str:
    """Who decides on leave from these sittings, a code of Leave.Approver; a whole day is two half-days."""
    limit = leave_limits(activity.committee)[activity.kind]
    length = sum(2 if sitting.half == Sitting.Half.WHOLE else 1 for sitting in sittings)
    return Leave.Approver.OFFICE if limit is None or length <= limit else Leave.Approver.CHAIR


def sittings_of(leave: Leave) -> list[Sitting]:
    """The sittings a leave covers, in the order of days; mornings come before afternoons."""
    sittings = list(leave.activity.sittings.all())
    first = sittings.index(leave.first_sitting) if leave.first_sitting_id else 0
    last = sittings.index(leave.last_sitting) if leave.last_sitting_id else len(sittings) - 1
    return sittings[first : last + 1]


# ---------------------------------------------------------------- marks on the sheet
def mark_leave(leave: Leave, sittings: Iterable[Sitting], user: User | None, grant: Grant | None) -> None:
    """请假 where nothing or 缺席 is recorded; nothing for somebody who is not invited (any more)."""
    if not leave.activity.invitations.filter(seat=leave.seat_id).exists():
        return
    for sitting in sittings:
        row = sitting.attendances.filter(seat=leave.seat_id).first()
        if row is None or row.outcome == Attendance.Outcome.ABSENT:
            mark = (Attendance.Outcome.LEAVE, leave.kind, "")
            record_attendance(user=user, sitting=sitting, marks={leave.seat_id: mark}, grant=grant)


def mark_approved_leaves(
    activity: Activity,
    user: User | None,
    grant: Grant | None,
    *,
    seats: Iterable[int] | None = None,
    passed_over: Iterable[int] = (),
) -> None:
    """Approved leave covers half-days added later, and people invited later.

    ``seats``: only theirs (primary keys); ``passed_over``: sittings that were there when it was approved.
    """
    leaves = activity.leaves.filter(state=Leave.State.APPROVED)
    if seats is not None:
        leaves = leaves.filter(seat__in=list(seats))
    passed_over = set(passed_over)
    for leave in leaves.select_related("activity", "first_sitting", "last_sitting"):
        mark_leave(leave, [one for one in sittings_of(leave) if one.pk not in passed_over], user, grant)


def _runs(every: Sequence[Sitting], chosen: set[int]) -> list[list[Sitting]]:
    """The chosen ones of ``every`` in runs without a gap."""
    runs: list[list[Sitting]] = []
    is_open = False
    for sitting in every:
        if sitting.pk in chosen and is_open:
            runs[-1].append(sitting)
        elif sitting.pk in chosen:
            runs.append([sitting])
        is_open = sitting.pk in chosen
    return runs
