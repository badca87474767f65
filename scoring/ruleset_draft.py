"""What the pages of a ruleset's draft have in common: which it is, whether it may be changed, how its parts are called."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from members.access import Verb, visible
from members.recording import CHANGED
from scoring import engine, ruleset_editing
from scoring.compiled import from_rows
from scoring.models import Ruleset
from scoring.ruleset_editing import NAMES, SINGLE


def draft_of(request: HttpRequest, public_id: str) -> Ruleset:
    rows = visible(request.user, Ruleset, Verb.LOG).select_related("committee")
    return get_object_or_404(rows, public_id=public_id)


def is_closed(request: HttpRequest, row: Ruleset) -> bool:
    if row.state == Ruleset.State.DRAFT:
        return False
    messages.error(request, f"{row}{row.get_state_display()}，内容不能再改。要修订请起草下一版，并写明理由。")
    return True


def locked(row: Ruleset, seen: str) -> engine.Ruleset:
    """The draft's content, locked until the end of the transaction. ValidationError when it is not what was seen."""
    content = from_rows(Ruleset.objects.select_for_update().get(pk=row.pk))
    if ruleset_editing.fingerprint(content) != seen:
        raise ValidationError(CHANGED)
    return content


def back_to(row: Ruleset, part: str, place: int | None = None) -> str:
    """The draft's page, at the part that was worked on."""
    page = reverse("ruleset_edit", args=[row.public_id])
    if part in SINGLE:
        return f"{page}#{part}"
    return page if place is None else f"{page}#{part}-{place}"


def named(part: str, values: dict[str, Any]) -> str:
    return f"{NAMES[part]}“{values.get('name') or values.get('kind') or values.get('code')}”"
