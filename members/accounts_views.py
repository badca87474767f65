"""Pages on accounts, for the system administrator. A password is shown once, on the answer that made it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, allowed_grant
from members.accounts import (
    Slip,
    close_account,
    create_member_accounts,
    open_account,
    reset_passwords,
    unlock_account,
)
from members.accounts_forms import (
    NEVER,
    AccountFilter,
    AccountForm,
    LinkForm,
    PersonFilter,
    ReasonForm,
    asked_for,
    kept,
    without_account,
)
from members.listing import listing
from members.models import Grant, User
from members.passwords import first_expires_on, is_first_expired
from members.recording import CLASH, form_page
from members.signin import locked_usernames


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account the administrator keeps, with what its owner may do and whether it is in use."""
    allowed_grant(request.user, Verb.ACCOUNTS, User)
    rows = kept(request.user).select_related("member", "committee").order_by("name", "username")
    found = listing(request, rows, AccountFilter(request.GET))
    context = {
        "listing": found,
        "rows": _rows(found.page.object_list),
        "without_account": without_account(request.user).count(),
        "is_never": found.form.chosen("state") == NEVER,
    }
    return render(request, "members/accounts.html", context)


def _rows(accounts):
    """[(account, its grants of today, whether it is locked)]; three queries."""
    accounts = list(accounts)
    today = timezone.localdate()
    held = {account.pk: [] for account in accounts}
    grants = Grant.objects.active_on(today).filter(user__in=held).select_related("committee", "office").order_by("id")
    for grant in grants:
        held[grant.user_id].append(grant)
    names = [account.username for account in accounts]
    locked = set(locked_usernames().filter(username__in=names).values_list("username", flat=True))
    return [(account, held[account.pk], account.username in locked) for account in accounts]


@login_required
@require_safe
def account(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _kept(request, public_id)
    ((_, _, is_locked),) = _rows([found])
    context = {
        "account": found,
        "grants": found.grants.select_related("committee", "office").order_by("-from_on", "-id"),
        "is_locked": is_locked,
        "first_expires_on": first_expires_on(found),
        "is_first_expired": is_first_expired(found),
        "is_self": found.pk == request.user.pk,
    }
    return render(request, "members/account.html", context)


@sensitive_variables()
@login_required
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    allowed_grant(request.user, Verb.ACCOUNTS, User)
    form = AccountForm(request.POST or None, user=request.user)
    slip = form.save() if request.method == "POST" and form.is_valid() else None
    if slip is not None:
        return _slips(request, [slip])
    context = {
        "form": form,
        "title": form.title,
        "submit": form.submit,
        "back": reverse("accounts"),
        "intro": "新账号没有任何权限。建好以后，请安全管理员授予角色；谁建账号、谁授权，是两个人。",
    }
    return render(request, "form.html", context)


@sensitive_variables()
@login_required
@require_http_methods(["GET", "POST"])
def accounts_members(request: HttpRequest) -> HttpResponse:
    """Accounts for all members without one, or for those ticked."""
    allowed_grant(request.user, Verb.ACCOUNTS, User)
    rows = without_account(request.user)
    if request.method == "POST":
        seats = asked_for(request.POST, rows)
        slips: list[Slip] = []
        try:
            with transaction.atomic():
                for committee, some in _by_committee(seats):
                    slips += create_member_accounts(user=request.user, committee=committee, seats=some)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("accounts_members")
        except IntegrityError:
            messages.error(request, CLASH)
            return redirect("accounts_members")
        if slips:
            return _slips(request, slips)
        messages.warning(request, "没有新建账号：请选“全部”，或在名单里勾选委员。")
        return redirect("accounts_members")
    context = {"listing": listing(request, rows, PersonFilter(request.GET)), "count": rows.count()}
    return render(request, "members/accounts_members.html", context)


@sensitive_variables()
@login_required
@require_POST
def accounts_reset(request: HttpRequest) -> HttpResponse:
    """New slips for the ticked accounts, or for all that have never signed in."""
    allowed_grant(request.user, Verb.ACCOUNTS, User)
    rows = kept(request.user).filter(is_active=True).select_related("member", "committee").order_by("name")
    if request.POST.get("scope") == "all":
        rows = rows.filter(last_login__isnull=True)
    accounts = asked_for(request.POST, rows)
    if not accounts:
        messages.warning(request, "没有勾选账号，没有重新发密码条。请先勾选。")
        return redirect("accounts")
    slips: list[Slip] = []
    with transaction.atomic():
        for committee, some in _by_committee(accounts):
            slips += reset_passwords(user=request.user, committee=committee, accounts=some)
    return _slips(request, slips)


def _by_committee(rows):
    """[(committee, its rows)]: an administrator may serve several, and each act belongs to one."""
    found = {}
    for row in rows:
        found.setdefault(row.committee, []).append(row)
    return found.items()


@sensitive_variables()
@login_required
@require_POST
def account_reset(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _kept(request, public_id)
    return _slips(request, reset_passwords(user=request.user, committee=found.committee, accounts=[found]))


@login_required
@require_POST
def account_unlock(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _kept(request, public_id)
    unlock_account(user=request.user, account=found)
    messages.success(request, f"已解除“{found}”的锁定，现在可以再登录。")
    return redirect("account", found.public_id)


@login_required
@require_POST
def account_state(request: HttpRequest, public_id: str) -> HttpResponse:
    """停用 or 启用, whichever the account is not."""
    found = _kept(request, public_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if not reason:
        messages.error(request, "没有办理：请写明理由，最多 200 个字，例如“调离机关”。")
        return redirect("account", found.public_id)
    change = close_account if found.is_active else open_account
    try:
        change(user=request.user, account=found, reason=reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("account", found.public_id)
    done = "已启用" if found.is_active else "已停用，正在进行的登录也已中断："
    messages.success(request, f"{done}“{found}”。")
    return redirect("account", found.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def account_member(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _kept(request, public_id)
    page = reverse("account", args=[found.public_id])

    def done(linked: User) -> str:
        messages.success(request, f"账号“{linked.username}”已关联委员{linked.member}。要看成绩单，还需授予委员角色。")
        return page

    return form_page(
        request,
        lambda data: LinkForm(data, user=request.user, account=found),
        back=page,
        then=done,
        intro=f"账号：{found}（{found.username}）。关联以后不能改给别人。",
    )


def _kept(request: HttpRequest, public_id: str) -> User:
    allowed_grant(request.user, Verb.ACCOUNTS, User)
    rows = kept(request.user).select_related("member", "committee")
    return get_object_or_404(rows, public_id=public_id)


def _slips(request: HttpRequest, slips: list[Slip]) -> HttpResponse:
    """The page to print. It is the answer itself: nowhere is a password kept to show it again."""
    context = {"slips": slips, "site": request.build_absolute_uri("/")}
    return render(request, "members/slips.html", context)
