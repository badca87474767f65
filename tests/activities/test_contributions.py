"""Contributions from the office's table of kinds to the member's own report: lists, corrections, the second look."""

import datetime
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activities.contribution_forms import QuickForm
from activities.models import Contribution, ContributionKind
from activities.services import change_contribution_kind, decide_contribution, report_contribution
from audit.models import Action, Evidence
from scoring.models import Fact
from tests.cast import DAY, make_account, make_cast, make_contribution, make_seat, queries_of
from tests.desk.uploads import GOOD, checked, contributions, press
from tests.papers import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = make_cast()
    change_contribution_kind(user=None, kind=cast.place.kinds["public_service"], is_reportable=True)
    return cast


def as_(client, account):
    client.force_login(account)
    return client


def errors(response):
    return response.context["form"].errors


def words(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


# ---------------------------------------------------------------- the table of kinds
def kind(**changes):
    return {"name": "委员讲堂", "unit": "场", "position": "20", "is_reportable": "on", "verifier": "", **changes}


@pytest.mark.sqlite
def test_office_adds_renames_closes_and_removes_a_local_kind(client, cast):
    as_(client, cast.whole_clerk).post("/contributions/kinds/new/", kind())
    row = ContributionKind.objects.get(name="委员讲堂")
    assert (row.code, row.unit, row.is_open, row.is_reportable) == ("x-wyjt", "场", True, True)
    page = f"/contributions/kinds/{row.public_id}/"
    client.post(page, kind(name="委员讲坛", verifier=cast.place.offices[1].public_id))
    row.refresh_from_db()
    assert (row.code, row.name, row.is_open, row.office) == ("x-wyjt", "委员讲坛", False, cast.place.offices[1])
    assert str(row.public_id) not in client.get("/contributions/new/").content.decode()
    client.post(f"{page}remove/")
    assert not ContributionKind.objects.filter(pk=row.pk).exists()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("code", "sentence"),
    [("public_service", "是标准类型"), ("x-wyjt", "已有1条记录，不能删除")],
)
def test_kind_that_rules_or_records_name_is_not_removed(client, cast, code, sentence):
    as_(client, cast.whole_clerk).post("/contributions/kinds/new/", kind())
    cast.place.kinds["x-wyjt"] = ContributionKind.objects.get(code="x-wyjt")
    make_contribution(cast.place, cast.ordinary, kind=code)
    page = f"/contributions/kinds/{cast.place.kinds[code].public_id}/"
    assert sentence in words(client.post(f"{page}remove/", follow=True))
    assert ContributionKind.objects.filter(code=code, committee=cast.place.committee).exists()


@pytest.mark.sqlite
def test_second_kind_of_the_same_name_is_refused(client, cast):
    response = as_(client, cast.whole_clerk).post("/contributions/kinds/new/", kind(name="公益活动"))
    assert errors(response) == {"name": ["已有名称为“公益活动”的类型。请换一个名称，或打开原来的类型修改。"]}


# ---------------------------------------------------------------- many at once, one after the other
def event(cast, **changes):
    return {
        "office": cast.place.offices[0].public_id,
        "kind": cast.place.kinds["research_report"].public_id,
        "title_of_work": "关于农村养老的调研报告",
        "happened_on": "2026-03-10",
        "quantity": "1",
        "level": "county",
        **changes,
    }


