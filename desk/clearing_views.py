"""The page that clears the demonstration, for whoever keeps its settings."""

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from desk.clearing import check_clearing, clear_demonstration, made_up
from members.access import Verb, grants_for
from members.models import Committee

WORD = "清空"


class ClearForm(forms.Form):
    word = forms.CharField(
        label=f"请填写“{WORD}”两个字",
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": f"没有清空：请先填写“{WORD}”两个字。"},
    )

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")

    def clean_word(self):
        word = self.cleaned_data["word"]
        if word != WORD:
            raise ValidationError(f"没有清空：填的是“{word}”，应填“{WORD}”两个字。")
        return word


@login_required
@require_http_methods(["GET", "POST"])
def clear(request: HttpRequest) -> HttpResponse:
    """Does not exist for a real committee's people."""
    grants = grants_for(request.user, Verb.SETTING, Committee)
    if not all(grant.committee.is_demonstration for grant in grants):
        raise Http404
    form = ClearForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            clear_demonstration()
            logout(request)
            return redirect("setup")
        except ValidationError as error:
            form.add_error(None, error)
    problem = ""
    try:
        check_clearing()
    except ValidationError as error:
        problem = error.messages[0]
    context = {
        "form": form,
        "problem": problem,
        "committees": made_up(),
    }
    return render(request, "desk/clear.html", context)
