"""A real committee from an empty database, by the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.models import Committee, Grant, Role, User
from scoring.models import Assessment

pytestmark = pytest.mark.django_db

GIVEN = {
    "term": "10",
    "term-from": "2022-01-10",
    "sectors": "中共、经济、教育",
    "offices": "办公室，提案办",
    "special-committees": "提案委员会",
}


def add(code="yunhe", name="云河县政协", **options):
    out = StringIO()
    words = [f"--{key}={value}" for key, value in {**GIVEN, **options}.items()]
    call_command("add_committee", code, name, *words, stdout=out)
    return out.getvalue()


def test_add_committee_makes_parts_and_five_accounts_of_different_roles():
    text = add()
    committee = Committee.objects.get()
    assert [s.name for s in committee.sectors.order_by("position")] == ["中共", "经济", "教育"]
    assert [(o.code, o.name) for o in committee.offices.order_by("position")] == [("bgs", "办公室"), ("tab", "提案办")]
    assert set(Grant.objects.values_list("role", flat=True)) == set(Role.values) - {Role.MEMBER}
    assert [line.split()[0] for line in text.splitlines()[-5:]] == [
        f"yunhe-{code}" for code in ("system", "security", "audit", "clerk", "chair")
    ]


def test_add_committee_passwords_are_for_one_use():
    password = add().splitlines()[-2].split()[-1]
    clerk = User.objects.get(username="yunhe-clerk")
    assert clerk.check_password(password)
    assert clerk.must_change_password


def test_add_committee_opens_the_year_of_a_shipped_ruleset():
    add(ruleset="sample")
    assert [(a.year, a.state, a.ruleset.state) for a in Assessment.objects.all()] == [(2026, "recording", "approved")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sectors": "中共、中共"}, "界别“中共”写了两次，请只留一个。"),
        ({"offices": ""}, "没有写处室，至少要有一个，多个之间用顿号或逗号隔开。"),
        (
            {"parent": "jiangzhou"},
            "没有代码为“jiangzhou”的上级委员会；现有：（无）。请核对，或先建上级委员会。",
        ),
    ],
)
def test_add_committee_refuses_with_a_reason_and_leaves_nothing(options, message):
    with pytest.raises(CommandError) as refused:
        add(**options)
    assert str(refused.value) == message
    assert not Committee.objects.exists()
    assert not User.objects.exists()


def test_add_committee_refuses_an_unknown_ruleset():
    with pytest.raises(CommandError, match="没有附带名为“nowhere”的办法"):
        add(ruleset="nowhere")
    assert not Committee.objects.exists()
