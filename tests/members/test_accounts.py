"""Two people: who makes accounts gives no roles, who gives roles makes no accounts."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actions import act
from members.access import active_grants
from members.models import Grant, User
from members.services import create_account, end_grant, grant_role
from tests.cast import TERM_START, make_account, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def refusal(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    return caught.value.messages


def account(cast, **changes):
    return create_account(
        **{"user": cast.system_admin, "committee": cast.place.committee, "username": "new", **changes}
    )


def grant(cast, **changes):
    given = {
        "user": cast.security_admin,
        "account": cast.nobody,
        "role": "clerk",
        "committee": cast.place.committee,
        "from_on": TERM_START,
    }
    return grant_role(**given | changes)


def test_new_account_has_a_one_use_password_and_no_role(cast):
    user, password = account(cast, name="新同事")
    assert (user.check_password(password), len(password), user.must_change_password) == (True, 14, True)
    assert active_grants(user) == []


def test_two_accounts_never_get_the_same_password(cast):
    assert account(cast)[1] != account(cast, username="newer")[1]


@pytest.mark.parametrize("who", ["security_admin", "audit_admin", "clerk", "chair_office", "stranger"])
def test_account_is_made_by_the_system_administrator_alone(cast, who):
    user = getattr(cast, who)
    assert refusal(account, cast=cast, user=user) == [
        f"“{user}”不是示例县政协的系统管理员，不能新建账号。请由系统管理员操作。"
    ]
    assert User.objects.filter(username="new").count() == 0


def test_username_and_person_are_taken_once(cast):
    assert refusal(account, cast=cast, username="clerk") == ["用户名“clerk”已有人使用，请换一个。"]
    assert refusal(account, cast=cast, member=cast.ordinary.member) == ["单志松已有账号，一人只能有一个账号。"]


def test_weak_first_password_is_refused(cast):
    with pytest.raises(ValidationError):
        account(cast, password="12345678901")
    assert User.objects.filter(username="new").count() == 0


def test_security_administrator_grants_a_role(cast):
    row = grant(cast, office=cast.place.offices[0], reason="新到岗")
    assert (row.history.get().action.user, row.history.get().action.reason) == (cast.security_admin, "新到岗")


@pytest.mark.parametrize("who", ["system_admin", "audit_admin", "clerk", "chair_office", "stranger"])
def test_role_is_given_by_the_security_administrator_alone(cast, who):
    user = getattr(cast, who)
    assert refusal(grant, cast=cast, user=user) == [
        f"“{user}”不是示例县政协的安全管理员，不能授权。请由安全管理员操作。"
    ]


def test_nobody_grants_himself_a_role(cast):
    assert refusal(grant, cast=cast, account=cast.security_admin) == [
        "不能给自己授权或结束自己的授权，请由另一位安全管理员操作。"
    ]


def test_three_administrators_are_three_people(cast):
    assert refusal(grant, cast=cast, account=cast.system_admin, role="audit_admin") == [
        "“system_admin”已有一种管理员授权。系统、安全、审计三员须由不同的人担任，请另选一人。"
    ]


def test_database_refuses_a_second_administrator_role_as_well(cast):
    with pytest.raises(IntegrityError), transaction.atomic(), act(user=None, verb="test"):
        Grant.objects.create(
            user=cast.system_admin, role="audit_admin", committee=cast.place.committee, from_on=TERM_START
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"role": "king"}, "角色“king”不存在，应为委员、录入员、主席办公室、系统管理员、安全管理员、审计管理员之一。"),
        ({"role": "member"}, "账号“nobody”没有关联委员本人，不能授予委员角色。请由系统管理员先关联。"),
        (
            {"to_on": datetime.date(2021, 1, 1)},
            "“结束日期”是 2021-01-01，早于“开始日期”2022-01-01。结束日期不能早于开始日期，请改正其中一个日期。",
        ),
    ],
)
def test_wrong_grant_is_refused(cast, change, sentence):
    assert refusal(grant, cast=cast, **change) == [sentence]


def test_same_grant_twice_is_refused(cast):
    grant(cast)
    assert refusal(grant, cast=cast) == ["“nobody”已有同样的授权“nobody · 录入员 · 示例县政协”，不必重复授权。"]


def test_office_of_another_committee_is_refused(cast):
    assert refusal(grant, cast=cast, office=cast.sibling.offices[0]) == [
        "“委员联络室”不属于示例县政协，请改选本委员会的。"
    ]


def test_ended_grant_holds_no_longer(cast):
    user = make_account(cast.place, "leaver", "clerk")
    end_grant(user=cast.security_admin, grant=user.grants.get(), reason="调离")
    assert active_grants(User.objects.get(pk=user.pk)) == []
    assert user.grants.get().to_on == timezone.localdate() - datetime.timedelta(days=1)
