"""From rows to what the engine reads: subjects with their posts and service, and their facts.

A constant number of queries, however many subjects. Every seat that a person holds in the committee during the year is
part of one subject; the latest of these seats is the card's.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q

from activities.models import Activity
from members.models import GroupMembership, Post, Seat, Subject
from scoring import engine
from scoring.compiled import Compiled, compiled
from scoring.models import Adjustment, Assessment, Fact, ReportCard
from scoring.subjects import subjects

__all__ = ["Loaded", "load", "printed_figures", "subjects"]


class Loaded(NamedTuple):
    subject_id: int  # primary key of the card's subject
    subject: engine.Subject
    facts: list[engine.Fact]


@dataclass
class Body:
    """One card's subject in the making: its own seats (none for a group) and what they bring."""

    subject_id: int
    public_id: Any
    seats: list[Seat]

    @property
    def fact_subjects(self) -> list[int]:
        """Subjects whose facts this card counts, the card's own last."""
        return [seat.subject.pk for seat in self.seats] or [self.subject_id]


def load(assessment: Assessment, subject_ids: Sequence[int]) -> list[Loaded]:
    """The given card subjects with their facts, in the order given.

    A subject without a card in this assessment (it left before the year, another seat has taken its place) is left out:
    whoever asked deletes its card.
    """
    rules = compiled(assessment.ruleset)
    bodies, made = _made(assessment, subject_ids, rules)
    facts = _facts(assessment, rules, [pk for body in bodies for pk in body.fact_subjects])
    by_subject = {body.subject_id: (body, subject) for body, subject in zip(bodies, made, strict=True)}
    found = [by_subject[pk] for pk in dict.fromkeys(subject_ids) if pk in by_subject]
    return [Loaded(body.subject_id, subject, _merged(body.fact_subjects, facts)) for body, subject in found]


def card_subjects(assessment: Assessment, subject_ids: Sequence[int]) -> dict[int, engine.Subject]:
    """{primary key: what the engine reads of the subject}, without facts; who has no card is left out."""
    bodies, made = _made(assessment, subject_ids, compiled(assessment.ruleset))
    return {body.subject_id: subject for body, subject in zip(bodies, made, strict=True)}


def _made(
    assessment: Assessment, subject_ids: Sequence[int], rules: Compiled
) -> tuple[list[Body], list[engine.Subject]]:
    make = _members if assessment.subject_kind == Subject.Kind.MEMBER else _groups
    return make(assessment, subject_ids, rules)


# ---------------------------------------------------------------- facts
def _facts(assessment: Assessment, rules: Compiled, subject_ids: list[int]) -> dict[int, list[engine.Fact]]:
    """Facts by subject in scoring order; one query more for the meetings that lie across an edge of the window."""
    reach = rules.reach
    window = (reach.first, reach.last)
    wanted = Q(happened_on__range=window)
    if reach.by_event:
        wanted |= Q(origin_on__range=window)
    crossing = Activity.objects.filter(
        Q(starts_on__lt=reach.first, ends_on__gte=reach.first) | Q(starts_on__lte=reach.last, ends_on__gt=reach.last),
        committee=assessment.committee_id,
    )
    matters = [f"{kind}/{public_id}" for kind, public_id in crossing.values_list("kind", "public_id")]
    if matters:  # a meeting's outcome needs all of its sittings
        wanted |= Q(matter__in=matters)
    rows = (
        Fact.objects.filter(wanted, committee=assessment.committee_id, subject__in=subject_ids)
        .order_by("subject", "happened_on", "key")
        .values_list("subject_id", *engine.Fact._fields)
    )
    found: dict[int, list[engine.Fact]] = defaultdict(list)
    make = engine.Fact._make
    for row in rows:
        found[row[0]].append(make(row[1:]))
    return found


def _merged(subject_ids: list[int], facts: dict[int, list[engine.Fact]]) -> list[engine.Fact]:
    """The facts of all seats as of one: of two with one key the later seat's, unless only the earlier one is known."""
    if len(subject_ids) == 1:
        return facts.get(subject_ids[0], [])
    by_key: dict[str, engine.Fact] = {}
    for subject in subject_ids:
        for fact in facts.get(subject, ()):
            if fact.key not in by_key or "outcome=not_recorded" not in fact.attributes:
                by_key[fact.key] = fact
    return sorted(by_key.values())


