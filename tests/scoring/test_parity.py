"""Two databases filled from differently ordered sheets, each by processes of its own: the stored cards have equal bytes."""

import json
import random

import pytest

from tests.conftest import Processes, test_database_url
from tests.desk.sheets import xlsx

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MEMBERS = 30
SEED = 20260101

FILL = """
import datetime, sys
import django
django.setup()
from django.core.management import call_command
from members.models import Committee
from scoring.models import Ruleset
from scoring.services.assessments import open_assessment
from tests.cast import make_committee, make_seat

others, *sheets = sys.argv[1:]
call_command("migrate", verbosity=0)
for n in range(int(others)):  # so that no primary key is the same by chance
    make_seat(make_committee(f"other{n}", name=f"他处{n}政协"), "张示例")
committee = make_committee("yunhe", name="云河县政协").committee
call_command("import_sheet", "members", sheets[0], committee="yunhe", year=2026)
for path in sheets[1:]:
    kind = path.rpartition("/")[2].partition(".")[0]
    call_command("import_sheet", kind, path, committee="yunhe", office="liaison", year=2026)
call_command("import_ruleset", "sample", committee="yunhe", year=2026, approve=True)
open_assessment(
    user=None, committee=committee, year=2026, subject_kind="member", ruleset=Ruleset.objects.get(committee=committee),
    from_on=datetime.date(2025, 12, 1), to_on=datetime.date(2026, 11, 30),
)
call_command("rescore", "yunhe", "2026", here=True)
call_command("rebuild_facts", check=True)
"""
READ = """
import django, hashlib, json
django.setup()
from scoring.models import ReportCard
cards = ReportCard.objects.select_related("subject__seat").order_by("subject__public_id")
print(json.dumps({
    "keys": {card.subject.seat.number: [card.pk, card.subject_id] for card in cards},
    "digests": {card.subject.seat.number: hashlib.sha256(card.document.encode()).hexdigest() for card in cards},
    "judged": {card.subject.seat.number: [card.total, card.place, card.grade, card.cohort] for card in cards},
    "lines": sum(len(json.loads(card.document)["lines"]) for card in cards),
    "as recorded": all(card.digest == hashlib.sha256(card.document.encode()).hexdigest() for card in cards),
}))
"""


def make_sheets():
    """{kind: (heading, rows)} of a small year with shared proposals, several adoptions and namesakes."""
    chance = random.Random(SEED)
    numbers = [f"{n:03d}" for n in range(1, MEMBERS + 1)]
    names = {
        number: "王宁" if n < 2 else f"张{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯'[n // 10]}"
        for n, number in enumerate(numbers)
    }
    posts = {number: "常委" if n % 6 == 0 else "委员" for n, number in enumerate(numbers)}

    def who(count):
        return chance.sample(numbers, count)

    members = [[n, names[n], ("科学技术", "农业")[int(n) % 2], posts[n]] for n in numbers]
    meetings = []
    for name, kind, days in [
        ("五次全会", "全会", ["2026-01-12", "2026-01-13"]),
        ("常委会会议一", "常委会会议", ["2026-03-18"]),
        ("常委会会议二", "常委会会议", ["2026-06-18"]),
        ("学习会", "学习培训", ["2026-05-06"]),
        ("河道视察", "视察", ["2026-09-02"]),
    ]:
        for day in days:
            for half in ("上午", "下午"):
                for n in numbers:
                    outcome = chance.choice(["出席", "出席", "出席", "缺席", "请假", "迟到"])
                    meetings.append([name, kind, day, half, n, names[n], outcome, "事假" if outcome == "请假" else ""])
    proposals = []
    for n in range(1, 25):
        lead, *others = who(1 + n % 4)
        state, decided = ("立案", f"2026-02-{1 + n % 20:02d}") if n % 3 else ("不予立案", "2026-02-05")
        proposals.append(
            [
                str(n),
                f"关于第{n}件事的提案",
                lead,
                "、".join(others),
                "2026-01-12",
                state,
                decided,
                "" if n % 3 else "已有答复",
            ]
        )
    opinions = []
    for n in range(1, 21):
        (author,) = who(1)
        row = [str(n), f"反映第{n}件事", author, f"2026-04-{n:02d}"]
        for level in ("市级", "省级")[: n % 3]:
            opinions.append([*row, level, f"{level}政协", f"2026-05-{n:02d}"])
        if n % 3 == 0:
            opinions.append([*row, "", "", ""])
    contributions = [
        [
            chance.choice(["调研报告", "公益活动", "表彰"]),
            n,
            names[n],
            f"第{m}件事",
            f"2026-07-{1 + m:02d}",
            "市级",
            str(m),
        ]
        for n in numbers
        for m in range(1, 1 + int(n) % 4)
    ]
    return {
        "members": (["编号", "姓名", "界别", "政协职务"], members),
        "meetings": (["会议名称", "会议类型", "日期", "时段", "编号", "姓名", "出席情况", "请假类别"], meetings),
        "proposals": (
            ["编号", "案由", "提案人", "联名委员", "提交日期", "立案情况", "立案日期", "审查意见"],
            proposals,
        ),
        "opinions": (["编号", "题目", "撰稿人", "报送日期", "采用级别", "采用单位", "采用日期"], opinions),
        "contributions": (["类型", "编号", "姓名", "事项", "日期", "级别", "数量"], contributions),
    }


def fill(process, folder, *, others, order, shuffle):
    """Brings the sheets in, `shuffle`d and (but for the members, who come first) in this `order`; computes the year."""
    folder.mkdir()
    sheets = make_sheets()
    paths = []
    for kind in ["members", *order]:
        heading, rows = sheets[kind]
        paths.append(folder / f"{kind}.xlsx")
        paths[-1].write_bytes(xlsx(heading, *shuffle(rows)))
    process.run("-c", FILL, others, *paths)


def backwards(rows):
    return rows[::-1]


def test_two_databases_of_differently_ordered_sheets_store_the_same_bytes(tmp_path):
    records = ["meetings", "proposals", "opinions", "contributions"]
    postgresql = Processes(tmp_path, DATABASE_URL=test_database_url(), SCORING_CHUNK_SIZE="500")
    sqlite = Processes(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'b.sqlite3'}", SCORING_CHUNK_SIZE="4")
    fill(postgresql, tmp_path / "one", others=0, order=records, shuffle=list)
    fill(sqlite, tmp_path / "two", others=2, order=records[::-1], shuffle=backwards)
    first, second = (json.loads(process.run("-c", READ)) for process in (postgresql, sqlite))
    assert (len(first["digests"]), first["lines"] > 200) == (MEMBERS, True)
    assert (first["as recorded"], second["as recorded"]) == (True, True)
    assert [number for number, keys in first["keys"].items() if keys == second["keys"][number]] == []
    assert second["digests"] == first["digests"]
    assert second["judged"] == first["judged"]
