"""Next year's rules of the demonstration: a draft that pays more for proposals and less for meetings, and its rehearsal."""

from dataclasses import replace
from fractions import Fraction

from desk.demo.disputed import COUNTY
from members.models import Subject, User
from scoring.compiled import compiled
from scoring.models import Assessment, Rehearsal
from scoring.services.rehearsals import rehearse
from scoring.services.rulesets import in_year, store_ruleset

RAISED, MORE = "proposal_individual", Fraction(3, 2)
LOWERED, CAP = "meetings", 2800


def make_rehearsed(assessment: Assessment) -> Rehearsal | None:
    """Asks for it on the county's members in their last year, the workers do the rest; None for any other assessment."""
    latest = Assessment.objects.filter(committee=assessment.committee_id).order_by("-year").first()
    is_members = assessment.subject_kind == Subject.Kind.MEMBER
    if assessment.committee.code != COUNTY or not is_members or assessment.year != latest.year:
        return None
    chair = User.objects.get(username=f"{COUNTY}-chair")
    now = compiled(assessment.ruleset).ruleset
    rules = tuple(_raised(rule) if rule.code == RAISED else rule for rule in now.rules)
    categories = tuple(replace(one, cap=CAP) if one.code == LOWERED else one for one in now.categories)
    draft = store_ruleset(
        user=chair,
        committee=assessment.committee,
        year=assessment.year + 1,
        ruleset=in_year(replace(now, rules=rules, categories=categories), assessment.year + 1),
    )
    return rehearse(user=chair, ruleset=draft, year=assessment.year)


def _raised(rule):
    rows = tuple(replace(row, points=row.points * MORE) for row in rule.value.rows)
    return replace(rule, value=replace(rule.value, rows=rows))