# ---------------------------------------------------------------- members
def _members(assessment: Assessment, ids: Sequence[int], rules: Compiled) -> tuple[list[Body], list[engine.Subject]]:
    people = Seat.objects.filter(subject__in=list(ids)).values("member_id")
    seats = (
        Seat.objects.serving_between(assessment.from_on, assessment.to_on)
        .filter(committee=assessment.committee_id, member__in=people, subject__isnull=False)
        .select_related("member", "term", "sector", "special_committee", "second_special_committee", "subject")
    )
    by_member = defaultdict(list)
    for seat in seats:
        by_member[seat.member_id].append(seat)
    bodies = []
    for held in by_member.values():
        held.sort(key=lambda seat: (seat.joined_on, seat.term.number, seat.subject.pk))
        bodies.append(Body(held[-1].subject.pk, held[-1].subject.public_id, held))
    asked = set(ids)
    bodies = [body for body in bodies if body.subject_id in asked]
    seat_ids = [seat.pk for body in bodies for seat in body.seats]
    posts, groups = _posts(seat_ids), _group_attributes(seat_ids, assessment)
    exempt = _exemptions(assessment, [pk for body in bodies for pk in body.fact_subjects])
    earlier = _earlier(assessment, rules, bodies)
    made = [
        engine.Subject(
            key=str(body.public_id),
            kind="member",
            posts=tuple(sorted(span for seat in body.seats for span in _within(seat, posts[seat.pk]))),
            served=tuple(engine.Span("seat", seat.joined_on, seat.left_on) for seat in body.seats),
            attributes=_attributes(body.seats[-1], groups[body.seats[-1].pk]),
            exempt=body.seats[-1].not_scored_between(assessment.from_on, assessment.to_on)
            or next((exempt[pk] for pk in reversed(body.fact_subjects) if pk in exempt), ""),
            earlier=earlier.get(body.subject_id, ()),
        )
        for body in bodies
    ]
    return bodies, made


def _posts(seat_ids: list[int]) -> dict[int, list[engine.Span]]:
    found = defaultdict(list)
    for seat, *span in Post.objects.filter(seat__in=seat_ids).values_list("seat_id", "code", "from_on", "to_on"):
        found[seat].append(engine.Span(*span))
    return found


def _within(seat: Seat, posts: Iterable[engine.Span]) -> Iterable[engine.Span]:
    """A post does not outlast its seat, so that an earlier seat's post does not reach into the next one."""
    for post in posts:
        ends = [day for day in (post.to_on, seat.left_on) if day is not None]
        if not ends or post.from_on <= min(ends):
            yield post._replace(to_on=min(ends, default=None))


def _group_attributes(seat_ids: list[int], assessment: Assessment) -> dict[int, dict[str, str]]:
    """Groups on the last day of the year: "group" and one attribute per kind of group (of several, the last joined)."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = GroupMembership.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=assessment.to_on), seat__in=seat_ids, from_on__lte=assessment.to_on
    ).order_by("from_on", "group__code")
    for seat, kind, code in rows.values_list("seat_id", "group__kind", "group__code"):
        found[seat] |= {"group": code, kind: code}
    return found


def _attributes(seat: Seat, groups: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What rules, exclusions and partitions may ask about a member; absent ones are left out."""
    values = {
        "sector": seat.sector.code,
        "special_committee": seat.special_committee.code if seat.special_committee else "",
        "second_special_committee": seat.second_special_committee.code if seat.second_special_committee else "",
        "party": seat.member.party,
        "sex": seat.member.sex,
        "ethnicity": seat.member.ethnicity,
    } | groups
    return tuple(sorted((name, code) for name, code in values.items() if code))


def _exemptions(assessment: Assessment, subject_ids: list[int]) -> dict[int, str]:
    """Reasons of approved exemptions from the whole assessment (one that names a rule is left to the engine)."""
    rows = Adjustment.objects.filter(
        subject__in=subject_ids,
        effect=Adjustment.Effect.EXEMPTION,
        state=Adjustment.State.APPROVED,
        rule="",
        happened_on__range=(assessment.from_on, assessment.to_on),
    ).order_by("-happened_on", "-public_id")
    return dict(rows.values_list("subject_id", "reason"))