def test_pasted_list_is_shown_before_it_is_saved_as_one_work(client, cast, django_assert_max_num_queries):
    seats = [make_seat(cast.place, f"甲乙{chr(0x4E00 + n)}") for n in range(28)]
    make_seat(cast.place, "何珺")
    make_contribution(cast.place, cast.standing, kind="research_report", title="关于农村养老的调研报告")
    text = "、".join([*(seat.member.name for seat in seats), "单志松", "欧阳文松", "何珺", "不认识"]) + "\n请假：甲乙一"
    data = event(cast, names=text, is_shared="on")
    shown = as_(client, cast.clerk).post("/contributions/paste/", data)
    page = words(shown)
    assert "认出30人，认不出2处" in page
    assert ("欧阳文松已登记过" in page, "不认识认不出不是当时的委员，跳过" in page) == (True, True)
    assert Contribution.objects.count() == 1

    chosen = {f"who-{one['number']}": one["who"] for one in shown.context["form"].found}
    (unsure,) = (one for one in shown.context["form"].found if len(one["entry"].candidates) == 2)
    chosen[f"who-{unsure['number']}"] = str(cast.cosigner.public_id)
    with django_assert_max_num_queries(45):
        client.post("/contributions/paste/", {**data, **chosen, "save": "1"})
    rows = list(Contribution.objects.exclude(subject__seat=cast.standing).order_by("position"))
    assert [row.subject.seat for row in rows] == [*seats, cast.ordinary, cast.cosigner]
    assert {(row.work, row.sharers, row.level) for row in rows} == {(rows[0].work, 30, "county")}
    assert Fact.objects.filter(kind="research_report").count() == 31


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"who-0": ""}, "名单里没有选定任何人"),
        ({"who-0": "5f1c9a52-3a55-4a2e-9a53-6f0c5f0ad0aa"}, "不在可选范围内"),
    ],
)
def test_list_without_anybody_chosen_saves_nothing(client, cast, changes, sentence):
    data = event(cast, names="单志松", save="1")
    assert sentence in words(as_(client, cast.clerk).post("/contributions/paste/", {**data, **changes}))
    assert Contribution.objects.count() == 0


@pytest.mark.sqlite
def test_quick_row_saves_and_waits_for_the_next_of_the_same_event(client, cast):
    as_(client, cast.clerk)
    response = client.post("/contributions/new/", event(cast, names="szs"), follow=True)
    row = response.context["quick"]
    assert response.redirect_chain == [("/contributions/?quick=1", 302)]
    assert [row[name].value() for name in ("title_of_work", "happened_on", "level")] == [
        "关于农村养老的调研报告",
        "2026-03-10",
        "county",
    ]
    assert row["names"].field.widget.attrs["autofocus"] is True


@pytest.mark.sqlite
def test_quick_row_is_shown_again_with_a_mistake_and_stores_nothing(client, cast):
    sent = {key: value for key, value in event(cast, names="无名氏").items() if key in QuickForm.widths}
    page = as_(client, cast.clerk).post("/contributions/", sent)
    assert (list(page.context["quick"].errors), Contribution.objects.count()) == (["names"], 0)
    saved = client.post("/contributions/", sent | {"names": "szs hj"}, follow=True)
    assert saved.redirect_chain == [("/contributions/?quick=1", 302)]
    assert Contribution.objects.count() == 2


# ---------------------------------------------------------------- corrections
def shown_on(client, page):
    """What a browser would send back of a form unchanged."""
    form = client.get(page).context["form"]
    values = {field.name: field.value() for field in form if field.name != "evidence"}
    values |= {field.name: field.field.prepare_value(field.value()) for field in form if field.name in {"kind"}}
    return {name: "" if value is None else value for name, value in values.items()}


def test_correction_changes_record_fact_and_evidence_but_not_over_another(client, cast, evidence_dir):
    row = make_contribution(cast.place, cast.ordinary, title="义珍")
    page = f"/contributions/{row.public_id}/edit/"
    data = shown_on(as_(client, cast.clerk), page)
    changes = {
        "title_of_work": "义诊",
        "level": "city",
        "quantity": "2",
        "position": "2",
        "sharers": "3",
        "role": "lead",
    }
    client.post(page, {**data, **changes, "evidence": SimpleUploadedFile("a.jpg", jpeg()), "reason": "写错字"})
    row.refresh_from_db()
    assert (row.title, row.level, row.quantity, row.position, row.role) == ("义诊", "city", Decimal(2), 2, "lead")
    assert (row.evidence, Fact.objects.get().quantity) == (Evidence.objects.get(), 200)
    assert Action.objects.filter(verb="修改履职记录", reason="写错字", user=cast.clerk).count() == 1
    assert "别人改过这条记录" in str(errors(client.post(page, {**data, "quantity": "9"})))
    row.refresh_from_db()
    assert row.quantity == 2


