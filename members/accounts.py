"""Verbs on accounts. Who keeps accounts gives no roles (see members/grants.py).

A password made here is returned to be printed once; it is stored only hashed.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.actions import act
from members.access import Verb, may
from members.checks import check_same_committee
from members.models import Committee, Grant, Member, Role, Seat, User
from members.models.account import ADMIN_ROLES
from members.notices import holding, notify
from members.passwords import first_expires_on, hash_first, make_first

MOST_AT_ONCE = 2000  # a database takes so many rows in one act without anybody waiting long


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person: the account, its one-use password in clear, the person's 委员编号 ("" for staff)."""

    account: User
    password: str
    number: str = ""

    @property
    def holds_until(self):
        return first_expires_on(self.account)


def create_account(
    *,
    user: User | None,
    committee: Committee,
    username: str,
    name: str = "",
    member: Member | None = None,
    password: str = "",
    must_change_password: bool = True,
    public_id: uuid.UUID | None = None,
) -> tuple[User, str]:
    """A new account without any role, and its first password (made up when none is given; it is stored only hashed).

    ``user`` None is the system itself (installation, demonstration); otherwise the committee's system administrator.
    """
    _check_keeper(user, committee, "新建账号")
    check_same_committee(committee, member=member)
    account = User(
        public_id=public_id or uuid.uuid4(),
        committee=committee,
        username=username.strip(),
        name=name or (member.name if member else ""),
        member=member,
        must_change_password=must_change_password,
    )
    if not account.username:
        raise ValidationError({"username": "“用户名”没有填，请填写。"})
    if User.objects.filter(username=account.username).exists():
        raise ValidationError({"username": f"用户名“{account.username}”已有人使用，请换一个。"})
    if member is not None and User.objects.filter(member=member).exists():
        raise ValidationError({"member": f"{member}已有账号，一人只能有一个账号。"})
    if password:
        validate_password(password, account)
        account.set_password(password)
    else:
        password = _give_first(account)
        account.must_change_password = must_change_password  # nobody types the demonstration's
    with act(user=user, verb="新建账号", reason=account.username, committee=committee):
        account.full_clean(exclude=["password"])
        account.save()
        if user is not None:
            _tell_security(committee)
    return account, password


def create_member_accounts(*, user: User, committee: Committee, seats: Sequence[Seat]) -> list[Slip]:
    """Accounts for the people of these seats, in their order; who has one already is passed over.

    The user name is the name's pinyin, numbered where it is taken: unlike the 委员编号 it stays the same next term.
    """
    _check_keeper(user, committee, "新建账号")
    check_same_committee(committee, seats=list(seats))
    if len(seats) > MOST_AT_ONCE:
        raise ValidationError(f"一次选了 {len(seats)} 位，最多 {MOST_AT_ONCE} 位。请分几次办理。")
    have = set(User.objects.filter(member__in=[seat.member_id for seat in seats]).values_list("member_id", flat=True))
    taken = set(User.objects.values_list("username", flat=True))
    slips = []
    for seat in seats:
        if seat.member_id in have:
            continue
        have.add(seat.member_id)
        account = User(committee=committee, username=_free(seat, taken), name=seat.member.name, member=seat.member)
        taken.add(account.username)
        slips.append(Slip(account, _give_first(account), seat.number))
    if not slips:
        return []
    with act(user=user, verb="批量新建账号", reason=f"{len(slips)} 个委员账号", committee=committee):
        User.objects.bulk_create([slip.account for slip in slips], batch_size=500)
        _tell_security(committee)
    return slips


def reset_passwords(*, user: User, committee: Committee, accounts: Iterable[User]) -> list[Slip]:
    """New one-use passwords; sessions of these accounts end, wrong attempts are forgotten."""
    accounts = list(accounts)
    for account in accounts:
        _check_kept(user, committee, account, "重新设置密码")
    numbers = _numbers(accounts)
    slips = []
    for account in accounts:
        account.past_passwords = [account.password, *account.past_passwords][:REMEMBERED_AT_RESET]
        slips.append(Slip(account, _give_first(account), numbers.get(account.member_id, "")))
        account.session_epoch += 1
    if not slips:
        return []
    names = "、".join(account.username for account in accounts[:20])
    reason = names if len(accounts) <= 20 else f"{names}等 {len(accounts)} 个账号"
    fields = ["password", "past_passwords", "must_change_password", "first_password_at", "session_epoch"]
    with act(user=user, verb="重新设置密码", reason=reason[:500], committee=committee):
        User.objects.bulk_update(accounts, fields, batch_size=500)
        _tell_of_administrators(committee, accounts)
    for account in accounts:
        reset(username=account.username)
    return slips


