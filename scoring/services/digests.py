"""By which algorithm a committee's editions are digested: its own choice, else the installation's."""

from django.conf import settings
from django.core.exceptions import ValidationError

from audit.actions import act
from members.models import Committee, Grant, User
from scoring.engine.edition import can_digest
from scoring.models import CardSetting


def chosen_digest(committee: Committee) -> str:
    """The committee's own choice, "" when it left it to the installation."""
    found = CardSetting.objects.filter(committee=committee).values_list("edition_digest", flat=True).first()
    return found or ""


def digest_for(committee: Committee) -> str:
    """ "sha256" or "sm3", for the next edition; those before keep theirs, which their texts name."""
    return chosen_digest(committee) or settings.EDITION_DIGEST


def choose_digest(*, user: User | None, committee: Committee, algorithm: str, grant: Grant | None = None) -> bool:
    """Digest the committee's editions by this from the next one on; whether that changed. ValidationError: not on this
    machine."""
    if algorithm == chosen_digest(committee):
        return False
    if algorithm and not can_digest(algorithm):
        raise ValidationError(
            {"edition_digest": f"本机的密码库没有 {algorithm.upper()}，没有改变。请选别的，或换用支持它的 OpenSSL。"}
        )
    setting = CardSetting.objects.filter(committee=committee).first() or CardSetting(committee=committee)
    setting.edition_digest = algorithm
    with act(user=user, verb="修改成绩单设置", grant=grant, committee=committee):
        setting.save()
    return True
