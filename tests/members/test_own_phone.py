"""Thirty days on an own phone: who gets them, that writing asks for the password, and that nothing typed is lost."""

import datetime

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from activities.contribution_kinds import change_contribution_kind
from activities.models import Contribution
from members import parking
from members.models import Role
from members.services import grant_role
from members.sign_in_settings import trust_own_phones
from proposals.models import Proposal
from tests.cast import PASSWORD, TERM_START, make_cast
from tests.papers import jpeg

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
NOON = datetime.datetime(2026, 11, 20, 4, 0, tzinfo=datetime.UTC)
DRAFT = {"title_of_proposal": "关于修路的提案", "text": "第一段\r\n\r\n“第二段” <b>&amp;", "cosigners": "何珺"}


@pytest.fixture
def cast():
    cast = make_cast()
    trust_own_phones(user=None, committee=cast.place.committee, is_trusted=True)
    return cast


def after(**span):
    return time_machine.travel(NOON + datetime.timedelta(**span), tick=False)


def sign_in(client, username):
    with after():
        return client.post(reverse("login"), {"username": username, "password": PASSWORD, "own_phone": "on"})


def is_in(client):
    return client.get(reverse("notices")).status_code == 200


def send_on(client, address, page, password):
    """The page that asks for the password, sent with it."""
    data = {}
    for name, value in page.context["kept"]:
        data.setdefault(name, []).append(value)
    return client.post(address, {**data, "password_again": password})


# ---------------------------------------------------------------- who stays
def test_member_reads_for_thirty_days_and_not_a_day_longer(client, cast):
    sign_in(client, "ordinary")
    for days in (1, 29):
        with after(days=days):
            assert is_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 30 * 24 * 3600
    with after(days=30, seconds=1):
        assert not is_in(client)


def test_staff_and_members_of_other_committees_get_the_usual_hours(client, cast):
    for username in ("clerk", "stranger_member"):
        sign_in(client, username)
        with after(hours=1):
            assert not is_in(client)


def test_long_session_ends_when_the_member_becomes_staff_or_the_committee_changes_its_mind(client, cast):
    sign_in(client, "ordinary")
    trust_own_phones(user=None, committee=cast.place.committee, is_trusted=False)
    with after(hours=1):
        assert not is_in(client)
    trust_own_phones(user=None, committee=cast.place.committee, is_trusted=True)
    sign_in(client, "ordinary")
    grant_role(
        user=None,
        account=cast.ordinary_user,
        role=Role.CLERK,
        committee=cast.place.committee,
        office=None,
        from_on=TERM_START,
    )
    with after(hours=1):
        assert not is_in(client)


def test_sign_in_page_offers_it_only_where_a_committee_allows_it(client, cast):
    words = "这是我自己的手机，30 天内免登录"
    assert words in client.get(reverse("login")).content.decode()
    trust_own_phones(user=None, committee=cast.place.committee, is_trusted=False)
    assert words not in client.get(reverse("login")).content.decode()


def test_setting_is_kept_by_the_committees_own_staff(client, cast):
    client.force_login(cast.whole_clerk)
    assert client.post(reverse("sign_in_settings"), {}).url == reverse("settings")
    cast.place.committee.refresh_from_db()
    assert not cast.place.committee.trusts_own_phones
    assert cast.place.committee.history.latest().action.verb == "修改登录设置"


