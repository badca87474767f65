"""Pages that change members and their seats; the list and the seat's own page are scoring's, beside the scores."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from audit.actions import act
from members.access import Verb, allowed_grant, visible
from members.models import Seat, Term
from members.people_forms import GroupsForm, NewSeatForm, PostsForm, SeatChangeForm, term_of
from members.recording import form_page
from members.telephone import UnreadableTelephone, decrypt


@login_required
@require_http_methods(["GET", "POST"])
def member_new(request: HttpRequest) -> HttpResponse:
    committee = allowed_grant(request.user, Verb.LOG, Seat).committee
    term = term_of(visible(request.user, Term).filter(committee=committee))
    if term is None:
        raise Http404

    def done(seat: Seat) -> str:
        messages.success(request, f"已新增委员{seat}。")
        return reverse("seat", args=[seat.public_id])

    return form_page(
        request,
        lambda data: NewSeatForm(data, user=request.user, term=term),
        back=reverse("cards"),
        then=done,
        intro=f"{committee.short_name}{term}。许多委员一起登记，用“导入”更快。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def seat_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return _change(request, loggable(request, public_id), SeatChangeForm, template="form.html", said="的资料")


@login_required
@require_http_methods(["GET", "POST"])
def seat_posts(request: HttpRequest, public_id: str) -> HttpResponse:
    return _change(request, loggable(request, public_id), PostsForm, template="members/spans.html", said="的职务")


@login_required
@require_http_methods(["GET", "POST"])
def seat_groups(request: HttpRequest, public_id: str) -> HttpResponse:
    return _change(request, loggable(request, public_id), GroupsForm, template="members/spans.html", said="的活动组")


def _change(request: HttpRequest, seat: Seat, form: type, *, template: str, said: str) -> HttpResponse:
    page = reverse("seat", args=[seat.public_id])

    def done(_: Seat) -> str:
        messages.success(request, f"已保存{seat.member.name}{said}。")
        return page

    return form_page(
        request,
        lambda data: form(data, user=request.user, seat=seat),
        back=page,
        then=done,
        template=template,
        intro=f"{seat.member.name}，{seat.term}，编号 {seat.number}。",
    )


@login_required
@require_POST
def seat_telephone(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the whole number: an act with its trace, like any change."""
    seat = loggable(request, public_id)
    with act(user=request.user, verb="查看手机号", reason=str(seat), committee=seat.committee):
        try:
            number = decrypt(seat.member.telephone_cipher)
        except UnreadableTelephone:
            number = ""
    return render(request, "members/telephone.html", {"seat": seat, "number": number})


def loggable(request: HttpRequest, public_id: str) -> Seat:
    """The seat, for those who may change it; 404 for everybody else."""
    rows = visible(request.user, Seat, Verb.LOG).select_related(
        "member__committee", "term__committee", "committee", "sector", "special_committee", "second_special_committee"
    )
    return get_object_or_404(rows, public_id=public_id)
