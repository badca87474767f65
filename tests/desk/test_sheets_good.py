"""Good sheets of every kind: what they store, that the second time nothing happens, that order does not matter."""

import datetime

import pytest

from activities.models import Activity, Attendance, Contribution, Sitting
from audit.models import Action
from members.models import Member, Post, Seat, Subject
from opinions.models import OpinionReport
from proposals.models import Proposal
from tests.cast import make_committee, make_seat
from tests.desk.sheets import bring_in, comma, counts, database_digest, day, xlsx
from tests.facts_check import assert_facts_clean

pytestmark = pytest.mark.django_db

MEMBERS = (
    (
        "委员证号",
        "委员姓名",
        "界别",
        "性别",
        "民族",
        "政治面貌",
        "出生年月",
        "专委会",
        "政协职务",
        "单位",
        "职务",
        "手机",
    ),
    (
        "001",
        "张　三",
        "科学技术",
        "男",
        "汉",
        "中共",
        "1975.03",
        "提案委员会",
        "常委",
        "示例一中",
        "校长",
        "139 0000 0001",
    ),
    (
        "002",
        "李四光明",
        "农 业",
        "女",
        "汉族",
        "群众",
        datetime.date(1980, 2, 29),
        "",
        "",
        "示例医院",
        "医师",
        13900000002,
    ),
    ("003", "沈䶮", "农业", "", "", "", "", "经济委员会", "委员", "", "", "0571-12345678"),
)
LONG = (
    ("会议名称", "会议类型", "日期", "时段", "编号", "姓名", "出席情况", "请假类别", "担任角色"),
    ("十五届五次全会", "全会", "2026-01-12", "上午", "011", "张晓云", "出席", "", "发言"),
    ("十五届五次全会", "全会", "2026-01-12", "上午", "012", "王宁", "请假", "病假", ""),
    ("十五届五次全会", "全会", "2026-01-12", "下午", "011", "张晓云", "迟到", "", ""),
    ("十五届五次全会", "全会", "2026-01-12", "下午", "012", "王宁", "×", "", ""),
)
WIDE = (
    ("会议名称：十五届五次全会",),
    ("会议类型", "全体会议"),
    ("编号", "姓名", "2026年1月12日", "", "2026年1月13日"),
    ("", "", "上午", "下午", "上午"),
    ("011", "张晓云", "√", "迟到", "公假"),
    ("012", "王宁", "病假", "×", ""),
)
PROPOSALS = (
    (
        "提案编号",
        "案由",
        "提案人",
        "联名委员",
        "提案单位",
        "提交日期",
        "立案情况",
        "立案日期",
        "承办单位",
        "重点提案日期",
    ),
    (
        "1",
        "关于夜间照明的提案",
        "张晓云",
        "王宁（013）、欧阳文松",
        "",
        "2026-01-12",
        "立案",
        "2026-01-20",
        "城管局",
        "2026-03-01",
    ),
    ("2", "关于社区食堂的提案", "沈䶮", "", "", "2026-01-12", "并案", "2026-01-21", "", ""),
    ("", "关于母婴室的提案", "014", "", "", "2026-02-01", "", "", "", ""),
    ("4", "关于绿色建材的提案", "", "", "经济委员会", "2026-01-13", "立案", "2026-01-22", "", ""),
)
OPINIONS = (
    (
        "编号",
        "题目",
        "撰稿人",
        "联名人",
        "报送日期",
        "状态",
        "编发日期",
        "采用级别",
        "采用单位",
        "采用方式",
        "采用日期",
        "批示级别",
        "批示领导",
        "批示日期",
    ),
    (
        "1",
        "反映充电难",
        "张晓云",
        "沈䶮",
        "2026-03-02",
        "编发",
        "2026-03-05",
        "市级",
        "市政协",
        "综合",
        "2026-03-20",
        "县级",
        "县长",
        "2026-03-21",
    ),
    ("1", "反映充电难", "张晓云", "沈䶮", "2026-03-02", "", "", "省级", "省政协", "", "2026-04-01", "", "", ""),
    ("2", "反映停车难", "王宁（012）", "", "2026-03-03", "", "", "", "", "", "", "", "", ""),
)
CONTRIBUTIONS = (
    ("类型", "编号", "姓名", "事项", "日期", "级别", "数量", "署名次序", "署名人数", "成果编号"),
    ("调研报告", "011", "张晓云", "夜间照明调研", "2026-05-20", "市级", "1", "1", "2", "D-1"),
    ("调研报告", "014", "", "夜间照明调研", "2026-05-20", "市级", "1", "2", "2", "D-1"),
    ("公益活动", "", "沈䶮", "义诊", "2026/6/1", "", "0.5", "", "", ""),
    ("公益活动", "", "经济委员会", "送教下乡", "2026/6/1", "", "", "", "", ""),
)
RECORDS = {"meetings": LONG, "proposals": PROPOSALS, "opinions": OPINIONS, "contributions": CONTRIBUTIONS}


