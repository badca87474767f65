"""How a page says when a reply is awaited."""

import datetime

from django import template

from proposals.due import term

register = template.Library()


@register.inclusion_tag("proposals/term.html")
def reply_term(on: datetime.date | None) -> dict:
    """A tag with the days that are left or passed, in words and with a shape of its own."""
    return {"term": term(on)}


@register.filter
def class_meaning(code: str, classes: list[tuple[str, str]]) -> str:
    """The letter of a reply with what it means; the letter alone when the table knows it no longer."""
    return f"{code} {dict(classes).get(code, '')}".strip()
