"""Passwords: what a good one is, how a first one is made, and when it must be changed.

GB/T 22239 asks for complexity and for a change from time to time, against the advice of other standards; the national
standard holds here. Both can be switched off in the settings.
"""

import datetime
import secrets
import unicodedata

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, get_hasher
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.access import roles
from members.models import Role, User
from members.telephone import UnreadableTelephone, decrypt

PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # read aloud without mistakes: no 0 o 1 i l
BLOCKS = (4, 4, 4)  # typed from paper: abcd-2fgh-jkmn
# Twelve random characters are beyond guessing however fast one may try, so that slips for a whole committee need not
# wait; the password a person chooses is hashed as slowly as Django does it.
FIRST_ITERATIONS = 20_000
PASSPHRASE = 20  # so long that two kinds of characters are enough


# ---------------------------------------------------------------- first passwords
def make_first() -> str:
    """A random password in blocks, with at least one letter and one digit."""
    while True:
        text = "-".join("".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(length)) for length in BLOCKS)
        if any(c.isdigit() for c in text) and any(c.isalpha() for c in text):
            return text


def hash_first(password: str) -> str:
    """The hash of a random password; when it is used to sign in, Django hashes it anew at full cost."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=FIRST_ITERATIONS)
    return hasher.encode(password, hasher.salt())


def first_expires_on(user: User) -> datetime.date | None:
    """The last day on which the first password opens the account; None when it was changed or has no end."""
    if not user.must_change_password or user.first_password_at is None:
        return None
    last = user.first_password_at + datetime.timedelta(days=settings.FIRST_PASSWORD_DAYS)
    return timezone.localdate(last)


def is_first_expired(user: User) -> bool:
    last = first_expires_on(user)
    return last is not None and last < timezone.localdate()


# ---------------------------------------------------------------- when to change
def change_due(user: User) -> str:
    """Why the user must choose a new password before anything else, in Chinese; "" when he need not.

    An account whose password was never set by its owner here (the demonstration, createsuperuser) has no age.
    """
    if user.must_change_password:
        return "这是您第一次登录，密码由他人设置。请先换成只有您自己知道的密码，再继续使用。"
    days = settings.PASSWORD_DAYS_STAFF if is_staff_account(user) else settings.PASSWORD_DAYS_MEMBER
    if not days or user.password_changed_at is None:
        return ""
    if timezone.now() - user.password_changed_at < datetime.timedelta(days=days):
        return ""
    return f"您的密码已满 {days} 天没有更换。按网络安全等级保护的要求，请先换一个新密码，再继续使用。"


def is_staff_account(user: User) -> bool:
    """Whether the user holds any role but the member's."""
    return bool(roles(user) - {Role.MEMBER})


def set_own(user: User, password: str) -> None:
    """The password its owner chose; the caller saves. The one before is remembered as a hash."""
    kept = max(settings.PASSWORDS_REMEMBERED - 1, 0)
    user.past_passwords = [user.password, *user.past_passwords][:kept]
    user.set_password(password)
    user.must_change_password = False
    user.first_password_at = None
    user.password_changed_at = timezone.now()


# ---------------------------------------------------------------- what a good password is
class LongEnough(MinimumLengthValidator):
    def get_error_message(self):
        return f"密码太短，至少要 {self.min_length} 个字符。可以用几个词连起来，好记又安全。"

    def get_help_text(self):
        return f"密码至少 {self.min_length} 个字符。"


class MixedEnough:
    """Capital letters, small letters, digits, others: so many kinds of the four, unless it is a long phrase."""

    def __init__(self, kinds: int = 3):
        self.kinds = kinds

    def validate(self, password: str, user: User | None = None) -> None:
        found = {_kind(character) for character in password}
        enough = min(2, self.kinds) if len(password) >= PASSPHRASE else self.kinds
        if len(found) < enough:
            raise ValidationError(
                f"密码只有 {len(found)} 类字符。大写字母、小写字母、数字、符号四类中至少要有 {self.kinds} 类，"
                f"或者用 {PASSPHRASE} 个字符以上的一句话。",
                code="password_not_mixed",
            )

    def get_help_text(self) -> str:
        return f"大写字母、小写字母、数字、符号至少用 {self.kinds} 类。"


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    category = unicodedata.category(character)
    return {"Lu": "upper", "Ll": "lower"}.get(category, "other")


class NotPersonal:
    """Not the user's name, its pinyin, user name or telephone number, nor one that contains them."""

    LONG_ENOUGH = 4  # shorter ones are in many words by chance; a Chinese name of two characters is not

    def validate(self, password: str, user: User | None = None) -> None:
        plain = password.lower().replace("-", "").replace(" ", "")
        for label, text in _personal(user):
            if len(text) >= (self.LONG_ENOUGH if text.isascii() else 2) and text in plain:
                raise ValidationError(f"密码里有您的{label}，容易被猜到。请换一个。", code="password_personal")

    def get_help_text(self) -> str:
        return "密码里不能有您的姓名、姓名拼音、用户名或手机号。"


def _personal(user: User | None) -> list[tuple[str, str]]:
    if user is None:
        return []
    found = [("用户名", user.username.lower()), ("姓名", user.name.lower())]
    if user.member is None:
        return found
    try:
        telephone = decrypt(user.member.telephone_cipher)
    except UnreadableTelephone:
        telephone = ""
    return [*found, ("姓名", user.member.name), ("姓名拼音", user.member.full_pinyin), ("手机号", telephone)]


class NotRecent:
    """Not the present password, nor one of those before it."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or not settings.PASSWORDS_REMEMBERED:
            return
        if any(check_password(password, old) for old in [user.password, *user.past_passwords] if old):
            count = settings.PASSWORDS_REMEMBERED
            raise ValidationError(f"最近 {count} 次用过的密码不能再用。请换一个新密码。", code="password_recent")

    def get_help_text(self) -> str:
        return f"不能与最近 {settings.PASSWORDS_REMEMBERED} 次用过的密码相同。"
