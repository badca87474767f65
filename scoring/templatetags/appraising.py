"""What a card says of parts that wait for the member."""

from django import template
from django.core.exceptions import ValidationError

from members.models import Subject
from scoring.appraising import Part, may_hand_in, own_parts
from scoring.models import Appraisal, Assessment

register = template.Library()


@register.simple_tag
def own_parts_waiting(assessment: Assessment, subject: Subject) -> list[Part]:
    """The self parts that are asked of the member now and not handed in. No query in a year without such rules."""
    if not may_hand_in(assessment):
        return []
    try:
        wanted = own_parts(assessment, subject)
    except ValidationError:
        return []  # the card says why its rules cannot be used
    if not wanted:
        return []
    there = set(
        Appraisal.objects.standing()
        .filter(assessment=assessment, subject=subject, by="self")
        .values_list("rule", flat=True)
    )
    return [part for part in wanted if part.rule.code not in there]
