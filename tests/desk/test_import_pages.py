"""Bringing a sheet in through the pages: upload, columns, check, confirm."""

import datetime
import io
import time

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from activities.models import Contribution
from audit.models import Action
from desk.models import ImportBatch
from members.models import Role, Seat
from tests.cast import make_account, queries_of
from tests.desk.sheets import xlsx
from tests.desk.uploads import GOOD, checked, contributions, counts_of, errors_of, press, proposed, upload, uploaded

# What a check and an undo write is tried on PostgreSQL by test_import_undo.py and test_sheets_good.py.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk(hall):
    """Signed in for the first office."""
    client = Client()
    client.force_login(make_account(hall, "importer", Role.CLERK, office=hall.offices[0]))
    return client


@pytest.fixture
def whole_clerk(hall):
    client = Client()
    client.force_login(make_account(hall, "whole", Role.CLERK))
    return client


def text_of(client, batch):
    return client.get(reverse("import", args=[batch.public_id])).content.decode()


def row(number, title="义诊", level="县级"):
    return (number, "", "public_service", title, "2026-03-05", level)


# ---------------------------------------------------------------- from file to records
def test_a_clean_sheet_comes_in_by_three_buttons(clerk, hall):
    batch = uploaded(clerk, hall, contributions(hall, GOOD, row("014")))
    clerk.post(reverse("import_columns", args=[batch.public_id]), proposed(clerk, batch))
    press(clerk, batch, "confirm")
    assert counts_of(batch) == ("done", 2, 0, 0, 0)
    assert sorted(Contribution.objects.values_list("subject__seat__number", "title")) == [
        ("011", "义诊"),
        ("014", "义诊"),
    ]


def test_nothing_is_written_before_confirming(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD, row("999")))
    assert counts_of(batch) == ("checked", 1, 0, 0, 1)
    assert (Contribution.objects.count(), Contribution.history.count()) == (0, 0)


def test_confirming_leaves_bad_rows_out_and_keeps_only_them(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD, row("999")))
    press(clerk, batch, "confirm", skip="1")
    assert counts_of(batch) == ("done", 1, 0, 0, 1)
    assert Contribution.objects.count() == 1
    assert [[number for number, _ in sheet["rows"]] for sheet in batch.book["sheets"]] == [[1, 3]]


def test_confirming_without_leaving_out_refuses_bad_rows(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD, row("999")))
    response = press(clerk, batch, "confirm")
    assert "没有导入：有错误没有改正" in response.content.decode()
    assert (batch.state, Contribution.objects.count()) == ("checked", 0)


def test_the_action_names_batch_file_and_digest(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD))
    press(clerk, batch, "confirm")
    assert (batch.action.verb, batch.action.reason) == (
        "导入履职记录表",
        f"批次 {batch.number}：履职.xlsx，SHA-256 {batch.digest}",
    )
    assert list(Action.objects.filter(user=batch.user).order_by("id").values_list("verb", flat=True)) == [
        "上传导入表格",
        "对应导入表格的列",
        "导入履职记录表",
    ]


def test_confirming_twice_stores_once(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD))
    address, fields = reverse("import_confirm", args=[batch.public_id]), {"revision": batch.revision}
    clerk.post(address, fields)
    before = Contribution.history.count()
    clerk.post(address, fields)
    assert (Contribution.objects.count(), Contribution.history.count()) == (1, before)


def test_uploading_the_same_file_twice_leads_to_one_batch(clerk, hall):
    data = contributions(hall, GOOD)
    assert uploaded(clerk, hall, data) == uploaded(clerk, hall, data)


def test_what_changed_since_the_check_is_not_stored_unseen(clerk, hall):
    first = checked(clerk, hall, contributions(hall, GOOD))
    second = checked(clerk, hall, contributions(hall, GOOD, row("014")))
    press(clerk, first, "confirm")
    response = press(clerk, second, "confirm")
    assert "核对以后系统里的记录又有变动" in response.content.decode()
    assert counts_of(second) == ("checked", 1, 0, 1, 0)
    assert Contribution.objects.count() == 1


def test_an_old_page_confirms_nothing(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD))
    response = press(clerk, batch, "confirm", revision="0")
    assert "这一页打开以后，这批数据又有了变动" in response.content.decode()
    assert Contribution.objects.count() == 0


def test_the_same_sheet_again_has_nothing_to_import(clerk, hall):
    data = contributions(hall, GOOD)
    press(clerk, checked(clerk, hall, data), "confirm")
    batch = checked(clerk, hall, data)
    assert counts_of(batch) == ("checked", 0, 0, 1, 0)
    assert "表里的内容系统里都已经有了，不需要导入。" in text_of(clerk, batch)


def test_changes_are_shown_old_and_new(clerk, hall):
    press(clerk, checked(clerk, hall, contributions(hall, row("011", level="县级"))), "confirm")
    batch = checked(clerk, hall, contributions(hall, row("011", level="市级")))
    assert batch.outcome["changes"] == [{"what": "履职记录 义诊", "lines": [["级别", "县级", "市级"]]}]
    assert Contribution.objects.get().level == "county"


