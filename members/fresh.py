"""密码再输一次: what must not happen from a screen left open asks on its own form for the password of whoever acts.

Wrong ones count with those of signing in, and close the account like those.
"""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from members.recording import REQUIRED, RecordForm
from members.signin import is_demonstration

PASSWORD = "password_again"  # in what is posted
LABEL = "您的登录密码"
WHY = "此事影响他人，请再输一次密码，证明是您本人在操作"
WRONG = "“您的登录密码”不对，没有办理。请输入您登录本系统的密码；多次输错，账号会暂时锁定。"


def is_asked() -> bool:
    """Not in the demonstration, where nobody signs in with a password."""
    return not is_demonstration()


def is_own(request: HttpRequest, password: str) -> bool:
    """Whether it is the password of who is signed in."""
    user = authenticate(request, username=request.user.get_username(), password=password)
    return user is not None and user.pk == request.user.pk


def problem(request: HttpRequest) -> str:
    """What is wrong with the password posted; "" when it is the user's, or none is asked for."""
    if not is_asked():
        return ""
    password = request.POST.get(PASSWORD, "")
    if not password:
        return REQUIRED.format(label=LABEL)
    return "" if is_own(request, password) else WRONG


class FreshForm(RecordForm):
    """A form of a record whose last box is the password."""

    def __init__(self, *args: Any, request: HttpRequest, **options: Any):
        super().__init__(*args, user=request.user, **options)
        self.request = request
        if is_asked():
            self.fields[PASSWORD] = forms.CharField(
                label=LABEL,
                help_text=WHY,
                required=False,
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )

    def clean_password_again(self) -> str:
        if found := problem(self.request):
            raise ValidationError(found)
        return ""
