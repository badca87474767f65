"""The committee's rules as its members read them."""

import datetime

import pytest
import time_machine

from tests.cast import make_account
from tests.scoring.test_pages import text_of
from tests.scoring.year import YEAR, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_member_reads_what_counts_what_it_is_worth_and_until_when(client):
    year = make_year(1)
    with time_machine.travel(datetime.datetime(YEAR, 12, 30, 2, tzinfo=datetime.UTC), tick=False):
        client.force_login(make_account(year.place, "member", "member", seat=year.seats[0]))
        text = text_of(client.get("/rulesets/"))
    assert "计分期间：2026年1月1日至2026年12月31日，还有 2 天。" in text
    assert "公益，最高 40 分（1 条）公益：最高 40 分。 公益活动 公益活动，每次计 5 分。 依据：第一条" in text
    assert "必须做到的至少一次公益活动" in text


def test_office_keeps_the_list_of_all_rulesets(client):
    year = make_year(1)
    client.force_login(make_account(year.place, "clerk", "clerk"))
    assert "测试用办法委员第1版" in text_of(client.get("/rulesets/"))
