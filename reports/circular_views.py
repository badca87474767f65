"""通报: drafted, written, compared, restored and printed. For the chair's office alone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from members.access import Verb, grants_for, visible
from members.listing import ROWS_A_PAGE, FilterForm, Listing
from members.models import Grant, User
from members.recording import OPTIONAL, DayField, RecordForm, choices
from reports.answers import answer, not_printed
from reports.circular_papers import circular_docx, circular_paper, circular_pdf
from reports.circulars import (
    FIELDS,
    Overwritten,
    differences,
    draft,
    figures_of,
    restore_circular,
    save_circular,
    versions,
    without_texts,
)
from reports.figures import Source, UnknownFigure
from reports.models import Circular
from reports.models.circular import HIGHEST_HEAD, LONGEST_BODY, LOWEST_HEAD
from reports.paper import MissingCharacters
from reports.years import source_for

WRONG_HEIGHT = f"“红线位置”请填 {LOWEST_HEAD} 到 {HIGHEST_HEAD} 之间的整数毫米。"


class CircularForm(RecordForm):
    """``seen``: the version that the page showed. ``stored``: what somebody else saved meanwhile, None usually."""

    model = Circular
    verb = Verb.LOG
    title = "通报"
    more = ("mode", "mark", "number", "head_height", "is_mirrored", "copied_to", "printed_by", "printed_on")

    seen = forms.IntegerField(label="版本", widget=forms.HiddenInput)
    title_text = forms.CharField(
        label="标题",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="发文机关 + 关于…… + 的 + 文种；要换行的地方直接换行",
    )
    addressee = forms.CharField(label="主送", max_length=300, required=False, help_text="不用写冒号")
    body = forms.CharField(
        label="正文",
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text="一段一行；一、开头排黑体，（一）开头排楷体；人数和得分写成 {{应评价人数}} 这样的数据项，打印时自动填入",
    )
    signed_by = forms.CharField(label="署名", max_length=100)
    dated_on = DayField(label="成文日期", required=False)
    is_sealed = forms.BooleanField(label="加盖印章（署名居于日期之上，右空四字）", required=False)
    has_table = forms.BooleanField(label="附得分情况表（列出每位委员的得分和名次）", required=False)
    has_honours = forms.BooleanField(label="附优秀名单", required=False)
    mode = forms.ChoiceField(label="用纸", choices=choices(Circular.Mode.choices), widget=forms.RadioSelect)
    mark = forms.CharField(label="发文机关标志", max_length=60, required=False, help_text="只在电子红头中印出")
    number = forms.CharField(label="发文字号", max_length=60, required=False, help_text="例如 示政协办〔2026〕1号")
    head_height = forms.IntegerField(
        label="红线位置（毫米）",
        min_value=LOWEST_HEAD,
        max_value=HIGHEST_HEAD,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="从版心上边缘（纸边向下 37 毫米）到红线；套打时照预印纸量",
        error_messages={"invalid": WRONG_HEIGHT, "min_value": WRONG_HEIGHT, "max_value": WRONG_HEIGHT},
    )
    is_mirrored = forms.BooleanField(label="双面印，偶数页的订口在右", required=False)
    copied_to = forms.CharField(label="抄送", max_length=300, required=False, help_text="填了才印版记")
    printed_by = forms.CharField(label="印发机关", max_length=100, required=False)
    printed_on = DayField(label="印发日期", required=False)

    def __init__(self, *args: Any, source: Source, stored: Circular, **options: Any):
        initial = {_field(name): getattr(stored, name) for name in FIELDS} | {"seen": stored.version}
        super().__init__(*args, committee=source.assessment.committee, initial=initial, **options)
        self.fields["title_text"].label = self.fields["title_text"].label.removesuffix(OPTIONAL)
        self.source, self.beside = source, None

    def clean(self) -> dict[str, Any]:
        """Line ends as the database keeps them, whatever the browser sends."""
        cleaned = super().clean()
        for name in ("title_text", "body"):
            if name in cleaned:
                cleaned[name] = "\n".join(line.rstrip() for line in cleaned[name].splitlines()).strip("\n")
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[_field(name)] for name in FIELDS}

    def save(self) -> Circular | None:
        try:
            return self.attempt(save_circular, source=self.source, seen=self.cleaned_data["seen"], values=self.values())
        except Overwritten as refusal:
            self.beside = refusal.stored
            self.add_error(None, refusal)
            # Saving once more is then over what this page shows.
            self.data = self.data.copy()
            self.data["seen"] = str(refusal.stored.version)
            return None

    def take_errors(self, error: ValidationError) -> None:
        if isinstance(error, Overwritten):
            raise error
        if hasattr(error, "error_dict"):
            error = ValidationError({_field(name): found for name, found in error.message_dict.items()})
        super().take_errors(error)


def _grant(user: User, source: Source) -> Grant:
    """Under which the user writes; Http404 for who may only look."""
    grants = grants_for(user, Verb.LOG, Circular)
    found = next((one for one in grants if one.committee_id == source.assessment.committee_id), None)
    if found is None:
        raise Http404
    return found


def _field(name: str) -> str:
    """A form's own title is that of its page."""
    return "title_text" if name == "title" else name


