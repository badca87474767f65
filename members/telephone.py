"""Telephone numbers: one spelling, stored encrypted, found by a keyed hash, shown masked.

A row stores `encrypt(number)` for those who may read it and `lookup_hash(number)` for sign-in and search; the number
itself is in no column. Both keys come from settings.TELEPHONE_KEY, so losing it means entering the numbers again.
"""

import base64
import hmac
import os
import re
import unicodedata
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "v1:"
NONCE_BYTES = 12
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015()]+")
COUNTRY_CODE = re.compile(r"^(\+86|0086)|^86(?=1[3-9]\d{9}$)")
NUMBER = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")


class UnreadableTelephone(ValueError):
    """A stored number that the present TELEPHONE_KEY cannot read, or that was altered."""


def normalise_telephone(text: str) -> str:
    """The digits of a mobile number (11) or of a landline with its area code (10 to 12); "" when `text` is blank.

    Spaces, hyphens, brackets, full-width digits and the country code 86 are accepted. ValueError, with a message for
    the user, for anything else.
    """
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not plain:
        return ""
    digits = COUNTRY_CODE.sub("", plain)
    if not NUMBER.fullmatch(digits):
        raise ValueError(f"电话“{text.strip()}”不是有效号码：应为 11 位手机号，或带区号的座机号（如 0571-12345678）。")
    return digits


def mask(number: str) -> str:
    """`number` with its middle hidden: 13800001234 → 138****1234; "" stays empty."""
    return f"{number[:3]}****{number[-4:]}" if number else ""


def encrypt(text: str) -> str:
    """AES-256-GCM of `text` under a random nonce, as "v1:" and URL-safe base64 of nonce and ciphertext; "" stays empty.

    The same number gives a different text each time, so equal numbers cannot be recognised in a dump.
    """
    if not text:
        return ""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(subkey("encryption")).encrypt(nonce, text.encode(), VERSION.encode())
    return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(stored: str) -> str:
    """The text that `encrypt` was given. UnreadableTelephone when the key is another one or `stored` was altered."""
    if not stored:
        return ""
    if not stored.startswith(VERSION):
        raise UnreadableTelephone("a stored telephone number does not begin with a known version")
    try:
        sealed = base64.b64decode(stored.removeprefix(VERSION), altchars=b"-_", validate=True)
        return (
            AESGCM(subkey("encryption")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], VERSION.encode()).decode()
        )
    except (InvalidTag, ValueError) as error:
        raise UnreadableTelephone("a stored telephone number cannot be read with the present TELEPHONE_KEY") from error


def lookup_hash(text: str) -> str:
    """HMAC-SHA256 of the number's one spelling, 64 hex digits; "" for a blank text, ValueError for no number."""
    number = normalise_telephone(text)
    return hmac.new(subkey("lookup"), number.encode(), "sha256").hexdigest() if number else ""


def subkey(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from settings.TELEPHONE_KEY: neither use of the key weakens the other."""
    return derived(settings.TELEPHONE_KEY, purpose)


@lru_cache(maxsize=8)
def derived(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"members.telephone {purpose}".encode()).derive(
        key.encode()
    )