@pytest.mark.sqlite
def test_sheet_knows_a_record_whose_title_was_corrected_since(client, cast):
    person = make_seat(cast.place, "张晓云", number="011")
    as_(client, cast.whole_clerk)
    press(client, checked(client, cast.place, contributions(cast.place, GOOD)), "confirm")
    row = Contribution.objects.get(subject=person.subject)
    page = f"/contributions/{row.public_id}/edit/"
    client.post(page, {**shown_on(client, page), "title_of_work": "大型义诊"})
    again = checked(
        client, cast.place, contributions(cast.place, GOOD, ("011", "张晓云", "honour", "先进", "2026-03-06", ""))
    )
    assert (again.same, again.new) == (1, 1)


# ---------------------------------------------------------------- what members report
def report(cast, **changes):
    kind = cast.place.kinds["public_service"]
    return {
        "kind": kind.public_id,
        "title_of_work": "社区义诊",
        "happened_on": "2026-03-10",
        "quantity": "1",
        "evidence": SimpleUploadedFile("IMG_0001.jpg", jpeg()),
        **changes,
    }


def test_report_goes_to_the_queue_comes_back_with_a_reason_and_counts_once_confirmed(client, cast, evidence_dir):
    as_(client, cast.ordinary_user).post("/me/contributions/new/", report(cast))
    row = Contribution.objects.get()
    page = f"/contributions/{row.public_id}/"
    assert (row.subject.seat, row.state, row.office, Fact.objects.count()) == (
        cast.ordinary,
        "reported",
        cast.place.offices[0],
        0,
    )
    assert client.get(f"/evidence/{row.evidence.public_id}/").status_code == 200

    queue = words(as_(client, cast.clerk).get("/contributions/?state=reported"))
    assert "社区义诊" in queue
    client.post(f"{page}decide/", {"decision": "return", "reason": "请写明地点", "queue": "1"})
    assert "请写明地点" in words(as_(client, cast.ordinary_user).get("/me/contributions/"))

    edit = f"/me/contributions/{row.public_id}/edit/"
    client.post(edit, {**shown_on(client, edit), "title_of_work": "东门社区义诊"})
    row.refresh_from_db()
    assert (row.title, row.state, row.return_reason, row.verified_by) == ("东门社区义诊", "reported", "", None)
    assert row.evidence is not None

    answer = as_(client, cast.clerk).post(f"{page}decide/", {"decision": "verify", "queue": "1"})
    row.refresh_from_db()
    assert (row.state, row.verified_by, Fact.objects.count()) == ("verified", cast.clerk, 1)
    assert answer.url == "/contributions/?state=reported"
    assert as_(client, cast.ordinary_user).get(edit).status_code == 302


def reported(cast):
    return report_contribution(
        user=cast.ordinary_user,
        seat=cast.ordinary,
        kind=ContributionKind.objects.get(pk=cast.place.kinds["public_service"].pk),
        title="社区义诊",
        happened_on=DAY,
    )


def test_member_takes_back_what_nobody_has_confirmed(client, cast):
    row = reported(cast)
    as_(client, cast.ordinary_user).post(f"/me/contributions/{row.public_id}/take-back/")
    row.refresh_from_db()
    assert (row.state, row.return_reason) == ("returned", "本人撤回")
    logged = make_contribution(cast.place, cast.ordinary)
    client.post(f"/me/contributions/{logged.public_id}/take-back/")
    logged.refresh_from_db()
    assert logged.state == "verified"


@pytest.mark.sqlite
def test_office_of_the_kind_looks_at_a_report_and_the_first_when_it_is_closed(cast):
    kind = ContributionKind.objects.get(pk=cast.place.kinds["public_service"].pk)
    first, second = cast.place.offices
    change_contribution_kind(user=None, kind=kind, office=second)
    ask = {"user": cast.ordinary_user, "seat": cast.ordinary, "kind": kind, "happened_on": DAY}
    assert report_contribution(**ask, title="义诊").office == second
    type(second).objects.filter(pk=second.pk).update(closed_on=datetime.date(2026, 1, 1))
    assert report_contribution(**ask, title="植树").office == first


