"""What a person did and no rule credits, each with the reason: facts without a line, and records that are no facts yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q

from activities.models import Contribution
from members.access import visible
from members.models import Subject, User
from opinions.models import OpinionReport
from proposals.models import Proposal, Proposer
from scoring import engine
from scoring.engine.compile import matches
from scoring.engine.schema import Rule
from scoring.engine.words import where_words
from scoring.models import Adjustment, Appraisal, Assessment

# What a code says about a record, in the order in which people would say it.
TOLD = ("stage", "level", "form", "way", "outcome", "leave", "part", "role")
WITHOUT_POINTS = {"exempt": "免于出席，不计分也不扣分。", "not_recorded": "出席情况还没有登记，登记后再计分。"}


@dataclass(frozen=True, slots=True)
class Uncredited:
    """``key``: "kind/public id"; ``rule``: the code of the rule it would come under, "" when there is none."""

    key: str
    on: date
    reason: str
    rule: str = ""
    title: str = ""  # "" : looked up by the key


def object_of(key: str) -> str:
    """ "kind/public id" of a fact's key or of the key of a meeting made of half-days."""
    return "/".join(key.split("/")[:2])


# ---------------------------------------------------------------- facts
def without_line(
    rules: engine.Rules, subject: engine.Subject, facts: Iterable[engine.Fact], lines: Iterable[dict], until: date
) -> list[Uncredited]:
    """Objects on record up to ``until`` within the ruleset's year that no line stands on, newest first.

    ``lines``: those of the card's document.
    """
    lines = list(lines)
    credited = {object_of(line["fact"]) for line in lines} | {
        object_of(key) for line in lines for key in line.get("facts", ())
    }
    first, last = rules.window
    latest = {}
    for fact in sorted(facts):
        if first <= fact.happened_on <= min(last, until) and object_of(fact.key) not in credited:
            latest[object_of(fact.key)] = fact
    found = [_explained(rules, subject, key, fact) for key, fact in latest.items()]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _explained(rules, subject, key, fact) -> Uncredited:
    rule = rule_for(rules, subject, fact)
    return Uncredited(key, fact.happened_on, _reason(rules, subject, fact, rule), rule.code if rule else "")


def rule_for(rules: engine.Rules, subject: engine.Subject, fact: engine.Fact) -> Rule | None:
    """The rule the record is nearest to: the first that takes it, else one open to the person, else one of its kind."""
    values = rules.values(fact.attributes)
    named = values.get("rule")
    reading = [
        item.rule
        for item in rules.items
        if (item.rule.code == named if named else any(fact.kind in scope.kinds for scope in item.rule.of))
    ]
    taking = [rule for rule in reading if any(matches(scope, fact.kind, values) for scope in rule.of)]
    post = rules.person(subject).post_on(fact.happened_on)
    open_ = [
        rule for rule in reading if not rule.who or all(post in codes for name, codes in rule.who if name == "post")
    ]
    return next(iter([*taking, *open_, *reading]), None)


def _reason(rules, subject, fact, rule) -> str:
    values = rules.values(fact.attributes)
    if values.get("effect", "points") != "points":
        return "这是对考核结果的认定，本身不计分。"
    if values.get("outcome") in WITHOUT_POINTS:
        return WITHOUT_POINTS[values["outcome"]]
    if not rules.person(subject).serves(fact.happened_on):
        return "当天不在任职期间，不计分。"
    if rule is None:
        return f"本年度考核办法没有给{rules.labels.kind(fact.kind)}计分的规则。"
    quoted = f"“{rule.name}”" + (f"（{rule.clause}）" if rule.clause else "")
    if any(matches(scope, fact.kind, values) for scope in rule.of):
        limits = f"仅限{where_words(rules, rule.who)}，" if rule.who else ""
        return f"{limits}不符合{quoted}的对象或日期要求，不计分。"
    asked = {name for scope in rule.of for name, _ in scope.where}
    asked |= {name for row in getattr(rule.value, "rows", ()) for name, _ in row.where}
    told = "、".join(rules.labels.code(name, values[name]) for name in TOLD if name in asked and values.get(name))
    return f"目前的情况是{told or '其他'}，还不符合{quoted}的计分条件。"


