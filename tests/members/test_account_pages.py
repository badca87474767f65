"""Accounts by slips: made by one person, granted by another, opened once with what was printed, changed at once."""

import datetime
import itertools
import re

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Action
from members.accounts import reset_passwords
from members.models import Grant, Member, Notice, User
from members.passwords import make_first
from members.services import change_seat
from members.telephone import encrypt
from tests.cast import PASSWORD, make_cast, make_seat, queries_of

PRINTED = re.compile(r'<code class="password">([^<]+)</code>')
NEW = "Another-horse-8"
AGAIN = {"password_again": PASSWORD}


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def system(cast):
    return browser(cast.system_admin)


@pytest.fixture
def security(cast):
    return browser(cast.security_admin)


def browser(user=None):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def sign_in(username, password):
    client = browser()
    return client, client.post(reverse("login"), {"username": username, "password": password})


def page(answer):
    assert answer.status_code == 200
    return answer.content.decode()


# ---------------------------------------------------------------- slips
def test_members_get_slips_at_once_and_a_role_from_a_second_person(cast, system, security):
    seat = make_seat(cast.place, "何珺")  # the namesake of a member without an account
    assert "给 2 位委员建账号" in page(system.get(reverse("accounts")))
    slips = page(system.post(reverse("accounts_members"), {"scope": "all"}))
    first, second = PRINTED.findall(slips)
    account = User.objects.get(member=seat.member)
    assert sorted(User.objects.filter(member__name="何珺").values_list("username", flat=True)) == ["hejun", "hejun2"]
    assert Notice.objects.get().text == "有新建的账号等待授权。"
    assert account.check_password(first) or account.check_password(second)

    waiting = page(security.get(reverse("grants_waiting")))
    assert "给其中 2 位委员本人授予委员角色" in waiting
    security.post(reverse("grants_waiting"), AGAIN)
    assert Grant.objects.get(user=account).role == "member"
    assert PRINTED.findall(page(system.get(reverse("accounts_members")))) == []


@pytest.mark.sqlite
def test_password_on_a_slip_is_nowhere_in_the_database(cast, system):
    slips = page(system.post(reverse("account_new"), {"name": "新同事", "username": "newcomer", **committee(cast)}))
    (password,) = PRINTED.findall(slips)
    assert password not in str([list(model.objects.values_list()) for model in (User, Action, Notice)])


def committee(cast):
    return {"committee": str(cast.place.committee.public_id)}


@pytest.mark.sqlite
def test_slip_opens_the_account_once_and_asks_for_a_new_password(cast, system):
    make = {"name": "新同事", "username": "newcomer", **committee(cast)}
    (password,) = PRINTED.findall(page(system.post(reverse("account_new"), make)))
    client, answer = sign_in("newcomer", password)
    assert answer.url == "/"
    assert client.get("/").url == reverse("password_change")
    client.post(reverse("password_change"), {"old_password": password, "new_password1": NEW, "new_password2": NEW})
    assert page(client.get("/"))
    assert sign_in("newcomer", password)[1].status_code == 200
    assert sign_in("newcomer", NEW)[1].status_code == 302


@pytest.mark.sqlite
def test_slip_expires_after_thirty_days(cast):
    (slip,) = reset_passwords(user=cast.system_admin, committee=cast.place.committee, accounts=[cast.clerk])
    now = timezone.now()
    with time_machine.travel(now + datetime.timedelta(days=31), tick=False):
        answer = sign_in("clerk", slip.password)[1]
        assert answer.context["form"].non_field_errors() == ["初始密码已经过期。请联系机关工作人员重新发一张密码条。"]
    with time_machine.travel(now + datetime.timedelta(days=29), tick=False):
        assert sign_in("clerk", slip.password)[1].status_code == 302


def test_new_slip_ends_the_old_password_its_sessions_and_the_lock(cast, system):
    client, _ = sign_in("clerk", PASSWORD)
    for _ in range(5):
        sign_in("clerk", "wrong")
    assert "暂时锁定" in page(system.get(reverse("accounts"), {"state": "locked"}))
    (password,) = PRINTED.findall(page(system.post(reverse("account_reset", args=[cast.clerk.public_id]))))
    assert client.get("/").status_code == 302
    assert sign_in("clerk", PASSWORD)[1].status_code == 200
    assert sign_in("clerk", password)[1].status_code == 302


@pytest.mark.sqlite
def test_reset_of_an_administrator_is_told_to_the_others(cast, system):
    system.post(reverse("account_reset", args=[cast.audit_admin.public_id]))
    assert set(Notice.objects.values_list("user__username", "text")) == {
        ("security_admin", "有管理员的密码被重新设置，请核对是否本人要求。"),
        ("audit_admin", "有管理员的密码被重新设置，请核对是否本人要求。"),
    }


