"""公开程度 as a row: who decided what, and what the database itself refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.actions import act
from reports.models import Openness
from reports.openness import openness_of, set_openness
from tests.cast import make_account
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db


def test_mildest_step_holds_until_another_is_set_and_each_is_kept():
    year = make_year(1)
    chair = make_account(year.place, "chair", "chair_office")
    assert (openness_of(year.assessment).step, openness_of(year.assessment).is_public) == (1, False)
    for step in (2, 4, 1):
        set_openness(user=chair, assessment=year.assessment, step=step, basis="主席会议", sections=["year", "overall"])
    row = openness_of(year.assessment)
    assert (row.step, row.sections) == (1, ["overall", "year"])
    assert [(one.step, one.action.user) for one in row.history.order_by("pk")] == [(2, chair), (4, chair), (1, chair)]


def test_more_than_the_mildest_step_needs_its_basis():
    year = make_year(1)
    with pytest.raises(ValidationError) as refused:
        set_openness(user=None, assessment=year.assessment, step=2, basis=" ")
    assert refused.value.message_dict == {
        "basis": ["没有写“依据”：请写明是哪次会议决定的，例如 2026年1月5日主席会议。"]
    }
    for values in ({"step": 2}, {"is_public": True}, {"step": 5, "basis": "主席会议"}):
        with pytest.raises(IntegrityError), transaction.atomic(), act(user=None, verb="test"):
            Openness.objects.create(assessment=year.assessment, **values)
    assert Openness.objects.count() == 0


def test_years_of_committees_and_groups_have_no_step():
    year = make_year(1)
    year.assessment.subject_kind = "group"
    with pytest.raises(ValidationError, match="只对委员的年度考核设置"):
        set_openness(user=None, assessment=year.assessment, step=1)
