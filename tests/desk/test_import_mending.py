"""Errors of a sheet grouped by cause, and mended on the page."""

import pytest
from django.test import Client
from django.urls import reverse

from activities.models import Contribution
from desk.import_groups import error_groups
from members.models import Role
from tests.cast import make_account
from tests.desk.sheets import xlsx
from tests.desk.uploads import GOOD, checked, contributions, counts_of, press

# What a check and an undo write is tried on PostgreSQL by test_import_undo.py and test_sheets_good.py.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def clerk(hall):
    client = Client()
    client.force_login(make_account(hall, "mender", Role.CLERK, office=hall.offices[0]))
    return client


def row(number, title="义诊", level="县级"):
    return (number, "", "public_service", title, "2026-03-05", level)


def groups_of(batch):
    return [(group.column, group.found, group.rows) for group in error_groups(batch)]


def test_errors_of_one_cause_are_one_group(clerk, hall):
    rows = [row("011", level="乡级"), row("014", level="乡级"), row("015", level="镇级"), row("999")]
    batch = checked(clerk, hall, contributions(hall, *rows))
    assert groups_of(batch) == [
        ("级别", "乡级", [2, 3]),
        ("级别", "镇级", [4]),
        ("委员编号", "999", [5]),
    ]


def test_a_group_with_a_list_offers_it(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("011", level="乡级"), row("999")))
    assert [tuple(group.options)[:2] for group in error_groups(batch)] == [("县级", "市级"), ()]


def test_one_text_mends_all_rows_of_a_group(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("011", level="乡级"), row("014", level="乡级")))
    response = press(clerk, batch, "mend", **{"all-0": "县级"})
    assert "改了 2 格，错误从 2 处变为 0 处。" in response.content.decode()
    assert counts_of(batch) == ("checked", 2, 0, 0, 0)
    assert batch.mends == [["Sheet1", 2, 6, "县级"], ["Sheet1", 3, 6, "县级"]]


def test_one_row_of_a_group_is_mended_alone(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("011", level="乡级"), row("014", level="乡级")))
    press(clerk, batch, "mend", **{"all-0": "县级", "one-0-3": "市级"})
    press(clerk, batch, "confirm")
    found = Contribution.objects.order_by("subject__seat__number").values_list("subject__seat__number", "level")
    assert list(found) == [("011", "county"), ("014", "city")]


def test_mending_writes_no_record(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("999")))
    press(clerk, batch, "mend", **{"all-0": "014"})
    assert (batch.errors, Contribution.objects.count(), Contribution.history.count()) == (0, 0, 0)


def test_a_mended_cell_may_be_mended_again(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("999")))
    press(clerk, batch, "mend", **{"all-0": "998"})
    assert groups_of(batch) == [("委员编号", "998", [2])]
    press(clerk, batch, "mend", **{"all-0": "014"})
    assert counts_of(batch) == ("checked", 1, 0, 0, 0)


def test_a_blank_cell_is_filled_on_the_page(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("011", title=""), GOOD))
    assert groups_of(batch) == [("事项", "", [2])]
    press(clerk, batch, "mend", **{"all-0": "送医下乡"})
    press(clerk, batch, "confirm")
    assert sorted(Contribution.objects.values_list("title", flat=True)) == ["义诊", "送医下乡"]


def test_a_formula_without_a_result_is_replaced_on_the_page(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("011", title='="义"&"诊"')))
    assert groups_of(batch) == [("事项", "", [2])]
    press(clerk, batch, "mend", **{"all-0": "义诊"})
    assert counts_of(batch) == ("checked", 1, 0, 0, 0)


def test_a_merged_cell_is_filled_on_the_page(clerk, hall):
    kind = hall.kinds["public_service"].name
    lines = [("委员编号", "类型", "事项", "日期"), ("011", kind, "义诊", "2026-03-05"), ("014", kind, "", "2026-03-05")]
    data = xlsx(*lines, change=lambda book, sheet: sheet.merge_cells("C2:C3"))
    batch = checked(clerk, hall, data)
    assert groups_of(batch) == [("事项", "", [2, 3])]
    press(clerk, batch, "mend", **{"all-0": "义诊"})
    assert counts_of(batch) == ("checked", 2, 0, 0, 0)


def test_a_half_day_is_mended_with_a_mark_from_the_list(clerk, hall):
    data = xlsx(
        ("会议名称", "春季会议"),
        ("会议类型", "常委会议"),
        ("委员编号", "姓名", "2026-03-05上午"),
        ("011", "张晓云", "到了"),
    )
    batch = checked(clerk, hall, data, kind="meetings")
    (group,) = error_groups(batch)
    assert (group.column, group.found, "出席" in group.options) == ("2026-03-05上午", "到了", True)
    press(clerk, batch, "mend", **{"all-0": "出席"})
    assert counts_of(batch) == ("checked", 1, 0, 0, 0)


def test_mending_from_an_old_page_changes_nothing(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("999")))
    response = press(clerk, batch, "mend", revision="0", **{"all-0": "014"})
    assert "这一页打开以后，这批数据又有了变动" in response.content.decode()
    assert (batch.mends, batch.errors) == ([], 1)


def test_checking_again_sees_what_was_added_meanwhile(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD))
    other = checked(clerk, hall, contributions(hall, GOOD, row("014")))
    press(clerk, other, "confirm")
    press(clerk, batch, "mend")
    assert counts_of(batch) == ("checked", 0, 0, 1, 0)


def test_the_page_names_rows_found_and_what_to_do(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, row("011", level="乡级"), row("014", level="乡级")))
    page = clerk.get(reverse("import", args=[batch.public_id])).content.decode()
    words = ["“级别”是“乡级”", "2 行（第 2、3 行）", "不在可填的内容里。请改为以下之一：", "改为，应用到 2 行"]
    assert [word in page for word in words] == [True] * 4


def test_the_page_of_a_check_stays_small(clerk, hall):
    """Every list page is at most 100 KB; here everything is wrong in its own way, and 300 stored rows change."""
    kinds = [f"类型{number}" for number in range(60)]
    rows = [("011", "", kinds[number % 60], f"{number}事", "2026-03-05", "乡级") for number in range(300)]
    changed = [row("011", f"第{number}次义诊") for number in range(150)]
    press(clerk, checked(clerk, hall, contributions(hall, *changed)), "confirm")
    changed = [row("011", f"第{number}次义诊", "市级") for number in range(150)]
    batch = checked(clerk, hall, contributions(hall, *rows, *changed))
    page = clerk.get(reverse("import", args=[batch.public_id]))
    assert (len(batch.outcome["changes"]), "还有 41 类错误" in page.content.decode()) == (100, True)
    assert len(page.content) <= 100_000
