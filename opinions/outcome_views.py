"""Pages on what becomes of a report, and of the organs the office keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.access import Verb, grants_for, visible
from members.recording import RecordForm, form_page
from opinions import outcome_forms as forms
from opinions.models import Adoption, Forwarding, Instruction, Level, Organ
from opinions.outcomes import Outcome
from opinions.pages import about_one

LEVEL_ORDER = {level: place for place, level in enumerate(Level.values)}
WITH_ORGANS = "opinions/outcome.html"


@login_required
@require_http_methods(["GET", "POST"])
def opinion_issue(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, lambda row: forms.IssueForm)


@login_required
@require_http_methods(["GET", "POST"])
def opinion_put_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, lambda row: forms.PutAsideForm)


@login_required
@require_http_methods(["GET", "POST"])
def opinion_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    def to_list(row: None) -> str:
        messages.success(request, "已删除。操作记录和理由仍然保留。")
        return reverse("opinions")

    return about_one(request, public_id, lambda row: forms.RemoveForm, then=to_list)


@login_required
@require_http_methods(["GET", "POST"])
def adoption_new(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, lambda row: forms.AdoptionForm, template=WITH_ORGANS)


@login_required
@require_http_methods(["GET", "POST"])
def instruction_new(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, lambda row: forms.InstructionForm)


@login_required
@require_http_methods(["GET", "POST"])
def forwarding_new(request: HttpRequest, public_id: str) -> HttpResponse:
    return about_one(request, public_id, lambda row: forms.ForwardingForm, template=WITH_ORGANS)


@login_required
@require_http_methods(["GET", "POST"])
def outcome_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back an adoption, an instruction or a forwarding; their public ids never clash."""
    outcome = _outcome(request, public_id)
    return form_page(
        request,
        lambda data: forms.WithdrawForm(data, user=request.user, outcome=outcome),
        back=reverse("opinion", args=[outcome.report.public_id]),
        intro=f"{outcome.get_level_display()}：{outcome}。信息：{outcome.report}",
    )


def _outcome(request: HttpRequest, public_id: str) -> Outcome:
    for model in (Adoption, Instruction, Forwarding):
        rows = visible(request.user, model, Verb.LOG).filter(public_id=public_id)
        if found := rows.select_related("report__office", "committee").first():
            return found
    raise Http404


@login_required
@require_http_methods(["GET", "POST"])
def organs(request: HttpRequest) -> HttpResponse:
    """The organs of the committee with a form to add one."""
    grants_for(request.user, Verb.LOG, Organ)
    form = forms.OrganForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        if not form.errors:
            messages.success(request, f"已添加“{row}”。")
            return redirect("organs")
    rows = sorted(visible(request.user, Organ, Verb.LOG), key=lambda row: (LEVEL_ORDER[row.level], row.name))
    return render(request, "opinions/organs.html", {"organs": rows, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def organ(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(forms.organ_of(request.user, public_id))

    def make(data: dict | None) -> RecordForm:
        return forms.OrganChangeForm(data, user=request.user, organ=row)

    return form_page(request, make, back=reverse("organs"))