def proposals_sheet():
    header, *rows = PROPOSALS
    targets = ("", "1", "", "")
    return xlsx((*header, "并入案号"), *((*row, target) for row, target in zip(rows, targets, strict=True)))


def data_of(kind):
    return proposals_sheet() if kind == "proposals" else xlsx(*RECORDS[kind])


# ---------------------------------------------------------------- members
def test_members_are_stored_with_what_the_columns_say():
    place = make_committee()
    result = bring_in(place, "members", xlsx(*MEMBERS), office=None)
    assert result.sentences() == []
    assert counts(result) == (3, 0, 0)
    seats = Seat.objects.filter(committee=place.committee).select_related("member", "sector", "special_committee")
    stored = [
        (seat.number, seat.member.name, seat.sector.name, seat.member.sex, seat.member.ethnicity, seat.member.party)
        for seat in seats
    ]
    assert stored == [
        ("001", "张三", "科学技术", "male", "汉族", "中共"),
        ("002", "李四光明", "农业", "female", "汉族", "群众"),
        ("003", "沈䶮", "农业", "", "", ""),
    ]
    first = seats[0]
    assert (first.member.birth_on, first.unit, first.duty, str(first.special_committee)) == (
        day("1975-03-01"),
        "示例一中",
        "校长",
        "提案委员会",
    )
    assert list(first.posts.values_list("code", "from_on", "to_on")) == [
        ("standing_member", place.term.starts_on, None)
    ]
    assert first.member.initials == "zs"


def test_telephones_are_stored_encrypted_and_found_again():
    from members.telephone import decrypt

    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    ciphers = Member.objects.filter(committee=place.committee).order_by("seats__number").values_list("telephone_cipher")
    assert [decrypt(cipher) for (cipher,) in ciphers] == ["13900000001", "13900000002", "057112345678"]


def test_members_have_the_ids_of_their_numbers():
    from members.services import seat_ids

    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    ids = seat_ids(place.committee, place.term, "001")
    seat = Seat.objects.get(committee=place.committee, number="001")
    assert (seat.public_id, seat.member.public_id, seat.subject.public_id, seat.posts.get().public_id) == (
        ids["seat"],
        ids["member"],
        ids["subject"],
        ids["post"],
    )


def test_changed_members_are_updated_and_nothing_else():
    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    header, first, second, third = MEMBERS
    changed = (*first[:9], "示例二中", *first[10:])
    histories = Seat.history.count(), Member.history.count()
    result = bring_in(place, "members", xlsx(header, changed, second, third), office=None)
    assert counts(result) == (0, 1, 2)
    assert Seat.objects.get(number="001").unit == "示例二中"
    assert (Seat.history.count(), Member.history.count()) == (histories[0] + 1, histories[1])


def test_a_blank_cell_leaves_what_is_stored():
    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    header, first, *_ = MEMBERS
    result = bring_in(place, "members", xlsx(header, (*first[:9], "", "", "")), office=None)
    assert counts(result) == (0, 0, 1)
    assert Seat.objects.get(number="001").unit == "示例一中"


