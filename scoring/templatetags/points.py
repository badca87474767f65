"""Whole hundredths of a point as people write them."""

from django import template

from scoring.engine.sentences import points as written

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """1250 → 12.5, 300 → 3, -50 → -0.5; "" for None."""
    return "" if hundredths is None else written(hundredths)


@register.filter
def signed(hundredths: int) -> str:
    """300 → +3, -50 → −0.5, 0 → 0."""
    if hundredths > 0:
        return f"+{written(hundredths)}"
    return f"−{written(-hundredths)}" if hundredths < 0 else "0"
