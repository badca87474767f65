"""The first installation: when it is due, who may do it, and the slips it ends with."""

import json
import re
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from desk.founding import FirstAccount, Founding, found_committee
from members.models import Committee, User
from members.passwords import PASSWORD_ALPHABET
from members.signin import is_empty
from members.telephone import decrypt, encrypt

CODE_LENGTH = 12  # of 31 signs: 59 bits
CODE_GROUP = 4
# No user name can look like this, so wrong codes lock nobody's account.
THROTTLED = {"username": "(installation)"}
ADMITTED = "setup_admitted"
SLIPS = "setup_slips"


# ---------------------------------------------------------------- the code
def installation_code() -> str:
    """What the person at the server reads and types into the browser, like "abcd-efgh-jkmn".

    It follows from SECRET_KEY, so it is stored nowhere and every process of the installation knows it.
    """
    digest = salted_hmac("desk.setup.installation_code", "1", algorithm="sha256").digest()
    signs = "".join(PASSWORD_ALPHABET[byte % len(PASSWORD_ALPHABET)] for byte in digest[:CODE_LENGTH])
    return "-".join(signs[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP))


def is_locked(request: HttpRequest) -> bool:
    """Whether this address has typed too many wrong codes; the limits are those of signing in."""
    return not AxesProxyHandler.is_allowed(request, THROTTLED)


def admit(request: HttpRequest, typed: str) -> bool:
    """Let this browser set things up if the code is right; a wrong one is counted."""
    if not constant_time_compare(_bare(typed), _bare(installation_code())):
        AxesProxyHandler.user_login_failed(sender=admit, credentials=THROTTLED, request=request)
        return False
    AxesProxyHandler.reset_attempts(ip_address=request.axes_ip_address, username=THROTTLED["username"])
    request.session.cycle_key()
    request.session[ADMITTED] = True
    return True


def is_admitted(request: HttpRequest) -> bool:
    return bool(request.session.get(ADMITTED))


def _bare(text: str) -> str:
    return re.sub(r"[\s-]", "", text).lower()


# ---------------------------------------------------------------- the committee
def install(request: HttpRequest, founding: Founding) -> bool:
    """Found the committee and keep its slips for this browser; False when somebody else was faster.

    A form that is sent twice, by a second click, founds one committee and loses no password.
    """
    with transaction.atomic():
        _one_at_a_time()
        if not is_empty():
            return False
        committee, accounts = found_committee(founding)
        keep_slips(request, committee, accounts)
        request.session.save()
    return True


def _one_at_a_time() -> None:
    """Two installations at once would found two committees: the second waits at a row that is always there."""
    table = ContentType.objects.get_for_model(Committee)
    ContentType.objects.select_for_update().get(pk=table.pk)


def keep_slips(request: HttpRequest, committee: Committee, accounts: list[FirstAccount]) -> None:
    """Until they are printed the passwords wait in the session, encrypted: a page that fails to load loses none."""
    rows = [[one.username, one.role, one.name, one.password] for one in accounts]
    request.session[SLIPS] = encrypt(json.dumps({"committee": committee.name, "accounts": rows}))


def slips(request: HttpRequest) -> dict[str, Any] | None:
    """{"committee": name, "accounts": [FirstAccount, …]} of those whose password is still the first; None when done."""
    sealed = request.session.get(SLIPS, "")
    if not sealed:
        return None
    kept = json.loads(decrypt(sealed))
    accounts = [FirstAccount(*row) for row in kept["accounts"]]
    unused = set(
        User.objects.filter(username__in=[one.username for one in accounts], must_change_password=True).values_list(
            "username", flat=True
        )
    )
    left = [one for one in accounts if one.username in unused]
    return {"committee": kept["committee"], "accounts": left} if left else None


def forget_slips(request: HttpRequest) -> None:
    request.session.flush()