def test_a_discarded_batch_forgets_its_rows(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD))
    press(clerk, batch, "discard")
    assert (batch.state, batch.book, batch.outcome) == ("discarded", {}, {})
    response = press(clerk, batch, "confirm")
    assert "这批数据已放弃，不能再改" in response.content.decode()


# ---------------------------------------------------------------- files that cannot be read
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("履职.xls", b"x", "“履职.xls”是旧版 Excel（.xls）文件，不能直接导入。"),
        ("履职.xlsx", b"", "文件是空的（0 字节）。"),
        ("履职.xlsx", xlsx(("甲",), ("乙",)), "没有找到表头。"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(clerk, hall, name, data, sentence):
    response = upload(clerk, hall, data, name=name)
    assert errors_of(response)["file"][0].startswith(sentence[:12])
    assert ImportBatch.objects.count() == 0


def test_a_roster_needs_the_whole_committee(clerk, hall):
    response = upload(clerk, hall, xlsx(("委员编号", "姓名", "界别"), ("021", "何珺", "农业")), kind="members")
    assert list(errors_of(response)) == ["kind"]


def test_a_roster_comes_in_for_the_whole_committee(whole_clerk, hall):
    batch = checked(whole_clerk, hall, xlsx(("委员编号", "姓名", "界别"), ("021", "何珺", "农业")), kind="members")
    press(whole_clerk, batch, "confirm")
    assert (batch.state, batch.office, Seat.objects.filter(number="021").count()) == ("done", None, 1)


# ---------------------------------------------------------------- columns
def test_two_columns_for_one_field_must_be_chosen(clerk, hall):
    header = ("委员编号", "姓名", "名字", "类型", "事项", "日期")
    data = contributions(hall, ("011", "张晓云", "小张", "public_service", "义诊", "2026-03-05"), header=header)
    batch = uploaded(clerk, hall, data)
    asked = proposed(clerk, batch)
    assert asked == {"c1": "number", "c2": "?", "c3": "?", "c4": "kind", "c5": "title", "c6": "happened_on"}
    page = clerk.post(reverse("import_columns", args=[batch.public_id]), asked).content.decode()
    assert "还没有选定“姓名”“名字”是哪一项。" in page
    clerk.post(reverse("import_columns", args=[batch.public_id]), {**asked, "c2": "name", "c3": ""})
    batch.refresh_from_db()
    assert counts_of(batch) == ("checked", 1, 0, 0, 0)


def test_a_column_of_unknown_name_may_be_matched_and_is_remembered(clerk, hall):
    header = ("委员编号", "类型", "干了什么", "日期")
    data = contributions(hall, ("011", "public_service", "义诊", "2026-03-05"), header=header)
    batch = uploaded(clerk, hall, data)
    assert proposed(clerk, batch)["c3"] == ""
    page = clerk.post(reverse("import_columns", args=[batch.public_id]), proposed(clerk, batch)).content.decode()
    assert "缺少列：事项。" in page
    clerk.post(reverse("import_columns", args=[batch.public_id]), {**proposed(clerk, batch), "c3": "title"})
    later = contributions(hall, ("014", "public_service", "送春联", "2026-01-20"), header=header)
    press(clerk, checked(clerk, hall, later), "confirm")
    assert Contribution.objects.get().title == "送春联"


def test_the_page_of_columns_shows_three_samples(clerk, hall):
    rows = [row("011", title) for title in ("甲事", "乙事", "丙事", "丁事")]
    batch = uploaded(clerk, hall, contributions(hall, *rows))
    page = text_of(clerk, batch)
    assert ("甲事、乙事、丙事" in page, "丁事" in page) == (True, False)


def test_half_day_columns_are_proposed_as_such(clerk, hall):
    data = xlsx(
        ("会议名称", "春季会议"),
        ("会议类型", "常委会议"),
        ("委员编号", "姓名", "2026-03-05上午", "2026-03-05下午"),
        ("011", "张晓云", "出席", "病假"),
    )
    batch = checked(clerk, hall, data, kind="meetings")
    assert batch.columns == {"1": "number", "2": "name", "3": "@half", "4": "@half"}
    assert counts_of(batch) == ("checked", 2, 0, 0, 0)


def test_a_field_that_was_not_offered_is_not_chosen(clerk, hall):
    batch = uploaded(clerk, hall, contributions(hall, GOOD))
    asked = {**proposed(clerk, batch), "c3": "\0"}
    page = clerk.post(reverse("import_columns", args=[batch.public_id]), asked).content.decode()
    assert "还没有选定“类型”是哪一项。" in page


def test_the_name_of_the_file_is_kept_whole(clerk, hall):
    assert uploaded(clerk, hall, contributions(hall, GOOD), name="履职，最终.xlsx").file_name == "履职，最终.xlsx"


# ---------------------------------------------------------------- lists
def test_the_list_shows_who_when_and_counts(clerk, hall):
    press(clerk, checked(clerk, hall, contributions(hall, GOOD)), "confirm")
    page = clerk.get(reverse("imports")).content.decode()
    assert [word in page for word in ("履职.xlsx", "importer", "已导入")] == [True] * 3


def test_the_list_takes_as_many_queries_for_one_batch_as_for_three(clerk, hall):
    uploaded(clerk, hall, contributions(hall, GOOD))
    one = queries_of(clerk, reverse("imports"))
    uploaded(clerk, hall, contributions(hall, row("014")))
    uploaded(clerk, hall, contributions(hall, row("015")))
    assert queries_of(clerk, reverse("imports")) == one


def test_the_page_of_a_check_takes_as_many_queries_for_one_error_as_for_three(clerk, hall):
    one = checked(clerk, hall, contributions(hall, row("997")))
    three = checked(clerk, hall, contributions(hall, row("997"), row("998"), row("999")))
    found = []
    for batch in (one, three):
        with CaptureQueriesContext(connection) as queries:
            text_of(clerk, batch)
        found.append(len(queries))
    assert found[0] == found[1]


def test_another_offices_batch_does_not_exist(clerk, whole_clerk, hall):
    batch = uploaded(whole_clerk, hall, contributions(hall, GOOD), office=1)
    assert clerk.get(reverse("import", args=[batch.public_id])).status_code == 404
    assert clerk.post(reverse("import_discard", args=[batch.public_id])).status_code == 404


def test_the_workbench_counts_what_waits(clerk, hall):
    checked(clerk, hall, contributions(hall, GOOD))
    page = clerk.get(reverse("home")).content.decode()
    assert '<a href="/imports/?state=open"><strong>1</strong><span>批导入待确认</span></a>' in page


def test_the_sheet_of_bad_rows_imports_again_when_its_coloured_cells_are_mended(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD, row("999"), row("014", level="乡级")))
    data = clerk.get(reverse("import_errors", args=[batch.public_id])).content
    page = load_workbook(io.BytesIO(data)).active
    coloured = [cell.coordinate for line in page for cell in line if cell.fill.fill_type == "solid"]
    assert coloured == ["A2", "F3"]
    assert page["G2"].value.startswith("“委员编号”是“999”，")
    page["A2"], page["F3"] = "015", "县级"
    stream = io.BytesIO()
    page.parent.save(stream)
    again = checked(clerk, hall, stream.getvalue(), name="错误行.xlsx")
    assert counts_of(again) == ("checked", 2, 0, 0, 0)