def test_another_post_needs_its_day_and_then_follows_the_first():
    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    header = ("委员编号", "姓名", "界别", "政协职务", "职务开始")
    without = bring_in(place, "members", xlsx(header, ("003", "沈䶮", "农业", "常委", "")), office=None)
    assert without.sentences() == [
        "第 2 行“政协职务”是“常委”，系统里现在是“委员”。职务变动要写明日期，请在“职务开始”列填写任职日期。"
    ]
    result = bring_in(place, "members", xlsx(header, ("003", "沈䶮", "农业", "常委", "2024-01-10")), office=None)
    assert counts(result) == (0, 1, 0)
    posts = Post.objects.filter(seat__number="003").values_list("code", "from_on", "to_on")
    assert list(posts) == [
        ("member", place.term.starts_on, day("2024-01-09")),
        ("standing_member", day("2024-01-10"), None),
    ]


def test_a_member_of_an_earlier_term_is_asked_about_and_then_continued():
    from members.services import add_sector, add_term

    place = make_committee()
    make_seat(place, "何珺", number="030")
    place.term = add_term(user=None, committee=place.committee, number=16, starts_on=day("2027-01-01"))
    add_sector(user=None, committee=place.committee, term=place.term, code="science", name="科学技术")
    header = ("委员编号", "姓名", "界别", "上届委员编号")
    asked = bring_in(place, "members", xlsx(header, ("5", "何珺", "科学技术", "")), office=None, year=2027)
    assert asked.sentences() == [
        "第 2 行“姓名”是“何珺”，往届委员中有：何珺（第15届，编号 030）。"
        "是同一人请在“上届委员编号”列填他的编号，不是同一人填“无”。"
    ]
    same = bring_in(place, "members", xlsx(header, ("5", "何珺", "科学技术", "30")), office=None, year=2027)
    other = bring_in(place, "members", xlsx(header, ("6", "何珺", "科学技术", "无")), office=None, year=2027)
    assert (counts(same), counts(other)) == ((1, 0, 0), (1, 0, 0))
    assert sorted(member.seats.count() for member in Member.objects.filter(name="何珺")) == [1, 2]


def test_new_namesakes_are_noticed():
    place = make_committee()
    rows = [("委员编号", "姓名", "界别"), ("1", "王宁", "农业"), ("2", "王宁", "科学技术")]
    result = bring_in(place, "members", xlsx(*rows), office=None)
    assert result.notices == ["有同名的委员：王宁。以后导入记录时，他们要用委员编号区分。"]
    assert counts(result) == (2, 0, 0)


# ---------------------------------------------------------------- records
def test_attendance_of_one_row_each(hall):
    result = bring_in(hall, "meetings", xlsx(*LONG))
    assert result.sentences() == []
    assert counts(result) == (4, 0, 0)
    assert result.notices == ["新建会议活动“十五届五次全会”（2026-01-12，2 场）。"]
    activity = Activity.objects.get()
    assert (activity.kind, activity.starts_on, activity.ends_on) == ("plenary", day("2026-01-12"), day("2026-01-12"))
    marks = Attendance.objects.order_by("sitting__half", "seat__number")
    assert list(marks.values_list("sitting__half", "seat__number", "outcome", "leave_kind", "part")) == [
        ("am", "011", "present", "", "speaker"),
        ("am", "012", "leave", "sick", ""),
        ("pm", "011", "late", "", ""),
        ("pm", "012", "absent", "", ""),
    ]
    assert list(Sitting.objects.values_list("is_complete", flat=True)) == [True, True]


def test_attendance_with_a_column_for_each_half_day(hall):
    def merge(book, sheet):
        sheet.merge_cells("C3:D3")

    result = bring_in(hall, "meetings", xlsx(*WIDE, change=merge))
    assert result.sentences() == []
    assert counts(result) == (5, 0, 0)
    marks = Attendance.objects.order_by("sitting__held_on", "sitting__half", "seat__number")
    assert list(marks.values_list("sitting__held_on", "sitting__half", "seat__number", "outcome", "leave_kind")) == [
        (day("2026-01-12"), "am", "011", "present", ""),
        (day("2026-01-12"), "am", "012", "leave", "sick"),
        (day("2026-01-12"), "pm", "011", "late", ""),
        (day("2026-01-12"), "pm", "012", "absent", ""),
        (day("2026-01-13"), "am", "011", "leave", "official"),
    ]
    complete = Sitting.objects.order_by("held_on", "half").values_list("is_complete", flat=True)
    assert list(complete) == [True, True, False]  # a blank cell is 未登记, not absent


