"""优秀名单: the chair's office chooses from the ranking, takes off again with a reason, and prints by strokes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, staff_grant, visible
from members.models import Subject
from members.recording import DayField, RecordForm
from scoring import editions, roster
from scoring.models import Assessment, Commendation, Edition, EditionCard, ReportCard
from scoring.services.honours import CHOOSING, commend, withdraw_commendation

PEOPLE = ("subject__seat__member", "subject__seat__sector", "subject__special_committee", "subject__group")
ROWS_A_PAGE = 50


class HonourForm(RecordForm):
    """``chosen``, and ``reason-…`` of each, are read beside the form: the ranking's rows hold them."""

    model = Commendation
    verb = Verb.APPROVE
    title = "优秀名单"
    conditional = ("reason",)

    name = forms.CharField(label="称号", max_length=40, initial=Commendation.TITLE)
    decided_on = DayField(label="决定日期")
    reason = forms.CharField(
        label="共同的理由", max_length=300, required=False, help_text="没有单独写理由的，都用这一句；例如 主席会议审定"
    )

    def __init__(self, *args: Any, assessment: Assessment, **options: Any):
        super().__init__(*args, committee=assessment.committee, **options)
        self.fields["decided_on"].initial = timezone.localdate()
        self.assessment = assessment
        self.ticked = set(self.data.getlist("chosen")) if self.is_bound else set()

    def typed(self, public_id: object) -> str:
        """The reason typed for one row."""
        return self.data.get(f"reason-{public_id}", "").replace("\0", "") if self.is_bound else ""

    def save(self) -> list[Commendation] | None:
        found = visible(self.user, Subject).filter(committee=self.assessment.committee, public_id__in=self._uuids())
        subjects = found.select_related("seat__member", "special_committee", "group").order_by("pk")
        common = self.cleaned_data["reason"]
        return self.attempt(
            commend,
            assessment=self.assessment,
            chosen=[(one, self.typed(one.public_id).strip() or common) for one in subjects],
            decided_on=self.cleaned_data["decided_on"],
            title=self.cleaned_data["name"],
            grant=next((one for one in self.grants if one.committee_id == self.assessment.committee_id), None),
        )

    def _uuids(self) -> list[Any]:
        found = []
        for text in sorted(self.ticked):
            try:
                found.append(forms.UUIDField().clean(text))
            except ValidationError:
                continue
        return found


def _assessment(request: HttpRequest, year: int) -> Assessment:
    committee = staff_grant(request.user, Verb.RANK, Assessment).committee
    kind = request.GET.get("of", Subject.Kind.MEMBER)
    rows = visible(request.user, Assessment, Verb.RANK).select_related("committee", "ruleset")
    if kind not in Subject.Kind.values:
        raise Http404
    return get_object_or_404(rows, committee=committee, year=year, subject_kind=kind)


@login_required
@require_http_methods(["GET", "POST"])
def honours(request: HttpRequest, year: int) -> HttpResponse:
    assessment = _assessment(request, year)
    form = HonourForm(request.POST if request.method == "POST" else None, user=request.user, assessment=assessment)
    if request.method == "POST" and form.is_valid() and (rows := form.save()):
        messages.success(request, f"已列入{rows[0].title}名单 {len(rows)} 名。成绩单和得分不受影响。")
        return redirect(_address(assessment))
    standing = _standing(visible(request.user, Commendation).filter(assessment=assessment))
    page = Paginator(_ranked(request, assessment), ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed: dict[Any, list[str]] = {}
    for one in standing:
        listed.setdefault(one.subject.public_id, []).append(one.title)
    context = {
        "assessment": assessment,
        "form": form,
        "standing": standing,
        "changes": _changes(request, assessment),
        "page": page,
        "rows": [(card, listed.get(card.subject.public_id, []), *_tick(form, card)) for card in page],
        "may_choose": assessment.state in CHOOSING,
    }
    return render(request, "scoring/honours.html", context)


def _tick(form: HonourForm, card: Any) -> tuple[bool, str]:
    return str(card.subject.public_id) in form.ticked, form.typed(card.subject.public_id)


def _address(assessment: Assessment) -> str:
    return f"{reverse('honours', args=[assessment.year])}?of={assessment.subject_kind}"


def _standing(rows: QuerySet[Commendation]) -> list[Commendation]:
    """The list as it stands, each title by strokes."""
    found = rows.standing().select_related(*PEOPLE, "decided_by")
    return sorted(found, key=lambda one: (one.title != Commendation.TITLE, one.title, *_strokes(one.subject)))


def _strokes(subject: Subject) -> tuple[str, str, int]:
    return subject.seat.member.stroke_key if subject.seat else "", subject.name, subject.pk


def _ranked(request: HttpRequest, assessment: Assessment) -> list[Any]:
    """The ranking's cards, the largest cohort first, each by place."""
    if edition := editions.current(assessment):
        cards = editions.cards_of(visible(request.user, EditionCard, Verb.RANK), edition)
        cohorts: Iterable[tuple[str, list[Any]]] = editions.cohorts(cards)
    else:
        cohorts = roster.cohorts(visible(request.user, ReportCard, Verb.RANK).filter(assessment=assessment))
    return [card for _, cards in cohorts for card in cards]


def _changes(request: HttpRequest, assessment: Assessment) -> list[tuple[Any, bool]]:
    """[(row of the history, whether it came after publishing), …], the newest first."""
    ids = visible(request.user, Commendation).filter(assessment=assessment).values("pk")
    rows = Commendation.history.filter(id__in=ids).select_related("action__user", *PEOPLE).order_by("-history_id")
    first = Edition.objects.filter(assessment=assessment).order_by("number").values_list("published_at", flat=True)
    published_at = first.first()
    return [(row, published_at is not None and row.action.at >= published_at) for row in rows[:200]]


@login_required
@require_safe
def honours_list(request: HttpRequest, year: int) -> HttpResponse:
    """Names alone, by strokes, for the meeting and for print."""
    assessment = _assessment(request, year)
    titles: dict[str, list[Commendation]] = {}
    for one in _standing(visible(request.user, Commendation).filter(assessment=assessment)):
        titles.setdefault(one.title, []).append(one)
    context = {"assessment": assessment, "titles": list(titles.items()), "back": _address(assessment)}
    return render(request, "scoring/honours_list.html", context)


@login_required
@require_POST
def commendation_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Commendation, Verb.APPROVE).select_related(*PEOPLE, "assessment__committee")
    row = get_object_or_404(rows, public_id=public_id)
    try:
        reason = request.POST.get("reason", "").replace("\0", "")
        withdraw_commendation(user=request.user, commendation=row, reason=reason)
        messages.success(request, f"{row.subject.name}已撤下，理由记录在变动里。成绩单和得分不受影响。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_address(row.assessment))
