"""What holds for every page: length of a session, first password, size of type, nothing kept in caches."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from members import passwords, signin

TEXT_SIZES = {"n": "标准", "xl": "大字", "xxl": "特大"}
TEXT_SIZE_COOKIE = "size"
YEAR_SECONDS = 365 * 24 * 3600


class SessionLimitsMiddleware:
    """End sessions that were idle or lasted too long; keep pages of signed-in people out of every cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        if reason := signin.session_end(request.session, is_staff=passwords.is_staff_account(request.user)):
            return self._ended(request, reason)
        response = self.get_response(request)
        add_never_cache_headers(response)
        return response

    @staticmethod
    def _ended(request, reason):
        logout(request)
        messages.warning(request, reason)
        query = {"next": request.get_full_path()} if request.method == "GET" else {}
        return redirect(reverse("login") + (f"?{urlencode(query)}" if query else ""))


class FirstPasswordMiddleware:
    """An account with a password made by somebody else, or too old, does nothing before it has a new one of its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        must_change = request.user.is_authenticated and passwords.change_due(request.user)
        if must_change and request.path not in {reverse("password_change"), reverse("logout")}:
            return redirect("password_change")
        return self.get_response(request)


class TextSizeMiddleware:
    """``?size=xl`` sets the size of type, a cookie keeps it: no script needed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        asked = request.GET.get("size")
        kept = request.COOKIES.get(TEXT_SIZE_COOKIE)
        request.text_size = next((size for size in (asked, kept) if size in TEXT_SIZES), "n")
        response = self.get_response(request)
        if asked in TEXT_SIZES and asked != kept:
            response.set_cookie(
                TEXT_SIZE_COOKIE,
                asked,
                max_age=YEAR_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
