"""Pages of the settings: the parts of a committee, listed, added, renamed, put in order, closed, removed."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.models import Action
from desk.settings_forms import NewPartForm, PartChangeForm
from desk.settings_parts import KINDS, Kind, check_cards, parts, reordered
from desk.terms import succession_of
from members.access import Verb, grants_for, may_beyond_own, visible
from members.models import Committee, Seat
from members.parts import Part, order_parts, remove_part
from members.recording import form_page

ORDER = "order-"  # and the part's public id: the name of its box


@login_required
@require_safe
def settings_home(request: HttpRequest) -> HttpResponse:
    """All lists with how long they are."""
    grants_for(request.user, Verb.SETTING, Committee)
    kinds = [(kind, visible(request.user, kind.model, Verb.SETTING).count()) for kind in KINDS.values()]
    return render(request, "desk/settings_home.html", {"kinds": kinds})


@login_required
@require_http_methods(["GET", "POST"])
def settings_parts(request: HttpRequest, kind: Kind) -> HttpResponse:
    """One list; a POST puts it in the order of the numbers typed."""
    grants = grants_for(request.user, Verb.SETTING, kind.model)
    if request.method == "POST" and kind.is_ordered:
        moved = sum(_reorder(request, kind, grant) for grant in {one.committee_id: one for one in grants}.values())
        messages.success(request, f"已保存顺序，{moved} 项有变动。" if moved else "顺序没有变动。")
        return redirect("settings_parts", kind.slug)
    rows = list(parts(request.user, kind))
    for some in _lists(rows):
        for place, row in enumerate(some, start=1):
            row.place = place
    context = {
        "kind": kind,
        "parts": rows,
        "committees": len({row.committee_id for row in rows}),
        "may_succeed": kind.slug == "terms" and may_beyond_own(request.user, Verb.LOG, Seat),
    }
    return render(request, "desk/settings_parts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def settings_new(request: HttpRequest, kind: Kind) -> HttpResponse:
    return form_page(
        request,
        lambda data: NewPartForm(data, user=request.user, kind=kind),
        back=reverse("settings_parts", args=[kind.slug]),
    )


@login_required
@require_http_methods(["GET", "POST"])
def settings_part(request: HttpRequest, kind: Kind, public_id: str) -> HttpResponse:
    """Rename or end one part; below, remove it."""
    part = _part(request, kind, public_id)
    return form_page(
        request,
        lambda data: PartChangeForm(data, user=request.user, kind=kind, part=part),
        back=reverse("settings_parts", args=[kind.slug]),
        template="desk/settings_part.html",
        kind=kind,
        part=part,
        succession=_succession(request, kind, part),
    )


@login_required
@require_POST
def settings_remove(request: HttpRequest, kind: Kind, public_id: str) -> HttpResponse:
    part = _part(request, kind, public_id)
    grant = next(
        one for one in grants_for(request.user, Verb.SETTING, kind.model) if one.committee_id == part.committee_id
    )
    name = str(part)
    try:
        check_cards(part)
        remove_part(user=request.user, part=part, grant=grant)
        messages.success(request, f"已删除“{name}”。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("settings_part", kind.slug, public_id)
    return redirect("settings_parts", kind.slug)


def _part(request: HttpRequest, kind: Kind, public_id: str) -> Part:
    return get_object_or_404(parts(request.user, kind), public_id=public_id)


def _reorder(request: HttpRequest, kind: Kind, grant: Any) -> int:
    moved = 0
    for rows in _lists(parts(request.user, kind).filter(committee=grant.committee_id)):
        rows = reordered(rows, lambda row: request.POST.get(f"{ORDER}{row.public_id}", ""))
        moved += order_parts(user=request.user, parts=rows, grant=grant)
    return moved


def _succession(request: HttpRequest, kind: Kind, part: Part) -> Action | None:
    """The act that the user may take back."""
    return succession_of(part) if kind.slug == "terms" and may_beyond_own(request.user, Verb.LOG, Seat) else None


def _lists(rows: Iterable[Part]) -> list[list[Part]]:
    """Each committee's list, and each term's sectors, are numbered by themselves."""
    lists: dict[tuple[int, int | None], list[Part]] = {}
    for row in rows:
        lists.setdefault((row.committee_id, getattr(row, "term_id", None)), []).append(row)
    return list(lists.values())
