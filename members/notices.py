"""站内通知: telling people that something concerns them, without a personal detail in the words."""

from collections.abc import Iterable

from members.models import Committee, Notice, User


def notify(*, users: User | Iterable[User], committee: Committee, text: str, url: str = "") -> int:
    """One notice for each of ``users`` (accounts that are closed get none), in the caller's transaction.

    ``text``: at most 200 characters of plain Chinese; ``url``: where to look, a path of this site. Returns how many
    were told.
    """
    told = {user.pk: user for user in ([users] if isinstance(users, User) else users) if user.is_active}
    Notice.objects.bulk_create(Notice(committee=committee, user=user, text=text, url=url) for user in told.values())
    return len(told)
