"""Signing in: which account a text names, which demonstration accounts exist, how long a session lives."""

import time
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from members.models import Committee, Grant, Role, Seat, User
from members.telephone import lookup_hash

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
# The time of the last request is noted this often at most, so that reading pages does not write at every click.
NOTE_SECONDS = 60
DAY_SECONDS = 24 * 3600
WHOLE_CLERK = "whole_clerk"


def username_of(text: str) -> str:
    """The username that ``text`` (a username, a telephone number or a 委员编号) names; when it names none ``text``
    itself, or for a telephone number its keyed hash, so that the record of failed attempts holds no number.

    A number that several accounts share names none: which of them is meant must not be guessed.
    """
    text = text.strip()
    if User.objects.filter(username=text).exists():
        return text
    if by_number := _by_member_number(text):
        return by_number
    try:
        sought = lookup_hash(text)
    except ValueError:
        return text
    if not sought:
        return text
    found = User.objects.filter(member__telephone_hash=sought, is_active=True).values_list("username", flat=True)[:2]
    return found[0] if len(found) == 1 else sought


def _by_member_number(text: str) -> str:
    """The username of the one serving member with this 委员编号; "" for none and for several."""
    seats = Seat.objects.serving_on(timezone.localdate()).filter(number=unicodedata.normalize("NFKC", text))
    found = (
        User.objects.filter(member__seats__in=seats, is_active=True).values_list("username", flat=True).distinct()[:2]
    )
    return found[0] if len(found) == 1 else ""


def client_address(request: HttpRequest) -> str | None:
    """The address failed sign-ins are counted for.

    Behind a proxy all requests come from the proxy's; it appends the address it saw to X-Forwarded-For. What stands
    before that is the client's own word.
    """
    direct = request.META.get("REMOTE_ADDR")
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    try:
        return str(ip_address(seen)) if seen else direct
    except ValueError:
        return direct


def is_empty() -> bool:
    """Whether nobody has set anything up yet: no committee, neither a real nor a made-up one."""
    return not Committee.objects.exists()


def is_demonstration() -> bool:
    """Whether every committee of this database is made up; False for a database without committees."""
    marks = set(Committee.objects.values_list("is_demonstration", flat=True).distinct())
    return marks == {True}


@dataclass(frozen=True, slots=True)
class DemonstrationRole:
    """One button of the demonstration's sign-in page: account, role in Chinese, whom it shows."""

    user: User
    label: str
    place: str


def demonstration_roles() -> list[DemonstrationRole]:
    """One account for each role, members first: of the committee with most seats, and there the one made first.

    A clerk of the whole committee sees what a clerk of one office does not: there is one of each.
    """
    chosen: dict[str, DemonstrationRole] = {}
    grants = Grant.objects.filter(user__is_active=True, committee__is_demonstration=True)
    grants = grants.annotate(seats=Count("committee__seats")).order_by("-seats", "id")
    for grant in grants.select_related("user", "committee", "office"):
        is_whole = grant.role == Role.CLERK and grant.office_id is None
        role = WHOLE_CLERK if is_whole else grant.role
        if role not in chosen:
            place = f"{grant.committee.short_name}{grant.office or ''}"
            label = "综合录入员" if is_whole else grant.get_role_display()
            chosen[role] = DemonstrationRole(grant.user, label, place)
    order = [one for role in Role.values for one in ((role, WHOLE_CLERK) if role == Role.CLERK else (role,))]
    return [chosen[role] for role in order if role in chosen]


# ---------------------------------------------------------------- accounts closed by wrong passwords
def locked_usernames() -> QuerySet:
    """User names that cannot sign in from some address for the moment, to be used as ``username__in``."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    tried = AccessAttempt.objects.filter(attempt_time__gt=since).values("username", "ip_address")
    full = tried.annotate(failures=Sum("failures_since_start")).filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    return full.values("username")


# ---------------------------------------------------------------- how long a session lives
def note_sign_in(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Remember when the session began."""
    now = int(time.time())
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now


def connect() -> None:
    user_logged_in.connect(note_sign_in, dispatch_uid="members.signin")


def session_end(session, is_staff: bool, is_kept: bool = False) -> str:
    """Why this session is over, in Chinese; "" while it is not. Notes the time of this request now and then.

    ``is_kept``: on an own phone, where no idle time ends it.
    """
    idle = settings.SESSION_IDLE_STAFF_SECONDS if is_staff else settings.SESSION_IDLE_SECONDS
    longest = settings.SESSION_OWN_PHONE_SECONDS if is_kept else settings.SESSION_ABSOLUTE_SECONDS
    now = int(time.time())
    began, seen = session.get(SIGNED_IN_AT, 0), session.get(SEEN_AT, 0)
    if now - began > longest:
        return f"本次登录已满 {spoken(longest)}，为保护您的账号已自动退出，请重新登录。"
    if now - seen > idle and not is_kept:
        return f"您已有 {spoken(idle)}没有操作，为保护您的账号已自动退出，请重新登录。"
    if now - seen >= NOTE_SECONDS:
        session[SEEN_AT] = now
    return ""


def spoken(seconds: int) -> str:
    """1800 → “30 分钟”, 28800 → “8 小时”, 2592000 → “30 天”."""
    if seconds % DAY_SECONDS == 0:
        return f"{seconds // DAY_SECONDS} 天"
    return f"{seconds // 3600} 小时" if seconds % 3600 == 0 else f"{seconds // 60} 分钟"
