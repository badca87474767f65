"""Proposals, opinion reports and the other contributions of two years."""

import datetime
import random
from decimal import Decimal

from activities.services import ContributionEntry, contribution_id, record_contributions
from desk.demo import places
from desk.demo.committee import Cast
from desk.demo.meetings import TODAY
from members.models import Seat, User
from opinions.services import record_adoption, record_instruction, record_report, report_id
from proposals.models import Proposal, Proposer, Undertaking
from proposals.services import (
    decide_proposal,
    honour_proposal,
    proposal_id,
    record_evaluation,
    record_proposal,
    record_undertaking,
)
from proposals.undertakings import record_reply, reopen_undertaking, urge

Day = datetime.date
YEARS = (2025, 2026)
UNITS = ("示例县农业农村局", "示例县教育局", "示例县卫生健康局", "示例县住建局", "示例县交通局", "示例县民政局")
ADOPTING = {
    "county": ("示例县委办公室", "示例县政府办公室"),
    "city": ("示例市政协信息处", "示例市委办公室"),
    "province": ("示例省政协信息处",),
    "nation": ("示例全国信息刊物",),
}
CHAIRS = ("主席", "分管副主席")


def _days(days: int) -> datetime.timedelta:
    return datetime.timedelta(days=days)


def _first_day(year: int) -> Day:
    """The window of an assessment's year opens on 1 December of the year before."""
    return Day(year - 1, 12, 1)


def _somebody(cast: Cast, rng: random.Random, day: Day, n: int = 1) -> list[Seat]:
    """``n`` different people serving on ``day``, the busy ones more often."""
    serving = [s for s in cast.seats if s.joined_on <= day and (s.left_on is None or s.left_on >= day)]
    weights = [cast.zeal[s.number] ** 2 for s in serving]
    found: list[Seat] = []
    while len(found) < n:
        seat = rng.choices(serving, weights)[0]
        if seat not in found:
            found.append(seat)
    return found


