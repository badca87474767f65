"""The tag that tells what the approved ruleset pays for a kind of record."""

import datetime

import pytest
from django.template import Context, Template

from tests.scoring.year import YEAR, make_committee, make_ruleset

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

SERVICE = "按《测试用办法》第一条：公益活动，每次计 5 分。"


def told(committee, when, kind="public_service", **context):
    text = "{% load rulewords %}{% rule_words committee when kind as words %}{{ words|join:'|' }}"
    return Template(text).render(Context({"committee": committee, "when": when, "kind": kind, **context}))


def test_rule_words_cite_title_and_clause_of_the_year():
    committee = make_committee().committee
    make_ruleset(committee)
    days = [YEAR, datetime.date(YEAR, 12, 31), datetime.date(YEAR + 1, 1, 1), YEAR - 1]
    assert [told(committee, when) for when in days] == [SERVICE, SERVICE, "", ""]
    assert told(committee, YEAR, "plenary") == ""


def test_rule_words_of_another_committee_are_not_told():
    make_ruleset(make_committee().committee)
    assert told(make_committee("linhe").committee, YEAR) == ""


def test_rule_words_take_one_query_a_page(django_assert_num_queries, rf):
    committee = make_committee().committee
    make_ruleset(committee)
    told(committee, YEAR)
    page = rf.get("/")
    with django_assert_num_queries(1):
        assert [told(committee, when, request=page) for when in (YEAR, YEAR - 1)] == [SERVICE, ""]