def test_batches_nobody_confirmed_are_discarded_together(clerk, hall):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=31)):
        old = checked(clerk, hall, contributions(hall, GOOD))
    new = checked(clerk, hall, contributions(hall, row("014")))
    clerk.force_login(new.user)
    assert "有 1 批上传了 30 天以上还没有确认。" in clerk.get(reverse("imports")).content.decode()
    clerk.post(reverse("imports_expired"))
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.book, new.state) == ("discarded", {}, "checked")


def test_a_sheet_of_300_rows_takes_three_seconds_at_most(whole_clerk, hall):
    """Processor time of the server from upload to done, without the child that parses."""
    roster = [(f"{number:03d}", "张示例", ("农业", "科学技术")[number % 2]) for number in range(100, 400)]
    start = time.process_time()
    batch = checked(whole_clerk, hall, xlsx(("委员编号", "姓名", "界别"), *roster), kind="members")
    press(whole_clerk, batch, "confirm")
    taken = time.process_time() - start
    assert (batch.state, batch.new) == ("done", 300)
    assert taken <= 3, f"{taken:.2f} s"


def test_a_sheet_with_a_tenth_of_bad_rows_is_mended_by_its_coloured_cells_alone(whole_clerk, hall):
    sectors = ["科技界" if number % 10 == 0 else "农业" for number in range(100, 400)]
    roster = [(f"{number:03d}", "张示例", sector) for number, sector in enumerate(sectors, start=100)]
    batch = checked(whole_clerk, hall, xlsx(("委员编号", "姓名", "界别"), *roster), kind="members")
    assert (counts_of(batch), Seat.objects.count()) == (("checked", 270, 0, 0, 30), 6)
    press(whole_clerk, batch, "confirm", skip="1")
    book = load_workbook(io.BytesIO(whole_clerk.get(reverse("import_errors", args=[batch.public_id])).content))
    for line in book.active:
        for cell in line:
            if cell.fill.fill_type == "solid":
                cell.value = "科学技术"
    stream = io.BytesIO()
    book.save(stream)
    again = checked(whole_clerk, hall, stream.getvalue(), kind="members")
    press(whole_clerk, again, "confirm")
    assert (counts_of(again), Seat.objects.count()) == (("done", 30, 0, 0, 0), 306)
