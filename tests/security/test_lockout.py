"""Whose failed attempts close an account: those from one address, as far as it is known for certain."""

import pytest

from tests.cast import PASSWORD, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def attempts(client, forwarded, password="wrong", count=5):
    statuses = []
    for number in range(count):
        headers = {"X-Forwarded-For": forwarded.format(number)}
        sent = {"username": "chair_office", "password": password}
        statuses.append(client.post("/login/", sent, headers=headers).status_code)
    return statuses


def test_strangers_attempts_through_the_proxy_do_not_close_the_office_out(client, cast, settings):
    settings.BEHIND_PROXY = True
    attempts(client, "203.0.113.7")
    assert attempts(client, "203.0.113.7", PASSWORD, 1) == [429]
    assert attempts(client, "198.51.100.2", PASSWORD, 1) == [302]


@pytest.mark.parametrize(("is_behind_proxy", "forwarded"), [(True, "10.0.0.{}, 203.0.113.7"), (False, "10.0.0.{}")])
def test_made_up_addresses_do_not_help_against_the_lock(client, cast, settings, is_behind_proxy, forwarded):
    settings.BEHIND_PROXY = is_behind_proxy
    attempts(client, forwarded)
    assert attempts(client, forwarded, PASSWORD, 1) == [429]


def test_unreadable_address_counts_for_the_proxy(client, cast, settings):
    settings.BEHIND_PROXY = True
    assert attempts(client, "<script>{}") == [200] * 4 + [429]