# ---------------------------------------------------------------- writing
def test_writing_asks_for_the_password_once_in_half_an_hour_and_loses_nothing(client, cast):
    address = reverse("my_proposal_new")
    draft = {**DRAFT, "seat": str(cast.ordinary.public_id)}
    sign_in(client, "ordinary")
    with after(days=2):
        page = client.post(address, draft)
        assert (page.status_code, Proposal.objects.count()) == (200, 0)
        assert sorted(page.context["kept"]) == sorted(draft.items())
        assert "第一段\r\n\r\n“第二段” &lt;b&gt;&amp;amp;" in page.content.decode()
        wrong = send_on(client, address, page, "wrong")
        assert (wrong.context["error"], Proposal.objects.count()) == ("密码不对，还没有提交。请再输一次。", 0)
        assert send_on(client, address, wrong, PASSWORD).status_code == 302
        proposal = Proposal.objects.get()
        signers = [signer.seat for signer in proposal.proposers.all()]
        assert (proposal.title, proposal.text) == (DRAFT["title_of_proposal"], DRAFT["text"])
        assert signers == [cast.ordinary, cast.cosigner]
    with after(days=2, minutes=29):
        client.post(address, {**draft, "title_of_proposal": "关于修桥的提案"})
        assert Proposal.objects.count() == 2
    with after(days=2, minutes=31):
        client.post(address, {**draft, "title_of_proposal": "关于修渠的提案"})
        assert Proposal.objects.count() == 2


def test_photo_waits_for_the_password_too(client, cast, tmp_path, settings):
    settings.EVIDENCE_DIR = tmp_path
    kind = cast.place.kinds["public_service"]
    change_contribution_kind(user=None, kind=kind, is_reportable=True)
    address = reverse("my_contribution_new")
    sign_in(client, "ordinary")
    given = {"kind": str(kind.public_id), "title_of_work": "清理河道", "happened_on": "2026-11-19", "quantity": "1"}
    with after(days=2):
        photo = SimpleUploadedFile("现场.jpg", jpeg(), "image/jpeg")
        page = client.post(address, {**given, "evidence": photo})
        assert len(list(tmp_path.iterdir())) == 1
        assert send_on(client, address, page, PASSWORD).status_code == 302
    row = Contribution.objects.get()
    assert (row.title, row.evidence.name) == ("清理河道", "现场.jpg")
    assert [path.name for path in tmp_path.iterdir()] == [row.evidence.stored_as]


def test_parked_files_are_their_owners_alone_and_go_after_an_hour(cast, tmp_path, settings):
    settings.EVIDENCE_DIR = tmp_path
    files = MultiValueDict({"file": [SimpleUploadedFile("a.txt", b"abc", "text/plain")]})
    with after():
        ticket = parking.parked(files, cast.ordinary_user)
        assert not parking.taken(ticket, cast.standing_user)
        assert not parking.taken(ticket + "x", cast.ordinary_user)
    with after(hours=2):
        assert not parking.taken(ticket, cast.ordinary_user)
    with after(minutes=5):
        assert parking.taken(ticket, cast.ordinary_user)["file"].read() == b"abc"
        assert not parking.taken(ticket, cast.ordinary_user)


def test_wrong_passwords_lock_as_at_the_sign_in(client, cast):
    address = reverse("my_proposal_new")
    sign_in(client, "ordinary")
    with after(days=2):
        answers = [client.post(address, {**DRAFT, "password_again": "wrong"}).status_code for _ in range(6)]
        assert answers == [200] * 4 + [429] * 2
        assert client.post(address, {**DRAFT, "password_again": PASSWORD}).status_code == 429
    assert not Proposal.objects.exists()


def test_page_that_asks_is_not_shown_for_a_form_of_another_site(cast):
    client = Client(enforce_csrf_checks=True)
    token = client.get(reverse("login")).cookies["csrf"].value
    with after():
        data = {"username": "ordinary", "password": PASSWORD, "own_phone": "on", "csrfmiddlewaretoken": token}
        client.post(reverse("login"), data)
    with after(days=2):
        assert client.post(reverse("my_proposal_new"), DRAFT).status_code == 403


def test_notices_are_read_and_one_signs_out_without_the_password(client, cast):
    sign_in(client, "ordinary")
    with after(days=2):
        assert client.post(reverse("notices"), {"notice": "every"}).url == reverse("notices")
        assert client.post(reverse("logout")).url == reverse("login")
