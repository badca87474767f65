"""The parts of a committee on their pages: added, renamed, put in order, closed, and removed only when unused."""

import datetime

import pytest

from desk.founding import in_year
from members.models import Group, Office, Sector, SpecialCommittee, Subject, Term
from members.parts import add_office, change_part
from scoring.engine import loads
from scoring.rulesets import shipped
from scoring.services.assessments import open_assessment
from scoring.services.rulesets import approve_ruleset, store_ruleset
from scoring.services.runs import drive, rescore
from scoring.subjects import subjects
from tests.cast import TERM_START, make_account, make_committee, make_seat, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def place():
    return make_committee("yunhe", name="示例县政协")


@pytest.fixture
def keeper(client, place):
    client.force_login(make_account(place, "system", "system_admin"))
    return client


def page(part, end=""):
    slugs = {
        Term: "terms",
        Sector: "sectors",
        SpecialCommittee: "special-committees",
        Group: "groups",
        Office: "offices",
    }
    return f"/settings/{slugs[type(part)]}/{part.public_id}/{end}"


def errors(response):
    return [message for found in response.context["form"].errors.values() for message in found]


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_new_part_comes_last_with_a_code_of_its_own(keeper, place):
    committee, term = place.committee.public_id, place.term.public_id
    given = {
        "offices": {"committee": committee, "name": "信息室"},
        "special-committees": {"committee": committee, "name": "经济和农业委员会"},
        "groups": {"committee": committee, "name": "第二活动组", "kind": "studio"},
        "sectors": {"term": term, "name": "教育"},
    }
    answers = [keeper.post(f"/settings/{kind}/new/", fields) for kind, fields in given.items()]
    assert [response.url for response in answers] == [f"/settings/{kind}/" for kind in given]
    rows = [model.objects.order_by("-pk").first() for model in (Office, SpecialCommittee, Group, Sector)]
    assert [(row.name, row.code, row.position) for row in rows] == [
        ("信息室", "xxs", 3),
        ("经济和农业委员会", "jjhnywyh", 3),
        ("第二活动组", "dehdz", 1),
        ("教育", "jy", 3),
    ]
    assert {row.history.get().action.user.username for row in rows} == {"system"}
    assert list(Subject.objects.order_by("-pk").values_list("special_committee__name", "group__name")[:2]) == [
        (None, "第二活动组"),
        ("经济和农业委员会", None),
    ]


def test_new_part_with_a_name_that_is_there_is_refused(keeper, place):
    response = keeper.post("/settings/offices/new/", {"name": "提案室", "committee": place.committee.public_id})
    assert (response.status_code, Office.objects.count()) == (200, 2)
    assert len(errors(response)) == 1


def test_rename_keeps_the_code_and_refuses_a_twin(keeper, place):
    first, second = place.offices
    keeper.post(page(first), {"name": "联络室"})
    assert (Office.objects.get(pk=first.pk).name, Office.objects.get(pk=first.pk).code) == ("联络室", "liaison")
    assert errors(keeper.post(page(second), {"name": "联络室"})) == ["已有处室“联络室”，请换一个名称。"]


def test_order_follows_the_numbers_typed(keeper, place):
    third = add_office(user=None, committee=place.committee, code="x", name="信息室", position=3)
    first, second = place.offices
    boxes = {f"order-{first.public_id}": "1", f"order-{second.public_id}": "2", f"order-{third.public_id}": "1"}
    assert said(keeper.post("/settings/offices/", boxes, follow=True)) == ["已保存顺序，3 项有变动。"]
    assert list(Office.objects.order_by("position").values_list("name", flat=True)) == [
        "信息室",
        "委员联络室",
        "提案室",
    ]
    boxes = {f"order-{third.public_id}": "x", f"order-{first.public_id}": "9", f"order-{second.public_id}": ""}
    keeper.post("/settings/offices/", boxes)
    assert list(Office.objects.order_by("position").values_list("name", flat=True)) == [
        "信息室",
        "提案室",
        "委员联络室",
    ]


