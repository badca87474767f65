"""Undoing a batch: every row as it was, or a list of what was changed since."""

import pytest
from django.test import Client
from django.urls import reverse

from activities.models import Attendance, Contribution, Sitting
from activities.services import record_attendance
from audit.actions import act
from audit.history import delete_all
from audit.models import Action
from desk.changes import tracked_models
from desk.undo import OWNERS
from members.models import Role, Seat
from proposals.models import Proposal
from scoring.models import Fact
from tests.cast import make_account, make_contribution
from tests.desk.sheets import xlsx
from tests.desk.uploads import GOOD, checked, contributions, press

pytestmark = pytest.mark.django_db

PROPOSALS = ("年度", "案号", "案由", "提交日期", "第一提案人", "联名人", "审查结果", "审查日期", "并入案号")


@pytest.fixture
def clerk(hall):
    client = Client()
    client.force_login(make_account(hall, "undoer", Role.CLERK))
    return client


def row(number, title="义诊", level="县级"):
    return (number, "", "public_service", title, "2026-03-05", level)


def brought_in(clerk, hall, data, kind="contributions"):
    batch = checked(clerk, hall, data, kind=kind)
    assert batch.errors == 0, batch.outcome
    press(clerk, batch, "confirm")
    assert batch.state == "done"
    return batch


def rows_now():
    """Every tracked row with all its values, and every fact but its key."""
    rows = {model: sorted(map(repr, model._base_manager.values_list())) for model in tracked_models()}
    return rows, sorted(repr(values[1:]) for values in Fact.objects.values_list())


def undo(clerk, batch, **fields):
    return press(clerk, batch, "undo", **{"reason": "传错了文件", "token": batch.token, **fields})


def meetings(*rows):
    head = (
        ("会议名称", "春季会议"),
        ("会议类型", "常委会议"),
        ("委员编号", "姓名", "2026-03-05上午", "2026-03-05下午"),
    )
    return xlsx(*head, *rows)


def test_undo_removes_what_was_new(clerk, hall):
    before = rows_now()
    batch = brought_in(clerk, hall, contributions(hall, GOOD, row("014")))
    assert (Contribution.objects.count(), Fact.objects.count()) == (2, 2)
    undo(clerk, batch)
    assert (batch.state, rows_now()) == ("undone", before)


def test_undo_restores_what_was_changed(clerk, hall):
    brought_in(clerk, hall, contributions(hall, row("011", level="县级")))
    before = rows_now()
    batch = brought_in(clerk, hall, contributions(hall, row("011", level="市级"), row("014")))
    assert rows_now() != before
    undo(clerk, batch)
    assert rows_now() == before


def test_undo_of_a_meeting_removes_its_sittings_and_marks(clerk, hall):
    before = rows_now()
    batch = brought_in(
        clerk, hall, meetings(("011", "张晓云", "出席", "病假"), ("014", "", "缺席", "出席")), kind="meetings"
    )
    assert (Sitting.objects.count(), Attendance.objects.count()) == (2, 4)
    undo(clerk, batch)
    assert (batch.state, rows_now()) == ("undone", before)


def test_undo_restores_marks_that_were_there(clerk, hall):
    brought_in(clerk, hall, meetings(("011", "张晓云", "出席", "病假"), ("014", "", "缺席", "")), kind="meetings")
    before = rows_now()
    batch = brought_in(
        clerk, hall, meetings(("011", "张晓云", "迟到", "病假"), ("014", "", "", "出席")), kind="meetings"
    )
    undo(clerk, batch)
    assert (batch.state, rows_now()) == ("undone", before)


def test_undo_of_proposals_restores_signers_and_mergers(clerk, hall):
    first = ("2026", "1", "修路", "2026-01-12", "张晓云", "", "立案", "2026-01-20", "")
    brought_in(clerk, hall, xlsx(PROPOSALS, first), kind="proposals")
    before = rows_now()
    second = ("2026", "2", "架桥", "2026-01-12", "欧阳文松", "张晓云", "立案", "2026-01-20", "")
    merged = ("2026", "1", "修路", "2026-01-12", "张晓云", "沈䶮", "并案", "2026-01-21", "2")
    batch = brought_in(clerk, hall, xlsx(PROPOSALS, second, merged), kind="proposals")
    assert Proposal.objects.get(number="1").merged_into.number == "2"
    undo(clerk, batch)
    assert (batch.state, rows_now()) == ("undone", before)


def test_undo_of_a_roster_removes_the_people(clerk, hall):
    before = rows_now()
    roster = xlsx(
        ("委员编号", "姓名", "界别", "政协职务"), ("021", "何珺", "农业", "常委"), ("014", "欧阳文松", "农业", "")
    )
    batch = brought_in(clerk, hall, roster, kind="members")
    assert Seat.objects.filter(number="021").count() == 1
    undo(clerk, batch)
    assert (batch.state, rows_now()) == ("undone", before)