def test_record_withdrawn_by_mistake_waits_again_and_counts_when_confirmed(client, cast):
    row = make_contribution(cast.place, cast.ordinary)
    page = f"/contributions/{row.public_id}/decide/"
    as_(client, cast.clerk).post(page, {"decision": "withdraw", "reason": "看错了"})
    client.post(page, {"decision": "reopen"})
    row.refresh_from_db()
    assert (row.state, row.return_reason, Fact.objects.count()) == ("reported", "", 0)
    client.post(page, {"decision": "verify"})
    assert Fact.objects.count() == 1
    assert set(Action.objects.filter(user=cast.clerk).values_list("grant", flat=True)) == {cast.clerk.grants.get().pk}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"kind": "honour"}, "kind", "“类型”选的不在可选范围内"),
        ({"happened_on": "2021-03-10"}, "happened_on", "不在您的任期内"),
        ({"title_of_work": ""}, "title_of_work", "“事项”没有填"),
        ({"quantity": "0"}, "quantity", "应大于 0"),
    ],
)
def test_report_with_a_mistake_says_what_to_do(client, cast, changes, field, sentence):
    if "kind" in changes:
        changes["kind"] = cast.place.kinds[changes["kind"]].public_id
    response = as_(client, cast.ordinary_user).post(
        "/me/contributions/new/", report(cast, **{"evidence": "", **changes})
    )
    assert sentence in str(errors(response)[field])
    assert Contribution.objects.count() == 0


@pytest.mark.sqlite
def test_report_that_comes_back_names_the_file_to_choose_again(client, cast, evidence_dir):
    response = as_(client, cast.ordinary_user).post("/me/contributions/new/", report(cast, title_of_work=""))
    assert "刚才选的“IMG_0001.jpg”没有保留，请重新选择。" in response.content.decode()
    assert Evidence.objects.count() == 0


@pytest.mark.sqlite
def test_what_was_changed_after_it_was_shown_is_not_confirmed_unseen(client, cast):
    row = reported(cast)
    page = f"/contributions/{row.public_id}/"
    seen = as_(client, cast.clerk).get(page).context["seen"]
    edit = f"/me/contributions/{row.public_id}/edit/"
    as_(client, cast.ordinary_user).post(edit, {**shown_on(client, edit), "quantity": "99"})
    response = as_(client, cast.clerk).post(f"{page}decide/", {"decision": "verify", "seen": seen}, follow=True)
    assert "别人改过这条记录" in words(response)
    assert Contribution.objects.get().state == "reported"


def test_slower_decision_does_not_write_over_a_correction(cast):
    row = make_contribution(cast.place, cast.ordinary, is_verified=False)
    loaded = Contribution.objects.get()
    row.title = "改过的事项"
    Contribution.objects.filter(pk=row.pk).update(title="改过的事项")
    with pytest.raises(Exception, match="刚刚被改过"):
        decide_contribution(user=cast.clerk, contribution=loaded, is_verified=True)
    assert (Contribution.objects.get().title, Contribution.objects.get().state) == ("改过的事项", "reported")


@pytest.mark.sqlite
def test_queue_offers_nobody_his_own_and_takes_the_same_queries_for_many(client, cast):
    seat = make_seat(cast.place, "钱宁")
    clerk = make_account(cast.place, "clerk_and_member", "clerk", seat=seat)
    make_contribution(cast.place, seat, is_verified=False, day=datetime.date(2026, 5, 1))
    make_contribution(cast.place, cast.ordinary, is_verified=False)
    response = as_(client, clerk).get("/contributions/?state=reported")
    assert [(one["may_decide"], one["is_first"]) for one in response.context["queue"]] == [(False, False), (True, True)]
    few = queries_of(client, "/contributions/?state=reported")
    for n in range(5):
        make_contribution(cast.place, make_seat(cast.place, f"丁{n}"), is_verified=False)
    assert queries_of(client, "/contributions/?state=reported") == few
