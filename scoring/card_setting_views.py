"""成绩单设置: one page for those who keep the committee's settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.access import Verb, staff_grant
from members.models import Committee, Grant
from members.recording import RecordForm, form_page
from scoring.models import CardSetting
from scoring.positions import FEWEST, show_position, shows_position
from scoring.services.digests import choose_digest, chosen_digest


class CardSettingForm(RecordForm):
    model = CardSetting
    verb = Verb.SETTING
    title = "成绩单设置"

    shows_position = forms.BooleanField(
        label="委员可以查看自己的位次",
        required=False,
        help_text=f"同类委员满 {FEWEST} 人才显示：前四分之一的显示“位于前 25%”，中间一半的显示中位数，其余的不显示。",
    )

    edition_digest = forms.ChoiceField(
        label="定版摘要算法",
        required=False,
        help_text="从下一次公布起使用，以前的定版不变；各版之间照样前后相连，照样可以核验。",
    )

    def __init__(self, *args: Any, grant: Grant, **options: Any):
        initial = {
            "shows_position": shows_position(grant.committee),
            "edition_digest": chosen_digest(grant.committee),
        }
        super().__init__(*args, committee=grant.committee, initial=initial, **options)
        field = self.fields["edition_digest"]
        field.label = "定版摘要算法"
        field.choices = [
            ("", f"按系统设置（{CardSetting.Digest(settings.EDITION_DIGEST).label}）"),
            *CardSetting.Digest.choices,
        ]
        self.given = grant

    def save(self) -> Committee:
        is_shown = self.cleaned_data["shows_position"]
        self.attempt(show_position, committee=self.given.committee, is_shown=is_shown, grant=self.given)
        algorithm = self.cleaned_data["edition_digest"]
        self.attempt(choose_digest, committee=self.given.committee, algorithm=algorithm, grant=self.given)
        return self.given.committee


@login_required
@require_http_methods(["GET", "POST"])
def card_setting(request: HttpRequest) -> HttpResponse:
    grant = staff_grant(request.user, Verb.SETTING, CardSetting)
    return form_page(
        request, lambda data: CardSettingForm(data, user=request.user, grant=grant), back=reverse("settings")
    )