def test_later_sheets_complete_the_same_meeting(hall):
    bring_in(hall, "meetings", xlsx(*WIDE))
    header = ("会议名称", "会议类型", "开始日期", "编号", "2026-01-13上午", "2026-01-14上午")
    more = ("十五届五次全会", "全会", "2026-01-12")
    rows = [(*more, "012", "出席", "出席"), (*more, "011", "出席", ""), (*more, "015", "出席", "出席")]
    result = bring_in(hall, "meetings", xlsx(header, *rows))
    assert counts(result) == (4, 1, 0)
    activity = Activity.objects.get()
    assert (activity.ends_on, activity.invitations.count(), activity.sittings.count()) == (day("2026-01-14"), 3, 4)
    assert [sitting.is_complete for sitting in activity.sittings.order_by("held_on", "half")] == [
        False,  # 015 is invited now, and unknown here
        False,
        True,
        False,
    ]


def test_proposals_with_signers_decisions_units_and_honours(hall):
    result = bring_in(hall, "proposals", proposals_sheet(), office=1)
    assert result.sentences() == []
    assert counts(result) == (4, 0, 0)
    first = Proposal.objects.get(number="1")
    assert list(first.proposers.values_list("seat__number", "role", "position")) == [
        ("011", "lead", 1),
        ("013", "cosigner", 2),
        ("014", "cosigner", 3),
    ]
    assert (first.way, first.state, first.decided_on) == ("joint", "filed", day("2026-01-20"))
    assert list(first.honours.values_list("kind", "decided_on")) == [("key", day("2026-03-01"))]
    assert list(first.undertakings.values_list("unit", "role")) == [("城管局", "main")]
    assert Proposal.objects.get(number="2").merged_into == first
    assert str(Proposal.objects.get(number="4").sponsor) == "经济委员会"
    assert Proposal.objects.get(number="").state == "submitted"


def test_a_stored_proposal_is_merged_into_one_of_the_same_sheet(hall):
    header = ("年度", "案号", "案由", "提交日期", "第一提案人", "审查结果", "审查日期", "并入案号")
    first = ("2026", "1", "修路", "2026-01-12", "张晓云", "立案", "2026-01-20", "")
    second = ("2026", "2", "架桥", "2026-01-12", "欧阳文松", "立案", "2026-01-20", "")
    bring_in(hall, "proposals", xlsx(header, first))
    merged = (*first[:5], "并案", "2026-01-21", "2")
    result = bring_in(hall, "proposals", xlsx(header, merged, second))
    assert (result.sentences(), counts(result)) == ([], (1, 1, 0))
    assert Proposal.objects.get(number="1").merged_into.number == "2"


def test_a_proposal_without_a_number_gets_it_later(hall):
    bring_in(hall, "proposals", proposals_sheet(), office=1)
    before = Proposal.objects.get(number="").public_id
    header = ("案号", "案由", "提案人", "提交日期", "审查结果", "审查日期")
    row = ("3", "关于母婴室的提案", "欧阳文松", "2026-02-01", "立案", "2026-02-10")
    result = bring_in(hall, "proposals", xlsx(header, row), office=1)
    assert (counts(result), result.sentences()) == ((0, 1, 0), [])
    stored = Proposal.objects.get(number="3")
    assert (stored.public_id, stored.state) == (before, "filed")


