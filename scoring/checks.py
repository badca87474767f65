"""What must be true before a year moves on. The apps above register what scoring cannot know of, e.g. open gaps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from members.models import User
from scoring.models import Adjustment, Appraisal, Assessment, Objection, ReportCard, Run, Stale, SubjectError
from scoring.subjects import subjects


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way: what was found and what to do, and where."""

    words: str
    label: str = ""
    url: str = ""


Check = Callable[[User, Assessment], Iterable[Obstacle]]
# name → (what must be true, how to find what is not)
_checks: dict[str, tuple[str, Check]] = {}


def register(name: str, wording: str, check: Check) -> None:
    """Called once for each name, from an app's ready()."""
    _checks[name] = (wording, check)


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition as the page shows it."""

    wording: str
    obstacles: list[Obstacle]


def look(names: Iterable[str], user: User, assessment: Assessment) -> list[Checked]:
    """The conditions of these names, each with what is in the way."""
    return [Checked(_checks[name][0], list(_checks[name][1](user, assessment))) for name in names]


# ---------------------------------------------------------------- what scoring knows itself
def computed(user: User, assessment: Assessment) -> Iterable[Obstacle]:
    """Every card is there, up to date and placed, and nothing is under way or went wrong."""
    seen = "查看计算", reverse("runs")
    if not assessment.ruleset.digest:
        yield Obstacle(
            "考核办法还没有审定，请先审定。", "查看办法", reverse("ruleset", args=[assessment.ruleset.public_id])
        )
        return
    if stale := Stale.objects.filter(assessment=assessment).values("subject").distinct().count():
        yield (
            Obstacle(f"审定之后又改动了 {stale} 份成绩单的记录。请撤回审定，核对后再审定。")
            if assessment.state == Assessment.State.APPROVED
            else Obstacle(f"有 {stale} 份成绩单等待更新，一般几秒钟就好。请稍后刷新；长时间不变，请看计算进度。", *seen)
        )
    last = Run.objects.filter(assessment=assessment).first()
    if last is not None and last.state in (Run.State.WAITING, Run.State.RUNNING, Run.State.PLACING):
        yield Obstacle("正在重新计算，请等它完成。", *seen)
    if last is not None and last.state == Run.State.FAILED:
        yield Obstacle(f"最近一次计算没有成功：{last.message}", *seen)
    errors = SubjectError.objects.filter(assessment=assessment).select_related(
        "subject__seat__member", "subject__special_committee", "subject__group"
    )
    for error in errors[:5]:
        yield Obstacle(f"{error.subject.name}没有算出来：{error.message}", *seen)
    cards = ReportCard.objects.filter(assessment=assessment)
    expected, there = set(subjects(assessment)), set(cards.values_list("subject_id", flat=True))
    if expected - there:
        yield Obstacle(f"有 {len(expected - there)} 个考核对象还没有成绩单，请重新计算。", *seen)
    if there - expected:
        yield Obstacle(f"有 {len(there - expected)} 份成绩单的对象已不在考核范围，请重新计算。", *seen)
    if other := cards.exclude(ruleset_digest=assessment.ruleset.digest).count():
        yield Obstacle(f"有 {other} 份成绩单不是按现行办法计算的，请重新计算。", *seen)
    if not expected:
        yield Obstacle("这个年度没有考核对象。请先录入委员，并核对任职日期。", "查看委员", reverse("cards"))
    elif assessment.placed_at is None:
        yield Obstacle("还没有排过名次，请重新计算。", *seen)


def objections(user: User, assessment: Assessment) -> Iterable[Obstacle]:
    rows = Objection.objects.filter(card__assessment=assessment)
    page = f"{reverse('objections')}?year={assessment.year}"
    if waiting := rows.waiting().count():
        words = f"有 {waiting} 条更正申请没有办结，请先答复并决定。"
        yield Obstacle(words, "去办理", f"{page}&state=waiting")
    if agreed := rows.to_correct().count():
        words = f"有 {agreed} 条更正申请已同意更正，但成绩单还没有改过来，请先改正记录。"
        yield Obstacle(words, "去改正", f"{page}&state=to_correct")


def adjustments(user: User, assessment: Assessment) -> Iterable[Obstacle]:
    days = Q(happened_on__range=(assessment.from_on, assessment.to_on))
    rows = Adjustment.objects.filter(
        days, committee=assessment.committee_id, subject__kind=assessment.subject_kind, state=Adjustment.State.PROPOSED
    )
    if waiting := rows.count():
        yield Obstacle(f"有 {waiting} 项人工加减分没有复核，请先复核。", "去复核", reverse("adjustments"))
    appraised = Appraisal.objects.filter(assessment=assessment, state=Appraisal.State.PROPOSED)
    if waiting := appraised.count():
        page = f"{reverse('appraisals')}?year={assessment.year}&state=proposed"
        yield Obstacle(f"有 {waiting} 项评价没有复核，请先复核。", "去复核", page)


register("computed", "成绩单全部算好", computed)
register("objections", "更正申请全部办结", objections)
register("adjustments", "人工加减分、评价全部复核", adjustments)
