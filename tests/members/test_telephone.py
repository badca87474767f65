"""Telephone numbers: spelling, encryption, lookup, mask."""

import base64

import pytest

from members.telephone import (
    UnreadableTelephone,
    decrypt,
    encrypt,
    lookup_hash,
    mask,
    normalise_telephone,
    subkey,
)

NUMBER = "13900001234"


@pytest.fixture(autouse=True)
def _fixed_key(settings):
    settings.TELEPHONE_KEY = "a key for tests only, 32 characters"


@pytest.mark.parametrize(
    "text",
    [
        "13900001234",
        " 139 0000 1234 ",
        "139-0000-1234",
        "+86 13900001234",
        "008613900001234",
        "8613900001234",
        "１３９００００１２３４",
        "(+86)139\u30000000\u30001234",
    ],
)
def test_normalise_telephone_has_one_spelling(text):
    assert normalise_telephone(text) == NUMBER


@pytest.mark.parametrize(
    ("text", "number"),
    [("0571-12345678", "057112345678"), ("（010）12345678", "01012345678"), ("", ""), (" \u3000", "")],
)
def test_normalise_telephone_takes_landlines_and_blanks(text, number):
    assert normalise_telephone(text) == number


@pytest.mark.parametrize(
    "text", ["1390000123", "139000012345", "12900001234", "1.39E+10", "12345678", "无", "13900001234、13900005678"]
)
def test_normalise_telephone_says_what_is_expected(text):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        normalise_telephone(text)
    assert str(refusal.value) == f"电话“{text}”不是有效号码：应为 11 位手机号，或带区号的座机号（如 0571-12345678）。"


def test_decrypt_returns_what_was_encrypted():
    assert decrypt(encrypt(NUMBER)) == NUMBER


def test_encrypt_never_gives_the_same_text_twice():
    assert len({encrypt(NUMBER) for _ in range(50)}) == 50


def test_encrypt_hides_the_number():
    stored = encrypt(NUMBER)
    sealed = base64.urlsafe_b64decode(stored.removeprefix("v1:"))
    assert (stored[:3], NUMBER.encode() in sealed, len(sealed)) == ("v1:", False, 12 + 11 + 16)


def test_decrypt_refuses_a_changed_character():
    stored = encrypt(NUMBER)
    changed = stored[:-5] + ("A" if stored[-5] != "A" else "B") + stored[-4:]
    with pytest.raises(UnreadableTelephone, match="present TELEPHONE_KEY"):
        decrypt(changed)


@pytest.mark.parametrize("stored", ["v1:", "v1:AAAA", "v1:not base64!"])
def test_decrypt_refuses_what_is_no_ciphertext(stored):
    with pytest.raises(UnreadableTelephone, match="cannot be read"):
        decrypt(stored)


def test_decrypt_refuses_an_unknown_version():
    with pytest.raises(UnreadableTelephone, match="known version"):
        decrypt("v2:AAAA")


def test_decrypt_refuses_another_key(settings):
    stored = encrypt(NUMBER)
    settings.TELEPHONE_KEY = "another key for tests only, 32 chars"
    with pytest.raises(UnreadableTelephone, match="present TELEPHONE_KEY"):
        decrypt(stored)


def test_lookup_hash_finds_every_spelling():
    assert lookup_hash("+86 139-0000-1234") == lookup_hash(NUMBER)


def test_lookup_hash_is_keyed(settings):
    with_first_key = lookup_hash(NUMBER)
    settings.TELEPHONE_KEY = "another key for tests only, 32 chars"
    assert len({with_first_key, lookup_hash(NUMBER)}) == 2


def test_lookup_hash_stays_the_same_between_releases():
    assert lookup_hash(NUMBER) == "62391ca3248e9f58ab3e783f5c3166899af48e2b3d0ef2b1c507f7be6ae73081"


def test_subkeys_differ_by_purpose():
    assert subkey("encryption") != subkey("lookup")


def test_blank_number_stays_blank():
    assert [encrypt(""), decrypt(""), lookup_hash(""), mask("")] == ["", "", "", ""]


def test_mask_hides_the_middle():
    assert mask("13812341234") == "138****1234"
