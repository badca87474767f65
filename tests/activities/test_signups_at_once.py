"""The last place, asked for by two at the same moment, on the database that lets them."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from activities.services import sign_up
from tests.cast import DAY, make_activity, make_cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_last_place_goes_to_one_of_two():
    cast = make_cast()
    people = {cast.ordinary_user: cast.ordinary, cast.standing_user: cast.standing}
    trip = make_activity(cast.place, list(people.values()), kind="inspection", signup_until=DAY, signup_limit=1)
    start, refused = threading.Barrier(2), []

    def ask(user, seat):
        try:
            start.wait(20)
            sign_up(user=user, activity=trip, seat=seat, today=DAY)
        except ValidationError as error:
            refused.extend(error.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=person) for person in people.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    full = f"“{trip}”名额 1 人，已报名 1 人，还要加 1 人，名额不够。请联系委员联络室增加名额。"
    assert (trip.invitations.count(), refused) == (1, [full])