# ---------------------------------------------------------------- no facts yet
def not_yet(user: User, assessment: Assessment, subject: Subject) -> Iterator[Uncredited]:
    """Records of the subject in the assessment's time that wait, were returned or refused; five queries.

    Only those that ``user`` may see. Of groups only what others decide: the rest waits at their members'.
    """
    if subject.seat_id is None:
        yield from _undecided(user, assessment, {"subject": subject})
        return
    yield from _reported(user, assessment, subject.seat.member_id)
    yield from _undecided(user, assessment, {"subject__seat__member": subject.seat.member_id})


def _reported(user: User, assessment: Assessment, member: int) -> Iterator[Uncredited]:
    mine, window = {"committee": assessment.committee_id}, (assessment.from_on, assessment.to_on)
    contributions = visible(user, Contribution).filter(
        **mine, subject__seat__member=member, happened_on__range=window, state__in=["reported", "returned"]
    )
    for row in contributions.select_related("kind"):
        reason = "等待机关核实，核实后再计分。" if row.state == "reported" else f"已退回：{row.return_reason}"
        yield Uncredited(f"{row.kind.code}/{row.public_id}", row.happened_on, reason, title=row.title)
    signed = Proposer.objects.filter(seat__member=member)
    waits = Q(state__in=["draft", "returned", "not_filed"], pk__in=signed.values("proposal"))
    waits |= Q(pk__in=signed.filter(is_confirmed=False, is_declined=False).values("proposal"))
    for row in visible(user, Proposal).filter(waits, **mine, submitted_on__range=window):
        yield Uncredited(f"proposal/{row.public_id}", row.submitted_on, _of_proposal(row), title=row.title)
    reports = visible(user, OpinionReport).filter(
        **mine, state="draft", submitted_on__range=window, reporters__seat__member=member
    )
    for row in reports.distinct():
        yield Uncredited(
            f"opinion/{row.public_id}", row.submitted_on, "草稿，还没有报送，报送后再计分。", title=row.title
        )


def _undecided(user: User, assessment: Assessment, whose: dict[str, Any]) -> Iterator[Uncredited]:
    """Points and appraisals that wait for a second person, or that this one refused."""
    open_or_refused = {**whose, "committee": assessment.committee_id, "state__in": ["proposed", "refused"]}
    window = (assessment.from_on, assessment.to_on)
    for row in visible(user, Adjustment).filter(**open_or_refused, happened_on__range=window):
        reason = "等待第二人复核，复核后再计分。" if row.state == "proposed" else "复核未通过，不计分。"
        yield Uncredited(f"adjustment/{row.public_id}", row.happened_on, reason, row.rule, row.reason)
    for row in visible(user, Appraisal).filter(**open_or_refused, assessment=assessment).select_related("assessment"):
        reason = "等待第二人复核，复核后再计分。" if row.state == "proposed" else "复核未通过，不计分。"
        yield Uncredited(f"appraisal/{row.public_id}", row.credited_on, reason, row.rule, row.source)


def _of_proposal(row: Proposal) -> str:
    if row.state in {"returned", "not_filed"}:
        return f"{row.get_state_display()}：{row.decision_reason}"
    return "草稿，还没有提交，提交并立案后再计分。" if row.state == "draft" else "您还没有确认联名，确认后再计分。"


def joined(rules: engine.Rules, waiting: Iterable[Uncredited], without: Iterable[Uncredited]) -> list[Uncredited]:
    """Both, newest first, each with a rule of its kind if there is one. Who waits has the word on a record in both."""
    told = {one.key: one for one in [*without, *waiting]}
    placed = [one if one.rule else replace(one, rule=_rule_of_kind(rules, one.key)) for one in told.values()]
    return sorted(placed, key=lambda one: (one.on, one.key), reverse=True)


def _rule_of_kind(rules: engine.Rules, key: str) -> str:
    kind = key.partition("/")[0]
    reading = (rule.code for rule in rules.ruleset.rules if any(kind in scope.kinds for scope in rule.of))
    return next(reading, "")