@pytest.mark.sqlite
def test_account_is_kept_by_its_own_committee_alone(cast, system, security):
    """A grant in our committee must not let our administrator take over an account of the other."""
    form = {"account": "stranger", "role": "clerk", "from_on": "今天", **committee(cast), **AGAIN}
    assert "没有用户名或姓名为“stranger”的账号" in page(security.post(reverse("grant_new"), form))
    assert system.post(reverse("account_reset", args=[cast.stranger.public_id])).status_code == 404


# ---------------------------------------------------------------- unlocking, closing, linking
@pytest.mark.sqlite
def test_locked_account_is_opened_by_the_administrator(cast, system):
    for _ in range(5):
        sign_in("clerk", "wrong")
    assert sign_in("clerk", PASSWORD)[1].status_code == 429
    system.post(reverse("account_unlock", args=[cast.clerk.public_id]))
    assert AccessAttempt.objects.count() == 0
    assert sign_in("clerk", PASSWORD)[1].status_code == 302


@pytest.mark.sqlite
def test_closed_account_loses_its_session_for_good(cast, system):
    client, _ = sign_in("clerk", PASSWORD)
    url = reverse("account_state", args=[cast.clerk.public_id])
    assert "没有办理：请写明理由" in page(system.post(url, follow=True))
    system.post(url, {"reason": "调离"})
    assert client.get("/").status_code == 302
    system.post(url, {"reason": "调回"})
    assert client.get("/").status_code == 302
    assert sign_in("clerk", PASSWORD)[1].status_code == 302
    assert list(Action.objects.order_by("-id").values_list("verb", "reason")[:2]) == [
        ("启用账号", "clerk：调回"),
        ("停用账号", "clerk：调离"),
    ]


@pytest.mark.sqlite
def test_nobody_closes_his_own_account(cast, system):
    answer = system.post(reverse("account_state", args=[cast.system_admin.public_id]), {"reason": "x"}, follow=True)
    assert "不能停用自己的账号，请由另一位系统管理员操作。" in page(answer)


@pytest.mark.sqlite
def test_account_is_linked_to_a_person_once(cast, system):
    url = reverse("account_member", args=[cast.nobody.public_id])
    assert "单志松已有账号“ordinary”，一人只能有一个账号。" in page(system.post(url, {"member": "单志松"}))
    assert system.post(url, {"member": "hj"}).status_code == 302
    cast.nobody.refresh_from_db()
    assert cast.nobody.member == cast.cosigner.member
    assert "不能改给别人" in page(system.post(url, {"member": cast.standing.number}))


# ---------------------------------------------------------------- grants
@pytest.mark.sqlite
def test_clerk_of_one_office_is_granted_another(cast, security):
    other = cast.place.offices[1]
    form = {
        "account": "clerk",
        "role": "clerk",
        "office": str(other.public_id),
        "from_on": "今天",
        **committee(cast),
        **AGAIN,
    }
    assert security.post(reverse("grant_new"), form).status_code == 302
    assert set(cast.clerk.grants.values_list("office__name", flat=True)) == {"委员联络室", "提案室"}


@pytest.mark.sqlite
def test_administrator_cannot_grant_himself(cast, security):
    form = {"account": "security_admin", "role": "clerk", "from_on": "今天", **committee(cast), **AGAIN}
    assert "不能给自己授权" in page(security.post(reverse("grant_new"), form))


@pytest.mark.sqlite
def test_grant_for_an_office_is_a_clerks(cast, security):
    office = str(cast.place.offices[0].public_id)
    form = {
        "account": "nobody",
        "role": "chair_office",
        "office": office,
        "from_on": "今天",
        **committee(cast),
        **AGAIN,
    }
    assert "“主席办公室”是对全委的，不分处室。" in page(security.post(reverse("grant_new"), form))


@pytest.mark.sqlite
def test_granting_and_ending_ask_for_the_password(cast, security):
    form = {"account": "nobody", "role": "clerk", "from_on": "今天", **committee(cast)}
    grant = cast.clerk.grants.get()
    before = Grant.objects.count()
    for address, given in (
        (reverse("grant_new"), form),
        (reverse("grant_end", args=[grant.public_id]), {"reason": "x"}),
    ):
        assert "“您的登录密码”没有填" in page(security.post(address, given))
        assert "“您的登录密码”不对，没有办理" in page(security.post(address, {**given, "password_again": "wrong"}))
    assert security.post(reverse("grants_waiting")).status_code == 400
    grant.refresh_from_db()
    assert (Grant.objects.count(), grant.to_on) == (before, None)


