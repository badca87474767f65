"""The office's plain pages of reports on social conditions, as browsers send them."""

import pytest

from opinions.models import OpinionReport
from tests.cast import make_cast, make_report, queries_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
]  # what boxes take; what a database refuses is tried in tests/security


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def sent(cast, **changes):
    """What the form of a new report sends."""
    return {
        "office": cast.place.offices[0].public_id,
        "year": "2026",
        "number": "7",
        "title_of_report": "关于校门口拥堵的信息",
        "submitted_on": "2026-03-10",
        "names": "单志松，hj",
        "state": "submitted",
        **changes,
    }


def errors(response):
    return response.context["form"].errors


def signers(report):
    return [(row.seat.member.name, row.role, row.position) for row in report.reporters.all()]


def test_report_keeps_the_order_of_names(clerk, cast):
    clerk.post("/opinions/new/", sent(cast))
    assert signers(OpinionReport.objects.get()) == [("单志松", "lead", 1), ("何珺", "cosigner", 2)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"names": ""}, {"names": ["“报送人”没有填，请填写。"]}),
        ({"state": "issued"}, {"issued_on": ["状态是“已编发”，没有填编发日期，请填写。"]}),
        (
            {"state": "issued", "issued_on": "2026-03-01"},
            {
                "issued_on": [
                    "“编发日期”是 2026-03-01，早于“报送日期”2026-03-10。编发日期不能早于报送日期，请改正其中一个日期。"
                ]
            },
        ),
        ({"title_of_report": "长" * 201}, {"title_of_report": ["“题目”有 201 个字，最多 200 个字，请缩短。"]}),
    ],
)
def test_report_with_a_mistake_says_what_to_do(clerk, cast, change, expected):
    assert errors(clerk.post("/opinions/new/", sent(cast, **change))) == expected
    assert OpinionReport.objects.count() == 0


def test_number_used_twice_in_a_year_is_refused(clerk, cast):
    make_report(cast.place, [cast.ordinary], number="7", title="关于水的信息")
    assert errors(clerk.post("/opinions/new/", sent(cast))) == {
        "number": ["2026 年的编号“7”已是“关于水的信息”的编号，请改用别的编号。"]
    }


def test_adoption_and_instruction_are_logged(clerk, cast):
    report = make_report(cast.place, [cast.ordinary])
    url = f"/opinions/{report.public_id}"
    clerk.post(
        f"{url}/adoption/", {"level": "city", "organ": "市政协", "form": "composite", "adopted_on": "2026-04-01"}
    )
    clerk.post(f"{url}/instruction/", {"level": "county", "given_by": "县委书记", "instructed_on": "2026-04-02"})
    assert list(report.adoptions.values_list("level", "organ", "form")) == [("city", "市政协", "composite")]
    assert list(report.instructions.values_list("level", "given_by")) == [("county", "县委书记")]


def test_adoption_by_the_same_organ_twice_is_refused(clerk, cast):
    report = make_report(cast.place, [cast.ordinary], title="关于水的信息", adopted=["city"])
    data = {"level": "city", "organ": "city示例单位", "form": "single", "adopted_on": "2026-04-01"}
    assert errors(clerk.post(f"/opinions/{report.public_id}/adoption/", data)) == {
        "organ": ["“关于水的信息”已登记过市级“city示例单位”采用，不必重复登记。"]
    }


def test_change_replaces_the_writers(clerk, cast):
    report = make_report(cast.place, [cast.ordinary, cast.cosigner])
    url = f"/opinions/{report.public_id}/edit/"
    form = clerk.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    assert data["names"] == f"{cast.ordinary.number}、{cast.cosigner.number}"
    clerk.post(url, data | {"names": "何珺", "state": "issued", "issued_on": "2026-03-20", "reason": "核对原件"})
    report.refresh_from_db()
    assert (report.state, signers(report)) == ("issued", [("何珺", "lead", 1)])


@pytest.mark.parametrize("page", ["/opinions/", "{one}"])
def test_page_takes_the_same_queries_for_three_rows_as_for_one(clerk, cast, page):
    report = make_report(cast.place, [cast.ordinary], adopted=["city"])
    url = page.format(one=f"/opinions/{report.public_id}/")
    clerk.get(url)
    one = queries_of(clerk, url)
    make_report(cast.place, [cast.standing, cast.cosigner], adopted=["city", "nation"])
    make_report(cast.place, [cast.cosigner])
    assert queries_of(clerk, url) == one


def test_list_is_filtered(clerk, cast):
    make_report(cast.place, [cast.ordinary], title="甲", number="1", adopted=["nation", "city"])
    make_report(cast.place, [cast.standing], title="乙", number="2")

    def titles(query):
        return [row.title for row in clerk.get(f"/opinions/?{query}").context["listing"].page]

    assert [titles(query) for query in ("q=甲", "q=欧阳", "level=nation", "state=issued", "year=2026")] == [
        ["甲"],
        ["乙"],
        ["甲"],
        [],
        ["乙", "甲"],
    ]


@pytest.mark.parametrize(
    ("who", "see", "new", "change"),
    [
        ("clerk", 200, 200, 200),
        ("whole_clerk", 200, 200, 200),
        ("other_clerk", 404, 200, 404),
        ("chair_office", 200, 404, 404),
        ("ordinary_user", 200, 404, 404),
        ("standing_user", 404, 404, 404),
        ("stranger", 404, 200, 404),
        ("security_admin", 404, 404, 404),
        (None, 302, 302, 302),
    ],
)
def test_pages_answer_each_of_the_cast(client, cast, who, see, new, change):
    url = f"/opinions/{make_report(cast.place, [cast.ordinary]).public_id}/"
    if who:
        client.force_login(getattr(cast, who))
    assert client.get(url).status_code == see
    assert client.get("/opinions/new/").status_code == new
    assert [client.get(f"{url}{part}/").status_code for part in ("edit", "adoption", "instruction")] == [change] * 3
