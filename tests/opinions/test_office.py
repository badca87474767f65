"""What the office does with a report: the quick line, issue, put aside, pass on, composites, organs, removal."""

import pytest

from audit.models import Action
from desk.undo import undo_action
from opinions.models import Adoption, OpinionReport, Organ
from opinions.services import record_adoption
from scoring.models import Fact
from tests.cast import DAY, make_cast, make_report, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def line(cast, **changes):
    """What the line above the list sends."""
    return {
        "office": cast.place.offices[0].public_id,
        "number": "7",
        "title_of_report": "关于校门口拥堵的信息",
        "names": f"单志松 hj {cast.standing.number}",
        "submitted_on": "2026-03-10",
        "level": "",
        "organ": "",
        **changes,
    }


def test_line_saves_a_report_and_is_ready_for_the_next(clerk, cast):
    page = clerk.post("/opinions/", line(cast, level="city", organ="市政协信息处"), follow=True)
    report = OpinionReport.objects.get()
    assert [row.seat.member.name for row in report.reporters.all()] == ["单志松", "何珺", "欧阳文松"]
    assert list(report.adoptions.values_list("level", "organ", "adopted_on")) == [("city", "市政协信息处", DAY)]
    form = page.context["form"]
    assert (form.initial, form.is_bound) == ({"submitted_on": "2026-03-10", "number": "8"}, False)
    assert [str(message) for message in page.context["messages"]] == ["已登记“关于校门口拥堵的信息”，请接着录下一篇。"]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"names": "", "title_of_report": ""}, {"title_of_report", "names"}),
        ({"organ": "市政协"}, {"level"}),
        ({"submitted_on": "32 日"}, {"submitted_on"}),
    ],
)
def test_line_with_a_mistake_stays_as_typed(clerk, cast, change, expected):
    page = clerk.post("/opinions/", line(cast, **change))
    assert (set(page.context["form"].errors), OpinionReport.objects.exists()) == (expected, False)
    assert page.context["form"]["number"].value() == "7"


@pytest.mark.sqlite
def test_report_is_issued_under_the_next_number(clerk, cast):
    make_report(cast.place, [cast.standing], number="11")
    report = make_report(cast.place, [cast.ordinary], number="")
    url = f"/opinions/{report.public_id}/issue/"
    form = clerk.get(url).context["form"]
    assert form["number"].value() == "12"
    clerk.post(url, {"number": "12", "issued_on": "2026-03-12"})
    report.refresh_from_db()
    assert (report.state, report.number, str(report.issued_on)) == ("issued", "12", "2026-03-12")
    refused = clerk.post(url, {"number": "13", "issued_on": "2026-03-12"})
    assert refused.context["form"].non_field_errors() == ["这篇信息已经编发或已定为未采用。请返回查看它现在的状态。"]


@pytest.mark.sqlite
def test_report_is_put_aside_with_a_reason_its_writer_reads(clerk, cast):
    report = make_report(cast.place, [cast.ordinary])
    clerk.post(f"/opinions/{report.public_id}/put-aside/", {"reason": "问题已经解决"})
    clerk.force_login(cast.ordinary_user)
    assert "未采用的理由：问题已经解决" in clerk.get(f"/me/opinions/{report.public_id}/").content.decode()


@pytest.mark.sqlite
def test_organ_typed_once_is_offered_until_it_is_retired(clerk, cast):
    report = make_report(cast.place, [cast.ordinary])
    url = f"/opinions/{report.public_id}"
    clerk.post(f"{url}/adoption/", {"level": "city", "organ": "市政协", "form": "single", "adopted_on": "2026-04-01"})
    clerk.post(f"{url}/forwarding/", {"level": "province", "organ": "省政协", "forwarded_on": "2026-04-02"})
    clerk.post("/organs/", {"level": "nation", "name": "全国政协"})
    offered = [organ.name for organ in clerk.get(f"{url}/adoption/").context["form"].organs()]
    assert sorted(offered) == ["全国政协", "市政协", "省政协"]
    city = Organ.objects.get(name="市政协")
    clerk.post(f"/organs/{city.public_id}/", {"level": "city", "name": "市政协信息处"})
    offered = [organ.name for organ in clerk.get(f"{url}/adoption/").context["form"].organs()]
    assert (sorted(offered), Adoption.objects.get().organ) == (["全国政协", "省政协"], "市政协")
    assert list(clerk.get(f"{url}/").context["opinion"].forwardings.values_list("level", "organ")) == [
        ("province", "省政协")
    ]


