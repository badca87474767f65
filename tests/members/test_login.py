"""Signing in and out, first password, lengths of a session, size of type."""

import datetime

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from audit.actions import act
from members.accounts import reset_passwords
from members.models import Committee
from members.signin import NOTE_SECONDS
from tests.cast import PASSWORD, make_account, make_cast, make_committee, make_seat

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 20, 4, 0, tzinfo=datetime.UTC)


@pytest.fixture
def cast():
    return make_cast()


def sign_in(client, username, password=PASSWORD, **extra):
    return client.post(reverse("login"), {"username": username, "password": password, **extra})


def minutes(count):
    return NOON + datetime.timedelta(minutes=count)


def mark_all_as_demonstration():
    with act(user=None, verb="示例数据"):
        for committee in Committee.objects.all():
            committee.is_demonstration = True
            committee.save()


# ---------------------------------------------------------------- in and out
def test_login_by_username_opens_the_first_page(client, cast):
    response = sign_in(client, "clerk")
    assert response.status_code == 302
    assert response.url == "/"
    assert client.session["_auth_user_id"] == str(cast.clerk.pk)


def test_login_by_telephone_finds_the_members_account(client):
    place = make_committee()
    seat = make_seat(place, "单志松", telephone="13900001234")
    account = make_account(place, "ordinary", "member", seat=seat)
    sign_in(client, "139 0000 1234")
    assert client.session["_auth_user_id"] == str(account.pk)


def test_login_by_member_number_finds_the_members_account(client):
    place = make_committee()
    account = make_account(place, "ordinary", "member", seat=make_seat(place, "单志松", number="0121"))
    sign_in(client, "0121")
    assert client.session["_auth_user_id"] == str(account.pk)


def test_login_refuses_a_number_that_two_committees_share(client):
    for code in ("yunhe", "linhe"):
        place = make_committee(code)
        make_account(place, code, "member", seat=make_seat(place, "单志松", number="0121"))
    assert sign_in(client, "0121").status_code == 200
    assert "_auth_user_id" not in client.session


def test_login_refuses_a_telephone_that_two_accounts_share(client):
    place = make_committee()
    for username, name in (("first", "单志松"), ("second", "何珺")):
        make_account(place, username, "member", seat=make_seat(place, name, telephone="13900001234"))
    response = sign_in(client, "13900001234")
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("username", ["clerk", "nobody-of-this-name", "13900009999"])
def test_login_answers_alike_whether_or_not_the_account_exists(client, cast, username):
    response = sign_in(client, username, "wrong")
    assert response.status_code == 200
    errors = response.context["form"].non_field_errors()
    assert errors == ["用户名（手机号）或密码不对。请检查大小写后再试；忘记密码请联系机关工作人员重新设置。"]


def test_login_names_each_empty_field(client, cast):
    response = sign_in(client, "", "")
    assert response.context["form"].errors == {"username": ["请填写用户名或手机号。"], "password": ["请填写密码。"]}
    assert "<title>有错误：登录" in response.content.decode()


def test_login_refuses_a_closed_account(client, cast):
    cast.clerk.is_active = False
    cast.clerk.save()
    assert sign_in(client, "clerk").status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "http:///example.com",
        "javascript:alert(1)",
        "\t//example.com",
    ],
)
def test_login_goes_on_within_this_site_only(client, cast, address):
    assert sign_in(client, "clerk", next=address).url == "/"


def test_login_goes_on_to_the_page_that_was_asked_for(client, cast):
    assert sign_in(client, "clerk", next="/seats/?q=zs").url == "/seats/?q=zs"


def test_login_changes_the_session_key(client, cast):
    client.get(reverse("login"))
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    sign_in(client, "clerk")
    assert client.session.session_key != before


def test_logout_ends_the_session_on_the_server(client, cast):
    sign_in(client, "clerk")
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.post(reverse("logout")).status_code == 302
    client.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert client.get("/").url == "/login/?next=/"


def test_logout_needs_a_post(client, cast):
    sign_in(client, "clerk")
    assert client.get(reverse("logout")).status_code == 405
    assert "_auth_user_id" in client.session


