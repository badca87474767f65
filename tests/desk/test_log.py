"""The change log: whoever audits reads every act and what it wrote, takes it away as a file, and changes nothing."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from openpyxl import load_workbook

from activities.services import change_contribution, record_attendance
from audit.actions import act
from audit.models import Action, ActionStamp
from desk.changes import tracked_models
from members.access import TABLE, Verb, may
from members.models import Role
from members.services import change_seat
from proposals.drafts import save_draft
from scoring import engine
from scoring.models import Talk
from scoring.services.assessments import open_assessment
from scoring.services.rulesets import change_ruleset, store_ruleset
from tests.cast import DAY, YEAR, make_activity, make_cast, make_contribution, make_proposal, queries_of
from tests.scoring.year import FIRST, LAST, RULES, make_ruleset

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cast():
    return make_cast()


def browser(account):
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def auditor(cast):
    return browser(cast.audit_admin)


def text_of(client, path):
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def last():
    return Action.objects.latest("pk")


def test_an_act_tells_row_by_row_what_stood_there_and_what_stands_there(cast, auditor):
    row = make_contribution(cast.place, cast.ordinary, title="义诊")
    change_contribution(user=cast.clerk, contribution=row, title="送医下乡", reason="名称写错")
    page = text_of(auditor, f"/log/{last().public_id}/")
    wanted = ("修改履职记录", "clerk", "名称写错", '<span class="was">义诊</span> → 送医下乡', str(row.public_id))
    assert [one for one in wanted if one not in page] == []


def test_the_list_is_narrowed_by_person_day_verb_text_and_record(cast, auditor):
    row = make_contribution(cast.place, cast.ordinary)
    change_contribution(user=cast.clerk, contribution=row, title="送医下乡", reason="名称写错")
    today = last().at.astimezone().date()

    def found(query):
        return [one.verb for one in auditor.get(f"/log/?{query}").context["listing"].page]

    assert {
        query: found(query)
        for query in (
            "who=clerk&verb=修改",
            "q=名称写错",
            f"who=clerk&verb=履职&from_on={today}&to_on={today}",
            "to_on=2020-01-01",
            f"record={row.public_id}",
            "who=系统&verb=修改",
        )
    } == {
        "who=clerk&verb=修改": ["修改履职记录"],
        "q=名称写错": ["修改履职记录"],
        f"who=clerk&verb=履职&from_on={today}&to_on={today}": ["修改履职记录"],
        "to_on=2020-01-01": [],
        f"record={row.public_id}": ["修改履职记录", "登记履职记录"],
        "who=系统&verb=修改": [],
    }


def test_the_list_and_an_act_ask_the_same_queries_for_one_row_and_for_many(cast, auditor):
    activity = make_activity(cast.place, [cast.ordinary])
    record_attendance(user=cast.clerk, sitting=activity.sittings.get(), marks={cast.ordinary.pk: "leave"})
    few = queries_of(auditor, "/log/"), queries_of(auditor, f"/log/{last().public_id}/")
    seats = [cast.ordinary, cast.standing]
    for _ in range(5):
        activity = make_activity(cast.place, seats)
        record_attendance(user=cast.clerk, sitting=activity.sittings.get(), marks={seat.pk: "leave" for seat in seats})
    assert (queries_of(auditor, "/log/"), queries_of(auditor, f"/log/{last().public_id}/")) == few


def test_telephones_and_drafts_stay_hidden_from_the_auditor(cast, auditor):
    change_seat(user=cast.whole_clerk, seat=cast.ordinary, telephone="13900001234")
    telephone = text_of(auditor, f"/log/{last().public_id}/")
    save_draft(user=cast.ordinary_user, lead=cast.ordinary, title="关于秘密事项的提案", text="还没有交的话")
    draft = text_of(auditor, f"/log/{last().public_id}/")
    assert ("（新号码）" in telephone, "13900001234" in telephone) == (True, False)
    assert ("草稿，内容只有起草人能看" in draft, "秘密事项" in draft, "还没有交的话" in draft) == (True, False, False)


def test_of_talks_the_auditor_reads_that_there_was_one(cast, auditor):
    place = cast.place
    year = open_assessment(
        user=None,
        committee=place.committee,
        year=YEAR,
        subject_kind="member",
        ruleset=make_ruleset(place.committee),
        from_on=FIRST,
        to_on=LAST,
    )
    of = {"assessment": year, "subject": cast.ordinary.subject, "kind": "talk", "held_on": DAY}
    with act(user=cast.chair_office, verb="登记约谈", committee=place.committee):
        Talk.objects.create(**of, note="谈话的内容", by=cast.chair_office)
    page = text_of(auditor, f"/log/{last().public_id}/")
    told = [one in page for one in ("内容只有主席办公室能看", "谈话的内容", cast.ordinary.member.name)]
    assert told == [True, False, False]


def test_both_files_hold_the_filtered_acts_as_texts_and_the_export_is_on_record(cast, auditor):
    row = make_contribution(cast.place, cast.ordinary)
    change_contribution(user=cast.clerk, contribution=row, title="送医下乡", reason='=HYPERLINK("x")')
    sheet = auditor.post("/log.xlsx?verb=修改履职记录")
    table = auditor.post("/log.csv?verb=修改履职记录")
    cells = load_workbook(io.BytesIO(sheet.content)).active["F2"]
    lines = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert (cells.value, cells.data_type) == ('=HYPERLINK("x")', "s")
    assert [(one["账号"], one["理由"]) for one in lines] == [("clerk", '\'=HYPERLINK("x")')]
    exported = Action.objects.of(cast.audit_admin).order_by("pk").values_list("verb", "reason")
    assert list(exported) == [
        ("导出操作日志", "xlsx，1 次操作；操作：修改履职记录"),
        ("导出操作日志", "csv，1 次操作；操作：修改履职记录"),
    ]


def test_files_tell_of_every_field_what_stood_there_and_what_stands_there(cast, auditor):
    """One that was added and changed and removed again, each in an act of its own and all in one file."""
    made = make_contribution(cast.place, cast.ordinary, title="义诊")
    change_contribution(user=cast.clerk, contribution=made, title="送医下乡", reason="名称写错")
    change_contribution(user=cast.whole_clerk, contribution=made, title="送医")
    save_draft(user=cast.ordinary_user, lead=cast.ordinary, title="关于秘密事项的提案", text="还没有交的话")
    table = auditor.post("/log-fields.csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    own = [one for one in lines if one["记录编号"] == str(made.public_id) and one["字段"] == "事项"]
    assert [(one["操作人"], one["变动"], one["原值"], one["新值"]) for one in own] == [
        ("系统", "新增", "", "义诊"),
        ("clerk", "修改", "义诊", "送医下乡"),
        ("whole_clerk", "修改", "送医下乡", "送医"),
    ]
    assert ("秘密事项" in table, "草稿，内容只有起草人能看。" in table) == (False, True)
    book = load_workbook(io.BytesIO(auditor.post("/log.xlsx?verb=修改履职记录").content))
    cells = [[cell.value for cell in row][-3:] for row in book["字段改动"].iter_rows(min_row=2)]
    assert cells == [["事项", "义诊", "送医下乡"], ["事项", "送医下乡", "送医"]]


def test_a_mark_on_a_sitting_is_two_clicks_from_who_made_it(cast):
    activity = make_activity(cast.place, [cast.ordinary, cast.standing])
    sitting = activity.sittings.get()
    for mark in ("present", "leave"):
        record_attendance(user=cast.clerk, sitting=sitting, marks={cast.ordinary.pk: mark})
    record_attendance(user=cast.whole_clerk, sitting=sitting, marks={cast.standing.pk: "present"})
    client = browser(cast.chair_office)
    for page, path in (("activities/sittings", sitting.public_id), ("activities", activity.public_id)):
        assert f"/records/{path}/history/" in text_of(client, f"/{page}/{path}/")
        told = client.get(f"/records/{path}/history/?q={cast.ordinary.member.name}").context["page"]
        acts = [
            (str(one.action.user), [(had.old, had.new) for c in one.changes for had in c.differences]) for one in told
        ]
        assert ("clerk", [("出席", "请假")]) in acts
        assert "whole_clerk" not in [user for user, _ in acts]


def test_record_pages_say_who_entered_them(cast):
    client = browser(cast.chair_office)
    proposal = make_proposal(cast.place, [cast.ordinary])
    contribution = make_contribution(cast.place, cast.ordinary)
    pages = (f"/proposals/{proposal.public_id}/", f"/contributions/{contribution.public_id}/")
    assert [client.get(page).context["provenance"].in_full for page in pages] == [True, True]


WRITES = re.compile(
    r"Action(?:\.objects|\._base_manager)[^\n]*\.(?:create|bulk_create|update|bulk_update|delete)\(|_raw_delete\("
    r"|history\b[^\n]*\.(?:update|bulk_update|delete)\("
)


def test_only_an_act_writes_the_log_and_only_clearing_the_demonstration_empties_it():
    found = {}
    for app in apps.get_app_configs():
        if (ROOT / app.name).is_dir():
            for path in (ROOT / app.name).rglob("*.py"):
                for match in WRITES.finditer(path.read_text(encoding="utf-8")):
                    found.setdefault(path.relative_to(ROOT).as_posix(), []).append(match[0].rpartition(".")[2])
    assert found == {"audit/actions.py": ["create("], "desk/clearing.py": ["_raw_delete("]}


def test_the_log_is_changed_by_nobody(cast):
    """No page of the admin site shows it, no grant lets anybody log it, and who audits records nothing."""
    logs = {Action, *(model.history.model for model in tracked_models())}
    assert logs == {Action, *(model for model in apps.get_models() if issubclass(model, ActionStamp))}
    assert logs & set(admin.site._registry) == set()
    writing = set(Verb) - {Verb.VIEW, Verb.AUDIT}
    assert [verb for verb in writing if Role.AUDIT_ADMIN in TABLE[verb]] == []
    labels = {model._meta.label_lower for model in logs}
    reached = {label for verb in writing for rows in TABLE[verb].values() for some, _ in rows for label in some}
    assert reached & labels == set()
    assert [model for model in tracked_models() if may(cast.audit_admin, Verb.LOG, model)] == []


def test_an_act_on_a_regulation_tells_in_sentences_what_it_changed(cast, auditor):
    begun = RULES.replace("cap = 40", "cap = 30")
    row = store_ruleset(user=None, committee=cast.place.committee, year=YEAR, ruleset=engine.loads(begun))
    change_ruleset(user=cast.chair_office, ruleset=row, content=engine.loads(RULES), reason="已修改类别")
    page = text_of(auditor, f"/log/{last().public_id}/")
    told = [
        one in page
        for one in ("公益：最高 30 分", "公益：最高 40 分", "新增计分类别：<strong>", "&quot;cap&quot;", "已删除")
    ]
    assert told == [True, True, True, False, False]
