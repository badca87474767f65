"""The public page: what the committee chose, for anybody, and not a name or a point more."""

import json
import re

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError

from members.names.spelling import display_name
from reports import public_views
from reports.openness import SECTIONS, set_openness
from scoring.engine.sentences import points
from tests.cast import queries_of
from tests.reports.shown import CHAIR, IDLE, ORDINARY, STANDING, change_everything, make_shown_year
from tests.scoring.closing import CLOSED, step
from tests.scoring.year import YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PAGE = f"/public/yunhe/{YEAR}/"


@pytest.fixture
def year():
    cache.clear()
    with time_machine.travel(CLOSED, tick=True):
        yield make_shown_year()


def open_page(year, at_step=1, sections=("overall",)):
    set_openness(
        user=None, assessment=year.assessment, step=at_step, is_public=True, sections=sections, basis="主席会议"
    )


def named(text):
    """Everybody of the year whose name is in the text."""
    return {name for name in (*ORDINARY, *STANDING, IDLE, CHAIR) if name in text or display_name(name) in text}


def scored(text, year):
    """{name} of those whose points are in the text as a number of its own."""
    found = set()
    for summary in year.edition.cards.values_list("summary", flat=True):
        card = json.loads(summary)
        total = card["card"]["total"]
        if total and re.search(rf"(?<![\d.]){re.escape(points(card['card']['total']))}(?![\d.%])", text):
            found.add(card["printed"]["name"])
    return found


# The honour list without the one who has no points; the first five of fifteen, and of seven the better half.
HONOURED = {ORDINARY[13], ORDINARY[1]}
LEADING = {*ORDINARY[9:], *STANDING[4:]}
ALLOWED = {1: set(), 2: HONOURED, 3: HONOURED | LEADING, 4: {*ORDINARY, *STANDING}}


@pytest.mark.parametrize("at_step", ALLOWED)
def test_no_name_and_no_points_beyond_the_step_are_in_the_bytes(year, client, at_step):
    some = [(), *((code,) for code in SECTIONS), tuple(SECTIONS)]
    for sections in some if at_step > 1 else some[1:]:
        open_page(year, at_step, sections)
        page = client.get(PAGE).content.decode()
        assert named(page) == ALLOWED[at_step]
        assert re.findall(r'<section class="card" aria-labelledby="of-(\w+)"', page) == list(sections)
    client.force_login(year.publisher)
    deck = client.get(f"/show/{YEAR}/").content.decode()
    for text in (page, deck):
        assert named(text) == ALLOWED[at_step]
        assert scored(text, year) == (ALLOWED[4] if at_step == 4 else set())
    codes = list(year.edition.cards.values_list("check_code", flat=True))
    assert [code for code in codes if code in page or code in deck] == []


def test_page_is_off_until_it_is_switched_on_and_gone_when_switched_off(year, client):
    assert client.get(PAGE).status_code == 404
    set_openness(user=None, assessment=year.assessment, step=4, basis="主席会议")
    assert client.get(PAGE).status_code == 404
    open_page(year, 4)
    answer = client.get(PAGE)
    assert (answer.status_code, 'href="/verify/"' in answer.content.decode()) == (200, True)
    assert f"计 {YEAR}年1月1日至{YEAR}年12月31日的记录" in answer.content.decode()
    again = client.get(PAGE, headers={"if-none-match": answer["ETag"]})
    assert (answer["Cache-Control"], again.status_code, answer["X-Robots-Tag"]) == (
        "no-cache",
        304,
        "noindex, noarchive",
    )
    set_openness(user=None, assessment=year.assessment, step=4, basis="主席会议")
    assert client.get(PAGE, headers={"if-none-match": answer["ETag"]}).status_code == 404


def test_page_shows_nothing_while_the_year_is_corrected_and_never_another(year, client):
    open_page(year)
    assert [
        client.get(path).status_code for path in (PAGE, f"/public/yunhe/{YEAR - 1}/", f"/public/linhe/{YEAR}/")
    ] == [
        200,
        404,
        404,
    ]
    step(year, "reopen", reason="补记")
    assert client.get(PAGE).status_code == 404


def test_page_does_not_follow_live_rows(year, client):
    open_page(year, 4, tuple(SECTIONS))
    before = client.get(PAGE).content
    change_everything(year)
    assert client.get(PAGE).content == before


def test_page_asks_the_database_four_times_whoever_is_on_it(year, client):
    open_page(year, 4, tuple(SECTIONS))
    client.get(PAGE)
    assert queries_of(client, PAGE) == 4


def test_page_is_refused_for_a_minute_to_whoever_asks_too_often(year, client, monkeypatch):
    monkeypatch.setattr(public_views, "VIEWS_A_MINUTE", 2)
    open_page(year)
    with time_machine.travel(CLOSED, tick=False) as clock:
        assert [client.get(PAGE).status_code for _ in range(3)] == [200, 200, 429]
        assert client.get(PAGE)["Retry-After"] == "60"
        clock.shift(60)
        assert client.get(PAGE).status_code == 200


def test_all_addresses_of_one_line_are_counted_together(year, client, monkeypatch):
    monkeypatch.setattr(public_views, "VIEWS_A_MINUTE", 2)
    open_page(year)
    own, other = [f"2001:db8:0:1::{n}" for n in range(1, 4)], ["2001:db8:0:2::1", "::ffff:192.0.2.1", "192.0.2.2"]
    with time_machine.travel(CLOSED, tick=False):
        seen = [client.get(PAGE, REMOTE_ADDR=address).status_code for address in [*own, *other]]
    assert seen == [200, 200, 429, 200, 200, 200]


def test_empty_page_is_refused_with_the_remedy(year):
    with pytest.raises(ValidationError) as refused:
        open_page(year, 1, ())
    assert refused.value.messages == ["公开页上没有内容：请至少选一项，或者不开放公开页。"]