# ---------------------------------------------------------------- proposals
def make_proposals(cast: Cast, rng: random.Random, count: int) -> list[Proposal]:
    """``count`` proposals over two years: most handed in at the plenary session, the rest through the year."""
    made = []
    for n in range(count):
        year = YEARS[n * len(YEARS) // count]
        number = str(n % ((count + 1) // 2) + 1)
        submitted_on = Day(year, 1, rng.randint(6, 9)) if rng.random() < 0.7 else Day(year, rng.randint(2, 10), 12)
        made.append(_proposal(cast, rng, year, number, submitted_on))
    return made


def _proposal(cast: Cast, rng: random.Random, year: int, number: str, submitted_on: Day) -> Proposal:
    user, office = cast.accounts["clerk-proposals"], cast.offices["proposals"]
    way = rng.choices(("individual", "joint", "collective"), (62, 28, 10))[0]
    sponsor = None
    if way == "collective":
        sponsor = rng.choice(cast.special_committees).subject
        signers = [(seat, Proposer.Role.COLLECTIVE) for seat in _somebody(cast, rng, submitted_on, rng.randint(1, 4))]
    else:
        lead, *others = _somebody(cast, rng, submitted_on, 1 if way == "individual" else rng.randint(2, 5))
        signers = [(lead, Proposer.Role.LEAD), *[(seat, Proposer.Role.COSIGNER) for seat in others]]
    state = rng.choices(("filed", "not_filed", "passed_on", "submitted"), (80, 9, 6, 5))[0]
    decided_on = None if state == "submitted" else min(submitted_on + _days(rng.randint(5, 25)), TODAY)
    title = rng.choice(places.PROPOSAL_FORMS).format(rng.choice(places.PROPOSAL_TOPICS))
    proposal = record_proposal(
        user=user,
        committee=cast.committee,
        office=office,
        term=cast.term,
        year=year,
        number=number,
        title=title,
        way=way,
        submitted_on=submitted_on,
        proposers=signers,
        sponsor=sponsor,
        state=state,
        decided_on=decided_on,
        decision_reason="内容已有明确规定，不作为提案" if state == "not_filed" else "",
        public_id=proposal_id(cast.committee, year, number),
    )
    if state == "filed":
        _answer(cast, rng, proposal, signers[0][0], decided_on)
    return proposal


def _answer(cast: Cast, rng: random.Random, proposal: Proposal, signer: Seat, filed_on: Day) -> None:
    """Undertaking, reply and evaluation of a filed proposal, as far as they would have come by TODAY."""
    user = cast.accounts["clerk-proposals"]
    replied_on = filed_on + _days(rng.randint(40, 150))
    is_replied = replied_on <= TODAY and rng.random() < 0.93
    main, serial = rng.choice(UNITS), int(proposal.number)
    undertaking = record_undertaking(
        user=user,
        proposal=proposal,
        unit=main,
        assigned_on=min(filed_on + _days(5), TODAY),
        due_on=filed_on + _days(120),
        replied_on=replied_on if is_replied else None,
        reply_class=rng.choice("AAABBC") if is_replied else "",
        reply_text="已研究采纳，年内安排落实，进展将及时告知提案人。" if is_replied else "",
    )
    if serial % 4 == 0:
        record_undertaking(
            user=user,
            proposal=proposal,
            unit=UNITS[(UNITS.index(main) + 1) % len(UNITS)],
            role="joint",
            assigned_on=undertaking.assigned_on,
            due_on=undertaking.due_on,
            replied_on=undertaking.replied_on,
            reply_class=undertaking.reply_class,
        )
    if is_replied and replied_on + _days(10) <= TODAY and rng.random() < 0.8:
        evaluation = record_evaluation(
            user=user,
            undertaking=undertaking,
            seat=signer,
            satisfaction=rng.choices(("satisfied", "acceptable", "dissatisfied"), (80, 17, 3))[0],
            evaluated_on=replied_on + _days(10),
        )
        if evaluation.satisfaction == "dissatisfied" and proposal.year == YEARS[0]:
            _handle_again(user, undertaking, signer, replied_on + _days(20))
    elif not is_replied and undertaking.due_on < TODAY and serial % 2 == 0:
        urge(
            user=user,
            undertaking=undertaking,
            urged_on=TODAY - _days(serial % 20),
            note="电话催办，承办单位正在会商",
            next_due_on=TODAY + _days(serial % 30),
        )
    if rng.random() < 0.07:
        honour_proposal(
            user=user,
            proposal=proposal,
            kind="key",
            decided_on=min(filed_on + _days(20), TODAY),
            reason="主席会议确定的年度重点督办提案",
            leading_chair=rng.choice(CHAIRS),
        )
    outstanding_on = Day(proposal.year, 11, 12)
    if outstanding_on >= filed_on and rng.random() < 0.08:
        honour_proposal(
            user=user, proposal=proposal, kind="outstanding", decided_on=outstanding_on, reason="年度优秀提案评选"
        )


def _handle_again(user: User, undertaking: Undertaking, signer: Seat, day: Day) -> None:
    """The second round of a proposal whose first reply did not satisfy, replied and evaluated after a month."""
    again = reopen_undertaking(user=user, undertaking=undertaking, reopened_on=day, reason="提案人要求补充具体措施")
    replied_on = day + _days(30)
    text = "已补充时间表和责任人，并当面向提案人作了说明。"
    record_reply(user=user, undertaking=again, replied_on=replied_on, reply_class="A", reply_text=text)
    record_evaluation(
        user=user,
        undertaking=again,
        seat=signer,
        satisfaction="satisfied",
        evaluated_on=replied_on + _days(5),
        source="telephone",
    )


# ---------------------------------------------------------------- opinion reports
def make_reports(cast: Cast, rng: random.Random, count: int, proposals: list[Proposal]) -> None:
    """``count`` reports over two years; the first ones of a year are proposals passed on, of the same matter."""
    passed_on = [p for p in proposals if p.state == Proposal.State.PASSED_ON]
    for n in range(count):
        year = YEARS[n * len(YEARS) // count]
        number = str(n % ((count + 1) // 2) + 1)
        source = passed_on.pop() if passed_on and passed_on[-1].year == year and n % 6 == 0 else None
        latest = min(Day(year, 11, 15), TODAY)
        if source:
            submitted_on = source.decided_on
            writers = [row.seat for row in source.proposers.order_by("position")][:3]
            title = source.title
        else:
            submitted_on = _first_day(year) + _days(rng.randint(10, (latest - _first_day(year)).days))
            writers = _somebody(cast, rng, submitted_on, 1 if rng.random() < 0.75 else rng.randint(2, 3))
            title = rng.choice(places.OPINION_FORMS).format(rng.choice(places.OPINION_TOPICS))
        _report(cast, rng, year, number, title, submitted_on, writers, source)


def _report(
    cast: Cast,
    rng: random.Random,
    year: int,
    number: str,
    title: str,
    submitted_on: Day,
    writers: list[Seat],
    source: Proposal | None,
) -> None:
    user = cast.accounts["clerk-opinions"]
    fate = rng.choices(("submitted", "issued", "not_used"), (22, 66, 12))[0]
    issued_on = min(submitted_on + _days(rng.randint(2, 10)), TODAY)
    report = record_report(
        user=user,
        committee=cast.committee,
        office=cast.offices["opinions"],
        year=year,
        number=number,
        title=title,
        submitted_on=submitted_on,
        reporters=writers,
        state=fate,
        issued_on=issued_on if fate == "issued" else None,
        not_used_reason="反映的问题已在办理中" if fate == "not_used" else "",
        matter=f"proposal/{source.public_id}" if source else "",
        public_id=report_id(cast.committee, year, number),
    )
    if source:
        decide_proposal(
            user=cast.accounts["clerk-proposals"],
            proposal=source,
            state=source.state,
            decided_on=source.decided_on,
            opinion=f"opinion/{report.public_id}",
        )
    if fate != "issued":
        return
    for level, chance in (("county", 0.6), ("city", 0.35), ("province", 0.12), ("nation", 0.03)):
        adopted_on = issued_on + _days(rng.randint(3, 60))
        if rng.random() < chance and adopted_on <= TODAY:
            record_adoption(
                user=user,
                report=report,
                level=level,
                organ=rng.choice(ADOPTING[level]),
                adopted_on=adopted_on,
                form="composite" if rng.random() < 0.3 else "single",
            )
    instructed_on = issued_on + _days(rng.randint(5, 40))
    if rng.random() < 0.12 and instructed_on <= TODAY:
        record_instruction(
            user=user,
            report=report,
            level=rng.choice(("county", "county", "city")),
            given_by="分管领导",
            instructed_on=instructed_on,
        )


# ---------------------------------------------------------------- other contributions
CONTRIBUTIONS = (
    # kind, office, title, how many of 300 people a year, level or ""
    ("address_oral", "general", "在全会上作口头发言：{}", 8, ""),
    ("address_written", "general", "提交全会书面发言：{}", 22, ""),
    ("research_report", "committees", "{}调研报告", 40, ""),
    ("article", "liaison", "在报刊发表《{}》", 26, "varied"),
    ("historical_material", "committees", "提供{}史料", 30, ""),
    ("public_service", "liaison", "参加{}公益活动", 150, ""),
    ("studio_duty", "liaison", "河畔委员工作室值班", 240, ""),
    ("contact_visit", "liaison", "走访联系界别群众", 200, ""),
    ("honour", "general", "获评先进个人", 14, "varied"),
    ("study_notes", "liaison", "学习笔记《{}》", 80, ""),
    ("deduction", "general", "会风会纪通报", 4, ""),
)


def make_contributions(cast: Cast, rng: random.Random) -> None:
    """Contributions of every kind in both years, each kind of a year logged by its office in one go."""
    for year in YEARS:
        for kind, office, title, of_300, level in CONTRIBUTIONS:
            count = max(1, of_300 * len(cast.seats) // 300)
            entries = [_contribution(cast, rng, year, kind, title, level, n) for n in range(count)]
            unique = {(e.subject.pk, e.title, e.happened_on): e for e in entries}
            record_contributions(
                user=cast.accounts[f"clerk-{office}"],
                committee=cast.committee,
                office=cast.offices[office],
                entries=list(unique.values()),
            )


def _contribution(
    cast: Cast, rng: random.Random, year: int, kind: str, title: str, level: str, n: int
) -> ContributionEntry:
    latest = min(Day(year, 11, 20), TODAY)
    if kind.startswith("address"):
        day = Day(year, 1, 8)
    else:
        day = _first_day(year) + _days(rng.randint(5, (latest - _first_day(year)).days))
    seat = _somebody(cast, rng, day)[0]
    row = {
        "kind": cast.kinds[kind],
        "subject": seat.subject,
        "title": title.format(rng.choice(places.PROPOSAL_TOPICS)),
        "happened_on": day,
        "level": rng.choice(("county", "county", "city", "city", "province")) if level else "",
        "quantity": Decimal(rng.randint(1, 3)) if kind == "contact_visit" else Decimal(1),
    }
    key = contribution_id(row["kind"], row["subject"], row["title"], day)
    return ContributionEntry(**row, work=key, public_id=key)
