"""提醒、约谈: the list and what was done about it, for the chair's office alone."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from members.access import Verb, staff_grant, visible
from members.listing import FilterForm, listing
from members.models import Subject
from members.recording import DayField
from scoring.models import Assessment, Talk
from scoring.services.talks import note_talk, remove_talk
from scoring.talk_list import Candidate, Years

RUNNING, ABSENCES = 2, 3


class TalkFilter(FilterForm):
    year = forms.ChoiceField(label="截至年度", required=False)
    running = forms.ChoiceField(
        label="连续年数",
        required=False,
        choices=[("", f"{RUNNING} 年以上"), *((n, f"{n} 年以上") for n in (1, 3, 4, 5))],
    )
    under = forms.DecimalField(label="得分低于", required=False, max_digits=6, decimal_places=2, min_value=Decimal(0))
    absences = forms.IntegerField(label=f"缺席次数（不填为 {ABSENCES}）", required=False)
    done = forms.ChoiceField(label="办理", required=False, choices=[("", "全部"), ("no", "本年还没有提醒、约谈")])

    def __init__(self, data: Any, assessments: list[Assessment]):
        super().__init__(data)
        self.assessments = assessments
        self.fields["year"].choices = [("", "最近核对过的一年"), *((one.year, one.year) for one in assessments)]
        for name in ("under", "absences"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    @property
    def assessment(self) -> Assessment | None:
        """The chosen year's; else the newest that is past recording, in the middle of a year nobody has got far; else any."""
        self.is_valid()
        year = self.chosen("year")
        checked = [one for one in self.assessments if one.state != Assessment.State.RECORDING]
        found = [one for one in self.assessments if str(one.year) == year] or checked or self.assessments
        return found[0] if found else None

    def narrow(self, rows: Any) -> list[Candidate]:
        assessment = self.assessment
        if assessment is None:
            return []
        under = self.chosen("under")
        found = Years(assessment).candidates(
            running=int(self.chosen("running") or RUNNING),
            under=None if under is None else int(under * 100),
            absences=self.chosen("absences") or ABSENCES,
        )
        if self.chosen("done") == "no":
            return [one for one in found if all(talk.assessment_id != assessment.pk for talk in one.talks)]
        return found


class TalkForm(forms.Form):
    """``chosen``: public ids of subjects, ticked in the list."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="方式", choices=Talk.Kind.choices)
    held_on = DayField(label="日期", error_messages={"required": "“日期”没有填，请填写。"}, help_text="")
    note = forms.CharField(label="说明（选填）", max_length=300, required=False)

    def __init__(self, data: Any = None):
        super().__init__(data, label_suffix="", initial={"held_on": timezone.localdate()})


def _filter(request: HttpRequest) -> TalkFilter:
    """Of the committee's years that have begun, the newest first; Http404 for everybody but the chair's office."""
    committee = staff_grant(request.user, Verb.APPROVE, Talk).committee
    rows = visible(request.user, Assessment, Verb.RANK).filter(committee=committee, subject_kind=Subject.Kind.MEMBER)
    begun = rows.exclude(state=Assessment.State.DRAFT).select_related("committee").order_by("-year")
    return TalkFilter(request.GET, list(begun))


@login_required
@require_http_methods(["GET", "POST"])
def talks(request: HttpRequest) -> HttpResponse:
    asked = _filter(request)
    if request.method == "POST":
        _note(request, asked)
        return redirect(request.get_full_path())
    context = {
        "listing": listing(request, Talk.objects.none(), asked),
        "assessment": asked.assessment,
        "form": TalkForm(),
    }
    return render(request, "scoring/talks.html", context)


def _note(request: HttpRequest, asked: TalkFilter) -> None:
    """All of the ticked or none."""
    form, assessment = TalkForm(request.POST), asked.assessment
    chosen = set(request.POST.getlist("chosen"))
    listed = {str(one.subject.public_id): one for one in asked.narrow(None)}
    if assessment is None or not form.is_valid() or not chosen or chosen - listed.keys():
        found = "".join(sentence for sentences in form.errors.values() for sentence in sentences)
        messages.error(request, f"没有登记：{found if chosen and found else '请先在名单里勾选。'}")
        return
    people = [listed[public_id] for public_id in sorted(chosen)]
    try:
        with transaction.atomic():
            for one in people:
                note_talk(
                    user=request.user,
                    assessment=assessment,
                    subject=one.subject,
                    reasons="；".join(one.reasons),
                    grant=staff_grant(request.user, Verb.APPROVE, Talk),
                    **form.cleaned_data,
                )
        names = "、".join(one.subject.name for one in people)
        messages.success(request, f"已登记 {len(people)} 人：{names}。")
    except ValidationError as error:
        messages.error(request, f"没有登记：{' '.join(error.messages)}")


@login_required
@require_POST
def talk_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Talk, Verb.APPROVE).select_related("assessment__committee", "subject__seat__member")
    talk = get_object_or_404(rows, public_id=public_id)
    try:
        remove_talk(user=request.user, talk=talk, reason=request.POST.get("reason", "").replace("\0", ""))
        messages.success(request, f"{talk.subject.name}的这条登记已撤销。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse('talks')}?year={talk.assessment.year}")
