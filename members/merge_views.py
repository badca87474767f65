"""合并: two rows of one person side by side; one of the four acts that cannot be undone, so a number is typed."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from members.access import Verb, allowed_grant, visible
from members.listing import LONGEST_SEARCH
from members.merging import GONE, KEPT, PERSON, Plan, merge, plan
from members.models import Member, Seat
from members.names import normalise_name
from members.people_views import loggable
from members.recording import CLASH
from members.services import SEAT_FIELDS

OFFERED = 20  # candidates on a page


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the comparison; ``is_open`` when the two differ and one has to be chosen."""

    name: str
    label: str
    kept: str
    gone: str
    is_open: bool
    chosen: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was merged; ``box`` is the id of the box to mend, "" when it is about the whole."""

    sentence: str
    box: str = ""


@login_required
@require_http_methods(["GET", "POST"])
def seat_merge(request: HttpRequest, public_id: str) -> HttpResponse:
    seat = loggable(request, public_id)
    asked = request.POST.get("other") or request.GET.get("other") or ""
    seats = visible(request.user, Seat, Verb.LOG).filter(committee=seat.committee).exclude(member=seat.member)
    seats = seats.select_related("member", "term", "sector")
    if not asked:
        if request.method == "POST":
            return redirect("seat_merge", seat.public_id)
        text = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
        context = {"seat": seat, "q": text, "candidates": list(_candidates(seats, seat, text)[:OFFERED])}
        return render(request, "members/merge_find.html", context)
    try:
        other = get_object_or_404(seats, public_id=asked)
        found = plan(seat.member, other.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("seat_merge", seat.public_id)
    errors: list[Refusal] = []
    if request.method == "POST":
        errors = _merged(request, found)
        if not errors:
            messages.success(request, f"已把{other}并入{seat.member}，有关记录和得分随之更正。")
            return redirect("seat", found.pairs[0].kept.public_id if found.pairs else seat.public_id)
    context = {
        "seat": seat,
        "other": other,
        "plan": found,
        "choices": _choices(found, request.POST),
        "clashes": [(clash, request.POST.get(clash.key, "")) for clash in found.clashes],
        "errors": errors,
        "wrong": {error.box: error.sentence for error in errors},
        "typed": request.POST.get("token", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "members/merge.html", context)


def _candidates(seats: QuerySet[Seat], seat: Seat, text: str) -> QuerySet[Seat]:
    """Who is searched for; else namesakes and who has the same telephone."""
    if text:
        name = normalise_name(text)
        found = Q(member__name__contains=name) | Q(number=text) | Q(member__initials__startswith=text.lower())
    else:
        found = Q(member__name=seat.member.name)
        if seat.member.telephone_hash:
            found |= Q(member__telephone_hash=seat.member.telephone_hash)
    return seats.filter(found).order_by("member__stroke_key", "number")


def _merged(request: HttpRequest, found: Plan) -> list[Refusal]:
    """Merge as sent; the sentences that say why not with the box each is about, none when it is done."""
    reason = request.POST.get("reason", "").strip()[:300]
    errors = []
    if request.POST.get("token", "").strip() != found.token:
        errors.append(Refusal(f"没有合并：合并不能撤销，请在“确认”里输入 {found.token}。", "token"))
    if not reason:
        errors.append(Refusal("没有写理由，请写明为什么是同一个人，例如“两次导入写法不同”。", "reason"))
    if errors:
        return errors
    names = [*PERSON, *SEAT_FIELDS, "posts"]
    try:
        merge(
            user=request.user,
            grant=allowed_grant(request.user, Verb.LOG, Seat),
            kept=found.kept,
            gone=found.gone,
            values={name: request.POST.get(name, KEPT) for name in names},
            choices={clash.key: request.POST.get(clash.key, "") for clash in found.clashes},
            reason=reason,
        )
    except ValidationError as error:
        return [Refusal(sentence) for sentence in error.messages]
    except IntegrityError:
        # Somebody logged something about the one that goes, between the look and the end.
        return [Refusal(CLASH)]
    return []


# ---------------------------------------------------------------- the comparison
def _choices(found: Plan, sent) -> list[Choice]:
    lines = [_line(found.kept, found.gone, name, sent) for name in PERSON]
    for pair in found.pairs:
        lines += [_line(pair.kept, pair.gone, name, sent) for name in SEAT_FIELDS]
        lines.append(_choice("posts", "职务", _posts(pair.kept), _posts(pair.gone), sent))
    return [line for line in lines if line.kept or line.gone]


def _line(kept: Member | Seat, gone: Member | Seat, name: str, sent) -> Choice:
    if name == "telephone":
        # Two numbers may look alike when masked.
        is_same = kept.telephone_hash == gone.telephone_hash
        one, other = kept.masked_telephone, gone.masked_telephone
        return _choice(name, "手机号", one, "" if is_same else other, sent, is_same)
    field = kept._meta.get_field(name)
    return _choice(name, str(field.verbose_name), _shown(kept, name), _shown(gone, name), sent)


def _choice(name: str, label: str, kept: str, gone: str, sent, is_same: bool = False) -> Choice:
    is_open = kept != gone and not is_same
    chosen = sent.get(name) or (GONE if gone and not kept else KEPT)
    return Choice(name, label, kept, gone, is_open, chosen)


def _shown(row: Member | Seat, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return "" if value is None else str(value)


def _posts(seat: Seat) -> str:
    return "；".join(
        f"{post}（{post.from_on} 起{f'，至 {post.to_on}' if post.to_on else ''}）" for post in seat.posts.all()
    )