# ---------------------------------------------------------------- groups and special committees
def _groups(assessment: Assessment, ids: Sequence[int], rules: Compiled) -> tuple[list[Body], list[engine.Subject]]:
    rows = list(
        Subject.objects.filter(
            pk__in=list(ids), committee=assessment.committee_id, kind=assessment.subject_kind
        ).select_related("group", "special_committee")
    )
    bodies = [Body(row.pk, row.public_id, []) for row in rows]
    figures = _member_figures(assessment, rows) if rules.reads_members else {}
    exempt = _exemptions(assessment, [row.pk for row in rows])
    earlier = _earlier(assessment, rules, bodies)
    made = [
        engine.Subject(
            key=str(row.public_id),
            kind=row.kind,
            attributes=(("group", row.group.code), ("group_kind", row.group.kind))
            if row.group
            else (("special_committee", row.special_committee.code),),
            exempt=exempt.get(row.pk, ""),
            figures=tuple(sorted(figures.get(row.pk, ()))),
            earlier=earlier.get(row.pk, ()),
        )
        for row in rows
    ]
    return bodies, made


def _member_figures(assessment: Assessment, rows: list[Subject]) -> dict[int, list[engine.MemberFigures]]:
    """Printed figures of those who are members on the last day, from their cards of the same year as they stand."""
    day = assessment.to_on
    member_of = defaultdict(set)
    serving = Seat.objects.serving_on(day).filter(committee=assessment.committee_id)
    if assessment.subject_kind == Subject.Kind.GROUP:
        by_group = {row.group_id: row.pk for row in rows}
        memberships = GroupMembership.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=day), group__in=by_group, from_on__lte=day, seat__in=serving
        )
        for member, group in memberships.values_list("seat__member_id", "group_id"):
            member_of[member].add(by_group[group])
    else:
        by_part = {row.special_committee_id: row.pk for row in rows}
        held = serving.filter(Q(special_committee__in=by_part) | Q(second_special_committee__in=by_part))
        for member, *parts in held.values_list("member_id", "special_committee_id", "second_special_committee_id"):
            member_of[member] |= {by_part[part] for part in parts if part in by_part}
    cards = ReportCard.objects.filter(
        assessment__committee=assessment.committee_id,
        assessment__year=assessment.year,
        assessment__subject_kind=Subject.Kind.MEMBER,
        subject__seat__member__in=list(member_of),
    ).values_list("subject__seat__member_id", "subject__public_id", "is_ranked", "document")
    found = defaultdict(list)
    for member, public_id, is_ranked, document in cards:
        figures = engine.MemberFigures(str(public_id), is_ranked, printed_figures(document))
        for subject in member_of[member]:
            found[subject].append(figures)
    return found


# ---------------------------------------------------------------- earlier years
def printed_figures(document: str) -> tuple[tuple[str, int], ...]:
    """(category code or "total", hundredths) of a stored card."""
    card = json.loads(document)
    return tuple(sorted({node["code"]: node["figure"] for node in card["nodes"]}.items()))


def _earlier(assessment: Assessment, rules: Compiled, bodies: list[Body]) -> dict[int, tuple[Any, ...]]:
    """(year, printed figures) of the earlier years that gates read, from the cards of the same person or group."""
    if not rules.earlier_years or not bodies:
        return {}
    owner: dict[Any, int] = {}
    for body in bodies:
        owner[body.seats[-1].member_id if body.seats else body.subject_id] = body.subject_id
    path = "subject__seat__member_id" if assessment.subject_kind == Subject.Kind.MEMBER else "subject_id"
    cards = ReportCard.objects.filter(
        assessment__committee=assessment.committee_id,
        assessment__subject_kind=assessment.subject_kind,
        assessment__year__range=(assessment.year - rules.earlier_years, assessment.year - 1),
        **{f"{path}__in": list(owner)},
    ).order_by("-assessment__year")
    found: dict[int, tuple[Any, ...]] = defaultdict(tuple)
    for year, who, document in cards.values_list("assessment__year", path, "document"):
        found[owner[who]] += ((year, printed_figures(document)),)
    return found