def test_opinions_with_adoptions_in_several_rows(hall):
    result = bring_in(hall, "opinions", xlsx(*OPINIONS))
    assert result.sentences() == []
    assert counts(result) == (2, 0, 0)
    first = OpinionReport.objects.get(number="1")
    assert list(first.reporters.values_list("seat__number", "role")) == [("011", "lead"), ("015", "cosigner")]
    assert (first.state, first.issued_on) == ("issued", day("2026-03-05"))
    assert list(first.adoptions.values_list("level", "organ", "form", "adopted_on")) == [
        ("city", "市政协", "composite", day("2026-03-20")),
        ("province", "省政协", "single", day("2026-04-01")),
    ]
    assert list(first.instructions.values_list("level", "given_by")) == [("county", "县长")]


def test_contributions_of_members_and_of_special_committees(hall):
    result = bring_in(hall, "contributions", xlsx(*CONTRIBUTIONS))
    assert result.sentences() == []
    assert counts(result) == (4, 0, 0)
    stored = Contribution.objects.order_by("happened_on", "title", "position")
    values = stored.values_list("kind__code", "subject__kind", "title", "level", "quantity", "position", "sharers")
    assert [(*row[:4], str(row[4]), *row[5:]) for row in values] == [
        ("research_report", "member", "夜间照明调研", "city", "1.00", 1, 2),
        ("research_report", "member", "夜间照明调研", "city", "1.00", 2, 2),
        ("public_service", "member", "义诊", "", "0.50", 1, 1),
        ("public_service", "special_committee", "送教下乡", "", "1.00", 1, 1),
    ]
    assert stored[0].work == stored[1].work


def test_a_changed_contribution_is_updated(hall):
    bring_in(hall, "contributions", xlsx(*CONTRIBUTIONS))
    header, first, *_ = CONTRIBUTIONS
    result = bring_in(hall, "contributions", xlsx(header, (*first[:5], "省级", *first[6:])))
    assert counts(result) == (0, 1, 0)
    assert Contribution.objects.get(subject__seat__number="011").level == "province"


@pytest.mark.parametrize("kind", RECORDS)
def test_facts_follow_the_import(hall, kind):
    bring_in(hall, kind, data_of(kind))
    assert_facts_clean(hall.committee)


# ---------------------------------------------------------------- for every kind
@pytest.mark.parametrize("kind", RECORDS)
def test_the_same_file_twice_changes_nothing(hall, kind):
    first = bring_in(hall, kind, data_of(kind))
    before = database_digest()
    second = bring_in(hall, kind, data_of(kind))
    assert counts(second) == (0, 0, first.new)
    assert second.is_written is False
    assert database_digest() == before


def test_the_same_roster_twice_changes_nothing():
    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    before = database_digest()
    assert counts(bring_in(place, "members", xlsx(*MEMBERS), office=None)) == (0, 0, 3)
    assert database_digest() == before


@pytest.mark.parametrize("kind", RECORDS)
def test_a_rehearsal_counts_and_stores_nothing(hall, kind):
    before = database_digest()
    result = bring_in(hall, kind, data_of(kind), is_rehearsal=True)
    assert result.new > 0
    assert database_digest() == before


@pytest.mark.parametrize("kind", RECORDS)
def test_one_import_is_one_action(hall, kind):
    before = Action.objects.count()
    bring_in(hall, kind, data_of(kind))
    assert Action.objects.count() == before + 1


@pytest.mark.parametrize("kind", RECORDS)
def test_two_orders_give_the_same_ids_and_facts(hall, kind):
    from scoring.models import Fact

    def facts(place):
        fields = [
            field.attname for field in Fact._meta.concrete_fields if field.name not in {"id", "committee", "subject"}
        ]
        rows = Fact.objects.filter(committee=place.committee).values_list("subject__public_id", *fields)
        return sorted(map(str, rows))

    bring_in(hall, kind, data_of(kind))
    expected = facts(hall)
    assert expected != []
    erase(hall)
    header, *rows = RECORDS[kind]
    if kind == "proposals":
        header, *rows = [(*row, target) for row, target in zip(PROPOSALS, ("并入案号", "", "1", "", ""), strict=True)]
    bring_in(hall, kind, xlsx(header, *reversed(rows)))
    assert facts(hall) == expected


