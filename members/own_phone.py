"""自己的手机: a member stays signed in for 30 days where the committee allows it, and gives the password before writing.

Reading goes on without it. What was typed, and what was uploaded, travels through the page that asks, so nothing is lost.
"""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from members import fresh, parking
from members.access import active_grants
from members.models import Committee, User
from members.passwords import is_staff_account

OWN_PHONE = "own_phone"  # in the session
CONFIRMED_AT = "confirmed_at"
CONFIRM_SECONDS = 30 * 60
PASSWORD = fresh.PASSWORD
PARKED = "parked_files"
# These ask for the password themselves, or change nothing but what is read.
FREE = ("notices", "logout", "login", "demo_login", "password_change")


def is_offered() -> bool:
    """Whether any committee allows it: before the sign-in nobody knows whose member asks."""
    return Committee.objects.filter(trusts_own_phones=True).exists()


def is_allowed(user: User) -> bool:
    """Members of committees that all allow it; staff never, whatever else they are."""
    grants = active_grants(user)
    return bool(grants) and not is_staff_account(user) and all(grant.committee.trusts_own_phones for grant in grants)


def keep_signed_in(session: Any) -> None:
    session[OWN_PHONE] = True
    session[CONFIRMED_AT] = int(time.time())
    session.set_expiry(settings.SESSION_OWN_PHONE_SECONDS)


def is_kept(session: Any, user: User) -> bool:
    """Whether this session is one of 30 days today: not any more once the committee, or the user's role, changed."""
    return bool(session.get(OWN_PHONE)) and is_allowed(user)


def must_confirm(request: HttpRequest) -> bool:
    """Whether this request writes and the password was given too long ago."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or not request.user.is_authenticated:
        return False
    if request.path in {reverse(name) for name in FREE} or not is_kept(request.session, request.user):
        return False
    return int(time.time()) - request.session.get(CONFIRMED_AT, 0) >= CONFIRM_SECONDS


def confirm(request: HttpRequest) -> bool:
    """Whether the password posted is the user's; then the request is as it was before it was asked for.

    Wrong ones count with those of signing in.
    """
    if not fresh.is_own(request, request.POST[PASSWORD]):
        return False
    request.session[CONFIRMED_AT] = int(time.time())
    posted = request.POST.copy()
    token = posted.get(PARKED, "")
    for name in (PASSWORD, PARKED):
        posted.pop(name, None)
    request.POST = posted
    if token:
        request._files = parking.taken(token, request.user)
    return True


def travelling(request: HttpRequest) -> list[tuple[str, str]]:
    """[(name, value)] of the hidden fields that keep what was posted; files are parked on the server."""
    left_out = {PASSWORD, "csrfmiddlewaretoken"}
    kept = [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]
    if request.FILES:
        kept.append((PARKED, parking.parked(request.FILES, request.user)))
    return kept
