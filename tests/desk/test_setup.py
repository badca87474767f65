"""The first installation through the browser: code, form, slips, and what is refused on the way."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from desk.founding import ACCOUNTS, in_year, split_names
from desk.setup import installation_code
from desk.setup_forms import USUAL_SECTORS
from members.models import Committee, Grant, Sector, User
from scoring.engine import loads
from scoring.models import Assessment
from scoring.rulesets import names, shipped
from scoring.services.rulesets import store_ruleset
from tests.cast import make_committee

GIVEN = {
    "name": "中国人民政治协商会议山阳县委员会",
    "short_name": "山阳县政协",
    "level": "county",
    "code": "shanyang",
    "term": "10",
    "term_starts_on": "2022-01-10",
    "sectors": "1. 中共\n2. 经济、教育",
    "special_committees": "提案委员会",
    "offices": "办公室，提案办",
    "ruleset": "sample",
    "year": "2026",
    "system": "王一",
    "clerk": "孙会",
}


@pytest.fixture
def admitted(client, db):
    client.post("/setup/", {"password": installation_code().upper().replace("-", " ")})
    return client


def found(client, **changes):
    return client.post("/setup/committee/", {**GIVEN, **changes})


def errors(response):
    return [message for found in response.context["form"].errors.values() for message in found]


# ---------------------------------------------------------------- the way through
def test_first_installation_ends_with_slips_that_open_the_accounts(admitted):
    assert found(admitted, clerk="孙会").url == "/setup/slips/"
    slips = admitted.get("/setup/slips/").context["accounts"]
    assert [(one.username, one.name) for one in slips] == [
        ("shanyang-system", "王一"),
        ("shanyang-security", "安全管理员"),
        ("shanyang-audit", "审计管理员"),
        ("shanyang-clerk", "孙会"),
        ("shanyang-chair", "主席办公室"),
    ]
    assert [User.objects.get(username=one.username).check_password(one.password) for one in slips] == [True] * 5
    assert list(Sector.objects.values_list("name", flat=True)) == ["中共", "经济", "教育"]
    assert [(a.year, a.from_on.isoformat(), a.state) for a in Assessment.objects.all()] == [
        (2026, "2025-12-01", "recording")
    ]


@pytest.mark.sqlite
def test_slips_are_shown_until_printed_or_used_and_only_to_the_browser_that_founded(admitted):
    found(admitted)
    assert [admitted.get("/setup/slips/").status_code, Client().get("/setup/slips/").status_code] == [200, 404]
    User.objects.filter(username="shanyang-clerk").update(must_change_password=False)
    assert len(admitted.get("/setup/slips/").context["accounts"]) == 4
    assert admitted.post("/setup/slips/").url == "/login/"
    assert admitted.get("/setup/slips/").status_code == 404


@pytest.mark.sqlite
def test_a_second_click_founds_one_committee_and_leads_to_the_slips(admitted):
    assert [found(admitted).url, found(admitted).url] == ["/setup/slips/"] * 2
    assert (Committee.objects.count(), User.objects.count()) == (1, len(ACCOUNTS))


@pytest.mark.sqlite
def test_usual_parts_are_filled_in_and_a_code_is_made(admitted):
    form = admitted.get("/setup/committee/").context["form"]
    usual = {name: form[name].initial for name in ("sectors", "special_committees", "offices", "ruleset")}
    assert len(USUAL_SECTORS) == 34
    found(admitted, **usual, code="")
    assert (Sector.objects.count(), Committee.objects.get().code) == (34, "syxzx")


@pytest.mark.sqlite
def test_accounts_hold_at_once_when_the_term_begins_later(admitted):
    found(admitted, term_starts_on="2099-01-10")
    user = User.objects.get(username="shanyang-clerk")
    assert Grant.objects.get(user=user).from_on.year < 2099


# ---------------------------------------------------------------- who may
@pytest.mark.sqlite
@pytest.mark.parametrize("path", ["/", "/login/"])
def test_an_empty_database_leads_to_the_installation(client, db, path):
    response = client.get(path, follow=True)
    assert (response.redirect_chain[-1][0], response.status_code) == ("/setup/", 200)


@pytest.mark.sqlite
def test_nothing_can_be_done_without_the_code(client, db):
    assert found(client).url == "/setup/"
    assert client.post("/setup/demonstration/").url == "/setup/"
    assert client.get("/setup/filling/").status_code == 404
    assert not Committee.objects.exists()


@pytest.mark.sqlite
def test_five_wrong_codes_close_the_page_even_to_the_right_one(client, db):
    wrong = [client.post("/setup/", {"password": f"wrong-{n}"}) for n in range(5)]
    assert errors(wrong[0]) == ["安装码不对。请在服务器上重新读取，照原样填写；字母不分大小写，短横线可以不填。"]
    assert [response.status_code for response in wrong] == [200] * 4 + [429]
    assert client.post("/setup/", {"password": installation_code()}).status_code == 429
    assert found(client).url == "/setup/"


@pytest.mark.sqlite
def test_setup_is_gone_once_a_committee_exists(admitted):
    make_committee()
    paths = ("/setup/", "/setup/committee/", "/setup/slips/")
    assert [admitted.get(path).status_code for path in paths] == [404] * 3
    assert found(admitted).status_code == 404


@pytest.mark.sqlite
def test_the_code_is_read_at_the_server_and_the_same_every_time(db):
    out = StringIO()
    call_command("installation_code", stdout=out)
    assert out.getvalue().split()[0] == f"安装码：{installation_code()}"
    make_committee()
    out = StringIO()
    call_command("installation_code", stdout=out)
    assert out.getvalue().strip() == "系统里已有委员会，不再需要安装码。"


# ---------------------------------------------------------------- wrong input
WRONG = [
    ({"name": ""}, "“全称”没有填，请填写。"),
    ({"code": "Shan Yang"}, "代码只能用小写字母、数字、短横线和下划线，例如 yunhe。"),
    ({"term": "十"}, "“现在是第几届”应是 1 到 99 的数字，例如 10。"),
    (
        {"term_starts_on": "2022年13月1日"},
        "“本届开始日期”填的是“2022年13月1日”，日历上没有这一天。请写成 2026-11-21 这样的日期。",
    ),
    ({"sectors": "中共、经济、中共"}, "界别“中共”写了两次，请只留一个。"),
    (
        {"offices": "办" * 61},
        f"处室“{'办' * 61}”有 61 个字，最多 60 个字。请缩短，或检查是否漏了分隔的顿号。",
    ),
    ({"offices": " 、 "}, "“处室”没有填，请填写。"),
    ({"ruleset": "nowhere"}, "“考核办法”选的不在可选范围内，请重新选择。"),
    ({"year": "26"}, "“年度”应在 1954 到 2100 之间，例如 2026。"),
    (
        {"audit": "王一"},
        "“王一”同时是系统管理员和审计管理员。系统、安全、审计三员须由不同的人担任，请另选一人。",
    ),
]


@pytest.mark.sqlite
def test_wrong_input_is_explained_and_writes_nothing(admitted):
    assert [errors(found(admitted, **changes)) for changes, _ in WRONG] == [[message] for _, message in WRONG]
    assert (Committee.objects.count(), User.objects.count()) == (0, 0)


def test_pasted_names_lose_their_numbers():
    assert split_names("1、中共\n2.经济；（空） ,一．教育\n\n3") == ["中共", "经济", "（空）", "教育"]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_every_shipped_ruleset_holds_in_another_year():
    place = make_committee()
    moved = [in_year(loads(shipped(name)), 2030) for name in names()]
    stored = [
        store_ruleset(user=None, committee=place.committee, year=2030, ruleset=one)
        for one in moved
        if one.subjects == "member"
    ]
    assert {(row.year, one.year, one.last_day.year) for row, one in zip(stored, moved, strict=False)} == {
        (2030, 2030, 2030)
    }