def test_undo_is_one_action_with_the_reason(clerk, hall):
    batch = brought_in(clerk, hall, contributions(hall, GOOD))
    undo(clerk, batch)
    assert batch.undo_action == Action.objects.latest("id")
    assert (batch.undo_action.verb, batch.undo_action.reason) == ("撤销导入", f"批次 {batch.number}：传错了文件")
    assert Contribution.history.filter(history_type="-", action=batch.undo_action).count() == 1


def test_undo_is_refused_with_the_list_of_rows_changed_since(clerk, hall):
    batch = brought_in(clerk, hall, contributions(hall, row("011", "甲事"), row("011", "乙事")))
    brought_in(clerk, hall, contributions(hall, row("011", "乙事", level="市级")))
    before = rows_now()
    page = undo(clerk, batch).content.decode()
    assert ("履职记录 乙事：已由“导入履职记录表”改动（undoer，" in page, "履职记录 甲事" in page) == (True, False)
    assert (batch.state, rows_now()) == ("done", before)


def test_undo_is_refused_while_marks_logged_since_need_the_meeting(clerk, hall):
    batch = brought_in(clerk, hall, meetings(("011", "张晓云", "出席", "")), kind="meetings")
    sitting = Sitting.objects.get(half="pm")
    record_attendance(user=None, sitting=sitting, marks={hall.seats["011"].pk: "absent"}, is_complete=False)
    before = rows_now()
    page = undo(clerk, batch).content.decode()
    assert "出席情况 张晓云（011） · 2026-03-05下午 · 缺席：用到了要撤销的记录" in page
    assert (batch.state, rows_now()) == ("done", before)


def test_undo_is_refused_where_a_row_was_deleted_since(clerk, hall):
    batch = brought_in(clerk, hall, contributions(hall, row("011", "甲事")))
    with act(user=None, verb="删除履职记录"):
        delete_all(Contribution, Contribution.objects.all())
    page = undo(clerk, batch).content.decode()
    assert ("履职记录 甲事：已删除（系统，" in page, batch.state) == (True, "done")


def test_undo_of_a_roster_is_refused_while_somebody_has_records(clerk, hall):
    roster = xlsx(("委员编号", "姓名", "界别"), ("021", "何珺", "农业"))
    batch = brought_in(clerk, hall, roster, kind="members")
    make_contribution(hall, Seat.objects.get(number="021"), title="送春联")
    page = undo(clerk, batch).content.decode()
    assert "履职记录 送春联：用到了要撤销的记录" in page
    assert (batch.state, Seat.objects.filter(number="021").count()) == ("done", 1)


def test_a_batch_can_be_undone_after_the_later_one_was(clerk, hall):
    before = rows_now()
    first = brought_in(clerk, hall, contributions(hall, row("011")))
    second = brought_in(clerk, hall, contributions(hall, row("011", level="市级")))
    undo(clerk, second)
    undo(clerk, first)
    assert (first.state, second.state, rows_now()) == ("undone", "undone", before)


def test_undo_twice_is_one_undo(clerk, hall):
    batch = brought_in(clerk, hall, contributions(hall, GOOD))
    undo(clerk, batch)
    undo(clerk, batch)
    assert list(Action.objects.filter(verb="撤销导入")) == [batch.undo_action]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"token": "9999x"}, "“批次号的后四位”填的是“9999x”，与批次号 "),
        ({"token": ""}, "“批次号的后四位”没有填，请填写"),
        ({"reason": ""}, "“撤销的理由”没有填，请填写。"),
    ],
)
def test_undo_needs_the_number_and_a_reason(clerk, hall, fields, sentence):
    batch = brought_in(clerk, hall, contributions(hall, GOOD))
    page = undo(clerk, batch, **fields).content.decode()
    assert (sentence in page, batch.state, Contribution.objects.count()) == (True, "done", 1)


def test_undo_of_an_unconfirmed_batch_is_refused(clerk, hall):
    batch = checked(clerk, hall, contributions(hall, GOOD))
    response = press(clerk, batch, "undo", reason="传错了文件", token=batch.token)
    assert "这批数据待确认，没有可以撤销的内容。" in response.content.decode()
    assert response.redirect_chain == [(reverse("import", args=[batch.public_id]), 302)]


def test_every_record_has_an_owner_of_its_facts():
    records = {model for model in tracked_models() if model._meta.app_label in {"activities", "proposals", "opinions"}}
    assert {model.__name__ for model in records - set(OWNERS)} == {
        *("ContributionKind", "HandlingSetting", "LeaveRule", "Organ", "ProposalSetting", "ReplyClass"),
        "UndertakingUnit",
    }
