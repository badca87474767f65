"""全会展示 and 公开程度: what the plenary is shown of a published year, and the committee's decision on how much that is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, may_beyond_own, staff_grant, visible
from members.fresh import PASSWORD, FreshForm
from members.models import Subject
from members.recording import form_page
from reports.models import Openness
from reports.openness import SECTIONS, Step, label_of, names_of, openness_of, set_openness
from reports.slides import slides
from reports.year_figures import figures
from scoring import editions
from scoring.models import Assessment, EditionCard

SHOWN = 50  # changes listed


@require_safe
@login_required
def show(request: HttpRequest, year: int) -> HttpResponse:
    """The whole deck in one document. A year that is not published is not shown: its figures and places may still move."""
    staff_grant(request.user, Verb.VIEW, EditionCard)
    assessment = _assessment(request, year, Openness, Verb.VIEW)
    edition = editions.current(assessment)
    if edition is None:
        return render(request, "reports/slides_not_yet.html", {"assessment": assessment}, status=409)
    openness, found = openness_of(assessment), figures(edition)
    context = {
        "assessment": assessment,
        "edition": edition,
        "openness": label_of(openness.step),
        "slides": slides(assessment, found, names_of(openness, found), timezone.localdate()),
        "may_set": may_beyond_own(request.user, Verb.APPROVE, Openness),
    }
    return render(request, "reports/slides.html", context)


def _assessment(request: HttpRequest, year: int, model: Any, verb: Verb) -> Assessment:
    """The year's of members, in the committee for which the user has the right."""
    committee = staff_grant(request.user, verb, model).committee
    rows: QuerySet[Assessment] = visible(request.user, Assessment).select_related("committee")
    return get_object_or_404(rows, committee=committee, year=year, subject_kind=Subject.Kind.MEMBER)


# ---------------------------------------------------------------- 公开程度
class OpennessForm(FreshForm):
    model = Openness
    verb = Verb.APPROVE
    conditional = ("basis", PASSWORD)

    step = forms.TypedChoiceField(
        label="给别人看到哪一步",
        coerce=int,
        choices=[(one.value, label_of(one)) for one in Step],
        widget=forms.RadioSelect,
        help_text="每一步都包含前一步；名单都按姓氏笔画为序。第④步列出参加排名的委员，没有得分的委员任何时候都不列。",
    )
    is_public = forms.BooleanField(
        label="开放公开页", required=False, help_text="不登录也能看，内容只有下面勾选的各项和这一步可以公布的名单"
    )
    sections = forms.MultipleChoiceField(
        label="公开页上的内容", required=False, choices=list(SECTIONS.items()), widget=forms.CheckboxSelectMultiple
    )
    basis = forms.CharField(
        label="依据",
        max_length=Openness._meta.get_field("basis").max_length,
        required=False,
        help_text="哪次会议决定的，例如 2026年1月5日主席会议；只选第①步又不开放公开页的可以不写",
    )

    def __init__(self, *args: Any, assessment: Assessment, **options: Any):
        row = openness_of(assessment)
        initial = {name: getattr(row, name) for name in ("step", "is_public", "sections", "basis")}
        super().__init__(*args, committee=assessment.committee, initial=initial, **options)
        self.assessment = assessment
        self.title = f"{assessment.year} 年度公开程度"

    def save(self) -> Openness | None:
        given = {name: self.cleaned_data[name] for name in ("step", "is_public", "sections", "basis")}
        grant = next((one for one in self.grants if one.committee_id == self.assessment.committee_id), None)
        return self.attempt(set_openness, assessment=self.assessment, grant=grant, **given)


@sensitive_post_parameters(PASSWORD)
@login_required
@require_http_methods(["GET", "POST"])
def openness(request: HttpRequest, year: int) -> HttpResponse:
    assessment = _assessment(request, year, Openness, Verb.APPROVE)

    def saved(row: Openness) -> str:
        messages.success(request, f"已设为{label_of(row.step)}；公开页{_public(row)}。")
        return reverse("openness", args=[year])

    return form_page(
        request,
        lambda data: OpennessForm(data, request=request, assessment=assessment),
        back=reverse("reports", args=[year]),
        then=saved,
        template="reports/openness.html",
        assessment=assessment,
        is_published=assessment.state == Assessment.State.PUBLISHED,
        openness=openness_of(assessment),
        changes=_changes(request, assessment),
    )


def _changes(request: HttpRequest, assessment: Assessment) -> list[tuple[Any, str, str]]:
    """[(row of the history, its step, sections of the public page or "")], the newest first."""
    ids = visible(request.user, Openness).filter(assessment=assessment).values("pk")
    rows = Openness.history.filter(id__in=ids).select_related("action__user").order_by("-history_id")[:SHOWN]
    return [(row, label_of(row.step), _public(row)) for row in rows]


def _public(row: Any) -> str:
    if not row.is_public:
        return "不开放"
    return f"开放：{'、'.join(SECTIONS[code] for code in row.sections) or '只有名单'}"
