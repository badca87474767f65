"""Pages of the first installation. They exist only while the database is empty, and for the browser that filled it."""

import time

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk import setup
from desk.demo.background import start_filling
from desk.setup_forms import CodeForm, SetupForm
from members.signin import is_empty
from members.views import locked_out

PATIENCE = 300  # seconds after which the demonstration's page says that something is wrong
FILLING_SINCE = "since"


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def setup_start(request: HttpRequest) -> HttpResponse:
    """Ask for the installation code; then offer the two ways to begin."""
    _only_while_empty()
    if setup.is_admitted(request):
        return render(request, "desk/setup_choice.html")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if setup.is_locked(request):
            return locked_out(request, None, setup.THROTTLED)
        if form.is_valid():
            if setup.admit(request, form.cleaned_data["password"]):
                return redirect("setup")
            form.add_error("password", "安装码不对。请在服务器上重新读取，照原样填写；字母不分大小写，短横线可以不填。")
    return render(request, "desk/setup_code.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def setup_committee(request: HttpRequest) -> HttpResponse:
    """The form of the committee."""
    if request.method == "POST" and setup.slips(request):
        # The same form came a second time, by another click: the first one did it.
        return redirect("setup_slips")
    _only_while_empty()
    if not setup.is_admitted(request):
        return redirect("setup")
    form = SetupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            setup.install(request, form.founding())
            return redirect("setup_slips")
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
    return render(request, "desk/setup_committee.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def setup_slips(request: HttpRequest) -> HttpResponse:
    """The first accounts with their passwords, to print; a POST says that they are printed."""
    kept = setup.slips(request)
    if kept is None:
        raise Http404
    if request.method == "POST":
        setup.forget_slips(request)
        return redirect("login")
    context = {**kept, "address": request.build_absolute_uri("/")}
    return render(request, "desk/setup_slips.html", context)


@never_cache
@require_POST
def setup_demonstration(request: HttpRequest) -> HttpResponse:
    """Begin to fill the demonstration and show that it takes a while."""
    _only_while_empty()
    if not setup.is_admitted(request):
        return redirect("setup")
    start_filling()
    return redirect(f"{reverse('setup_filling')}?{FILLING_SINCE}={int(time.time())}")


@never_cache
@require_safe
def setup_filling(request: HttpRequest) -> HttpResponse:
    """Loads itself again until the demonstration is there."""
    if not setup.is_admitted(request):
        raise Http404
    if not is_empty():
        return redirect("login")
    since = request.GET.get(FILLING_SINCE, "")
    seconds = max(0, int(time.time()) - int(since)) if since.isdecimal() and len(since) < 12 else 0
    is_late = seconds > PATIENCE
    response = render(request, "desk/setup_filling.html", {"seconds": seconds, "is_late": is_late})
    if not is_late:
        response["Refresh"] = "3"
    return response


def _only_while_empty() -> None:
    if not is_empty():
        raise Http404
