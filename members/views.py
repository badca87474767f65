"""Sign in and out, one's own password, and the demonstration's one-click sign-in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from audit.actions import act
from members import own_phone
from members.access import active_grants
from members.forms import OwnPasswordForm, SignInForm
from members.passwords import change_due
from members.signin import demonstration_roles, is_demonstration, is_empty


class SignIn(LoginView):
    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request, *args, **kwargs):
        # Nobody can have an account in an empty database: what is wanted there is the first installation.
        if is_empty():
            return redirect("setup")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        if form.cleaned_data.get("own_phone"):
            if own_phone.is_allowed(form.get_user()):
                own_phone.keep_signed_in(self.request.session)
            else:
                messages.warning(self.request, "您的账号不能 30 天免登录，这次按平时的时间自动退出。")
        return response

    def get_context_data(self, **kwargs):
        roles = demonstration_roles() if is_demonstration() else []
        return super().get_context_data(demonstration_roles=roles, **kwargs)


class SignOut(LogoutView):
    http_method_names = ["post", "options"]

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        messages.success(request, "已退出登录。")
        return response


def locked_out(request, response, credentials):
    """What axes answers after too many wrong passwords."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60
    context = {"failure_limit": settings.AXES_FAILURE_LIMIT, "minutes": minutes}
    return render(request, "429.html", context, status=429)


@never_cache
@require_http_methods(["GET", "POST"])
def demo_login(request):
    """Sign in as one of the demonstration's accounts; does not exist unless every committee is made up."""
    if not is_demonstration():
        raise Http404
    if request.method == "GET":
        return redirect("login")
    asked = request.POST.get("account", "")
    for role in demonstration_roles():
        if str(role.user.public_id) == asked:
            _forget_slip(role.user)
            login(request, role.user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("home")
    raise Http404


def _forget_slip(user):
    """A visitor who tried out new slips must not lock the next one out: here nobody signs in with a password."""
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password_change(request):
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with act(user=request.user, verb="修改密码", committee=_committee(request.user)):
            form.save()
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改。下次登录请用新密码。")
        return redirect("home")
    context = {"form": form, "change_due": change_due(request.user)}
    return render(request, "registration/password_change.html", context)


def _committee(user):
    """The committee whose audit administrator reads of it."""
    return next((grant.committee for grant in active_grants(user)), None)