@pytest.mark.sqlite
def test_ended_grant_is_listed_as_ended(cast, security):
    grant = cast.clerk.grants.get()
    security.post(reverse("grant_end", args=[grant.public_id]), {"reason": "调离", **AGAIN})
    assert "已结束" in page(security.get(reverse("grants"), {"state": "ended"}))


# ---------------------------------------------------------------- passwords
def owner():
    member = Member(name="单志松", full_pinyin="shanzhisong", telephone_cipher=encrypt("13900001234"))
    return User(username="ordinary", name="单志松", member=member)


@pytest.mark.parametrize(
    ("password", "sentences"),
    [
        (
            "alllowercase",
            ["密码只有 1 类字符。大写字母、小写字母、数字、符号四类中至少要有 3 类，或者用 20 个字符以上的一句话。"],
        ),
        ("Shanzhisong-1", ["密码里有您的姓名拼音，容易被猜到。请换一个。"]),
        ("Ordinary-2026", ["密码里有您的用户名，容易被猜到。请换一个。"]),
        ("单志松Abcdef-1", ["密码里有您的姓名，容易被猜到。请换一个。"]),
        ("A13900001234-", ["密码里有您的手机号，容易被猜到。请换一个。"]),
    ],
)
def test_weak_password_is_refused_in_words(password, sentences):
    with pytest.raises(ValidationError) as caught:
        validate_password(password, owner())
    assert caught.value.messages == sentences


@pytest.mark.parametrize("password", ["correct horse battery staple", "Mixed-Enough", "马到成功Abc123"])
def test_good_password_is_accepted(password):
    assert validate_password(password, owner()) is None


@pytest.mark.sqlite
def test_last_five_passwords_are_not_used_again(cast):
    client, _ = sign_in("ordinary", PASSWORD)

    def change(old, new):
        sent = {"old_password": old, "new_password1": new, "new_password2": new}
        return client.post(reverse("password_change"), sent).status_code

    used = [PASSWORD, *(f"Fine-horse-{n}" for n in range(1, 6))]
    for old, new in itertools.pairwise(used):
        assert change(old, new) == 302
    assert [change(used[-1], old) for old in used[1:5]] == [200] * 4
    assert change(used[-1], PASSWORD) == 302


@pytest.mark.parametrize(("who", "days"), [("clerk", 90), ("ordinary", 180)])
@pytest.mark.sqlite
def test_password_is_changed_from_time_to_time(cast, who, days):
    client, _ = sign_in(who, PASSWORD)
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    client.post(reverse("password_change"), sent)
    now = timezone.now()
    with time_machine.travel(now + datetime.timedelta(days=days - 1), tick=False):
        assert sign_in(who, NEW)[0].get("/", follow=True).redirect_chain != [(reverse("password_change"), 302)]
    with time_machine.travel(now + datetime.timedelta(days=days, seconds=1), tick=False):
        answer = sign_in(who, NEW)[0].get("/", follow=True)
    assert answer.redirect_chain == [(reverse("password_change"), 302)]
    assert f"您的密码已满 {days} 天没有更换。" in page(answer)


def test_first_passwords_have_letters_digits_and_blocks():
    made = [make_first() for _ in range(200)]
    assert len(set(made)) == 200
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", one) and re.search(r"\d", one) for one in made)


# ---------------------------------------------------------------- lists
@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("closed", ["other_clerk"]),
        ("ungranted", ["nobody"]),
        ("unused", ["chair_office"]),
        ("left", ["standing"]),
        ("never", ["audit_admin", "clerk", "nobody", "ordinary", "security_admin", "standing", "whole_clerk"]),
    ],
)
def test_list_is_narrowed_by_state(cast, system, state, names):
    change_seat(user=None, seat=cast.standing, left_on=timezone.localdate() - datetime.timedelta(days=1))
    User.objects.filter(username="other_clerk").update(is_active=False)
    long_ago = timezone.now() - datetime.timedelta(days=91)
    User.objects.filter(username="chair_office").update(last_login=long_ago)
    rows = system.get(reverse("accounts"), {"state": state}).context["rows"]
    assert [account.username for account, _, _ in rows] == names


@pytest.mark.sqlite
def test_lists_take_as_many_queries_for_many_rows(cast, system, security):
    urls = {reverse("accounts"): system, reverse("grants"): security}
    before = {url: queries_of(client, url) for url, client in urls.items()}
    for number in range(3):
        make_seat(cast.place, f"沈{'丁宁龙'[number]}")
    page(system.post(reverse("accounts_members"), {"scope": "all"}))
    security.post(reverse("grants_waiting"), AGAIN)
    assert {url: queries_of(client, url) for url, client in urls.items()} == before
