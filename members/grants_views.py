"""Pages on grants, for the security administrator; the audit administrator reads along."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from members import fresh
from members.access import Verb, allowed_grant, may, visible
from members.grants import grant_member_roles, waiting_for_a_grant
from members.grants_forms import EndForm, GrantFilter, GrantForm
from members.listing import listing
from members.models import Grant, User
from members.recording import form_page


@login_required
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    allowed_grant(request.user, Verb.VIEW, Grant)
    rows = visible(request.user, Grant).select_related("user", "committee", "office").order_by("-from_on", "-id")
    may_grant = may(request.user, Verb.GRANTS, Grant)
    context = {
        "listing": listing(request, rows, GrantFilter(request.GET)),
        "may_grant": may_grant,
        "today": timezone.localdate(),
        "waiting": _waiting(request).count() if may_grant else 0,
    }
    return render(request, "members/grants.html", context)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def grants_waiting(request: HttpRequest) -> HttpResponse:
    """Accounts that somebody else made and that may do nothing yet; the member's role goes to all members at once."""
    rows = _waiting(request).select_related("member").order_by("name", "username")
    people = [account for account in rows if account.member_id is not None]
    problem = fresh.problem(request) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        committee = allowed_grant(request.user, Verb.GRANTS, Grant).committee
        count = grant_member_roles(
            user=request.user, committee=committee, accounts=people, from_on=timezone.localdate()
        )
        messages.success(request, f"已给 {count} 个账号授予委员角色。")
        return redirect("grants_waiting")
    context = {
        "accounts": rows,
        "members": len(people),
        "asks_password": fresh.is_asked(),
        "password_problem": problem,
    }
    return render(request, "members/grants_waiting.html", context, status=400 if problem else 200)


def _waiting(request: HttpRequest):
    committee = allowed_grant(request.user, Verb.GRANTS, Grant).committee
    return waiting_for_a_grant(committee).filter(pk__in=visible(request.user, User).values("pk"))


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def grant_new(request: HttpRequest) -> HttpResponse:
    allowed_grant(request.user, Verb.GRANTS, Grant)
    asked = request.GET.get("account", "")
    account = visible(request.user, User).filter(username=asked).first() if asked else None

    def done(grant: Grant) -> str:
        messages.success(request, f"已授权：{grant}。")
        return reverse("grants")

    return form_page(
        request,
        lambda data: GrantForm(data, request=request, account=account),
        back=reverse("grants"),
        then=done,
        intro="一个账号可以有几项授权，例如同时登记两个处室的记录。系统、安全、审计三员须由不同的人担任。",
    )


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def grant_end(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Grant, Verb.GRANTS).select_related("user", "committee", "office")
    found = get_object_or_404(rows, public_id=public_id)

    def done(grant: Grant) -> str:
        messages.success(request, f"授权“{grant}”的最后一天是 {grant.to_on}。")
        return reverse("grants")

    return form_page(
        request,
        lambda data: EndForm(data, request=request, grant=found),
        back=reverse("grants"),
        then=done,
        intro=f"授权：{found}，{found.from_on} 起。",
    )
