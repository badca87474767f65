"""A member's own reports: write, ask for signatures, hand in, take back, sign for others."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, allowed_grant, visible
from members.models import Seat
from members.recording import DecideForm, form_page
from opinions import drafts
from opinions.member_forms import DraftChangeForm, DraftFields, DraftForm, own_seats
from opinions.models import OpinionReport, Reporter

State = OpinionReport.State
DONE = {
    "hand_in": "已报送。工作人员编发、采用后，这里会显示结果。",
    "call_back": "已撤回，现在是草稿，可以修改后再报送。",
    "discard": "草稿已删除。",
    "confirm": "已确认联名。",
    "decline": "已答复不联名。",
}


@login_required
@require_safe
def my_opinions(request: HttpRequest) -> HttpResponse:
    """What waits for the member's signature, then what the member wrote or signed."""
    allowed_grant(request.user, Verb.REPORT, OpinionReport)
    rows = list(visible(request.user, OpinionReport, Verb.REPORT).with_signers())
    waiting = [row for row in rows if (own := _own(request, row)) and _may_answer(row, own) and not _answered(own)]
    context = {"waiting": waiting, "reports": [row for row in rows if row not in waiting]}
    return render(request, "opinions/my_opinions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_opinion_new(request: HttpRequest) -> HttpResponse:
    allowed_grant(request.user, Verb.REPORT, OpinionReport)
    seats = own_seats(request.user)
    if not seats:
        raise Http404
    chosen = request.GET.get("committee", "")
    seat = next((seat for seat in seats if seat.committee.code == chosen), seats[0])
    return _draft_page(request, lambda data: DraftForm(data, user=request.user, seat=seat), seats)


@login_required
@require_http_methods(["GET", "POST"])
def my_opinion_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _report(request, public_id)
    own = _own(request, row)
    if row.state != State.DRAFT or own is None or own.role != Reporter.Role.LEAD:
        raise Http404
    return _draft_page(request, lambda data: DraftChangeForm(data, user=request.user, report=row), [])


def _draft_page(request: HttpRequest, make_form: Callable[..., DraftFields], seats: list[Seat]) -> HttpResponse:
    """The form with two buttons: keep as a draft, or hand in at once. ``seats``: the member's, to change between."""

    def page_of(row: OpinionReport) -> str:
        messages.success(request, DONE["hand_in"] if row.state == State.SUBMITTED else "草稿已保存，还没有报送。")
        return reverse("my_opinion", args=[row.public_id])

    return form_page(
        request,
        make_form,
        back=reverse("my_opinions"),
        then=page_of,
        template="opinions/draft.html",
        seats=seats if len(seats) > 1 else [],
    )


@login_required
@require_http_methods(["GET", "POST"])
def my_opinion(request: HttpRequest, public_id: str) -> HttpResponse:
    """One report of the member's, with what may be done about it now."""
    row = _report(request, public_id)
    own = _own(request, row)
    is_lead = own is not None and own.role == Reporter.Role.LEAD
    if request.method == "POST":
        return _decide(request, row, own)
    context = {
        "opinion": row,
        "own": own,
        "is_draft": is_lead and row.state == State.DRAFT,
        "may_call_back": is_lead and row.state == State.SUBMITTED and not drafts.is_taken_up(row),
        "may_answer": own is not None and _may_answer(row, own),
    }
    return render(request, "opinions/my_opinion.html", context)


def _decide(request: HttpRequest, row: OpinionReport, own: Reporter | None) -> HttpResponse:
    is_lead = own is not None and own.role == Reporter.Role.LEAD
    allowed = ("hand_in", "call_back", "discard") if is_lead else ("confirm", "decline")
    form = DecideForm(request.POST, *allowed)
    if own is None or not form.is_valid():
        messages.error(request, DecideForm.problem)
        return redirect("my_opinion", public_id=row.public_id)
    decision = form.cleaned_data["decision"]
    given = {"user": request.user, "grant": allowed_grant(request.user, Verb.REPORT, OpinionReport)}
    try:
        if is_lead:
            {"hand_in": drafts.hand_in, "call_back": drafts.call_back, "discard": drafts.discard_draft}[decision](
                report=row, **given
            )
        else:
            drafts.answer_signature(reporter=own, is_confirmed=decision == "confirm", **given)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, DONE[decision])
        if decision == "discard":
            return redirect("my_opinions")
    return redirect("my_opinion", public_id=row.public_id)


def _report(request: HttpRequest, public_id: str) -> OpinionReport:
    rows = visible(request.user, OpinionReport, Verb.REPORT).with_signers().select_related("office", "committee")
    return get_object_or_404(rows, public_id=public_id)


def _own(request: HttpRequest, row: OpinionReport) -> Reporter | None:
    """The user's signature under the report."""
    mine = (signer for signer in row.reporters.all() if signer.seat.member_id == request.user.member_id)
    return next(mine, None)


def _may_answer(row: OpinionReport, own: Reporter) -> bool:
    return own.role == Reporter.Role.COSIGNER and row.state in {State.DRAFT, State.SUBMITTED}


def _answered(own: Reporter) -> bool:
    return own.is_confirmed or own.is_declined