def test_closing_an_account_ends_its_session(client, cast):
    sign_in(client, "clerk")
    cast.clerk.is_active = False
    cast.clerk.save()
    assert client.get("/").url == "/login/?next=/"


# ---------------------------------------------------------------- too many wrong passwords
def test_fifth_wrong_password_closes_the_account_for_a_while(client, cast):
    answers = [sign_in(client, "clerk", "wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [200, 200, 200, 200, 429]
    refused = sign_in(client, "clerk")
    assert refused.status_code == 429
    assert "密码连续输错了 5 次，为防止他人猜测，现在停用 15 分钟" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_wrong_passwords_by_name_and_by_telephone_count_together(client):
    place = make_committee()
    make_account(place, "ordinary", "member", seat=make_seat(place, "单志松", telephone="13900001234"))
    for username in ("ordinary", "13900001234", "ordinary", "13900001234"):
        sign_in(client, username, "wrong")
    assert sign_in(client, "ordinary", "wrong").status_code == 429


def test_closed_account_opens_again_after_a_quarter_of_an_hour(client, cast):
    with time_machine.travel(NOON, tick=False):
        for _ in range(settings.AXES_FAILURE_LIMIT):
            sign_in(client, "clerk", "wrong")
    with time_machine.travel(minutes(16), tick=False):
        assert sign_in(client, "clerk").status_code == 302


# ---------------------------------------------------------------- length of a session
def test_idle_session_ends_and_says_why(client, cast):
    with time_machine.travel(NOON, tick=False):
        sign_in(client, "clerk")
    with time_machine.travel(minutes(16), tick=False):
        response = client.get("/seats/?q=zs")
        assert response.url == "/login/?next=%2Fseats%2F%3Fq%3Dzs"
        page = client.get(response.url).content.decode()
    assert "您已有 15 分钟没有操作，为保护您的账号已自动退出，请重新登录。" in page


def test_idle_member_is_given_half_an_hour(client, cast):
    with time_machine.travel(NOON, tick=False):
        sign_in(client, "ordinary")
    with time_machine.travel(minutes(29), tick=False):
        assert client.get("/password/").status_code == 200
    with time_machine.travel(minutes(60), tick=False):
        assert client.get("/password/").url == "/login/?next=%2Fpassword%2F"


def test_session_in_use_outlives_the_idle_limit(client, cast):
    for minute in (0, 14, 28, 42):
        with time_machine.travel(minutes(minute), tick=False):
            answer = sign_in(client, "clerk") if minute == 0 else client.get("/password/")
    assert answer.status_code == 200


def test_session_ends_after_eight_hours_however_busy(client, cast):
    with time_machine.travel(NOON, tick=False):
        sign_in(client, "clerk")
    for minute in range(15, 8 * 60 + 1, 15):
        with time_machine.travel(minutes(minute), tick=False):
            assert client.get("/password/").status_code == 200
    with time_machine.travel(minutes(8 * 60 + 1), tick=False):
        assert client.get("/password/").url == "/login/?next=%2Fpassword%2F"


def test_reading_pages_notes_the_time_at_most_once_a_minute(client, cast, django_assert_num_queries):
    with time_machine.travel(NOON, tick=False):
        sign_in(client, "clerk")
        before = client.session["seen_at"]
    with time_machine.travel(NOON + datetime.timedelta(seconds=NOTE_SECONDS - 1), tick=False):
        client.get("/password/")
        assert client.session["seen_at"] == before
    with time_machine.travel(NOON + datetime.timedelta(seconds=NOTE_SECONDS), tick=False):
        client.get("/password/")
        assert client.session["seen_at"] == before + NOTE_SECONDS


def test_pages_of_signed_in_people_stay_out_of_caches(client, cast):
    sign_in(client, "clerk")
    assert "no-store" in client.get("/password/")["Cache-Control"]


# ---------------------------------------------------------------- first password
@pytest.fixture
def newcomer(client, cast):
    cast.clerk.must_change_password = True
    cast.clerk.save()
    sign_in(client, "clerk")
    return cast.clerk


@pytest.mark.parametrize("path", ["/", "/seats/", "/me/", "/nowhere/"])
def test_first_password_must_be_changed_before_anything_else(client, newcomer, path):
    assert client.get(path).url == "/password/"


def test_first_password_changed_opens_the_rest(client, newcomer):
    new = "another-horse-8"
    answer = client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert answer.url == "/"
    newcomer.refresh_from_db()
    assert newcomer.must_change_password is False
    assert newcomer.check_password(new) is True
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "errors"),
    [
        ("wrong", "another-horse-8", "another-horse-8", {"old_password": ["原密码不对。请填写现在使用的密码。"]}),
        (PASSWORD, PASSWORD, PASSWORD, {"new_password2": ["最近 5 次用过的密码不能再用。请换一个新密码。"]}),
        (PASSWORD, "another-horse-8", "another-horse-9", {"new_password2": ["两次填写的新密码不一样。请重新填写。"]}),
        (
            PASSWORD,
            "short-1",
            "short-1",
            {"new_password2": ["密码太短，至少要 10 个字符。可以用几个词连起来，好记又安全。"]},
        ),
        (
            PASSWORD,
            "13912345678",
            "13912345678",
            {
                "new_password2": [
                    "密码只有 1 类字符。大写字母、小写字母、数字、符号四类中至少要有 3 类，或者用 20 个字符以上的一句话。"
                ]
            },
        ),
    ],
)
def test_password_change_says_what_is_wrong(client, newcomer, old, new, again, errors):
    answer = client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": again})
    assert answer.context["form"].errors == errors


