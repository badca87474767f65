"""Forms of signing in and of one's own password, with messages that say what to do."""

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError

from members import own_phone
from members.passwords import is_first_expired, set_own
from members.signin import username_of


class SignInForm(AuthenticationForm):
    """User name, telephone or 委员编号, and password. The answer is the same whether or not the account exists."""

    username = forms.CharField(
        label="用户名或手机号",
        help_text="委员也可以填自己的委员编号",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "请填写用户名或手机号。"},
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写密码。"},
    )

    own_phone = forms.BooleanField(
        label="这是我自己的手机，30 天内免登录",
        help_text="公用的电脑、别人的手机不要勾选。填报和提交时仍会再问一次密码。",
        required=False,
    )

    error_messages = {
        "invalid_login": "用户名（手机号）或密码不对。请检查大小写后再试；忘记密码请联系机关工作人员重新设置。",
        "inactive": "这个账号已停用。请联系机关工作人员。",
        "expired": "初始密码已经过期。请联系机关工作人员重新发一张密码条。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not own_phone.is_offered():
            del self.fields["own_phone"]

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if is_first_expired(user):
            raise ValidationError(self.error_messages["expired"], code="expired")

    def clean(self):
        entered = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if entered and password:
            # Attempts by name and by telephone count together: both are tried as the account's one name.
            self.user_cache = authenticate(self.request, username=username_of(entered), password=password)
            if self.user_cache is None:
                raise ValidationError(self.error_messages["invalid_login"], code="invalid_login")
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class OwnPasswordForm(SetPasswordForm):
    """A new password, asking for the old one first."""

    error_messages = {
        **SetPasswordForm.error_messages,
        "password_mismatch": "两次填写的新密码不一样。请重新填写。",
        "password_incorrect": "原密码不对。请填写现在使用的密码。",
        "password_unchanged": "新密码与原密码相同。请换一个新密码。",
    }
    old_password = forms.CharField(
        label="原密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写原密码。"},
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password2"].label = "再填一次新密码"
        self.fields["new_password2"].help_text = ""
        self.fields["new_password1"].error_messages["required"] = "请填写新密码。"
        self.fields["new_password2"].error_messages["required"] = "请再填一次新密码。"

    def clean_old_password(self):
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old

    def clean(self):
        cleaned = super().clean()
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password") and "new_password2" not in self.errors:
            self.add_error("new_password1", self.error_messages["password_unchanged"])
        return cleaned

    def save(self, commit=True):
        set_own(self.user, self.cleaned_data["new_password1"])
        if commit:
            self.user.save()
        return self.user
