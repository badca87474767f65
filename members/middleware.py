"""What holds for every page: length of a session, first password, size of type, nothing kept in caches."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from members import own_phone, passwords, signin

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
        is_staff = passwords.is_staff_account(request.user)
        is_kept = own_phone.is_kept(request.session, request.user)
        if reason := signin.session_end(request.session, is_staff=is_staff, is_kept=is_kept):
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


class OwnPhoneMiddleware:
    """Where one stays signed in for 30 days, what writes asks for the password first, with all that was typed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # Here, and not above: only what has a valid token may be shown and sent on.
        if not own_phone.must_confirm(request):
            return None
        is_given = own_phone.PASSWORD in request.POST
        if is_given and own_phone.confirm(request):
            return None
        error = "密码不对，还没有提交。请再输一次。" if is_given else ""
        context = {"kept": own_phone.travelling(request), "error": error}
        return render(request, "registration/confirm.html", context)


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