@pytest.mark.sqlite
@pytest.mark.parametrize("what", ["adoptions", "instructions", "forwardings"])
def test_outcome_is_taken_back_with_a_reason(clerk, cast, what):
    report = make_report(cast.place, [cast.ordinary])
    url = f"/opinions/{report.public_id}"
    clerk.post(f"{url}/adoption/", {"level": "city", "organ": "市政协", "form": "single", "adopted_on": "2026-04-01"})
    clerk.post(f"{url}/instruction/", {"level": "county", "given_by": "县长", "instructed_on": "2026-04-01"})
    clerk.post(f"{url}/forwarding/", {"level": "province", "organ": "省政协", "forwarded_on": "2026-04-02"})
    rows = getattr(report, what)
    page = f"/outcomes/{rows.get().public_id}/withdraw/"
    assert clerk.post(page, {"reason": ""}).context["form"].errors == {"reason": ["“撤销的理由”没有填，请填写。"]}
    clerk.post(page, {"reason": "登记错了"})
    gone = rows.model.history.latest("history_id")
    assert (rows.count(), gone.history_type, gone.action.reason) == (0, "-", "登记错了")


@pytest.mark.sqlite
def test_page_beside_the_reports_keeps_their_place_in_the_menu(clerk, cast):
    menu = clerk.get("/organs/").context["menu"]
    assert [place["label"] for place in menu if place["is_here"]] == ["社情民意"]


def test_report_removed_with_all_its_parts_leaves_history(clerk, cast):
    report = make_report(cast.place, [cast.ordinary], adopted=["city"])
    clerk.post(f"/opinions/{report.public_id}/remove/", {"reason": "重复登记"})
    assert (OpinionReport.objects.exists(), Adoption.objects.exists(), Fact.objects.exists()) == (False,) * 3
    gone = OpinionReport.history.latest("history_id")
    assert (gone.history_type, gone.action.verb, gone.action.reason) == ("-", "删除社情民意信息", "重复登记")


# ---------------------------------------------------------------- composites
def facts(seat):
    rows = Fact.objects.filter(subject=seat.subject).order_by("happened_on", "key")
    return [(str(row.happened_on), row.attributes) for row in rows if "stage=submitted" not in row.attributes]


def composite(clerk, cast, *sources, **changes):
    """The composite that the form makes of the sources' numbers."""
    data = {
        "office": cast.place.offices[0].public_id,
        "year": "2026",
        "number": "Z1",
        "title_of_report": "关于出行的几点反映",
        "submitted_on": "2026-03-20",
        "state": "issued",
        "issued_on": "2026-03-21",
        "numbers": "、".join(source.number for source in sources),
        **changes,
    }
    response = clerk.post("/opinions/composite/", data)
    return OpinionReport.objects.filter(is_composite=True).first() or response.context["form"].errors


def test_composite_credits_the_writers_of_each_source(clerk, cast):
    first = make_report(cast.place, [cast.ordinary])
    second = make_report(cast.place, [cast.standing], state="issued", issued_on=DAY)
    made = composite(clerk, cast, first, second)
    clerk.post(
        f"/opinions/{made.public_id}/adoption/", {"level": "city", "organ": "市政协", "adopted_on": "2026-04-01"}
    )
    clerk.post(
        f"/opinions/{made.public_id}/instruction/",
        {"level": "county", "given_by": "县长", "instructed_on": "2026-04-02"},
    )
    shared = [
        ("2026-04-01", "form=composite;level=city;organ=市政协;role=lead;stage=adopted"),
        ("2026-04-02", "by=县长;form=composite;level=county;role=lead;stage=instructed"),
    ]
    assert facts(cast.ordinary) == [("2026-03-21", "form=composite;role=lead;stage=issued"), *shared]
    assert facts(cast.standing) == [("2026-03-10", "role=lead;stage=issued"), *shared]


