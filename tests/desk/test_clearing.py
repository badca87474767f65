"""Clearing the demonstration: everything goes, nothing of a real committee ever does."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from audit.models import Action, Evidence
from desk.clearing import clear_demonstration
from members.models import Committee, User
from scoring.services.runs import drive, rescore
from tests.cast import make_account, make_committee, make_contribution, make_proposal
from tests.scoring.year import fresh, make_year

pytestmark = pytest.mark.django_db

KEPT = {"contenttypes", "auth", "sessions", "axes"}


@pytest.fixture
def demonstration():
    """A scored year of a made-up committee, with accounts."""
    year = make_year(3)
    make_contribution(year.place, year.seats[0])
    make_proposal(year.place, year.seats[:2])
    drive(rescore(user=None, assessment=fresh(year.assessment)))
    year.system = make_account(year.place, "system", "system_admin")
    Committee.objects.update(is_demonstration=True)
    return year


def left():
    """{table: rows} of what is in the database besides Django's own."""
    tables = [model for model in apps.get_models() if model._meta.app_label not in KEPT]
    return {model._meta.label: count for model in tables if (count := model._base_manager.count())}


def test_clearing_leaves_nothing_but_its_own_action_and_leads_to_the_installation(
    client, demonstration, evidence_dir, django_capture_on_commit_callbacks
):
    evidence_dir.mkdir()
    (evidence_dir / "abc.bin").write_bytes(b"x")
    Evidence.objects.create(
        committee=demonstration.place.committee,
        name="x",
        media_type="x",
        size=1,
        digest="x",
        stored_as="abc.bin",
        action=Action.objects.latest("pk"),
    )
    client.force_login(demonstration.system)
    assert "清空，开始使用" in client.get("/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/settings/clear/", {"word": "清空"}).url == "/setup/"
    assert left() == {"audit.Action": 1}
    assert client.get("/setup/").status_code == 200
    assert list(evidence_dir.iterdir()) == []


@pytest.fixture
def system():
    """The system administrator of a made-up committee without records."""
    account = make_account(make_committee(), "system", "system_admin")
    Committee.objects.update(is_demonstration=True)
    return account


@pytest.mark.sqlite
def test_clearing_wants_the_word(client, system):
    client.force_login(system)
    before = left()
    answers = [client.post("/settings/clear/", {"word": word}) for word in ("", "清除")]
    assert [response.context["form"].errors["word"] for response in answers] == [
        ["没有清空：请先填写“清空”两个字。"],
        ["没有清空：填的是“清除”，应填“清空”两个字。"],
    ]
    assert left() == before


def test_a_database_with_a_real_committee_is_not_cleared(client, system):
    make_committee("linhe", name="邻河县政协")
    with pytest.raises(ValidationError) as refused:
        clear_demonstration()
    message = "数据库里有正式的委员会（政协邻河县政协委员会），不能清空。清空只用于全是示例数据的数据库。"
    assert refused.value.messages == [message]
    client.force_login(system)
    assert message in client.get("/settings/clear/").content.decode()
    assert client.post("/settings/clear/", {"word": "清空"}).context["form"].non_field_errors() == [message]
    assert User.objects.exists()


@pytest.mark.sqlite
def test_a_real_committees_people_find_no_such_page(client):
    place = make_committee()
    client.force_login(make_account(place, "system", "system_admin"))
    assert "清空" not in client.get("/").content.decode()
    assert [
        client.get("/settings/clear/").status_code,
        client.post("/settings/clear/", {"word": "清空"}).status_code,
    ] == [
        404,
        404,
    ]
    assert Committee.objects.exists()