def erase(place):
    """Take the records away again, as in a fresh database that has the same members."""
    from audit.actions import act
    from audit.history import delete_all
    from scoring.models import Fact

    with act(user=None, verb="测试"):
        for model in (Activity, OpinionReport, Contribution):
            delete_all(model, list(model.objects.filter(committee=place.committee)))
        merged = Proposal.objects.filter(committee=place.committee).order_by("merged_into")
        delete_all(Proposal, sorted(merged, key=lambda row: row.merged_into_id is None))
    Fact.objects.filter(committee=place.committee).exclude(kind="").delete()


def test_bad_rows_are_skipped_when_asked(hall):
    header, *rows = CONTRIBUTIONS
    bad = ("义诊", "011", "", "义诊", "2026-05-20", "", "", "", "", "")
    result = bring_in(hall, "contributions", xlsx(header, bad, *rows), skip_bad_rows=True)
    assert counts(result) == (4, 0, 0)
    assert result.sentences() == [
        "第 2 行“类型”是“义诊”，系统里没有。"
        "请改为已有履职记录类型之一（大会口头发言、调研报告、公益活动、表彰、扣分事项），或请管理员新增。"
    ]
    assert result.summary() == "导入完成：新增 4 条履职记录，更新 0，相同 0，跳过 1 处错误所在的行。"


# ---------------------------------------------------------------- shapes of cells and files
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_each_encoding(encoding):
    place = make_committee()
    result = bring_in(place, "members", comma(*MEMBERS, encoding=encoding), name="名册.csv", office=None)
    assert (counts(result), result.encoding) == ((3, 0, 0), encoding)
    assert Member.objects.filter(committee=place.committee, name="沈䶮").count() == 1


def test_the_action_keeps_file_encoding_and_digest():
    import hashlib

    place = make_committee()
    data = comma(*MEMBERS, encoding="gb18030")
    bring_in(place, "members", data, name="名册.csv", office=None)
    action = Action.objects.latest("id")
    assert action.verb == "导入委员表"
    assert action.reason == f"名册.csv，GB18030，SHA-256 {hashlib.sha256(data).hexdigest()}"


DATES = (
    "2026-11-21",
    "2026/11/21",
    "2026.11.21",
    "2026年11月21日",
    "11月21日",
    "11.21",
    "20261121",
    "46347",
    46347,
    datetime.datetime(2026, 11, 21),
    datetime.date(2026, 11, 21),
    "２０２６－１１－２１",
    "2026-11-21 00:00:00",
    " 2026 年 11 月 21 日 ",
)


def test_dates_in_every_shape(hall):
    rows = [("公益活动", "011", f"第{place}次", written) for place, written in enumerate(DATES)]
    result = bring_in(hall, "contributions", xlsx(("类型", "编号", "事项", "日期"), *rows), year=2026)
    assert result.sentences() == []
    stored = Contribution.objects.order_by("id").values_list("happened_on", flat=True)
    assert list(stored) == [day("2026-11-21")] * len(DATES)


def test_dates_of_the_1904_calendar(hall):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def mac(book, sheet):
        book.epoch = CALENDAR_MAC_1904
        sheet["D2"] = datetime.date(2026, 11, 21)

    rows = [
        ("类型", "编号", "事项", "日期", "数量"),
        ("公益活动", "011", "义诊", "", 1),
        ("公益活动", "011", "义演", 44885, 1),
    ]
    bring_in(hall, "contributions", xlsx(*rows, change=mac))
    assert set(Contribution.objects.values_list("happened_on", flat=True)) == {day("2026-11-21")}


NAMES = (
    "张　晓云",
    " 张晓云 ",
    "张\u200b晓云",
    "张\u00a0晓 云",
    "张晓云\u3000",
    "阿依•示例",
    "阿依.示例",
    "阿依 · 示例",
    "阿依・示例",
)


def test_names_are_found_in_every_spelling(hall):
    rows = [("公益活动", written, f"第{place}次", "2026-05-01") for place, written in enumerate(NAMES)]
    result = bring_in(hall, "contributions", xlsx(("类型", "姓名", "事项", "日期"), *rows))
    assert result.sentences() == []
    numbers = Contribution.objects.order_by("id").values_list("subject__seat__number", flat=True)
    assert list(numbers) == ["011"] * 5 + ["016"] * 4


