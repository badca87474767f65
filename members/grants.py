"""Verbs on grants: what an account may do is given by a second person, never by who made it or by who holds it."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.actions import act
from audit.history import create_all
from members.access import Verb, may
from members.checks import check_order, check_same_committee
from members.models import Committee, Grant, Office, Role, User
from members.models.account import ADMIN_ROLES


def grant_role(
    *,
    user: User | None,
    account: User,
    role: str,
    committee: Committee,
    from_on: datetime.date,
    office: Office | None = None,
    to_on: datetime.date | None = None,
    reason: str = "",
    public_id: uuid.UUID | None = None,
) -> Grant:
    """Give an account a role. ``user`` None is the system itself; otherwise the committee's security administrator."""
    _check_granter(user, account, committee)
    check_same_committee(committee, office=office)
    check_order("to_on", from_on, to_on, ("开始日期", "结束日期"))
    if role not in Role.values:
        raise ValidationError({"role": f"角色“{role}”不存在，应为{'、'.join(Role.labels)}之一。"})
    if role in ADMIN_ROLES and account.grants.filter(role__in=ADMIN_ROLES).exists():
        raise ValidationError(
            {"role": f"“{account}”已有一种管理员授权。系统、安全、审计三员须由不同的人担任，请另选一人。"}
        )
    if role == Role.MEMBER and account.member_id is None:
        raise ValidationError({"role": f"账号“{account}”没有关联委员本人，不能授予委员角色。请由系统管理员先关联。"})
    same = account.grants.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=from_on), role=role, committee=committee, office=office
    )
    if same.exists():
        raise ValidationError({"role": f"“{account}”已有同样的授权“{same.first()}”，不必重复授权。"})
    row = Grant(
        public_id=public_id or uuid.uuid4(),
        user=account,
        role=role,
        committee=committee,
        office=office,
        from_on=from_on,
        to_on=to_on,
    )
    with act(user=user, verb="授予角色", reason=reason, committee=committee):
        row.save()
    return row


def end_grant(*, user: User | None, grant: Grant, to_on: datetime.date | None = None, reason: str = "") -> None:
    """The grant's last day is ``to_on`` (when not given yesterday, so that it ends at once, but never before it began)."""
    _check_granter(user, grant.user, grant.committee)
    last = to_on or max(grant.from_on, timezone.localdate() - datetime.timedelta(days=1))
    check_order("to_on", grant.from_on, last, ("开始日期", "结束日期"))
    grant.to_on = last
    with act(user=user, verb="结束授权", reason=reason, committee=grant.committee):
        grant.save()


def waiting_for_a_grant(committee: Committee) -> QuerySet[User]:
    """Open accounts kept by the committee that have no grant at all."""
    return User.objects.filter(committee=committee, is_active=True, grants__isnull=True)


def grant_member_roles(*, user: User, committee: Committee, accounts: list[User], from_on: datetime.date) -> int:
    """The member's role for each of these new accounts that belongs to a person; returns how many got it."""
    for account in accounts:
        _check_granter(user, account, committee)
    mine = [account.pk for account in accounts if account.member_id and account.member.committee_id == committee.pk]
    with act(user=user, verb="授予角色", reason=f"{len(mine)} 个委员账号", committee=committee):
        # A second click waits here for the first, and then finds nobody.
        locked = User.objects.select_for_update().filter(pk__in=mine).order_by("pk")
        granted = set(Grant.objects.filter(user__in=[one.pk for one in locked]).values_list("user_id", flat=True))
        make = {"role": Role.MEMBER, "committee": committee, "from_on": from_on}
        rows = [Grant(user=account, **make) for account in locked if account.pk not in granted]
        create_all(Grant, rows)
    return len(rows)


def _check_granter(user: User | None, account: User, committee: Committee) -> None:
    if user is None:
        return
    if user.pk == account.pk:
        raise ValidationError("不能给自己授权或结束自己的授权，请由另一位安全管理员操作。")
    if not may(user, Verb.GRANTS, Grant, committee):
        raise ValidationError(f"“{user}”不是{committee.short_name}的安全管理员，不能授权。请由安全管理员操作。")
