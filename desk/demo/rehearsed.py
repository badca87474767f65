"""Next year's rules of the demonstration: a draft that pays more for proposals and less for meetings, and its rehearsal."""

from dataclasses import replace
from fractions import Fraction

from desk.demo.disputed import COUNTY
from members.models import Subject, User
from scoring.compiled import compiled
from scoring.models import Assessment, Rehearsal
from scoring.services.rehearsals import rehearse
from scoring.services.rulesets import change_ruleset, in_year, store_ruleset

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
    year = assessment.year + 1
    draft = store_ruleset(user=chair, committee=assessment.committee, year=year, ruleset=in_year(now, year))
    rules = tuple(_raised(rule) if rule.code == RAISED else rule for rule in now.rules)
    raised = replace(now, rules=rules)
    categories = tuple(replace(one, cap=CAP) if one.code == LOWERED else one for one in now.categories)
    lowered = replace(raised, categories=categories)
    rule = next(one.name for one in rules if one.code == RAISED)
    category = next(one.name for one in categories if one.code == LOWERED)
    for content, told in ((raised, f"已修改规则“{rule}”"), (lowered, f"已修改类别“{category}”")):
        change_ruleset(user=chair, ruleset=draft, content=in_year(content, year), reason=told)
    return rehearse(user=chair, ruleset=draft, year=assessment.year)


def _raised(rule):
    rows = tuple(replace(row, points=row.points * MORE) for row in rule.value.rows)
    return replace(rule, value=replace(rule.value, rows=rows))