def test_numbers_are_found_in_every_spelling(hall):
    written = [11, "11", "０１１", "011", " 011 "]
    rows = [("公益活动", number, f"第{place}次", "2026-05-01") for place, number in enumerate(written)]
    assert counts(bring_in(hall, "contributions", xlsx(("类型", "编号", "事项", "日期"), *rows))) == (5, 0, 0)


def test_a_namesake_is_told_by_sector(hall):
    rows = [("类型", "姓名", "界别", "事项", "日期"), ("公益活动", "王宁", "农业", "义诊", "2026-05-01")]
    bring_in(hall, "contributions", xlsx(*rows))
    assert Contribution.objects.get().subject.seat.number == "012"


def test_columns_may_stand_in_any_order_below_a_title(hall):
    rows = [
        ("二〇二六年公益活动登记表",),
        (),
        ("序号", "时间", "事项名称", "委员", "类别", "身份证号"),
        (1, "2026-05-01", "义诊", "沈䶮", "公益活动", ""),
    ]
    result = bring_in(hall, "contributions", xlsx(*rows))
    assert counts(result) == (1, 0, 0)
    assert result.notices == [
        "没有导入这些列（系统不认识列名）：序号。",
        "没有导入“身份证号”列：本系统不收集身份证号，请从表格里删去这一列。",
    ]


def test_formulas_with_a_stored_result_are_read(hall):
    data = xlsx(("类型", "编号", "事项", "日期", "数量"), ("公益活动", "011", "义诊", "2026-05-01", "=1+1"))
    from tests.desk.sheets import part_of, with_part

    sheet = "xl/worksheets/sheet1.xml"
    data = with_part(
        data,
        sheet,
        part_of(data, sheet).replace("<v></v>", "<v>2</v>").replace("<v/>", "<v>2</v>").replace("<v />", "<v>2</v>"),
    )
    assert bring_in(hall, "contributions", data).sentences() == []
    assert str(Contribution.objects.get().quantity) == "2.00"


def test_hidden_rows_are_read_and_hidden_sheets_are_not(hall):
    def hide(book, sheet):
        sheet.row_dimensions[3].hidden = True
        other = book.create_sheet("去年")
        other.append(["类型", "编号", "事项", "日期"])
        other.sheet_state = "hidden"
        book.create_sheet("备注").append(["请核对"])

    rows = [
        ("类型", "编号", "事项", "日期"),
        ("公益活动", "011", "义诊", "2026-05-01"),
        ("公益活动", "014", "义诊", "2026-05-01"),
    ]
    result = bring_in(hall, "contributions", xlsx(*rows, change=hide))
    assert counts(result) == (2, 0, 0)
    assert result.notices == [
        "只读取了工作表“Sheet1”，没有读取：备注。",
        "没有读取隐藏的工作表：去年。",
        "第 3 行在表格里是隐藏的，也一起读取了。",
    ]


def test_trailing_blank_rows_are_nothing(hall):
    def blank(book, sheet):
        for row in range(3, 10_003):
            sheet.cell(row, 1).number_format = "@"

    rows = [("类型", "编号", "事项", "日期"), ("公益活动", "011", "义诊", "2026-05-01")]
    assert counts(bring_in(hall, "contributions", xlsx(*rows, change=blank))) == (1, 0, 0)


def test_another_offices_meeting_is_not_touched(hall):
    bring_in(hall, "meetings", xlsx(*LONG))
    header, first, *_ = LONG
    result = bring_in(hall, "meetings", xlsx(header, (*first[:6], "缺席", "", "")), office=1)
    assert result.sentences() == [
        "第 2 行“会议名称”是“十五届五次全会”，这个会议由委员联络室登记，不归提案室。请由委员联络室导入。"
    ]


def test_subjects_of_imported_members_exist():
    place = make_committee()
    bring_in(place, "members", xlsx(*MEMBERS), office=None)
    assert Subject.objects.filter(committee=place.committee, kind="member").count() == 3