# ---------------------------------------------------------------- demonstration
def test_demonstration_login_does_not_exist_beside_a_real_committee(client, cast):
    assert client.get(reverse("demo_login")).status_code == 404
    assert client.post(reverse("demo_login"), {"account": str(cast.clerk.public_id)}).status_code == 404
    assert "我是" not in client.get(reverse("login")).content.decode()


def test_demonstration_login_does_not_exist_while_one_committee_is_real(client, cast):
    mark_all_as_demonstration()
    make_committee("real", name="真实县政协")
    assert client.post(reverse("demo_login"), {"account": str(cast.clerk.public_id)}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_demonstration_offers_one_click_for_each_role(client, cast):
    mark_all_as_demonstration()
    page = client.get(reverse("login"))
    labels = [role.label for role in page.context["demonstration_roles"]]
    assert labels == ["委员", "录入员", "综合录入员", "主席办公室", "系统管理员", "安全管理员", "审计管理员"]
    for role in page.context["demonstration_roles"]:
        assert client.post(reverse("demo_login"), {"account": str(role.user.public_id)}).url == "/"
        assert client.session["_auth_user_id"] == str(role.user.pk)
        client.logout()


def test_demonstration_opens_after_a_visitor_made_new_slips(client, cast):
    mark_all_as_demonstration()
    reset_passwords(user=cast.system_admin, committee=cast.place.committee, accounts=[cast.clerk])
    client.post(reverse("demo_login"), {"account": str(cast.clerk.public_id)})
    assert client.get("/").status_code == 200


def test_demonstration_says_on_every_page_that_it_is_made_up(client, cast):
    mark_all_as_demonstration()
    sentence = "，人名均为程序生成。"
    assert sentence in client.get(reverse("login")).content.decode()
    client.force_login(cast.clerk)
    assert sentence in client.get("/").content.decode()


def test_real_committee_shows_no_demonstration_banner(client, cast):
    client.force_login(cast.clerk)
    assert "示例数据" not in client.get("/").content.decode()


# ---------------------------------------------------------------- size of type
def test_text_size_is_asked_for_once_and_kept(client, cast):
    first = client.get("/login/?size=xl&next=/seats/")
    assert 'data-size="xl"' in first.content.decode()
    assert 'href="?size=xxl&amp;next=%2Fseats%2F"' in first.content.decode()
    assert 'data-size="xl"' in client.get("/login/").content.decode()


def test_text_size_that_does_not_exist_is_the_standard_one(client, cast):
    answer = client.get("/login/?size=huge")
    assert 'data-size="n"' in answer.content.decode()
    assert "size" not in answer.cookies
