"""What people upload: kept sealed while it waits, answered in words however odd it is."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import Action
from desk.models import ImportBatch
from members.models import Role
from tests.cast import make_account, make_cast
from tests.desk.sheets import xlsx
from tests.desk.uploads import HEADER, checked, press, upload

pytestmark = pytest.mark.django_db

NUMBER = "13912345678"
ODD = "义\x01诊\x1b[31m"


@pytest.fixture
def place():
    return make_cast().place


@pytest.fixture
def clerk(place):
    client = Client()
    client.force_login(make_account(place, "importer", Role.CLERK))
    return client


def csv_of(*rows):
    return "\n".join(",".join(row) for row in rows).encode()


def stored():
    """Everything in the table as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {ImportBatch._meta.db_table}")
        return str(cursor.fetchall())


def test_waiting_rows_are_kept_sealed(clerk, place):
    """Of a roster all columns are kept, also those that are not read; a wrong number stands in the errors, too."""
    header = ("委员编号", "姓名", "界别", "电话", "备注")
    sheet = xlsx(header, ("021", "何珺", "农业", NUMBER, NUMBER), ("022", "沈宁", "农业", NUMBER + "9", "秘密"))
    batch = checked(clerk, place, sheet, kind="members")
    assert (batch.errors, NUMBER in json.dumps(batch.book), NUMBER in str(batch.outcome)) == (1, True, True)
    assert [text in stored() for text in (NUMBER, "秘密", "何珺")] == [False] * 3


def test_mended_text_with_a_null_character_is_kept_without(clerk, place):
    sheet = xlsx(HEADER, ("5001", "", "没有这一类", "义诊", "2026-03-05", ""))
    batch = checked(clerk, place, sheet)
    press(clerk, batch, "mend", **{"all-0": "公益\0活动"})
    assert [text for *_, text in batch.mends] == ["公益活动"]


def test_sheet_of_bad_rows_leaves_control_characters_out(clerk, place):
    batch = checked(clerk, place, csv_of(HEADER, ("9999", "", ODD, ODD, "2026-03-05", "")), name="履职.csv")
    assert clerk.get(reverse("import_errors", args=[batch.public_id])).status_code == 200


@pytest.mark.parametrize("name", ["../../[x]:*?.csv", "履" * 300 + ".csv", "a\r\nSet-Cookie: x.csv", "=1+1.csv"])
def test_hostile_file_names_are_answered(clerk, place, name):
    response = upload(clerk, place, csv_of(HEADER, ("9999", "", "没有", "义诊", "2026-03-05", "")), name=name)
    assert response.status_code in {200, 302}
    for batch in ImportBatch.objects.all():
        url = reverse("import", args=[batch.public_id])
        assert clerk.get(url).status_code == 200


@pytest.mark.parametrize("kind", ["contributions", "members", "meetings", "proposals", "opinions", "\0", "no-such"])
@pytest.mark.parametrize("data", [b"", b"\0\0\0", b"PK\x03\x04broken", b"\xff\xfe"])
def test_hostile_files_are_answered(clerk, place, kind, data):
    assert upload(clerk, place, data, kind=kind, name="x.csv").status_code == 200
    assert ImportBatch.objects.count() == 0


def test_second_press_of_undo_says_nothing_that_is_too_long(clerk, place):
    """The first press did it; the second finds it done, whatever it brings."""
    sheet = xlsx(("委员编号", "姓名", "界别"), ("021", "何珺", "农业"))
    batch = checked(clerk, place, sheet, kind="members")
    press(clerk, batch, "confirm")
    press(clerk, batch, "undo", token=batch.token, reason="传错了文件")
    assert batch.state == "undone"
    assert press(clerk, batch, "undo", token=batch.token, reason="长\0" * 600).status_code == 200
    assert max(map(len, Action.objects.values_list("reason", flat=True))) <= 500
