"""草稿 → 记录中 → 数据核对 → 委员核对 → 审定 → 公布: one table says who moves a year on or back, and under what conditions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from audit.actions import act
from members.access import Verb
from members.models import Grant, User
from scoring import stale, telling
from scoring.checks import Checked, look
from scoring.models import Assessment

State = Assessment.State
DATA = ("gaps", "computed")
WHOLE = (*DATA, "adjustments", "objections")


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a state to another. ``checks`` must find nothing; ``is_typed``: the year is typed to confirm it;
    ``asks_password``: whoever moves it says the password once more."""

    code: str
    source: str
    target: str
    label: str
    explanation: str
    checks: tuple[str, ...] = ()
    needs_reason: bool = False
    is_typed: bool = False
    asks_password: bool = False
    verb: Verb = Verb.APPROVE


PUBLISH = Step(
    "publish",
    State.APPROVED,
    State.PUBLISHED,
    "公布",
    "生成定版：记录、办法、成绩单、名次和等次从此固定，每份成绩单有校验码。须由审定以外的另一人公布。",
    WHOLE,
    is_typed=True,
    asks_password=True,
)
STEPS = (
    Step("start", State.DRAFT, State.RECORDING, "开始记录", "各处室开始登记，委员能看到自己的成绩单（未经审定）。"),
    Step(
        "check_data",
        State.RECORDING,
        State.DATA_CHECK,
        "进入数据核对",
        "各处室补齐缺漏、改正错误；记录仍可增改，成绩单随之更新。",
    ),
    Step(
        "check_members",
        State.DATA_CHECK,
        State.MEMBER_CHECK,
        "进入委员核对",
        "委员核对自己的成绩单，有出入的提出更正申请；记录仍可增改。",
        DATA,
    ),
    Step(
        "approve",
        State.MEMBER_CHECK,
        State.APPROVED,
        "审定",
        "主席会议审定后点这里：成绩单、名次和考核办法不再变动；此后再改记录，须撤回审定才能公布。",
        WHOLE,
        is_typed=True,
    ),
    PUBLISH,
    Step("resume", State.DATA_CHECK, State.RECORDING, "退回记录中", "重新开始平时登记。", needs_reason=True),
    Step(
        "recheck_data",
        State.MEMBER_CHECK,
        State.DATA_CHECK,
        "退回数据核对",
        "委员核对中发现记录缺漏较多时使用。",
        needs_reason=True,
    ),
    Step(
        "withdraw",
        State.APPROVED,
        State.MEMBER_CHECK,
        "撤回审定",
        "成绩单恢复随记录更新，之后须再次审定。",
        needs_reason=True,
    ),
    Step(
        "reopen",
        State.PUBLISHED,
        State.MEMBER_CHECK,
        "重新开放",
        "已公布的定版不变；计入待更正的记录后再次审定、公布，成为“更正第 n 号”。",
        needs_reason=True,
        asks_password=True,
    ),
)
TOLD = {"start": telling.opened, "check_data": telling.data_checked, "check_members": telling.checking}
BY_CODE = {step.code: step for step in STEPS}
ORDER = list(State)


def strip(assessment: Assessment) -> list[tuple[str, str]]:
    """[(label, "done" | "here" | "")] of all states in order."""
    at = ORDER.index(assessment.state)
    return [(state.label, "done" if n < at else "here" if n == at else "") for n, state in enumerate(ORDER)]


def is_back(step: Step) -> bool:
    return ORDER.index(step.target) < ORDER.index(step.source)


def steps_from(assessment: Assessment) -> tuple[list[Step], list[Step]]:
    """(ways on, ways back) from where the assessment stands."""
    found = [step for step in STEPS if step.source == assessment.state]
    return [s for s in found if not is_back(s)], [s for s in found if is_back(s)]


def conditions(*, user: User, assessment: Assessment, step: Step) -> list[Checked]:
    """What must be true first, each with what is in the way."""
    return look(step.checks, user, assessment)


def move(
    *,
    user: User,
    assessment: Assessment,
    step: Step,
    reason: str = "",
    typed: str = "",
    grant: Grant | None = None,
) -> Assessment:
    """Move the assessment along a step other than publishing (see services.publishing).

    ValidationError when it stands elsewhere by now, something is in the way, or the year or a reason is not stated.
    """
    if step is PUBLISH:
        raise ValueError("a year is published with its edition, by scoring.services.publishing.publish")
    reason = reason.strip()
    check_stated(assessment, step, reason, typed)
    with act(user=user, verb=f"年度考核：{step.label}", reason=reason, grant=grant, committee=assessment.committee):
        locked = locked_in(assessment, step)
        refuse_obstacles(user, locked, step)
        locked.state = step.target
        locked.save()
        if step.code == "reopen":  # records of a published year left no marks
            stale.mark_all(locked)
        if step.code in TOLD:
            TOLD[step.code](locked, user)
    return locked


def check_stated(assessment: Assessment, step: Step, reason: str, typed: str, *, is_correction: bool = False) -> None:
    """ValidationError: {field: sentence}."""
    if (step.needs_reason or is_correction) and not reason:
        raise ValidationError({"reason": f"没有{step.label}：请写明理由，理由会留在记录里。"})
    if len(reason) > 500:
        raise ValidationError({"reason": f"没有{step.label}：理由有 {len(reason)} 个字，最多 500 个字，请缩短。"})
    if step.is_typed and typed.strip() != str(assessment.year):
        found = f"填的是“{typed.strip()[:10]}”" if typed.strip() else "没有填"
        raise ValidationError({"typed": f"没有{step.label}：年度{found}，请填 {assessment.year} 以确认。"})


def locked_in(assessment: Assessment, step: Step) -> Assessment:
    """The row, locked until the transaction ends, in the state the step starts from. ValidationError when it is not."""
    row = (
        Assessment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("committee", "ruleset")
        .get(pk=assessment.pk)
    )
    if row.state != step.source:
        raise ValidationError(
            f"没有{step.label}：本年度考核现在是“{row.get_state_display()}”，不是“{State(step.source).label}”，"
            "可能别人刚刚操作过。请看刷新后的页面。"
        )
    return row


def refuse_obstacles(user: User, assessment: Assessment, step: Step) -> None:
    """ValidationError with every sentence that is in the way."""
    found = [o.words for checked in conditions(user=user, assessment=assessment, step=step) for o in checked.obstacles]
    if found:
        raise ValidationError([f"没有{step.label}，还有 {len(found)} 件事要先办：", *found])


# ---------------------------------------------------------------- who moved it
@dataclass(frozen=True, slots=True)
class Move:
    """One change of state, as the history keeps it; ``user`` None: the system."""

    state: str
    label: str
    user: User | None
    at: datetime
    reason: str


def moves(assessment: Assessment) -> list[Move]:
    """Oldest first; one query."""
    found: list[Move] = []
    for row in assessment.history.select_related("action__user").order_by("history_id"):
        if not found or found[-1].state != row.state:
            action = row.action
            found.append(Move(row.state, State(row.state).label, action.user, action.at, action.reason))
    return found


def approver(found: Iterable[Move]) -> User | None:
    """Who approved it last."""
    return next((one.user for one in reversed(list(found)) if one.state == State.APPROVED), None)