def test_source_adopted_by_itself_as_well_keeps_both(clerk, cast):
    first, second = make_report(cast.place, [cast.ordinary]), make_report(cast.place, [cast.standing])
    made = composite(clerk, cast, first, second, state="submitted", issued_on="")
    for report in (first, made):
        record_adoption(user=None, report=report, level="city", organ="市政协", adopted_on=DAY.replace(month=4))
    assert facts(cast.ordinary) == [
        ("2026-04-10", "form=single;level=city;organ=市政协;role=lead;stage=adopted"),
        ("2026-04-10", "form=composite;level=city;organ=市政协;role=lead;stage=adopted"),
    ]


def test_composite_changed_or_removed_takes_its_credit_along(clerk, cast):
    first, second, third = (make_report(cast.place, [seat]) for seat in (cast.ordinary, cast.standing, cast.cosigner))
    made = composite(clerk, cast, first, second)
    url = f"/opinions/{made.public_id}"
    refused = clerk.post(f"/opinions/{first.public_id}/remove/", {"reason": "重复"}).context["form"].non_field_errors()
    assert refused == ["这篇信息是综合信息“关于出行的几点反映”的来源，不能删除。请先在综合信息中去掉它。"]
    form = clerk.get(f"{url}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    clerk.post(f"{url}/edit/", data | {"sources": [second.public_id, third.public_id]})
    assert [len(facts(seat)) for seat in (cast.ordinary, cast.standing, cast.cosigner)] == [0, 1, 1]
    clerk.post(f"{url}/remove/", {"reason": "没有编发"})
    assert [len(facts(seat)) for seat in (cast.ordinary, cast.standing, cast.cosigner)] == [0, 0, 0]


@pytest.mark.sqlite
def test_composite_needs_two_sources_that_are_known(clerk, cast):
    first = make_report(cast.place, [cast.ordinary], number="3")
    assert composite(clerk, cast, first) == {"sources": ["综合信息至少要有两篇来源信息，请选择。"]}
    assert composite(clerk, cast, first, numbers="3、404") == {
        "numbers": ["2026 年没有编号为“404”的信息，请核对编号和年度。"]
    }


@pytest.mark.sqlite
def test_pages_of_a_composite_take_the_same_queries_for_many_sources(clerk, cast):
    reports = [make_report(cast.place, [cast.ordinary]) for _ in range(4)]
    url = f"/opinions/{composite(clerk, cast, *reports[:2]).public_id}/"
    clerk.get(url)
    counts = [queries_of(clerk, url), queries_of(clerk, "/opinions/")]
    form = clerk.get(f"{url}edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    clerk.post(f"{url}edit/", data | {"sources": [report.public_id for report in reports]})
    assert [queries_of(clerk, url), queries_of(clerk, "/opinions/")] == counts


def test_acts_on_a_composite_are_undone_with_their_credit(clerk, cast):
    first, second, third = (make_report(cast.place, [seat]) for seat in (cast.ordinary, cast.standing, cast.cosigner))
    made = composite(clerk, cast, first, second)
    url = f"/opinions/{made.public_id}"
    clerk.post(f"{url}/adoption/", {"level": "city", "organ": "市政协", "adopted_on": "2026-04-01"})
    form = clerk.get(f"{url}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    clerk.post(f"{url}/edit/", data | {"sources": [second.public_id, third.public_id]})
    clerk.post(f"{url}/remove/", {"reason": "登记错了"})

    def credited():
        return [len(facts(seat)) for seat in (cast.ordinary, cast.standing, cast.cosigner)]

    found = [credited()]
    for verb in ("删除社情民意信息", "修改综合信息", "登记采用"):
        undo_action(user=cast.clerk, action=Action.objects.of(cast.clerk).filter(verb=verb).latest("pk"))
        found.append(credited())
    assert found == [[0, 0, 0], [0, 2, 2], [2, 2, 0], [1, 1, 0]]
