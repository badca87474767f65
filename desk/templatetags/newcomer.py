"""{% newcomer %}: the four steps on the workbench."""

from typing import Any

from django import template

from desk.checklist import steps

register = template.Library()


@register.inclusion_tag("desk/checklist.html", takes_context=True)
def newcomer(context: dict[str, Any]) -> dict[str, Any]:
    return {"steps": steps(context["request"].user)}