# ---------------------------------------------------------------- pages
@require_http_methods(["GET", "POST"])
@login_required
def circular(request: HttpRequest, year: int) -> HttpResponse:
    """The newest version, or the draft of a year that has none; its figures beside it."""
    source = source_for(request.user, year)
    stored = _stored(request, source)
    form = CircularForm(
        request.POST if request.method == "POST" else None, user=request.user, source=source, stored=stored
    )
    if request.method == "POST" and form.is_valid() and (row := form.save()):
        messages.success(request, f"已保存为第 {row.version} 版。")
        return redirect("circular", year)
    last = without_texts(versions(source.assessment)).first()
    beside = None
    if form.beside is not None:
        typed = Circular(assessment=source.assessment, **form.values())
        beside = differences(form.beside, typed)
    context = {
        "assessment": source.assessment,
        "edition": source.edition,
        "form": form,
        "last": last,
        "beside": beside,
        "figures": list(figures_of(source, has_table=stored.has_table).items()),
        "preview": _preview(stored, source),
        "title": f"{year} 年度通报",
    }
    return render(request, "reports/circular.html", context, status=409 if beside else 200)


@require_safe
@login_required
def circular_pdf_file(request: HttpRequest, year: int) -> HttpResponse:
    return _file(request, year, circular_pdf, "pdf")


@require_safe
@login_required
def circular_docx_file(request: HttpRequest, year: int) -> HttpResponse:
    return _file(request, year, circular_docx, "docx")


@require_http_methods(["GET", "POST"])
@login_required
def circular_versions(request: HttpRequest, year: int) -> HttpResponse:
    """All versions; ?number= sets one beside the newest; a POST of number restores it."""
    source = source_for(request.user, year)
    stored = _stored(request, source)
    if request.method == "POST":
        return _restored(request, source, stored)
    found = versions(source.assessment)
    number = request.GET.get("number", "")
    chosen = found.filter(version=_number(number)).first() if number else None
    if number and chosen is None:
        raise Http404
    page = Paginator(without_texts(found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "assessment": source.assessment,
        "listing": Listing(page, FilterForm(), ""),
        "chosen": chosen,
        "stored": stored,
        "pairs": differences(chosen, stored) if chosen else [],
    }
    return render(request, "reports/circular_versions.html", context)


def _number(text: str) -> int:
    """0, which no version has, for what is none."""
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else 0


def _restored(request: HttpRequest, source: Source, stored: Circular) -> HttpResponse:
    number, seen = (_number(request.POST.get(name, "")) for name in ("number", "seen"))
    try:
        grant = _grant(request.user, source)
        row = restore_circular(user=request.user, source=source, seen=seen, number=number, grant=grant)
        messages.success(request, f"已恢复第 {number} 版的文字，保存为第 {row.version} 版。")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("circular_versions", source.assessment.year)


def _stored(request: HttpRequest, source: Source) -> Circular:
    found = visible(request.user, Circular).filter(assessment=source.assessment).first()
    return found or draft(source)


def _preview(stored: Circular, source: Source) -> Any:
    """The paper's own paragraphs; the reason as a text when a figure is missing."""
    try:
        return circular_paper(stored, source)
    except UnknownFigure as refusal:
        return str(refusal)


def _file(request: HttpRequest, year: int, make: Any, ending: str) -> HttpResponse:
    source = source_for(request.user, year)
    try:
        paper = circular_paper(_stored(request, source), source)
        made = make(paper)
    except (MissingCharacters, UnknownFigure) as refusal:
        return not_printed(request, refusal)
    return answer(made, f"{paper.name}.{ending}")