def test_part_in_use_is_not_removed_and_says_by_what(keeper, place):
    make_seat(place, special_committee=place.special_committees[0])
    make_account(place, "clerk", "clerk", office=place.offices[0])
    refusals = {
        place.special_committees[0]: "“提案委员会”不能删除，下列记录用到了它：委员资格 1 条。"
        "不再使用的可以停用：已有的记录保留，新的记录不再列出它。",
        place.offices[0]: "“委员联络室”不能删除，下列记录用到了它：授权 1 条。"
        "不再使用的可以停用：已有的记录保留，新的记录不再列出它。",
        place.sectors[0]: "“科学技术”不能删除，下列记录用到了它：委员资格 1 条。",
        place.term: "“第15届”不能删除，下列记录用到了它：委员资格 2 条。",
    }
    assert {part: said(keeper.post(page(part, "remove/"), follow=True))[0] for part in refusals} == refusals


def test_unused_part_goes_with_its_subject(keeper, place):
    assert said(keeper.post(page(place.group, "remove/"), follow=True)) == ["已删除“第一活动组”。"]
    assert (Group.objects.count(), Subject.objects.filter(kind="group").count()) == (0, 0)
    assert Group.history.latest("history_id").history_type == "-"


def test_closed_part_keeps_its_day_and_one_with_people_is_not_closed(keeper, place):
    make_seat(place, special_committee=place.special_committees[0])
    keeper.post(page(place.special_committees[1]), {"name": "经济委员会", "closed_on": "2026-06-30"})
    assert list(SpecialCommittee.objects.open_on(datetime.date(2026, 7, 1))) == [place.special_committees[0]]
    response = keeper.post(page(place.special_committees[0]), {"name": "提案委员会", "closed_on": "2026-06-30"})
    assert errors(response) == [
        "2026-06-30 以后还有 1 条委员资格属于“提案委员会”。请先调整或结束它们，换届的请用“换届”，再填这个日期。"
    ]


def group_year(place, year):
    """The year's assessment of groups under the demonstration's rules."""
    ruleset = in_year(loads(shipped("sample_group")), year)
    row = store_ruleset(user=None, committee=place.committee, year=year, ruleset=ruleset)
    approve_ruleset(user=None, ruleset=row)
    return open_assessment(
        user=None,
        committee=place.committee,
        year=year,
        subject_kind="group",
        ruleset=row,
        from_on=ruleset.first_day,
        to_on=ruleset.last_day,
    )


def test_closed_group_has_no_card_in_later_years_and_keeps_that_of_an_approved_one(keeper, place):
    years = [group_year(place, 2026), group_year(place, 2027)]
    drive(rescore(user=None, assessment=years[0]))
    change_part(user=None, part=place.group, closed_on=datetime.date(2026, 6, 30))
    assert [len(subjects(year)) for year in years] == [1, 0]
    type(years[0]).objects.filter(pk=years[0].pk).update(state="approved")
    assert said(keeper.post(page(place.group, "remove/"), follow=True)) == [
        "“第一活动组”不能删除：2026 年度已审定，其中有它的成绩单。不再使用的可以停用。"
    ]


def test_closed_office_is_offered_no_longer(client, place):
    first, second = place.offices
    change_part(user=None, part=second, closed_on=datetime.date(2026, 6, 30))
    client.force_login(make_account(place, "clerk", "clerk"))
    assert list(client.get("/contributions/new/").context["form"].fields["office"].queryset) == [first]


def test_term_ends_after_it_begins_and_after_its_last_seat(keeper, place):
    make_seat(place)
    start = TERM_START.isoformat()
    found = [
        errors(keeper.post(page(place.term), {"starts_on": start, "ends_on": day}))
        for day in ("2021-12-31", "2026-12-31")
    ]
    assert found == [
        ["“结束日期”是 2021-12-31，早于“开始日期”2022-01-01。结束日期不能早于开始日期，请改正其中一个日期。"],
        ["2026-12-31 以后还有 1 条委员资格属于“第15届”。请先调整或结束它们，换届的请用“换届”，再填这个日期。"],
    ]


def test_lists_take_the_same_queries_for_any_number_of_parts(keeper, place):
    before = queries_of(keeper, "/settings/offices/")
    for n in range(30):
        add_office(user=None, committee=place.committee, code=f"o{n}", name=f"处室{n}", position=n + 3)
    assert queries_of(keeper, "/settings/offices/") == before
