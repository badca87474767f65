"""Pages of the table of kinds of contributions. Rows come from members.access alone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.contribution_kinds import KIND_FIELDS
from activities.models import ContributionKind
from members.access import Verb, allowed_grant, visible
from members.models import Committee, Office
from members.recording import KnownRecord, RecordForm, form_page, row_field


class KindForm(RecordForm):
    """What the office may say of a kind; the code of a standard one is the rules'."""

    model = ContributionKind
    verb = Verb.SETTING

    name = forms.CharField(label="名称", max_length=60)
    unit = forms.CharField(label="单位", max_length=10, initial="次", help_text="例如 次、篇、项、小时")
    position = forms.IntegerField(
        label="顺序",
        min_value=0,
        max_value=999,
        help_text="小的排在前面",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "“顺序”应是 0 到 999 的整数，请改正。"),
    )
    is_reportable = forms.BooleanField(label="委员可以自己申报（经处室核实后计分）", required=False)
    verifier = row_field("由哪个处室核实", Office, help_text="委员自己申报的由它核实")

    def __init__(self, *args: Any, committee: Committee, **options: Any):
        super().__init__(*args, committee=committee, **options)
        self.committee = committee
        offices = visible(self.user, Office).filter(committee=committee).open_on(timezone.localdate())
        self.offer("verifier", offices, empty="排在第一位的处室")

    def values(self) -> dict[str, Any]:
        return {("office" if name == "verifier" else name): self.cleaned_data[name] for name in self.asked}

    @property
    def asked(self) -> list[str]:
        return [name for name in self.fields if name == "verifier" or name in KIND_FIELDS]


class NewKindForm(KindForm):
    title = "新增履职类型"

    def save(self) -> ContributionKind | None:
        return self.attempt(
            services.add_contribution_kind,
            committee=self.committee,
            grant=self.grants[0],
            **self.values(),
        )


class ChangeKindForm(KnownRecord, KindForm):
    title = "修改履职类型"

    is_open = forms.BooleanField(label="在用（停用后不能再登记，原有记录不变）", required=False)

    def __init__(self, *args: Any, kind: ContributionKind, **options: Any):
        initial = {name: getattr(kind, name) for name in KIND_FIELDS if name != "office"} | {"verifier": kind.office}
        super().__init__(*args, committee=kind.committee, initial=initial, **options)
        self.kind = kind

    def save(self) -> ContributionKind:
        self.attempt(services.change_contribution_kind, kind=self.kind, grant=self.grants[0], **self.values())
        return self.kind


@login_required
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    committee = _committee(request)
    rows = visible(request.user, ContributionKind, Verb.SETTING).filter(committee=committee).with_use()
    context = {
        "committee_of_kinds": committee,
        "kinds": rows.select_related("office"),
        "today": timezone.localdate(),
    }
    return render(request, "activities/contribution_kinds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def kind_new(request: HttpRequest) -> HttpResponse:
    committee = _committee(request)
    last = visible(request.user, ContributionKind, Verb.SETTING).filter(committee=committee).last()
    return form_page(
        request,
        lambda data: NewKindForm(
            data, user=request.user, committee=committee, initial={"position": last.position + 1 if last else 1}
        ),
        back=reverse("contribution_kinds"),
        then=lambda kind: _said(request, f"已新增“{kind}”，代码 {kind.code}，考核办法可以按这个代码计分。"),
        intro="本委员会自己的类型。是否计分、计多少分由考核办法决定。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def kind_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, ContributionKind, Verb.SETTING).with_use().select_related("committee", "office")
    kind = get_object_or_404(rows, public_id=public_id)
    return form_page(
        request,
        lambda data: ChangeKindForm(data, user=request.user, kind=kind),
        back=reverse("contribution_kinds"),
        then=lambda row: _said(request, f"“{row}”已保存。"),
        template="activities/contribution_kind.html",
        kind=kind,
    )


@login_required
@require_POST
def kind_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    kind = get_object_or_404(visible(request.user, ContributionKind, Verb.SETTING), public_id=public_id)
    grant = allowed_grant(request.user, Verb.SETTING, ContributionKind)
    try:
        services.remove_contribution_kind(user=request.user, kind=kind, grant=grant)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("contribution_kind", public_id)
    messages.success(request, f"“{kind}”已删除。")
    return redirect("contribution_kinds")


def _committee(request: HttpRequest) -> Committee:
    return allowed_grant(request.user, Verb.SETTING, ContributionKind).committee


def _said(request: HttpRequest, sentence: str) -> str:
    messages.success(request, sentence)
    return reverse("contribution_kinds")
