"""manage.py rescore."""

import io

import pytest
from django.core.management import CommandError, call_command

from scoring.models import Run
from tests.scoring.year import add_fact, cards_of, fill, make_year

pytestmark = pytest.mark.django_db


def rescore(*arguments):
    said = io.StringIO()
    call_command("rescore", *arguments, stdout=said)
    return said.getvalue().splitlines()


def test_rescore_here_computes_in_this_process(settings):
    settings.SCORING_CHUNK_SIZE = 2
    year = make_year(3)
    fill(year)
    assert rescore("yunhe", "2026", "--here") == ["计算中 2/3", "计算中 3/3", "完成 3/3"]
    assert len(cards_of(year.assessment)) == 3


def test_rescore_lists_those_who_could_not_be_scored():
    year = make_year(1)
    add_fact(year.subjects[0], key="public_service/bad", attributes="没有等号")
    assert rescore("yunhe", "2026", "--here")[-1].startswith("张示例（0001）：记录“public_service/bad”不能计分")


def test_rescore_without_waiting_only_asks():
    make_year(3)
    (said,) = rescore("yunhe", "2026", "--no-wait")
    run = Run.objects.get()
    assert (said, run.state) == (f"run {run.public_id}: 3 subjects", "waiting")


def test_rescore_of_an_unknown_year_says_what_is_missing():
    make_year(0)
    with pytest.raises(CommandError, match="委员会“yunhe”没有 2019 年度的委员考核。"):
        rescore("yunhe", "2019")
