"""The committee's setting of how its members sign in."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.actions import act
from members.access import Verb, staff_grant
from members.models import Committee, Grant, User
from members.recording import RecordForm, form_page


def trust_own_phones(*, user: User | None, committee: Committee, is_trusted: bool, grant: Grant | None = None) -> bool:
    """Allow members 30 days on an own phone, or no longer: sessions begun that way then end. Returns whether it changed."""
    if committee.trusts_own_phones == is_trusted:
        return False
    committee.trusts_own_phones = is_trusted
    with act(user=user, verb="修改登录设置", grant=grant, committee=committee):
        committee.save()
    return True


class SignInSettingsForm(RecordForm):
    model = Committee
    verb = Verb.SETTING
    title = "登录设置"

    trusts_own_phones = forms.BooleanField(
        label="委员可以在自己的手机上 30 天免登录",
        required=False,
        help_text="只用于查看；填报、提交、签名等仍要再输一次密码，半小时内一次。工作人员的账号不适用。",
    )

    def __init__(self, *args, grant: Grant, **options):
        super().__init__(
            *args,
            committee=grant.committee,
            initial={"trusts_own_phones": grant.committee.trusts_own_phones},
            **options,
        )
        self.given = grant

    def save(self) -> Committee:
        self.attempt(
            trust_own_phones,
            committee=self.given.committee,
            is_trusted=self.cleaned_data["trusts_own_phones"],
            grant=self.given,
        )
        return self.given.committee


@login_required
@require_http_methods(["GET", "POST"])
def sign_in_settings(request: HttpRequest) -> HttpResponse:
    grant = staff_grant(request.user, Verb.SETTING, Committee)
    return form_page(
        request, lambda data: SignInSettingsForm(data, user=request.user, grant=grant), back=reverse("settings")
    )
