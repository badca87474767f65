"""Which appraisals a year's rules ask for, of whom, and which of them are not there yet."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from members.models import Subject
from scoring.compiled import compiled
from scoring.engine.counting import admitted_by
from scoring.engine.schema import Rule
from scoring.loading import card_subjects
from scoring.manual import in_points, manual_rules, takes
from scoring.models import Appraisal, Assessment
from scoring.subjects import subjects

By = Appraisal.By
SELF_STATES = (Assessment.State.RECORDING, Assessment.State.DATA_CHECK)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of appraisal under one rule. ``is_named``: the rule asks for it by name, so that it can be missing;
    otherwise the rule would only take it. ``is_reference``: shown beside what others decide, and not counted.
    """

    rule: Rule
    by: str
    is_named: bool
    is_reference: bool = False

    @property
    def name(self) -> str:
        return f"{self.rule.name} · {By(self.by).label}"

    @property
    def bounds(self) -> str:
        return f"{in_points(self.rule.value.low)} 至 {in_points(self.rule.value.high)} 分"

    @property
    def source(self) -> str:
        """Who gives it where nobody says otherwise; "" has to be said."""
        return {By.SELF: Appraisal.OWN, By.PEER: Appraisal.BALLOT}.get(self.by, "")


def parts(assessment: Assessment) -> list[Part]:
    """In the order of the ruleset; self, peer, external. ValidationError when the ruleset cannot be used.

    A rule without ``of`` asks for no appraisal: its points are adjustments.
    """
    found = []
    for rule in manual_rules(assessment):
        if rule.of:
            found += [part for by in By.values if (part := _part(rule, by))]
    return found


def _part(rule: Rule, by: str) -> Part | None:
    is_named = _names(rule, "by", by)
    if takes(rule, "appraisal", by=by) and (is_named or by != By.SELF):
        return Part(rule, by, is_named)
    if by == By.SELF and takes(rule, "appraisal", by=by, role="self"):
        return Part(rule, by, is_named=_names(rule, "role", by), is_reference=True)
    return None


def _names(rule: Rule, attribute: str, code: str) -> bool:
    """Whether one of the rule's scopes asks for the code itself, and not merely lets it pass."""
    return any(
        name == attribute and code in codes
        for scope in rule.of
        if "appraisal" in scope.kinds
        for name, codes in scope.where
    )


def asks(assessment: Assessment) -> bool:
    """Whether anybody can be appraised in the year."""
    return any(part for part in parts(assessment))


# ---------------------------------------------------------------- of whom
def asked(assessment: Assessment, wanted: Iterable[Part], subject_ids: Sequence[int] | None = None) -> dict[Part, set]:
    """{part: primary keys of the card subjects it is asked of}: whom the rule admits, who serve and are not exempt.

    Of all subjects of the year unless some are named. Queries do not depend on the number of parts or subjects.
    """
    found: dict[Part, set] = {part: set() for part in wanted}
    if not found:
        return found
    rules = compiled(assessment.ruleset).rules
    day = min(max(timezone.localdate(), assessment.from_on), assessment.to_on)
    people = card_subjects(assessment, subjects(assessment) if subject_ids is None else subject_ids)
    for pk, subject in people.items():
        person = rules.person(subject)
        if subject.exempt or not person.serves(day):
            continue
        values = dict(subject.attributes) | {"post": person.post_on(day)}
        for part in found:
            if admitted_by(part.rule, values):
                found[part].add(pk)
    return found


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that was asked for and is not there, approved or waiting, of these card subjects."""

    part: Part
    subject_ids: list[int]


def missing(assessment: Assessment) -> list[Missing]:
    """Named parts that some are without. ValidationError when the ruleset cannot be used."""
    there: dict[tuple[str, str], set[int]] = {}
    wanted = [part for part in parts(assessment) if part.is_named]
    if not wanted:
        return []
    rows = Appraisal.objects.standing().filter(assessment=assessment).values_list("rule", "by", "subject_id")
    for rule, by, subject in rows:
        there.setdefault((rule, by), set()).add(subject)
    of_whom = asked(assessment, wanted)
    found = [Missing(part, sorted(of_whom[part] - there.get((part.rule.code, part.by), set()))) for part in wanted]
    return [one for one in found if one.subject_ids]


# ---------------------------------------------------------------- oneself
def may_hand_in(assessment: Assessment) -> bool:
    """While the year is recorded and its data are checked: what members then check is complete."""
    return assessment.state in SELF_STATES


def own_parts(assessment: Assessment, subject: Subject) -> list[Part]:
    """The self parts asked of this card subject."""
    wanted = [part for part in parts(assessment) if part.by == By.SELF]
    found = asked(assessment, wanted, [subject.pk])
    return [part for part, pks in found.items() if subject.pk in pks]


def credit_day(assessment: Assessment, given_on: datetime.date) -> datetime.date:
    return Appraisal(assessment=assessment, given_on=given_on).credited_on
