"""What special committees and groups did in the last year: their own checklists."""

import datetime
import random
import uuid

from activities.services import ContributionEntry, add_contribution_kind, contribution_id, record_contributions
from desk.demo.committee import Cast
from members.ids import natural_id
from members.models import Subject
from scoring.models import Appraisal, Assessment
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from scoring.services.appraisals import Mark, decide_appraisals, enter_appraisals

Day = datetime.date
QUARTERS = (Day(2026, 1, 20), Day(2026, 4, 20), Day(2026, 7, 20), Day(2026, 10, 20))

LOCAL_KINDS = (
    ("x-work_meeting", "专委会工作会议", "次"),
    ("x-organised_activity", "组织委员视察、调研、协商", "次"),
    ("x-group_activity", "组织活动组活动", "次"),
)


def make_parts(cast: Cast, rng: random.Random) -> None:
    """Contributions and hand-entered marks of every special committee and group in 2026."""
    for position, (code, name, unit) in enumerate(LOCAL_KINDS, start=len(cast.kinds) + 1):
        cast.kinds[code] = add_contribution_kind(
            user=None, committee=cast.committee, code=code, name=name, unit=unit, position=position
        )
    entries = []
    for part in cast.special_committees:
        entries += _of_special_committee(cast, part.subject, rng)
        _marks(cast, part.subject, rng, ("plan_and_summary", "files"))
    for group in cast.groups:
        entries += _of_group(cast, group.subject, rng, is_studio=group.kind == "studio")
        _marks(cast, group.subject, rng, ("plan", "files"))
    record_contributions(
        user=cast.accounts["clerk-committees"],
        committee=cast.committee,
        office=cast.offices["committees"],
        entries=entries,
    )
    _appraise(cast, rng)


def _appraise(cast: Cast, rng: random.Random) -> None:
    """What members and departments said of the special committees; the last one's department has not answered yet."""
    assessment = Assessment.objects.select_related("committee", "ruleset").get(
        committee=cast.committee, year=2026, subject_kind=Subject.Kind.SPECIAL_COMMITTEE
    )
    subjects = [part.subject for part in cast.special_committees]
    shared = {
        "user": cast.accounts["clerk-committees"],
        "assessment": assessment,
        "office": cast.offices["committees"],
        "given_on": Day(2026, 11, 12),
    }
    ballots = [
        Mark(subject, rng.randrange(400, 500), ballots=rng.randrange(24, 36), public_id=_mark_id(cast, subject, "peer"))
        for subject in subjects
    ]
    enter_appraisals(**shared, rule="members_ballot", by="peer", marks=ballots, basis="年末无记名测评统计表")
    given = [
        Mark(subject, rng.choice((400, 450, 480)), source="县委办公室", public_id=_mark_id(cast, subject, "external"))
        for subject in subjects[:-1]
    ]
    if given:
        enter_appraisals(**shared, rule="units_appraisal", by="external", marks=given, basis="对口部门评价函")
    entered = Appraisal.objects.filter(assessment=assessment).select_related("committee")
    decide_appraisals(user=cast.accounts["chair"], appraisals=entered.filter(by="peer"), is_approved=True)


def _mark_id(cast: Cast, subject: Subject, by: str) -> uuid.UUID:
    return natural_id(cast.committee.code, "appraisal", "2026", str(subject.public_id), by)


def _entry(cast: Cast, subject: Subject, kind: str, title: str, day: Day, level: str = "") -> ContributionEntry:
    key = contribution_id(cast.kinds[kind], subject, title, day)
    return ContributionEntry(
        kind=cast.kinds[kind], subject=subject, title=title, happened_on=day, level=level, work=key, public_id=key
    )


def _of_special_committee(cast: Cast, subject: Subject, rng: random.Random) -> list[ContributionEntry]:
    held = rng.sample(QUARTERS, rng.randint(3, 4))
    found = [_entry(cast, subject, "x-work_meeting", "专委会全体会议", day) for day in sorted(held)]
    for n in range(rng.randint(2, 5)):
        day = Day(2026, 3 + 2 * n, 15)
        found.append(_entry(cast, subject, "x-organised_activity", f"第{n + 1}次委员调研活动", day))
    if rng.random() < 0.8:
        level = rng.choice(("", "city"))
        found.append(_entry(cast, subject, "research_report", "年度专题调研报告", Day(2026, 9, 25), level))
    return found


def _of_group(cast: Cast, subject: Subject, rng: random.Random, *, is_studio: bool) -> list[ContributionEntry]:
    found = [_entry(cast, subject, "article", "活动组工作简讯", day) for day in rng.sample(QUARTERS, 3)]
    for n in range(rng.randint(3, 6)):
        found.append(_entry(cast, subject, "x-group_activity", f"第{n + 1}次小组活动", Day(2026, 2 + n, 18)))
    if is_studio:
        found += [_entry(cast, subject, "studio_duty", "接待群众日", Day(2026, month, 5)) for month in range(1, 11)]
    return found


def _marks(cast: Cast, subject: Subject, rng: random.Random, rules: tuple[str, ...]) -> None:
    """Checklist points that a person enters and another approves."""
    for rule in rules:
        adjustment = propose_adjustment(
            user=cast.accounts["clerk-committees"],
            committee=cast.committee,
            office=cast.offices["committees"],
            subject=subject,
            effect="points",
            rule=rule,
            points=rng.choice((700, 850, 900, 1000)),
            happened_on=Day(2026, 11, 10),
            reason="年末按工作清单核定",
        )
        decide_adjustment(user=cast.accounts["chair"], adjustment=adjustment, is_approved=True, reason="按清单核对无误")