def unlock_account(*, user: User, account: User) -> None:
    """Forget the wrong passwords that close the account for a while."""
    _check_kept(user, account.committee, account, "解除锁定")
    with act(user=user, verb="解除锁定", reason=account.username, committee=account.committee):
        reset(username=account.username)


def close_account(*, user: User, account: User, reason: str) -> None:
    """停用: nobody signs in with it any more, and its sessions end at once. Its grants stay as they are."""
    _check_kept(user, account.committee, account, "停用")
    if user.pk == account.pk:
        raise ValidationError("不能停用自己的账号，请由另一位系统管理员操作。")
    _change_state(user, account, is_active=False, verb="停用账号", reason=reason)


def open_account(*, user: User, account: User, reason: str) -> None:
    """启用 again; a session from before the closing stays ended."""
    _check_kept(user, account.committee, account, "启用")
    _change_state(user, account, is_active=True, verb="启用账号", reason=reason)


def link_member(*, user: User, account: User, member: Member) -> None:
    """关联委员: the account becomes that person's own; a linked account is never turned over to another person."""
    _check_kept(user, account.committee, account, "关联委员")
    check_same_committee(account.committee, member=member)
    if account.member_id is not None:
        raise ValidationError(f"账号“{account}”已关联委员{account.member}，不能改给别人。请为这位委员另建账号。")
    other = User.objects.filter(member=member).first()
    if other is not None:
        raise ValidationError({"member": f"{member}已有账号“{other.username}”，一人只能有一个账号。"})
    account.member = member
    with act(user=user, verb="关联委员", reason=f"{account.username} — {member}", committee=account.committee):
        account.save()


# ---------------------------------------------------------------- parts of the above
REMEMBERED_AT_RESET = 24  # the most that settings.PASSWORDS_REMEMBERED can ask for


def _give_first(account: User) -> str:
    password = make_first()
    account.password = hash_first(password)
    account.must_change_password = True
    account.first_password_at = timezone.now()
    return password


def _change_state(user: User, account: User, *, is_active: bool, verb: str, reason: str) -> None:
    if account.is_active == is_active:
        return
    account.is_active = is_active
    account.session_epoch += 1
    with act(user=user, verb=verb, reason=f"{account.username}：{reason}"[:500], committee=account.committee):
        account.save()


def _free(seat: Seat, taken: set[str]) -> str:
    """The pinyin of the name, or the committee's code and the 委员编号 where there is none, with the first free number."""
    stem = seat.member.full_pinyin or f"{seat.committee.code}-{seat.number}"
    stem = stem[:100]
    number = 1
    while (name := stem + (str(number) if number > 1 else "")) in taken:
        number += 1
    return name


def _numbers(accounts: Iterable[User]) -> dict[int, str]:
    """{member: 委员编号 of the latest seat}"""
    members = [account.member_id for account in accounts if account.member_id]
    seats = Seat.objects.filter(member__in=members).order_by("joined_on")
    return dict(seats.values_list("member_id", "number"))


def _check_keeper(user: User | None, committee: Committee, what: str) -> None:
    if user is not None and not may(user, Verb.ACCOUNTS, User, committee):
        raise ValidationError(f"“{user}”不是{committee.short_name}的系统管理员，不能{what}。请由系统管理员操作。")


def _check_kept(user: User, committee: Committee | None, account: User, what: str) -> None:
    """An account is changed by the administrator of the committee that keeps it, whatever grants it holds elsewhere."""
    if committee is None or account.committee_id != committee.pk:
        raise ValidationError(f"账号“{account}”不由{committee or '本委员会'}管理，不能{what}。")
    _check_keeper(user, committee, what)


def _tell_security(committee: Committee) -> None:
    """The second person of two: without a grant a new account may do nothing."""
    notify(holding(committee, Role.SECURITY_ADMIN), committee, "有新建的账号等待授权。", "/grants/waiting/")


def _tell_of_administrators(committee: Committee, accounts: Sequence[User]) -> None:
    """Whoever resets an administrator's password could act in his name for a moment: the others hear of it."""
    held = Grant.objects.active_on(timezone.localdate()).filter(user__in=accounts, role__in=ADMIN_ROLES)
    if held.exists():
        told = holding(committee, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
        notify(told, committee, "有管理员的密码被重新设置，请核对是否本人要求。", "/grants/")
