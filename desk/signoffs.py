"""Leaving a gap as it is, with a reason, and taking that back."""

from django.core.exceptions import ValidationError

from audit.actions import act
from desk.gaps import Gap
from desk.models import SignOff
from members.access import Verb, grants_for, visible
from members.models import Grant, User

LONGEST_REASON = 200


def sign_off(*, user: User, gap: Gap, reason: str) -> SignOff:
    """Note why a gap stays. ValidationError without a reason, for another office's gap or one signed off before."""
    reason = reason.strip()
    if not reason:
        raise ValidationError("没有保存：请写明理由，例如“会议改期，未召开”。")
    if len(reason) > LONGEST_REASON:
        raise ValidationError(f"没有保存：理由有 {len(reason)} 个字，最多 {LONGEST_REASON} 个字，请缩短。")
    grant = _grant(user, gap)
    if grant is None:
        raise ValidationError("没有保存：这一项由别的处室负责，请联系对方处理。")
    if SignOff.objects.filter(committee=gap.committee_id, key=gap.key).exists():
        raise ValidationError("没有保存：别人刚刚已经写了说明，请刷新页面查看。")
    row = SignOff(committee_id=gap.committee_id, office_id=gap.office_id, key=gap.key, reason=reason)
    with act(user=user, verb="说明缺漏", reason=gap.title, grant=grant, committee=grant.committee):
        row.save()
    return row


def reopen(*, user: User, row: SignOff) -> None:
    """Take a sign-off back: the gap is open again."""
    with act(user=user, verb="撤销缺漏说明", reason=row.reason, committee=row.committee):
        row.delete()


def may_sign_off(user: User, gap: Gap) -> bool:
    return _grant(user, gap) is not None


def reopenable(user: User) -> set[int]:
    """Primary keys of the sign-offs the user may take back."""
    return set(visible(user, SignOff, Verb.LOG).values_list("pk", flat=True))


def _grant(user: User, gap: Gap) -> Grant | None:
    """A grant for the whole committee covers everything; one for an office, what is that office's."""
    for grant in grants_for(user, Verb.LOG, SignOff):
        if grant.committee_id == gap.committee_id and grant.office_id in {None, gap.office_id}:
            return grant
    return None
