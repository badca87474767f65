"""Pages of 核对确认: the member's one button, and the office's list of who has not pressed it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, grants_for, may_beyond_own, staff_grant, visible
from members.ids import as_uuid
from members.listing import ROWS_A_PAGE
from members.models import Grant, Subject
from members.recording import REQUIRED, DayField
from scoring.confirmations import confirm_card, remind, set_check_until, unconfirmed
from scoring.models import Assessment, Confirmation, Objection, ReportCard
from scoring.objections_views import own_card


class UntilForm(forms.Form):
    until = DayField(label="核对截止日期", error_messages={"required": REQUIRED.format(label="核对截止日期")})

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", use_required_attribute=False, **options)


@login_required
@require_http_methods(["GET", "POST"])
def my_confirmation(request: HttpRequest) -> HttpResponse:
    """?of= the assessment's public id, otherwise the newest year."""
    grants = grants_for(request.user, Verb.REPORT, Confirmation)
    card = own_card(request)
    if request.method == "POST":
        grant = next((one for one in grants if one.committee_id == card.assessment.committee_id), None)
        try:
            confirm_card(user=request.user, card=card, seen=request.POST.get("seen", ""), grant=grant)
            messages.success(request, "已确认，谢谢您核对。")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('my_confirmation')}?of={card.assessment.public_id}")
    own = visible(request.user, Confirmation, Verb.REPORT).filter(assessment=card.assessment, at__isnull=False)
    context = {
        "card": card,
        "assessment": card.assessment,
        "confirmation": own.first(),
        "is_open": card.assessment.state == Assessment.State.MEMBER_CHECK and not card.assessment.is_check_over,
        "unfinished": visible(request.user, Objection, Verb.REPORT).filter(card=card).unfinished().count(),
    }
    return render(request, "scoring/confirmation_mine.html", context)


# ---------------------------------------------------------------- the office
@login_required
@require_safe
def confirmations(request: HttpRequest) -> HttpResponse:
    """Who has confirmed and who has not, by year; ?show=all lists everybody."""
    assessment = _assessment(request, staff_grant(request.user, Verb.VIEW, Confirmation))
    context = {"assessment": assessment}
    if assessment is not None:
        context |= _listed(request, assessment)
    return render(request, "scoring/confirmations.html", context)


def _listed(request: HttpRequest, assessment: Assessment) -> dict:
    cards = visible(request.user, ReportCard).filter(assessment=assessment, subject__seat__isnull=False)
    waiting = unconfirmed(assessment)
    shown = cards if request.GET.get("show") == "all" else cards.filter(pk__in=waiting.values("pk"))
    shown = shown.select_related("subject__seat__member__user", "subject__seat__sector").defer("document", "standing")
    page = Paginator(shown.order_by("subject__seat__number", "pk"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    found = _confirmations(request, assessment, page.object_list)
    mine = visible(request.user, Assessment, Verb.APPROVE).filter(pk=assessment.pk)
    return {
        "assessments": visible(request.user, Assessment).filter(
            committee=assessment.committee, subject_kind=Subject.Kind.MEMBER
        ),
        "page": page,
        "rows": [(card, found.get(card.subject_id)) for card in page],
        "is_all": request.GET.get("show") == "all",
        "count": cards.count(),
        "waiting": waiting.count(),
        "is_checking": assessment.state == Assessment.State.MEMBER_CHECK and not assessment.is_check_over,
        "may_remind": may_beyond_own(request.user, Verb.VERIFY, Confirmation),
        "form": UntilForm(initial={"until": assessment.member_check_until}) if mine.exists() else None,
    }


def _confirmations(request: HttpRequest, assessment: Assessment, cards: list[ReportCard]) -> dict[int, Confirmation]:
    rows = visible(request.user, Confirmation).filter(
        assessment=assessment, subject__in=[card.subject_id for card in cards]
    )
    return {row.subject_id: row for row in rows}


def _assessment(request: HttpRequest, grant: Grant, verb: Verb = Verb.VIEW) -> Assessment | None:
    """The members' assessment of ?of=, otherwise the one that is being checked, otherwise the newest."""
    found = visible(request.user, Assessment, verb).filter(
        committee=grant.committee_id, subject_kind=Subject.Kind.MEMBER
    )
    found = found.exclude(state=Assessment.State.DRAFT).select_related("committee").order_by("-year")
    if of := request.POST.get("of") or request.GET.get("of"):
        assessment = found.filter(public_id=as_uuid(of)).first()
        if assessment is None:
            raise Http404
        return assessment
    return found.filter(state=Assessment.State.MEMBER_CHECK).first() or found.first()


@login_required
@require_POST
def confirmations_remind(request: HttpRequest) -> HttpResponse:
    grant = staff_grant(request.user, Verb.VERIFY, Confirmation)
    assessment = _assessment(request, grant)
    if assessment is None:
        raise Http404
    try:
        told, without = remind(user=request.user, assessment=assessment, grant=grant)
        more = f"另有 {without} 人没有账号，请用别的方式通知。" if without else ""
        said = f"已提醒 {told} 人。" if told else "今天已经提醒过，没有重复发送。"
        messages.success(request, said + more)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_page_of(assessment))


@login_required
@require_POST
def confirmations_until(request: HttpRequest) -> HttpResponse:
    grant = staff_grant(request.user, Verb.APPROVE, Assessment)
    assessment = _assessment(request, grant, Verb.APPROVE)
    if assessment is None:
        raise Http404
    form = UntilForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("until", [])))
        return redirect(_page_of(assessment))
    try:
        set_check_until(user=request.user, assessment=assessment, until=form.cleaned_data["until"], grant=grant)
        messages.success(request, f"已定：委员在 {form.cleaned_data['until']} 以前可以提出更正、确认核对。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_page_of(assessment))


def _page_of(assessment: Assessment) -> str:
    return f"{reverse('confirmations')}?of={assessment.public_id}"
