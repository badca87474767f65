"""荣誉证书: chosen in the address, nothing stored; how far this printer is off stays in the browser that prints."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.recording import REQUIRED, TOO_LONG, DayField
from reports.answers import answer, not_printed
from reports.certificate_word import certificates_docx
from reports.certificates import (
    LONGEST_TEXT,
    OF_PERSON,
    SHIFT,
    WORDING,
    NotPrintable,
    Printing,
    certificates,
    certificates_pdf,
    test_sheet,
)
from reports.figures import Source, UnknownFigure, check
from reports.paper import MissingCharacters
from reports.years import source_for
from scoring.models import Commendation

COOKIE = "certificate"  # right, down
MEMORY = 365 * 24 * 3600
WRONG_SHIFT = f"请填 -{SHIFT} 到 {SHIFT} 之间的整数毫米。"


class CertificateForm(forms.Form):
    """Read from the address."""

    use_required_attribute = False

    title = forms.ChoiceField(label="称号")
    wording = forms.CharField(
        label="正文",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="“某某同志：”另起一行，已自动排好；可用数据项 {{年度}}、{{称号}}、{{姓名}} 等",
    )
    office = forms.CharField(label="落款", max_length=40)
    on = DayField(label="日期", required=False)
    prefix = forms.CharField(
        label="编号前缀", max_length=40, required=False, help_text="后面自动加 001号；留空就不印编号"
    )
    paper = forms.ChoiceField(
        label="用纸",
        choices=[("full", "白纸，全部印出"), ("text", "预印的证书，只印文字")],
        widget=forms.RadioSelect,
    )
    right = forms.IntegerField(label="右移（毫米）", min_value=-SHIFT, max_value=SHIFT, help_text="负数是左移")
    down = forms.IntegerField(label="下移（毫米）", min_value=-SHIFT, max_value=SHIFT, help_text="负数是上移")

    def __init__(self, data: Any, *, source: Source, shift: tuple[int, int]):
        self.source = source
        usual = _usual(source, shift)
        # An address without a field asks for what is usual.
        given = {name: data[name] for name in usual if name in data}
        super().__init__({**usual, **given}, label_suffix="")
        self.fields["title"].choices = [(title, title) for title in source.honours]
        for field in self.fields.values():
            field.error_messages |= {
                "required": REQUIRED.format(label=field.label),
                "max_length": TOO_LONG.format(label=field.label),
                "invalid_choice": f"“{field.label}”选的不在可选范围内，请重新选择。",
            }
        for name in ("right", "down"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "numeric"})
            told = f"“{self.fields[name].label}”{WRONG_SHIFT}"
            self.fields[name].error_messages |= {"invalid": told, "min_value": told, "max_value": told}

    def clean_wording(self) -> str:
        text = " ".join(self.cleaned_data["wording"].split())
        try:
            check(text, [*OF_PERSON, *self.source.figures], "正文")
        except UnknownFigure as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return text

    def printing(self) -> Printing:
        found = dict(self.cleaned_data)
        return Printing(is_full=found.pop("paper") == "full", **found)


def _usual(source: Source, shift: tuple[int, int]) -> dict[str, str]:
    committee = source.assessment.committee
    edition = source.edition
    return {
        "title": next(iter(source.honours), Commendation.TITLE),
        "wording": WORDING,
        "office": committee.name,
        "on": str(timezone.localdate(edition.published_at)) if edition else "",
        "prefix": f"{committee.short_name}荣〔{source.assessment.year}〕第",
        "paper": "full",
        "right": str(shift[0]),
        "down": str(shift[1]),
    }


@require_safe
@login_required
def certificates_page(request: HttpRequest, year: int) -> HttpResponse:
    """Who gets one, with which number, and how they are printed."""
    source = source_for(request.user, year)
    form = CertificateForm(request.GET, source=source, shift=_shift(request))
    made, refusal = [], ""
    if source.honours and form.is_valid():
        try:
            made = certificates(request.user, source, form.printing())
        except NotPrintable as found:
            refusal = str(found)
    context = {
        "assessment": source.assessment,
        "form": form,
        "made": made,
        "refusal": refusal,
        "has_honours": bool(source.honours),
        "paper_fields": [form[name] for name in ("paper", "right", "down")],
        "text_fields": [form[name] for name in ("title", "wording", "office", "on", "prefix")],
    }
    return render(request, "reports/certificates.html", context)


@require_safe
@login_required
def certificates_pdf_file(request: HttpRequest, year: int) -> HttpResponse:
    """?test=1 gives the test sheet."""
    return _file(request, year, certificates_pdf, "pdf")


@require_safe
@login_required
def certificates_docx_file(request: HttpRequest, year: int) -> HttpResponse:
    return _file(request, year, certificates_docx, "docx")


def _file(request: HttpRequest, year: int, make: Any, ending: str) -> HttpResponse:
    source = source_for(request.user, year)
    form = CertificateForm(request.GET, source=source, shift=_shift(request))
    try:
        printing = _printing(form, source)
        if ending == "pdf" and request.GET.get("test") == "1":
            made, name = test_sheet(printing, source.at), "证书试纸"
        else:
            made = make(certificates(request.user, source, printing), printing, source.at)
            name = f"{year}年度{printing.title}证书"
    except (MissingCharacters, NotPrintable, UnknownFigure) as refusal:
        return not_printed(request, refusal)
    response = answer(made, f"{name}.{ending}")
    shift = f"{printing.right},{printing.down}"
    response.set_cookie(COOKIE, shift, max_age=MEMORY, path="/reports/", httponly=True, samesite="Lax")
    return response


def _printing(form: CertificateForm, source: Source) -> Printing:
    """NotPrintable: nobody is on the list, or a field is wrong."""
    if not source.honours:
        raise NotPrintable("没有生成文件：优秀名单里还没有人。请先在“优秀名单”里推选，再打印证书。")
    if not form.is_valid():
        told = " ".join(message for found in form.errors.values() for message in found)
        raise NotPrintable(f"没有生成文件：{told}")
    return form.printing()


def _shift(request: HttpRequest) -> tuple[int, int]:
    """What this browser printed with last."""
    parts = request.COOKIES.get(COOKIE, "").split(",")
    try:
        right, down = (max(-SHIFT, min(SHIFT, int(part))) for part in parts)
    except ValueError:
        return 0, 0
    return right, down
